"""Every table; `LAYERS` are those that the catalogue shows."""

from layers.models.accident import Accident
from layers.models.base import Base, Feature, Field, Identified
from layers.models.basemap import Building, LandUse, Place, Railway, Water
from layers.models.basemap_file import BasemapFile, ExternalKey, ExternalSource
from layers.models.batch import Batch, ImportSource, StagedRow
from layers.models.bookmark import Bookmark
from layers.models.bulletin import BULLETINS, Bulletin
from layers.models.cell import CountedLayer, DenseArea, cell
from layers.models.closure import RoadClosure
from layers.models.contact import Contact
from layers.models.dam import FloodWork, Reservoir, TailingsPond
from layers.models.deadline import ADDRESSEES, REPORT_CHANNELS, REPORTS, Deadline, DeadlineRule
from layers.models.decision import DECISION_KINDS, DECISION_STATES, Decision
from layers.models.disaster_point import DisasterPoint
from layers.models.document import Document, SitePlan
from layers.models.duplicate import Duplicate
from layers.models.enterprise import Enterprise, HazardSource
from layers.models.expert import Expert
from layers.models.export_log import ExportLog
from layers.models.geohazard import Geohazard
from layers.models.grading import Follower, Grading
from layers.models.handover import Handover
from layers.models.incident import Assessment, Call, Incident
from layers.models.intake import CHANNELS, Intake
from layers.models.journal import Epoch, JournalRow, LayerState, RowHistory
from layers.models.note import NOTE_KINDS, Note
from layers.models.outline import Outline
from layers.models.pack import Pack
from layers.models.park import Park
from layers.models.plot import PLOT_KINDS, Plot, PlotConflict, PlotOp
from layers.models.position import (
    Alert,
    Eta,
    Position,
    PositionLatest,
    Presence,
    Tracker,
    TrackerSighting,
    WatchArea,
)
from layers.models.print_job import PRINT_STATES, PrintJob
from layers.models.proposal import PROPOSAL_STATES, Proposal
from layers.models.protection_target import ProtectionTarget
from layers.models.raster import Raster, RasterPiece, RasterTile, RasterUpload
from layers.models.region import Region
from layers.models.resource import FireWater, Resource, Stock, Team, Vehicle
from layers.models.road import Road, RoadNetwork, RoadTurn
from layers.models.saved_view import SavedView
from layers.models.sensitive_place import SensitivePlace
from layers.models.sheet import SIGNATURES, CalculationSheet, SheetSignature
from layers.models.site import Site
from layers.models.speed import MeasuredSpeed, RoadSpeed, SpeedProgress
from layers.models.tank import Tank
from layers.models.task import StockMovement, Task, TaskItem, TaskRoute
from layers.models.theme import ThemeMap
from layers.models.user import ROLES, Grant, LoginFailure, Session, User
from layers.models.user_layer import UserLayer
from layers.models.video_point import VideoPoint
from layers.models.wall import Wall, WallKey
from layers.models.weather_station import Observation, WeatherStation

LAYERS: tuple[type[Feature], ...] = (
    Incident,
    HazardSource,
    Tank,
    Enterprise,
    Park,
    TailingsPond,
    Geohazard,
    DisasterPoint,
    Accident,
    RoadClosure,
    ProtectionTarget,
    SensitivePlace,
    Reservoir,
    Team,
    Expert,
    Resource,
    FireWater,
    FloodWork,
    VideoPoint,
    WeatherStation,
    Road,
    Region,
    Place,
    Railway,
    Water,
    LandUse,
    Building,
)

__all__ = [
    "ADDRESSEES", "BULLETINS", "CHANNELS", "DECISION_KINDS", "DECISION_STATES", "LAYERS",
    "NOTE_KINDS", "PLOT_KINDS", "PRINT_STATES", "PROPOSAL_STATES", "REPORTS", "REPORT_CHANNELS",
    "ROLES", "SIGNATURES", "Accident", "Alert", "Assessment", "Base", "BasemapFile", "Batch",
    "Bookmark", "Building", "Bulletin", "CalculationSheet", "Call", "Contact", "CountedLayer",
    "Deadline", "DeadlineRule", "Decision", "DenseArea", "DisasterPoint", "Document", "Duplicate",
    "Enterprise", "Epoch", "Eta", "Expert", "ExportLog", "ExternalKey", "ExternalSource",
    "Feature", "Field", "FireWater", "FloodWork", "Follower", "Geohazard", "Grading", "Grant",
    "Handover", "HazardSource", "Identified", "ImportSource", "Incident", "Intake", "JournalRow",
    "LandUse", "LayerState", "LoginFailure", "MeasuredSpeed", "Note", "Observation", "Outline",
    "Pack", "Park", "Place", "Plot", "PlotConflict", "PlotOp", "Position", "PositionLatest",
    "Presence", "PrintJob", "Proposal", "ProtectionTarget", "Railway", "Raster", "RasterPiece",
    "RasterTile", "RasterUpload", "Region", "Reservoir", "Resource", "Road", "RoadClosure",
    "RoadNetwork", "RoadSpeed", "RoadTurn", "RowHistory", "SavedView", "SensitivePlace",
    "Session", "SheetSignature", "Site", "SitePlan", "SpeedProgress", "StagedRow", "Stock",
    "StockMovement", "TailingsPond", "Tank", "Task", "TaskItem", "TaskRoute", "Team", "ThemeMap",
    "Tracker", "TrackerSighting", "User", "UserLayer", "Vehicle", "VideoPoint", "Wall",
    "WallKey", "WatchArea", "Water", "WeatherStation", "cell",
]  # fmt: skip

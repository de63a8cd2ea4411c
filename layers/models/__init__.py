"""Every table; `LAYERS` are those that the catalogue shows."""

from layers.models.base import Base, Feature, Field, Identified
from layers.models.basemap import Building, LandUse, Place, Railway, Water
from layers.models.batch import Batch, ImportSource, StagedRow
from layers.models.contact import Contact
from layers.models.disaster_point import DisasterPoint
from layers.models.enterprise import Enterprise, HazardSource
from layers.models.incident import Assessment, Call, Incident
from layers.models.journal import Epoch, JournalRow, LayerState, RowHistory
from layers.models.protection_target import ProtectionTarget
from layers.models.region import Region
from layers.models.resource import FireWater, Resource, Stock, Team
from layers.models.road import Road, RoadNetwork
from layers.models.site import Site
from layers.models.user import ROLES, Grant, LoginFailure, Session, User
from layers.models.weather_station import Observation, WeatherStation

LAYERS: tuple[type[Feature], ...] = (
    Incident,
    HazardSource,
    Enterprise,
    ProtectionTarget,
    Team,
    Resource,
    FireWater,
    DisasterPoint,
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
    "LAYERS", "ROLES", "Assessment", "Base", "Batch", "Building", "Call", "Contact",
    "DisasterPoint", "Enterprise", "Epoch", "Feature", "Field", "FireWater", "Grant",
    "HazardSource", "Identified", "ImportSource", "Incident", "JournalRow", "LandUse",
    "LayerState", "LoginFailure",
    "Observation", "Place", "ProtectionTarget", "Railway", "Region", "Resource", "Road",
    "RoadNetwork", "RowHistory", "Session", "Site", "StagedRow", "Stock", "Team", "User", "Water",
    "WeatherStation",
]  # fmt: skip

"""Every coordinate system we accept, and the only reprojection.

All coordinates are lon, lat (x, y) whatever the authority's own axis order says.
"""

from layers.crs.fitting import Candidate, Fit, Note, fit, guess, zone_number
from layers.crs.mercator import MERCATOR_LIMIT_LAT, mercator_from_wgs84, wgs84_from_mercator
from layers.crs.shifted import (
    CHINA_BOX,
    bd09_from_gcj02,
    bd09_from_wgs84,
    gcj02_from_bd09,
    gcj02_from_wgs84,
    wgs84_from_bd09,
    wgs84_from_gcj02,
)
from layers.crs.systems import BD09, CGCS2000, GCJ02, WANTED, WGS84, Crs, parse_crs
from layers.crs.turning import from_lon_lat, from_wgs84, lon_lat, to_wgs84
from layers.crs.written import Angle, Position, angle, position, written
from layers.crs.zones import Zone, zone_at, zone_of, zones

__all__ = [
    "BD09", "CGCS2000", "CHINA_BOX", "GCJ02", "MERCATOR_LIMIT_LAT", "WANTED", "WGS84", "Angle",
    "Candidate", "Crs", "Fit", "Note", "Position", "Zone", "angle", "bd09_from_gcj02",
    "bd09_from_wgs84", "fit", "from_lon_lat", "from_wgs84", "gcj02_from_bd09", "gcj02_from_wgs84",
    "guess", "lon_lat", "mercator_from_wgs84", "parse_crs", "position", "to_wgs84",
    "wgs84_from_bd09", "wgs84_from_gcj02", "wgs84_from_mercator", "written", "zone_at",
    "zone_number", "zone_of", "zones",
]  # fmt: skip

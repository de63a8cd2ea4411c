"""Every coordinate system we accept, and the only reprojection.

All coordinates are lon, lat (x, y) whatever the authority's own axis order says. GCJ-02 and BD-09
are the shifted systems of Chinese web maps; their formulas are public knowledge without an
official text (OpenStreetMap ids 57444085044 and 15301215871 reproduce them), and the inverse has no
closed form: it is iterated.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from layers.errors import InvalidInputError, UnknownCrsError

if TYPE_CHECKING:
    import pyproj

Floats = NDArray[np.float64]
Kind = Literal["proj", "gcj02", "bd09"]

MERCATOR_LIMIT_LAT = 85.06
_EARTH_RADIUS_M = 6378137.0
_GCJ_A_M = 6378245.0
_GCJ_EE = 0.00669342162296594323
_GCJ_BOX = (72.004, 0.8293, 137.8347, 55.8271)
_BD_X_PI = np.pi * 3000.0 / 180.0
_INVERSE_TOLERANCE_DEG = 1e-11
_INVERSE_ROUNDS = 30

_ALIASES: dict[str, str] = {
    "WGS84": "EPSG:4326", "CRS84": "EPSG:4326", "OGC:CRS84": "EPSG:4326",
    "URN:OGC:DEF:CRS:OGC:1.3:CRS84": "EPSG:4326", "URN:OGC:DEF:CRS:OGC::CRS84": "EPSG:4326",
    "HTTP://WWW.OPENGIS.NET/DEF/CRS/OGC/1.3/CRS84": "EPSG:4326",
    "CGCS2000": "EPSG:4490", "XIAN80": "EPSG:4610", "XIAN1980": "EPSG:4610",
    "BEIJING54": "EPSG:4214", "BEIJING1954": "EPSG:4214",
}  # fmt: skip
_SHIFTED: dict[str, Kind] = {
    "GCJ02": "gcj02", "GCJ": "gcj02", "火星坐标系": "gcj02", "BD09": "bd09", "BD09LL": "bd09",
}  # fmt: skip
# Old datums whose offset to WGS 84 differs from place to place by up to 100 m.
_LOCAL_DATUMS = {4610: "Xian 1980", 4214: "Beijing 1954", 4555: "New Beijing"}
WANTED = "EPSG:<code>, WGS84, CGCS2000, GCJ-02 or BD-09"


@dataclass(frozen=True)
class Crs:
    """A coordinate system that can be turned into WGS 84; made by `parse_crs` only."""

    name: str
    kind: Kind = "proj"
    wkt: str | None = None

    @property
    def geographic(self) -> bool:
        """Whether coordinates are degrees."""
        return self.kind != "proj" or bool(_projection(self.wkt or self.name).is_geographic)


def parse_crs(value: str | int) -> Crs:
    """Return the coordinate system that a person or a file named.

    Parameters
    ----------
    value
        An EPSG code or number, `WGS84`, `CGCS2000`, `GCJ-02`, `BD-09`, an OGC URN, or WKT.

    Raises
    ------
    UnknownCrsError
        The text names no coordinate system, or one that cannot be turned into WGS 84 to within a
        few metres: Xian 1980 and Beijing 1954 need seven parameters of the place, which are secret
        or local, and a guess is wrong by up to 100 m (EPSG Guidance Note 7-2, 2.4.3).
    """
    text = str(value).strip()
    folded = text.upper().replace(" ", "")
    short = folded.replace("-", "").replace("_", "")
    if short in _SHIFTED:
        kind = _SHIFTED[short]
        return Crs(name={"gcj02": "GCJ-02", "bd09": "BD-09"}[kind], kind=kind)
    name = _ALIASES.get(short, _ALIASES.get(folded, f"EPSG:{folded}" if folded.isdigit() else text))
    projection = _projection(name)
    _refuse_local_datum(projection, text)
    _transformer(name)
    epsg = projection.to_epsg(min_confidence=70)
    if epsg:
        return Crs(name=f"EPSG:{epsg}")
    # ESRI's .prj texts name the same system in other words: a likely code is good for its name
    # only, the text itself stays the definition.
    likely = projection.to_epsg(min_confidence=20)
    return Crs(name=f"EPSG:{likely}" if likely else projection.name, wkt=name)


WGS84 = Crs("EPSG:4326")


@lru_cache(maxsize=64)
def _projection(name: str) -> pyproj.CRS:
    import pyproj

    if len(name) > 20_000:
        raise UnknownCrsError("the coordinate system's text is too long", got=name[:60])
    try:
        found = pyproj.CRS.from_user_input(name)
    except (pyproj.exceptions.CRSError, ValueError) as error:
        raise UnknownCrsError(
            f"unknown coordinate system {name[:60]!r}; give {WANTED}", got=name[:60], wanted=WANTED
        ) from error
    if not (found.is_geographic or found.is_projected or found.is_bound or found.is_compound):
        raise UnknownCrsError(
            f"{found.name!r} has no lon and lat on the Earth; give {WANTED}",
            got=found.name,
            wanted=WANTED,
        )
    return found.to_2d()


def _refuse_local_datum(projection: pyproj.CRS, text: str) -> None:
    base = projection.geodetic_crs
    if base is None:
        raise UnknownCrsError(f"{text[:60]!r} has no datum", got=text[:60], wanted=WANTED)
    datum = (base.datum.name if base.datum else base.name).lower().replace("_", " ")
    code = base.to_epsg(min_confidence=70)
    name = _LOCAL_DATUMS.get(code) if code is not None else None
    if name is None and ("xian" in datum or "beijing" in datum):
        name = datum
    if name is not None:
        raise UnknownCrsError(
            f"{name} cannot be turned into WGS 84 without the seven parameters of the place; a "
            "guess is wrong by tens of metres. Convert the file to CGCS2000 first",
            code="local_datum",
            got=name,
            wanted="CGCS2000",
        )


@lru_cache(maxsize=64)
def _transformer(name: str) -> pyproj.Transformer:
    import pyproj

    projection = _projection(name)
    base = projection.geodetic_crs
    # PROJ knows the step from CGCS2000 to WGS 84 only as "ballpark"; both follow ITRF and agree
    # to the decimetre, far below the metre that this product needs.
    same = base is not None and "2000" in base.name and "china" in base.name.lower()
    code = base.to_epsg(min_confidence=70) if base is not None else None
    try:
        return pyproj.Transformer.from_crs(
            projection, "EPSG:4326", always_xy=True, allow_ballpark=same or code in (4490, 4326)
        )
    except pyproj.exceptions.ProjError as error:
        raise UnknownCrsError(
            f"no transformation from {projection.name!r} to WGS 84 that is good to a few metres",
            got=projection.name,
            wanted=WANTED,
        ) from error


def lon_lat(x: ArrayLike, y: ArrayLike, crs: Crs) -> tuple[Floats, Floats]:
    """Return WGS 84 lon and lat, in degrees, of coordinates `x`, `y` in `crs`.

    What cannot be turned (NaN, outside the projection) comes back as NaN or infinity: the caller
    reports it with its row.
    """
    xs, ys = np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)
    if crs.kind == "gcj02":
        return wgs84_from_gcj02(xs, ys)
    if crs.kind == "bd09":
        return wgs84_from_gcj02(*gcj02_from_bd09(xs, ys))
    if crs == WGS84:
        return xs, ys
    turned: tuple[Floats, Floats] = _transformer(crs.wkt or crs.name).transform(xs, ys)
    return np.asarray(turned[0]), np.asarray(turned[1])


def to_wgs84(geometries: NDArray[Any], crs: Crs) -> NDArray[Any]:
    """Return shapely geometries (an object array, None allowed) of `crs` in EPSG:4326, 2-D."""
    import shapely

    if crs == WGS84:
        return geometries

    def turn(points: Floats) -> Floats:
        return np.column_stack(lon_lat(points[:, 0], points[:, 1], crs))

    turned: NDArray[Any] = shapely.transform(geometries, turn)
    return turned


def _gcj_offset(lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
    x, y = lon - 105.0, lat - 35.0
    pi, sin = np.pi, np.sin
    common = (20.0 * sin(6.0 * pi * x) + 20.0 * sin(2.0 * pi * x)) * 2.0 / 3.0
    root = np.sqrt(np.abs(x))
    d_lat = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root + common
    d_lat += (20.0 * sin(pi * y) + 40.0 * sin(pi * y / 3.0)) * 2.0 / 3.0
    d_lat += (160.0 * sin(pi * y / 12.0) + 320.0 * sin(pi * y / 30.0)) * 2.0 / 3.0
    d_lon = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root + common
    d_lon += (20.0 * sin(pi * x) + 40.0 * sin(pi * x / 3.0)) * 2.0 / 3.0
    d_lon += (150.0 * sin(pi * x / 12.0) + 300.0 * sin(pi * x / 30.0)) * 2.0 / 3.0
    phi = np.radians(lat)
    m = 1.0 - _GCJ_EE * np.sin(phi) ** 2
    d_lat = np.degrees(d_lat * m * np.sqrt(m) / (_GCJ_A_M * (1.0 - _GCJ_EE)))
    d_lon = np.degrees(d_lon * np.sqrt(m) / (_GCJ_A_M * np.cos(phi)))
    return d_lon, d_lat


def _in_gcj_box(lon: Floats, lat: Floats) -> NDArray[np.bool_]:
    west, south, east, north = _GCJ_BOX
    inside: NDArray[np.bool_] = (lon >= west) & (lon <= east) & (lat >= south) & (lat <= north)
    return inside


def gcj02_from_wgs84(lon: ArrayLike, lat: ArrayLike) -> tuple[Floats, Floats]:
    """Return GCJ-02 degrees of WGS 84 degrees; outside China's box they are the same."""
    lon, lat = np.asarray(lon, dtype=np.float64), np.asarray(lat, dtype=np.float64)
    inside = _in_gcj_box(lon, lat)
    d_lon, d_lat = _gcj_offset(np.where(inside, lon, 105.0), np.where(inside, lat, 35.0))
    return np.where(inside, lon + d_lon, lon), np.where(inside, lat + d_lat, lat)


def wgs84_from_gcj02(lon: ArrayLike, lat: ArrayLike) -> tuple[Floats, Floats]:
    """Return WGS 84 degrees of GCJ-02 degrees, exact to 1e-9 degrees (0.1 mm).

    Fixed-point iteration on the forward formula, the offset being nearly constant; the error
    shrinks at least tenfold a round. A point outside the box stays as it is.
    """
    lon, lat = np.asarray(lon, dtype=np.float64), np.asarray(lat, dtype=np.float64)
    inside = _in_gcj_box(lon, lat)
    target_lon, target_lat = np.where(inside, lon, 105.0), np.where(inside, lat, 35.0)
    got_lon, got_lat = target_lon.copy(), target_lat.copy()
    for _ in range(_INVERSE_ROUNDS):
        d_lon, d_lat = _gcj_offset(got_lon, got_lat)
        step_lon, step_lat = target_lon - got_lon - d_lon, target_lat - got_lat - d_lat
        got_lon, got_lat = got_lon + step_lon, got_lat + step_lat
        worst = max(np.max(np.abs(step_lon), initial=0.0), np.max(np.abs(step_lat), initial=0.0))
        if worst < _INVERSE_TOLERANCE_DEG:
            break
    return np.where(inside, got_lon, lon), np.where(inside, got_lat, lat)


def bd09_from_gcj02(lon: ArrayLike, lat: ArrayLike) -> tuple[Floats, Floats]:
    """Return BD-09 degrees of GCJ-02 degrees."""
    x, y = np.asarray(lon, dtype=np.float64), np.asarray(lat, dtype=np.float64)
    z = np.hypot(x, y) + 2e-5 * np.sin(y * _BD_X_PI)
    theta = np.arctan2(y, x) + 3e-6 * np.cos(x * _BD_X_PI)
    return z * np.cos(theta) + 0.0065, z * np.sin(theta) + 0.006


def gcj02_from_bd09(lon: ArrayLike, lat: ArrayLike) -> tuple[Floats, Floats]:
    """Return GCJ-02 degrees of BD-09 degrees, iterated: the common closed form is 0.1 m off."""
    lon, lat = np.asarray(lon, dtype=np.float64), np.asarray(lat, dtype=np.float64)
    got_lon, got_lat = lon - 0.0065, lat - 0.006
    for _ in range(_INVERSE_ROUNDS):
        back_lon, back_lat = bd09_from_gcj02(got_lon, got_lat)
        step_lon, step_lat = lon - back_lon, lat - back_lat
        got_lon, got_lat = got_lon + step_lon, got_lat + step_lat
        worst = max(np.max(np.abs(step_lon), initial=0.0), np.max(np.abs(step_lat), initial=0.0))
        if worst < _INVERSE_TOLERANCE_DEG:
            break
    return got_lon, got_lat


def bd09_from_wgs84(lon: ArrayLike, lat: ArrayLike) -> tuple[Floats, Floats]:
    """Return BD-09 degrees of WGS 84 degrees."""
    return bd09_from_gcj02(*gcj02_from_wgs84(lon, lat))


def mercator_from_wgs84(lon: ArrayLike, lat: ArrayLike) -> tuple[Floats, Floats]:
    """Return Web Mercator (EPSG:3857) metres of degrees within 85.06 degrees of the equator.

    Raises
    ------
    InvalidInputError
        A latitude beyond the limit, where the projection runs to infinity.
    """
    lon, lat = np.asarray(lon, dtype=np.float64), np.asarray(lat, dtype=np.float64)
    if np.any(np.abs(lat) > MERCATOR_LIMIT_LAT):
        raise InvalidInputError(f"latitude beyond {MERCATOR_LIMIT_LAT} has no Web Mercator place")
    x = np.radians(lon) * _EARTH_RADIUS_M
    return x, np.arctanh(np.sin(np.radians(lat))) * _EARTH_RADIUS_M


def wgs84_from_mercator(x: ArrayLike, y: ArrayLike) -> tuple[Floats, Floats]:
    """Return degrees of Web Mercator (EPSG:3857) metres."""
    x, y = np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)
    return np.degrees(x / _EARTH_RADIUS_M), np.degrees(np.arcsin(np.tanh(y / _EARTH_RADIUS_M)))

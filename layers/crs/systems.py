"""Which coordinate systems we accept, by every name that people and files give them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Literal

from layers.crs.datum import LOCAL_DATUMS, bound, split_parameters, with_parameters
from layers.errors import UnknownCrsError

if TYPE_CHECKING:
    import pyproj

Kind = Literal["proj", "gcj02", "bd09"]

# Grids and init files: PROJ would open whatever path or address a stranger's .prj names.
_NAMES_FILES = re.compile(
    r"""grids\s*=\s*(?!@null\b)|grids"\s*,\s*"(?!@null\b)|\binit\s*=\s*(?!epsg:\d)"""
    r"""|\bfile\s*=|PARAMETERFILE|file"\s*[,:]""",
    re.IGNORECASE,
)
WANTED = "EPSG:<code>, WGS84, CGCS2000, GCJ-02 or BD-09"
_ALIASES: dict[str, str] = {
    "WGS84": "EPSG:4326", "CRS84": "EPSG:4326", "OGC:CRS84": "EPSG:4326",
    "URN:OGC:DEF:CRS:OGC:1.3:CRS84": "EPSG:4326", "URN:OGC:DEF:CRS:OGC::CRS84": "EPSG:4326",
    "HTTP://WWW.OPENGIS.NET/DEF/CRS/OGC/1.3/CRS84": "EPSG:4326",
    "CGCS2000": "EPSG:4490", "国家2000": "EPSG:4490", "2000国家大地坐标系": "EPSG:4490",
    "XIAN80": "EPSG:4610", "XIAN1980": "EPSG:4610", "西安80": "EPSG:4610",
    "BEIJING54": "EPSG:4214", "BEIJING1954": "EPSG:4214", "北京54": "EPSG:4214",
}  # fmt: skip
_SHIFTED: dict[str, Kind] = {
    "GCJ02": "gcj02", "GCJ": "gcj02", "火星坐标系": "gcj02", "火星坐标": "gcj02",
    "BD09": "bd09", "BD09LL": "bd09", "百度坐标": "bd09", "百度坐标系": "bd09",
}  # fmt: skip
_NAMES: dict[Kind, str] = {"gcj02": "GCJ-02", "bd09": "BD-09"}
_TEXT_MAX = 20_000
_PLAIN = re.compile(r"[\s_-]")


@dataclass(frozen=True)
class Crs:
    """A coordinate system that can be turned into WGS 84; made by `parse_crs` only.

    `definition` is what PROJ reads where the name is not it: a file's own text, or an old datum
    with the parameters that a person gave, which the name never repeats.
    """

    name: str
    kind: Kind = "proj"
    definition: str | None = field(default=None, repr=False)

    @property
    def geographic(self) -> bool:
        """Whether coordinates are degrees."""
        return self.kind != "proj" or bool(projection(self.definition or self.name).is_geographic)


WGS84 = Crs("EPSG:4326")
CGCS2000 = Crs("EPSG:4490")
GCJ02 = Crs("GCJ-02", kind="gcj02")
BD09 = Crs("BD-09", kind="bd09")


def parse_crs(value: str | int) -> Crs:
    """Return the coordinate system that a person or a file named.

    Parameters
    ----------
    value
        An EPSG code or number, `WGS84`, `CGCS2000`, `GCJ-02`, `BD-09`, an OGC URN, or WKT. An old
        datum with the parameters of the place is written `EPSG:4610+towgs84=dx,dy,dz[,rx,ry,rz,ds]`
        (or `+bursa=`); see `layers.crs.datum`.

    Raises
    ------
    UnknownCrsError
        The text names no coordinate system, or one that cannot be turned into WGS 84 to within a
        few metres: Xian 1980 and Beijing 1954 need the parameters of the place, which are secret
        or local, and a guess is wrong by up to 100 m (EPSG Guidance Note 7-2, 2.4.3).
    """
    text = str(value).strip()
    _refuse_files(text)
    folded = text.upper().replace(" ", "")
    short = _PLAIN.sub("", folded)
    if short in _SHIFTED:
        kind = _SHIFTED[short]
        return Crs(name=_NAMES[kind], kind=kind)
    base, parameters = split_parameters(text)
    name = _definition(base)
    found = projection(name)
    if parameters is not None:
        tied = with_parameters(name, parameters)
        projection(tied)
        return Crs(name=f"{parse_name(found)}+towgs84", definition=tied)
    _refuse_local_datum(found, text)
    transformer(name)
    epsg = found.to_epsg(min_confidence=70)
    if epsg:
        return Crs(name=f"EPSG:{epsg}")
    # ESRI's .prj texts name the same system in other words: a likely code is good for its name
    # only, the text itself stays the definition.
    return Crs(name=parse_name(found), definition=name)


def _refuse_files(text: str) -> None:
    if _NAMES_FILES.search(text):
        raise UnknownCrsError(
            f"the coordinate system {text[:60]!r} names a file; give {WANTED}",
            got=text[:60],
            wanted=WANTED,
        )


def parse_name(found: pyproj.CRS) -> str:
    """Return the short name of a PROJ system: its likely EPSG code, else what it calls itself."""
    likely = found.to_epsg(min_confidence=20)
    return f"EPSG:{likely}" if likely else str(found.name)


def _definition(text: str) -> str:
    """Return what PROJ reads for a name that people use."""
    folded = text.strip().upper().replace(" ", "")
    known = _ALIASES.get(_PLAIN.sub("", folded)) or _ALIASES.get(folded)
    return known or (f"EPSG:{folded}" if folded.isdigit() else text.strip())


@lru_cache(maxsize=64)
def projection(name: str) -> pyproj.CRS:
    """Return PROJ's object of a code or definition, in two dimensions.

    Raises
    ------
    UnknownCrsError
        PROJ knows no such system, it has no lon and lat on the Earth, or it takes no parameters.
    """
    import pyproj

    base, parameters = split_parameters(name)
    if parameters is not None:
        return bound(projection(base), parameters)
    if len(name) > _TEXT_MAX:
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


def _refuse_local_datum(found: pyproj.CRS, text: str) -> None:
    base = found.geodetic_crs
    if base is None:
        raise UnknownCrsError(f"{text[:60]!r} has no datum", got=text[:60], wanted=WANTED)
    datum = (base.datum.name if base.datum else base.name).lower().replace("_", " ")
    code = base.to_epsg(min_confidence=70)
    name = LOCAL_DATUMS.get(code) if code is not None else None
    if name is None and ("xian" in datum or "beijing" in datum):
        name = datum
    if name is not None:
        raise UnknownCrsError(
            f"{name} cannot be turned into WGS 84 without the seven parameters of the place; a "
            "guess is wrong by tens of metres. Give them (EPSG:<code>+towgs84=dx,dy,dz,rx,ry,rz,ds)"
            " or convert the file to CGCS2000 first",
            code="local_datum",
            got=name,
            wanted="CGCS2000",
        )


@lru_cache(maxsize=64)
def transformer(name: str) -> pyproj.Transformer:
    """Return PROJ's way from a system to WGS 84, x y in and lon lat out.

    Raises
    ------
    UnknownCrsError
        There is none that is good to a few metres.
    """
    import pyproj

    source = projection(name)
    base = source.geodetic_crs
    # PROJ knows the step from CGCS2000 to WGS 84 only as "ballpark"; both follow ITRF and agree
    # to the decimetre, far below the metre that this product needs.
    same = base is not None and "2000" in base.name and "china" in base.name.lower()
    code = base.to_epsg(min_confidence=70) if base is not None else None
    try:
        return pyproj.Transformer.from_crs(
            source, "EPSG:4326", always_xy=True, allow_ballpark=same or code in (4490, 4326)
        )
    except pyproj.exceptions.ProjError as error:
        raise UnknownCrsError(
            f"no transformation from {source.name!r} to WGS 84 that is good to a few metres",
            got=source.name,
            wanted=WANTED,
        ) from error

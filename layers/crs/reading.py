"""From what a person pasted to WGS 84: text or numbers in a system that is told, or guessed."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from layers.crs.fitting import Bounds, Note, fit, guess
from layers.crs.shared import Shared, shared
from layers.crs.systems import WGS84, Crs, parse_crs
from layers.crs.turning import from_lon_lat, lon_lat
from layers.crs.written import Position, position
from layers.crs.zones import zone_at
from layers.errors import InvalidInputError, UnknownCrsError

# An order by magnitude is no assumption: the other one is impossible.
_ORDER_NOTES = {"assumed": "crs.order_assumed", "china": "crs.order_china"}
_SHOWN = ("EPSG:4326", "EPSG:4490", "GCJ-02", "BD-09")


@dataclass(frozen=True)
class Place:
    """A place that was read: WGS 84 degrees, the system it was read in, and what was assumed."""

    lon: float
    lat: float
    crs: Crs
    notes: tuple[Note, ...] = ()


def read(text: str, *, crs: Crs | None = None, near: Bounds | None = None) -> Place:
    """Return the place of a text of two angles or numbers, an MGRS square, or a phone's share.

    Parameters
    ----------
    crs
        The system of the numbers. None: degrees are WGS 84, metres are guessed, and it is said.
    near
        west, south, east, north of the site, which tells zones apart.

    Raises
    ------
    InvalidInputError
        The text cannot be read (`angle`), or the place is not on the Earth (`outside_crs`).
    UnknownCrsError
        The numbers could be in several systems (`crs_unclear`).
    """
    sent = shared(text)
    if sent is not None:
        return _shared(sent, crs)
    found = position(text)
    if found.degrees:
        if crs is not None and not crs.geographic:
            raise UnknownCrsError(
                f"{text[:60]!r} is in degrees, {crs.name} in metres",
                code="crs_unclear", got=text[:60], wanted="EPSG:4326 | EPSG:4490 | GCJ-02 | BD-09",
            )  # fmt: skip
        return _degrees(found, crs)
    return numbers(found.x, found.y, crs=crs, near=near)


def _shared(sent: Shared, crs: Crs | None) -> Place:
    """Return a shared place in the system of the app it came from, or in the one that is told."""
    if sent.by == "mgrs":
        return _placed(sent.lon, sent.lat, WGS84, [Note("crs.mgrs", {"metres": sent.precision_m})])
    used = crs if crs is not None and crs.geographic else sent.crs
    note = Note("crs.shared", {"by": {"code": f"crs.app.{sent.by}", "params": {}},
                               "crs": used.name})  # fmt: skip
    return _placed(sent.lon, sent.lat, used, [note])


def _degrees(found: Position, crs: Crs | None) -> Place:
    notes = [Note(_ORDER_NOTES[found.order])] if found.order in _ORDER_NOTES else []
    if crs is None:
        notes.append(Note("crs.datum_assumed", {"crs": WGS84.name}))
    return _placed(found.x, found.y, crs or WGS84, notes)


def numbers(x: float, y: float, *, crs: Crs | None = None, near: Bounds | None = None) -> Place:
    """Return the place of two numbers: lon lat in degrees, or easting and northing; see `read`."""
    if crs is None and max(abs(x), abs(y)) <= 180:
        return _placed(x, y, WGS84, [Note("crs.datum_assumed", {"crs": WGS84.name})])
    if crs is None:
        candidates = guess([x], [y], near=near)
        if not candidates or (len({c.crs.name for c in candidates}) > 1 and near is None):
            names = " | ".join(dict.fromkeys(c.crs.name for c in candidates)) or "EPSG:<code>"
            raise UnknownCrsError(
                f"{x:.10g}, {y:.10g} could be in several systems: {names}",
                code="crs_unclear", got=f"{x:.10g}, {y:.10g}", wanted=names,
            )  # fmt: skip
        best = candidates[0]
        east, north = (y, x) if best.swapped else (x, y)
        return _placed(east, north, best.crs, best.reasons)
    fitted = fit([x], [y], crs)
    east, north = (y, x) if fitted.swapped else (x, y)
    return _placed(east, north, fitted.crs, fitted.notes)


def _placed(x: float, y: float, crs: Crs, notes: Sequence[Note]) -> Place:
    lon, lat = (float(value) for value in lon_lat(x, y, crs))
    if not (math.isfinite(lon) and math.isfinite(lat) and abs(lon) <= 180 and abs(lat) <= 90):
        raise InvalidInputError(
            f"{x:.10g}, {y:.10g} lies outside {crs.name}",
            code="outside_crs", got=f"{x:.10g}, {y:.10g}", crs=crs.name,
        )  # fmt: skip
    return Place(lon, lat, crs, tuple(notes))


def in_systems(
    lon: float, lat: float, names: Sequence[str] | None = None
) -> dict[str, tuple[float, float] | None]:
    """Return a place of WGS 84 in other systems, by name; None where a system does not reach it.

    `names` None: WGS 84, CGCS2000, GCJ-02, BD-09 and the 3-degree zone with its number.
    """
    if names is None:
        zone = zone_at(lon, numbered=True)
        names = [*_SHOWN, *([zone.name] if zone is not None else [])]
    found: dict[str, tuple[float, float] | None] = {}
    for name in names:
        crs = parse_crs(name)
        x, y = (float(value) for value in from_lon_lat(lon, lat, crs))
        digits = 9 if crs.geographic else 4
        known = bool(np.isfinite(x) and np.isfinite(y))
        found[crs.name] = (round(x, digits), round(y, digits)) if known else None
    return found

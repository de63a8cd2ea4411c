"""Whether numbers fit the system that they are said to be in, and which systems they would fit.

Chinese practice writes x for the northing and y for the easting, with or without the zone's number
before it, and files say one and hold the other. Nothing is repaired in silence: `fit` answers what
it found as messages, which the import shows; where the file contradicts itself it is refused.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from layers.crs.shifted import CHINA_BOX, Floats
from layers.crs.systems import Crs, parse_crs
from layers.crs.zones import Zone, is_number, numbered_zone, zone_at, zone_of, zones
from layers.errors import UnknownCrsError

# China from 3 to 54 degrees north, with room; eastings within 400 km of the meridian.
_NORTHING_M = (300_000.0, 6_100_000.0)
_EASTING_M = (100_000.0, 900_000.0)
_MILLION = 1_000_000.0
# Northings below this (18 degrees, south of Hainan) could be eastings.
_SURE_NORTHING_M = 1_990_000.0
_MERCATOR_X_M = (8_015_000.0, 15_344_000.0)
_MERCATOR_Y_M = (92_000.0, 7_523_000.0)
_NEARLY_ALL = 0.98
_SAMPLE = 100_000

Bounds = tuple[float, float, float, float]


@dataclass(frozen=True)
class Note:
    """Something a person should know, as the code of its text and parameters."""

    code: str
    params: Mapping[str, Any] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """Return the shape that the server puts into words."""
        return {"code": self.code, "params": dict(self.params)}


@dataclass(frozen=True)
class Fit:
    """How to read the numbers: in which system, and whether x holds the northing or latitude."""

    crs: Crs
    swapped: bool = False
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True)
class Candidate:
    """A system that the numbers could be in. `certain`: nothing else is possible."""

    crs: Crs
    certain: bool
    swapped: bool
    reasons: tuple[Note, ...]


def fit(x: ArrayLike, y: ArrayLike, crs: Crs) -> Fit:
    """Return how coordinates that are said to be in `crs` are to be read.

    Changes the way only where nearly all numbers say so: first and second exchanged; a zone's
    number in the easting where the system has none, or the other way round.

    Raises
    ------
    UnknownCrsError
        The number in the eastings is another zone's than the system's (`zone_conflict`).
    """
    xs, ys = _sample(x, y)
    zone = zone_of(crs.name)
    if not len(xs):
        return Fit(crs)
    if zone is not None:
        return _fit_zone(xs, ys, crs, zone)
    if (
        crs.geographic
        and _nearly_all(np.abs(ys) > 90)
        and _nearly_all((np.abs(xs) <= 90) & (np.abs(ys) <= 180))
    ):
        return Fit(crs, swapped=True, notes=(_swapped(xs, ys),))
    return Fit(crs)


def guess(x: ArrayLike, y: ArrayLike, *, near: Bounds | None = None) -> tuple[Candidate, ...]:
    """Return the systems that coordinates without one could be in, likeliest first.

    Parameters
    ----------
    near
        west, south, east, north in degrees: where the site is. It decides between the zones that
        numbers without a zone's number could be in, and between lon lat and lat lon.
    """
    xs, ys = _sample(x, y)
    if not len(xs):
        return ()
    if _nearly_all((np.abs(xs) <= 180) & (np.abs(ys) <= 180)):
        return _degrees(xs, ys, near)
    found: list[Candidate] = []
    for swapped, (east, north) in ((False, (xs, ys)), (True, (ys, xs))):
        found += _metres(east, north, near, swapped)
    return tuple(found)


def _sample(x: ArrayLike, y: ArrayLike) -> tuple[Floats, Floats]:
    xs, ys = np.ravel(np.asarray(x, dtype=np.float64)), np.ravel(np.asarray(y, dtype=np.float64))
    # (0, 0) is how many programs write "no position".
    known = np.isfinite(xs) & np.isfinite(ys) & ((xs != 0) | (ys != 0))
    step = max(1, int(known.sum()) // _SAMPLE)
    return xs[known][::step], ys[known][::step]


def _nearly_all(condition: NDArray[np.bool_]) -> bool:
    return bool(condition.mean() >= _NEARLY_ALL)


def _within(values: Floats, limits: tuple[float, float]) -> NDArray[np.bool_]:
    inside: NDArray[np.bool_] = (values >= limits[0]) & (values <= limits[1])
    return inside


def _swapped(xs: Floats, ys: Floats) -> Note:
    return Note("crs.swapped", {"first": _number(xs[0]), "second": _number(ys[0])})


def _number(value: float) -> str:
    return f"{value:.6g}" if abs(value) <= 180 else f"{value:.1f}"


def _northing_in_x(xs: Floats, ys: Floats) -> bool:
    """Tell whether x holds northings and y eastings; low northings could be either."""
    plain = _nearly_all(_within(xs, (_SURE_NORTHING_M, _NORTHING_M[1])) & _within(ys, _EASTING_M))
    return plain or (_nearly_all(_within(xs, _NORTHING_M)) and zone_number(ys) is not None)


def zone_number(eastings: ArrayLike) -> int | None:
    """Return the zone's number that nearly all eastings begin with, or None."""
    values = np.asarray(eastings, dtype=np.float64)
    number = int(np.median(values) // _MILLION)
    if not is_number(number):
        return None
    # At a zone's edge files keep the neighbour's number for a few rows.
    fits = (values // _MILLION == number) & _within(values % _MILLION, _EASTING_M)
    return number if _nearly_all(fits) else None


def _fit_zone(xs: Floats, ys: Floats, crs: Crs, zone: Zone) -> Fit:
    swapped = _northing_in_x(xs, ys)
    notes = [_swapped(xs, ys)] if swapped else []
    east = ys if swapped else xs
    number = zone_number(east)
    if number is not None and number != zone.number:
        raise UnknownCrsError(
            f"the eastings begin with {number}, {crs.name} is zone {zone.number}",
            code="zone_conflict",
            got=str(number),
            wanted=str(zone.number),
            crs=crs.name,
        )
    plain = _nearly_all(_within(east, _EASTING_M))
    if (number is not None and not zone.numbered) or (plain and zone.numbered):
        other = zone.written(numbered=number is not None)
        code = "crs.zone_in_easting" if number is not None else "crs.zone_not_in_easting"
        notes.append(Note(code, {"zone": zone.number, "crs": other.name, "told": crs.name}))
        crs = _rewritten(crs, zone, other)
    return Fit(crs, swapped=swapped, notes=tuple(notes))


def _rewritten(crs: Crs, zone: Zone, other: Zone) -> Crs:
    """Return the other way of writing a zone, with the same datum and its parameters."""
    if crs.definition is None or not crs.name.endswith("+towgs84"):
        return parse_crs(other.name)
    if not crs.definition.startswith(zone.name):
        raise UnknownCrsError(
            f"{crs.name} is given in words of its own; give the zone as {other.name}",
            got=crs.name,
            wanted=other.name,
        )
    return parse_crs(crs.definition.replace(zone.name, other.name))


def _degrees(xs: Floats, ys: Floats, near: Bounds | None) -> tuple[Candidate, ...]:
    as_written, exchanged = _nearly_all(np.abs(ys) <= 90), _nearly_all(np.abs(xs) <= 90)
    swapped = exchanged and (
        not as_written
        or (near is not None and _share(ys, xs, near) > _share(xs, ys, near))
        or (near is None and _share(ys, xs, CHINA_BOX) > 0.5 > _share(xs, ys, CHINA_BOX))
    )
    reasons: list[Note] = [Note("crs.degrees", _ranges(xs, ys))]
    if swapped:
        xs, ys = ys, xs
        reasons.append(_swapped(ys, xs))
    elif not as_written:
        return ()
    names = ["EPSG:4326", "EPSG:4490"]
    shifted = _share(xs, ys, CHINA_BOX) > 0.5
    if shifted:
        names += ["GCJ-02", "BD-09"]
        reasons.append(Note("crs.shift_possible"))
    return tuple(
        Candidate(parse_crs(name), certain=False, swapped=swapped, reasons=tuple(reasons))
        for name in names
    )


def _share(lon: Floats, lat: Floats, bounds: Bounds) -> float:
    west, south, east, north = bounds
    return float((_within(lon, (west, east)) & _within(lat, (south, north))).mean())


def _ranges(xs: Floats, ys: Floats) -> dict[str, str]:
    return {
        "x_from": _number(xs.min()), "x_to": _number(xs.max()),
        "y_from": _number(ys.min()), "y_to": _number(ys.max()),
    }  # fmt: skip


def _metres(east: Floats, north: Floats, near: Bounds | None, swapped: bool) -> list[Candidate]:
    first, second = (north, east) if swapped else (east, north)
    turned = (_swapped(first, second),) if swapped else ()
    found: list[Candidate] = []
    number = zone_number(east)
    if number is not None and _nearly_all(_within(north, _NORTHING_M)):
        zone = numbered_zone(number)
        params = {"zone": number, "width": zone.width_deg, "meridian": zone.meridian_deg}
        reasons = (Note("crs.zone_number", params), Note("crs.datum_unknown"), *turned)
        found.append(Candidate(parse_crs(zone.name), False, swapped, reasons))
    low = _NORTHING_M[0] if not swapped else _SURE_NORTHING_M
    if _nearly_all(_within(east, _EASTING_M) & _within(north, (low, _NORTHING_M[1]))):
        found += _plain_zones(near, swapped, turned)
    if (
        not swapped
        and _nearly_all(_within(east, _MERCATOR_X_M) & _within(north, _MERCATOR_Y_M))
    ):  # fmt: skip
        reasons = (Note("crs.mercator_range", _ranges(east, north)),)
        found.append(Candidate(parse_crs("EPSG:3857"), False, swapped, reasons))
    return found


def _plain_zones(near: Bounds | None, swapped: bool, turned: tuple[Note, ...]) -> list[Candidate]:
    """Return the zones without a number that are possible: those at the site, else every one."""
    if near is None:
        possible = [zone for zone in zones() if not zone.numbered and zone.width_deg == 3]
        why = Note("crs.zone_unknown")
    else:
        middle = (near[0] + near[2]) / 2
        at_site = (zone_at(middle, width_deg=width) for width in (3, 6))
        possible = [zone for zone in at_site if zone is not None]
        why = Note("crs.zone_of_site", {"lon": f"{middle:.2f}"})
    reasons = (why, Note("crs.datum_unknown"), *turned)
    return [Candidate(parse_crs(zone.name), False, swapped, reasons) for zone in possible]

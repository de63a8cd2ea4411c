"""Who is beyond so many minutes of the nearest station, and what one station more or less changes.

Places on record and residents by a raster count the same people in two ways: both are told of
every band, and they are never summed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry import mapping
from shapely.geometry.base import BaseGeometry

from analysis.access import Records
from analysis.change import LISTED, change, moved
from analysis.roads.arrival import Candidate
from analysis.roads.bands import bands
from analysis.roads.closures import Closures
from analysis.roads.coverage import Cover, cover, served
from analysis.roads.network import RoadNetwork
from analysis.roads.places import Places
from analysis.roads.spans import Direction
from analysis.settlement import Inhabitants, Residents, settled
from analysis.stations import Stations

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

MINUTES = (5.0, 10.0, 15.0, 30.0)


@dataclass(frozen=True, kw_only=True)
class Terms:
    """What is asked: `minutes` are the upper ends of the bands, `within_min` what counts as access.

    `where` (EPSG:4326) is the area looked at.
    """

    where: BaseGeometry
    minutes: tuple[float, ...] = MINUTES
    within_min: float = 15.0
    direction: Direction = "from"


@dataclass(frozen=True)
class _Served:
    """Somebody to be reached: the roads that serve them, what is counted (p, q), who is shut in."""

    places: Places
    amount: Floats
    shut_in: NDArray[np.bool_]


@dataclass(frozen=True)
class _Times:
    """Seconds to each place (p) and the first station, -1 for none."""

    seconds: Floats
    first: Ints

    def bands(self, who: _Served, limits_s: Floats) -> Floats:
        """Return what each band counts (b + 2, q): the bands, what is beyond, who is shut in."""
        band = np.where(who.shut_in, len(limits_s) + 1, np.searchsorted(limits_s, self.seconds))
        sums = np.zeros((len(limits_s) + 2, who.amount.shape[1]))
        np.add.at(sums, band, who.amount)
        return sums


def coverage(
    network: RoadNetwork,
    who: Inhabitants,
    found: Stations,
    terms: Terms,
    *,
    closed: Closures | None = None,
    usual: Sequence[Candidate] | None = None,
) -> dict[str, Any]:
    """Return the bands around some stations, who is in each, and who has no access in time.

    Parameters
    ----------
    network
        That of the vehicle that is asked about, as slow as at the moment asked about.
    who
        The people of the area of `terms`.
    usual
        The stations to compare with; the answer then holds `change`.
    """
    known, counted = who.records, who.residents
    targets = _targets(network, known, closed)
    settled_at = settled(network, who)
    people = None
    if counted is not None and settled_at is not None:
        people = _residents(counted, settled_at, closed)
    limits_s = 60.0 * np.array(terms.minutes)
    reach = _cover(network, found.serving, terms, closed)
    times = _Times(*reach.at(targets.places))
    living = None if people is None else _Times(*reach.at(people.places))
    answer = {
        "direction": terms.direction,
        "minutes": list(terms.minutes),
        "bands": _bands(reach, terms, _tallied(targets, people, times, living, limits_s)),
        "stations": _stations(found, reach, targets, times, people, living),
        "without_access": _without_access(known, targets, times, found.serving, terms),
        "residents": counted.to_json() if counted else None,
        "places": len(known),
    }
    if usual is not None:
        before = _cover(network, usual, terms, closed)
        was = _Times(*before.at(targets.places))
        lived = None if people is None else _Times(*before.at(people.places))
        answer["change"] = change(
            terms.minutes,
            _tallied(targets, people, was, lived, limits_s),
            _tallied(targets, people, times, living, limits_s),
        ) | moved(known, was.seconds, times.seconds, 60.0 * terms.within_min)
    return answer


def _targets(network: RoadNetwork, known: Records, closed: Closures | None) -> _Served:
    unknown = known.counts & np.isnan(known.day) & np.isnan(known.night)
    amount = np.column_stack(
        [np.ones(len(known)), np.nan_to_num(known.day), np.nan_to_num(known.night), unknown]
    )
    return _Served(served(network, known.lonlat), amount, _shut_in(known.lonlat, closed))


def _residents(counted: Residents, places: Places, closed: Closures | None) -> _Served:
    return _Served(places, counted.people[:, None], _shut_in(counted.lonlat, closed))


def _shut_in(lonlat: Floats, closed: Closures | None) -> NDArray[np.bool_]:
    return np.zeros(len(lonlat), np.bool_) if closed is None else closed.holds(lonlat)


def _cover(
    network: RoadNetwork, serving: Sequence[Candidate], terms: Terms, closed: Closures | None
) -> Cover:
    lonlat = np.array([[one.lon, one.lat] for one in serving], np.float64).reshape(-1, 2)
    return cover(network, served(network, lonlat), closed=closed, direction=terms.direction)


def _tallied(
    targets: _Served, people: _Served | None, times: _Times, living: _Times | None, limits_s: Floats
) -> list[dict[str, Any]]:
    """Return what is counted in each band, beyond them, and inside the closed area."""
    on_record = times.bands(targets, limits_s)
    lived = None if people is None or living is None else living.bands(people, limits_s)
    return [
        _told(row, None if lived is None else float(lived[band, 0]))
        for band, row in enumerate(on_record)
    ]


def _told(row: Floats, residents: float | None) -> dict[str, Any]:
    places, day, night, unknown = (round(float(value)) for value in row)
    return {
        "places": places,
        "people_day": day,
        "people_night": night,
        "people_unknown": unknown,
        "residents": None if residents is None else round(residents),
    }


def _bands(reach: Cover, terms: Terms, tallies: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    drawn = bands(reach, terms.minutes, within=terms.where)
    features = [
        {
            "type": "Feature",
            "geometry": geojson(band.area),
            "properties": {
                "after_min": band.after_s / 60.0,
                "until_min": band.until_s / 60.0 if np.isfinite(band.until_s) else None,
                "road_length_m": round(band.road_length_m),
                **tally,
            },
        }
        for band, tally in zip(drawn, tallies, strict=False)
    ]
    return {"type": "FeatureCollection", "features": features, "inside_zone": dict(tallies[-1])}


def geojson(area: BaseGeometry) -> dict[str, Any]:
    """Return a geometry as GeoJSON with a tenth of a metre's digits."""
    return dict(mapping(shapely.transform(area, lambda points: np.round(points, 6))))


def _stations(
    found: Stations,
    reach: Cover,
    targets: _Served,
    times: _Times,
    people: _Served | None,
    living: _Times | None,
) -> list[dict[str, Any]]:
    """Return every station with what it is first for; one that serves nothing says why."""
    first = _first_for(targets, times, len(found.serving))
    lived = None if people is None or living is None else _first_for(
        people, living, len(found.serving)
    )  # fmt: skip
    idle = _why_idle(reach)
    listed = [
        {
            **_entry(one),
            "out": idle[index],
            "first_for": _told(first[index], None if lived is None else float(lived[index, 0])),
        }
        for index, one in enumerate(found.serving)
    ]
    return listed + [{**_entry(one), "out": why, "first_for": None} for one, why in found.out]


def _first_for(who: _Served, times: _Times, count: int) -> Floats:
    sums = np.zeros((count, who.amount.shape[1]))
    here = (times.first >= 0) & ~who.shut_in
    np.add.at(sums, times.first[here], who.amount[here])
    return sums


def _why_idle(reach: Cover) -> list[str | None]:
    """Return for each station why it serves nothing, None where it does."""
    own_s, _ = reach.at(reach.stations)
    return [
        "no_road_near" if edge < 0 else None if np.isfinite(seconds) else "road_closed"
        for edge, seconds in zip(reach.stations.edge.tolist(), own_s.tolist(), strict=True)
    ]


def _entry(one: Candidate) -> dict[str, Any]:
    names = ("layer", "id", "name", "name_en", "kind", "lon", "lat")
    return {name: getattr(one, name) for name in names}


def _without_access(
    known: Records,
    targets: _Served,
    times: _Times,
    serving: Sequence[Candidate],
    terms: Terms,
) -> dict[str, Any]:
    """Return the places that nobody reaches in time, most people first, each with its reason."""
    late = np.flatnonzero((times.seconds > 60.0 * terms.within_min) | targets.shut_in)
    order = late[np.argsort(-targets.amount[late, 1:3].max(axis=1, initial=0.0), kind="stable")]
    listed = []
    for index in order[:LISTED].tolist():
        seconds, first = float(times.seconds[index]), int(times.first[index])
        reason = _why_late(targets, seconds, index)
        listed.append(
            known.entry(index)
            | {
                "reason": reason,
                "travel_time_s": round(seconds, 1) if reason == "too_slow" else None,
                "first": serving[first].id if reason == "too_slow" else None,
            }
        )
    reasons = [_why_late(targets, float(times.seconds[i]), i) for i in late.tolist()]
    return {
        "within_min": terms.within_min,
        **_told(targets.amount[late].sum(axis=0), None),
        "by_reason": {reason: reasons.count(reason) for reason in sorted(set(reasons))},
        "targets": listed,
    }


def _why_late(targets: _Served, seconds: float, index: int) -> str:
    if targets.shut_in[index]:
        return "inside_zone"
    if targets.places.edge[index] < 0:
        return "no_road_near"
    return "too_slow" if np.isfinite(seconds) else "no_path"

"""One key (一键态势标绘): what of a plan is drawn, as parts that a later plan draws anew.

Pure: from the body of an assessment to fields of plots. Words are messages, `{"code", "params"}`;
every number in them comes from the plan and names its source.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from pyproj import Geod

from layers.plots.merging import SHAPE

ARRIVALS = 5
CONTROL_POINTS = 100
WIND_ARROW_M = (300.0, 3_000.0)
"""The wind's arrow is as long as half the farthest zone, within these bounds."""

LEGEND_BEARING_DEG = 225.0

CORDONS = {"red": "hot", "orange": "warm", "yellow": "cold"}
COLOURS = {"red": "#E5343D", "orange": "#FF8C1A", "yellow": "#FFD23F", "blue": "#2F80ED"}
SYMBOLS = {
    "staging": "staging", "command": "command_post", "decon": "decon_point", "triage": "triage",
    "assembly": "assembly", "control": "checkpoint",
}  # fmt: skip
_PILE = {"blue": -40, "yellow": -39, "orange": -38, "red": -37}
_GEOD = Geod(ellps="WGS84")

Message = dict[str, Any]


@dataclass(frozen=True)
class Part:
    """One thing of a plan to draw. `name` is the same in the next plan; words are messages."""

    name: str
    fields: dict[str, Any]
    words: dict[str, list[Message]] = field(default_factory=dict)


def parts(plan: Mapping[str, Any], ways: Iterable[Mapping[str, Any]] = ()) -> list[Part]:
    """Return what to draw of a plan.

    Parameters
    ----------
    plan
        The body of an assessment as it is stored.
    ways
        GeoJSON lines of the teams that are ordered; where there are none, the first arrivals of
        the plan are drawn.
    """
    drawn = [*_zones(plan), *_places(plan), *_ways(plan, list(ways)), *_wind(plan)]
    return [*drawn, *_legend(plan, drawn)]


def _zones(plan: Mapping[str, Any]) -> Iterator[Part]:
    counted: Counter[str] = Counter()
    for zone in _features(plan, "zones"):
        told = zone["properties"]
        level, hazard = told["level"], told["hazard"]
        counted[f"{hazard}.{level}"] += 1
        cordon = CORDONS.get(level)
        fields = {
            "kind": "cordon" if cordon else "polygon",
            SHAPE: {"geometry": zone["geometry"]},
            "colour": COLOURS.get(level), "fill": COLOURS.get(level), "fill_opacity": 0.22,
            "width_px": 2, "order": _PILE.get(level, -41), "cordon": cordon,
        }  # fmt: skip
        params = {
            "threshold_name": told.get("threshold_name") or told.get("threshold"),
            "threshold": told.get("threshold"), "unit": told.get("unit") or "",
            "source": told.get("threshold_source"), "model": told.get("model"),
            "distance": metres(told["distance_m"]), "distance_m": round(told["distance_m"]),
            "area_m2": round(told["area_m2"]),
        }  # fmt: skip
        yield Part(
            f"zone.{hazard}.{level}.{counted[f'{hazard}.{level}']}",
            {name: value for name, value in fields.items() if value is not None},
            {
                "label": [{"code": f"plot.zone.{cordon or 'other'}", "params": params}],
                "note": [{"code": "plot.zone_note", "params": params}],
            },
        )


def _places(plan: Mapping[str, Any]) -> Iterator[Part]:
    counted: Counter[str] = Counter()
    for place in _features(plan, "points"):
        told = place["properties"]
        role = told["role"]
        counted[role] += 1
        if counted[role] > CONTROL_POINTS:
            continue
        label: Message = {"code": f"plot.role.{role}", "params": {}}
        if role == "control" and told.get("road"):
            label = {"code": "plot.control_on", "params": {"road": told["road"]}}
        note: Message = {"code": "plot.place_note", "params": {}}
        if told.get("beyond_m") is not None:
            params = {
                "beyond_m": round(told["beyond_m"]),
                "bearing_deg": round(told["bearing_deg"]),
            }
            note = {"code": "plot.place_note_beyond", "params": params}
        yield Part(
            f"point.{role}.{counted[role]}",
            {
                "kind": "point",
                SHAPE: {"geometry": place["geometry"]},
                "order": 20,
                "symbol": SYMBOLS.get(role, role),
            },
            {"label": [label], "note": [note]},
        )


def _ways(plan: Mapping[str, Any], ordered: list[Mapping[str, Any]]) -> Iterator[Part]:
    """Yield the roads of those who are ordered, else of the first who would come."""
    first = [way for way in _features(plan, "routes") if way["properties"].get("direction") == "to"]
    first.sort(key=lambda way: way["properties"].get("travel_time_s") or math.inf)
    code = "plot.way_ordered" if ordered else "plot.way_first"
    for n, way in enumerate(ordered or first[:ARRIVALS], start=1):
        told = way["properties"]
        if len(way["geometry"]["coordinates"]) < 2:
            continue
        seconds = told.get("travel_time_s")
        params = {"name": told.get("name") or "", "minutes": "?" if seconds is None
                  else f"{seconds / 60:.0f}"}  # fmt: skip
        yield Part(
            f"way.{told.get('id') or n}",
            {
                "kind": "line", SHAPE: {"geometry": way["geometry"]}, "colour": "#38BDF8",
                "width_px": 4, "order": 0,
            },
            {
                "label": [{"code": "plot.way", "params": params}],
                "note": [{"code": code, "params": params}],
            },
        )  # fmt: skip


def _wind(plan: Mapping[str, Any]) -> Iterator[Part]:
    """Yield an arrow that blows towards the incident from where the wind comes."""
    assumed = {entry["field"]: entry for entry in plan.get("assumed", ())}
    wind = assumed.get("weather.wind_from_deg")
    if wind is None or wind.get("value") is None:
        return
    farthest_m = max((z["properties"]["distance_m"] for z in _features(plan, "zones")), default=0.0)
    length_m = min(max(farthest_m / 2, WIND_ARROW_M[0]), WIND_ARROW_M[1])
    at = (plan["lon"], plan["lat"])
    tail = away(at, float(wind["value"]), 1.3 * length_m)
    tip = away(at, float(wind["value"]), 0.3 * length_m)
    speed = assumed.get("weather.wind_speed_m_s", {}).get("value")
    params = {
        "from_deg": round(float(wind["value"])),
        "speed": "?" if speed is None else f"{speed:.1f}",
        "source": wind.get("source") or "", "tag": wind.get("tag") or "",
    }  # fmt: skip
    yield Part(
        "wind",
        {"kind": "arrow", SHAPE: {"control": [tail, tip]}, "colour": "#38BDF8",
         "fill": "#38BDF8", "fill_opacity": 0.6, "order": 10},
        {
            "label": [{"code": "plot.wind", "params": params}],
            "note": [{"code": "plot.wind_note", "params": params}],
        },
    )  # fmt: skip


def _legend(plan: Mapping[str, Any], drawn: list[Part]) -> Iterator[Part]:
    """Yield a text beside the zones that says what was drawn."""
    if not drawn:
        return
    lines = [{"code": "plot.legend", "params": {"at": str(plan.get("at", ""))[:16]}}]
    for part in drawn:
        if part.name.startswith("zone.") or part.name == "wind":
            lines += part.words["label"]
    farthest_m = max((z["properties"]["distance_m"] for z in _features(plan, "zones")), default=0.0)
    place = away((plan["lon"], plan["lat"]), LEGEND_BEARING_DEG, 1.15 * max(farthest_m, 200.0))
    yield Part(
        "legend",
        {
            "kind": "text",
            SHAPE: {"geometry": {"type": "Point", "coordinates": place}},
            "order": 30,
            "size": 14,
        },
        {"text": lines, "note": [{"code": "plot.legend_note", "params": {}}]},
    )


def away(place: tuple[float, float], bearing_deg: float, distance_m: float) -> list[float]:
    """Return the position at a bearing and a distance."""
    lon, lat, _ = _GEOD.fwd(place[0], place[1], bearing_deg, distance_m)
    return [float(lon), float(lat)]


def metres(value: float) -> str:
    """Return a distance as maps say it: 850 m, 12.4 km."""
    return f"{value:.0f} m" if value < 1_000 else f"{value / 1_000:.1f} km"


def _features(plan: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    found: list[Mapping[str, Any]] = (plan.get(name) or {}).get("features", [])
    return [each for each in found if each.get("geometry")]

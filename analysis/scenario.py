"""The value objects that walk through the analysis: Scenario in, Zones and Assessment out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import shapely
from shapely.geometry import mapping
from shapely.geometry.base import BaseGeometry

from analysis.ground import Ground
from layers.substances import Substance

Tag = Literal["measured", "reported", "assumed"]
Level = Literal["red", "orange", "yellow", "blue"]
LEVELS: tuple[Level, ...] = ("red", "orange", "yellow", "blue")


@dataclass(frozen=True, kw_only=True)
class Weather:
    """Weather at the release; None is unknown. Wind in m/s at 10 m, degrees it blows *from*.

    `wind_from_uncertainty_deg` is the angle to either side within which the wind stays 19 times
    out of 20.
    """

    wind_speed_m_s: float | None = None
    wind_from_deg: float | None = None
    wind_from_uncertainty_deg: float | None = None
    stability: str | None = None
    cloud_tenths: float | None = None
    temperature_c: float | None = None
    humidity_pct: float | None = None
    terrain: Literal["rural", "urban"] | None = None
    tag: Tag = "reported"
    source: str | None = None


@dataclass(frozen=True, kw_only=True)
class Release:
    """What got out and how; None is unknown. `leak` is the size a caller can name.

    `mass_kg` is what got out; `inventory_kg` what the vessel held, which bounds what can get out
    (and is what gets out in a rupture). Of a forest fire it says what burns: `fuel_model` by code,
    `fuel_moisture_pct` of dead fine fuel, `fuel_factor` as Wang Zhengfei's Ks; of a flood the
    `stage_m` (height of the water's surface) or the `rise_m` over the ground at the place.
    """

    leak: Literal["small", "medium", "large", "rupture"] | None = None
    mass_kg: float | None = None
    inventory_kg: float | None = None
    rate_kg_s: float | None = None
    duration_s: float | None = None
    hole_diameter_m: float | None = None
    pressure_pa: float | None = None
    temperature_k: float | None = None
    level_m: float | None = None
    pool_diameter_m: float | None = None
    height_m: float | None = None
    fuel_model: str | None = None
    fuel_moisture_pct: float | None = None
    fuel_factor: float | None = None
    stage_m: float | None = None
    rise_m: float | None = None


@dataclass(frozen=True, kw_only=True)
class Choices:
    """What a person chose instead of the rule; None leaves it to the rule.

    `dispersion` names the engine of a cloud, `plume_set` and `puff_set` its coefficients,
    `stability_scheme` the coefficient set of the model `stability`, `threshold_scheme` the table
    of toxic limits and `exposure_s` the time of exposure that they are for, `spread_model` the
    rates of a forest fire. `heat_criteria` and `blast_criteria` name the table of thresholds,
    `pool_fire_set`, `jet_fire_set`, `fireball_set` and `explosion_set` the coefficients,
    `fireball_mass` the share of the mass in the ball. With `over_wind` a cloud's zone is the
    greatest over all winds within the uncertainty of its direction.
    """

    dispersion: str | None = None
    plume_set: str | None = None
    puff_set: str | None = None
    stability_scheme: str | None = None
    threshold_scheme: str | None = None
    exposure_s: float | None = None
    spread_model: str | None = None
    heat_criteria: str | None = None
    blast_criteria: str | None = None
    pool_fire_set: str | None = None
    jet_fire_set: str | None = None
    fireball_set: str | None = None
    fireball_mass: str | None = None
    explosion_set: str | None = None
    over_wind: bool = False


@dataclass(frozen=True, kw_only=True)
class Scenario:
    """One incident, ready to be computed. `at` is the moment the answer is for.

    `asked_at` is when somebody asks, from which on people can be warned; a plan looks ahead of it.
    None: at `at`.
    """

    kind: str
    lon: float
    lat: float
    occurred_at: dt.datetime
    at: dt.datetime
    asked_at: dt.datetime | None = None
    substance: Substance | None = None
    release: Release = field(default_factory=Release)
    weather: Weather = field(default_factory=Weather)
    choices: Choices = field(default_factory=Choices)
    ground: Ground | None = None


@dataclass(frozen=True, kw_only=True)
class Message:
    """A sentence as its code and parameters; the words come from the zh/en catalogue."""

    code: str
    params: Mapping[str, Any] = field(default_factory=dict)
    source: str | None = None

    def to_json(self) -> dict[str, Any]:
        """Return the stored shape; the server adds `text` in the reader's language."""
        return {"code": self.code, "params": dict(self.params), "source": self.source}


def _geojson(geometry: BaseGeometry) -> dict[str, Any]:
    """Return an area as GeoJSON in steps of 1e-8 degrees: a millimetre, and half the bytes."""
    return dict(mapping(shapely.transform(geometry, lambda lonlat: lonlat.round(8))))


@dataclass(frozen=True, kw_only=True)
class Zone:
    """One hazard zone: an area in EPSG:4326 with the threshold that draws its line.

    `basis` is "model" or "table" (a first-minute distance table). `cut` names what cut the area
    short ("range": the model's range; "time": wind speed times time since release), else None.
    `shape` is "area" for the threshold's own area, "circle" where the wind is unknown.
    `averaging_s` is the exposure time that a toxic threshold is for (AEGL: 3600 s), in s.
    `role` is "zone", or "confidence" for the line within which the wind may turn the zone.
    `arrives_s` and `passed_s` are when a cloud's threshold first reaches the far end of the zone
    and when it has left the whole of it, seconds since the release began; None: it does not move,
    or goes on. `stays_s` is the longest that it stays at any one distance.
    """

    level: Level
    hazard: str
    threshold: float | None
    unit: str | None
    threshold_name: str
    threshold_source: str
    model: str
    distance_m: float
    area_m2: float
    geometry: BaseGeometry
    action: Message
    basis: Literal["model", "table"] = "model"
    cut: str | None = None
    shape: Literal["area", "circle"] = "area"
    averaging_s: float | None = None
    role: Literal["zone", "confidence"] = "zone"
    arrives_s: float | None = None
    passed_s: float | None = None
    stays_s: float | None = None

    def to_feature(self) -> dict[str, Any]:
        """Return the GeoJSON feature of the wire."""
        properties = {
            name: getattr(self, name)
            for name in (
                "level", "hazard", "threshold", "unit", "threshold_name", "threshold_source",
                "model", "distance_m", "area_m2", "basis", "cut", "shape",
                "averaging_s", "role", "arrives_s", "passed_s",
            )
        }  # fmt: skip
        properties["action"] = self.action.to_json()
        return {"type": "Feature", "geometry": _geojson(self.geometry), "properties": properties}


@dataclass(frozen=True, kw_only=True)
class Slice:
    """Where a cloud is over a threshold at one moment, `time_s` after the release began."""

    time_s: float
    level: Level
    threshold_name: str
    geometry: BaseGeometry

    def to_feature(self) -> dict[str, Any]:
        """Return the GeoJSON feature of the wire."""
        properties = {
            "time_s": self.time_s,
            "level": self.level,
            "threshold_name": self.threshold_name,
        }
        return {"type": "Feature", "geometry": _geojson(self.geometry), "properties": properties}


@dataclass(frozen=True, kw_only=True)
class ZoneSet:
    """The zones of a scenario, with every model that ran and everything that was assumed.

    `models`: `{"name", "version", "inputs", "values", "sources", "warnings"}` each.
    `assumed`: `{"field", "value", "unit", "tag", "source"}` for each input that entered.
    `distances`: first-minute table rows used (isolation and protection), most binding first.
    `confidence`: the lines within which the wind may turn the zones, by level; not zones.
    `slices`: where the cloud is over each threshold at moments of its life, for a time slider.
    `reasons`: why this model and no other, in the order of the decisions.
    """

    zones: tuple[Zone, ...]
    models: tuple[dict[str, Any], ...]
    assumed: tuple[dict[str, Any], ...]
    distances: tuple[dict[str, Any], ...] = ()
    warnings: tuple[Message, ...] = ()
    confidence: tuple[Zone, ...] = ()
    slices: tuple[Slice, ...] = ()
    reasons: tuple[Message, ...] = ()

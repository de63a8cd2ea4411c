"""One case of a batch: plain enough to travel to another machine, whole enough to be repeated."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import shapely
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from analysis.scenario import Release, Scenario, Weather, Zone
from analysis.zones import zones
from layers import substances
from layers.errors import OneMapError
from layers.models import HazardSource
from layers.query import Scope
from layers.substances import Substance

TOXIC, FLAMMABLE = "toxic_release", "flash_fire"


@dataclass(frozen=True, kw_only=True)
class Case:
    """One scenario by plain values: `release` and `weather` by the names of `analysis.scenario`."""

    key: str
    name: str | None
    kind: str
    substance: str | None
    lon: float
    lat: float
    at: str
    release: dict[str, Any] = field(default_factory=dict)
    weather: dict[str, Any] = field(default_factory=dict)
    ahead_s: float = 3600.0

    def scenario(self) -> Scenario:
        """Return the scenario, for the moment `ahead_s` after the start."""
        start = dt.datetime.fromisoformat(self.at)
        return Scenario(
            kind=self.kind,
            lon=self.lon,
            lat=self.lat,
            occurred_at=start,
            at=start + dt.timedelta(seconds=self.ahead_s),
            substance=substances.find(self.substance) if self.substance else None,
            release=Release(**self.release),
            weather=Weather(**self.weather),
        )


@dataclass(frozen=True, kw_only=True)
class Row:
    """One zone of one case, or why the case has none (`error`); geometry as WKB in EPSG:4326."""

    key: str
    name: str | None
    kind: str
    wind_from_deg: float | None
    error: str | None = None
    level: str | None = None
    hazard: str | None = None
    threshold_name: str | None = None
    basis: str | None = None
    model: str | None = None
    distance_m: float | None = None
    area_m2: float | None = None
    wkb: bytes | None = None


def cases_of(
    session: Session,
    *,
    scope: Scope,
    winds: int,
    weather: dict[str, Any],
    leak: str,
    at: dt.datetime,
    limit: int | None = None,
) -> Iterator[Case]:
    """Give a case for every hazard source with a known substance, in each of `winds` directions.

    A toxic substance is released, else a flammable one; one that is neither has no cloud and is
    left out. Directions are spread evenly from north.
    """
    point = func.ST_PointOnSurface(HazardSource.geom)
    asked = (
        select(
            HazardSource.id, HazardSource.name, HazardSource.cas, HazardSource.substance,
            HazardSource.quantity_t, HazardSource.pressure_pa, HazardSource.temperature_k,
            func.ST_X(point).label("lon"), func.ST_Y(point).label("lat"),
        )
        .where(HazardSource.geom.is_not(None), scope.clause(HazardSource.region.expression))
        .order_by(HazardSource.id)
        .limit(limit)
    )  # fmt: skip
    for row in session.execute(asked):
        substance = _known(row.cas or row.substance)
        if substance is None or not (substance.toxic or substance.flammable):
            continue
        release = {
            "leak": leak,
            "inventory_kg": None if row.quantity_t is None else row.quantity_t * 1000.0,
            "pressure_pa": row.pressure_pa,
            "temperature_k": row.temperature_k,
        }
        for number in range(winds):
            yield Case(
                key=str(row.id),
                name=row.name,
                kind=TOXIC if substance.toxic else FLAMMABLE,
                substance=substance.cas,
                lon=row.lon,
                lat=row.lat,
                at=at.isoformat(),
                release={name: value for name, value in release.items() if value is not None},
                weather={**weather, "wind_from_deg": 360.0 * number / winds},
            )


def compute(cases: Sequence[Case]) -> list[Row]:
    """Return the zones of each case in order; a case that is refused gives one row that says why.

    Runs wherever the package is installed; needs no database.
    """
    return [row for case in cases for row in _rows(case)]


def _rows(case: Case) -> Iterable[Row]:
    wind = case.weather.get("wind_from_deg")
    head: dict[str, Any] = {
        "key": case.key,
        "name": case.name,
        "kind": case.kind,
        "wind_from_deg": wind,
    }
    try:
        found = zones(case.scenario(), moving=False)
    except OneMapError as error:
        return [Row(**head, error=f"{error.code}: {error.message}")]
    return [_row(head, zone) for zone in found.zones]


def _row(head: dict[str, Any], zone: Zone) -> Row:
    return Row(
        **head,
        level=zone.level,
        hazard=zone.hazard,
        threshold_name=zone.threshold_name,
        basis=zone.basis,
        model=zone.model,
        distance_m=zone.distance_m,
        area_m2=zone.area_m2,
        wkb=shapely.to_wkb(zone.geometry),
    )


def _known(text: str | None) -> Substance | None:
    if not text:
        return None
    try:
        return substances.find(text)
    except OneMapError:
        return None

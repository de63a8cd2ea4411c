"""What a wall at rest tells: what changed since a moment, and the weather that stations see."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import case, func, literal, or_, select, true, values
from sqlalchemy import column as named
from sqlalchemy.orm import Session
from sqlalchemy.types import String

from layers.models import JournalRow, Observation, WeatherStation
from layers.query import Scope, without_ground

LOOKED_BACK = 50_000
"""Changes that are looked through, the newest: a load that wrote more rows says so itself."""

MAX_STATIONS = 50
WEATHER = ("wind_speed", "wind_from", "temperature", "humidity", "rain")


@dataclass(frozen=True)
class Lately:
    """How many rows of each layer were changed since a moment, by what was done to them.

    `cut` says that there were more changes than were looked through, so that these are at least so
    many.
    """

    since: dt.datetime
    changes: tuple[dict[str, Any], ...]
    cut: bool


def lately(
    session: Session, *, scope: Scope, since: dt.datetime, without: Collection[str] = ()
) -> Lately:
    """Count what changed in the layers that a reader sees, the ground apart, the most first.

    Parameters
    ----------
    scope
        Where the reader sees rows; rows of open layers count everywhere.
    without
        Layers that are left out.
    """
    known = [layer for layer in without_ground(session) if layer.name not in without]
    open_to_all = [layer.name for layer in known if layer.access == "open"]
    row = JournalRow
    newest = select(func.coalesce(func.max(row.seq), 0)).scalar_subquery()
    rows = func.sum(case((row.op == "load", func.coalesce(row.count, 0)), else_=1))
    counted = (
        select(row.layer, row.op, rows.label("rows"), func.min(row.seq), newest)
        .where(
            row.seq > newest - LOOKED_BACK,
            row.at >= since,
            row.layer.in_([layer.name for layer in known]),
            or_(row.layer.in_(open_to_all), scope.clause(row.region.expression)),
        )
        .group_by(row.layer, row.op)
        .order_by(rows.desc(), row.layer, row.op)
    )
    found = session.execute(counted).all()
    cut = any(high - first >= LOOKED_BACK - 1 for *_, first, high in found)
    changes = tuple(
        {"layer": layer, "op": op, "count": int(count)} for layer, op, count, *_ in found
    )
    return Lately(since, changes, cut)


def weather_now(session: Session, *, scope: Scope, since: dt.datetime) -> list[dict[str, Any]]:
    """Return the newest value of each kind of weather at each station, no older than `since`."""
    asked = values(named("quantity", String), name="asked").data([(one,) for one in WEATHER])
    newest = (
        select(Observation.value, Observation.unit, Observation.at)
        .where(
            Observation.station_id == WeatherStation.id,
            Observation.quantity == asked.c.quantity,
            Observation.at >= since,
        )
        .order_by(Observation.at.desc())
        .limit(1)
        .lateral("newest")
    )
    stations = (
        select(WeatherStation.id)
        .where(scope.clause(WeatherStation.region.expression))
        .order_by(WeatherStation.id)
        .limit(MAX_STATIONS)
    )
    statement = (
        select(WeatherStation.id, WeatherStation.name, WeatherStation.name_en, asked.c.quantity,
               newest.c.value, newest.c.unit, newest.c.at)
        .select_from(WeatherStation)
        .join(asked, true())
        .join(newest, literal(value=True))
        .where(WeatherStation.id.in_(stations))
        .order_by(newest.c.at.desc(), WeatherStation.id, asked.c.quantity)
    )  # fmt: skip
    return [
        {"station": str(id), "name": name, "name_en": name_en, "quantity": quantity,
         "value": value, "unit": unit, "at": at.isoformat()}
        for id, name, name_en, quantity, value, unit, at in session.execute(statement)
    ]  # fmt: skip

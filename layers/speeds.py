"""Speeds of roads as a site says them by the hour, and as its tracks measured them: kept."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from layers.errors import ConflictError, InvalidInputError, NotFoundError
from layers.models import RoadNetwork, RoadSpeed, SpeedProgress
from layers.models.speed import DAY_KINDS

COLUMNS = ("road_class", "day_kind", "hour", "factor")
ROWS_MOST = 20_000
LEAST, MOST = 0.05, 2.0


@dataclass(frozen=True, kw_only=True)
class Passes:
    """Passes of one road in one direction in one hour: how many, and the sum of seconds a metre."""

    way: int
    u: int
    v: int
    emergency: bool
    day_kind: str
    hour: int
    passes: int
    slowness_s_m: float


def replace(
    session: Session, network: str, rows: Sequence[Mapping[str, Any]], *, source: str
) -> int:
    """Put what is said of a network's speeds in the place of what was said; return how many rows.

    Parameters
    ----------
    network
        The name that versions of a network share.
    rows
        `road_class`, `day_kind` ("workday", "weekend"), `hour` (0 to 23, the place's own clock) and
        `factor`, the share of the free speed (0.05 to 2). None at all takes everything back.
    source
        Who says so, and from what.

    Raises
    ------
    NotFoundError
        No network has this name.
    InvalidInputError
        The first row that is wrong or doubled, by its number from 1; no source; too many rows.
    """
    if not session.scalar(sa.select(RoadNetwork.id).where(RoadNetwork.name == network).limit(1)):
        raise NotFoundError(
            f"there is no road network {network!r}", code="network_not_found", name=network
        )
    if not source.strip():
        raise InvalidInputError("speeds need a source", code="speeds_source", field="source")
    if len(rows) > ROWS_MOST:
        raise _wrong(len(rows), "rows", len(rows), f"<= {ROWS_MOST}")
    values = [_row(number, row) for number, row in enumerate(rows, start=1)]
    seen: set[tuple[Any, ...]] = set()
    for number, value in enumerate(values, start=1):
        key = (value["road_class"], value["day_kind"], value["hour"])
        if key in seen:
            raise _wrong(number, "hour", ", ".join(map(str, key)), "each hour once")
        seen.add(key)
    session.execute(sa.delete(RoadSpeed).where(RoadSpeed.network == network))
    if values:
        common = {"network": network, "source": source.strip()}
        session.execute(sa.insert(RoadSpeed), [value | common for value in values])
    changed(session, network)
    return len(values)


def _row(number: int, row: Mapping[str, Any]) -> dict[str, Any]:
    road_class, day_kind = str(row.get("road_class") or "").strip(), row.get("day_kind")
    if not 0 < len(road_class) <= 64:
        raise _wrong(number, "road_class", row.get("road_class"), "a class of road")
    if day_kind not in DAY_KINDS:
        raise _wrong(number, "day_kind", day_kind, ", ".join(DAY_KINDS))
    hour, factor = _number(row.get("hour")), _number(row.get("factor"))
    if hour not in range(24):
        raise _wrong(number, "hour", row.get("hour"), "0 .. 23")
    if not LEAST <= factor <= MOST:
        raise _wrong(number, "factor", row.get("factor"), f"{LEAST:g} .. {MOST:g}")
    return {"road_class": road_class, "day_kind": day_kind, "hour": int(hour), "factor": factor}


def _number(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return math.nan
    try:
        return float(value)
    except (ValueError, OverflowError):
        return math.nan


def _wrong(number: int, field: str, got: Any, wanted: str) -> InvalidInputError:
    return InvalidInputError(
        f"row {number}: {field} is {str(got)[:80]!r}, wanted {wanted}", code="speeds_row",
        row=number, field=field, got=str(got)[:80], wanted=wanted,
    )  # fmt: skip


def said(session: Session, network: str) -> list[dict[str, Any]]:
    """Return what is said of a network's speeds, and by whom."""
    row = RoadSpeed
    query = sa.select(row).where(row.network == network)
    return [
        {name: getattr(one, name) for name in (*COLUMNS, "source")}
        for one in session.scalars(query.order_by(row.road_class, row.day_kind, row.hour))
    ]


_ADD = sa.text("""
    INSERT INTO measured_speed AS m
      (network, way, u, v, emergency, day_kind, hour, passes, slowness_s_m, measured_at)
    SELECT :network, way, u, v, emergency, day_kind, hour, passes, slowness_s_m, :now
    FROM unnest(CAST(:way AS bigint[]), CAST(:u AS bigint[]), CAST(:v AS bigint[]),
                CAST(:emergency AS boolean[]), CAST(:day_kind AS text[]), CAST(:hour AS bigint[]),
                CAST(:passes AS bigint[]), CAST(:slowness_s_m AS float[]))
      AS f (way, u, v, emergency, day_kind, hour, passes, slowness_s_m)
    ON CONFLICT ON CONSTRAINT measured_speed_pkey DO UPDATE
    SET passes = m.passes + excluded.passes, measured_at = excluded.measured_at,
        slowness_s_m = m.slowness_s_m + excluded.slowness_s_m
""")


def measured_until(session: Session, network: str) -> dt.datetime | None:
    """Return until when the tracks of a network have been measured; None if never."""
    return session.scalar(
        sa.select(SpeedProgress.measured_until).where(SpeedProgress.network == network)
    )


def add(
    session: Session,
    network: str,
    passes: Sequence[Passes],
    *,
    since: dt.datetime | None,
    until: dt.datetime,
) -> None:
    """Add passes that were measured of the tracks until a moment; each stretch of time once.

    Raises
    ------
    ConflictError
        Somebody else has measured since `since`.
    """
    session.execute(
        sa.text("INSERT INTO speed_progress (network) VALUES (:name) ON CONFLICT DO NOTHING"),
        {"name": network},
    )
    row = session.scalars(
        sa.select(SpeedProgress).where(SpeedProgress.network == network).with_for_update()
    ).one()
    if row.measured_until != since:
        raise ConflictError(
            f"the tracks of {network!r} are measured until {row.measured_until}",
            code="speeds_measured", name=network,
        )  # fmt: skip
    row.measured_until = until
    if passes:
        names = ("way", "u", "v", "emergency", "day_kind", "hour", "passes", "slowness_s_m")
        columns = {name: [getattr(one, name) for one in passes] for name in names}
        session.execute(_ADD, columns | {"network": network, "now": until})
        row.revision += 1
    session.flush()


def changed(session: Session, network: str) -> None:
    """Say that the speeds of a network have changed: whoever holds them reads them again."""
    session.execute(
        sa.text(
            "INSERT INTO speed_progress (network, revision) VALUES (:name, 1) "
            "ON CONFLICT (network) DO UPDATE SET revision = speed_progress.revision + 1"
        ),
        {"name": network},
    )

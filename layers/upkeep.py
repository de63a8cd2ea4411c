"""How well a layer is kept (数据质量): what is known, placed, sourced, fresh and single in it.

The score is the weighted mean of shares, each shown with what it is of, so that a reader can work
it out again and see what would raise it. Age counts from the row's source date; a row without one
counts from its last change here, which is the most that is known of it.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Date,
    Integer,
    and_,
    case,
    cast,
    func,
    select,
    true,
    type_coerce,
)
from sqlalchemy.orm import Session

from layers.duplicates import count as open_pairs
from layers.layer import Layer
from layers.query.scope import Scope, visible

# What a share weighs: a wrong place or an empty field costs a plan more than a missing source.
_WEIGHTS = {"place": 3, "filled": 3, "region": 2, "fresh": 2, "single": 1, "source": 1}
_TELLING_RULES = ("credit_code", "substance", "cas")


@dataclass(frozen=True)
class Share:
    """One part of the score: how many of how many, and what it weighs."""

    name: str
    good: int
    of: int
    params: dict[str, Any]

    def to_json(self) -> dict[str, Any]:
        """Return the shape of the wire; `code` is the key of its words."""
        return {
            "code": f"quality.{self.name}", "params": self.params, "good": self.good,
            "of": self.of, "weight": _WEIGHTS[self.name],
        }  # fmt: skip


@dataclass(frozen=True)
class Upkeep:
    """What is known of how a layer is kept; `score` is 0 to 100, None of an empty layer."""

    layer: str
    rows: int
    stale: int | None
    without_region: int
    open_duplicates: int
    missing: dict[str, int]
    shares: tuple[Share, ...]
    score: int | None

    def to_json(self) -> dict[str, Any]:
        """Return the shape of the wire."""
        return {
            "layer": self.layer, "rows": self.rows, "stale": self.stale,
            "without_region": self.without_region, "open_duplicates": self.open_duplicates,
            "missing": self.missing, "score": self.score,
            "working": [share.to_json() for share in self.shares],
        }  # fmt: skip


def age_days(layer: Layer) -> ColumnElement[int]:
    """Return the age of a row in days: since its source's date, else since its last change."""
    changed = cast(func.timezone("UTC", layer.column("updated_at")), Date)
    today = cast(func.timezone("UTC", func.now()), Date)
    days = today - func.coalesce(layer.column("source_date"), changed)
    return type_coerce(days, Integer)  # a date less a date is a whole number in PostgreSQL


def is_stale(layer: Layer) -> ColumnElement[bool]:
    """Return the condition that a row is older than its layer allows."""
    if layer.max_age_days is None:
        return ~true()
    return age_days(layer) > layer.max_age_days


def of_feature(session: Session, layer: Layer, id: uuid.UUID) -> dict[str, Any]:
    """Return how a feature is kept: `age_days`, `stale`, and where single fields come from.

    `field_sources` holds `{"source", "date"}` for each field that another source than the row's
    gave. `NoResultFound` where there is no such feature: a reader has read it just before.
    """
    row = session.execute(
        select(age_days(layer), is_stale(layer), layer.column("field_sources")).where(
            layer.column("id") == id
        )
    ).one()
    return {"age_days": row[0], "stale": bool(row[1]), "field_sources": dict(row[2] or {})}


def important(layer: Layer) -> tuple[str, ...]:
    """Return the fields that a plan needs: the required, the kind, codes, quantities and grades."""
    named = {"name", layer.kind_field, layer.worst, *layer.summed}
    return tuple(
        field.name
        for field in layer.fields
        if field.spec.required or field.name in named or field.spec.rule in _TELLING_RULES
    )


def of_layer(session: Session, layer: Layer, *, scope: Scope) -> Upkeep:
    """Return how a layer's rows that the reader may see are kept."""
    fields = important(layer)
    region, geom = layer.column("region"), layer.column("geom")
    row = session.execute(
        select(
            func.count().label("n_rows"),
            _count(geom.is_not(None)).label("n_place"),
            _count(region.is_not(None)).label("n_region"),
            _count(layer.column("source").is_not(None)).label("n_source"),
            _count(is_stale(layer)).label("n_stale"),
            *(_count(_given(layer, name)).label(f"f_{name}") for name in fields),
        ).where(visible(layer, scope))
    ).one()._mapping  # fmt: skip
    rows = int(row["n_rows"])
    missing = {name: rows - int(row[f"f_{name}"]) for name in fields}
    pairs = open_pairs(session, layer, scope=scope)
    shares = [
        Share("place", int(row["n_place"]), rows, {}),
        Share("filled", sum(rows - n for n in missing.values()), rows * len(fields),
              {"fields": list(fields)}),
        Share("region", int(row["n_region"]), rows, {}),
        Share("source", int(row["n_source"]), rows, {}),
        Share("single", max(0, rows - pairs), rows, {}),
    ]  # fmt: skip
    if layer.max_age_days is not None:
        days = {"max_age_days": layer.max_age_days}
        shares.append(Share("fresh", rows - int(row["n_stale"]), rows, days))
    if layer.group == "ground":
        shares = [share for share in shares if share.name != "region"]
    return Upkeep(
        layer=layer.name,
        rows=rows,
        stale=None if layer.max_age_days is None else int(row["n_stale"]),
        without_region=rows - int(row["n_region"]),
        open_duplicates=pairs,
        missing={name: number for name, number in missing.items() if number},
        shares=tuple(shares),
        score=_score(shares) if rows else None,
    )


def _count(condition: ColumnElement[bool]) -> Any:
    return func.count(case((condition, 1)))


def _given(layer: Layer, name: str) -> ColumnElement[bool]:
    """Return the condition that a field says something: an empty text says nothing."""
    column = layer.column(name)
    if layer.field(name).type == "text":
        return and_(column.is_not(None), column != "")
    return column.is_not(None)


def _score(shares: list[Share]) -> int:
    weights = sum(_WEIGHTS[share.name] for share in shares)
    good = sum(_WEIGHTS[share.name] * share.good / share.of for share in shares if share.of)
    return round(100 * good / weights)

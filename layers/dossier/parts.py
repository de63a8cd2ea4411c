"""The sections that the file of an enterprise and that of a park have in common."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, or_, select, union_all
from sqlalchemy.orm import Session

from layers import substances
from layers.catalog import Layer, find
from layers.documents import listed as documents_of
from layers.documents import plans
from layers.errors import InvalidInputError, NotFoundError
from layers.models import JournalRow, RowHistory
from layers.query.proximity import nearest_by_line
from layers.query.rows import feature_columns, to_feature
from layers.query.scope import Scope, visible
from layers.substances import Substance

HISTORY = 20
MOST = 200
MOST_OWN = 10_000
"""How many of what belongs to a park or a plant are read: sums of a part would be wrong sums."""
HELP: dict[str, tuple[str, tuple[str, ...] | None, int]] = {
    "team": ("team", None, 5),
    "hospital": ("resource", ("hospital", "clinic"), 3),
    "shelter": ("resource", ("shelter",), 3),
    "depot": ("resource", ("depot", "equipment"), 3),
    "fire_water": ("fire_water", None, 5),
}
"""What helps a plant, by purpose: layer, kinds, how many."""


def features_where(
    session: Session,
    layer: Layer,
    condition: ColumnElement[bool],
    *,
    scope: Scope,
    newest_by: str | None = None,
    most: int = MOST,
) -> list[dict[str, Any]]:
    """Return at most so many features under a condition that the reader may see."""
    order = layer.column("fid") if newest_by is None else layer.column(newest_by).desc()
    statement = (
        select(*feature_columns(layer))
        .where(visible(layer, scope), condition)
        .order_by(order.nulls_last(), layer.column("fid"))
        .limit(most)
    )
    return [to_feature(layer, row) for row in session.execute(statement).mappings()]


def help_for(session: Session, *, lon: float, lat: float, scope: Scope) -> dict[str, Any]:
    """Return the nearest of each that helps, by straight line; distances in metres."""
    return {
        purpose: [
            {**row, "id": str(row["id"])}
            for row in nearest_by_line(
                session, find(layer, session), scope=scope, lon=lon, lat=lat, k=k, kinds=kinds
            )
        ]
        for purpose, (layer, kinds, k) in HELP.items()
    }


def known_substances(rows: Iterable[dict[str, Any]]) -> list[Substance]:
    """Return the different substances that features name, as far as they are known."""
    found: dict[str, Substance] = {}
    for row in rows:
        held = row["properties"]
        for text in (held.get("cas"), held.get("substance")):
            try:
                substance = substances.find(text) if text else None
            except (NotFoundError, InvalidInputError):
                continue
            if substance is not None:
                found[substance.cas] = substance
                break
    return list(found.values())


def facts(substance: Substance) -> dict[str, Any]:
    """Return what the file says of a substance; the thresholds with their source and certainty."""
    return {
        "cas": substance.cas,
        "un": substance.un,
        "name": substance.name_zh,
        "name_en": substance.name_en,
        "formula": substance.formula,
        "toxic": substance.toxic,
        "flammable": substance.flammable,
        "state": substance.state,
        "thresholds": [
            {
                "name": limit.name,
                "value": limit.value,
                "unit": limit.unit,
                "averaging_s": limit.averaging_s,
                "source": limit.source,
                "date": limit.date,
                "certainty": limit.certainty,
            }
            for limit in substance.thresholds
        ],
    }


def experts_for(
    session: Session, held: Sequence[Substance], words: Sequence[str], *, scope: Scope
) -> list[dict[str, Any]]:
    """Return experts whose tags or specialities name a substance that is held, or one of `words`.

    Those with most such tags first; `matched` are the tags that led here.
    """
    layer = find("expert", session)
    wanted = {word.casefold() for word in words}
    for substance in held:
        names = (substance.name_zh, substance.name_en, *substance.aliases)
        wanted |= {name.casefold() for name in names if name}
    fits = []
    every = layer.column("id").is_not(None)
    for expert in features_where(session, layer, every, scope=scope, most=MOST_OWN):
        properties = expert["properties"]
        tags = [*(properties["tags"] or ()), *(properties["specialities"] or ())]
        matched = [tag for tag in dict.fromkeys(tags) if _names(tag.casefold(), wanted)]
        if matched:
            fits.append({**expert, "matched": matched})
    return sorted(fits, key=lambda expert: -len(expert["matched"]))[:MOST]


def _names(tag: str, wanted: set[str]) -> bool:
    return any(word in tag or tag in word for word in wanted if len(word) > 1 or word == tag)


def papers(session: Session, layer: Layer, id: uuid.UUID, *, scope: Scope) -> dict[str, Any]:
    """Return the documents and the plan images of a feature."""
    return {
        "documents": documents_of(session, layer, id, scope=scope),
        "site_plans": plans.listed(session, scope=scope, layer=layer.name, feature_id=id),
    }


def history(session: Session, layer: Layer, id: uuid.UUID) -> list[dict[str, Any]]:
    """Return the last 20 changes of a feature's row, newest first: when, who, which fields.

    A bulk load is one row of the journal; the entries of the feature's versions lead to it.
    """
    past = select(RowHistory.entry_from).where(
        RowHistory.layer == layer.name, RowHistory.feature == id
    )
    present = select(layer.column("entry")).where(layer.column("id") == id)
    mine = or_(
        JournalRow.feature == id, JournalRow.entry.in_(union_all(past, present).scalar_subquery())
    )
    rows = session.scalars(
        select(JournalRow)
        .where(JournalRow.layer == layer.name, mine)
        .order_by(JournalRow.entry.desc())
        .limit(HISTORY)
    )
    return [
        {
            "seq": row.seq,
            "at": row.at.isoformat(),
            "op": row.op,
            "batch": str(row.batch) if row.batch else None,
            "actor": row.actor,
            "version": row.version,
            "fields": _changed(row.before, row.after),
        }
        for row in rows
    ]


def _changed(before: Any, after: Any) -> list[str]:
    """Return the fields in which two versions differ; none where one of them is missing."""
    if not before or not after:
        return []
    spine = {"version", "updated_at"}
    names = {*before, *after} - spine
    return sorted(name for name in names if before.get(name) != after.get(name))

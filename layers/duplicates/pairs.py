"""The pairs that were found: who may see them, what differs in them, what a person decided."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select, update
from sqlalchemy.orm import Session

from layers import catalog
from layers.errors import ConflictError, InvalidInputError, NotFoundError
from layers.layer import Layer
from layers.models import Duplicate
from layers.models.duplicate import STATES
from layers.query.rows import anchor_columns, to_json
from layers.query.scope import Scope, visible

_UNCOMPARED = frozenset({"source", "source_date"})


def page(
    session: Session,
    layer: Layer,
    *,
    scope: Scope,
    state: str = "open",
    limit: int = 100,
    offset: int = 0,
) -> list[dict[str, Any]]:
    """Return a layer's pairs of which the reader may see both features, likeliest first.

    Each holds `id`, `layer`, `reason`, `score`, `distance_m`, `state`, `note`, `decided_by`,
    `decided_at`, `version`, both features as `a` and `b` (`id`, `name`, `source`, `source_date`,
    `region`, `updated_at`, `lon`, `lat`), and `differs`: `{"field", "a", "b"}` for each field in
    which the two hold different values.
    """
    return _pairs(session, layer, scope, Duplicate.state == state, limit, offset)


def of_feature(
    session: Session, layer: Layer, id: uuid.UUID, *, scope: Scope
) -> list[dict[str, Any]]:
    """Return the open pairs that a feature is in, as `page` does."""
    mine = and_(Duplicate.state == "open", or_(Duplicate.a == id, Duplicate.b == id))
    return _pairs(session, layer, scope, mine, 100, 0)


def count(session: Session, layer: Layer, *, scope: Scope, state: str = "open") -> int:
    """Return how many pairs of a layer in a state the reader may see."""
    statement = select(func.count()).select_from(Duplicate)
    return session.scalar(statement.where(_readable(layer, scope), Duplicate.state == state)) or 0


def counts(
    session: Session, layers: Sequence[Layer], *, scope: Scope, state: str = "open"
) -> dict[str, int]:
    """Return the counts of the layers that have pairs in a state."""
    named = set(session.scalars(select(Duplicate.layer).where(Duplicate.state == state).distinct()))
    numbers = {
        layer.name: count(session, layer, scope=scope, state=state)
        for layer in layers if layer.name in named
    }  # fmt: skip
    return {name: number for name, number in numbers.items() if number}


def decide(
    session: Session,
    layer: Layer,
    pair_id: uuid.UUID,
    state: str,
    *,
    scope: Scope,
    by: str,
    note: str | None = None,
    version: int | None = None,
) -> dict[str, Any]:
    """Store what a person says of a pair: `same`, `different`, or `open` again. Nothing is merged.

    Returns
    -------
    dict
        The pair as `page` shows it.

    Raises
    ------
    NotFoundError
        There is no such pair in the layer, or none of which both features lie in the scope.
    InvalidInputError
        Not one of the states.
    ConflictError
        Somebody decided since the `version` that was seen.
    """
    if state not in STATES:
        raise InvalidInputError(
            f"state {state!r}, wanted {', '.join(STATES)}", code="invalid_fields", field="state",
            got=state[:40], wanted=", ".join(STATES),
        )  # fmt: skip
    held = select(Duplicate).where(Duplicate.id == pair_id, _writable(layer, scope))
    pair = session.scalar(held.with_for_update())
    if pair is None:
        raise NotFoundError(f"there is no pair {pair_id}", code="no_pair", id=str(pair_id))
    if version is not None and version != pair.version:
        raise ConflictError(
            f"the pair was decided meanwhile: {pair.state}, by {pair.decided_by}",
            code="pair_decided", state=pair.state, by=pair.decided_by, version=pair.version,
        )  # fmt: skip
    now = dt.datetime.now(dt.UTC)
    session.execute(
        update(Duplicate).where(Duplicate.id == pair_id).values(
            state=state, note=note, decided_by=by, decided_at=now, updated_at=now,
            version=Duplicate.version + 1,
        )
    )  # fmt: skip
    return _pairs(session, layer, scope, Duplicate.id == pair_id, 1, 0)[0]


def layer_of(session: Session, pair_id: uuid.UUID) -> Layer:
    """Return the layer that a pair is in.

    Raises
    ------
    NotFoundError
        There is no such pair, or its layer is kept from the session's reader.
    """
    name = session.scalar(select(Duplicate.layer).where(Duplicate.id == pair_id))
    known = () if name is None else catalog.layers(session)
    for layer in known:
        if layer.name == name:
            return layer
    raise NotFoundError(f"there is no pair {pair_id}", code="no_pair", id=str(pair_id))


def _readable(layer: Layer, scope: Scope) -> ColumnElement[bool]:
    """Return the condition: a pair of the layer, both of whose features the reader may see."""
    return _both(layer, visible(layer, scope))


def _writable(layer: Layer, scope: Scope) -> ColumnElement[bool]:
    """Return the condition: a pair of the layer in the scope; an open layer is only seen beyond."""
    return _both(layer, and_(visible(layer, scope), scope.clause(layer.column("region"))))


def _both(layer: Layer, wanted: ColumnElement[bool]) -> ColumnElement[bool]:
    held = select(layer.column("id")).where(wanted)
    return and_(Duplicate.layer == layer.name, Duplicate.a.in_(held), Duplicate.b.in_(held))


def _pairs(
    session: Session,
    layer: Layer,
    scope: Scope,
    wanted: ColumnElement[bool],
    limit: int,
    offset: int,
) -> list[dict[str, Any]]:
    found = session.scalars(
        select(Duplicate)
        .where(_readable(layer, scope), wanted)
        .order_by(Duplicate.score.desc(), Duplicate.id)
        .limit(limit)
        .offset(offset)
        .execution_options(populate_existing=True)
    ).all()
    features = _features(session, layer, {id for pair in found for id in (pair.a, pair.b)})
    return [_shown(layer, pair, features[pair.a], features[pair.b]) for pair in found]


def _features(
    session: Session, layer: Layer, ids: set[uuid.UUID]
) -> dict[uuid.UUID, dict[str, Any]]:
    names = ["id", "updated_at", *(field.name for field in layer.fields)]
    columns = [layer.column(name).label(f"f_{name}") for name in names]
    rows = session.execute(
        select(*columns, *anchor_columns(layer)).where(layer.column("id").in_(ids))
    ).mappings()
    found = {}
    for row in rows:
        feature = {name: to_json(row[f"f_{name}"]) for name in names}
        found[row["f_id"]] = {**feature, "lon": row["lon"], "lat": row["lat"]}
    return found


def _shown(layer: Layer, pair: Duplicate, a: dict[str, Any], b: dict[str, Any]) -> dict[str, Any]:
    head = ("id", "name", "source", "source_date", "region", "updated_at", "lon", "lat")
    differs = [
        {"field": field.name, "a": a[field.name], "b": b[field.name]}
        for field in layer.fields
        if field.name not in _UNCOMPARED and a[field.name] != b[field.name]
    ]
    return {
        "id": str(pair.id),
        "layer": pair.layer,
        "reason": pair.reason,
        "score": pair.score,
        "distance_m": None if pair.distance_m is None else round(pair.distance_m, 1),
        "state": pair.state,
        "note": pair.note,
        "decided_by": pair.decided_by,
        "decided_at": to_json(pair.decided_at),
        "version": pair.version,
        "a": {name: a[name] for name in head},
        "b": {name: b[name] for name in head},
        "differs": differs,
    }

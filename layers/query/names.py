"""Find a feature of any layer by a part of its name, its pinyin, its code or address."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, String, case, cast, func, literal, null, select, union_all
from sqlalchemy.orm import Session

from layers.catalog import Layer, layers
from layers.errors import OutOfRangeError
from layers.query.matching import begins, checked, matches
from layers.query.rows import anchor_columns
from layers.query.scope import Scope, visible
from layers.query.where import escape_like

MAX_LIMIT = 100


def search(session: Session, *, scope: Scope, q: str, limit: int = 20) -> list[dict[str, Any]]:
    """Return the features whose searched fields contain the text, best first.

    Exact names come first, then names that begin with it, then those whose pinyin does, then the
    rest; among equals in the order of the layer tree, shorter names first.

    Returns
    -------
    list of dict
        `id` (UUID), `layer`, `name`, `name_en`, `kind`, `lon`, `lat`.

    Raises
    ------
    OutOfRangeError
        More than 100 characters, or a limit outside 1 to 100.
    """
    text = checked(q)
    if not 1 <= limit <= MAX_LIMIT:
        raise OutOfRangeError(
            f"limit is {limit}, wanted 1 to {MAX_LIMIT}",
            field="limit", got=str(limit), minimum=1, maximum=MAX_LIMIT,
        )  # fmt: skip
    if not text:
        return []
    parts = [
        _matches(layer, order, text, scope, limit) for order, layer in enumerate(layers(session))
    ]
    found = union_all(*(select(part.subquery()) for part in parts)).subquery()
    statement = (
        select(*(found.c[name] for name in _COLUMNS))
        .order_by(found.c.rank, found.c.tree, func.length(found.c.name), found.c.fid)
        .limit(limit)
    )
    return [dict(row) for row in session.execute(statement).mappings()]


_COLUMNS = ("id", "layer", "name", "name_en", "kind", "lon", "lat")


def _matches(layer: Layer, order: int, text: str, scope: Scope, limit: int) -> Select[Any]:
    """Return the question for the best rows of one layer."""
    name = _shown_name(layer)
    rank = _rank(layer, text).label("rank")
    kind = layer.column(layer.kind_field) if layer.kind_field else cast(null(), String)
    return (
        select(
            layer.column("id").label("id"),
            layer.column("fid").label("fid"),
            literal(layer.name).label("layer"),
            name.label("name"),
            layer.column("name_en").label("name_en"),
            kind.label("kind"),
            *anchor_columns(layer),
            rank,
            literal(order).label("tree"),
        )
        .where(visible(layer, scope), matches(layer, text))
        .order_by(rank, func.length(name), layer.column("fid"))
        .limit(limit)
    )


def _shown_name(layer: Layer) -> Any:
    """Return what a person reads as the feature's name."""
    if layer.name == "incident":
        return func.coalesce(layer.column("title"), layer.column("name"))
    return layer.column("name")


def _rank(layer: Layer, text: str) -> Any:
    """Return 0 for an exact name, 1 for a beginning, 2 for one of its pinyin, 3 for the rest."""
    names = [_shown_name(layer), layer.column("name_en")]
    exact = escape_like(text)
    return case(
        *((name.ilike(exact, escape="\\"), 0) for name in names),
        *((name.ilike(exact + "%", escape="\\"), 1) for name in names),
        (begins(layer, text), 2),
        else_=3,
    )

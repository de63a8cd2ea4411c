"""The features of a layer, page by page, and their counts."""

from __future__ import annotations

import base64
import binascii
import uuid
from collections.abc import MutableMapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, func, literal, select, true
from sqlalchemy.orm import Session

from layers.catalog import Layer, layers, revisions
from layers.errors import InvalidInputError, NotFoundError, OutOfRangeError
from layers.query import boxes as box
from layers.query import cql2
from layers.query.area import EVERYWHERE, Area
from layers.query.matching import matches
from layers.query.rows import feature_columns, to_feature, to_features
from layers.query.scope import Scope, visible
from layers.query.where import Condition, clause, conditions

MAX_LIMIT = 1000
COUNT_LIMIT = 10_000
CountCache = MutableMapping[tuple[str, tuple[str, ...] | None], tuple[int, int]]


@dataclass(frozen=True)
class Page:
    """One page of a layer's features.

    `next_cursor` leads to the following page and is None on the last. `total` counts all pages;
    it is given with the first page and only up to 10,000, beyond which it is None.
    """

    features: list[dict[str, Any]]
    next_cursor: str | None
    total: int | None


def features(
    session: Session,
    layer: Layer,
    *,
    scope: Scope,
    bbox: Sequence[float] | None = None,
    q: str | None = None,
    where: Sequence[str | Condition] | None = None,
    filter: Any = None,
    area: Area = EVERYWHERE,
    limit: int = 100,
    cursor: str | None = None,
) -> Page:
    """Return the features of a layer that meet every condition, in order of `fid`.

    Parameters
    ----------
    bbox
        west, south, east, north in degrees; a west that lies east of the east crosses 180
        degrees. A feature counts that meets the box, its border included.
    q
        Text that one of the layer's searched fields contains, in any case.
    where
        `Condition`s, or texts as `conditions` reads them.
    filter
        CQL2 JSON (`layers.query.cql2.read`).
    area
        Where the features lie.
    limit
        1 to 1000 features.
    cursor
        `next_cursor` of the page before. A feature added meanwhile comes on a later page; none
        comes twice.

    Raises
    ------
    InvalidInputError
        An unknown field or operator, a value of the wrong type, a cursor that is not ours.
    OutOfRangeError
        A bbox or limit outside its range.
    """
    if not 1 <= limit <= MAX_LIMIT:
        raise OutOfRangeError(
            f"limit is {limit}, wanted 1 to {MAX_LIMIT}",
            field="limit", got=str(limit), minimum=1, maximum=MAX_LIMIT,
        )  # fmt: skip
    wanted = conditions_of(layer, scope, bbox=bbox, q=q, where=where, filter=filter, area=area)
    fid = layer.column("fid")
    after = _after(layer, cursor)
    statement = select(*feature_columns(layer)).where(wanted, after).order_by(fid).limit(limit + 1)
    rows = session.execute(statement).all()
    page = to_features(layer, rows[:limit])
    more = len(rows) > limit
    return Page(
        features=page,
        next_cursor=_cursor(layer, rows[limit - 1].fid) if more else None,
        total=total_of(session, layer, wanted, len(rows) if not more else None, cursor),
    )


def before(
    session: Session, layer: Layer, wanted: ColumnElement[bool], *, cursor: str, limit: int
) -> str | None:
    """Return the cursor of the page that ends where the page of `cursor` begins; None: the first.

    `wanted` are the conditions of the pages (`conditions_of`).
    """
    fid = layer.column("fid")
    earlier = select(fid).where(wanted, fid <= _fid(layer, cursor))
    last = session.scalar(earlier.order_by(fid.desc()).offset(limit).limit(1))
    return None if last is None else _cursor(layer, last)


def count(
    session: Session,
    layer: Layer,
    *,
    scope: Scope,
    bbox: Sequence[float] | None = None,
    q: str | None = None,
    where: Sequence[str | Condition] | None = None,
    at_most: int | None = None,
) -> int:
    """Return how many features meet the conditions; counting stops at `at_most`."""
    return _count(session, layer, conditions_of(layer, scope, bbox=bbox, q=q, where=where), at_most)


def feature(session: Session, layer: Layer, id: uuid.UUID | str, *, scope: Scope) -> dict[str, Any]:
    """Return one feature; `NotFoundError` where there is none, or none this reader may see."""
    key = feature_id(layer, id)
    statement = select(*feature_columns(layer)).where(
        layer.column("id") == key, visible(layer, scope)
    )
    row = session.execute(statement).mappings().one_or_none()
    if row is None:
        raise no_feature(layer, id)
    return to_feature(layer, row)


def feature_id(layer: Layer, id: uuid.UUID | str) -> uuid.UUID:
    """Return an id as UUID; a text that is none names no feature."""
    try:
        return id if isinstance(id, uuid.UUID) else uuid.UUID(id)
    except ValueError as error:
        raise no_feature(layer, id) from error


def no_feature(layer: Layer, id: uuid.UUID | str) -> NotFoundError:
    """Return the error for a feature that is not there or may not be seen: the same for both."""
    return NotFoundError(
        f"there is no feature {id} in layer {layer.name}",
        code="no_feature", layer=layer.name, id=str(id),
    )  # fmt: skip


def counts(session: Session, *, scope: Scope, known: CountCache | None = None) -> dict[str, int]:
    """Return the exact number of features of every layer that this reader may see.

    A caller that keeps `known` between calls counts a layer again only when its revision has
    changed; key it by database, a process may serve two.
    """
    labels = revisions(session)
    cache: CountCache = {} if known is None else known
    found: dict[str, int] = {}
    for layer in layers(session):
        key = (layer.name, None if layer.access == "open" else scope.regions)
        revision, number = cache.get(key, (-1, 0))
        # Revision 0 labels both an empty layer and one whose first rows are not sealed yet.
        if revision != labels[layer.name] or revision == 0:
            number = _count(session, layer, visible(layer, scope), None)
            cache[key] = (labels[layer.name], number)
        found[layer.name] = number
    return found


def conditions_of(
    layer: Layer,
    scope: Scope,
    *,
    bbox: Sequence[float] | None = None,
    q: str | None = None,
    where: Sequence[str | Condition] | None = None,
    filter: Any = None,
    area: Area = EVERYWHERE,
) -> ColumnElement[bool]:
    """Return everything that a row must meet, as one SQL condition; see `features`."""
    texts = [item for item in where or () if isinstance(item, str)]
    typed = [item for item in where or () if isinstance(item, Condition)]
    return and_(
        visible(layer, scope),
        box.intersects(layer.column("geom"), box.boxes(bbox)) if bbox is not None else true(),
        matches(layer, q) if q else true(),
        clause(layer, [*typed, *conditions(layer, texts)]),
        cql2.clause(layer, filter) if filter is not None else true(),
        area.clause(layer),
    )


def total_of(
    session: Session,
    layer: Layer,
    wanted: ColumnElement[bool],
    whole: int | None,
    cursor: str | None,
) -> int | None:
    """Return the number on all pages, where it is known or cheap."""
    if cursor is not None:
        return None
    if whole is not None:
        return whole
    number = _count(session, layer, wanted, COUNT_LIMIT + 1)
    return number if number <= COUNT_LIMIT else None


def _count(session: Session, layer: Layer, wanted: ColumnElement[bool], at_most: int | None) -> int:
    """Return the number of rows, stopping at `at_most`."""
    rows = select(literal(1)).select_from(layer.table).where(wanted).limit(at_most).subquery()
    return session.execute(select(func.count()).select_from(rows)).scalar_one()


def _cursor(layer: Layer, fid: int) -> str:
    """Return the opaque cursor after a row."""
    return base64.urlsafe_b64encode(f"1:{layer.name}:{fid}".encode()).decode().rstrip("=")


def _after(layer: Layer, cursor: str | None) -> ColumnElement[bool]:
    """Return the condition that a cursor stands for."""
    return true() if cursor is None else layer.column("fid") > _fid(layer, cursor)


def _fid(layer: Layer, cursor: str) -> int:
    """Return the row after which the page of a cursor begins."""
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        kind, name, fid = base64.b64decode(padded, b"-_", validate=True).decode().split(":")
        number = int(fid)
        if (kind, name) != ("1", layer.name) or not 0 <= number < 2**63:
            raise ValueError(cursor)
    except (ValueError, binascii.Error) as error:
        raise InvalidInputError(
            f"cursor {cursor!r} is not one of layer {layer.name}",
            code="bad_cursor", field="cursor", got=cursor[:80],
        ) from error  # fmt: skip
    return number

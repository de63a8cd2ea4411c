"""Plan images on the map (企业总平面图): which image lies where."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from geoalchemy2.shape import from_shape
from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from layers.catalog import find
from layers.documents import placing, register
from layers.documents.placing import Control
from layers.errors import ConflictError, InvalidInputError, NotFoundError
from layers.models import Document, SitePlan
from layers.query.scope import Scope, visible

LISTED_MAX = 500


def add(
    session: Session,
    document_id: uuid.UUID,
    *,
    scope: Scope,
    corners: Sequence[Sequence[float]] | None = None,
    controls: Sequence[Control] = (),
    title: str | None = None,
    opacity: float = 0.7,
) -> dict[str, Any]:
    """Lay a document's picture on the map, by its corners or by control points.

    Raises
    ------
    NotFoundError
        There is no such document to see.
    InvalidInputError
        The document is no picture, or corners or controls do not fix it.
    """
    document = register.one(session, document_id, scope=scope, write=True)
    placed, residual = _placed(document, corners, controls)
    plan = SitePlan(
        document_id=document.id,
        title=title or document.title,
        corners=[list(corner) for corner in placed],
        opacity=opacity,
        residual_m=residual,
        region=document.region,
        geom=from_shape(placing.check(placed), srid=4326),
    )
    session.add(plan)
    session.flush()
    session.refresh(plan)
    return shown(plan, document)


def change(
    session: Session,
    id: uuid.UUID,
    *,
    version: int,
    scope: Scope,
    corners: Sequence[Sequence[float]] | None = None,
    controls: Sequence[Control] = (),
    title: str | None = None,
    opacity: float | None = None,
) -> dict[str, Any]:
    """Move a plan or rename it; what is left out stays.

    Raises
    ------
    NotFoundError, ConflictError, InvalidInputError
        As `add`; it is not at `version`.
    """
    plan, document = _at(session, id, version, scope)
    if corners is not None or controls:
        placed, plan.residual_m = _placed(document, corners, controls)
        plan.corners = [list(corner) for corner in placed]
        plan.geom = from_shape(placing.check(placed), srid=4326)
    plan.title = title if title is not None else plan.title
    plan.opacity = opacity if opacity is not None else plan.opacity
    session.flush()
    session.refresh(plan)
    return shown(plan, document)


def remove(session: Session, id: uuid.UUID, *, version: int, scope: Scope) -> None:
    """Take a plan off the map; its document stays. `NotFoundError`, `ConflictError`."""
    plan, _ = _at(session, id, version, scope)
    session.delete(plan)
    session.flush()


def listed(
    session: Session,
    *,
    scope: Scope,
    bbox: tuple[float, ...] | None = None,
    layer: str | None = None,
    feature_id: uuid.UUID | None = None,
) -> list[dict[str, Any]]:
    """Return the plans in a box (west, south, east, north) or of a feature, at most 500."""
    wanted: list[ColumnElement[bool]] = []
    if bbox is not None:
        wanted.append(SitePlan.geom.op("&&")(func.ST_MakeEnvelope(*bbox, 4326)))
    if feature_id is not None:
        wanted += [Document.layer == layer, Document.feature_id == feature_id]
    rows = session.execute(
        select(SitePlan, Document)
        .join(Document, Document.id == SitePlan.document_id)
        .where(*wanted)
        .order_by(SitePlan.id)
        .limit(LISTED_MAX)
    ).all()
    seen = _seen(session, [document for _, document in rows], scope)
    return [
        shown(plan, document)
        for plan, document in rows
        if (document.layer, document.feature_id) in seen
    ]


def _seen(
    session: Session, documents: Sequence[Document], scope: Scope
) -> set[tuple[str, uuid.UUID]]:
    """Return those features of documents that the reader may see; one question a layer."""
    seen: set[tuple[str, uuid.UUID]] = set()
    for name in {document.layer for document in documents}:
        try:
            layer = find(name, session)
        except NotFoundError:  # a layer of a user's own that is gone or out of sight
            continue
        ids = {document.feature_id for document in documents if document.layer == name}
        column = layer.column("id")
        found = session.scalars(select(column).where(column.in_(ids), visible(layer, scope)))
        seen |= {(name, id) for id in found}
    return seen


def shown(plan: SitePlan, document: Document) -> dict[str, Any]:
    """Return a plan as the wire shows it."""
    return {
        "id": str(plan.id),
        "document": str(document.id),
        "layer": document.layer,
        "feature_id": str(document.feature_id),
        "title": plan.title,
        "corners": plan.corners,
        "opacity": plan.opacity,
        "residual_m": plan.residual_m,
        "width_px": document.width_px,
        "height_px": document.height_px,
        "image": f"/api/v1/documents/{document.id}/content",
        "version": plan.version,
    }


def _placed(
    document: Document,
    corners: Sequence[Sequence[float]] | None,
    controls: Sequence[Control],
) -> tuple[Sequence[Sequence[float]], float | None]:
    if document.width_px is None or document.height_px is None:
        raise InvalidInputError(
            f"the document is {document.media_type}, wanted a picture",
            code="plan_no_picture",
            field="document",
            got=document.media_type,
        )
    if corners is not None:
        placing.check(corners)
        return corners, None
    return placing.place(controls, width_px=document.width_px, height_px=document.height_px)


def _at(session: Session, id: uuid.UUID, version: int, scope: Scope) -> tuple[SitePlan, Document]:
    plan = session.scalar(select(SitePlan).where(SitePlan.id == id).with_for_update())
    if plan is None:
        raise _none(id)
    try:
        document = register.one(session, plan.document_id, scope=scope, write=True)
    except NotFoundError:
        raise _none(id) from None
    if plan.version != version:
        raise ConflictError(
            f"the plan is at version {plan.version}, not {version}",
            mine=None,
            theirs=shown(plan, document),
        )
    return plan, document


def _none(id: uuid.UUID) -> NotFoundError:
    return NotFoundError(f"there is no site plan {id}", code="unknown_plan", id=str(id))

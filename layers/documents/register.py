"""Which documents a feature has: taken in, listed, changed, removed; and contents nobody has."""

from __future__ import annotations

import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from layers import query as ask
from layers.catalog import Layer, find
from layers.documents import kinds, pictures
from layers.documents.pictures import Picture
from layers.documents.store import Store
from layers.errors import ConflictError, InvalidInputError, NotFoundError, PermissionError_
from layers.models import Document
from layers.query.scope import Scope

PER_FEATURE_MAX = 500
SWEPT_AFTER_S = 24 * 3600.0
_PATIENT = text("SELECT set_config('idle_in_transaction_session_timeout', :idle, true)")


@dataclass(frozen=True, kw_only=True)
class Told:
    """What a person says of a document."""

    kind: str
    title: str | None
    file_name: str


def add(
    session: Session,
    store: Store,
    received: Path,
    layer: Layer,
    feature_id: uuid.UUID,
    told: Told,
    *,
    scope: Scope,
    actor: str | None,
) -> dict[str, Any]:
    """Keep a received file as a document of a feature; return it as listed.

    `scope` holds where the person may write; rows of open layers are seen everywhere, not written.
    Pictures are drawn anew (layers.documents.pictures); other files stay as they are. The content
    is on disk before the row is committed; a content without a row is swept.

    Raises
    ------
    NotFoundError
        There is no such feature, or none that this person may see.
    InvalidInputError
        The file is of a kind that is not kept, or the feature has 500 documents.
    PermissionError_
        The feature lies outside the person's regions.
    """
    feature = ask.feature(session, layer, feature_id, scope=scope)
    refuse_elsewhere(feature, scope)
    # Drawing a large picture anew takes longer than a request may idle in its transaction.
    session.execute(_PATIENT, {"idle": f"{2 * pictures.TIMEOUT_S}s"})
    held = select(Document.id).where(Document.layer == layer.name)
    if len(session.scalars(held.where(Document.feature_id == feature_id)).all()) >= PER_FEATURE_MAX:
        raise InvalidInputError(
            f"the feature has {PER_FEATURE_MAX} documents already", code="documents_full",
            field="file", wanted=str(PER_FEATURE_MAX),
        )  # fmt: skip
    kind = kinds.detect(received)
    picture = _redrawn(received, kind.picture) if kind.picture else None
    size = received.stat().st_size
    sha256 = store.keep(received)
    plain = "".join(sign for sign in told.file_name if sign.isprintable())
    name = Path(plain.replace("\\", "/")).name.strip() or "document"
    document = Document(
        layer=layer.name,
        feature_id=feature_id,
        kind=told.kind,
        title=(told.title or name)[:200],
        file_name=name[:200],
        media_type=picture.media_type if picture else kind.media_type,
        size_bytes=size,
        sha256=sha256,
        width_px=picture.width_px if picture else None,
        height_px=picture.height_px if picture else None,
        taken_at=picture.taken_at if picture else None,
        lon=picture.lon if picture else None,
        lat=picture.lat if picture else None,
        region=feature["properties"].get("region"),
        created_by=actor,
    )
    session.add(document)
    session.flush()
    session.refresh(document)
    return shown(document)


def refuse_elsewhere(feature: Mapping[str, Any], scope: Scope) -> None:
    """Raise PermissionError_ where a feature that is seen lies outside the writer's regions."""
    region = feature["properties"].get("region")
    if not scope.holds(region):
        raise PermissionError_(
            f"a feature in region {region or 'unknown'} lies outside the regions of this writer",
            code="outside_regions", layer=feature["properties"]["layer"], region=region,
        )  # fmt: skip


def _redrawn(received: Path, picture: str) -> Picture:
    drawn = received.with_name(received.name + ".drawn")
    try:
        told = pictures.redraw(received, drawn, picture=picture)
        drawn.replace(received)
        return told
    finally:
        drawn.unlink(missing_ok=True)


def listed(
    session: Session, layer: Layer, feature_id: uuid.UUID, *, scope: Scope
) -> list[dict[str, Any]]:
    """Return the documents of a feature, by kind and newest first; `NotFoundError` as `add`."""
    ask.feature(session, layer, feature_id, scope=scope)
    rows = session.scalars(
        select(Document)
        .where(Document.layer == layer.name, Document.feature_id == feature_id)
        .order_by(Document.kind, Document.created_at.desc(), Document.id)
    )
    return [shown(row) for row in rows]


def one(session: Session, id: uuid.UUID, *, scope: Scope, write: bool = False) -> Document:
    """Return a document whose feature the reader may see; to `write` it is locked.

    Raises
    ------
    NotFoundError
        There is none, or its feature is gone or out of sight.
    PermissionError_
        To `write`: its feature lies outside the scope, though it is seen.
    """
    query = select(Document).where(Document.id == id)
    document = session.scalar(query.with_for_update() if write else query)
    if document is None:
        raise _none(id)
    try:
        layer = find(document.layer, session)
        feature = ask.feature(session, layer, document.feature_id, scope=scope)
    except NotFoundError:
        raise _none(id) from None
    if write:
        refuse_elsewhere(feature, scope)
    return document


def change(
    session: Session,
    id: uuid.UUID,
    *,
    version: int,
    scope: Scope,
    title: str | None = None,
    kind: str | None = None,
) -> dict[str, Any]:
    """Change a document's title or kind.

    Raises
    ------
    NotFoundError, PermissionError_, ConflictError
        There is none to see or to write, or it is not at `version`.
    """
    document = _at(session, id, version, scope)
    document.title = title if title is not None else document.title
    document.kind = kind if kind is not None else document.kind
    session.flush()
    session.refresh(document)
    return shown(document)


def remove(session: Session, id: uuid.UUID, *, version: int, scope: Scope) -> None:
    """Remove a document; its content is swept later. `NotFoundError`, `ConflictError`."""
    session.delete(_at(session, id, version, scope))
    session.flush()


def sweep(session: Session, store: Store, *, older_than_s: float = SWEPT_AFTER_S) -> int:
    """Delete contents that no document names, and uploads that were never kept; return how many.

    Only what is older than a day: a content is written before the row that names it is committed.
    """
    if not store.folder.is_dir():
        return 0
    named = set(session.scalars(select(Document.sha256)))
    paths = [store.path(sha256) for sha256 in store.contents() if sha256 not in named]
    paths += store.folder.glob("incoming/*")
    old = [path for path in paths if time.time() - path.stat().st_mtime > older_than_s]
    for path in old:
        path.unlink(missing_ok=True)
    return len(old)


def shown(document: Document) -> dict[str, Any]:
    """Return a document as the wire shows it."""
    return {
        "id": str(document.id),
        "layer": document.layer,
        "feature_id": str(document.feature_id),
        "kind": document.kind,
        "title": document.title,
        "file_name": document.file_name,
        "media_type": document.media_type,
        "size_bytes": document.size_bytes,
        "sha256": document.sha256,
        "width_px": document.width_px,
        "height_px": document.height_px,
        "taken_at": document.taken_at,
        "lon": document.lon,
        "lat": document.lat,
        "created_at": document.created_at.isoformat(),
        "created_by": document.created_by,
        "version": document.version,
    }


def _at(session: Session, id: uuid.UUID, version: int, scope: Scope) -> Document:
    document = one(session, id, scope=scope, write=True)
    if document.version != version:
        raise ConflictError(
            f"the document is at version {document.version}, not {version}",
            mine=None,
            theirs=shown(document),
        )
    return document


def _none(id: uuid.UUID) -> NotFoundError:
    return NotFoundError(f"there is no document {id}", code="unknown_document", id=str(id))

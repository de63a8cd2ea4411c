"""Theme maps: put together from layers, filters and styles, kept, shared, opened by whoever may.

Who asks is the session's reader (`layers.catalog.set_reader`). A theme names layers and says how
to ask them; what a reader sees of them is still only what that reader may see.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import delete, or_, select, true
from sqlalchemy.orm import Session

from layers import catalog
from layers.catalog import Layer
from layers.errors import ConflictError, InvalidInputError, NotFoundError, PermissionError_
from layers.models import ThemeMap
from layers.query import cql2
from layers.user_layers import style as styles

MAX_LAYERS = 60


def themes(session: Session) -> list[dict[str, Any]]:
    """Return the themes that the reader may open, the latest changed first."""
    reader = catalog.reader_of(session)
    theirs = or_(ThemeMap.shared, ThemeMap.owner == reader.name)
    statement = select(ThemeMap).where(true() if reader.admin else theirs)
    rows = session.scalars(statement.order_by(ThemeMap.updated_at.desc(), ThemeMap.id))
    return [_shown(session, row) for row in rows]


def theme(session: Session, id: uuid.UUID) -> dict[str, Any]:
    """Return one theme; `hidden` counts its layers that do not exist for the reader.

    Raises
    ------
    NotFoundError
        There is none, or none that this reader may open.
    """
    return _shown(session, _readable(session, id))


def add(session: Session, given: Mapping[str, Any], *, id: uuid.UUID | None = None) -> uuid.UUID:
    """Keep a theme of the reader's own and return its id.

    Parameters
    ----------
    given
        `title`, `title_en`, `shared`, `layers` and `view`, as `ThemeMap` has them.

    Raises
    ------
    NotFoundError
        A layer that there is not, or not for this reader.
    InvalidInputError
        A filter that its layer does not understand, a style that is none, a layer named twice.
    ConflictError
        The id is taken.
    """
    if id is not None and session.get(ThemeMap, id) is not None:
        raise ConflictError(f"there is a theme {id} already", code="already_exists", id=str(id))
    row = ThemeMap(
        id=id,
        title=given["title"],
        title_en=given.get("title_en"),
        owner=catalog.reader_of(session).name,
        shared=given.get("shared", False),
        layers=_checked(session, given.get("layers", ())),
        view=_view(given.get("view") or {}),
    )
    session.add(row)
    session.flush()
    return row.id


def change(session: Session, id: uuid.UUID, patch: Mapping[str, Any], *, version: int) -> None:
    """Change a part of a theme; what the patch leaves out stays.

    Raises
    ------
    ConflictError
        Somebody was faster: `mine` is the patch, `theirs` the theme as it is now.
    PermissionError_
        The theme is another's.
    NotFoundError, InvalidInputError
        As `add` and `theme`.
    """
    row = _held(session, id, version, mine=patch)
    for name in ("title", "title_en", "shared"):
        if name in patch:
            setattr(row, name, patch[name])
    if "layers" in patch:
        row.layers = [*_checked(session, patch["layers"]), *_unseen(session, row)]
    if "view" in patch:
        row.view = _view(patch["view"] or {})
    session.flush()


def remove(session: Session, id: uuid.UUID, *, version: int) -> None:
    """Remove a theme; its last version stays in the journal. Raises as `change`."""
    row = _held(session, id, version, mine=None)
    session.execute(delete(ThemeMap).where(ThemeMap.id == row.id))
    session.expunge(row)


def _readable(session: Session, id: uuid.UUID, *, lock: bool = False) -> ThemeMap:
    """Return a theme that the reader may open."""
    row = session.get(ThemeMap, id, with_for_update=lock or None, populate_existing=True)
    reader = catalog.reader_of(session)
    if row is None or not (row.shared or reader.admin or row.owner == reader.name):
        raise NotFoundError(f"there is no theme {id}", code="no_theme", id=str(id))
    return row


def _held(session: Session, id: uuid.UUID, version: int, *, mine: Any) -> ThemeMap:
    """Return a theme of the reader's at a version, and keep others from changing it."""
    row = _readable(session, id, lock=True)
    reader = catalog.reader_of(session)
    if not (reader.admin or (row.owner is not None and row.owner == reader.name)):
        raise PermissionError_(
            f"theme {id} belongs to {row.owner}", code="not_owner", id=str(id), owner=row.owner
        )
    if row.version != version:
        raise ConflictError(
            f"theme {id} is at version {row.version}; the change was made on {version}",
            mine=dict(mine) if mine is not None else None, theirs=_shown(session, row),
        )  # fmt: skip
    return row


def _checked(session: Session, given: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return the layers of a theme as they are stored, each under its name in the catalogue."""
    if len(given) > MAX_LAYERS:
        raise InvalidInputError(f"{len(given)} layers; at most {MAX_LAYERS}", field="layers")
    made = [_entry(catalog.find(entry["layer"], session), entry) for entry in given]
    names = [entry["layer"] for entry in made]
    doubled = next((name for name in names if names.count(name) > 1), None)
    if doubled is not None:
        raise InvalidInputError(
            f"layer {doubled} is named twice", code="doubled_layer", field="layers", layer=doubled
        )
    return made


def _entry(layer: Layer, given: Mapping[str, Any]) -> dict[str, Any]:
    """Return one layer of a theme; its filter as it was given, once the layer understands it."""
    condition = given.get("filter")
    if condition is not None:
        cql2.clause(layer, cql2.read(condition))
    fields = [{"name": f.name, "title": f.title or f.name} for f in layer.fields]
    return {
        "layer": layer.name,
        "filter": condition,
        "style": styles.checked(given.get("style") or {}, fields),
        "opacity": given.get("opacity", 1.0),
        "visible": given.get("visible", True),
    }


def _view(given: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is set of a view."""
    return {name: value for name, value in given.items() if value is not None}


def _exists(session: Session, name: str) -> bool:
    return name in {layer.name for layer in catalog.layers(session)}


def _unseen(session: Session, row: ThemeMap) -> list[dict[str, Any]]:
    """Return the layers of a theme that its reader does not know of: a change keeps them."""
    return [entry for entry in row.layers if not _exists(session, entry["layer"])]


def _shown(session: Session, row: ThemeMap) -> dict[str, Any]:
    """Return a theme as its reader may have it."""
    reader = catalog.reader_of(session)
    known = {layer.name for layer in catalog.layers(session)}
    seen = [entry for entry in row.layers if entry["layer"] in known]
    return {
        "id": str(row.id),
        "version": row.version,
        "title": row.title,
        "title_en": row.title_en,
        "owner": row.owner,
        "shared": row.shared,
        "can_edit": reader.admin or (row.owner is not None and row.owner == reader.name),
        "layers": seen,
        "hidden": len(row.layers) - len(seen),
        "view": row.view,
        "created_at": row.created_at.isoformat(),
        "updated_at": row.updated_at.isoformat(),
    }

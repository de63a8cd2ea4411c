"""How files of one source were read before, so that a person settles a mapping once.

A source is known by who says what its files say, or by the file's name without its numbers; what
is settled holds for files with the same columns. Kept when a batch is published.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import re
import uuid
from collections.abc import Mapping, Sequence
from pathlib import PurePath
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from layers.errors import NotFoundError
from layers.models import ImportSource

SETTINGS = ("fields", "constants", "crs", "encoding", "source_layer", "timezone", "source")
_LISTED = 500
_NUMBERS = re.compile(r"[\d.年月日_\-—()（）\s]+")


def source_name(file_name: str, source: str | None = None) -> str:
    """Return by what a source is known: its own name, else the file's without its numbers.

    `企业台账2024-03.xlsx` and `企业台账2024-06.xlsx` are the same source.
    """
    if source and source.strip():
        return source.strip()[:400]
    stem = PurePath(file_name).name.split(".")[0]
    return _NUMBERS.sub(" ", stem).strip() or stem or file_name


def recall(
    session: Session, columns: Sequence[str], *, name: str, layer: str | None = None
) -> ImportSource | None:
    """Return how files with these columns were last read: of this source first, else of any."""
    query = select(ImportSource).where(ImportSource.columns_key == _key(columns))
    if layer is not None:
        query = query.where(ImportSource.layer == layer)
    query = query.order_by((ImportSource.name == name).desc(), ImportSource.used_at.desc())
    return session.scalar(query.limit(1))


def remember(
    session: Session,
    columns: Sequence[str],
    *,
    name: str,
    layer: str,
    settings: Mapping[str, Any],
    actor: str | None,
) -> None:
    """Keep how files of a source with these columns were read; it replaces what was kept."""
    kept = {key: settings[key] for key in SETTINGS if settings.get(key)}
    made = insert(ImportSource).values(
        name=name, layer=layer, columns=list(columns), columns_key=_key(columns),
        settings=kept, used_by=actor,
    )  # fmt: skip
    session.execute(
        made.on_conflict_do_update(
            index_elements=["name", "layer", "columns_key"],
            set_={
                "columns": made.excluded.columns,
                "settings": made.excluded.settings,
                "used_by": made.excluded.used_by,
                "used_at": func.now(),
            },
        )
    )


def listed(session: Session, *, used_by: str | None = None) -> list[dict[str, Any]]:
    """Return what is remembered, newest use first: all of it, or what one person settled."""
    query = select(ImportSource).order_by(ImportSource.used_at.desc()).limit(_LISTED)
    if used_by is not None:
        query = query.where(ImportSource.used_by == used_by)
    return [
        {
            "id": str(row.id),
            "source": row.name,
            "layer": row.layer,
            "columns": row.columns,
            **{key: row.settings[key] for key in SETTINGS[:-1] if key in row.settings},
            "used_at": row.used_at.astimezone(dt.UTC).isoformat(),
            "used_by": row.used_by,
        }
        for row in session.scalars(query)
    ]


def forget(session: Session, id: uuid.UUID, *, used_by: str | None = None) -> None:
    """Forget one remembered source; with `used_by` only where that person settled it.

    Raises
    ------
    NotFoundError
        Nothing of this id is remembered.
    """
    statement = delete(ImportSource).where(ImportSource.id == id)
    if used_by is not None:
        statement = statement.where(ImportSource.used_by == used_by)
    if session.execute(statement.returning(ImportSource.id)).first() is None:
        raise NotFoundError(
            f"nothing is remembered under {id}", code="unknown_import_source", id=str(id)
        )


def _key(columns: Sequence[str]) -> str:
    """Return what a set of columns is known by; their order says nothing."""
    spelled = "\x1f".join(sorted(columns))
    return hashlib.sha256(spelled.encode("utf-8", errors="replace")).hexdigest()

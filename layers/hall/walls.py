"""Walls: what each of them shows, as somebody at a desk said it.

A wall that nobody has driven yet is at version 0: it follows the incidents by itself, and it need
not be set up before a screen can open it by name. Who first drives it, or makes a key for it, makes
it a wall of the region that they hold; from then on only who holds that region drives it.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from layers import catalog
from layers.errors import ConflictError, InvalidInputError, PermissionError_, TooLargeError
from layers.hall.views import shown as shown_view
from layers.models import SavedView, Wall
from layers.query import Scope

WALL_NAME = r"^[a-z0-9][a-z0-9_-]{0,31}$"
MAX_WALLS = 100
MAX_PLAYLIST = 50

FIELDS = (
    "view", "layers", "incident", "at", "speed", "flight", "highlight", "second", "playlist",
    "seconds",
)  # fmt: skip


def walls(session: Session) -> list[dict[str, Any]]:
    """Return the walls that somebody has driven or made a key for, by name."""
    rows = session.scalars(select(Wall).order_by(Wall.name).limit(MAX_WALLS))
    return [_shown(session, row) for row in rows]


def wall(session: Session, name: str) -> dict[str, Any]:
    """Return what a wall shows; `views` are those of its playlist that its reader may open."""
    return _shown(session, _row(session, name) or Wall(name=name, **_REST, version=0))


_REST: Mapping[str, Any] = {"speed": 0, "flight": True, "playlist": [], "seconds": 20}


def held(session: Session, name: str, *, scope: Scope) -> Wall:
    """Return a wall for whoever drives walls in `scope`, locked; one that is not there is made.

    Raises
    ------
    PermissionError_
        The wall is of a region that `scope` does not hold.
    TooLargeError
        There are `MAX_WALLS` already.
    """
    row = _row(session, name, lock=True) or _made(session, name, region=_region(scope))
    return _refused_outside(row, scope)


def refuse_outside(session: Session, name: str, *, scope: Scope) -> None:
    """Raise `PermissionError_` where there is a wall of a region that `scope` does not hold."""
    row = _row(session, name)
    if row is not None:
        _refused_outside(row, scope)


def _refused_outside(row: Wall, scope: Scope) -> Wall:
    if not scope.holds(row.region):
        raise PermissionError_(
            f"wall {row.name} is of region {row.region}", code="wall_of_another", wall=row.name,
            region=row.region or "",
        )  # fmt: skip
    return row


def _region(scope: Scope) -> str | None:
    """Return of which region a wall is that somebody makes who drives walls in `scope`."""
    return None if scope.regions is None else next(iter(scope.regions), None)


def show(
    session: Session,
    name: str,
    given: Mapping[str, Any],
    *,
    version: int,
    now: dt.datetime,
    scope: Scope,
) -> dict[str, Any]:
    """Say what a wall shows; what is left out stays as it is.

    Parameters
    ----------
    scope
        Where the one who asks may drive walls.
    given
        Of `view`, `layers`, `incident`, `at`, `speed`, `flight`, `highlight`, `second`,
        `playlist` and `seconds`, as `Wall` has them.
    version
        The version that the change was made on, 0 for a wall that nobody has driven yet.

    Raises
    ------
    ConflictError
        Somebody was faster: `mine` is what was given, `theirs` the wall as it is now.
    InvalidInputError
        A view in the playlist that is not shared: the wall's own reader could not open it.
    PermissionError_, TooLargeError
        As `held`.
    """
    row = held(session, name, scope=scope)
    if "playlist" in given:
        _check_playlist(session, given["playlist"])
    if version != _version(row):
        raise ConflictError(
            f"wall {name} is at version {_version(row)}; the change was made on {version}",
            mine=dict(given), theirs=_shown(session, row),
        )  # fmt: skip
    for field in FIELDS:
        if field in given:
            setattr(row, field, given[field])
    row.shown_by, row.shown_at = catalog.reader_of(session).name, now
    session.flush()
    session.refresh(row)
    return _shown(session, row)


def _row(session: Session, name: str, *, lock: bool = False) -> Wall | None:
    statement = select(Wall).where(Wall.name == name)
    if lock:
        statement = statement.with_for_update()
    return session.scalar(statement.execution_options(populate_existing=True))


def _made(session: Session, name: str, *, region: str | None) -> Wall:
    """Return the row of a wall that had none; of two who make it at once the second waits."""
    if len(walls(session)) >= MAX_WALLS:
        raise TooLargeError(f"there are {MAX_WALLS} walls", code="too_many_walls", limit=MAX_WALLS)
    session.execute(insert(Wall).values(name=name, region=region).on_conflict_do_nothing())
    row = _row(session, name, lock=True)
    if row is None:
        raise ConflictError(f"wall {name} was removed meanwhile", mine=None, theirs=None)
    return row


def _check_playlist(session: Session, wanted: list[str]) -> None:
    if not wanted:
        return
    ids = {uuid.UUID(one) for one in wanted}
    open_to_all = select(SavedView.id).where(SavedView.id.in_(ids), SavedView.shared)
    left = ids - set(session.scalars(open_to_all))
    if left:
        raise InvalidInputError(
            f"a playlist holds shared views only; {len(left)} are not",
            code="view_not_shared", field="playlist", got=sorted(map(str, left))[0],
        )  # fmt: skip


def _version(row: Wall) -> int:
    """Return 0 for a wall that nobody has driven yet, however its row came to be."""
    return 0 if row.shown_at is None else row.version


def _shown(session: Session, row: Wall) -> dict[str, Any]:
    reader = catalog.reader_of(session)
    ids = [uuid.UUID(one) for one in row.playlist]
    found = {
        view.id: view
        for view in session.scalars(select(SavedView).where(SavedView.id.in_(ids)))
        if view.shared or reader.admin or (view.owner is not None and view.owner == reader.name)
    }
    return {
        "name": row.name,
        "region": row.region,
        "made": row.id is not None,
        "version": _version(row),
        "view": row.view,
        "layers": row.layers,
        "incident": None if row.incident is None else str(row.incident),
        "at": None if row.at is None else row.at.isoformat(),
        "speed": row.speed,
        "flight": row.flight,
        "highlight": row.highlight,
        "second": row.second,
        "playlist": row.playlist,
        "seconds": row.seconds,
        "views": [shown_view(session, found[id]) for id in ids if id in found],
        "shown_by": row.shown_by,
        "shown_at": None if row.shown_at is None else row.shown_at.isoformat(),
    }

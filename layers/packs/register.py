"""The register of packs: asked for, made, taken along, expired."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from layers.errors import NotFoundError, TooLargeError
from layers.models import Pack
from layers.packs.sealing import Sealed
from layers.query import Scope

UNFINISHED = ("waiting", "making")
MAX_LISTED = 500
_A_DAY = dt.timedelta(days=1)
MAX_WAITING = 3
"""Most packs of one owner that wait or are being made."""


def ask(
    session: Session,
    *,
    name: str,
    owner: str | None,
    asked: Mapping[str, Any],
    scope: Scope,
    expires_at: dt.datetime,
) -> Pack:
    """Put a pack on the register, to be made.

    Raises
    ------
    TooLargeError
        The owner waits for `MAX_WAITING` others already (`pack_waiting`).
    """
    mine = (Pack.owner == owner, Pack.status.in_(UNFINISHED))
    waiting = session.scalar(select(func.count()).select_from(Pack).where(*mine)) or 0
    if owner is not None and waiting >= MAX_WAITING:
        raise TooLargeError(
            f"{waiting} packs of {owner} are being made; wait for them, or delete one",
            code="pack_waiting", got=waiting, wanted=MAX_WAITING,
        )  # fmt: skip
    regions = None if scope.regions is None else list(scope.regions)
    pack = Pack(name=name, owner=owner, asked=dict(asked), regions=regions, expires_at=expires_at)
    session.add(pack)
    session.flush()
    session.refresh(pack)
    return pack


def listed(session: Session, *, owner: str | None = None) -> list[Pack]:
    """Return the newest packs of an owner, or of everybody, newest first."""
    statement = select(Pack).order_by(Pack.created_at.desc(), Pack.id.desc()).limit(MAX_LISTED)
    if owner is not None:
        statement = statement.where(Pack.owner == owner)
    return list(session.scalars(statement))


def find(session: Session, id: uuid.UUID, *, owner: str | None = None) -> Pack:
    """Return a pack; `NotFoundError` where there is none, or none of this owner's: the same."""
    pack = session.get(Pack, id)
    if pack is None or (owner is not None and pack.owner != owner):
        raise NotFoundError(f"there is no pack {id}", code="no_pack", id=str(id))
    return pack


def remove(session: Session, pack: Pack) -> None:
    """Take a pack off the register; the journal keeps that it was there."""
    session.execute(delete(Pack).where(Pack.id == pack.id))


def finish(session: Session, pack: Pack, sealed: Sealed, *, report: Mapping[str, Any]) -> None:
    """Note that a pack was made; `report` has its counts, and the revision that it is of."""
    pack.status = "ready"
    pack.report = dict(report)
    pack.revision = report.get("revision")
    pack.size_bytes, pack.sha256 = sealed.size, sealed.sha256
    pack.made_at = session.scalar(select(func.clock_timestamp()))
    session.flush()


def fail(session: Session, pack: Pack, *, code: str, message: str, params: Any) -> None:
    """Note why a pack was not made."""
    pack.status = "failed"
    pack.report = {"error": {"code": code, "message": message, "params": params}}
    session.flush()


def stored_bytes(session: Session) -> int:
    """Return how many bytes the packs have that lie ready."""
    held = select(func.coalesce(func.sum(Pack.size_bytes), 0)).where(Pack.status == "ready")
    return int(session.scalar(held) or 0)


def expire(session: Session, *, now: dt.datetime) -> list[uuid.UUID]:
    """Mark the packs whose date has passed; return them, for their files to go.

    A command that has told nothing for a day was killed: its pack is failed.
    """
    for stopped in session.scalars(
        select(Pack).where(Pack.status == "by_command", Pack.created_at <= now - _A_DAY)
    ):
        fail(session, stopped, code="pack_stopped", message="the command was stopped", params={})
    old = session.scalars(
        select(Pack).where(Pack.status == "ready", Pack.expires_at <= now).with_for_update()
    ).all()
    for pack in old:
        pack.status = "expired"
    session.flush()
    return [pack.id for pack in old]

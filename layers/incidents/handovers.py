"""Handovers kept: signed by who leaves, then by who takes over, and locked with each."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import JSON, Text, cast, func, select
from sqlalchemy.orm import Session

from layers.errors import ConflictError, NotFoundError
from layers.models import Handover
from layers.query import Scope


@dataclass(frozen=True)
class Listed:
    """A handover as a list tells of it: of its body the notes and the incidents, not the pages."""

    row: Handover
    notes: str
    incidents: Sequence[Mapping[str, Any]]


def listed(session: Session, scope: Scope, *, limit: int) -> list[Listed]:
    """Return the handovers that a reader may see, the newest shift first, without their pages."""
    body = cast(Handover.body, JSON)
    found = session.execute(
        select(Handover, body.op("->>", return_type=Text)("notes"), body["incidents"])
        .where(scope.clause(Handover.region.expression))
        .order_by(Handover.shift_to.desc(), Handover.id.desc())
        .limit(limit)
    )
    return [Listed(*each) for each in found]


def find(session: Session, id: uuid.UUID, *, scope: Scope, version: int | None = None) -> Handover:
    """Return a handover of a reader's regions; with `version`, locked, unsigned, at that version.

    Raises
    ------
    NotFoundError
        There is none of this id, or none in the reader's regions.
    ConflictError
        Somebody changed it since; `"handover_signed"`: it is signed.
    """
    row = session.get(Handover, id, with_for_update=version is not None, populate_existing=True)
    if row is None or not scope.holds(row.region):
        raise NotFoundError(f"there is no handover {id}", code="no_handover", id=str(id))
    if version is not None and row.given_at is not None:
        raise ConflictError("the handover is signed", code="handover_signed", id=str(id))
    if version is not None and row.version != version:
        raise ConflictError(
            f"the handover is at version {row.version}, the change was made on {version}",
            mine={"version": version}, theirs={"version": row.version, "body": row.body},
        )  # fmt: skip
    return row


def sign(
    session: Session, row: Handover, role: str, *, body_hash: str, user: str, name: str | None
) -> None:
    """Sign as who leaves (`giver`) or who takes over (`taker`).

    Raises
    ------
    ConflictError
        `"bulletin_other_body"`: what was read is not what it says; `"handover_signed"`: this
        signature is given; `"handover_order"`: who leaves signs first; `"handover_same_person"`.
    """
    session.refresh(row, with_for_update=True)
    if row.body_hash != body_hash:
        raise ConflictError(
            "the content that was read is not the one that is kept", code="bulletin_other_body",
            got=body_hash, wanted=row.body_hash,
        )  # fmt: skip
    if (row.given_at if role == "giver" else row.taken_at) is not None:
        raise ConflictError("the handover is signed", code="handover_signed", id=str(row.id))
    if role == "taker" and row.given_at is None:
        raise ConflictError("who leaves signs first", code="handover_order", id=str(row.id))
    if role == "taker" and row.given_by == user:
        raise ConflictError(
            f"{user} cannot take over from themselves", code="handover_same_person", user=user
        )
    now = session.scalar(select(func.clock_timestamp()))
    if role == "giver":
        row.given_by, row.giver, row.given_at = user, name, now
    else:
        row.taken_by, row.taker, row.taken_at = user, name, now
    session.flush()
    session.refresh(row)

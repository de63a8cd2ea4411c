"""Bulletins kept: written as drafts, signed once, numbered by the year; nothing signed changes."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import JSON, ColumnElement, Text, cast, column, func, select
from sqlalchemy.orm import Session

from layers.errors import ConflictError, NotFoundError, TooLargeError
from layers.incidents.corrections import newest_entry
from layers.locks import Lock
from layers.models import Bulletin, Incident

MOST = 200


@dataclass(frozen=True)
class Listed:
    """A bulletin as a list tells of it, without its body.

    `title` is by language, `missing` the number of required items that are still to be verified.
    """

    row: Bulletin
    title: Mapping[str, str]
    as_of: str
    missing: int


def of_incident(session: Session, incident: uuid.UUID) -> list[Listed]:
    """Return the bulletins of an incident, newest first; their bodies stay where they are."""
    found = session.execute(
        select(
            Bulletin,
            _titles(),
            _body().op("->>", return_type=Text)("as_of"),
            _missing(),
        )
        .where(Bulletin.incident_id == incident)
        .order_by(Bulletin.made_at.desc(), Bulletin.id.desc())
    )
    return [Listed(*each) for each in found]


def titles(session: Session, ids: Collection[uuid.UUID]) -> dict[uuid.UUID, Mapping[str, str]]:
    """Return the titles of bulletins by language, without their bodies."""
    found = session.execute(select(Bulletin.id, _titles()).where(Bulletin.id.in_(ids)))
    return {id: title for id, title in found}


def _body() -> ColumnElement[dict[str, object]]:
    return cast(Bulletin.body, JSON)


def _titles() -> ColumnElement[dict[str, str]]:
    page = func.json_each(_body()["pages"]).table_valued("key", column("value", JSON)).lateral()
    told = func.json_object_agg(page.c.key, page.c.value["title"])
    return select(told).select_from(page).scalar_subquery()


def _missing() -> ColumnElement[int]:
    item = func.json_array_elements(_body()["items"]).table_valued(column("value", JSON)).lateral()
    open_one = item.c.value["missing"].as_boolean()
    return select(func.count()).select_from(item).where(open_one).scalar_subquery()


def find(
    session: Session, incident: uuid.UUID, id: uuid.UUID, *, version: int | None = None
) -> Bulletin:
    """Return a bulletin of an incident; with `version`, locked and still at that version.

    Raises
    ------
    NotFoundError
        There is none of this id, or it is another incident's.
    ConflictError
        Somebody changed it since; `"bulletin_signed"`: it is signed, and stays as it is.
    """
    row = session.get(Bulletin, id, with_for_update=version is not None, populate_existing=True)
    if row is None or row.incident_id != incident:
        raise NotFoundError(f"there is no bulletin {id}", code="no_bulletin", id=str(id))
    if version is not None and row.signed_at is not None:
        raise ConflictError("the bulletin is signed", code="bulletin_signed", id=str(id))
    if version is not None and row.version != version:
        raise ConflictError(
            f"the bulletin is at version {row.version}, the change was made on {version}",
            mine={"version": version}, theirs={"version": row.version, "body": row.body},
        )  # fmt: skip
    return row


def check_order(session: Session, incident: uuid.UUID, kind: str) -> None:
    """Refuse a kind that does not come now.

    Raises
    ------
    ConflictError
        `"bulletin_first_signed"`: there is a first report; `"bulletin_order"`: there is none yet.
    """
    first = session.scalar(
        select(Bulletin.id).where(
            Bulletin.incident_id == incident, Bulletin.kind == "first",
            Bulletin.signed_at.is_not(None),
        )
    )  # fmt: skip
    if kind == "first" and first is not None:
        raise ConflictError(
            "the first report is signed", code="bulletin_first_signed", id=str(first)
        )
    if kind != "first" and first is None:
        raise ConflictError(
            f"a first report comes before a {kind} one", code="bulletin_order", got=kind,
            wanted="first",
        )  # fmt: skip


def make(
    session: Session, incident: Incident, kind: str, *, body: str, body_hash: str, actor: str,
    id: uuid.UUID | None = None,
) -> Bulletin:  # fmt: skip
    """Store a draft.

    Raises
    ------
    TooLargeError
        `"too_many_bulletins"`: the incident has as many as anybody will read.
    """
    held = session.scalar(
        select(func.count(Bulletin.id)).where(Bulletin.incident_id == incident.id)
    )
    if (held or 0) >= MOST:
        raise TooLargeError(f"{MOST} bulletins", code="too_many_bulletins", wanted=MOST)
    row = Bulletin(
        id=id, incident_id=incident.id, kind=kind, body=body, body_hash=body_hash, made_by=actor,
        made_entry=newest_entry(session, incident.id),
    )  # fmt: skip
    session.add(row)
    session.flush()
    session.refresh(row)
    return row


def rewrite(
    session: Session, row: Bulletin, *, body: str, body_hash: str, anew: bool = False
) -> None:
    """Write other words into a draft; `anew` says that it knows the incident as it is now."""
    row.body, row.body_hash = body, body_hash
    if anew:
        row.made_entry = newest_entry(session, row.incident_id)
    session.flush()
    session.refresh(row)


def sign(
    session: Session, row: Bulletin, *, body_hash: str, year: int, user: str, name: str | None
) -> None:
    """Sign a draft: it gets its number, and is locked.

    Numbers of a year have no gap: two who sign at once wait for each other.

    Raises
    ------
    ConflictError
        `"bulletin_other_body"`: what was read is not what it says now; `"bulletin_signed"`; or
        as `check_order`.
    """
    session.execute(select(func.pg_advisory_xact_lock(Lock.BULLETIN_NUMBER)))
    session.refresh(row, with_for_update=True)
    if row.signed_at is not None:
        raise ConflictError("the bulletin is signed", code="bulletin_signed", id=str(row.id))
    if row.body_hash != body_hash:
        raise ConflictError(
            "the content that was read is not the one that is kept", code="bulletin_other_body",
            got=body_hash, wanted=row.body_hash,
        )  # fmt: skip
    check_order(session, row.incident_id, row.kind)
    exercise = bool(session.scalar(select(Incident.exercise).where(Incident.id == row.incident_id)))
    serial = session.scalar(
        select(func.coalesce(func.max(Bulletin.serial), 0) + 1).where(
            Bulletin.exercise == exercise, Bulletin.year == year
        )
    )
    ordinal = session.scalar(
        select(func.count(Bulletin.id) + 1).where(
            Bulletin.incident_id == row.incident_id,
            Bulletin.kind == row.kind,
            Bulletin.signed_at.is_not(None),
        )
    )
    now = session.scalar(select(func.clock_timestamp()))
    # Only now: half a signature is refused, and a question in between would send it.
    row.exercise, row.year, row.serial, row.ordinal = exercise, year, serial, ordinal
    row.signed_by, row.signer, row.signed_at = user, name, now
    session.flush()
    session.refresh(row)


def any_signed(session: Session, incident: uuid.UUID) -> bool:
    """Tell whether anything was signed of an incident, real or as an exercise."""
    wanted = select(Bulletin.id).where(
        Bulletin.incident_id == incident, Bulletin.signed_at.is_not(None)
    )
    return session.scalar(wanted.limit(1)) is not None


def last_signed(session: Session, incident: uuid.UUID) -> dt.datetime | None:
    """Return when the newest signed bulletin of an incident was signed."""
    return session.scalar(
        select(func.max(Bulletin.signed_at)).where(Bulletin.incident_id == incident)
    )

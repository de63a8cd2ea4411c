"""The one record of every change: sealing it, reading it, and proving that it is whole.

Triggers (layers/migrations/sql/journal.sql) write a row for each change in the changing
transaction, numbered by `entry`. Transactions commit out of that order, so a reader that
remembered the last entry would miss a late one. Readers therefore know only *sealed* rows: one
sealer at a time takes what is committed and gives it `seq`, without gaps, and `hash`, the SHA-256
of the previous hash and this row. Changes of one feature are sealed in the order in which they
were made, because the second waits for the first's row lock before it takes its entry.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from layers.errors import DamagedError, NotFoundError
from layers.models import Base, Epoch, JournalRow, LayerState, RowHistory, UserLayer

WRITTEN = "onemap_journal"  # NOTIFY channel: something was committed to the journal
SEALED = "onemap_sealed"  # NOTIFY channel: something was sealed
UNWATCHED = frozenset({"import_batch", "journal"})  # a batch's progress is no change of a layer

_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_HASHED = (
    JournalRow.seq, JournalRow.entry, JournalRow.at, JournalRow.layer, JournalRow.feature,
    JournalRow.op, JournalRow.version, JournalRow.region, JournalRow.incident, JournalRow.actor,
    JournalRow.batch, JournalRow.count, sa.cast(JournalRow.before, sa.Text),
    sa.cast(JournalRow.after, sa.Text),
)  # fmt: skip


def seal(session: Session, *, limit: int = 10_000) -> int:
    """Seal committed rows (and this transaction's own); return how many, at most `limit`.

    The order becomes public when the caller's transaction commits; another sealer waits for it.
    """
    return int(session.scalar(sa.select(sa.func.onemap_seal(limit))) or 0)


def sealed_after(session: Session, seq: int, *, limit: int = 1000) -> list[JournalRow]:
    """Return the sealed rows after `seq`, in order."""
    query = sa.select(JournalRow).where(JournalRow.seq > seq).order_by(JournalRow.seq)
    return list(session.scalars(query.limit(limit)))


def high_water(session: Session) -> int:
    """Return the seq of the newest sealed row, 0 if there is none."""
    return session.scalar(sa.select(sa.func.max(JournalRow.seq))) or 0


def oldest(session: Session) -> int:
    """Return the seq of the oldest row that is still kept, 0 if there is none."""
    return session.scalar(sa.select(sa.func.min(JournalRow.seq))) or 0


def epoch(session: Session) -> UUID:
    """Return which life of the database this is; a restore begins another."""
    return session.scalars(sa.select(Epoch.id)).one()


def label(epoch: UUID, revision: int) -> str:
    """Return a revision as a name that no other life of the database will give again."""
    return f"{epoch.hex[:8]}-{revision}"


def row_at(session: Session, layer: str, feature: UUID, seq: int) -> dict[str, Any] | None:
    """Return a row as it was right after `seq`, geometry as GeoJSON; None if it was not there.

    Derived columns and secrets are left out.

    Raises
    ------
    NotFoundError
        The journal watches no table of this name.
    """
    table: sa.TableClause | None = watched().get(layer)
    if table is None and session.scalar(sa.select(UserLayer.id).where(UserLayer.name == layer)):
        table = sa.table(layer, sa.column("id", sa.Uuid), sa.column("entry", sa.BigInteger))
    if table is None:
        raise NotFoundError(f"no journal of {layer!r}; there is {', '.join(sorted(watched()))}")
    past = sa.select(RowHistory.entry_from, RowHistory.entry_to, RowHistory.row).where(
        RowHistory.layer == layer, RowHistory.feature == feature
    )
    document = sa.func.onemap_document(sa.literal_column(f'"{table.name}"'))
    present = sa.select(
        table.c.entry, sa.null().cast(sa.BigInteger), document.cast(RowHistory.row.type)
    ).where(table.c.id == feature)
    version = past.union_all(present).subquery()
    begun = aliased(JournalRow)
    ended = aliased(JournalRow)
    query = (
        sa.select(version.c.row)
        .join(begun, begun.entry == version.c.entry_from)
        .outerjoin(ended, ended.entry == version.c.entry_to)
        .where(begun.seq <= seq, sa.or_(ended.seq.is_(None), ended.seq > seq))
    )
    row: dict[str, Any] | None = session.scalar(query)
    return row


def watched() -> dict[str, sa.Table]:
    """Return the tables whose every change is journalled, by name."""
    return {
        name: table
        for name, table in Base.metadata.tables.items()
        if "entry" in table.columns and name not in UNWATCHED
    }


def verify(session: Session) -> int:
    """Recompute the whole chain; return how many rows it has.

    Finds a row that was edited, reordered or taken out of the middle, and, by the layers'
    revisions, rows cut off at the end. A writer with full rights over the database could still
    forge all of it: keep `head` of each day somewhere else.

    Raises
    ------
    DamagedError
        Names the first seq that does not hold.
    """
    previous, expected = b"", 1
    query = sa.select(JournalRow.hash, *_HASHED).where(JournalRow.seq.is_not(None))
    query = query.order_by(JournalRow.seq).execution_options(yield_per=2000)
    with session.execute(query) as rows:
        for stored, *fields in rows:
            if fields[0] != expected:
                raise _damaged(f"journal row {expected} is missing", expected)
            previous = hashlib.sha256(previous + canonical(fields)).digest()
            if previous != stored:
                raise _damaged(f"journal row {expected} is not what was sealed", expected)
            expected += 1
    newest = session.scalar(sa.select(sa.func.max(LayerState.revision))) or 0
    if newest >= expected:
        raise _damaged(f"journal rows {expected} to {newest} are missing", expected)
    return expected - 1


def _damaged(message: str, seq: int) -> DamagedError:
    return DamagedError(message, code="journal_damaged", seq=seq)


def head(session: Session) -> tuple[int, bytes]:
    """Return seq and hash of the newest sealed row; (0, b"") before the first."""
    query = sa.select(JournalRow.seq, JournalRow.hash).where(JournalRow.seq.is_not(None))
    newest = session.execute(query.order_by(JournalRow.seq.desc()).limit(1)).one_or_none()
    return (newest.seq, newest.hash) if newest else (0, b"")


def canonical(fields: Iterable[Any]) -> bytes:
    """Return the bytes that a hash covers: each field's length, colon and text; NULL is "-".

    Written apart from the database's own function on purpose: each checks the other.
    """
    return b"".join(map(_netstring, fields))


def _netstring(field: Any) -> bytes:
    if field is None:
        return b"-"
    if isinstance(field, dt.datetime):
        field = (field - _EPOCH) // dt.timedelta(microseconds=1)
    text = str(field).encode()
    return b"%d:%s" % (len(text), text)

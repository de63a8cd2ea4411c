"""The journal's tables. Rows come from triggers only; see layers/journal.py."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from sqlalchemy import BigInteger, DateTime, Identity, Index, LargeBinary, String, Uuid, text
from sqlalchemy.dialects.postgresql import JSON
from sqlalchemy.orm import Mapped, mapped_column

from layers.models.base import Base


class JournalRow(Base):
    """One change. `entry` is its order of writing; `seq` and `hash` are public once sealed.

    `before` and `after` are `json`, not `jsonb`: the exact text is what the hash covers.
    A bulk load is one row with `op = 'load'`, `batch` and `count`.
    """

    __tablename__ = "journal"
    __table_args__ = (
        Index("journal_seq_key", "seq", unique=True),
        Index("journal_unsealed_idx", "entry", postgresql_where=text("seq IS NULL")),
        Index("journal_incident_idx", "incident", "seq"),
        Index("journal_feature_idx", "feature", "entry"),
        Index("journal_layer_idx", "layer", "entry"),
        Index("journal_at_idx", "at"),
        Index(
            "journal_moment_idx",
            "layer",
            "feature",
            "seq",
            postgresql_where=text("seq IS NOT NULL"),
        ),
    )

    entry: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    seq: Mapped[int | None] = mapped_column(BigInteger)
    hash: Mapped[bytes | None] = mapped_column(LargeBinary)
    at: Mapped[dt.datetime] = mapped_column(
        DateTime(timezone=True), server_default=text("clock_timestamp()")
    )
    layer: Mapped[str] = mapped_column(String)
    feature: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    op: Mapped[str] = mapped_column(String)
    version: Mapped[int | None] = mapped_column(BigInteger)
    region: Mapped[str | None] = mapped_column(String)
    incident: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    actor: Mapped[str | None] = mapped_column(String)
    batch: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    count: Mapped[int | None] = mapped_column(BigInteger)
    before: Mapped[Any | None] = mapped_column(JSON)
    after: Mapped[Any | None] = mapped_column(JSON)


class RowHistory(Base):
    """A superseded version of a row and the entries between which it held: [from, to)."""

    __tablename__ = "row_history"
    __table_args__ = (Index("row_history_layer_entry_to_idx", "layer", "entry_to"),)

    layer: Mapped[str] = mapped_column(String, primary_key=True)
    feature: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True)
    entry_from: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    entry_to: Mapped[int] = mapped_column(BigInteger)
    row: Mapped[Any] = mapped_column(JSON)


class LayerState(Base):
    """A layer's revision: the seq of its last sealed change. Written by the sealer alone."""

    __tablename__ = "layer_state"

    layer: Mapped[str] = mapped_column(String, primary_key=True)
    revision: Mapped[int] = mapped_column(BigInteger, server_default="0")


class Epoch(Base):
    """One row: which life of the database this is. A restored one is another life.

    A reader that remembers a seq remembers the epoch with it, since after a restore the same seq
    may be given again to another change. Random from its first digit on: tiles are named by those.
    """

    __tablename__ = "epoch"

    id: Mapped[uuid.UUID] = mapped_column(
        Uuid, primary_key=True, server_default=text("gen_random_uuid()")
    )
    begun_at: Mapped[dt.datetime] = mapped_column(
        DateTime(timezone=True), server_default=text("clock_timestamp()")
    )

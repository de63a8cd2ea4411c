"""A sealed change of the journal as the event stream tells it, and to whom."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

from sqlalchemy import JSON, ColumnElement, Row, String, Uuid, case, cast, func, select
from sqlalchemy.orm import Session

from gis_server.signin import Identity
from layers import catalog
from layers.definition import PREFIX
from layers.models import Document, JournalRow, RowHistory, UserLayer

PAGE = 500

NEEDED = {
    "alert": "positions.read",
    "assessment": "incidents.read",
    "calculation_sheet": "incidents.read",
    "bookmark": "incidents.read",
    "bulletin": "incidents.read",
    "call": "incidents.read",
    "deadline": "incidents.read",
    "deadline_rule": "incidents.read",
    "decision": "incidents.read",
    "handover": "incidents.read",
    "incident": "incidents.read",
    "contact": "contacts.read",
    "note": "incidents.read",
    "plot": "incidents.read",
    "plot_conflict": "incidents.read",
    "proposal": "incidents.read",
    "saved_view": "layers.read",
    "wall": "layers.read",
    "user_account": "users.read",
    "role_grant": "users.read",
    "sheet_signature": "incidents.read",
    "task": "incidents.read",
    "task_item": "incidents.read",
    "task_route": "incidents.read",
    "tracker": "positions.read",
    "user_layer": "layers.read",
    "watch_area": "positions.read",
    "export_log": "users.read",
    "pack": "users.read",
}
"""Permission to hear of a table's changes; `features.read` where it is not named."""

_DEFINED = ("user_layer", "theme_map", "saved_view")
"""Tables whose rows say themselves who may know of them."""

_EVERYWHERE = frozenset({"wall"})
"""Tables whose rows lie in no region: who holds the permission anywhere hears of them."""

_HUNG = ("document", "contact", "duplicate")
"""Tables whose rows name the layer of the features that they belong to."""


GONE = "gone"


@dataclass(frozen=True, slots=True)
class Access:
    """Who may know of a layer: its access, or `gone`; a user's own names an owner and readers."""

    access: str
    owner: str | None = None
    readers: Mapping[str, Any] = field(default_factory=dict)

    def shown_to(self, reader: Identity) -> bool:
        """Tell whether there is such a layer for a reader."""
        return self.access != GONE and reader.reader.may_read(self.access, self.owner, self.readers)


OPEN, BY_REGION = Access("open"), Access("region")

Box = Sequence[float]
"""west, south, east, north in degrees."""


@dataclass(frozen=True, slots=True)
class Change:
    """One sealed change, without the row itself: who may see it fetches it.

    `region` is the row's, `left` the one before an update: who sees only that one sees the
    feature go. `before` and `after` are the boxes of where it was and where it is. `access` and
    `was` are the layer's now and, where its definition changed, before; of what hangs on a feature
    those of the feature's layer, of a theme map its own.
    """

    seq: int
    layer: str
    feature: str | None
    op: str
    version: int | None
    incident: str | None
    at: dt.datetime
    actor: str | None
    count: int | None
    region: str | None
    left: str | None
    before: Box | None = None
    after: Box | None = None
    access: Access = BY_REGION
    was: Access | None = None

    def shown_to(self, reader: Identity) -> dict[str, Any] | None:
        """Return the event's data as a reader may have it, or None where it is not theirs."""
        needed = NEEDED.get(self.layer, "features.read")
        if needed not in reader.permissions:
            return None
        scope = reader.scope(needed)
        op = self._op(reader)
        if op is None:
            return None
        return {
            "seq": self.seq,
            "layer": self.layer,
            "feature": self.feature,
            "op": op,
            "box": self._box(reader),
            "version": self.version,
            "incident": self.incident,
            "at": self.at.isoformat(),
            "actor": self.actor,
            "revision": self.seq,
            # How many rows a load held is a count over all regions.
            "count": self.count if scope.regions is None or self.access == OPEN else None,
        }

    def _op(self, reader: Identity) -> str | None:
        """Return what the change is to a reader, who sees what leaves their sight as removed."""
        if not self.access.shown_to(reader):
            left = self.was is not None and self.op == "update" and self.was.shown_to(reader)
            return "delete" if left else None
        if self.op == "load" or self.layer in _DEFINED or self.access.access == "open":
            return self.op
        scope = reader.scope(NEEDED.get(self.layer, "features.read"))
        if scope.holds(self.region):
            return self.op
        return "delete" if self.op == "update" and scope.holds(self.left) else None

    def _box(self, reader: Identity) -> list[float] | None:
        """Return what the change touched of the map that a reader sees.

        None for a whole layer and for a row without a place. Who may not see where the row was, or
        where it went, is not told by the box either.
        """
        scope = reader.scope(NEEDED.get(self.layer, "features.read"))
        everywhere = self.access.access == "open"
        boxes = [
            box
            for box, region in (
                (self.before, self.left if self.op == "update" else self.region),
                (self.after, self.region),
            )
            if box is not None and (everywhere or scope.holds(region))
        ]
        if not boxes:
            return None
        west, south, east, north = zip(*boxes, strict=True)
        return [min(west), min(south), max(east), max(north)]


def changes_after(session: Session, seq: int, *, limit: int = PAGE) -> list[Change]:
    """Return the sealed changes after a seq, in order; the rows' contents stay in the database."""
    row = JournalRow
    defined = row.layer.in_(_DEFINED)
    fields: tuple[Any, ...] = (
        row.seq, row.layer, cast(row.feature, String), row.op, row.version,
        cast(row.incident, String), row.at, row.actor, row.count, row.region,
        row.before.op("->>")("region"), func.onemap_box(row.before), func.onemap_box(row.after),
        _feature_layer().label("of"),
        case((defined, row.before)).label("before"), case((defined, row.after)).label("after"),
    )  # fmt: skip
    statement = select(*fields).where(row.seq > seq).order_by(row.seq).limit(limit)
    rows = session.execute(statement).all()
    named = {name for found in rows for name in (found.layer, found.of) if name is not None}
    own = _own(session, {name for name in named if name.startswith(PREFIX)})
    return [_change(found, own) for found in rows]


def _feature_layer() -> ColumnElement[str | None]:
    """Return the layer of the feature on which a changed row hangs; NULL of any other row."""
    row, past = JournalRow, RowHistory
    said = func.coalesce(row.after, row.before, type_=JSON)
    paper = cast(said.op("->>", return_type=String)("document_id"), Uuid)
    present = select(Document.layer).where(Document.id == paper).scalar_subquery()
    gone = (
        select(past.row.op("->>", return_type=String)("layer"))
        .where(past.layer == "document", past.feature == paper)
        .limit(1)
        .scalar_subquery()
    )
    return case(
        (row.layer.in_(_HUNG), said.op("->>", return_type=String)("layer")),
        (row.layer == "site_plan", func.coalesce(present, gone)),
    )


def _change(found: Row[Any], own: Mapping[str, Access]) -> Change:
    values: tuple[Any, ...] = tuple(found)
    of, before, after = values[-3:]
    layer, was = found.layer, None
    if layer in _DEFINED:
        access = _stored(after or before)
        was = _stored(before) if before else None
    elif layer.startswith(PREFIX):
        access = own.get(layer, Access(GONE))
    elif of is not None and of.startswith(PREFIX):
        kept = own.get(of, Access(GONE))
        access = BY_REGION if kept.access == "open" else kept
    else:
        access = OPEN if layer in _open() or layer in _EVERYWHERE else BY_REGION
    return replace(Change(*values[:-3]), access=access, was=was)


def _stored(document: Mapping[str, Any]) -> Access:
    """Return the access that a definition in the journal gives; none to a removed layer."""
    if "shared" in document:
        return OPEN if document["shared"] else Access("restricted", document.get("owner"))
    if document.get("removed_at") is not None:
        return Access(GONE)
    return Access(document["access"], document.get("owner"), document.get("readers") or {})


def _own(session: Session, names: Sequence[str] | set[str]) -> dict[str, Access]:
    """Return the present access of users' own layers; one that is gone is not among them."""
    if not names:
        return {}
    row = UserLayer
    rows = session.execute(
        select(row.name, row.access, row.owner, row.readers).where(
            row.name.in_(names), row.removed_at.is_(None)
        )
    )
    return {name: Access(access, owner, readers) for name, access, owner, readers in rows}


@cache
def _open() -> frozenset[str]:
    return frozenset(layer.name for layer in catalog.layers() if layer.access == "open")

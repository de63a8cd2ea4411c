"""What was corrected of an incident's report, by whom and why, and what rests on the old words.

Read from the journal: nothing that was said before is lost by a correction.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pyproj import Geod
from sqlalchemy import JSON, ColumnElement, RowMapping, select
from sqlalchemy.orm import Session

from layers.models import Assessment, Bulletin, Incident, JournalRow, Task
from layers.tasks import ENDED

MOST = 200
REPORTED = (
    "title", "kind", "substance", "cas", "occurred_at", "received_at", "channel", "caller",
    "address", "course", "measures", "requests", "leaders", "site_contact", "release", "weather",
    "casualties", "direct_loss_yuan", "important_place", "serious_pollution", "status",
    "accident_grade", "response_level", "warning_level", "exercise", "enterprise_id",
    "hazard_source_id", "region",
)  # fmt: skip
PLACE = "place"
BASIS = frozenset({"kind", "substance", "cas", PLACE, "release", "weather", "hazard_source_id"})
"""What a plan is computed from, and so what tasks are ordered for."""
TOLD = BASIS | {"occurred_at", "address"}
"""What a bulletin has told its reader, who has to hear when it was wrong."""

_GEOD = Geod(ellps="WGS84")


@dataclass(frozen=True)
class Affected:
    """What was made before a correction, of what it rests on; ids in the order of their making."""

    tasks: tuple[uuid.UUID, ...] = ()
    assessments: tuple[uuid.UUID, ...] = ()
    bulletins: tuple[uuid.UUID, ...] = ()

    @property
    def any(self) -> bool:
        """Tell whether anything rests on what was corrected."""
        return bool(self.tasks or self.assessments or self.bulletins)


@dataclass(frozen=True)
class Correction:
    """One change of a report: `changes` holds before and after of each field, by its name.

    The place is one field, `{"lon", "lat"}`, and `moved_m` how far it moved on the ellipsoid.
    `entry` is the journal's; `seq` is None until the change is sealed.
    """

    entry: int
    seq: int | None
    at: dt.datetime
    who: str | None
    why: str | None
    version: int | None
    changes: Mapping[str, tuple[Any, Any]]
    moved_m: float | None
    affected: Affected


def corrections(session: Session, incident: uuid.UUID, *, limit: int = MOST) -> list[Correction]:
    """Return the changes of an incident's report, newest first.

    An assessment, and a task that has not ended, are affected by a later change of what they are
    computed from; a bulletin by a later change of what it told.
    """
    made = _made(session, incident)
    row = JournalRow
    rows = session.execute(
        select(row.entry, row.seq, row.at, row.actor, row.version, *_told())
        .where(row.feature == incident, row.layer == "incident", row.op == "update")
        .order_by(row.entry.desc())
        .limit(limit)
    ).mappings()
    found = (_correction(row, made) for row in rows)
    return [each for each in found if each.changes]


def _told() -> list[ColumnElement[Any]]:
    """Return what is read of a row before and after: what was reported, and not all it holds."""
    sides = (("before", JournalRow.before), ("after", JournalRow.after))
    return [
        document.op("->", return_type=JSON)(name).label(f"{side}_{name}")
        for side, document in sides
        for name in (*REPORTED, "geom", "change_reason")
    ]


def all_affected(found: list[Correction]) -> Affected:
    """Return what any of the corrections affects, each once."""

    def together(name: str) -> tuple[uuid.UUID, ...]:
        return tuple(dict.fromkeys(id for each in found for id in getattr(each.affected, name)))

    return Affected(together("tasks"), together("assessments"), together("bulletins"))


def _correction(row: RowMapping, made: Mapping[str, Mapping[uuid.UUID, int]]) -> Correction:
    changes = {
        name: (row[f"before_{name}"], row[f"after_{name}"])
        for name in REPORTED
        if row[f"before_{name}"] != row[f"after_{name}"]
    }
    here, there = _place(row["before_geom"]), _place(row["after_geom"])
    moved = None
    if here != there:
        changes[PLACE] = (here, there)
        if here and there:
            moved = _GEOD.inv(here["lon"], here["lat"], there["lon"], there["lat"])[2]
    return Correction(
        entry=row["entry"], seq=row["seq"], at=row["at"], who=row["actor"],
        why=row["after_change_reason"], version=row["version"], changes=changes, moved_m=moved,
        affected=_affected(row["entry"], frozenset(changes), made),
    )  # fmt: skip


def _affected(
    entry: int, changed: frozenset[str], made: Mapping[str, Mapping[uuid.UUID, int]]
) -> Affected:
    def before(layer: str) -> tuple[uuid.UUID, ...]:
        return tuple(id for id, at in made[layer].items() if at < entry)

    if not changed & TOLD:
        return Affected()
    if not changed & BASIS:
        return Affected(bulletins=before("bulletin"))
    return Affected(before("task"), before("assessment"), before("bulletin"))


def _made(session: Session, incident: uuid.UUID) -> dict[str, dict[uuid.UUID, int]]:
    """Return the journal entries with which tasks under way, plans and bulletins were made."""
    row = JournalRow
    begun = {
        (layer, feature): entry
        for layer, feature, entry in session.execute(
            select(row.layer, row.feature, row.entry)
            .where(
                row.incident == incident, row.op == "insert",
                row.layer.in_(("task", "assessment")),
            )
            .order_by(row.entry)
        )
    }  # fmt: skip
    tasks = session.scalars(
        select(Task.id).where(Task.incident_id == incident, Task.state.not_in(ENDED))
    )
    plans = session.scalars(
        select(Assessment.id).where(Assessment.incident_id == incident, ~Assessment.what_if)
    )
    # A bulletin that was written anew is as old as its words.
    bulletins = session.execute(
        select(Bulletin.id, Bulletin.made_entry)
        .where(Bulletin.incident_id == incident)
        .order_by(Bulletin.made_entry)
    )
    return {
        "task": _at("task", tasks, begun),
        "assessment": _at("assessment", plans, begun),
        "bulletin": {id: entry for id, entry in bulletins},
    }


def _at(layer: str, ids: Any, begun: Mapping[tuple[str, Any], int]) -> dict[uuid.UUID, int]:
    known = {id: begun[layer, id] for id in ids if (layer, id) in begun}
    return dict(sorted(known.items(), key=lambda pair: pair[1]))


def _place(geom: Mapping[str, Any] | None) -> dict[str, float] | None:
    point = (geom or {}).get("coordinates")
    return {"lon": point[0], "lat": point[1]} if point else None


def newest_entry(session: Session, incident: uuid.UUID) -> int:
    """Return the entry of the incident's row as it is: what is written now knows all up to it."""
    return session.scalar(select(Incident.entry).where(Incident.id == incident)) or 0

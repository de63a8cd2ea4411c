"""The log of an incident as a reader may have it, and as a document to be taken out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from functools import partial
from typing import Any

from sqlalchemy.orm import Session

from gis_server import excerpt, intake
from gis_server.auth import may, scope
from gis_server.bulletins.printed import organ
from gis_server.bulletins.wording import Wording
from gis_server.sheets import blocks, official
from gis_server.sheets.blocks import NOTHING, Block
from gis_server.text import rendered, say
from layers.log import incident_log
from layers.models import Incident, JournalRow
from layers.query import Scope

NEEDS = {
    "call": ("contacts.read",),
    "contact": ("contacts.read",),
    "alert": ("positions.read", "contacts.read"),
    "watch_area": ("positions.read",),
}
"""What of a log takes more than `incidents.read`; an alert may be of a person, and says where."""
PRINTED_MAX = 5000


def seen(session: Session, incident: Incident, *, after: int, limit: int) -> list[dict[str, Any]]:
    """Return what of an incident's log the reader may see, as `layers.log.incident_log` tells."""
    without = [
        layer
        for layer, needed in NEEDS.items()
        if not all(may(name, incident.region) for name in needed)
    ]
    hidden = () if may("contacts.read", incident.region) else intake.PEOPLE
    return incident_log(
        session, incident.id, after=after, limit=limit, without=without, hidden=hidden,
        elsewhere=partial(_elsewhere, session, scope=scope()),
    )  # fmt: skip


def _elsewhere(session: Session, rows: Sequence[JournalRow], *, scope: Scope) -> set[int]:
    """Return which changes are about a place that is called, or a vehicle, the reader may not see.

    The call sheet leaves such lines out, and the list of alerts too.
    """
    held = {row.seq: row.after or row.before or {} for row in rows if row.seq is not None}
    called = {
        row.seq: (told["layer"], told["feature_id"])
        for row in rows
        if row.layer == "call" and row.seq and (told := held[row.seq]).get("feature_id")
    }
    unseen = excerpt.unseen_of(session, called.values(), scope=scope)
    alerts = {
        row.seq
        for row in rows
        if row.layer == "alert" and row.seq and not scope.holds(held[row.seq].get("region"))
    }
    return alerts | {seq for seq, place in called.items() if place in unseen}


def document(
    session: Session,
    incident: Incident,
    *,
    language: str,
    zone: dt.tzinfo,
    site: dict[str, Any],
    now: dt.datetime,
) -> tuple[list[Block], official.Head]:
    """Return the log as a table, and what stands around it.

    A log of more than `PRINTED_MAX` lines says so, and that it ends early.
    """
    words = Wording(language, zone)
    rows = seen(session, incident, after=0, limit=PRINTED_MAX + 1)
    held = rows[:PRINTED_MAX]
    made: list[Block] = []
    if len(rows) > len(held):
        made.append(blocks.lines([words.said("log_cut", count=len(held))], style="warning"))
    names = [say(language, f"duty.log.{name}") or name for name in ("at", "said", "by")]
    made.append(blocks.table(names, [_line(row, words) for row in held]))
    head = official.Head(
        language=language, organ=organ(site, language),
        title=say(language, "duty.log.title", {"incident": incident.title}) or incident.title,
        date=words.dated(now), exercise=incident.exercise, fictional=bool(site["fictional"]),
    )  # fmt: skip
    return made, head


def _line(row: dict[str, Any], words: Wording) -> Sequence[str]:
    said = rendered(words.language, row["said"])
    return words.moment(row["at"]), str(said.get("text") or said["code"]), row["actor"] or NOTHING

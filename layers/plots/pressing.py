"""Drawing a plan's parts: made, brought up to date or taken off, and what a person touched kept."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import aliased

from layers.errors import ConflictError, InvalidInputError
from layers.models import Plot, PlotOp
from layers.plots import history, rows
from layers.plots.batch import PRESS
from layers.plots.construction import settled
from layers.plots.merging import SHAPE
from layers.plots.ops import hold
from layers.plots.writing import Desk, add, change, remove

Fields = Mapping[str, Any]


@dataclass
class Pressed:
    """What came of it, as ids; `not_drawn` says by part why a shape could not be drawn."""

    added: list[uuid.UUID] = field(default_factory=list)
    updated: list[uuid.UUID] = field(default_factory=list)
    kept: list[uuid.UUID] = field(default_factory=list)
    removed: list[uuid.UUID] = field(default_factory=list)
    left_out: list[uuid.UUID] = field(default_factory=list)
    not_drawn: dict[str, str] = field(default_factory=dict)


def press(desk: Desk, assessment: uuid.UUID, wanted: Mapping[str, Fields]) -> Pressed:
    """Draw the parts of a plan, by name; pressed again it changes what differs and nothing else.

    What a person has changed since stays as they left it, and what a person took off stays off
    (`left_out`). Parts that this plan has not any more are taken off.

    Raises
    ------
    ConflictError
        `"plot_incident_closed"`.
    """
    if desk.incident.status == "closed":
        raise ConflictError("the incident is closed", code="plot_incident_closed",
                            id=str(desk.incident.id))  # fmt: skip
    ids = {name: _id(desk, name) for name in wanted}
    stored = rows.read(
        desk.session, Plot.incident_id == desk.incident.id, Plot.plan_part.is_not(None)
    )
    hold(desk.session, {*ids.values(), *(row["id"] for row in stored)})
    stored = rows.read(
        desk.session, Plot.incident_id == desk.incident.id, Plot.plan_part.is_not(None)
    )
    present = {row["id"]: row for row in stored}
    done = Pressed()
    gone = _taken_off(desk, set(ids.values()) - set(present))
    for name, fields in wanted.items():
        id = ids[name]
        try:
            with desk.session.begin_nested():
                _part(desk, assessment, name, id, fields, present.get(id), gone, done)
        except InvalidInputError as error:
            done.not_drawn[name] = error.code
    for id, row in present.items():
        if id not in ids.values() and not row["by_person"] and row["locked_by"] is None:
            remove(desk, row)
            done.removed.append(id)
    return done


def _part(
    desk: Desk,
    assessment: uuid.UUID,
    name: str,
    id: uuid.UUID,
    fields: Fields,
    row: Mapping[str, Any] | None,
    gone: set[uuid.UUID],
    done: Pressed,
) -> None:
    if row is None and id in gone:
        done.left_out.append(id)
    elif row is None:
        plan = {"assessment_id": assessment, "plan_part": name, "by_person": False}
        add(desk, id, fields, kept=plan)
        done.added.append(id)
    elif row["by_person"] or row["locked_by"] is not None:
        done.kept.append(id)
    elif differs := _differing(row, fields):
        change(desk, row, differs, by_person=False, assessment=assessment)
        done.updated.append(id)
    else:
        done.kept.append(id)


def _differing(row: Mapping[str, Any], fields: Fields) -> dict[str, Any]:
    """Return the fields to change; what the plan does not say any more is taken off."""
    current = rows.fields(row)
    shape = settled(row["kind"], fields[SHAPE])
    wanted = {**dict.fromkeys(row["properties"]), **fields, SHAPE: shape}
    return {
        name: value
        for name, value in wanted.items()
        if name != "kind" and current.get(name) != value
    }


def _taken_off(desk: Desk, ids: set[uuid.UUID]) -> set[uuid.UUID]:
    """Return those plots that a person has taken off: the last operation on them removed them.

    Who takes the whole press back has judged no part of it.
    """
    once = set(history.removed(desk.session, ids))
    if not once:
        return set()
    undone = aliased(PlotOp)
    done = desk.session.execute(
        select(PlotOp.plot_id, PlotOp.op, undone.op)
        .outerjoin(undone, undone.op_id == PlotOp.undoes)
        .where(PlotOp.plot_id.in_(once), PlotOp.op.in_(("delete", "restore")))
        .order_by(PlotOp.at)
    )
    last = {plot: op == "delete" and of != PRESS for plot, op, of in done}
    return {plot for plot, by_hand in last.items() if plot is not None and by_hand}


def _id(desk: Desk, name: str) -> uuid.UUID:
    """Return the one id of a part of an incident, so that two who press at once draw it once."""
    return uuid.uuid5(desk.incident.id, f"plan:{name}")

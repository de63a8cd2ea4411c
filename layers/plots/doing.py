"""What each operation does to a plot: put, delete, restore, resolve."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from layers.errors import ConflictError, InvalidInputError
from layers.plots import conflicts, history, rows
from layers.plots.batch import Batch, Op
from layers.plots.construction import settled
from layers.plots.merging import DELETED, SHAPE, changed_by_others, merge
from layers.plots.writing import Desk, add, change, remove


def _put(batch: Batch, op: Op) -> dict[str, Any]:
    """Change a plot, or draw a new one where no version is named."""
    if op.base is None:
        return _create(batch, op)
    row = batch.plot(op.plot)
    if row is None:
        _keep(batch, op, DELETED, mine={"set": dict(op.fields)}, theirs=True,
              theirs_by=history.remover(batch.desk.session, op.plot))  # fmt: skip
        return _result("conflict", None, [DELETED])
    return _set(batch, op, row, op.fields, base=op.base)


def _create(batch: Batch, op: Op) -> dict[str, Any]:
    if batch.there(op.plot):
        raise ConflictError(f"plot {op.plot} is or was there; a change names its base",
                            code="plot_exists", id=str(op.plot))  # fmt: skip
    for name in ("kind", SHAPE):
        if op.fields.get(name) is None:
            raise InvalidInputError(
                f"a new plot needs {name}", code="plot_needs", field=name, got=None, wanted=name
            )
    return _result("applied", batch.wrote(add(batch.desk, op.plot, op.fields)))


def _set(
    batch: Batch, op: Op, row: Mapping[str, Any], wanted: Mapping[str, Any], *, base: int
) -> dict[str, Any]:
    """Merge fields into a plot that is there; what met another's is kept as conflicts."""
    desk = batch.desk
    _check_lock(desk, row, wanted)
    current = rows.fields(row)
    if wanted.get("kind", row["kind"]) != row["kind"]:
        raise InvalidInputError(
            f"kind: got {wanted['kind']}, wanted {row['kind']}", code="plot_kind", field="kind",
            got=wanted["kind"], wanted=row["kind"],
        )  # fmt: skip
    if wanted.get(SHAPE) is not None:
        wanted = {**wanted, SHAPE: settled(row["kind"], wanted[SHAPE])}
    merged = merge(wanted, current=current, touched=row["touched"], base=base, by=desk.by)
    for name, person in merged.lost.items():
        _keep(batch, op, name, mine=wanted[name], theirs=current.get(name), theirs_by=person)
    version = row["version"]
    if merged.accepted:
        version = batch.wrote(
            change(desk, row, merged.accepted, by_person=row["by_person"] or not batch.of_plan(op))
        )
    if merged.lost:
        return _result("conflict", version, sorted(merged.lost))
    if not merged.accepted:
        return _result("unchanged", version)
    return _result("merged" if merged.others else "applied", version)


def _delete(batch: Batch, op: Op) -> dict[str, Any]:
    """Take a plot off, unless others changed it since: then that is kept as a conflict."""
    row = batch.plot(op.plot)
    if row is None:
        return _result("unchanged", None)
    desk = batch.desk
    _check_lock(desk, row, {})
    if op.base is None:
        raise InvalidInputError("a removal names the version it saw", code="plot_needs",
                                field="base", got=None, wanted="base")  # fmt: skip
    person = changed_by_others(row["touched"], base=op.base, by=desk.by)
    if person is not None:
        _keep(batch, op, DELETED, mine=True, theirs={"version": row["version"]}, theirs_by=person)
        return _result("conflict", row["version"], [DELETED])
    remove(desk, row)
    batch.took_off(op.plot)
    return _result("applied", None)


def _restore(batch: Batch, op: Op) -> dict[str, Any]:
    """Bring a plot, or one of its versions, back."""
    desk = batch.desk
    row = batch.plot(op.plot)
    then = history.version(desk.session, desk.incident.id, op.plot, op.version)
    wanted = rows.fields(then)
    if row is None:
        return _result("applied", _again(batch, op, then, {**wanted, "locked": False}))
    # What the old version had not is taken off; the lock is of now.
    gone = dict.fromkeys(set(row["properties"]) - set(then["properties"]))
    wanted = {**wanted, **gone, "locked": row["locked_by"] is not None}
    return _set(batch, op, row, wanted, base=op.base or row["version"])


def _again(batch: Batch, op: Op, then: Mapping[str, Any], fields: Mapping[str, Any]) -> int:
    """Draw a plot that was taken off once more; what it was made of stays with it."""
    names = ("created_at", "created_by", "touched", "assessment_id", "plan_part", "by_person")
    return batch.wrote(add(batch.desk, op.plot, fields, kept={n: then[n] for n in names}))


def _resolve(batch: Batch, op: Op) -> dict[str, Any]:
    """Decide a conflict: what stands stays, or what was kept becomes an edit of who decides."""
    desk = batch.desk
    row = batch.plot(op.plot)
    assert op.conflict is not None and op.take is not None
    open_ = conflicts.locked(desk.session, desk.incident.id, op.conflict, op.plot)
    if open_.state == "resolved":
        return _result("unchanged", None if row is None else row["version"])
    conflicts.settle(open_, taken=op.take, by=desk.by, now=desk.now)
    if op.take == "theirs":
        return _result("applied", None if row is None else row["version"])
    if open_.field != DELETED:
        if row is None:
            raise ConflictError("the plot was taken off; bring it back first", code="plot_deleted",
                                id=str(op.plot))  # fmt: skip
        return _set(batch, op, row, {open_.field: open_.mine}, base=row["version"])
    if open_.mine is True:
        if row is None:
            return _result("applied", None)
        _check_lock(desk, row, {})
        remove(desk, row)
        batch.took_off(op.plot)
        return _result("applied", None)
    wanted = dict(open_.mine["set"])
    if row is not None:
        return _set(batch, op, row, wanted, base=row["version"])
    then = history.version(desk.session, desk.incident.id, op.plot)
    return _result(
        "applied", _again(batch, op, then, {**rows.fields(then), "locked": False, **wanted})
    )


DOERS: dict[str, Callable[[Batch, Op], dict[str, Any]]] = {
    "put": _put, "delete": _delete, "restore": _restore, "resolve": _resolve,
}  # fmt: skip


def _keep(
    batch: Batch, op: Op, name: str, *, mine: Any, theirs: Any, theirs_by: str | None
) -> None:
    desk = batch.desk
    conflicts.keep(
        desk.session, desk.incident, op.plot, op.op_id, name,
        mine=mine, theirs=theirs, by=desk.by, theirs_by=theirs_by, base=op.base,
    )  # fmt: skip


def _check_lock(desk: Desk, row: Mapping[str, Any], wanted: Mapping[str, Any]) -> None:
    """Refuse to change what another has locked; to unlock it, and nothing else, is anybody's."""
    if row["locked_by"] in (None, desk.by.name) or dict(wanted) == {"locked": False}:
        return
    raise ConflictError(
        f"the plot is locked by {row['locked_by']}", code="plot_locked", id=str(row["id"]),
        by=row["locked_by"],
    )  # fmt: skip


def _result(outcome: str, version: int | None, lost: Sequence[str] = ()) -> dict[str, Any]:
    return {"outcome": outcome, "version": version, "fields": list(lost)}

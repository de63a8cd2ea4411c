"""One short line for each change of an incident's log: a code and its parameters, no words.

Who did it and when stands beside the line. What people wrote is a parameter; the words round it
come from the catalogue (`log.*`), so that a screen speaks the reader's language.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any

Row = Mapping[str, Any]
Line = dict[str, Any]

SHORT = 300
"""How much of what somebody wrote a line repeats, in characters."""

ELSEWHERE: Line = {"code": "log.elsewhere", "params": {}}
"""What is said of a change about something of a region that the reader does not see."""

CORRECTED = (
    "title", "kind", "geom", "occurred_at", "substance", "release", "weather", "casualties",
    "accident_grade", "response_level", "warning_level", "exercise", "enterprise_id",
    "hazard_source_id", "caller", "channel", "received_at", "address", "direct_loss_yuan",
    "measures", "requests", "site_contact", "course",
)  # fmt: skip
"""Fields of an incident that a line names where they change."""


def said(
    layer: str, op: str, before: Row, after: Row, *, hidden: Collection[str] = ()
) -> Line | None:
    """Return a change as a message without words, or None where nothing can be said of it.

    Parameters
    ----------
    before, after
        The row as the journal keeps it; empty where there was none.
    hidden
        Fields whose content the reader may not see.
    """
    if op == "load":
        return None
    tell = _LINES.get(layer)
    if tell is None:
        known = layer if layer in _NAMED else "other"
        return _line(f"{op}.{known}")
    shown_before, shown_after = (
        {name: value for name, value in row.items() if name not in hidden}
        for row in (before, after)
    )
    return tell(shown_before, shown_after)


def _line(code: str, **params: Any) -> Line:
    return {"code": f"log.{code}", "params": params}


def _short(text: Any) -> str:
    words = "" if text is None else str(text)
    return words if len(words) <= SHORT else words[: SHORT - 1] + "…"


def _changed(before: Row, after: Row, name: str) -> bool:
    return before.get(name) != after.get(name)


def _incident(before: Row, after: Row) -> Line:
    if not before:
        return _line("incident.reported", title=_short(after.get("title")))
    if not after:
        return _line("incident.removed", title=_short(before.get("title")))
    if _changed(before, after, "plan_id"):
        return _line("incident.plan_accepted" if after.get("plan_id") else "incident.plan_released")
    if _changed(before, after, "status"):
        return _line(f"incident.status_{after.get('status')}")
    fields = [name for name in CORRECTED if _changed(before, after, name)]
    if not fields:
        return _line("incident.touched")
    why = _short(after.get("change_reason"))
    named = [{"code": f"log.field.{name}", "params": {}} for name in fields]
    return _line("incident.corrected", fields=named, why=why)


def _note(before: Row, after: Row) -> Line:
    if before.get("struck_at") is None and after.get("struck_at") is not None:
        return _line("note.struck", reason=_short(after.get("struck_reason")))
    text, files = _short(after.get("text")), len(after.get("documents") or ())
    if before:
        return _line("note.changed", text=text)
    return _line(f"note.{after.get('kind')}", text=text, files=files or None)


def _decision(before: Row, after: Row) -> Line:
    kind = {"code": f"log.decision_kind.{after.get('kind')}", "params": {}}
    state = after.get("state")
    return _line(
        f"decision.{state}", kind=kind, text=_short(after.get("text")),
        by=after.get("drafted_by"), reason=_short(after.get("reason")),
    )  # fmt: skip


def _call(before: Row, after: Row) -> Line:
    # The place that is called; whom there, and the number, are read where they are guarded.
    name = _short(after.get("feature_name") or after.get("purpose"))
    if not before:
        return _line("call.listed", name=name)
    return _line(f"call.{after.get('result')}", name=name, note=_short(after.get("note")))


def _task(before: Row, after: Row) -> Line:
    # The team may be of a region that the reader does not see: only what the task is called.
    kind = {"code": f"log.task_kind.{after.get('kind')}", "params": {}}
    title = _short(after.get("title"))
    if before and not _changed(before, after, "state"):
        return _line("task.changed", kind=kind, title=title)
    reason = _short(after.get("state_reason"))
    return _line(f"task.{after.get('state')}", kind=kind, title=title, reason=reason)


def _assessment(before: Row, after: Row) -> Line:
    if after.get("what_if"):
        return _line("assessment.what_if", label=_short(after.get("label")))
    return _line("assessment.made", label=_short(after.get("label")))


def _closure(before: Row, after: Row) -> Line:
    name = _short(after.get("name") or after.get("reason"))
    if not before:
        return _line("road_closure.closed", name=name)
    if before.get("lifted_at") is None and after.get("lifted_at") is not None:
        return _line("road_closure.lifted", name=name)
    return _line("road_closure.changed", name=name)


def _alert(before: Row, after: Row) -> Line:
    if before:
        return _line("alert.over")
    return _line(f"alert.{after.get('kind')}")


def _proposal(before: Row, after: Row) -> Line:
    values = dict((after.get("body") or {}).get("values") or {})
    state = after.get("state")
    if before and state != "open":
        return _line(f"proposal.{state}", reason=_short(after.get("closed_why")))
    names = ("value", "unit", "level", "from_deg", "to_deg", "station")
    return _line(f"proposal.{after.get('reason')}", **{name: values.get(name) for name in names})


def _deadline(before: Row, after: Row) -> Line:
    what = {"code": f"log.report.{after.get('what')}", "params": {}}
    missed = after.get("missed_at") is not None and before.get("missed_at") is None
    return _line("deadline.missed" if missed else "deadline.met", what=what)


def _bulletin(before: Row, after: Row) -> Line:
    what = {"code": f"log.report.{(after or before).get('kind')}", "params": {}}
    if not after:
        return _line("bulletin.dropped", what=what)
    if after.get("signed_at") is not None and before.get("signed_at") is None:
        return _line("bulletin.signed", what=what, signer=_short(after.get("signer")))
    return _line("bulletin.worded" if before else "bulletin.drafted", what=what)


def _plot(before: Row, after: Row) -> Line:
    row = after or before
    properties = row.get("properties") or {}
    label = _short(properties.get("label") or properties.get("text"))
    kind = {"code": f"log.plot_kind.{row.get('kind')}", "params": {}}
    if not before:
        return _line("plot.drawn", kind=kind, label=label)
    return _line("plot.changed" if after else "plot.removed", kind=kind, label=label)


_LINES: Mapping[str, Callable[[Row, Row], Line]] = {
    "incident": _incident,
    "note": _note,
    "decision": _decision,
    "call": _call,
    "task": _task,
    "assessment": _assessment,
    "road_closure": _closure,
    "alert": _alert,
    "proposal": _proposal,
    "deadline": _deadline,
    "bulletin": _bulletin,
    "plot": _plot,
}
_NAMED = frozenset({
    "calculation_sheet", "sheet_signature", "document", "site_plan", "watch_area", "contact",
    "task_item", "task_route", "plot_conflict", "bookmark",
})  # fmt: skip

"""Which grade the rules give an accident (事故等级), for a person to take over or not.

Three judgements that never share a field: the accident's grade by dead, seriously hurt and direct
loss (国务院令第493号 第三条), whether people at risk make it 较大涉险 (安监总局令第21号
第二十六条), and the grade of an environmental incident by people moved (国办函〔2014〕119号). The
response level and the warning level are set by the plan and by the forecaster: nothing here gives
them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

Message = dict[str, Any]

ORDER_493, ORDER_21, PLAN_119 = "order_493_3", "order_21_26", "plan_119"

DEAD = (30, 10, 3)
SERIOUS = (100, 50, 10)
LOSS_YUAN = (100_000_000, 50_000_000, 10_000_000)
MOVED = (50_000, 10_000, 5_000)
"""The least of grade 1, 2 and 3: "以上" includes the number itself; below the last it is 4."""

IN_DANGER = 10
TRAPPED_OR_MISSING = 3
EVACUATED = 500


@dataclass(frozen=True, kw_only=True)
class Counts:
    """People as last counted, each field by itself; None is unknown, and never 0."""

    dead: int | None = None
    missing: int | None = None
    serious: int | None = None
    poisoned: int | None = None
    trapped: int | None = None
    in_danger: int | None = None
    evacuated: int | None = None


@dataclass(frozen=True)
class Judgement:
    """What a rule gives: a grade ("1" is the worst), or None where it gives none, and why."""

    grade: str | None
    reasons: tuple[Message, ...]


@dataclass(frozen=True)
class AtRisk:
    """Whether people or places at risk raise it, why, and what a person has to look at."""

    raised: bool
    reasons: tuple[Message, ...]
    to_check: tuple[Message, ...]


def last_counts(timeline: Iterable[Mapping[str, Any]]) -> Counts:
    """Return the newest number of each field over all counts of a timeline.

    A count may correct one number and say nothing of the others, which stay. Counts are in the
    order of their moments, RFC 3339 with any offset; one without a moment keeps its place after
    the one before it.
    """
    names = set(asdict(Counts()))
    ordered, moment = [], dt.datetime.min.replace(tzinfo=dt.UTC)
    for place, count in enumerate(timeline):
        if count.get("at") is not None:
            moment = dt.datetime.fromisoformat(str(count["at"]))
        ordered.append((moment, place, count))
    counts = Counts()
    for _, _, count in sorted(ordered, key=lambda each: each[:2]):
        known = {name: count[name] for name in names & count.keys() if count[name] is not None}
        counts = replace(counts, **known)
    return counts


def of_accident(counts: Counts, *, direct_loss_yuan: float | None = None) -> Judgement:
    """Return the accident's grade: the worst of dead, seriously hurt and direct loss decides.

    Acute industrial poisoning counts as serious injury. Who is missing is not dead: it is told,
    and does not count. Nothing known, or nobody and nothing harmed, is no grade.
    """
    found: list[tuple[str, Message]] = []
    if counts.dead:
        found.append(_step("dead", counts.dead, DEAD))
    hurt = (counts.serious or 0) + (counts.poisoned or 0)
    if hurt:
        parts = {"serious": counts.serious or 0, "poisoned": counts.poisoned or 0}
        found.append(_step("serious", hurt, SERIOUS, parts=parts))
    if direct_loss_yuan:
        found.append(_step("loss", direct_loss_yuan, LOSS_YUAN))
    reasons = [said for _, said in sorted(found, key=lambda each: each[0])]
    if counts.missing:
        reasons.append(_said("missing", ORDER_493, count=counts.missing))
    if not found:
        nothing = all(
            value is None
            for value in (counts.dead, counts.serious, counts.poisoned, direct_loss_yuan)
        )
        reasons.append(_said("unknown" if nothing else "no_harm", ORDER_493))
    return Judgement(min((grade for grade, _ in found), default=None), tuple(reasons))


def at_risk(
    counts: Counts,
    *,
    important_place: bool | None = None,
    serious_pollution: bool | None = None,
    modelled_people: int | None = None,
    modelled_targets: int = 0,
) -> AtRisk:
    """Say whether it is a 较大涉险事故, and what only a person can judge.

    Parameters
    ----------
    important_place, serious_pollution
        What a person judged of (五) and (四); None: nobody has.
    modelled_people, modelled_targets
        Whom and what a plan finds inside its zones: never a reason by itself, but to be looked at.
    """
    lost = (counts.trapped or 0) + (counts.missing or 0)
    danger = max(counts.in_danger or 0, lost)
    reasons = []
    if danger >= IN_DANGER:
        reasons.append(_said("in_danger", ORDER_21, count=danger, least=IN_DANGER))
    if lost >= TRAPPED_OR_MISSING:
        reasons.append(
            _said("trapped", ORDER_21, count=lost, trapped=counts.trapped or 0,
                  missing=counts.missing or 0, least=TRAPPED_OR_MISSING)
        )  # fmt: skip
    if (counts.evacuated or 0) >= EVACUATED:
        reasons.append(_said("evacuated", ORDER_21, count=counts.evacuated, least=EVACUATED))
    if serious_pollution:
        reasons.append(_said("pollution", ORDER_21))
    if important_place:
        reasons.append(_said("important_place", ORDER_21))
    checks = []
    if counts.in_danger is None and (modelled_people or 0) >= IN_DANGER and danger < IN_DANGER:
        checks.append(_said("check_people", ORDER_21, count=modelled_people, least=IN_DANGER))
    if important_place is None and modelled_targets:
        checks.append(_said("check_place", ORDER_21, count=modelled_targets))
    if serious_pollution is None:
        checks.append(_said("check_pollution", ORDER_21))
    return AtRisk(bool(reasons), tuple(reasons), tuple(checks))


def of_environment(counts: Counts) -> Judgement:
    """Return the grade of an environmental incident by the people moved because of it."""
    if counts.evacuated is None:
        return Judgement(None, (_said("moved_unknown", PLAN_119),))
    if counts.evacuated == 0:
        return Judgement(None, (_said("moved_none", PLAN_119),))
    grade, said = _step("moved", counts.evacuated, MOVED, source=PLAN_119)
    return Judgement(grade, (said,))


def _step(
    code: str,
    value: float,
    least: tuple[int, int, int],
    *,
    source: str = ORDER_493,
    parts: Mapping[str, int] | None = None,
) -> tuple[str, Message]:
    """Return the grade of a number by its three bounds, and the reason."""
    grade = next((str(n) for n, bound in enumerate(least, 1) if value >= bound), "4")
    # "4" has an upper bound only: what it stays below is told instead.
    bound = least[int(grade) - 1] if grade != "4" else least[-1]
    named = {"code": f"value.incident.accident_grade.{grade}", "params": {}}
    form = code if grade != "4" else f"{code}_below"
    return grade, {
        **_said(form, source, count=value, least=bound, grade=named, **(parts or {})),
        "grade": grade,
    }


def _said(code: str, source: str, **params: Any) -> Message:
    return {
        "code": f"duty.grade.{code}",
        "params": params,
        "source": {"code": f"duty.source.{source}", "params": {}},
    }

"""From a gathered case to the answer that a commander reads: greedy at once, or the best."""

from __future__ import annotations

import datetime as dt
import time
from collections import defaultdict
from typing import Literal

from analysis.dispatch.case import Case
from analysis.dispatch.demand import Answer, Assignment, CoverLost, Met, Solved
from analysis.dispatch.greedy import greedy
from analysis.dispatch.optimum import LIMIT_S, Optimum, optimum
from analysis.dispatch.problem import HUNDREDTHS, Amounts, lost, score, used
from analysis.dispatch.why import Reasons

By = Literal["greedy", "optimal"]


def answered(case: Case, *, by: By = "greedy", limit_s: float = LIMIT_S) -> Answer:
    """Solve a case. Both ways give one shape; the second is never worse than the first."""
    begun = time.perf_counter()
    first = greedy(case.problem)
    best = optimum(case.problem, first, limit_s=limit_s) if by == "optimal" else None
    amounts = first if best is None else best.amounts
    reasons = Reasons(case, amounts)
    return Answer(
        assignments=_assignments(case, amounts, reasons),
        demands=_met(case, amounts, reasons),
        cover_lost=_cover_lost(case, amounts),
        solved=_solved(case, first, best, time.perf_counter() - begun),
        approaches=case.goals,
        messages=case.messages,
    )


def _assignments(case: Case, amounts: Amounts, reasons: Reasons) -> tuple[Assignment, ...]:
    chances = {(c.wanted, c.source, c.thing): i for i, c in enumerate(case.possible)}
    found = []
    for offer, grains in sorted(amounts.items()):
        chance = case.draft.behind[offer]
        want, source = case.asked[chance.wanted], case.sources[chance.source]
        index = chances[chance.wanted, chance.source, chance.thing]
        by_line = index in case.by_line
        seconds = None if by_line else round(case.time_s[index], 1)
        found.append(
            Assignment(
                incident=case.places[want.place].id,
                demand=want.demand.id,
                layer=source.layer,
                id=source.id,
                name=source.name,
                name_en=source.name_en,
                kind=source.kind,
                what=want.demand.what,
                item=chance.item,
                amount=want.amount(grains),
                unit=want.demand.unit,
                vehicle=chance.vehicle,
                by="line" if by_line else "road",
                lon=source.lon,
                lat=source.lat,
                travel_time_s=seconds,
                arrives_at=None if seconds is None else case.now + dt.timedelta(seconds=seconds),
                stock_id=chance.thing.name if chance.thing.what == "stock" else None,
                why=reasons.of_offer(offer),
            )
        )
    return tuple(found)


def _met(case: Case, amounts: Amounts, reasons: Reasons) -> tuple[Met, ...]:
    got: dict[int, int] = defaultdict(int)
    seconds: dict[int, list[float]] = defaultdict(list)
    for offer, grains in amounts.items():
        one = case.problem.offers[offer]
        got[one.need] += grains
        seconds[one.need].append(float(one.time_s))
    by_line = {case.possible[i].wanted for i in case.by_line}
    found = []
    for index, want in enumerate(case.asked):
        times = [] if index in by_line else seconds[index]
        found.append(
            Met(
                incident=case.places[want.place].id,
                demand=want.demand,
                matched=tuple(sorted(want.matched)),
                met=want.amount(got[index]),
                missing=round(want.demand.amount - want.amount(got[index]), 9),
                first_s=min(times, default=None),
                full_s=max(times, default=None),
                reasons=reasons.of_need(index, got[index]),
            )
        )
    return tuple(found)


def _cover_lost(case: Case, amounts: Amounts) -> tuple[CoverLost, ...]:
    gone = lost(case.problem, used(case.problem, amounts))
    return tuple(
        CoverLost(
            stations=tuple(
                (case.sources[s].id, case.sources[s].name) for s in sorted(each.cover.stations)
            ),
            kind=each.kind,
            minutes=case.cover_minutes,
            places=each.places,
            people=each.people,
            people_unknown=each.people_unknown,
            cost_s=each.cover.cost_s,
        )
        for each in (case.covered[index] for index in gone)
    )


def _solved(case: Case, first: Amounts, best: Optimum | None, seconds: float) -> Solved:
    greedy_score = score(case.problem, first)
    final = greedy_score if best is None else best.score
    whole = sum(need.worth * need.amount for need in case.problem.needs)
    return Solved(
        by="greedy" if best is None else "optimal",
        status="greedy" if best is None else best.status,
        greedy=greedy_score.cost / HUNDREDTHS,
        best=final.cost / HUNDREDTHS,
        bound=None if best is None or best.bound is None else best.bound / HUNDREDTHS,
        gap=None if best is None else best.gap,
        unmet=round(final.unmet / whole, 6) if whole else 0.0,
        seconds=round(seconds, 3),
    )

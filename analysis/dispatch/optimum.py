"""The best answer within a time: OR-Tools' CP-SAT, begun from the greedy answer.

Two searches: what is unmet is made least first, and with that held, the cost. So no saving of
time is ever bought with something that could have been brought. The solver runs in this process,
on its own threads and without Python's lock; few at once (the server counts them), bounded in time
and memory. A model is checked before it is solved, and an answer before it is shown: what does not
hold, or is worse than the greedy one, is not taken.
"""

from __future__ import annotations

import math
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from analysis.dispatch.problem import Problem, Score, holds, score

if TYPE_CHECKING:
    from ortools.sat.python import cp_model

LIMIT_S = 2.0
UNMET_SHARE = 0.3
WORKERS = 2
SEED = 1
MEMORY_MB = 1024

Status = Literal["optimal", "feasible", "greedy"]


@dataclass(frozen=True, kw_only=True)
class Optimum:
    """An answer and how good it is known to be.

    `status`: "optimal" (proven), "feasible" (the best found in the time), "greedy" (nothing better
    was found). `bound` is the least cost that is possible for what is met, in hundredths of
    weighted seconds; None where even the most that can be met is not proven. `gap` is the share of
    the cost that may still be saved.
    """

    amounts: dict[int, int]
    score: Score
    status: Status
    bound: int | None
    seconds: float

    @property
    def gap(self) -> float | None:
        """Return (cost - bound) / cost, 0 where there is no cost, None where nothing is proven."""
        if self.bound is None:
            return None
        if self.score.cost <= 0:
            return 0.0
        return max(0.0, (self.score.cost - self.bound) / self.score.cost)


def optimum(
    problem: Problem,
    begin: Mapping[int, int],
    *,
    limit_s: float = LIMIT_S,
    workers: int = WORKERS,
    seed: int = SEED,
) -> Optimum:
    """Return the best answer found within `limit_s`; never worse than `begin`, which must hold.

    Where the search ends before the limit it gives the same answer each time.
    """
    # The import takes 0.4 s; a server that is never asked never pays it.
    from ortools.sat.python import cp_model

    start = time.perf_counter()
    best = {offer: amount for offer, amount in begin.items() if amount > 0}
    least = _least_unmet(problem)
    proven_unmet = score(problem, best).unmet <= least
    model = _Model(problem, cp_model)
    if not proven_unmet:
        model.model.minimize(model.unmet)
        answer, bound, proven_unmet = model.solved(
            best, _settings(cp_model, UNMET_SHARE * limit_s, workers, seed)
        )
        best = _better(problem, best, answer)
    model.hold(score(problem, best).unmet)
    model.model.minimize(model.cost)
    left_s = limit_s - (time.perf_counter() - start)
    answer, bound, proven = model.solved(best, _settings(cp_model, left_s, workers, seed))
    found = _better(problem, best, answer)
    better = score(problem, found) < score(problem, dict(begin))
    return Optimum(
        amounts=found,
        score=score(problem, found),
        status="optimal" if proven and proven_unmet else "feasible" if better else "greedy",
        bound=bound if proven_unmet else None,
        seconds=time.perf_counter() - start,
    )


def _least_unmet(problem: Problem) -> int:
    """Return what must stay unmet even if every pool could serve each need by itself."""
    least = 0
    for index, need in enumerate(problem.needs):
        supply = sum(problem.most(offer) for offer in problem.of_need.get(index, ()))
        least += need.worth * max(0, need.amount - supply)
    return least


def _better(problem: Problem, one: dict[int, int], other: dict[int, int] | None) -> dict[int, int]:
    if other is None or not holds(problem, other):
        return one
    return other if score(problem, other) < score(problem, one) else one


def _settings(cp_model: Any, seconds: float, workers: int, seed: int) -> cp_model.CpSolver:
    solver = cp_model.CpSolver()
    solver.parameters.max_time_in_seconds = max(seconds, 0.05)
    solver.parameters.num_workers = workers
    solver.parameters.random_seed = seed
    solver.parameters.max_memory_in_mb = MEMORY_MB
    solver.parameters.catch_sigint_signal = False
    return solver  # type: ignore[no-any-return]


class _Model:
    """A problem as CP-SAT reads it: an amount and a yes or no for each offer."""

    def __init__(self, problem: Problem, cp_model: Any) -> None:
        self.problem = problem
        self.cp_model = cp_model
        self.model = cp_model.CpModel()
        self.amount: list[Any] = []
        self.goes: list[Any] = []
        self.extra: dict[Any, Any] = {}
        for index in range(len(problem.offers)):
            amount = self.model.new_int_var(0, problem.most(index), f"amount{index}")
            goes = self.model.new_bool_var(f"goes{index}")
            self.model.add(amount >= 1).only_enforce_if(goes)
            self.model.add(amount == 0).only_enforce_if(~goes)
            self.amount.append(amount)
            self.goes.append(goes)
        self._limits()
        self.cost = self._cost()
        self.unmet = sum(need.worth * need.amount for need in problem.needs) - self._met()

    def hold(self, unmet: int) -> None:
        """Leave no more unmet than this."""
        self.model.add(self.unmet <= unmet)

    def solved(
        self, hint: Mapping[int, int], solver: cp_model.CpSolver
    ) -> tuple[dict[int, int] | None, int | None, bool]:
        """Return the answer, a bound of the objective, and whether the answer is proven best."""
        self._hint(hint)
        status = solver.solve(self.model)
        if status not in (self.cp_model.OPTIMAL, self.cp_model.FEASIBLE):
            return None, None, False
        answer = {i: int(solver.value(amount)) for i, amount in enumerate(self.amount)}
        bound = math.ceil(solver.best_objective_bound - 1e-6)
        return {i: n for i, n in answer.items() if n}, bound, status == self.cp_model.OPTIMAL

    def _hint(self, amounts: Mapping[int, int]) -> None:
        self.model.clear_hints()
        for index, (amount, goes) in enumerate(zip(self.amount, self.goes, strict=True)):
            self.model.add_hint(amount, amounts.get(index, 0))
            self.model.add_hint(goes, amounts.get(index, 0) > 0)

    def _limits(self) -> None:
        problem, model = self.problem, self.model
        for pool, offers in problem.of_pool.items():
            model.add(sum(self.amount[o] for o in offers) <= problem.pools[pool].amount)
        for need, offers in problem.of_need.items():
            model.add(sum(self.amount[o] for o in offers) <= problem.needs[need].amount)
        for pools in problem.of_source.values():
            whole = [o for p in pools if problem.pools[p].whole for o in problem.of_pool.get(p, ())]
            if not whole:
                continue
            model.add_at_most_one(self.goes[o] for o in whole)
            parts = [p for p in pools if not problem.pools[p].whole]
            for offer in (o for p in parts for o in problem.of_pool.get(p, ())):
                for taken in whole:
                    model.add_implication(self.goes[taken], ~self.goes[offer])

    def _met(self) -> Any:
        worth = [need.worth for need in self.problem.needs]
        return sum(
            worth[offer.need] * amount
            for offer, amount in zip(self.problem.offers, self.amount, strict=True)
        )

    def _cost(self) -> Any:
        problem, weights = self.problem, self.problem.weights
        first, full = problem.hundredths(weights.first), problem.hundredths(weights.full)
        trip = problem.hundredths(weights.trip)
        terms: list[Any] = []
        for need, offers in problem.of_need.items():
            priority = problem.needs[need].priority
            terms += self._times(offers, priority * first, priority * full)
            terms += [priority * trip * problem.offers[o].time_s * self.goes[o] for o in offers]
        for incident, offers in problem.of_incident.items():
            priority = problem.priority[incident]
            terms += self._times(offers, priority * first, priority * full)
        return sum(terms) + self._lost()

    def _times(self, offers: Sequence[int], first: int, full: int) -> list[Any]:
        """Return the cost of the first and of the last arrival of some offers; none, no cost."""
        model = self.model
        seconds = [self.problem.offers[o].time_s for o in offers]
        latest = model.new_int_var(0, max(seconds), "")
        for offer, at in zip(offers, seconds, strict=True):
            model.add(latest >= at).only_enforce_if(self.goes[offer])
        leads = [model.new_bool_var("") for _ in offers]
        anybody = model.new_bool_var("")
        for lead, offer in zip(leads, offers, strict=True):
            model.add_implication(lead, self.goes[offer])
            model.add_implication(self.goes[offer], anybody)
        model.add(sum(leads) == anybody)
        soonest = sum(at * lead for at, lead in zip(seconds, leads, strict=True))
        return [first * soonest, full * latest]

    def _lost(self) -> Any:
        """Return the cost of the covers whose stations are all away."""
        problem, model = self.problem, self.model
        wanted = {station for cover in problem.covers for station in cover.stations}
        stays = {source: self._stays(source) for source in sorted(wanted)}
        terms = []
        for cover in problem.covers:
            gone = model.new_bool_var("")
            model.add_bool_or([gone, *(stays[s] for s in sorted(cover.stations))])
            terms.append(problem.hundredths(1.0, cover.cost_s) * gone)
        return sum(terms)

    def _stays(self, source: int) -> Any:
        """Return a yes or no that can be yes only while the source keeps a unit of each group."""
        problem, model = self.problem, self.model
        stays = model.new_bool_var("")
        for pool in problem.of_source.get(source, ()):
            if problem.pools[pool].whole:
                for offer in problem.of_pool.get(pool, ()):
                    model.add_implication(self.goes[offer], ~stays)
        for group in problem.stays.get(source, ()):
            there = sum(problem.pools[p].amount for p in group)
            taken = [self.amount[o] for p in group for o in problem.of_pool.get(p, ())]
            model.add(sum(taken) <= there - 1).only_enforce_if(stays)
        return stays

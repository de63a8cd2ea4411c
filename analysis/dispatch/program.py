"""A dispatch as a program for CP-SAT: an amount and a yes or no for each offer.

The first and the last arrival of a need are each one of the moments at which somebody could
arrive, chosen by a yes or no, and not a number that is pushed up by those who go: that is what
lets the solver prove its answer in the time there is (a bound of the other form stays at half the
cost). A last arrival before which not enough can have come is ruled out beforehand.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from analysis.dispatch.problem import Problem

if TYPE_CHECKING:
    from ortools.sat.python import cp_model


class Found(NamedTuple):
    """What a search ended with: amounts (None where none), a bound, whether it is proven best."""

    amounts: dict[int, int] | None
    bound: int | None
    proven: bool


def least_unmet(problem: Problem) -> int:
    """Return what must stay unmet even if every pool could serve each need by itself."""
    return sum(
        need.worth * (need.amount - _reachable(problem, index))
        for index, need in enumerate(problem.needs)
    )


def _reachable(problem: Problem, need: int) -> int:
    supply = sum(problem.most(offer) for offer in problem.of_need.get(need, ()))
    return min(problem.needs[need].amount, supply)


class Program:
    """The variables and rows of a problem; `cp_model` is OR-Tools' module."""

    def __init__(self, problem: Problem, cp_model: Any, *, most_met: bool) -> None:
        """Build the program; with `most_met` every need gets all that its offers could bring."""
        self.problem = problem
        self.cp_model = cp_model
        self.most_met = most_met
        self.model = cp_model.CpModel()
        self.amount: list[Any] = []
        self.goes: list[Any] = []
        for index in range(len(problem.offers)):
            most = problem.most(index)
            amount = self.model.new_int_var(0, most, f"amount{index}")
            goes = self.model.new_bool_var(f"goes{index}")
            self.model.add(amount <= most * goes)
            self.model.add(amount >= goes)
            self.amount.append(amount)
            self.goes.append(goes)
        self._limits()
        self.cost = self._cost()
        self.unmet = sum(need.worth * need.amount for need in problem.needs) - self._met()

    def hold(self, unmet: int) -> None:
        """Leave no more unmet than this."""
        self.model.add(self.unmet <= unmet)

    def least(self, objective: Any, hint: Mapping[int, int], solver: cp_model.CpSolver) -> Found:
        """Search for the least of an objective, beginning from an answer."""
        self.model.minimize(objective)
        self.model.clear_hints()
        for index, (amount, goes) in enumerate(zip(self.amount, self.goes, strict=True)):
            self.model.add_hint(amount, hint.get(index, 0))
            self.model.add_hint(goes, hint.get(index, 0) > 0)
        status = solver.solve(self.model)
        if status not in (self.cp_model.OPTIMAL, self.cp_model.FEASIBLE):
            return Found(None, None, False)
        answer = {i: int(solver.value(amount)) for i, amount in enumerate(self.amount)}
        bound = math.ceil(solver.best_objective_bound - 1e-6)
        amounts = {index: amount for index, amount in answer.items() if amount}
        return Found(amounts, bound, status == self.cp_model.OPTIMAL)

    def _limits(self) -> None:
        problem, model = self.problem, self.model
        for pool, offers in problem.of_pool.items():
            model.add(sum(self.amount[o] for o in offers) <= problem.pools[pool].amount)
        for need, offers in problem.of_need.items():
            met = sum(self.amount[o] for o in offers)
            if self.most_met:
                model.add(met == _reachable(problem, need))
            else:
                model.add(met <= problem.needs[need].amount)
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
            enough = _reachable(problem, need) if self.most_met else 0
            terms += self._times(offers, priority * first, priority * full, enough)
            terms += [priority * trip * problem.offers[o].time_s * self.goes[o] for o in offers]
        for incident, offers in problem.of_incident.items():
            priority = problem.priority[incident]
            terms += self._times(offers, priority * first, priority * full, 0)
        return sum(terms) + self._lost()

    def _times(self, offers: Sequence[int], first: int, full: int, enough: int) -> list[Any]:
        """Return the cost of the first and of the last arrival of some offers; none, no cost.

        `enough` is how much of them must come in any case.
        """
        model = self.model
        at: dict[int, list[int]] = defaultdict(list)
        for offer in offers:
            at[self.problem.offers[offer].time_s].append(offer)
        moments = sorted(at)
        leads = {moment: model.new_bool_var("") for moment in moments}
        ends = {moment: model.new_bool_var("") for moment in moments}
        anybody = model.new_bool_var("")
        model.add(sum(leads.values()) == anybody)
        model.add(sum(ends.values()) == anybody)
        come = 0
        for index, moment in enumerate(moments):
            here = [self.goes[offer] for offer in at[moment]]
            model.add(sum(here) >= leads[moment])
            model.add(sum(here) >= ends[moment])
            come += sum(self.problem.most(offer) for offer in at[moment])
            if come < enough:
                model.add(ends[moment] == 0)
            later = sum(ends[each] for each in moments[index:])
            for goes in here:
                model.add(later >= goes)
        return [
            term
            for moment in moments
            for term in (first * moment * leads[moment], full * moment * ends[moment])
        ]

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
            model.add(sum(taken) + stays <= there)
        return stays

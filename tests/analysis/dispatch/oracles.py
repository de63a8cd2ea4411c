"""Random small dispatches, and two other ways to the best answer: all tried, and scipy's milp."""

from __future__ import annotations

import itertools

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp

from analysis.dispatch.problem import (
    Cover,
    Need,
    Offer,
    Pool,
    Problem,
    Score,
    Weights,
    holds,
    score,
)


def random_problem(seed: int, *, sources: int = 4, needs: int = 3, most: int = 3) -> Problem:
    """Return a dispatch of a few stations, some of which can be sent whole."""
    rng = np.random.default_rng(seed)
    pools: list[Pool] = []
    stays: dict[int, tuple[tuple[int, ...], ...]] = {}
    for source in range(sources):
        parts = []
        for _ in range(int(rng.integers(1, 3))):
            parts.append(len(pools))
            pools.append(Pool(source=source, amount=int(rng.integers(1, most + 1))))
        stays[source] = (tuple(parts),)
        if rng.random() < 0.4:
            pools.append(Pool(source=source, amount=1, whole=True))
    asked = []
    for _ in range(needs):
        incident = int(rng.integers(0, 2))
        asked.append(Need(incident=incident, amount=int(rng.integers(1, 4)), priority=incident + 1))
    time_s = rng.integers(60, 2000, size=(sources, 2))
    offers = [
        Offer(p, n, int(time_s[pool.source, asked[n].incident]))
        for n in range(needs)
        for p, pool in enumerate(pools)
        if rng.random() < 0.55
    ]
    covers = tuple(
        Cover(
            stations=frozenset(
                rng.choice(sources, int(rng.integers(1, 3)), replace=False).tolist()
            ),
            cost_s=float(rng.integers(10, 900)),
        )
        for _ in range(3)
    )
    return Problem(
        needs=tuple(asked),
        pools=tuple(pools),
        offers=tuple(sorted(offers, key=lambda o: (o.need, o.time_s, o.pool))),
        covers=covers,
        stays=stays,
        weights=Weights(first=1.0, full=0.5, trip=0.05),
    )


def by_trying_all(problem: Problem) -> Score:
    """Return the score of the best of all answers that hold."""
    choices = [range(problem.most(offer) + 1) for offer in range(len(problem.offers))]
    answers = (dict(enumerate(amounts)) for amounts in itertools.product(*choices))
    return min(score(problem, answer) for answer in answers if holds(problem, answer))


class _Rows:
    """A mixed-integer program that grows: columns with bounds and costs, rows of coefficients."""

    def __init__(self) -> None:
        self.upper: list[float] = []
        self.rows: list[tuple[dict[int, float], float, float]] = []

    def column(self, upper: float) -> int:
        self.upper.append(upper)
        return len(self.upper) - 1

    def row(self, terms: dict[int, float], low: float, high: float) -> None:
        self.rows.append((terms, low, high))

    def least(self, objective: dict[int, float]) -> np.ndarray:
        count = len(self.upper)
        matrix = np.zeros((len(self.rows), count))
        for index, (terms, _, _) in enumerate(self.rows):
            for column, value in terms.items():
                matrix[index, column] = value
        cost = np.zeros(count)
        for column, value in objective.items():
            cost[column] = value
        result = milp(
            cost,
            constraints=LinearConstraint(
                matrix, [low for _, low, _ in self.rows], [high for _, _, high in self.rows]
            ),
            integrality=np.ones(count),
            bounds=Bounds(0, np.array(self.upper)),
            options={"mip_rel_gap": 0.0},
        )
        assert result.success, result.message
        return np.asarray(result.x)


def by_milp(problem: Problem) -> Score:
    """Return the least unmet and then the least cost, by scipy's HiGHS and big-M rows."""
    rows = _Rows()
    amount = [rows.column(problem.most(o)) for o in range(len(problem.offers))]
    goes = [rows.column(1) for _ in problem.offers]
    for o in range(len(problem.offers)):
        rows.row({amount[o]: 1, goes[o]: -1}, 0, np.inf)
        rows.row({amount[o]: 1, goes[o]: -problem.most(o)}, -np.inf, 0)
    for p, offers in problem.of_pool.items():
        rows.row({amount[o]: 1 for o in offers}, 0, problem.pools[p].amount)
    for n, offers in problem.of_need.items():
        rows.row({amount[o]: 1 for o in offers}, 0, problem.needs[n].amount)
    for pools in problem.of_source.values():
        by_whole = {
            problem.pools[p].whole: [
                o for q in pools if problem.pools[q].whole == problem.pools[p].whole
                for o in problem.of_pool.get(q, ())
            ]
            for p in pools
        }  # fmt: skip
        for w in by_whole.get(True, []):
            for o in by_whole.get(False, []):
                rows.row({goes[w]: 1, goes[o]: 1}, 0, 1)
        if by_whole.get(True):
            rows.row({goes[w]: 1 for w in by_whole[True]}, 0, 1)
    cost = _cost(problem, rows, amount, goes)
    worth = {amount[i]: -problem.needs[o.need].worth / 1e6 for i, o in enumerate(problem.offers)}
    best = rows.least(worth)
    met = sum(-value * round(best[column]) for column, value in worth.items())
    rows.row({column: -value for column, value in worth.items()}, met - 1e-6, np.inf)
    found = rows.least(cost)
    answer = {o: round(found[column]) for o, column in enumerate(amount)}
    assert holds(problem, answer)
    return score(problem, answer)


def _cost(problem: Problem, rows: _Rows, amount: list[int], goes: list[int]) -> dict[int, float]:
    weights, cost = problem.weights, {}
    for n, offers in problem.of_need.items():
        priority = problem.needs[n].priority
        cost |= _times(problem, rows, goes, offers, priority)
        for o in offers:
            trip = problem.hundredths(weights.trip) * problem.offers[o].time_s
            cost[goes[o]] = cost.get(goes[o], 0) + priority * trip
    for incident, offers in problem.of_incident.items():
        cost |= _times(problem, rows, goes, offers, problem.priority[incident])
    for cover in problem.covers:
        lost = rows.column(1)
        stays = {}
        for source in cover.stations:
            stays[source] = rows.column(1)
            for p in problem.of_source.get(source, ()):
                if problem.pools[p].whole:
                    for o in problem.of_pool.get(p, ()):
                        rows.row({goes[o]: 1, stays[source]: 1}, 0, 1)
            for group in problem.stays.get(source, ()):
                there = sum(problem.pools[p].amount for p in group)
                taken = {amount[o]: 1.0 for p in group for o in problem.of_pool.get(p, ())}
                rows.row({**taken, stays[source]: 1.0}, -np.inf, there)
        rows.row({lost: 1, **dict.fromkeys(stays.values(), 1)}, 1, np.inf)
        cost[lost] = problem.hundredths(1.0, cover.cost_s)
    return cost


def _times(
    problem: Problem, rows: _Rows, goes: list[int], offers: list[int], priority: int
) -> dict[int, float]:
    latest = rows.column(1e5)
    leads = {o: rows.column(1) for o in offers}
    for o in offers:
        rows.row({latest: 1, goes[o]: -problem.offers[o].time_s}, 0, np.inf)
        rows.row({goes[o]: 1, leads[o]: -1}, 0, 1)
        rows.row({**{leads[p]: 1 for p in offers}, goes[o]: -1}, 0, np.inf)
    weights = problem.weights
    cost = {latest: float(priority * problem.hundredths(weights.full))}
    for o, column in leads.items():
        cost[column] = priority * problem.hundredths(weights.first) * problem.offers[o].time_s
    return cost

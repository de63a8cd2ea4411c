"""The first answer: need by need, whoever is there soonest and is missed least where it stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from analysis.dispatch.problem import Amounts, Problem, score

ROUNDS = 60
WORK = 20_000
"""How often `improved` tries, less often where there are many offers; numbers and not a time, so
that the answer is the same each time."""

MOST_UNDONE = 4


def greedy(problem: Problem) -> dict[int, int]:
    """Return how many grains each offer brings; the same problem gives the same answer.

    Needs come by priority, then the one that has least to choose from, then as they were listed.
    Each takes the soonest offer, a station's last unit counting as later by what its cover costs.
    """
    needs = sorted(range(len(problem.needs)), key=lambda need: _urgency(problem, need))
    return _filled(problem, {}, needs)


def improved(
    problem: Problem, amounts: Amounts, *, rounds: int = ROUNDS, seed: int = 1
) -> dict[int, int]:
    """Undo a few needs and fill them in another order, again and again; keep what is better.

    Greedy answers lose where needs compete; a solver that begins from a better answer ends with a
    better one (large neighbourhood search: Shaw 1998, doi 10.1007/3-540-49481-2_30).
    """
    random = np.random.default_rng(seed)
    best, least = dict(amounts), score(problem, amounts)
    affordable = min(rounds, WORK // max(len(problem.offers), 1))
    for _ in range(affordable if len(problem.needs) > 1 else 0):
        count = min(int(random.integers(2, MOST_UNDONE + 1)), len(problem.needs))
        undone = random.choice(len(problem.needs), count, replace=False).tolist()
        kept = {o: n for o, n in best.items() if problem.offers[o].need not in undone}
        tried = _filled(problem, kept, undone)
        if (told := score(problem, tried)) < least:
            best, least = tried, told
    return best


def _filled(problem: Problem, kept: Amounts, needs: Sequence[int]) -> dict[int, int]:
    """Return an answer that keeps some of another and fills the needs in order."""
    state = _State(problem)
    for offer, amount in kept.items():
        state.take(offer, amount)
    for need in needs:
        short = problem.needs[need].amount
        while short > 0 and (best := state.best(need, short)) is not None:
            offer, amount = best
            state.take(offer, amount)
            short -= amount
    return {offer: amount for offer, amount in sorted(state.taken.items()) if amount > 0}


def _urgency(problem: Problem, need: int) -> tuple[int, float, int]:
    one = problem.needs[need]
    supply = sum(problem.most(offer) for offer in problem.of_need.get(need, ()))
    return -one.priority, supply / max(one.amount, 1), need


@dataclass
class _State:
    """What is left while the answer grows."""

    problem: Problem
    taken: dict[int, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        problem = self.problem
        self.left = [pool.amount for pool in problem.pools]
        self.away: set[int] = set()
        self.covers: dict[int, list[int]] = {}
        for index, cover in enumerate(problem.covers):
            for station in cover.stations:
                self.covers.setdefault(station, []).append(index)

    def best(self, need: int, short: int) -> tuple[int, int] | None:
        """Return the offer to take next and how much of it, or None where nothing is left."""
        found: list[tuple[float, int, int]] = []
        for offer in self.problem.of_need.get(need, ()):
            one = self.problem.offers[offer]
            left = self.left[one.pool]
            if not left:
                continue
            free = self._free(one.pool)
            late_s = 0.0 if free > 0 else self._missed_s(one.pool)
            amount = min(short, free if free > 0 and self._missed_s(one.pool) else left)
            found.append((one.time_s + late_s, offer, amount))
        if not found:
            return None
        _, offer, amount = min(found)
        return offer, amount

    def take(self, offer: int, amount: int) -> None:
        """Take so much of an offer."""
        pool = self.problem.offers[offer].pool
        self.taken[offer] = self.taken.get(offer, 0) + amount
        self.left[pool] -= amount
        source = self.problem.pools[pool].source
        if self.problem.pools[pool].whole:
            for other in self.problem.of_source[source]:
                self.left[other] = 0
        else:
            for other in self.problem.of_source[source]:
                if self.problem.pools[other].whole:
                    self.left[other] = 0
        if self.problem.pools[pool].whole or any(
            sum(self.left[p] for p in group) <= 0 for group in self.problem.stays.get(source, ())
        ):
            self.away.add(source)

    def _free(self, pool: int) -> int:
        """Return how much of a pool can go while its source still stands by."""
        one = self.problem.pools[pool]
        if one.source in self.away:
            return self.left[pool]
        if one.whole:
            return 0
        groups = [g for g in self.problem.stays.get(one.source, ()) if pool in g]
        return min([self.left[pool], *(sum(self.left[p] for p in g) - 1 for g in groups)])

    def _missed_s(self, pool: int) -> float:
        """Return what it costs that the source of a pool goes too."""
        source = self.problem.pools[pool].source
        if source in self.away:
            return 0.0
        away = self.away | {source}
        return sum(
            self.problem.covers[index].cost_s
            for index in self.covers.get(source, ())
            if self.problem.covers[index].stations <= away
        )

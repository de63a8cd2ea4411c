"""The question of a dispatch in whole numbers: who may bring how much of what, and what it costs.

Nothing here knows a map: pools that can be used up once, needs, and offers of the one to the
other with a travel time. Both solvers and the tests' oracles read it, and one function judges
every answer.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

SHARE = 10**9
"""What a need that is met in full is worth, before its incident's priority."""

HUNDREDTHS = 100


@dataclass(frozen=True, kw_only=True)
class Weights:
    """What the seconds of an answer weigh against each other; planning values of ours, shown.

    `first` and `full`: the time until the first help and until the last of it, each once a need
    and once an incident. `trip`: the travel time of every trip, so that nobody goes for nothing.
    `cover_place_s`: what it costs that a station's own place is left without cover, in seconds;
    `cover_person_s`: that a person is.
    """

    first: float = 1.0
    full: float = 1.0
    trip: float = 0.05
    cover_place_s: float = 120.0
    cover_person_s: float = 0.06


@dataclass(frozen=True, kw_only=True)
class Need:
    """So many grains of something for an incident; `priority` is the incident's, 1 to 9."""

    incident: int
    amount: int
    priority: int = 1

    @property
    def worth(self) -> int:
        """What each grain is worth: needs count by the share that is met, not by their size."""
        return max(1, SHARE * self.priority // max(self.amount, 1))


@dataclass(frozen=True, kw_only=True)
class Pool:
    """What a source has of one thing. `whole`: the source itself, which nobody else then uses."""

    source: int
    amount: int
    whole: bool = False


class Offer(NamedTuple):
    """A pool that may serve a need; it arrives after whole seconds."""

    pool: int
    need: int
    time_s: int


@dataclass(frozen=True, kw_only=True)
class Cover:
    """Places that the same stations keep covered, and what it costs where none of them stays.

    `cost_s` is in weighted seconds. A station stays while each of its `stays` groups of pools
    keeps a unit.
    """

    stations: frozenset[int]
    cost_s: float


class Score(NamedTuple):
    """How good an answer is: first what it leaves unmet, then its cost in hundredths of seconds."""

    unmet: int
    cost: int


@dataclass(frozen=True, kw_only=True)
class Problem:
    """Pools, needs, offers, cover and weights. `stays[source]` lists groups of pools.

    A source that is in no `stays` always stays. Offers are sorted by need, then time, then pool.
    """

    needs: tuple[Need, ...]
    pools: tuple[Pool, ...]
    offers: tuple[Offer, ...]
    covers: tuple[Cover, ...] = ()
    stays: Mapping[int, tuple[tuple[int, ...], ...]] = field(default_factory=dict)
    weights: Weights = Weights()

    @cached_property
    def of_need(self) -> dict[int, list[int]]:
        """The offers of each need, soonest first."""
        return _grouped((offer.need, index) for index, offer in enumerate(self.offers))

    @cached_property
    def of_pool(self) -> dict[int, list[int]]:
        """The offers of each pool."""
        return _grouped((offer.pool, index) for index, offer in enumerate(self.offers))

    @cached_property
    def of_source(self) -> dict[int, list[int]]:
        """The pools of each source."""
        return _grouped((pool.source, index) for index, pool in enumerate(self.pools))

    @cached_property
    def of_incident(self) -> dict[int, list[int]]:
        """The offers of each incident."""
        return _grouped((self.needs[o.need].incident, i) for i, o in enumerate(self.offers))

    @cached_property
    def priority(self) -> dict[int, int]:
        """The priority of each incident."""
        return {need.incident: need.priority for need in self.needs}

    def most(self, offer: int) -> int:
        """Return the most that an offer can bring."""
        one = self.offers[offer]
        return min(self.pools[one.pool].amount, self.needs[one.need].amount)

    def hundredths(self, weight: float, seconds: float = 1.0) -> int:
        """Return a weight times seconds as both solvers count it."""
        return round(HUNDREDTHS * weight * seconds)


def _grouped(pairs: Iterable[tuple[int, int]]) -> dict[int, list[int]]:
    found: dict[int, list[int]] = defaultdict(list)
    for key, value in pairs:
        found[key].append(value)
    return dict(found)


Amounts = Mapping[int, int]
"""How many grains each offer brings; an offer that brings none may be left out."""


def used(problem: Problem, amounts: Amounts) -> dict[int, int]:
    """Return how much is taken from each pool."""
    taken: dict[int, int] = defaultdict(int)
    for offer, amount in amounts.items():
        taken[problem.offers[offer].pool] += amount
    return dict(taken)


def gone(problem: Problem, taken: Mapping[int, int]) -> frozenset[int]:
    """Return the sources that no longer stand by at their place."""
    left = {i: pool.amount - taken.get(i, 0) for i, pool in enumerate(problem.pools)}
    away = {pool.source for i, pool in enumerate(problem.pools) if pool.whole and taken.get(i)}
    for source, groups in problem.stays.items():
        if any(sum(left[pool] for pool in group) <= 0 for group in groups):
            away.add(source)
    return frozenset(away)


def lost(problem: Problem, taken: Mapping[int, int]) -> list[int]:
    """Return the covers that lose their last station."""
    away = gone(problem, taken)
    return [i for i, cover in enumerate(problem.covers) if cover.stations <= away]


def score(problem: Problem, amounts: Amounts) -> Score:
    """Judge an answer; the less the better, what is unmet before what it costs."""
    weights = problem.weights
    got: dict[int, int] = defaultdict(int)
    times: dict[int, list[int]] = defaultdict(list)
    for offer, amount in amounts.items():
        if amount > 0:
            one = problem.offers[offer]
            got[one.need] += amount
            times[one.need].append(one.time_s)
    unmet = sum(need.worth * (need.amount - got[i]) for i, need in enumerate(problem.needs))
    first, full = problem.hundredths(weights.first), problem.hundredths(weights.full)
    trip = problem.hundredths(weights.trip)
    cost = 0
    incidents: dict[int, list[int]] = defaultdict(list)
    for index, seconds in times.items():
        need = problem.needs[index]
        incidents[need.incident] += seconds
        cost += need.priority * (first * min(seconds) + full * max(seconds) + trip * sum(seconds))
    for incident, seconds in incidents.items():
        cost += problem.priority[incident] * (first * min(seconds) + full * max(seconds))
    covers = lost(problem, used(problem, amounts))
    cost += sum(problem.hundredths(1.0, problem.covers[i].cost_s) for i in covers)
    return Score(unmet, cost)


def holds(problem: Problem, amounts: Amounts) -> bool:
    """Say whether an answer takes nothing twice, nothing that is not there, and no more than asked.

    Every answer passes here before anybody sees it, whoever made it.
    """
    taken = used(problem, amounts)
    if any(amount < 0 or amount > problem.most(offer) for offer, amount in amounts.items()):
        return False
    if any(amount > problem.pools[pool].amount for pool, amount in taken.items()):
        return False
    got: dict[int, int] = defaultdict(int)
    for offer, amount in amounts.items():
        got[problem.offers[offer].need] += amount
    if any(got[i] > need.amount for i, need in enumerate(problem.needs)):
        return False
    for pools in problem.of_source.values():
        whole = sum(bool(taken.get(i)) for i in pools if problem.pools[i].whole)
        parts = sum(bool(taken.get(i)) for i in pools if not problem.pools[i].whole)
        if whole and (parts or whole > 1):
            return False
    return True

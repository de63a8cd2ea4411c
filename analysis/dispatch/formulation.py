"""From what incidents ask for and who has it to a problem in whole numbers, and back."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from analysis.dispatch import words
from analysis.dispatch.demand import Demand, Place, Source
from analysis.dispatch.problem import Need, Offer, Pool
from analysis.dispatch.vehicles import vehicle_of
from layers import quantity

GRAINS = 6
"""An amount is counted in steps of a power of ten: the greatest demand, or all that there is where
that is less, has 10^5 to 10^6 of them."""

MOST_GRAINS = 10**8
OFFERS = 2_400
"""Offers that are weighed in all, shared evenly among the demands: the bound of every solver."""


CONSIDERED = 12
SUPPLY_FACTOR = 2.0
"""Of the offers to a need the soonest `CONSIDERED` are weighed, and as many more as it takes to
have `SUPPLY_FACTOR` times what all demands of its sort ask for together."""


class Thing(NamedTuple):
    """What a pool is of: a kind of pool, and the name or row."""

    what: str
    name: str


class Wanted(NamedTuple):
    """One demand of one incident: `matched` are the names on record, `near` what looks like it.

    `step` is how much a grain is, in the base unit of the demand's dimension.
    """

    place: int
    demand: Demand
    matched: frozenset[str]
    near: tuple[str, ...]
    step: float

    @property
    def base(self) -> float:
        """Return how much is asked for, in the base unit of its dimension."""
        return self.demand.amount * quantity.unit(self.demand.unit).factor

    @property
    def grains(self) -> int:
        """Return how many grains are asked for; far more than there are count as so many."""
        return min(math.ceil(self.base / self.step - 1e-9), MOST_GRAINS)

    def amount(self, grains: int) -> float:
        """Return so many grains in the demand's own unit, never more than it asks for."""
        held = grains * self.step / quantity.unit(self.demand.unit).factor
        return min(round(held, 9), self.demand.amount)


class Chance(NamedTuple):
    """A source that could serve a demand with something: an offer before it has a time."""

    wanted: int
    source: int
    thing: Thing
    item: str
    amount: int
    vehicle: str


def wanted(
    places: Sequence[Place], sources: Sequence[Source], items: Sequence[str]
) -> list[Wanted]:
    """Return every demand with the names that it means and its step."""
    known = {
        "team": {source.kind for source in sources if source.layer == "team"},
        "skill": {skill for source in sources for skill in source.skills},
        "vehicle": {kind for source in sources for kind in source.vehicles},
        "stock": set(items),
    }
    known["people"] = known["team"]
    found = [
        Wanted(index, demand, *words.match(demand.name, known[demand.what], demand.what), 1.0)
        for index, place in enumerate(places)
        for demand in place.demand
    ]
    return [
        want._replace(step=step) for want, step in zip(found, _steps(found, sources), strict=True)
    ]


def _steps(asked: Sequence[Wanted], sources: Sequence[Source]) -> list[float]:
    """Return the step of each demand; those that may draw on the same stock have one step."""
    groups: list[tuple[str, frozenset[str], list[int]]] = []
    for index, want in enumerate(asked):
        if want.demand.what != "stock":
            continue
        dimension = quantity.unit(want.demand.unit).dimension
        mine = [g for g in groups if g[0] == dimension and g[1] & want.matched]
        names = want.matched.union(*(names for _, names, _ in mine))
        members = [index, *(i for *_, held in mine for i in held)]
        groups = [g for g in groups if g not in mine] + [(dimension, names, members)]
    steps = [1.0] * len(asked)
    for dimension, names, members in groups:
        most = max(asked[i].base for i in members)
        there = _there(sources, dimension, names)
        most = min(most, there) if there > 0.0 else most
        for index in members:
            steps[index] = 10.0 ** (math.floor(math.log10(most)) + 1 - GRAINS)
    return steps


def _there(sources: Sequence[Source], dimension: str, names: Collection[str]) -> float:
    """Return how much of some items there is in all, in the base unit of a dimension."""
    found = 0.0
    for held in (held for source in sources for held in source.stock if held.item in names):
        unit = quantity.unit(held.unit)
        found += held.quantity * unit.factor if unit.dimension == dimension else 0.0
    return found


def chances(asked: Sequence[Wanted], sources: Sequence[Source]) -> list[Chance]:
    """Return who has what of each demand; who lies in a zone has no chance."""
    return [
        Chance(index, number, thing, item, amount, vehicle_of(source, item))
        for index, want in enumerate(asked)
        for number, source in enumerate(sources)
        if not source.inside_zone
        for thing, item, amount in things(want, source)
        if amount > 0
    ]


def things(want: Wanted, source: Source) -> Iterator[tuple[Thing, str, int]]:
    """Yield what a source has of a demand: the thing, its name on record, and grains of it."""
    what = want.demand.what
    if what == "stock":
        yield from _stored(want, source)
    elif source.layer != "team":
        return
    elif what == "vehicle":
        for kind in sorted(want.matched & source.vehicles.keys()):
            yield Thing("vehicle", kind), kind, source.vehicles[kind]
    elif what == "people":
        if source.kind in want.matched and source.people is not None:
            yield Thing("people", ""), source.kind, source.people
    elif source.whole:
        names = want.matched & ({source.kind} if what == "team" else set(source.skills))
        for name in sorted(names)[:1]:
            yield Thing("team", ""), name, 1


def _stored(want: Wanted, source: Source) -> Iterator[tuple[Thing, str, int]]:
    """Yield the rows of a store that count, in a unit that converts into the one asked for."""
    dimension = quantity.unit(want.demand.unit).dimension
    for held in source.stock:
        there = quantity.unit(held.unit)
        if held.item in want.matched and there.dimension == dimension:
            grains = math.floor(held.quantity * there.factor / want.step + 1e-9)
            yield Thing("stock", held.id), held.item, min(grains, MOST_GRAINS)


@dataclass(frozen=True, kw_only=True)
class Draft:
    """The parts of a problem, and the chance behind each of its offers."""

    needs: tuple[Need, ...]
    pools: tuple[Pool, ...]
    offers: tuple[Offer, ...]
    behind: tuple[Chance, ...]
    stays: dict[int, tuple[tuple[int, ...], ...]]


def draft(
    places: Sequence[Place],
    asked: Sequence[Wanted],
    sources: Sequence[Source],
    possible: Sequence[Chance],
    time_s: Sequence[float],
) -> Draft:
    """Return the pools, needs and offers of a dispatch; `time_s` is finite where one can come."""
    kept = _soonest(asked, possible, time_s)
    pools: dict[tuple[int, Thing], int] = {}
    most: list[Pool] = []
    for chance, _ in kept:
        key = chance.source, chance.thing
        if key not in pools:
            pools[key] = len(most)
            whole = chance.thing.what == "team"
            most.append(Pool(source=chance.source, amount=chance.amount, whole=whole))
    offers = sorted(
        (Offer(pools[c.source, c.thing], c.wanted, math.ceil(seconds)), c) for c, seconds in kept
    )
    offers.sort(key=lambda pair: (pair[0].need, pair[0].time_s, pair[0].pool))
    return Draft(
        needs=tuple(
            Need(incident=want.place, amount=want.grains, priority=places[want.place].priority)
            for want in asked
        ),
        pools=tuple(most),
        offers=tuple(offer for offer, _ in offers),
        behind=tuple(chance for _, chance in offers),
        stays=_stays(sources, pools),
    )


def _soonest(
    asked: Sequence[Wanted], possible: Sequence[Chance], time_s: Sequence[float]
) -> list[tuple[Chance, float]]:
    """Return the chances of each demand that are weighed, the soonest first."""
    by_need: dict[int, list[tuple[float, Chance]]] = defaultdict(list)
    for chance, seconds in zip(possible, time_s, strict=True):
        if math.isfinite(seconds):
            by_need[chance.wanted].append((seconds, chance))
    total: dict[tuple[str, str], int] = defaultdict(int)
    for want in asked:
        total[_sort(want)] += want.grains
    kept = []
    most = max(CONSIDERED, OFFERS // max(len(asked), 1))
    for need, found in sorted(by_need.items()):
        supply = 0
        for rank, (seconds, chance) in enumerate(sorted(found)[:most]):
            if rank >= CONSIDERED and supply >= SUPPLY_FACTOR * total[_sort(asked[need])]:
                break
            supply += chance.amount
            kept.append((chance, seconds))
    return kept


def _sort(want: Wanted) -> tuple[str, str]:
    """Return what competes with a demand for the same sources."""
    return want.demand.what, quantity.unit(want.demand.unit).dimension


def _stays(
    sources: Sequence[Source], pools: Mapping[tuple[int, Thing], int]
) -> dict[int, tuple[tuple[int, ...], ...]]:
    """Return for each team the groups of pools of which it must keep one to stand by.

    A team keeps a vehicle and somebody to drive it. Vehicles of kinds that nobody asks for stay.
    """
    found: dict[int, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    for (source, thing), pool in pools.items():
        if thing.what in ("vehicle", "people"):
            found[source][thing.what].append(pool)
    stays = {}
    for source, groups in found.items():
        asked = {thing.name for s, thing in pools if s == source and thing.what == "vehicle"}
        spare = any(n for kind, n in sources[source].vehicles.items() if kind not in asked)
        kept = [tuple(group) for what, group in groups.items() if what != "vehicle" or not spare]
        if kept:
            stays[source] = tuple(kept)
    return stays

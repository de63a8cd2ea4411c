"""Why these and no others, in codes and parameters; the words are the server's."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Literal

import numpy as np

from analysis.dispatch.case import Case
from analysis.dispatch.demand import Place, Source
from analysis.dispatch.formulation import Wanted
from analysis.dispatch.problem import Amounts, gone, used
from analysis.roads.plane import distance_m
from analysis.scenario import Message
from layers import quantity
from layers.tasks.commitments import measure

TOLD = 3
"""Of those who are nearer and do not come, how many are told of each choice."""

Hindrance = Literal["inside_zone", "committed", "no_path", "no_road_near", "other_unit"]


class Reasons:
    """Why each offer of an answer was taken, and why a demand stays unmet."""

    def __init__(self, case: Case, amounts: Amounts) -> None:
        self.case = case
        self.amounts = amounts
        self.taken = used(case.problem, amounts)
        self.away = gone(case.problem, self.taken)
        self.air_m = [_air_m(place, case.sources) for place in case.places]
        self.hindered = {need: list(self._hindrances(need)) for need in range(len(case.asked))}

    def of_offer(self, offer: int) -> tuple[Message, ...]:
        """Return why an offer was taken: its rank, and why those before it were not."""
        problem = self.case.problem
        one = problem.offers[offer]
        offers = problem.of_need[one.need]
        own = self._source(offer)
        # Of one station, rows and kinds of vehicles are no rivals of each other.
        before = [other for other in offers[: offers.index(offer)] if self._source(other) != own]
        passed = {self._source(other): other for other in reversed(before) if self._has_more(other)}
        told = sorted(passed.values(), key=before.index)[:TOLD]
        first = self._first(offer, before, told)
        skipped = [self._passed(other) for other in told]
        return (first, *skipped, *self._nearer_hindered(offer))

    def of_need(self, need: int, met: int) -> tuple[Message, ...]:
        """Return why a demand is not met in full; nothing where it is."""
        want = self.case.asked[need]
        if met >= want.grains:
            return ()
        if not want.matched:
            near = {"name": want.demand.name, "near": list(want.near)}
            return (Message(code="dispatch.unmet.unknown", params=near),)
        return tuple(self._short(need, want))

    def _first(self, offer: int, before: list[int], passed: list[int]) -> Message:
        problem = self.case.problem
        one = problem.offers[offer]
        whole = self.amounts[offer] >= problem.needs[one.need].amount
        if passed:
            code = "further"
        elif before:
            code = "next"
        elif whole:
            code = "nearest_enough"
        else:
            code = "nearest_part" if self._has_more(offer) else "nearest"
        rank = len({self._source(other) for other in before}) + 1
        return Message(code=f"dispatch.why.{code}", params={"rank": rank})

    def _source(self, offer: int) -> int:
        """Return whose an offer is."""
        return self.case.problem.pools[self.case.problem.offers[offer].pool].source

    def _has_more(self, offer: int) -> bool:
        """Say whether an offer could have brought more to its need than it does."""
        return self.amounts.get(offer, 0) < self.case.problem.most(offer)

    def _passed(self, offer: int) -> Message:
        """Return why an offer that is sooner does not bring more."""
        problem = self.case.problem
        one = problem.offers[offer]
        source = self._source(offer)
        name = {"name": _name(self.case.sources[source])}
        elsewhere = self._elsewhere(one.pool, one.need)
        if elsewhere is not None:
            return Message(code="dispatch.why.nearer_elsewhere", params=name | elsewhere)
        places, people = self._would_lose(one.pool)
        if places:
            params = name | {"places": places, "people": people}
            return Message(code="dispatch.why.nearer_keeps_cover", params=params)
        return Message(code="dispatch.why.nearer_not_better", params=name)

    def _elsewhere(self, pool: int, need: int) -> dict[str, str] | None:
        """Return which other demand has what is left of a pool's source, or None."""
        problem = self.case.problem
        one = problem.pools[pool]
        rivals = [
            offer
            for other in problem.of_source[one.source]
            for offer in problem.of_pool.get(other, ())
            if self.amounts.get(offer, 0)
            and problem.offers[offer].need != need
            and (other == pool or one.whole or problem.pools[other].whole)
        ]
        full = one.whole or self.taken.get(pool, 0) >= one.amount
        whole = any(problem.pools[problem.offers[o].pool].whole for o in rivals)
        if not rivals or not (full or whole):
            return None
        want = self.case.asked[problem.offers[rivals[0]].need]
        return {"incident": self.case.places[want.place].id, "demand": want.demand.id}

    def _would_lose(self, pool: int) -> tuple[int, int]:
        """Return the places and people that lose cover if a pool gives one more unit."""
        problem = self.case.problem
        more = {**self.taken, pool: self.taken.get(pool, 0) + 1}
        away = gone(problem, more)
        lost = [
            each
            for each in self.case.covered
            if each.cover.stations <= away and not each.cover.stations <= self.away
        ]
        return sum(each.places for each in lost), sum(each.people for each in lost)

    def _nearer_hindered(self, offer: int) -> list[Message]:
        """Return who is nearer by air and cannot come, the nearest first."""
        one = self.case.problem.offers[offer]
        source = self._source(offer)
        away_m = self.air_m[self.case.asked[one.need].place]
        nearer = sorted(
            (away_m[number], number, hindrance)
            for number, hindrance in self.hindered[one.need]
            if number != source and away_m[number] < away_m[source]
        )
        return [
            Message(
                code=f"dispatch.why.nearer_{hindrance}",
                params={"name": _name(self.case.sources[number])},
            )
            for _, number, hindrance in nearer[:TOLD]
        ]

    def _hindrances(self, need: int) -> Iterator[tuple[int, Hindrance]]:
        """Yield the sources that have, or had, what a demand wants and cannot bring it."""
        want = self.case.asked[need]
        able: dict[int, int] = {}
        for index, chance in enumerate(self.case.possible):
            if chance.wanted == need:
                able[chance.source] = index
        for number, source in enumerate(self.case.sources):
            if not _had(want, source):
                continue
            if source.inside_zone:
                yield number, "inside_zone"
            elif number not in able:
                yield number, "committed" if _same_unit(want, source) else "other_unit"
            elif not np.isfinite(self.case.time_s[able[number]]):
                no_path = self.case.reason[able[number]] == "no_path"
                yield number, "no_path" if no_path else "no_road_near"

    def _farther(self, need: int) -> int:
        """Return how many could come and were not weighed, for there are so many nearer ones."""
        able = sum(
            chance.wanted == need and bool(np.isfinite(self.case.time_s[index]))
            for index, chance in enumerate(self.case.possible)
        )
        return able - len(self.case.problem.of_need.get(need, ()))

    def _short(self, need: int, want: Wanted) -> Iterator[Message]:
        problem = self.case.problem
        there: Mapping[int, int] = {
            problem.offers[offer].pool: problem.most(offer)
            for offer in problem.of_need.get(need, ())
        }
        if sum(there.values()) < want.grains:
            amount = {"amount": want.amount(sum(there.values())), "unit": measure(want.demand.unit)}
            yield Message(code="dispatch.unmet.too_little", params=amount)
        counts = Counter[str](hindrance for _, hindrance in self.hindered[need])
        for hindrance, count in sorted(counts.items()):
            yield Message(code=f"dispatch.unmet.{hindrance}", params={"count": count})
        farther = self._farther(need)
        if farther:
            yield Message(code="dispatch.unmet.farther", params={"count": farther})
        if any(self._elsewhere(pool, need) for pool in there):
            yield Message(code="dispatch.unmet.elsewhere")


def _air_m(place: Place, sources: Sequence[Source]) -> list[float]:
    """Return how far each source is from an incident by air, in metres."""
    lonlat = np.array([[one.lon, one.lat] for one in sources], np.float64).reshape(-1, 2)
    away_m: list[float] = distance_m(lonlat, np.array([place.lon, place.lat])).tolist()
    return away_m


def _had(want: Wanted, source: Source) -> bool:
    """Say whether a source is of the sort that a demand wants, whatever is left of it."""
    match want.demand.what:
        case "stock":
            return any(held.item in want.matched for held in source.stock)
        case "skill":
            return bool(want.matched & set(source.skills))
        case "vehicle":
            return bool(want.matched & source.vehicles.keys())
        case _:
            return source.layer == "team" and source.kind in want.matched


def _same_unit(want: Wanted, source: Source) -> bool:
    if want.demand.what != "stock":
        return True
    return any(
        held.item in want.matched and quantity.same_dimension(held.unit, want.demand.unit)
        for held in source.stock
    )


def _name(source: Source) -> str:
    return source.name or source.name_en or source.id

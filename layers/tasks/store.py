"""From what is asked of a team or a place to the rows that hold it, or who holds it instead."""

from __future__ import annotations

import unicodedata
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session

from layers.models import Team, Vehicle
from layers.quantity import converted, same_dimension
from layers.tasks import refusals
from layers.tasks.available import Available, StockLeft
from layers.tasks.claim import DECIMALS, Claim, Held, amount_of


@dataclass(kw_only=True)
class Store:
    """What is left while orders of one transaction take from it, and what it is called."""

    left: Available
    kinds: Mapping[uuid.UUID, str]
    skills: Mapping[uuid.UUID, Sequence[str]]
    taken: dict[tuple[str, uuid.UUID], float] = field(default_factory=dict)

    def take(self, layer: str, holder: uuid.UUID, claim: Claim) -> list[Held]:
        """Return the lines that meet a claim, and count them as taken.

        Raises
        ------
        ConflictError
            `"short"`: less is left than was asked for.
        InvalidInputError
            The holder has nothing of the kind, its numbers are not on record, or the units are of
            different dimensions.
        OutOfRangeError
            An amount that is none.
        """
        amount = amount_of(claim)
        if layer == "team":
            return self._of_team(holder, claim, amount)
        if claim.what == "stock":
            return self._of_stock(holder, claim, amount)
        if claim.what == "people":
            return [self._places(holder, amount)]
        raise refusals.nothing(layer, claim)

    def _of_team(self, holder: uuid.UUID, claim: Claim, amount: float) -> list[Held]:
        if claim.what == "team":
            return [self._whole(holder, claim)]
        if claim.what == "skill":
            wanted = _folded(claim.item or "")
            if wanted not in map(_folded, self.skills.get(holder, ())):
                raise refusals.unknown(claim, self.skills.get(holder, ()))
            return [self._whole(holder, claim)]
        if claim.what == "people":
            return [self._people(holder, amount)]
        if claim.what == "vehicle":
            return self._vehicles(holder, claim, amount)
        raise refusals.nothing("team", claim)

    def _whole(self, holder: uuid.UUID, claim: Claim) -> Held:
        started = any(self._count(what, holder) for what in ("team", "people", "vehicle"))
        if started or not self.left.teams[holder].whole:
            raise refusals.short(holder, wanted=1, left=0, unit="team", item=claim.item)
        self._add("team", holder, 1)
        return Held(what="team", item=claim.item, amount=1, unit="team")

    def _people(self, holder: uuid.UUID, amount: float) -> Held:
        people = self.left.teams[holder].people
        if people is None:
            raise refusals.unrecorded("people")
        left = 0 if self._count("team", holder) else people - self._count("people", holder)
        if amount > left:
            raise refusals.short(holder, wanted=amount, left=left, unit="person")
        self._add("people", holder, amount)
        return Held(what="people", item=None, amount=amount, unit="person")

    def _places(self, holder: uuid.UUID, amount: float) -> Held:
        if holder not in self.left.places:
            raise refusals.unrecorded("capacity_people")
        left = self.left.places[holder] - self._count("places", holder)
        if amount > left:
            raise refusals.short(holder, wanted=amount, left=left, unit="person")
        self._add("places", holder, amount)
        return Held(what="places", item=None, amount=amount, unit="person")

    def _vehicles(self, holder: uuid.UUID, claim: Claim, amount: float) -> list[Held]:
        team = self.left.teams[holder]
        whole = self._count("team", holder) > 0
        if not team.by_vehicle:
            return [self._uncounted(holder, claim, amount)]
        rows = [
            id for id in team.by_vehicle
            if claim.row in (None, id)
            and (claim.item is None or _folded(self.kinds[id]) == _folded(claim.item))
        ]  # fmt: skip
        if not rows:
            raise refusals.unknown(claim, [self.kinds[id] for id in team.by_vehicle])
        free = {
            id: 0 if whole else team.by_vehicle[id] - self._count("vehicle_row", id) for id in rows
        }
        # A task may hold some of which nobody said the kind: they are of the whole only.
        whole_left = (team.vehicles or 0) - self._count("vehicle", holder)
        parts = _split(free, amount)
        if parts is None or amount > whole_left:
            left = min(sum(free.values()), whole_left)
            raise refusals.short(
                claim.row or holder, wanted=amount, left=left, unit="vehicle", item=claim.item
            )
        for id, part in parts.items():
            self._add("vehicle_row", id, part)
        self._add("vehicle", holder, amount)
        return [
            Held(what="vehicle", item=self.kinds[id], amount=part, unit="vehicle", vehicle_id=id)
            for id, part in parts.items()
        ]

    def _uncounted(self, holder: uuid.UUID, claim: Claim, amount: float) -> Held:
        """Take from a team of which only the number of vehicles is known."""
        vehicles = self.left.teams[holder].vehicles
        if claim.item is not None or claim.row is not None:
            raise refusals.unknown(claim, ())
        if vehicles is None:
            raise refusals.unrecorded("vehicles")
        left = 0 if self._count("team", holder) else vehicles - self._count("vehicle", holder)
        if amount > left:
            raise refusals.short(holder, wanted=amount, left=left, unit="vehicle")
        self._add("vehicle", holder, amount)
        return Held(what="vehicle", item=None, amount=amount, unit="vehicle")

    def _of_stock(self, holder: uuid.UUID, claim: Claim, amount: float) -> list[Held]:
        rows = {id: row for id, row in self.left.stock.items() if row.resource_id == holder}
        chosen = {id: row for id, row in rows.items() if _is_asked(claim, id, row)}
        if not chosen:
            raise refusals.unknown(claim, [row.item for row in rows.values()])
        unit = claim.unit or next(iter(chosen.values())).unit
        same = {id: row for id, row in chosen.items() if same_dimension(unit, row.unit)}
        if not same:
            converted(amount, unit, next(iter(chosen.values())).unit)  # says which units they are
        free = {
            id: converted(row.quantity - self._count("stock", id), row.unit, unit)
            for id, row in same.items()
        }
        parts = _split(free, amount)
        if parts is None:
            id, row = next(iter(same.items()))
            left = sum(free.values())
            raise refusals.short(id, wanted=amount, left=left, unit=unit, item=row.item)
        return [self._draw(id, same[id], part, unit) for id, part in parts.items()]

    def _draw(self, id: uuid.UUID, row: StockLeft, amount: float, unit: str) -> Held:
        left = row.quantity - self._count("stock", id)
        own = min(round(converted(amount, unit, row.unit), DECIMALS), left)
        if own <= 0:
            raise refusals.too_little(amount, unit)
        self._add("stock", id, own)
        return Held(what="stock", item=row.item, amount=own, unit=row.unit, stock_id=id)

    def _count(self, what: str, id: uuid.UUID) -> float:
        return self.taken.get((what, id), 0)

    def _add(self, what: str, id: uuid.UUID, amount: float) -> None:
        self.taken[what, id] = self._count(what, id) + amount


def store(session: Session, left: Available) -> Store:
    """Return what is left with the names by which it is asked for."""
    vehicles = [id for team in left.teams.values() for id in team.by_vehicle]
    kinds = select(Vehicle.id, Vehicle.kind).where(Vehicle.id.in_(vehicles))
    skills = select(Team.id, Team.skills).where(Team.id.in_(left.teams))
    return Store(
        left=left,
        kinds={id: kind for id, kind in session.execute(kinds)},
        skills={id: given or () for id, given in session.execute(skills)},
    )


def _split(free: Mapping[uuid.UUID, float], amount: float) -> dict[uuid.UUID, float] | None:
    """Return how much each row gives: one alone where one has enough, else the first ones."""
    slack = 10**-DECIMALS
    for id, left in free.items():
        if left >= amount - slack:
            return {id: min(amount, left)}
    parts: dict[uuid.UUID, float] = {}
    missing = amount
    for id, left in free.items():
        part = min(left, missing)
        if part > 0:
            parts[id] = part
            missing -= part
        if missing <= slack:
            return parts
    return None


def _is_asked(claim: Claim, id: uuid.UUID, row: StockLeft) -> bool:
    if claim.row is not None:
        return claim.row == id
    return claim.item is not None and _folded(row.item) == _folded(claim.item)


def _folded(word: str) -> str:
    return unicodedata.normalize("NFKC", word).strip().casefold()

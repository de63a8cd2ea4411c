"""From what is asked of a team or a place to the rows that hold it, or who holds it instead."""

from __future__ import annotations

import math
import unicodedata
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from layers.errors import ConflictError, InvalidInputError, OutOfRangeError
from layers.models import Team, Vehicle
from layers.quantity import converted, same_dimension
from layers.tasks.available import Available, StockLeft

MOST = 1e9
DECIMALS = 6
_KNOWN = 20


@dataclass(frozen=True, kw_only=True)
class Claim:
    """What an order asks for: how much of what.

    `what` is `team` (the whole of it), `skill` (a whole team that has the skill `item`), `people`
    (of a team, or places of a shelter), `vehicle` (of the kind `item`, any where it is None) or
    `stock` (of the item `item`). `row` names one row of vehicles or stock where it matters which.
    """

    what: str
    item: str | None = None
    amount: float = 1
    unit: str | None = None
    row: uuid.UUID | None = None


@dataclass(frozen=True, kw_only=True)
class Held:
    """One line of what a task takes, as `TaskItem` keeps it."""

    what: str
    item: str | None
    amount: float
    unit: str
    stock_id: uuid.UUID | None = None
    vehicle_id: uuid.UUID | None = None


class ShortError(ConflictError):
    """Less is left than was asked for; `row` is the stock, vehicle row, team or shelter."""

    def __init__(self, message: str, row: uuid.UUID, **details: Any) -> None:
        super().__init__(message, **details)
        self.row = row


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
        amount = _amount(claim)
        if layer == "team":
            return self._of_team(holder, claim, amount)
        if claim.what == "stock":
            return self._of_stock(holder, claim, amount)
        if claim.what == "people":
            return [self._places(holder, amount)]
        raise _nothing(layer, claim)

    def _of_team(self, holder: uuid.UUID, claim: Claim, amount: float) -> list[Held]:
        if claim.what == "team":
            return [self._whole(holder, claim)]
        if claim.what == "skill":
            wanted = _folded(claim.item or "")
            if wanted not in map(_folded, self.skills.get(holder, ())):
                raise _unknown(claim, self.skills.get(holder, ()))
            return [self._whole(holder, claim)]
        if claim.what == "people":
            return [self._people(holder, amount)]
        if claim.what == "vehicle":
            return self._vehicles(holder, claim, amount)
        raise _nothing("team", claim)

    def _whole(self, holder: uuid.UUID, claim: Claim) -> Held:
        started = any(self._count(what, holder) for what in ("team", "people", "vehicle"))
        if started or not self.left.teams[holder].whole:
            raise _short(holder, wanted=1, left=0, unit="team", item=claim.item)
        self._add("team", holder, 1)
        return Held(what="team", item=claim.item, amount=1, unit="team")

    def _people(self, holder: uuid.UUID, amount: float) -> Held:
        people = self.left.teams[holder].people
        if people is None:
            raise _unrecorded("people")
        left = 0 if self._count("team", holder) else people - self._count("people", holder)
        if amount > left:
            raise _short(holder, wanted=amount, left=left, unit="person")
        self._add("people", holder, amount)
        return Held(what="people", item=None, amount=amount, unit="person")

    def _places(self, holder: uuid.UUID, amount: float) -> Held:
        if holder not in self.left.places:
            raise _unrecorded("capacity_people")
        left = self.left.places[holder] - self._count("places", holder)
        if amount > left:
            raise _short(holder, wanted=amount, left=left, unit="person")
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
            raise _unknown(claim, [self.kinds[id] for id in team.by_vehicle])
        free = {
            id: 0 if whole else team.by_vehicle[id] - self._count("vehicle_row", id) for id in rows
        }
        # A task may hold some of which nobody said the kind: they are of the whole only.
        whole_left = (team.vehicles or 0) - self._count("vehicle", holder)
        parts = _split(free, amount)
        if parts is None or amount > whole_left:
            left = min(sum(free.values()), whole_left)
            raise _short(
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
            raise _unknown(claim, ())
        if vehicles is None:
            raise _unrecorded("vehicles")
        left = 0 if self._count("team", holder) else vehicles - self._count("vehicle", holder)
        if amount > left:
            raise _short(holder, wanted=amount, left=left, unit="vehicle")
        self._add("vehicle", holder, amount)
        return Held(what="vehicle", item=None, amount=amount, unit="vehicle")

    def _of_stock(self, holder: uuid.UUID, claim: Claim, amount: float) -> list[Held]:
        rows = {id: row for id, row in self.left.stock.items() if row.resource_id == holder}
        chosen = {id: row for id, row in rows.items() if _is_asked(claim, id, row)}
        if not chosen:
            raise _unknown(claim, [row.item for row in rows.values()])
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
            raise _short(next(iter(same)), wanted=amount, left=sum(free.values()), unit=unit,
                         item=next(iter(same.values())).item)  # fmt: skip
        return [self._draw(id, same[id], part, unit) for id, part in parts.items()]

    def _draw(self, id: uuid.UUID, row: StockLeft, amount: float, unit: str) -> Held:
        left = row.quantity - self._count("stock", id)
        own = min(round(converted(amount, unit, row.unit), DECIMALS), left)
        if own <= 0:
            raise _too_little(amount, unit)
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


def _amount(claim: Claim) -> float:
    """Return how much is asked for, refused where it is no such amount."""
    amount = float(claim.amount)
    whole = claim.what != "stock"
    if not (math.isfinite(amount) and 0 < amount <= MOST) or (whole and amount % 1):
        raise OutOfRangeError(
            f"amount is {amount}, wanted {'whole, ' if whole else ''}above 0 and at most {MOST:g}",
            field="amount", got=str(claim.amount), minimum=0, maximum=MOST,
        )  # fmt: skip
    if claim.what in ("team", "skill") and amount != 1:
        raise OutOfRangeError(
            f"amount is {amount}, wanted 1: a team is ordered whole", field="amount",
            got=str(claim.amount), minimum=1, maximum=1,
        )  # fmt: skip
    if not whole:
        return amount
    unit = {"people": "person", "vehicle": "vehicle"}.get(claim.what, "team")
    return amount if claim.unit is None else converted(amount, claim.unit, unit)


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


def _short(
    row: uuid.UUID, *, wanted: float, left: float, unit: str, item: str | None = None
) -> ShortError:
    left = max(0.0, round(left, DECIMALS))
    return ShortError(
        f"{wanted:g} {unit} asked for, {left:g} left", row, code="short",
        wanted=wanted, left=left, unit=unit, item=item,
    )  # fmt: skip


def _unknown(claim: Claim, known: Sequence[str]) -> InvalidInputError:
    listed = sorted(set(known))[:_KNOWN]
    return InvalidInputError(
        f"no {claim.what} {claim.item or claim.row}; there is {', '.join(listed) or 'none'}",
        code="no_item", field="item", got=claim.item or str(claim.row or ""), known=listed,
    )  # fmt: skip


def _nothing(layer: str, claim: Claim) -> InvalidInputError:
    wanted = "team, skill, people, vehicle" if layer == "team" else "stock, people"
    return InvalidInputError(
        f"{layer} has no {claim.what}; it has {wanted}", code="bad_claim", field="what",
        got=claim.what, wanted=wanted, layer=layer,
    )  # fmt: skip


def _unrecorded(name: str) -> InvalidInputError:
    return InvalidInputError(
        f"how many there are is not on record ({name}): order the whole, or put it on record",
        code="amount_unrecorded", field=name,
    )  # fmt: skip


def _too_little(amount: float, unit: str) -> OutOfRangeError:
    return OutOfRangeError(
        f"{amount:g} {unit} is too little to be booked", field="amount", got=f"{amount:g} {unit}",
        minimum=10**-DECIMALS, maximum=MOST,
    )  # fmt: skip

"""What an order asks for, and the lines by which a task holds it."""

from __future__ import annotations

import math
import uuid
from dataclasses import dataclass

from layers.errors import OutOfRangeError
from layers.quantity import converted

MOST = 1e9
DECIMALS = 6
"""The greatest amount of anything, and how finely an amount is booked."""


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


def amount_of(claim: Claim) -> float:
    """Return how much is asked for; of stock in the claim's own unit.

    Raises
    ------
    OutOfRangeError
        None or less, a part of a person, vehicle or team, or beyond measure.
    InvalidInputError
        People, vehicles or teams in a unit of something else.
    """
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

"""Why a demand cannot be met, as errors that say what was asked for and what there is."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from layers.errors import ConflictError, InvalidInputError, OutOfRangeError
from layers.tasks.claim import DECIMALS, MOST, Claim

_KNOWN = 20


class ShortError(ConflictError):
    """Less is left than was asked for; `row` is the stock, vehicle row, team or shelter."""

    def __init__(self, message: str, row: uuid.UUID, **details: Any) -> None:
        super().__init__(message, **details)
        self.row = row


def short(
    row: uuid.UUID, *, wanted: float, left: float, unit: str, item: str | None = None
) -> ShortError:
    """Return the refusal of more than is left."""
    left = max(0.0, round(left, DECIMALS))
    return ShortError(
        f"{wanted:g} {unit} asked for, {left:g} left", row, code="short",
        wanted=wanted, left=left, unit=unit, item=item,
    )  # fmt: skip


def unknown(claim: Claim, known: Sequence[str]) -> InvalidInputError:
    """Return the refusal of what the holder has nothing of."""
    listed = sorted(set(known))[:_KNOWN]
    return InvalidInputError(
        f"no {claim.what} {claim.item or claim.row}; there is {', '.join(listed) or 'none'}",
        code="no_item", field="item", got=claim.item or str(claim.row or ""), known=listed,
    )  # fmt: skip


def nothing(layer: str, claim: Claim) -> InvalidInputError:
    """Return the refusal of a kind of claim that the holder's layer cannot meet."""
    wanted = "team, skill, people, vehicle" if layer == "team" else "stock, people"
    return InvalidInputError(
        f"{layer} has no {claim.what}; it has {wanted}", code="bad_claim", field="what",
        got=claim.what, wanted=wanted, layer=layer,
    )  # fmt: skip


def unrecorded(name: str) -> InvalidInputError:
    """Return the refusal of a number where nobody has said how many there are."""
    return InvalidInputError(
        f"how many there are is not on record ({name}): order the whole, or put it on record",
        code="amount_unrecorded", field=name,
    )  # fmt: skip


def too_little(amount: float, unit: str) -> OutOfRangeError:
    """Return the refusal of an amount that is nothing once it is booked."""
    return OutOfRangeError(
        f"{amount:g} {unit} is too little to be booked", field="amount", got=f"{amount:g} {unit}",
        minimum=10**-DECIMALS, maximum=MOST,
    )  # fmt: skip

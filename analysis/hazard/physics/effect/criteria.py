"""Tables of thresholds: which effect a flux, a dose or an overpressure has, by a named source."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from layers.errors import InvalidInputError


@dataclass(frozen=True, kw_only=True)
class Criterion:
    """One line of a table: from `threshold` up there is `effect` (a word of the catalogue)."""

    quantity: str
    threshold: float
    effect: str


def only_given(inputs: Mapping[str, Any], names: Sequence[str], *, model: str) -> str:
    """Return the one of some inputs that was given; refuse none and more than one."""
    given = [name for name in names if inputs[name] is not None]
    if len(given) != 1:
        raise InvalidInputError(
            f"{model}: got {' and '.join(given) or 'nothing'}, wanted one of {', '.join(names)}",
            field=names[0],
            got=", ".join(given) or "nothing",
            wanted=" | ".join(names),
        )
    return given[0]


def judged(table: Sequence[Criterion], quantity: str, value: float) -> dict[str, Any]:
    """Return the highest criterion that a value meets, and the next above it.

    `threshold` and `effect` are None under the lowest line.

    Raises
    ------
    InvalidInputError
        The table has no line for the quantity.
    """
    lines = sorted((c for c in table if c.quantity == quantity), key=lambda c: c.threshold)
    if not lines:
        wanted = ", ".join(sorted({c.quantity for c in table}))
        raise InvalidInputError(
            f"this set judges {wanted}, not {quantity}", field=quantity, got=quantity,
            wanted=wanted,
        )  # fmt: skip
    met = [line for line in lines if value >= line.threshold]
    above = [line for line in lines if value < line.threshold]
    return {
        "threshold": met[-1].threshold if met else None,
        "effect": met[-1].effect if met else None,
        "next_threshold": above[0].threshold if above else None,
        "next_effect": above[0].effect if above else None,
    }


def listed(table: Sequence[Criterion]) -> list[dict[str, Any]]:
    """Return a table as a result shows it, the highest line first."""
    ordered = sorted(table, key=lambda c: (c.quantity, -c.threshold))
    return [{"quantity": c.quantity, "threshold": c.threshold, "effect": c.effect} for c in ordered]

"""Closed roads: closing them, changing what is known, opening them again; which are in force."""

from layers.closures.picking import PICKED_WITHIN_M, Picked, pick
from layers.closures.register import (
    MOST_IN_FORCE,
    change,
    close,
    find,
    in_force,
    lift,
    listed,
    shown,
)

__all__ = [
    "MOST_IN_FORCE", "PICKED_WITHIN_M", "Picked", "change", "close", "find", "in_force", "lift",
    "listed", "pick", "shown",
]  # fmt: skip

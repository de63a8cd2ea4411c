"""Search on whole arrays at once: the top of a hump, the crossing of a falling or rising side."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from analysis.hazard.physics.gaussian.curve import Array

GOLDEN = (math.sqrt(5.0) - 1.0) / 2.0


def top(law: Callable[[Array], Array], low: Array, high: Array, *, rounds: int = 16) -> Array:
    """Return where a law with one hump is highest between two bounds, by golden sections."""
    a, b = np.array(low, float), np.array(high, float)
    left, right = b - GOLDEN * (b - a), a + GOLDEN * (b - a)
    at_left, at_right = law(left), law(right)
    for _ in range(rounds):
        rises = at_left < at_right
        a, b = np.where(rises, left, a), np.where(rises, b, right)
        new = np.where(rises, a + GOLDEN * (b - a), b - GOLDEN * (b - a))
        at_new = law(new)
        kept, at_kept = np.where(rises, right, left), np.where(rises, at_right, at_left)
        left, right = np.where(rises, kept, new), np.where(rises, new, kept)
        at_left, at_right = np.where(rises, at_kept, at_new), np.where(rises, at_new, at_kept)
    return np.asarray(0.5 * (a + b), float)


def crossing(excess: Callable[[Array], Array], over: Array, under: Array, *, rounds: int) -> Array:
    """Return where an excess changes its sign, by halving between a place over and one under."""
    a, b = np.array(over, float), np.array(under, float)
    for _ in range(rounds):
        middle = 0.5 * (a + b)
        is_over = excess(middle) >= 0.0
        a, b = np.where(is_over, middle, a), np.where(is_over, b, middle)
    return np.asarray(0.5 * (a + b), float)


def beyond(excess: Callable[[Array], Array], start: Array, *, doublings: int = 60) -> Array:
    """Return, from a start, a greater argument at which the excess is negative, by doubling."""
    found = np.array(start, float)
    for _ in range(doublings):
        over = excess(found) >= 0.0
        if not bool(over.any()):
            break
        found = np.where(over, 2.0 * found, found)
    return found


def passage(excess: Callable[[Array], Array], middle: Array) -> tuple[Array, Array]:
    """Return when an excess that rises to `middle` and falls after it begins and ends; NaN: never.

    Time starts at 0, when nothing has arrived yet.
    """
    ever = excess(middle) >= 0.0
    after = beyond(excess, 2.0 * np.maximum(middle, 1.0))
    arrives = crossing(excess, middle, np.zeros_like(middle), rounds=48)
    passes = crossing(excess, middle, after, rounds=48)
    return np.where(ever, arrives, np.nan), np.where(ever, passes, np.nan)

"""Barriers that stand on a node of a way: what they let through, and where they part it.

Sources: OSM wiki, Key:barrier and its values (read as data). A barrier where three or more roads
meet says nothing of which it closes; like graphhopper (pull request 2433) we pass over it, and
tell how many there were.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from analysis.roads.source.limits import height_m, weight_t
from analysis.roads.source.tags import access as driven_by

# Passed without stopping, or no obstacle on the road itself.
FREE = frozenset(
    {"entrance", "no", "cattle_grid", "toll_booth", "border_control", "kerb", "arch",
     "height_restrictor", "rumble_strip", "speed_camera", "bump_gate", "coupure", "guard_rail",
     "cable_barrier", "handrail", "retaining_wall"}
)  # fmt: skip
# Opened by who has business there; the way's own tags say who that is.
OPENED = frozenset({"gate", "lift_gate", "swing_gate", "sliding_gate", "sally_port", "spikes",
                    "hampshire_gate", "wicket_gate", "garage door", "yes"})  # fmt: skip
# Taken away, unlocked or lowered by the fire service, and by nobody else.
REMOVED = frozenset({"chain", "rope", "sump_buster", "bus_trap"})
REMOVABLE_BOLLARDS = frozenset({"removable", "foldable", "hinged", "rising", "retractable"})
# What stops people on foot too.
SOLID = frozenset({"wall", "fence", "hedge", "city_wall", "ditch"})
JUNCTION_ARMS = 3


class Barrier(NamedTuple):
    """What a barrier is and who passes: `access` as of a road, "foot" where nobody drives.

    `max_height_m`, `max_weight_t` are NaN where it limits nothing.
    """

    kind: str
    access: str
    walk: bool
    max_height_m: float
    max_weight_t: float


def barrier(tags: Mapping[str, str]) -> Barrier | None:
    """Return what the tags of a node bar, or None where it delays nobody."""
    kind = tags.get("barrier")
    height, weight = height_m(tags.get("maxheight")), weight_t(tags.get("maxweight"))
    if kind is None or (kind in FREE and height is None and weight is None):
        return None
    walk = tags.get("foot", tags.get("access", "no" if kind in SOLID else "yes")) != "no"
    return Barrier(kind, _driven(kind, tags), walk, height or math.nan, weight or math.nan)


def _driven(kind: str, tags: Mapping[str, str]) -> str:
    said = any(key in tags for key in ("motorcar", "motor_vehicle", "vehicle", "access"))
    let_in = driven_by(tags)
    if let_in == "emergency":
        return "emergency"
    if kind in OPENED or kind in FREE:
        locked = let_in == "open" and tags.get("locked") == "yes"
        return "private" if locked else (let_in or "foot")
    if kind in REMOVED or (
        kind == "bollard" and tags.get("bollard") in REMOVABLE_BOLLARDS
    ):  # fmt: skip
        return "emergency"
    return "foot" if let_in is None or not said else let_in


class Parted(NamedTuple):
    """A node that a barrier parts: the roads on its two sides, and which end of each is there."""

    node: int
    near: int
    far: int
    far_is_head: bool


def parted(
    barriers: Mapping[int, Barrier],
    tail: NDArray[np.int64],
    head: NDArray[np.int64],
    driven: NDArray[np.bool_],
) -> tuple[list[Parted], int]:
    """Return where barriers part roads (m, from `tail` to `head`), and how many are passed over.

    A barrier that leaves people through parts the two driven roads that meet at its node; one that
    stops them too parts any two roads. At the far side the node gets a copy.
    """
    nodes = np.fromiter(barriers, np.int64, len(barriers))
    roads = np.arange(len(tail))
    at = np.concatenate([tail, head])
    road, is_head = np.concatenate([roads, roads]), np.repeat([False, True], len(tail))
    near = np.flatnonzero(np.isin(at, nodes))
    near = near[np.lexsort((is_head[near], road[near], at[near]))]
    found, over = [], 0
    for arms in np.split(near, np.flatnonzero(np.diff(at[near])) + 1):
        if not len(arms):
            continue
        node = int(at[arms[0]])
        sides = arms[driven[road[arms]]] if barriers[node].walk else arms
        if len(sides) >= JUNCTION_ARMS:
            over += 1
        elif len(sides) == 2:
            first, second = sides.tolist()
            found.append(
                Parted(node, int(road[first]), int(road[second]), bool(is_head[second]))
            )  # fmt: skip
    return found, over

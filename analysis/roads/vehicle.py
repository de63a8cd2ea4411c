"""What one vehicle may use of a roadbed, and how long each road takes it."""

from __future__ import annotations

import hashlib
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from analysis.roads.profile import Profile
from analysis.roads.roadbed import BACKWARD, FORWARD, HAZMAT, HGV, WALK, Roadbed
from analysis.roads.search import SHORTEST_STEP_S
from analysis.roads.states import BINDS
from layers.errors import InvalidInputError

NOBODY_DRIVES = "foot"
EMERGENCY_ONLY = "emergency"


class Travel(NamedTuple):
    """Roads (m) as a vehicle meets them: seconds, and whether it may go along and against them."""

    time_s: NDArray[np.float64]
    forward: NDArray[np.bool_]
    backward: NDArray[np.bool_]


def travel(bed: Roadbed, profile: Profile, slowness: NDArray[np.float64] | None) -> Travel:
    """Return how a vehicle, or somebody on foot, gets along each road.

    Parameters
    ----------
    slowness : array (m), optional
        Multiplies the time under way: the hour's traffic, or measured speeds. Not what a gate or
        the boarding of a ferry takes.

    Raises
    ------
    InvalidInputError
        `slowness` is of another length, or not positive and finite everywhere.
    """
    may = walkable(bed) if profile.mode == "walk" else _drivable(bed, profile)
    one_way = profile.mode != "walk"
    return Travel(
        _time_s(bed, profile, slowness),
        may & (bed.marked(FORWARD) if one_way else True),
        may & (bed.marked(BACKWARD) if one_way else True),
    )


def walkable(bed: Roadbed) -> NDArray[np.bool_]:
    """Return which roads (m) people may walk, in both directions."""
    return bed.marked(WALK)


def driven(bed: Roadbed) -> NDArray[np.bool_]:
    """Return which roads (m) any vehicle at all may drive."""
    return ~_is(bed, NOBODY_DRIVES) & (bed.marked(FORWARD) | bed.marked(BACKWARD))


def bound(profile: Profile) -> int:
    """Return the bits of the turn bans that bind a vehicle (`states.BINDS`)."""
    if not profile.obeys_turns or profile.mode == "walk":
        return 0
    return (
        BINDS["all"]
        | (BINDS["hgv"] if profile.heavy else 0)
        | (BINDS["hazmat"] if profile.hazmat else 0)
        | (0 if profile.emergency else BINDS["not_emergency"])
    )


def token(slowness: NDArray[np.float64] | None) -> str:
    """Return a short name of a slowness: the same content has the same name."""
    if slowness is None:
        return ""
    return hashlib.blake2b(
        np.ascontiguousarray(slowness, np.float64).data, digest_size=16
    ).hexdigest()


def _is(bed: Roadbed, access: str) -> NDArray[np.bool_]:
    if access not in bed.accesses:
        return np.zeros(len(bed.edge_tail), np.bool_)
    same: NDArray[np.bool_] = bed.edge_access == bed.accesses.index(access)
    return same


def _drivable(bed: Roadbed, profile: Profile) -> NDArray[np.bool_]:
    may = driven(bed)
    if not profile.emergency:
        may &= ~_is(bed, EMERGENCY_ONLY)
    # A limit that is not known, NaN, is below nothing.
    if profile.height_m is not None:
        may &= ~(bed.edge_max_height_m < profile.height_m)
    if profile.weight_t is not None:
        may &= ~(bed.edge_max_weight_t < profile.weight_t)
    if profile.heavy:
        may &= bed.marked(HGV)
    if profile.hazmat:
        may &= bed.marked(HAZMAT)
    return may


def _time_s(
    bed: Roadbed, profile: Profile, slowness: NDArray[np.float64] | None
) -> NDArray[np.float64]:
    speed_kph = np.minimum(bed.edge_speed_kph * profile.pace, profile.top_speed_kph)
    # A ferry is as fast as it is, whoever is aboard.
    speed_kph = np.where(bed.edge_ferry, bed.edge_speed_kph, speed_kph)
    time_s = np.maximum(bed.edge_length_m / (speed_kph / 3.6), SHORTEST_STEP_S)
    if slowness is not None:
        time_s = time_s * _checked(slowness, len(time_s))
    if profile.mode != "walk" and any(bed.barriers):
        barred = np.array([bool(kind) for kind in bed.barriers])[bed.edge_barrier]
        time_s = time_s + np.where(barred, profile.gate_s, 0.0)
    if bed.edge_ferry.any():
        time_s = time_s + profile.boarding_s / 2.0 * _landings(bed)
    return time_s


def _checked(slowness: NDArray[np.float64], count: int) -> NDArray[np.float64]:
    if np.shape(slowness) != (count,):
        raise InvalidInputError(
            f"a slowness has one number for each of {count} roads, not the shape "
            f"{np.shape(slowness)}",
            code="slowness", got=str(np.shape(slowness)), wanted=str((count,)),
        )  # fmt: skip
    wrong = np.flatnonzero(~(np.isfinite(slowness) & (slowness > 0.0)))
    if len(wrong):
        raise InvalidInputError(
            f"the slowness of road {wrong[0]} is {slowness[wrong[0]]}; wanted more than 0",
            code="slowness", got=repr(float(slowness[wrong[0]])), wanted="> 0", road=int(wrong[0]),
        )  # fmt: skip
    return np.asarray(slowness, np.float64)


def _landings(bed: Roadbed) -> NDArray[np.int64]:
    """Return how many ends of each ferry (m) meet land; boarding is paid half at each."""
    count = len(bed.node_id)
    land = np.zeros(count, np.bool_)
    for ends in (bed.edge_tail, bed.edge_head):
        land[ends[~bed.edge_ferry]] = True
    ends_on_land = land[bed.edge_tail].astype(np.int64) + land[bed.edge_head]
    return np.where(bed.edge_ferry, ends_on_land, 0)

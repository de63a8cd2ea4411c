"""Who may come, who comes, and who cannot: the value objects of a dispatch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from analysis.roads.approach import Approach
from analysis.roads.closures import Closure
from analysis.roads.profile import FIRE_ENGINE
from analysis.scenario import Message


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """Somebody or something that may come. `group` is what is counted to k; the layer if empty.

    `vehicle` names the profile (`analysis.roads.profile.PROFILES`) that it comes by.
    """

    layer: str
    id: str
    name: str | None
    kind: str | None
    lon: float
    lat: float
    group: str = ""
    name_en: str | None = None
    vehicle: str = FIRE_ENGINE.name


@dataclass(frozen=True, kw_only=True)
class Arrival(Candidate):
    """One that comes. `by` "line" means no road was found and `distance_m` is by air.

    `travel_time_s` is the time on the road; `access_m` lies between the base and the road.
    `avoided_s` is what the closures cost: with them less without them; `avoided` are those that the
    free way would have run into. `inside_zone`: starts in the closed area; its route begins with
    the quickest way out, which takes `way_out_s`. `route` holds lon lat pairs; `ferry_m` of it are
    on the water, and `barriers` are what stands across it, such as "gate", in order.
    """

    distance_m: float
    by: Literal["road", "line"]
    travel_time_s: float | None = None
    avoided_s: float | None = None
    avoided: tuple[Closure, ...] = ()
    access_m: float | None = None
    inside_zone: bool = False
    crosses_warning: bool = False
    way_out_s: float | None = None
    route: tuple[tuple[float, float], ...] | None = None
    ferry_m: float = 0.0
    barriers: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Unreached(Candidate):
    """One that cannot come by road: `reason` is "inside_zone", "no_road_near" or "no_path"."""

    reason: str
    distance_m: float


@dataclass(frozen=True, kw_only=True)
class Dispatch:
    """The answer: the approach, k arrivals a group by time, and everyone who cannot come.

    Up to k teams that start in the closed area follow the others of their group, by arrival; they
    are those that are out of it soonest.
    """

    approach: Approach | None
    arrivals: tuple[Arrival, ...] = ()
    unreached: tuple[Unreached, ...] = ()
    messages: tuple[Message, ...] = ()

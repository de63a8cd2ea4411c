"""Who travels: what a vehicle may use, what it fits under, how fast it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal


@dataclass(frozen=True, kw_only=True)
class Profile:
    """A kind of vehicle, or somebody on foot, as the road network sees it.

    `pace` multiplies the speed of a road, `top_speed_kph` bounds it. `height_m` and `weight_t` are
    compared with what bridges and tunnels bear; None asks nothing. `gate_s` is what a gate that
    opens costs, `boarding_s` what a ferry costs before it moves.
    """

    name: str
    mode: Literal["drive", "walk"] = "drive"
    pace: float = 1.0
    top_speed_kph: float = 120.0
    height_m: float | None = None
    weight_t: float | None = None
    heavy: bool = False
    hazmat: bool = False
    emergency: bool = False
    obeys_turns: bool = True
    gate_s: float = 30.0
    boarding_s: float = 600.0


_KNOWN = (
    Profile(name="fire_engine", height_m=3.6, weight_t=20.0, top_speed_kph=90.0, emergency=True),
    Profile(name="ambulance", height_m=2.8, weight_t=4.5, top_speed_kph=110.0, emergency=True),
    Profile(name="heavy_truck", height_m=4.0, weight_t=31.0, top_speed_kph=80.0, heavy=True),
    Profile(name="hazmat_truck", height_m=4.0, weight_t=31.0, top_speed_kph=80.0, heavy=True,
            hazmat=True),
    Profile(name="foot", mode="walk", top_speed_kph=5.0, obeys_turns=False),
)  # fmt: skip
PROFILES: Mapping[str, Profile] = MappingProxyType({each.name: each for each in _KNOWN})
FIRE_ENGINE = PROFILES["fire_engine"]

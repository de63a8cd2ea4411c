"""The height of the mixing layer (混合层高度) by class, wind and latitude.

Set `gbt13201`: h = a_s u10/f for A to D, h = b_s √(u10/f) for E and F, f = 2 Ω sin φ (GB/T
13201-91, the same in HJ/T 2.2-93). Set `similarity`: 0.3 u*/f neutral and unstable (EPA ISC3),
0.4 √(u* L/f) stable (Zilitinkevich 1972), u* and L by the logarithmic profile.
"""

from __future__ import annotations

import math
from typing import Any

from analysis.hazard.model import CoefficientSet, Input, Model, Outcome, Receptors, Step
from analysis.hazard.physics.air.surface_layer import Profile, profile
from analysis.hazard.physics.gaussian.sigma import CLASSES
from layers.errors import OutOfRangeError

OMEGA_RAD_S = 7.2921e-5
LEAST_LATITUDE_DEG = 5.0  # the formulas divide by sin φ
STABLE = ("E", "F")
REGIONS = {
    "northwest": (0.090, 0.067, 0.041, 0.031, 1.66, 0.70),
    "north": (0.073, 0.060, 0.041, 0.019, 1.66, 0.70),
    "southeast": (0.056, 0.029, 0.020, 0.012, 1.66, 0.70),
    "southwest": (0.073, 0.048, 0.031, 0.022, 1.66, 0.70),
}
"""a_s of A to D and b_s of E, F. Northwest: Xinjiang, Tibet, Qinghai; north: the northeast, Inner
Mongolia, Beijing, Tianjin, Hebei, Henan, Shandong, Shanxi, Shaanxi and Gansu north of Qinling and
Weihe, Ningxia; southwest: Yunnan, Guizhou, Sichuan and what lies south of Qinling and Weihe;
southeast: the rest, and places with a yearly mean wind under 1 m/s.
"""


def coriolis_per_s(lat: float) -> float:
    """Return f = 2 Ω |sin φ|, 1/s.

    Raises
    ------
    OutOfRangeError
        Within 5° of the equator, where the formulas have no height to give.
    """
    if abs(lat) < LEAST_LATITUDE_DEG:
        raise OutOfRangeError(
            f"lat: got {lat:g}, wanted at least {LEAST_LATITUDE_DEG:g} deg from the equator",
            field="lat",
            got=float(lat),
            wanted=f"|lat| >= {LEAST_LATITUDE_DEG:g} deg",
        )
    return 2.0 * OMEGA_RAD_S * math.sin(math.radians(abs(lat)))


def _formula(inputs: dict[str, Any], chosen: CoefficientSet, receptors: Receptors) -> Outcome:
    coriolis = coriolis_per_s(inputs["lat"])
    first = Step(
        name="coriolis_per_s", equation="f = 2 Ω |sin φ|, Ω 7.2921e-5", value=coriolis, unit="1/s"
    )
    if chosen.name == "gbt13201":
        height, steps = _gbt13201(inputs, coriolis)
    else:
        height, steps = _similarity(inputs, coriolis)
    return Outcome(values={"mixing_height_m": height}, steps=(first, *steps))


def _gbt13201(inputs: dict[str, Any], coriolis: float) -> tuple[float, tuple[Step, ...]]:
    letter, wind = inputs["stability"], inputs["wind_speed_10m_m_s"]
    factor = REGIONS[inputs["china_region"]][CLASSES.index(letter)]
    stable = letter in STABLE
    height = factor * math.sqrt(wind / coriolis) if stable else factor * wind / coriolis
    words = "h = b_s √(u10/f)" if stable else "h = a_s u10/f"
    return height, (
        Step(name="layer_coefficient", equation="a_s or b_s", value=factor, unit="1"),
        Step(name="mixing_height_m", equation=words, value=height, unit="m"),
    )


def _similarity(inputs: dict[str, Any], coriolis: float) -> tuple[float, tuple[Step, ...]]:
    air: Profile = profile(
        wind_speed_m_s=inputs["wind_speed_10m_m_s"],
        at_m=10.0,
        roughness_m=inputs["roughness_m"],
        stability=inputs["stability"],
    )
    friction = Step(
        name="friction_velocity_m_s",
        equation="u* = κ u10/(ln((10 + z0)/z0) − Ψ(10/L))",
        value=air.friction_m_s,
        unit="m/s",
    )
    if inputs["stability"] in STABLE:
        height = 0.4 * math.sqrt(air.friction_m_s * air.obukhov_m / coriolis)
        length = Step(
            name="obukhov_length_m", equation="1/L = a + b log10 z0", value=air.obukhov_m, unit="m"
        )
        last = Step(name="mixing_height_m", equation="h = 0.4 √(u* L/f)", value=height, unit="m")
        return height, (friction, length, last)
    height = 0.3 * air.friction_m_s / coriolis
    last = Step(name="mixing_height_m", equation="h = 0.3 u*/f", value=height, unit="m")
    return height, (friction, last)


MODEL = Model(
    name="mixing_height",
    version="1",
    group="air",
    inputs=(
        Input(
            name="wind_speed_10m_m_s",
            unit="m/s",
            symbol="u10",
            minimum=0.1,
            maximum=80.0,
            typical=(0.5, 30.0),
        ),
        Input(name="stability", unit="class", choices=CLASSES),
        Input(name="lat", unit="deg", symbol="φ", minimum=-90.0, maximum=90.0),
        Input(name="china_region", unit="word", choices=tuple(REGIONS), default="north"),
        Input(name="roughness_m", unit="m", symbol="z0", minimum=1e-5, maximum=5.0, default=0.03),
    ),
    formula=_formula,
    coefficient_sets=(
        CoefficientSet(
            name="gbt13201",
            values=REGIONS,
            source="GB/T 13201-91, table of a_s, b_s by region [mem 80%]",
            certainty="mem 80%",
        ),
        CoefficientSet(
            name="similarity",
            values={"neutral": 0.3, "stable": 0.4},
            source="0.3 u*/f: EPA ISC3 and AERMOD, read in GasDispersion.jl mixing_layer.jl; "
            "0.4 √(u* L/f): Zilitinkevich 1972 [mem 95%]",
            certainty="mem 95%",
        ),
    ),
    sources=("Mixing layers by wind, stability and the turning of the earth",),
    validity=("flat_ground",),
)
run = MODEL.run

"""How much the weight of a young cloud matters beside the wind: reduced gravity and its numbers."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from analysis.hazard.physics.constants import AIR_MOLAR_MASS_KG_MOL, ATMOSPHERE_PA, GRAVITY, R_GAS

Behaviour = Literal["heavy", "neutral", "buoyant"]
LIGHTEST_NEUTRAL = 0.95


@dataclass(frozen=True, kw_only=True)
class Rule:
    """Where a number of the young cloud is set against a limit, for the two kinds of release."""

    name: str
    continuous: float
    instantaneous: float
    source: str


BRITTER_MCQUAID = Rule(
    name="britter_mcquaid",
    continuous=0.15,
    instantaneous=0.20,
    source="Britter and McQuaid, HSE CRR 17/1988; CCPS 1999 [mem 90%]",
)
HJ169 = Rule(
    name="hj169",
    continuous=1.0 / 6.0,
    instantaneous=0.04,
    source="HJ 169-2018 annex G (G.2), (G.3), after EPA-454/R-93-002 [mem 90%]",
)
BY_NAME = {rule.name: rule for rule in (BRITTER_MCQUAID, HJ169)}


def air_density_kg_m3(temperature_k: float, pressure_pa: float = ATMOSPHERE_PA) -> float:
    """Return the density of dry air: P M / (R T)."""
    return pressure_pa * AIR_MOLAR_MASS_KG_MOL / (R_GAS * temperature_k)


def reduced_gravity_m_s2(density_kg_m3: float, ambient_kg_m3: float) -> float:
    """Return g (ρ0 − ρa) / ρa; negative where the cloud is lighter than air."""
    return GRAVITY * (density_kg_m3 - ambient_kg_m3) / ambient_kg_m3


def continuous_number(
    *, reduced_m_s2: float, flow_m3_s: float, wind_m_s: float, width_m: float
) -> float:
    """Return (|g0| Q / (u³ D))^⅓ with the sign of g0; D is the width of the source."""
    if flow_m3_s <= 0.0 or width_m <= 0.0:
        return 0.0  # a release too thin for its numbers to be told from nothing
    return math.copysign(
        (abs(reduced_m_s2) * flow_m3_s / (wind_m_s**3 * width_m)) ** (1.0 / 3.0), reduced_m_s2
    )


def instantaneous_number(
    rule: Rule,
    *,
    reduced_m_s2: float,
    volume_m3: float,
    wind_m_s: float,
    width_m: float | None = None,
) -> float:
    """Return the number of a puff: √(g0 V)/(u D), or g0 V^⅓/u² by HJ 169.

    The width D is V^⅓ where none is given.
    """
    edge = volume_m3 ** (1.0 / 3.0)
    if rule is HJ169:
        value = abs(reduced_m_s2) * edge / wind_m_s**2
    else:
        value = math.sqrt(abs(reduced_m_s2) * volume_m3) / (wind_m_s * (width_m or edge))
    return math.copysign(value, reduced_m_s2)


def behaviour(number: float, limit: float, density_ratio: float) -> Behaviour:
    """Return "heavy" from the limit upward, "buoyant" from minus the limit down, else "neutral".

    The rules are published for the heavy side alone. On the light side, their mirror, a cloud is
    buoyant only if it is also 5 % lighter than the air: less is within the air's own unevenness.
    """
    if number >= limit:
        return "heavy"
    light = number <= -limit and density_ratio < LIGHTEST_NEUTRAL
    return "buoyant" if light else "neutral"

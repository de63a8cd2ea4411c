"""How far a hot or fast plume rises: Briggs's equations as in ISC3, and China's HJ/T 2.2-93."""

from __future__ import annotations

import math
from dataclasses import dataclass

GRAVITY_M_S2 = 9.80616  # as ISC3 takes it
GRADIENT_K_M = {"E": 0.020, "F": 0.035}
"""Potential temperature gradient of stable classes."""

CROSSOVER_M4_S3 = 55.0
TEMPERATURE_GRADIENT_K_M = {"E": 0.0, "F": 0.01}
"""dTa/dz of stable classes in HJ/T 2.2-93, K/m."""


CALM_M_S = 1.5
CALM_GRADIENT_K_M = 0.01  # HJ/T 2.2-93 takes no less than this in calm air


@dataclass(frozen=True, kw_only=True)
class Stack:
    """An opening that blows upwards: diameter m, speed m/s, temperatures K, wind there m/s."""

    height_m: float
    diameter_m: float
    speed_m_s: float
    temperature_k: float
    air_k: float
    wind_m_s: float
    stability: str

    @property
    def buoyancy_m4_s3(self) -> float:
        """Fb = g v d² (Ts − Ta)/(4 Ts)."""
        share = (self.temperature_k - self.air_k) / (4.0 * self.temperature_k)
        return GRAVITY_M_S2 * self.speed_m_s * self.diameter_m**2 * share

    @property
    def momentum_m4_s2(self) -> float:
        """Fm = v² d² Ta/(4 Ts)."""
        share = self.air_k / (4.0 * self.temperature_k)
        return self.speed_m_s**2 * self.diameter_m**2 * share

    @property
    def stable(self) -> bool:
        """Say whether the class is a stable one."""
        return self.stability in GRADIENT_K_M

    @property
    def stability_per_s2(self) -> float:
        """The stability parameter s = g (∂θ/∂z)/Ta."""
        return GRAVITY_M_S2 * GRADIENT_K_M[self.stability] / self.air_k


@dataclass(frozen=True, kw_only=True)
class Rise:
    """A rise: final height gained, m, by what, from which distance on, and the equation's text."""

    driver: str
    final_m: float
    final_at_m: float
    crossover_k: float
    equation: str


def crossover_k(stack: Stack) -> float:
    """Return the excess temperature from which buoyancy lifts more than momentum, K."""
    ts, v, d = stack.temperature_k, stack.speed_m_s, stack.diameter_m
    if stack.stable:
        return 0.019582 * ts * v * math.sqrt(stack.stability_per_s2)
    if stack.buoyancy_m4_s3 < CROSSOVER_M4_S3:
        return float(0.0297 * ts * v ** (1.0 / 3.0) / d ** (2.0 / 3.0))
    return float(0.00575 * ts * v ** (2.0 / 3.0) / d ** (1.0 / 3.0))


def briggs(stack: Stack, *, calm_limit: bool) -> Rise:
    """Return Briggs's final rise (EPA-454/B-95-003b 1.1.4).

    `calm_limit` takes, in stable air, the lesser of the bent-over rise and the calm one, 4 Fb^¼
    s^−⅜ (Briggs 1975; Turner), which ISC3 leaves out.
    """
    crossover = crossover_k(stack)
    if stack.temperature_k - stack.air_k >= crossover and stack.buoyancy_m4_s3 > 0.0:
        return _buoyant(stack, crossover, calm_limit=calm_limit)
    return _momentum(stack, crossover)


def _buoyant(stack: Stack, crossover: float, *, calm_limit: bool) -> Rise:
    flux, wind = stack.buoyancy_m4_s3, stack.wind_m_s
    if stack.stable:
        s = stack.stability_per_s2
        final, words = 2.6 * (flux / (wind * s)) ** (1.0 / 3.0), "Δh = 2.6 (Fb/(u s))^⅓"
        calm = 4.0 * flux**0.25 * s**-0.375
        if calm_limit and calm < final:
            final, words = calm, "Δh = 4 Fb^¼ s^−⅜"
        far = 2.0715 * wind / math.sqrt(s)
    elif flux < CROSSOVER_M4_S3:
        final, words, far = 21.425 * flux**0.75 / wind, "Δh = 21.425 Fb^¾/u", 49.0 * flux**0.625
    else:
        final, words, far = 38.71 * flux**0.6 / wind, "Δh = 38.71 Fb^⅗/u", 119.0 * flux**0.4
    return Rise(
        driver="buoyancy", final_m=final, final_at_m=far, crossover_k=crossover, equation=words
    )


def _momentum(stack: Stack, crossover: float) -> Rise:
    v, d, u = stack.speed_m_s, stack.diameter_m, stack.wind_m_s
    final, words = 3.0 * d * v / u, "Δh = 3 d v/u"
    if stack.stable:
        root = math.sqrt(stack.stability_per_s2)
        held = 1.5 * (stack.momentum_m4_s2 / (u * root)) ** (1.0 / 3.0)
        if held < final:
            final, words = held, "Δh = 1.5 (Fm/(u √s))^⅓"
        far = 0.5 * math.pi * u / root
    elif stack.buoyancy_m4_s3 <= 0.0:
        far = 4.0 * d * (v + 3.0 * u) ** 2 / (v * u)
    elif stack.buoyancy_m4_s3 < CROSSOVER_M4_S3:
        far = 49.0 * stack.buoyancy_m4_s3**0.625
    else:
        far = 119.0 * stack.buoyancy_m4_s3**0.4
    return Rise(
        driver="momentum", final_m=final, final_at_m=far, crossover_k=crossover, equation=words
    )


def gradual_m(stack: Stack, rise: Rise, distance_m: float) -> float:
    """Return the rise at a distance, m: the 2/3 law until the final one (as ISC3)."""
    if distance_m >= rise.final_at_m:
        return rise.final_m
    u = stack.wind_m_s
    if rise.driver == "buoyancy":
        so_far = 1.60 * stack.buoyancy_m4_s3 ** (1.0 / 3.0) * distance_m ** (2.0 / 3.0) / u
    else:
        entrainment = 1.0 / 3.0 + u / stack.speed_m_s
        cubed = 3.0 * stack.momentum_m4_s2 * distance_m / (entrainment * u) ** 2
        if stack.stable:
            root = math.sqrt(stack.stability_per_s2)
            swing = math.sin(distance_m * root / u)
            cubed = 3.0 * stack.momentum_m4_s2 * swing / (entrainment**2 * u * root)
        so_far = max(cubed, 0.0) ** (1.0 / 3.0)
    return float(min(so_far, rise.final_m))


def downwash_m(stack: Stack) -> float:
    """Return how far a slow plume is drawn down behind its stack, m, 0 or negative."""
    ratio = stack.speed_m_s / stack.wind_m_s
    return 2.0 * stack.diameter_m * (ratio - 1.5) if ratio < 1.5 else 0.0


def holland(stack: Stack, pressure_hpa: float) -> Rise:
    """Return Holland's rise, Δh = (v d/u) (1.5 + 2.68e-3 Pa d (Ts − Ta)/Ts), Pa in hPa."""
    share = (stack.temperature_k - stack.air_k) / stack.temperature_k
    lift = 1.5 + 2.68e-3 * pressure_hpa * stack.diameter_m * share
    final = max(0.0, stack.speed_m_s * stack.diameter_m / stack.wind_m_s * lift)
    words = "Δh = (v d/u) (1.5 + 2.68e-3 Pa d (Ts − Ta)/Ts), Pa in hPa"
    return Rise(driver="both", final_m=final, final_at_m=0.0, crossover_k=0.0, equation=words)


def heat_kw(stack: Stack, pressure_hpa: float) -> float:
    """Return the heat that leaves a stack, Qh = 0.35 Pa Qv ΔT/Ts, kJ/s (HJ/T 2.2-93)."""
    volume = math.pi / 4.0 * stack.diameter_m**2 * stack.speed_m_s
    share = (stack.temperature_k - stack.air_k) / stack.temperature_k
    return max(0.0, 0.35 * pressure_hpa * volume * share)


def china(stack: Stack, *, heat: float, terrain: str) -> Rise:
    """Return the rise of HJ/T 2.2-93 (GB/T 3840-91), terrain "rural" or "urban"."""
    u = stack.wind_m_s
    if stack.stable and u < CALM_M_S:
        gradient = max(TEMPERATURE_GRADIENT_K_M[stack.stability], CALM_GRADIENT_K_M) + 0.0098
        return _china(5.5 * heat**0.25 * gradient**-0.375, "ΔH = 5.5 Qh^¼ (dT/dz + 0.0098)^−⅜")
    if stack.stable:
        gradient = TEMPERATURE_GRADIENT_K_M[stack.stability] + 0.0098
        final = heat ** (1.0 / 3.0) * gradient ** (-1.0 / 3.0) * u ** (-1.0 / 3.0)
        words = "ΔH = Qh^⅓ (dT/dz + 0.0098)^−⅓ u^−⅓"
        return _china(final, words)
    jet = 2.0 * (1.5 * stack.speed_m_s * stack.diameter_m + 0.01 * heat) / u
    if heat <= 1700.0 or stack.temperature_k - stack.air_k < 35.0:
        return _china(jet, "ΔH = 2 (1.5 v d + 0.01 Qh)/u")
    n0, n1, n2 = _hot(heat, terrain)
    hot = n0 * heat**n1 * min(stack.height_m, 240.0) ** n2 / u
    if heat >= 2100.0:
        return _china(hot, f"ΔH = {n0:g} Qh^{n1:.3g} H^{n2:.3g}/u")
    below = jet - 0.048 * (heat - 1700.0) / u
    mixed = below + (hot - below) * (heat - 1700.0) / 400.0
    return _china(mixed, "ΔH = ΔH1 + (ΔH2 − ΔH1) (Qh − 1700)/400")


def _hot(heat: float, terrain: str) -> tuple[float, float, float]:
    rural = terrain == "rural"
    if heat >= 21_000.0:
        return (1.427 if rural else 1.303), 1.0 / 3.0, 2.0 / 3.0
    return (0.332 if rural else 0.292), 3.0 / 5.0, 2.0 / 5.0


def _china(final: float, words: str) -> Rise:
    return Rise(driver="both", final_m=final, final_at_m=0.0, crossover_k=35.0, equation=words)

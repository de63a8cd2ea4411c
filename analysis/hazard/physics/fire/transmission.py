"""Heat on its way (大气透射率): how much of it the air lets through, by named rules."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
MMHG_PA = 133.322368
SHORTEST_PATH_M = 1e-6


@dataclass(frozen=True, kw_only=True)
class Rule:
    """A rule for the transmissivity: how it is written and where it comes from."""

    equation: str
    source: str


RULES: Mapping[str, Rule] = {
    "casal": Rule(
        equation="τ = 1.53 (Pw x)^−0.06 | 2.02 (Pw x)^−0.09 from 1e4 | 2.85 (Pw x)^−0.12 over 1e5",
        source="Casal, Evaluation of the Effects and Consequences of Major Accidents, ch. 3",
    ),
    "ccps": Rule(
        equation="τ = 2.02 (Pw x)^−0.09",
        source="CCPS 1994, Guidelines for Vapor Cloud Explosions, Flash Fires and BLEVEs",
    ),
    "order404": Rule(
        equation="τ = exp(−7e−4 x)", source="Order 404 of MChS of Russia, 2009, annex 3"
    ),
    "wayne": Rule(
        equation="τ = 1.006 − 0.01171 a − 0.02368 a² − 0.03188 b + 0.001164 b², "
        "a = log10(288.651 RH x pw/T), b = log10(273 x/T)",
        source="Wayne 1991, J. Loss Prev. Process Ind. 4:86 [mem 85%]",
    ),
    "brzustowski": Rule(
        equation="τ = 0.79 (100/RH)^(1/16) (30.5/x)^(1/16)",
        source="Brzustowski and Sommer 1973, API RP 521 [mem 90%]",
    ),
    "china": Rule(
        equation="τ = 1 − 0.058 ln x", source="Chinese safety assessment practice, pool fire, BLEVE"
    ),
    "none": Rule(equation="τ = 1", source="no absorption"),
}


def water_vapour_pressure_pa(*, humidity_pct: float, temperature_k: float) -> float:
    """Return the partial pressure of water: RH · exp(23.18986 − 3816.42 / (T − 46.13))."""
    return humidity_pct / 100.0 * math.exp(23.18986 - 3816.42 / (temperature_k - 46.13))


@dataclass(frozen=True, kw_only=True)
class Air:
    """Air between a fire and a receiver; `rule` is a name of `RULES`."""

    rule: str = "none"
    humidity_pct: float = 50.0
    temperature_k: float = 298.15

    @property
    def water_pa(self) -> float:
        """Return the partial pressure of water vapour, Pa."""
        return water_vapour_pressure_pa(
            humidity_pct=self.humidity_pct, temperature_k=self.temperature_k
        )

    def transmissivity(self, path_m: Array | float) -> Array:
        """Return the share of heat that passes paths in m, 0 to 1; 1 where there is no path."""
        x = np.asarray(path_m, float)
        share = self._law(np.maximum(x, SHORTEST_PATH_M))
        return np.asarray(np.where(x <= 0.0, 1.0, np.clip(share, 0.0, 1.0)), float)

    def _law(self, x: Array) -> Array:
        if self.rule == "none":
            return np.ones_like(x)
        if self.rule == "order404":
            return np.asarray(np.exp(-7e-4 * x))
        if self.rule == "china":
            return 1.0 - 0.058 * np.log(x)
        if self.rule == "brzustowski":
            humidity = max(self.humidity_pct, 1.0)
            return np.asarray(0.79 * (100.0 / humidity * 30.5 / x) ** (1.0 / 16.0))
        if self.rule == "wayne":
            return self._wayne(x)
        product = np.maximum(self.water_pa * x, 1e-9)
        if self.rule == "ccps":
            return np.asarray(2.02 * product**-0.09)
        return np.select(
            [product < 1e4, product <= 1e5],
            [1.53 * product**-0.06, 2.02 * product**-0.09],
            2.85 * product**-0.12,
        )

    def _wayne(self, x: Array) -> Array:
        saturated_mmhg = (
            water_vapour_pressure_pa(humidity_pct=100.0, temperature_k=self.temperature_k) / MMHG_PA
        )
        water = self.humidity_pct / 100.0 * x * saturated_mmhg * 288.651 / self.temperature_k
        carbon = x * 273.0 / self.temperature_k
        a, b = (np.log10(np.maximum(each, 1.0)) for each in (water, carbon))
        return np.asarray(
            1.006 - 0.01171 * a - 0.02368 * a**2 - 0.03188 * b + 0.001164 * b**2, float
        )

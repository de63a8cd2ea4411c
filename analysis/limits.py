"""What a report may say of a release and its weather: the one table of absurd and possible.

The wire refuses what lies outside when it is sent, `analysis.zones.check` when it is computed. A
model may allow less; it then says so and the distance table is drawn. The limits hold everything
that the record of a tank or a weather station may hold, so that no record stops an answer.
"""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Limit:
    """The lowest and the highest value of a quantity; with `above` the lowest is excluded."""

    low: float
    high: float
    unit: str
    above: bool = False

    def holds(self, value: object) -> bool:
        """Say whether a value is a finite number within the limit."""
        if isinstance(value, bool) or not isinstance(value, int | float):
            return False
        if not math.isfinite(value) or value > self.high:
            return False
        return value > self.low if self.above else value >= self.low

    def __str__(self) -> str:
        opening = "more than " if self.above else ""
        return f"{opening}{self.low:g} .. {self.high:g} {self.unit}"


RELEASE = {
    "mass_kg": Limit(low=1e-6, high=1e9, unit="kg"),
    "inventory_kg": Limit(low=0.0, high=1e10, unit="kg"),
    "rate_kg_s": Limit(low=1e-9, high=1e6, unit="kg/s"),
    "duration_s": Limit(low=0.01, high=3.2e7, unit="s"),
    "hole_diameter_m": Limit(low=1e-5, high=10.0, unit="m"),
    "pressure_pa": Limit(low=0.0, high=1e9, unit="Pa"),
    "temperature_k": Limit(low=1.0, high=3000.0, unit="K"),
    "level_m": Limit(low=0.0, high=200.0, unit="m"),
    "pool_diameter_m": Limit(low=0.01, high=2000.0, unit="m"),
    "height_m": Limit(low=0.0, high=1000.0, unit="m"),
    "fuel_moisture_pct": Limit(low=0.5, high=200.0, unit="%"),
    "fuel_factor": Limit(low=0.05, high=5.0, unit="1"),
    "stage_m": Limit(low=-500.0, high=9000.0, unit="m"),
    "rise_m": Limit(low=0.01, high=500.0, unit="m"),
}
"""Every quantity of `analysis.scenario.Release`; pressure is absolute."""

WEATHER = {
    "wind_speed_m_s": Limit(low=0.0, high=110.0, unit="m/s"),
    "wind_from_deg": Limit(low=0.0, high=360.0, unit="deg"),
    "wind_from_uncertainty_deg": Limit(low=0.0, high=180.0, unit="deg"),
    "cloud_tenths": Limit(low=0.0, high=10.0, unit="tenths"),
    "temperature_c": Limit(low=-90.0, high=60.0, unit="degC"),
    "humidity_pct": Limit(low=0.0, high=100.0, unit="%"),
}
"""Every quantity of `analysis.scenario.Weather`."""

CHOICES = {"exposure_s": Limit(low=600.0, high=28_800.0, unit="s")}
"""Every quantity of `analysis.scenario.Choices`: AEGL are for ten minutes to eight hours."""

"""What Britter and McQuaid's plume and puff share: the young cloud, and how it goes on."""

from __future__ import annotations

from dataclasses import dataclass

from analysis.hazard.physics.gaussian.curve import Array, Dispersion
from analysis.hazard.physics.heavy.britter_mcquaid import warmed
from analysis.hazard.physics.heavy.buoyancy import reduced_gravity_m_s2

RANGE_M = 10_000.0
OUTSIDE = 1.001  # a line is looked for from just past the edge of a top hat
DRIFT = 0.4  # a puff's middle drifts with 0.4 of the wind at 10 m (workbook)


@dataclass(frozen=True, kw_only=True)
class Gas:
    """The young cloud and the air: densities, temperatures, what share of it is the substance.

    `kg_m3` is the density of the pure substance's vapour at the air's temperature: it turns a
    volume fraction into a concentration.
    """

    density_kg_m3: float
    ambient_kg_m3: float
    temperature_k: float
    ambient_k: float
    kg_m3: float
    share: float = 1.0

    @property
    def reduced_m_s2(self) -> float:
        """g0 = g (ρ0 − ρa)/ρa."""
        return reduced_gravity_m_s2(self.density_kg_m3, self.ambient_kg_m3)

    def fraction(self, ratio: Array) -> Array:
        """Return the substance's volume fraction at an isothermal ratio C/C0."""
        return self.share * warmed(ratio, self.temperature_k, self.ambient_k)


@dataclass(frozen=True, kw_only=True)
class Beyond:
    """The Gaussian set and class with which a cloud goes on where the curves end."""

    dispersion: Dispersion
    stability: str

"""What a pool lies on: heat from the ground, the least depth it spreads to."""

from __future__ import annotations

import math
from dataclasses import dataclass
from types import MappingProxyType

__all__ = ["GROUNDS", "SURFACE_DEPTH_M", "WATER_FLUX_W_M2", "Ground", "conduction_coefficient"]


@dataclass(frozen=True, kw_only=True)
class Ground:
    """A ground that gives heat to a cold pool: W/(m K) and m²/s."""

    conductivity_w_m_k: float
    diffusivity_m2_s: float
    source: str
    certainty: str


def _hj169(conductivity: float, diffusivity: float, name: str) -> Ground:
    return Ground(
        conductivity_w_m_k=conductivity,
        diffusivity_m2_s=diffusivity,
        source=f"HJ 169-2018 annex F, {name} (read in the open program Artoko/myrisk)",
        certainty="sourced",
    )


GROUNDS = MappingProxyType(
    {
        "cement": _hj169(1.1, 1.29e-7, "cement"),
        "soil_8pct_water": _hj169(0.9, 4.3e-7, "soil with 8 % water"),
        "dry_soil": _hj169(0.3, 2.3e-7, "dry soil"),
        "wet_soil": Ground(
            conductivity_w_m_k=0.6,
            diffusivity_m2_s=3.3e-7,
            source="HJ 169-2018 annex F, wet soil (Artoko/myrisk has 2.5e-7 m2/s for it)",
            certainty="mem 80%",
        ),
        "gravel": _hj169(2.5, 11.0e-7, "gravel"),
        "concrete": Ground(
            conductivity_w_m_k=1.28,
            diffusivity_m2_s=6.6e-7,
            source="Bejan & Kraus, Heat Transfer Handbook, 2003, concrete",
            certainty="sourced",
        ),
    }
)
"""Grounds by name. The HJ 169 cement has a diffusivity of a quarter of the handbook's."""

WATER_FLUX_W_M2 = MappingProxyType({"methane": 92e3, "nitrogen": 40e3})
"""Heat from water into a boiling pool, constant: Chang, Simultaneous boiling and spreading of
liquefied petroleum gas on water, thesis, MIT 1981, abstract."""

SURFACE_DEPTH_M = MappingProxyType(
    {"concrete": 0.005, "smooth": 0.010, "grass": 0.020, "rough": 0.025, "water": 0.0018}
)
"""The least depth of a pool by what it lies on [mem 85%] (Chinese risk-assessment practice, after
the TNO Yellow Book)."""


def conduction_coefficient(
    *,
    conductivity_w_m_k: float,
    diffusivity_m2_s: float,
    over_boiling_k: float,
    latent_heat_j_kg: float,
) -> float:
    """Return k ΔT/(Hv √(π κ)), kg/(m² s^½): the evaporation flux is this over √t.

    Heat from a half space by conduction alone; Casal eq. 2.54-2.55; CCPS, Guidelines for
    Consequence Analysis of Chemical Releases, 1999, eq. 2.38-2.39.
    """
    return (
        conductivity_w_m_k
        * over_boiling_k
        / (latent_heat_j_kg * math.sqrt(math.pi * diffusivity_m2_s))
    )

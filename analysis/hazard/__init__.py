"""Consequence models (后果模型): pure, one a file, every coefficient cited, none out of its range.

`MODELS` holds them by name; `MODELS[name].run(inputs, coefficients, receptors)` is the same call
as the module's own `run`.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from analysis.hazard import (
    blast,
    fireball,
    gas_release,
    gaussian_plume,
    gaussian_puff,
    jet_fire,
    liquid_release,
    pool_evaporation,
    pool_fire,
    stability,
    two_phase_release,
    wind_profile,
)
from analysis.hazard.model import Model

__all__ = ["MODELS", "Model"]

MODELS: Mapping[str, Model] = MappingProxyType(
    {
        module.MODEL.name: module.MODEL
        for module in (
            stability,
            wind_profile,
            gas_release,
            liquid_release,
            two_phase_release,
            pool_evaporation,
            gaussian_plume,
            gaussian_puff,
            pool_fire,
            jet_fire,
            fireball,
            blast,
        )
    }
)

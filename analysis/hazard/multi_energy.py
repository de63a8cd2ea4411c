"""TNO multi-energy method (多能法): the charge of each congested volume; its curves are not here.

The blast curves of van den Berg (1985) are published as figures only, and no tables of them with
an open source were found. What needs no curve is answered: the energy of a congested volume, its
radius, the scaled distance, the overpressure in the charge by its class. A distance or a threshold
is refused with that reason; `deflagration` answers it from a flame speed.
"""

from __future__ import annotations

import math
from typing import Any

from analysis.hazard.model import CoefficientSet, Input, Model, Outcome, Receptors, Step
from analysis.hazard.physics.constants import ATMOSPHERE_PA
from analysis.hazard.physics.explosion.tnt import energy_scale_m, whole
from layers.errors import InvalidInputError

SOURCE_SHARE = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0)
"""Overpressure in the charge over the ambient pressure, by class; class 10: more than that."""


def _formula(inputs: dict[str, Any], chosen: CoefficientSet, receptors: Receptors) -> Outcome:
    if receptors or inputs["threshold_kpa"] is not None:
        raise InvalidInputError(
            "multi_energy: the blast curves are published as figures only; use deflagration",
            code="curves_missing",
            field="threshold_kpa",
            got="multi_energy",
            wanted="deflagration, vapour_cloud_explosion, blast",
        )
    volume = inputs["congested_volume_m3"]
    energy = volume * inputs["energy_density_j_m3"]
    radius = (3.0 * volume / (2.0 * math.pi)) ** (1.0 / 3.0)
    scale = energy_scale_m(energy)
    share = SOURCE_SHARE[whole(inputs, "strength_class") - 1]
    source_kpa = share * ATMOSPHERE_PA / 1000.0
    return Outcome(
        values={
            "energy_j": energy,
            "charge_radius_m": radius,
            "energy_scale_m": scale,
            "source_kpa": source_kpa,
        },
        steps=(
            Step(name="energy_j", equation="E = V ΔE", value=energy, unit="J"),
            Step(name="charge_radius_m", equation="r0 = (3 V/(2π))^(1/3)", value=radius, unit="m"),
            Step(name="energy_scale_m", equation="(E/P0)^(1/3)", value=scale, unit="m"),
            Step(name="source_kpa", equation="Ps of the class", value=source_kpa, unit="kPa"),
        ),
    )


MODEL = Model(
    name="multi_energy",
    version="1",
    group="explosion",
    inputs=(
        Input(name="congested_volume_m3", unit="m3", symbol="V", minimum=1.0, maximum=1e7),
        Input(name="energy_density_j_m3", unit="J/m3", symbol="ΔE", minimum=1e6, maximum=1e7,
              default=3.5e6),
        Input(name="strength_class", unit="class", minimum=1.0, maximum=10.0, default=7.0),
        Input(name="threshold_kpa", unit="kPa", symbol="ΔP", minimum=0.3, maximum=2000.0,
              required=False),
    ),
    receptor_inputs=(
        Input(name="distance_m", unit="m", symbol="R", minimum=0.01, maximum=1e5),
    ),
    formula=_formula,
    coefficient_sets=(
        CoefficientSet(
            name="tno",
            values={"source_share": list(SOURCE_SHARE)},
            source="TNO Yellow Book, classes 1 to 10, 3.5 MJ/m3 stoichiometric; no curves",
            certainty="mem 90%",
        ),
    ),
    sources=("van den Berg 1985, J. Hazard. Mater. 12:1, the method",),
    validity=("no_blast_curve",),
)  # fmt: skip
run = MODEL.run

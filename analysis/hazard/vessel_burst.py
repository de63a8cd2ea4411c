"""Burst of a vessel under gas pressure (压力容器物理爆炸): energy by a named law, then blast.

The energy, less what the shell takes, is taken for TNT on the ground.
"""

from __future__ import annotations

import math
from typing import Any

from analysis.hazard.blast import KINGERY, answered
from analysis.hazard.model import CoefficientSet, Input, Model, Outcome, Receptors, Step
from analysis.hazard.physics.constants import ATMOSPHERE_PA
from analysis.hazard.physics.explosion.blast_curve import CURVES
from layers.errors import OutOfRangeError

LAWS = {
    "brode": "E = (P − P0) V/(γ − 1)",
    "isentropic": "E = P V/(γ − 1) (1 − (P0/P)^((γ−1)/γ))",
    "isothermal": "E = P V ln(P/P0)",
    "availability": "E = P V (ln(P/P0) − (1 − P0/P))",
}


def energy_j(
    law: str, *, pressure_pa: float, volume_m3: float, gamma: float, ambient_pa: float
) -> float:
    """Return the energy of compressed gas, J, by a name of `LAWS`; pressures absolute."""
    ratio = ambient_pa / pressure_pa
    if law == "brode":
        return (pressure_pa - ambient_pa) * volume_m3 / (gamma - 1.0)
    if law == "isentropic":
        left = 1.0 - ratio ** ((gamma - 1.0) / gamma)
        return float(pressure_pa * volume_m3 / (gamma - 1.0) * left)
    if law == "isothermal":
        return -pressure_pa * volume_m3 * math.log(ratio)
    return pressure_pa * volume_m3 * (-math.log(ratio) - (1.0 - ratio))


def _formula(inputs: dict[str, Any], chosen: CoefficientSet, receptors: Receptors) -> Outcome:
    law, ambient = chosen.values["law"], inputs["ambient_pressure_pa"]
    if inputs["pressure_pa"] <= ambient:
        raise OutOfRangeError(
            f"pressure_pa: got {inputs['pressure_pa']:g}, wanted more than {ambient:g} Pa absolute",
            field="pressure_pa",
            got=inputs["pressure_pa"],
            wanted=f"> {ambient:g} Pa",
        )
    stored = energy_j(
        law,
        pressure_pa=inputs["pressure_pa"],
        volume_m3=inputs["volume_m3"],
        gamma=inputs["gamma"],
        ambient_pa=ambient,
    )
    blast = inputs["blast_share"] * stored
    h_tnt = chosen.values["h_tnt_j_kg"] if inputs["h_tnt_j_kg"] is None else inputs["h_tnt_j_kg"]
    tnt = blast / h_tnt
    values, steps = answered(inputs["curve"], tnt, inputs["threshold_kpa"], receptors)
    return Outcome(
        values={"energy_j": stored} | values,
        steps=(
            Step(name="energy_j", equation=LAWS[law], value=stored, unit="J"),
            Step(name="blast_energy_j", equation="Eb = f E", value=blast, unit="J"),
            Step(name="tnt_kg", equation="W = Eb/HTNT", value=tnt, unit="kg"),
            *steps,
        ),
    )


def _set(law: str, source: str, h_tnt: float = 4.68e6, name: str | None = None) -> CoefficientSet:
    return CoefficientSet(
        name=name or law,
        values={"law": law, "h_tnt_j_kg": h_tnt},
        source=source,
        certainty="sourced" if law == "isentropic" else "mem 95%",
    )


MODEL = Model(
    name="vessel_burst",
    version="1",
    group="explosion",
    inputs=(
        Input(name="pressure_pa", unit="Pa", symbol="P", minimum=101_000.0, maximum=2e8),
        Input(name="volume_m3", unit="m3", symbol="V", minimum=1e-3, maximum=1e6),
        Input(name="gamma", unit="1", symbol="γ", minimum=1.01, maximum=1.67, default=1.4),
        Input(name="ambient_pressure_pa", unit="Pa", symbol="P0", minimum=50_000.0,
              maximum=120_000.0, default=ATMOSPHERE_PA),
        Input(name="blast_share", unit="1", symbol="f", minimum=0.1, maximum=1.0, default=1.0),
        Input(name="h_tnt_j_kg", unit="J/kg", symbol="HTNT", minimum=3.5e6, maximum=5.5e6,
              required=False),
        Input(name="curve", unit="curve", choices=tuple(CURVES), default=KINGERY),
        Input(name="threshold_kpa", unit="kPa", symbol="ΔP", minimum=0.3, maximum=30_000.0,
              required=False),
    ),
    receptor_inputs=(
        Input(name="distance_m", unit="m", symbol="R", minimum=0.01, maximum=1e5),
    ),
    formula=_formula,
    coefficient_sets=(
        _set("brode", "Brode 1959, Phys. Fluids 2:217; CCPS"),
        _set("isentropic", "Baker et al. 1983, isentropic expansion; CCPS"),
        _set("isentropic", "isentropic expansion, QTNT 4.5 MJ/kg, Chinese practice", 4.5e6,
             name="china"),
        _set("isothermal", "isothermal expansion; Crowl and Louvar ch. 6"),
        _set("availability", "thermodynamic availability; Crowl 1992, Crowl and Louvar ch. 6"),
    ),
    sources=("Swisdak 1994, simplified Kingery airblast, hemispherical surface burst",),
    validity=("flat_ground", "no_shielding", "gas_only"),
)  # fmt: skip
run = MODEL.run

"""Dense-gas dispersion by SLAB (重气扩散 SLAB): Ermak's shallow-layer model, run by `slabx`.

Four sources: a boiling pool, a horizontal jet, a vertical jet, a mass set free at once. The steady
plume turns into a puff when the release has ended. Beside the answer stands Britter and McQuaid's
for the same release, as a second opinion.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from analysis.hazard.model import CoefficientSet, Input, Model, Outcome, Receptors, Step
from analysis.hazard.physics.gaussian.curve import CLASSES
from analysis.hazard.physics.gaussian.gauss import (
    HEIGHT,
    RECEPTOR,
    THRESHOLD,
    columns,
    footprint,
    outside,
)
from analysis.hazard.physics.heavy.buoyancy import air_density_kg_m3
from analysis.hazard.physics.heavy.second_opinion import second_opinion
from analysis.hazard.physics.heavy.slab_cloud import RANGE_M, SlabCloud, slab_cloud
from analysis.hazard.physics.heavy.slab_run import (
    ROUGHNESS_RANGE_M,
    SOURCES,
    WIND_RANGE_M_S,
    Material,
    Release,
    Surroundings,
)
from layers.errors import InvalidInputError

MOST_ROWS = 60


def cloud(inputs: dict[str, Any]) -> SlabCloud:
    """Return the cloud of read inputs; raises as `physics.slab_run.track` does."""
    return slab_cloud(
        _material(inputs),
        _release(inputs),
        _air(inputs),
        averaging_s=inputs["averaging_s"],
        x_max_m=inputs["x_max_m"],
        time_average=inputs["concentration"] == "mean",
    )


def _formula(inputs: dict[str, Any], chosen: CoefficientSet, receptors: Receptors) -> Outcome:
    found = cloud(inputs)
    threshold = inputs["threshold_kg_m3"]
    if inputs["threshold_fraction"] is not None:
        threshold = inputs["threshold_fraction"] * found.kg_m3
    values, warnings = footprint(found, threshold)
    if receptors:
        x, y, z = columns(receptors)
        fraction = found.fraction(x, y, z)
        values["fraction"] = fraction.tolist()
        values["concentration_kg_m3"] = (found.kg_m3 * fraction).tolist()
        if inputs["time_s"] is not None:
            values["at_time_kg_m3"] = found.at(x, y, z, inputs["time_s"]).tolist()
        warnings += outside(found, np.abs(x))
    other, doubts = second_opinion(inputs, threshold)
    return Outcome(
        values={**values, **other},
        steps=_steps(inputs, found),
        intermediates=_table(found),
        warnings=(*warnings, *doubts),
    )


def _material(inputs: dict[str, Any]) -> Material:
    return Material(
        molar_mass_kg_mol=inputs["molar_mass_kg_mol"],
        vapour_heat_capacity_j_kg_k=inputs["vapour_heat_capacity_j_kg_k"],
        liquid_heat_capacity_j_kg_k=inputs["liquid_heat_capacity_j_kg_k"],
        heat_of_vaporisation_j_kg=inputs["heat_of_vaporisation_j_kg"],
        boiling_point_k=inputs["boiling_point_k"],
        liquid_density_kg_m3=inputs["liquid_density_kg_m3"],
        saturation_b_k=inputs["saturation_b_k"],
        saturation_c_k=inputs["saturation_c_k"],
    )


def _release(inputs: dict[str, Any]) -> Release:
    kind = inputs["source_kind"]
    needed = "mass_kg" if kind == "instantaneous" else "release_kg_s"
    if inputs[needed] is None:
        raise InvalidInputError(
            f"slab needs {needed} for a source of kind {kind}",
            code="input_missing",
            field=needed,
            wanted="kg" if needed == "mass_kg" else "kg/s",
        )
    return Release(
        kind=kind,
        area_m2=inputs["area_m2"],
        rate_kg_s=inputs["release_kg_s"] or 0.0,
        mass_kg=inputs["mass_kg"] or 0.0,
        duration_s=math.inf if inputs["duration_s"] is None else inputs["duration_s"],
        temperature_k=inputs["temperature_k"],
        liquid_fraction=0.0 if kind == "pool" else inputs["liquid_fraction"],
        height_m=inputs["height_m"],
    )


def _air(inputs: dict[str, Any]) -> Surroundings:
    return Surroundings(
        wind_speed_m_s=inputs["wind_speed_m_s"],
        wind_height_m=inputs["wind_height_m"],
        roughness_m=inputs["roughness_m"],
        stability=inputs["stability"],
        temperature_k=inputs["ambient_temperature_k"],
        humidity_pct=inputs["humidity_pct"],
    )


def _steps(inputs: dict[str, Any], found: SlabCloud) -> tuple[Step, ...]:
    ambient = inputs["ambient_temperature_k"]
    track = found.track
    turned = np.flatnonzero(track.puff)
    steps = [
        Step(
            name="ambient_density_kg_m3",
            equation="ρa = P Ma/(R Ta)",
            value=air_density_kg_m3(ambient),
            unit="kg/m3",
        ),
        Step(
            name="pure_vapour_kg_m3",
            equation="ρv = P M/(R Ta); concentration = fraction · ρv",
            value=found.kg_m3,
            unit="kg/m3",
        ),
        Step(
            name="effective_half_width_m",
            equation="Bse: the source widened until its own weight carries it (eq. 4d)",
            value=track.effective_half_width_m,
            unit="m",
        ),
    ]
    if turned.size and turned[0] > 0:
        where = "plume to puff: half of the release has passed, 2 Q(x) = q tsd (eq. 29)"
        steps += [
            Step(
                name="transition_x_m",
                equation=where,
                value=float(track.x_m[turned[0] - 1]),
                unit="m",
            ),
            Step(
                name="transition_s",
                equation="t = tsd",
                value=float(track.time_s[turned[0] - 1]),
                unit="s",
            ),
        ]
    return tuple(steps)


def _table(found: SlabCloud) -> dict[str, Any]:
    """Return the cloud on its way, at most `MOST_ROWS` rows within the range."""
    track = found.track
    rows = np.flatnonzero(track.x_m <= found.x_max_m)
    rows = rows[np.unique(np.linspace(0, rows.size - 1, min(rows.size, MOST_ROWS)).astype(int))]
    columns_ = {
        "x_m": track.x_m,
        "time_s": track.time_s,
        "fraction": track.peak,
        "half_width_m": track.half_width_m,
        "cloud_height_m": track.height_m,
        "cloud_density_kg_m3": track.density_kg_m3,
        "cloud_temperature_k": track.temperature_k,
        "cloud_speed_m_s": track.speed_m_s,
    }
    return {"trajectory": {name: column[rows].tolist() for name, column in columns_.items()}}


def _heat(name: str, symbol: str, low: float, high: float, typical: tuple[float, float]) -> Input:
    unit = "J/kg" if name.endswith("_kg") else "J/(kg K)"
    return Input(name=name, unit=unit, symbol=symbol, minimum=low, maximum=high, typical=typical)


MODEL = Model(
    name="slab",
    version="1",
    group="dispersion",
    inputs=(
        Input(name="source_kind", unit="kind", choices=SOURCES, default="pool"),
        Input(
            name="release_kg_s", unit="kg/s", symbol="q", minimum=1e-6, maximum=1e5, required=False
        ),
        Input(name="mass_kg", unit="kg", symbol="m", minimum=1e-3, maximum=1e8, required=False),
        Input(name="duration_s", unit="s", symbol="tsd", minimum=1.0, maximum=1e6, required=False),
        Input(name="area_m2", unit="m2", symbol="As", minimum=1e-6, maximum=1e6),
        Input(
            name="temperature_k", unit="K", symbol="Ts", minimum=4.0, maximum=1500.0, required=False
        ),
        Input(
            name="liquid_fraction",
            unit="1",
            symbol="ml",
            minimum=0.0,
            maximum=0.99,
            default=0.0,
        ),
        HEIGHT,
        Input(
            name="molar_mass_kg_mol",
            unit="kg/mol",
            symbol="M",
            minimum=0.002,
            maximum=1.0,
            typical=(0.002, 0.4),
        ),
        _heat("vapour_heat_capacity_j_kg_k", "cp", 50.0, 20_000.0, (200.0, 15_000.0)),
        _heat("liquid_heat_capacity_j_kg_k", "cpl", 100.0, 20_000.0, (500.0, 10_000.0)),
        _heat("heat_of_vaporisation_j_kg", "ΔHv", 1e3, 5e6, (5e4, 2.6e6)),
        Input(name="boiling_point_k", unit="K", symbol="Tb", minimum=4.0, maximum=1000.0),
        Input(
            name="liquid_density_kg_m3",
            unit="kg/m3",
            symbol="ρl",
            minimum=50.0,
            maximum=20_000.0,
            typical=(400.0, 4000.0),
        ),
        Input(
            name="saturation_b_k", unit="K", symbol="B", minimum=1.0, maximum=1e5, required=False
        ),
        Input(
            name="saturation_c_k", unit="K", symbol="C", minimum=-200.0, maximum=200.0, default=0.0
        ),
        Input(
            name="wind_speed_m_s",
            unit="m/s",
            symbol="u",
            minimum=WIND_RANGE_M_S[0],
            maximum=WIND_RANGE_M_S[1],
        ),
        Input(name="wind_height_m", unit="m", symbol="zu", minimum=1.0, maximum=50.0, default=10.0),
        Input(
            name="roughness_m",
            unit="m",
            symbol="z0",
            minimum=ROUGHNESS_RANGE_M[0],
            maximum=ROUGHNESS_RANGE_M[1],
            default=0.03,
        ),
        Input(name="stability", unit="class", choices=CLASSES),
        Input(
            name="ambient_temperature_k",
            unit="K",
            symbol="Ta",
            minimum=200.0,
            maximum=340.0,
            default=298.15,
        ),
        Input(name="humidity_pct", unit="%", symbol="RH", minimum=0.0, maximum=100.0, default=50.0),
        Input(
            name="averaging_s", unit="s", symbol="tav", minimum=0.0, maximum=86_400.0, default=0.0
        ),
        Input(name="concentration", unit="kind", choices=("mean", "peak"), default="mean"),
        Input(name="time_s", unit="s", symbol="t", minimum=0.0, maximum=1e6, required=False),
        Input(
            name="x_max_m",
            unit="m",
            symbol="xm",
            minimum=100.0,
            maximum=50_000.0,
            default=RANGE_M,
        ),
        THRESHOLD,
        Input(
            name="threshold_fraction",
            unit="1",
            symbol="c",
            minimum=1e-12,
            maximum=1.0,
            required=False,
        ),
    ),
    receptor_inputs=RECEPTOR,
    formula=_formula,
    coefficient_sets=(
        CoefficientSet(
            name="ermak90",
            values={"wind_range_m_s": WIND_RANGE_M_S, "roughness_range_m": ROUGHNESS_RANGE_M},
            source="Ermak 1990, UCRL-MA-105607, by slabx 1.0 (doi:10.5281/zenodo.22023625)",
            certainty="sourced",
        ),
    ),
    sources=(
        "D. L. Ermak, User's Manual for SLAB, UCRL-MA-105607, LLNL 1990",
        "slabx.scope: range of wind and roughness that field trials cover",
    ),
    validity=("flat_ground", "no_obstacles", "steady_wind", "no_reaction", "within_10_km"),
)
run = MODEL.run

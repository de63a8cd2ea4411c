"""Curves of the models beside what was measured: SVG files of docs/validation."""

from __future__ import annotations

from pathlib import Path

import matplotlib as mpl
import numpy as np
from matplotlib.figure import Figure

from analysis.hazard import MODELS

FOLDER = Path(__file__).parents[1] / "docs" / "validation"
BURRO_8 = {
    "source_kind": "pool", "release_kg_s": 116.93, "area_m2": 700.18, "duration_s": 107.0,
    "molar_mass_kg_mol": 0.016043, "vapour_heat_capacity_j_kg_k": 2238.0,
    "liquid_heat_capacity_j_kg_k": 3348.5, "heat_of_vaporisation_j_kg": 509_900.0,
    "boiling_point_k": 111.7, "liquid_density_kg_m3": 424.1, "wind_speed_m_s": 1.94,
    "wind_height_m": 3.0, "roughness_m": 2e-4, "stability": "E", "ambient_temperature_k": 290.0,
    "humidity_pct": 50.0, "averaging_s": 80.0, "x_max_m": 2000.0,
}  # fmt: skip
MEASURED_LFL_M = 455.0


def draw() -> None:
    """Write every plot; the same inputs give the same bytes."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    mpl.rcParams["svg.hashsalt"] = "onemap"
    _burro_8().savefig(FOLDER / "burro_8.svg", metadata={"Date": None})


def _burro_8() -> Figure:
    """Draw SLAB and Britter-McQuaid along the axis, and where the LFL was measured."""
    x = np.geomspace(60.0, 1500.0, 120)
    places = [{"x_m": float(each), "z_m": 1.0} for each in x]
    slab = MODELS["slab"].run(BURRO_8, None, places)["values"]["fraction"]
    workbook = MODELS["britter_mcquaid_plume"].run(
        {
            "release_kg_s": 116.93, "density_kg_m3": 1.76, "ambient_density_kg_m3": 1.217,
            "temperature_k": 111.7, "ambient_temperature_k": 290.0, "wind_speed_m_s": 1.94,
        },
        None, [{"x_m": float(each)} for each in x],
    )["values"]["fraction"]  # fmt: skip
    figure = Figure(figsize=(7.0, 4.2), layout="constrained")
    axes = figure.subplots()
    axes.loglog(x, slab, label="slab, 80 s average, 1 m", color="#d1495b")
    axes.loglog(
        x, workbook, label="britter_mcquaid_plume, wind as measured at 3 m", color="#30638e"
    )
    axes.plot([MEASURED_LFL_M], [0.05], "ko", label="measured distance to LFL, 455 m")
    axes.axhline(0.05, color="grey", linewidth=0.7)
    axes.set(
        xlabel="distance, m", ylabel="volume fraction", title="Burro 8: LNG on water, E, 1.9 m/s"
    )
    axes.legend()
    axes.grid(visible=True, which="both", linewidth=0.3)
    return figure

"""The charge of TNT that an explosion is taken for (TNT当量): yields and heats by their names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from analysis.hazard.model import CoefficientSet, Input, Step
from analysis.hazard.physics.constants import ATMOSPHERE_PA
from analysis.hazard.physics.explosion.blast_curve import CURVES
from layers.errors import InvalidInputError

PSI_PA = 6894.757


@dataclass(frozen=True, kw_only=True)
class Charge:
    """A charge: kg of TNT that burn, the factor for the ground, and the energy of it, J."""

    tnt_kg: float
    ground_factor: float
    energy_j: float
    steps: tuple[Step, ...]


def practice(name: str, source: str, certainty: str = "sourced", **values: float) -> CoefficientSet:
    """Return a set of yield, heat of TNT and ground factor by the name of who uses it."""
    common = {"yield_share": 1.0, "h_tnt_j_kg": 4.68e6, "ground_factor": 1.0}
    return CoefficientSet(name=name, values=common | values, source=source, certainty=certainty)


SOLID = practice("tnt", "solid explosive: its heat against TNT's 4.68 MJ/kg; no heat: kg of TNT")
CHINA = practice(
    "vapour_cloud_china",
    "yield 0.04 (range 0.0002-0.149), 4.52 MJ/kg TNT, no ground factor",
    yield_share=0.04,
    h_tnt_j_kg=4.52e6,
)
HYRAM = practice(
    "vapour_cloud_hyram", "yield 0.03, 4.68 MJ/kg TNT (HyRAM, OpenSRANE)", yield_share=0.03
)
EPA = practice(
    "vapour_cloud_epa",
    "EPA 40 CFR 68.25(e) worst case: yield 0.10, 4.68 MJ/kg TNT",
    "mem 95%",
    yield_share=0.10,
)

INPUTS = (
    Input(name="mass_kg", unit="kg", symbol="M", minimum=0.01, maximum=1e9),
    Input(name="heat_j_kg", unit="J/kg", symbol="Hc", minimum=1e5, maximum=1.5e8, required=False),
    Input(name="yield_share", unit="1", symbol="α", minimum=1e-4, maximum=1.5, required=False),
    Input(name="h_tnt_j_kg", unit="J/kg", symbol="HTNT", minimum=3.5e6, maximum=5.5e6,
          required=False),
    Input(name="ground_factor", unit="1", symbol="β", minimum=1.0, maximum=2.0, required=False),
)  # fmt: skip


def charge(inputs: Mapping[str, Any], chosen: CoefficientSet) -> Charge:
    """Return the charge of checked inputs: W = β α M Hc/HTNT; no heat: M is kg of TNT."""
    share, h_tnt, ground = (
        chosen.values[name] if inputs[name] is None else inputs[name]
        for name in ("yield_share", "h_tnt_j_kg", "ground_factor")
    )
    heat = inputs["heat_j_kg"]
    energy = ground * share * inputs["mass_kg"] * (h_tnt if heat is None else heat)
    tnt = ground * share * inputs["mass_kg"] * (1.0 if heat is None else heat / h_tnt)
    words = "W = β α M" if heat is None else "W = β α M Hc/HTNT"
    return Charge(
        tnt_kg=tnt,
        ground_factor=ground,
        energy_j=energy,
        steps=(
            Step(name="yield_share", equation="α", value=share, unit="1"),
            Step(name="h_tnt_j_kg", equation="HTNT", value=h_tnt, unit="J/kg"),
            Step(name="ground_factor", equation="β, 1.8 where the ground reflects", value=ground,
                 unit="1"),
            Step(name="tnt_kg", equation=words, value=tnt, unit="kg"),
        ),
    )  # fmt: skip


def ground_warning(ground_factor: float, curve: str) -> tuple[dict[str, Any], ...]:
    """Return a warning where the ground is counted in the charge and in a surface burst's curve."""
    if ground_factor <= 1.0 or CURVES[curve].burst == "spherical":
        return ()
    longer_pct = round(100.0 * (ground_factor ** (1.0 / 3.0) - 1.0))
    params = {"factor": ground_factor, "curve": curve, "longer_pct": longer_pct}
    return ({"code": "hazard.ground_counted_twice", "params": params},)


def energy_scale_m(energy_j: float, ambient_pa: float = ATMOSPHERE_PA) -> float:
    """Return the length (E/P0)^(1/3) by which distances of an explosion scale."""
    return float((energy_j / ambient_pa) ** (1.0 / 3.0))


def whole(inputs: Mapping[str, Any], name: str) -> int:
    """Return a class, a whole number; InvalidInputError for one that lies between two."""
    given = float(inputs[name])
    if given != int(given):
        raise InvalidInputError(
            f"{name}: got {given:g}, wanted a whole number",
            field=name,
            got=str(given),
            wanted="whole number",
        )
    return int(given)

"""TNT equivalence (TNT当量法): the charge, and the radii that practice reads straight off it."""

from __future__ import annotations

from typing import Any

from analysis.hazard.model import CoefficientSet, Model, Outcome, Receptors, Step
from analysis.hazard.physics.explosion import tnt

DAMAGE_K = {"a": 3.8, "b": 4.6, "c": 9.6, "d": 28.0, "e": 56.0}
"""Jarrett's K by class of damage: A nearly all fall … D, E repairable (1968; Chinese practice)."""


def death_radius_m(tnt_kg: float) -> float:
    """Return 13.6 (W/1000)^0.37, within which half die (Chinese practice)."""
    return float(13.6 * (tnt_kg / 1000.0) ** 0.37)


def damage_radius_m(tnt_kg: float, factor: float) -> float:
    """Return K W^(1/3)/(1 + (3175/W)²)^(1/6) (Jarrett 1968)."""
    return float(factor * tnt_kg ** (1.0 / 3.0) / (1.0 + (3175.0 / tnt_kg) ** 2) ** (1.0 / 6.0))


def epa_radius_m(tnt_kg: float) -> float:
    """Return 17 W^(1/3), m: the distance to 1 psi of EPA's RMP guidance."""
    return float(17.0 * tnt_kg ** (1.0 / 3.0))


def _formula(inputs: dict[str, Any], chosen: CoefficientSet, receptors: Receptors) -> Outcome:
    charge = tnt.charge(inputs, chosen)
    death, one_psi = death_radius_m(charge.tnt_kg), epa_radius_m(charge.tnt_kg)
    damage = {
        f"damage_{letter}_radius_m": damage_radius_m(charge.tnt_kg, factor)
        for letter, factor in DAMAGE_K.items()
    }
    steps = [
        *charge.steps,
        Step(name="energy_j", equation="E = W HTNT", value=charge.energy_j, unit="J"),
        Step(name="death_radius_m", equation="R = 13.6 (W/1000)^0.37", value=death, unit="m"),
        Step(name="one_psi_radius_m", equation="R = 17 W^(1/3)", value=one_psi, unit="m"),
    ]
    steps += [
        Step(name=name, equation=f"R = {factor:g} W^(1/3)/(1 + (3175/W)²)^(1/6)", value=radius,
             unit="m")
        for (name, radius), factor in zip(damage.items(), DAMAGE_K.values(), strict=True)
    ]  # fmt: skip
    values = {
        "tnt_kg": charge.tnt_kg,
        "energy_j": charge.energy_j,
        "death_radius_m": death,
        "one_psi_radius_m": one_psi,
    }
    return Outcome(values=values | damage, steps=tuple(steps))


MODEL = Model(
    name="tnt_equivalence",
    version="1",
    group="explosion",
    inputs=tnt.INPUTS,
    formula=_formula,
    coefficient_sets=(
        tnt.practice(
            "china",
            "W = 1.8 α M Qc/QTNT, α 0.04 (0.0002-0.149), QTNT 4.52 MJ/kg; 1.8 for the ground: "
            "only with a curve of free air",
            yield_share=0.04, h_tnt_j_kg=4.52e6, ground_factor=1.8,
        ),
        tnt.practice("hyram", "yield 0.03, 4.68 MJ/kg TNT (HyRAM, OpenSRANE)", yield_share=0.03),
        tnt.practice("epa_rmp", "EPA RMP guidance: yield 0.10, 4.68 MJ/kg TNT", "mem 95%",
                     yield_share=0.10),
        tnt.practice("sp12", "SP 12.13130.2009 of Russia: share 0.1, 4.52 MJ/kg TNT",
                     yield_share=0.1, h_tnt_j_kg=4.52e6),
        tnt.SOLID,
    ),
    sources=(
        "death radius 13.6 (W/1000)^0.37, Chinese safety assessment practice",
        "17 (0.1 M Hc/HTNT)^(1/3) to 1 psi, EPA RMP guidance 1999, app. C [mem 95%]",
        "Jarrett 1968, radii of damage K W^(1/3)/(1 + (3175/W)²)^(1/6), as Chinese practice has it",
    ),
)  # fmt: skip
run = MODEL.run

"""Criteria of blast (冲击波超压准则): what an overpressure does, by a table and by its name."""

from __future__ import annotations

from typing import Any

from analysis.hazard.model import CoefficientSet, Input, Model, Outcome, Receptors
from analysis.hazard.physics.effect.criteria import Criterion, judged, listed

PRESSURE = "overpressure_pa"


def _table(*lines: tuple[float, str]) -> tuple[Criterion, ...]:
    return tuple(
        Criterion(quantity=PRESSURE, threshold=kpa * 1000.0, effect=effect) for kpa, effect in lines
    )


TABLES: dict[str, tuple[Criterion, ...]] = {
    "china_people": _table(
        (100.0, "blast_most_die"), (50.0, "blast_serious"), (30.0, "blast_medium"),
        (20.0, "blast_slight"),
    ),
    "china_building": _table(
        (200.0, "blast_steel_frames"), (100.0, "blast_concrete"), (70.0, "blast_brick_falls"),
        (60.0, "blast_timber"), (40.0, "blast_large_cracks"), (20.0, "blast_wall_cracks"),
        (15.0, "blast_frames"), (6.0, "blast_most_glass"), (5.0, "blast_some_glass"),
    ),
    "china_vce": _table((44.0, "blast_vce_serious"), (17.0, "blast_vce_slight")),
    "gbt37243": _table(
        (9.0, "blast_37243_third"), (5.0, "blast_37243_second"), (2.0, "blast_37243_first"),
    ),
    "order404": _table(
        (100.0, "blast_404_total"), (53.0, "blast_404_half"), (28.0, "blast_404_medium"),
        (12.0, "blast_404_moderate"), (5.0, "blast_404_person"), (3.0, "blast_404_glass"),
    ),
    "epa_rmp": _table((6.894757, "blast_epa_1psi")),
}  # fmt: skip


def _formula(inputs: dict[str, Any], chosen: CoefficientSet, receptors: Receptors) -> Outcome:
    table = TABLES[chosen.name]
    return Outcome(
        values=judged(table, PRESSURE, inputs[PRESSURE]) | {"quantity": PRESSURE},
        intermediates={"criteria": listed(table)},
    )


def _set(name: str, source: str, certainty: str) -> CoefficientSet:
    return CoefficientSet(
        name=name, values={"criteria": listed(TABLES[name])}, source=source, certainty=certainty
    )


MODEL = Model(
    name="overpressure_criteria",
    version="1",
    group="effect",
    inputs=(
        Input(name=PRESSURE, unit="Pa", symbol="P", minimum=0.0, maximum=1e9,
              typical=(200.0, 1e7)),
    ),
    formula=_formula,
    coefficient_sets=(
        _set("china_people", "injury of people, Chinese practice [mem 90%]", "mem 90%"),
        _set("china_building", "damage to buildings, Chinese practice [mem 90%]", "mem 90%"),
        _set("china_vce", "vapour cloud explosion, injury radii at 44 and 17 kPa, Chinese practice "
             "[mem 90%]", "mem 90%"),
        _set("gbt37243", "GB/T 37243-2019, limits for protection targets of class 1, 2, 3 "
             "[mem 80%]", "mem 80%"),
        _set("order404", "Rostekhnadzor order 404 (2009), annex 4; its words [mem 90%]",
             "mem 90%"),
        _set("epa_rmp", "40 CFR 68.22: overpressure of 1 psi", "sourced"),
    ),
    sources=("the set's own table; a table is not a probit and gives no share",),
    validity=("criteria_not_probit",),
)  # fmt: skip
run = MODEL.run

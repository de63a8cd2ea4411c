"""From one averaging time to another (取样时间修正): how wide a plume is, how high its axis.

The longer the wind meanders, the wider the plume and the lower its average: σy grows by a factor
and the axis falls by it.
"""

from __future__ import annotations

from typing import Any

from analysis.hazard.model import CoefficientSet, Input, Model, Outcome, Receptors, Step
from analysis.hazard.physics.air.averaging import EXPONENT, HOUR_S, LEAST_S, SOURCES
from analysis.hazard.physics.gaussian.sigma import CLASSES

GB_LEAST_S = 1800.0
TURNER_MOST_S = 7200.0


def _formula(inputs: dict[str, Any], chosen: CoefficientSet, receptors: Receptors) -> Outcome:
    wanted, known = inputs["averaging_s"], inputs["reference_s"]
    low, high = chosen.values["range_s"]
    least = 0.0
    if chosen.name == "tno":
        low = least = LEAST_S[inputs["stability"]]
    exponent, words = _rule(chosen, wanted)
    factor = (max(wanted, least) / max(known, least)) ** exponent
    values: dict[str, Any] = {"width_factor": factor, "concentration_factor": 1.0 / factor}
    if inputs["concentration_kg_m3"] is not None:
        values["concentration_kg_m3"] = inputs["concentration_kg_m3"] / factor
    warnings = tuple(
        {
            "code": "hazard.averaging_outside",
            "params": {"got": each, "wanted": f"{low:g} .. {high:g} s"},
        }
        for each in sorted({wanted, known})
        if not low <= each <= high
    )
    return Outcome(
        values=values,
        steps=(
            Step(name="averaging_exponent", equation="q", value=exponent, unit="1"),
            Step(name="width_factor", equation=words, value=factor, unit="1"),
            Step(
                name="concentration_factor",
                equation="C/C_r = σy,r/σy",
                value=1.0 / factor,
                unit="1",
            ),
        ),
        warnings=warnings,
    )


def _rule(chosen: CoefficientSet, wanted: float) -> tuple[float, str]:
    if chosen.name == "gbt3840":
        return (0.2 if wanted < HOUR_S else 0.3), "σy/σy,r = (t'/t_r)^q, q 0.2 under 1 h, else 0.3"
    if chosen.name == "tno":
        return EXPONENT, "σy/σy,r = (max(t', t0)/max(t_r, t0))^q"
    return float(chosen.values["exponent"]), "C_r/C = (t'/t_r)^q"


MODEL = Model(
    name="averaging_time",
    version="1",
    group="air",
    inputs=(
        Input(
            name="averaging_s",
            unit="s",
            symbol="t'",
            minimum=1.0,
            maximum=360_000.0,
            typical=(10.0, 86_400.0),
        ),
        Input(
            name="reference_s",
            unit="s",
            symbol="t_r",
            minimum=1.0,
            maximum=360_000.0,
            default=600.0,
            typical=(10.0, 86_400.0),
        ),
        Input(name="stability", unit="class", choices=CLASSES, default="D"),
        Input(
            name="concentration_kg_m3",
            unit="kg/m3",
            symbol="C_r",
            minimum=0.0,
            maximum=1000.0,
            required=False,
        ),
    ),
    formula=_formula,
    coefficient_sets=(
        CoefficientSet(
            name="tno",
            values={"exponent": EXPONENT, "least_s": LEAST_S, "range_s": (4.6, HOUR_S)},
            source=SOURCES["tno"],
            certainty="sourced",
        ),
        CoefficientSet(
            name="gbt3840",
            values={"exponent": (0.2, 0.3), "range_s": (GB_LEAST_S, 360_000.0)},
            source=SOURCES["gbt3840"],
            certainty="sourced",
        ),
        CoefficientSet(
            name="turner",
            values={"exponent": 0.17, "range_s": (180.0, TURNER_MOST_S)},
            source="Turner's Workbook 1970, eq. 5.12: C_s = C_k (t_k/t_s)^p, p 0.17 to 0.20, under "
            "2 h [mem 90%]",
            certainty="mem 90%",
        ),
    ),
    sources=("Averaging a meandering plume by a power of time",),
)
run = MODEL.run

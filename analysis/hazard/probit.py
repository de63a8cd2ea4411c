"""Probit (概率函数): the share of people that a heat, blast or toxic dose kills, and back.

One model for every published set; the set's agent says which inputs it needs: heat flux and time,
overpressure (and impulse), concentration and time or a whole history. With `share` it answers the
inverse: the dose, and what gives it in that time.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from analysis.hazard.model import CoefficientSet, Input, Inputs, Model, Outcome, Receptors, Step
from analysis.hazard.physics.effect import probit_dose
from analysis.hazard.physics.effect.probits import PROBITS, Probit
from analysis.hazard.physics.effect.toxic_dose import running_load

PRINTED_APART = 1.05  # an LC50 that differs by more from the printed one is told


def _with_overrides(inputs: Inputs, chosen: Probit) -> Probit:
    """Return the set with what the user put in place of its constants."""
    given = {
        name: inputs[f"probit_{name}"]
        for name in ("a", "b", "n")
        if inputs[f"probit_{name}"] is not None
    }
    return replace(chosen, **given) if given else chosen


def _formula(inputs: dict[str, Any], chosen: CoefficientSet, receptors: Receptors) -> Outcome:
    probit = _with_overrides(inputs, PROBITS[chosen.name])
    own = probit is PROBITS[chosen.name]  # constants of the user have no printed figure beside
    warnings = tuple(_told(probit)) if own else ()
    if inputs["share"] is not None:
        return _inverse(inputs, probit, warnings)
    dose, steps = probit_dose.DOSES[probit.form](inputs, probit)
    value = float(probit.value(dose)) if dose > 0.0 else -np.inf
    share = float(probit.share(dose)) if dose > 0.0 else 0.0
    equation = f"Pr = {probit.a:g} {probit.b:+g} ln V"
    if np.isfinite(value):  # JSON has no infinity; without a dose there is no probit to write down
        steps = [*steps, Step(name="probit", equation=equation, value=value, unit="1")]
    steps = [*steps, Step(name="share", equation="P = Φ(Pr − 5)", value=share, unit="1")]
    values = {
        "probit": value if np.isfinite(value) else None,
        "share": share,
        "percent": share * 100.0,
        "dose": dose,
        "effect": probit.effect,
    }
    series = _running_share(inputs, probit)
    return Outcome(values=values, steps=tuple(steps), intermediates=series, warnings=warnings)


def _running_share(inputs: Inputs, probit: Probit) -> dict[str, Any]:
    """Return the load and the share up to each time of a history."""
    if probit.form != "toxic" or inputs["concentrations_mg_m3"] is None:
        return {}
    assert probit.n is not None
    times, values = probit_dose.history(inputs)
    factor, _ = probit_dose.scale(inputs, probit)
    loads = running_load(times, values * factor, probit.n)
    shares = np.where(loads > 0.0, probit.share(np.maximum(loads, 1e-300)), 0.0)
    return {"history": {"time_s": times.tolist(), "toxic_load": loads.tolist(),
                        "share": shares.tolist()}}  # fmt: skip


def _inverse(inputs: Inputs, probit: Probit, warnings: tuple[dict[str, Any], ...]) -> Outcome:
    share = inputs["share"]
    value = probit.a + probit.b * np.log(probit.dose_at(share))
    dose = probit.dose_at(share)
    found = probit_dose.INVERSES[probit.form](inputs, probit, dose)
    steps = [
        Step(name="probit", equation="Pr = 5 + Φ⁻¹(P)", value=float(value), unit="1"),
        Step(name="dose", equation="V = exp((Pr − a)/b)", value=dose, unit="1"),
        *(
            Step(name=name, equation="from V, solved back", value=number,
                 unit=_UNITS.get(name, "1"))
            for name, number in found.items()
        ),
    ]  # fmt: skip
    return Outcome(
        values={**found, "dose": dose, "probit": float(value), "share": share,
                "effect": probit.effect},
        steps=tuple(steps),
        warnings=warnings,
    )  # fmt: skip


_UNITS = {"heat_flux_kw_m2": "kW/m2", "overpressure_pa": "Pa", "concentration_mg_m3": "mg/m3",
          "concentration_ppm": "ppm"}  # fmt: skip


def _told(probit: Probit) -> list[dict[str, Any]]:
    """Warn of constants that do not give what their own source prints beside them."""
    told = []
    if probit.printed_lc50 is not None and probit.n is not None:
        computed = (probit.dose_at(0.5) / 30.0) ** (1.0 / probit.n)
        if not 1.0 / PRINTED_APART < computed / probit.printed_lc50 < PRINTED_APART:
            params = {"set": probit.name, "computed": round(computed),
                      "printed": round(probit.printed_lc50)}  # fmt: skip
            told.append({"code": "hazard.probit_mismatch", "params": params})
    if probit.suspect:
        told.append({"code": "hazard.probit_suspect", "params": {"set": probit.name}})
    return told


MODEL = Model(
    name="probit",
    version="1",
    group="effect",
    inputs=(
        Input(name="heat_flux_kw_m2", unit="kW/m2", symbol="q", minimum=1e-3, maximum=2000.0,
              required=False, typical=(0.5, 400.0)),
        Input(name="exposure_s", unit="s", symbol="t", minimum=1e-2, maximum=604_800.0,
              required=False, typical=(1.0, 28_800.0)),
        Input(name="exposure_min", unit="min", symbol="t", minimum=1e-3, maximum=10_080.0,
              required=False, typical=(0.1, 480.0)),
        Input(name="overpressure_pa", unit="Pa", symbol="P", minimum=1.0, maximum=1e9,
              required=False, typical=(200.0, 1e7)),
        Input(name="impulse_pa_s", unit="Pa s", symbol="i", minimum=1e-2, maximum=1e8,
              required=False, typical=(1.0, 1e6)),
        Input(name="concentration_mg_m3", unit="mg/m3", symbol="C", minimum=0.0, maximum=1e8,
              required=False),
        Input(name="concentration_ppm", unit="ppm", symbol="C", minimum=0.0, maximum=1e6,
              required=False),
        Input(name="concentrations_mg_m3", unit="mg/m3", symbol="C", minimum=0.0, maximum=1e8,
              required=False, dimensions=1),
        Input(name="times_s", unit="s", symbol="t", minimum=0.0, maximum=604_800.0,
              required=False, dimensions=1),
        Input(name="molar_mass_kg_mol", unit="kg/mol", symbol="M", minimum=0.001, maximum=1.0,
              required=False),
        Input(name="temperature_k", unit="K", symbol="T", minimum=200.0, maximum=350.0,
              default=298.15),
        Input(name="share", unit="1", symbol="P", minimum=1e-9, maximum=1.0 - 1e-9,
              required=False),
        Input(name="probit_a", unit="1", symbol="a", minimum=-1000.0, maximum=1000.0,
              required=False),
        Input(name="probit_b", unit="1", symbol="b", minimum=-100.0, maximum=100.0,
              required=False),
        Input(name="probit_n", unit="1", symbol="n", minimum=0.1, maximum=10.0, required=False),
    ),
    formula=_formula,
    coefficient_sets=tuple(
        CoefficientSet(name=each.name, values=each.coefficients(), source=each.source,
                       certainty=each.certainty)
        for each in PROBITS.values()
    ),
    sources=("Finney, Probit Analysis, 3rd ed. 1971: P = Φ(Pr − 5)",),
    validity=("probit_population", "probit_one_set"),
)  # fmt: skip
run = MODEL.run

"""What each agent needs for its dose, the dose with its steps, and the way back from a dose.

Inputs are those of the model `probit`, read and checked.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from analysis.hazard.model import Step
from analysis.hazard.physics.effect.probits import Probit
from analysis.hazard.physics.effect.toxic_dose import checked_history, mg_m3_per_ppm, running_load
from layers.errors import InvalidInputError

Inputs = Mapping[str, Any]
_ALTERNATIVES = {
    "thermal": "heat_flux_kw_m2, exposure_s",
    "overpressure": "overpressure_pa",
    "toxic": "concentration_mg_m3 or concentration_ppm, exposure_s or exposure_min",
}


def _need(inputs: Inputs, name: str, chosen: Probit) -> float:
    value = inputs[name]
    if value is None:
        raise InvalidInputError(
            f"probit/{chosen.name} needs {name}: it is for {_ALTERNATIVES[chosen.agent]}",
            code="input_missing",
            field=name,
            wanted=_ALTERNATIVES[chosen.agent],
        )
    return float(value)


def _only(inputs: Inputs, first: str, second: str) -> str:
    """Return which of two names was given; refuse both and neither."""
    given = [name for name in (first, second) if inputs[name] is not None]
    if len(given) != 1:
        raise InvalidInputError(
            f"probit: got {' and '.join(given) or 'neither'}, wanted {first} or {second}",
            field=first,
            got=", ".join(given) or "nothing",
            wanted=f"{first} | {second}",
        )
    return given[0]


# --- the dose of each agent, with the steps to it


def _heat_dose(inputs: Inputs, chosen: Probit) -> tuple[float, list[Step]]:
    flux = _need(inputs, "heat_flux_kw_m2", chosen)
    dose = chosen.factor * _seconds(inputs, chosen) * (flux * 1000.0) ** (4.0 / 3.0)
    factor = "" if chosen.factor == 1.0 else f"{chosen.factor:g} "
    equation = f"V = {factor}t q^(4/3), q in W/m²"
    return dose, [Step(name="heat_dose", equation=equation, value=dose, unit="(W/m2)^(4/3) s")]


def _pressure_dose(inputs: Inputs, chosen: Probit) -> tuple[float, list[Step]]:
    pressure = _need(inputs, "overpressure_pa", chosen)
    dose = pressure / chosen.pressure_unit_pa
    unit = "Pa" if chosen.pressure_unit_pa == 1.0 else "bar"
    return dose, [Step(name="blast_dose", equation=f"V = P in {unit}", value=dose, unit=unit)]


def _head_dose(inputs: Inputs, chosen: Probit) -> tuple[float, list[Step]]:
    pressure = _need(inputs, "overpressure_pa", chosen)
    impulse = _need(inputs, "impulse_pa_s", chosen)
    dose = 2430.0 / pressure + 4e8 / (pressure * impulse)
    equation = "V = 2430/P + 4×10⁸/(P i)"
    return dose, [Step(name="blast_dose", equation=equation, value=dose, unit="1")]


def _impulse_dose(inputs: Inputs, chosen: Probit) -> tuple[float, list[Step]]:
    assert chosen.impulse is not None
    p, m, i, k = chosen.impulse
    pressure = _need(inputs, "overpressure_pa", chosen)
    impulse = _need(inputs, "impulse_pa_s", chosen)
    dose = (p / pressure) ** m + (i / impulse) ** k
    equation = f"V = ({p:g}/P)^{m:g} + ({i:g}/i)^{k:g}"
    return dose, [Step(name="blast_dose", equation=equation, value=dose, unit="1")]


def _toxic_dose(inputs: Inputs, chosen: Probit) -> tuple[float, list[Step]]:
    assert chosen.n is not None
    factor, steps = scale(inputs, chosen)
    unit = f"({chosen.unit})^{chosen.n:g} min"
    if inputs["concentrations_mg_m3"] is not None:
        times, values = history(inputs)
        loads = running_load(times, values * factor, chosen.n)
        step = Step(name="toxic_load", equation="V = ∫ Cⁿ dt, t in min", value=float(loads[-1]),
                    unit=unit)  # fmt: skip
        return float(loads[-1]), [*steps, step]
    name = _only(inputs, "concentration_mg_m3", "concentration_ppm")
    concentration = float(inputs[name]) * (factor if name == "concentration_mg_m3" else 1.0)
    if name == "concentration_ppm" and chosen.unit == "mg/m3":
        concentration *= _mg_per_ppm(inputs)
    dose = concentration**chosen.n * _seconds(inputs, chosen) / 60.0
    steps = [
        Step(name="concentration", equation=f"C in {chosen.unit}", value=concentration,
             unit=str(chosen.unit)),
        Step(name="toxic_load", equation="V = Cⁿ t, t in min", value=dose, unit=unit),
    ]  # fmt: skip
    return dose, steps


def scale(inputs: Inputs, chosen: Probit) -> tuple[float, list[Step]]:
    """Return what a mg/m³ is in the set's unit; a set in ppm needs the molar mass."""
    asked_in_mg = inputs["concentration_ppm"] is None and inputs["share"] is None
    if chosen.unit == "mg/m3" or not asked_in_mg:
        return 1.0, []
    per_ppm = _mg_per_ppm(inputs)
    equation = "1 ppm = M/(0.082057 T) mg/m³"
    return 1.0 / per_ppm, [Step(name="mg_m3_per_ppm", equation=equation, value=per_ppm,
                                unit="mg/m3")]  # fmt: skip


def _mg_per_ppm(inputs: Inputs) -> float:
    if inputs["molar_mass_kg_mol"] is None:
        raise InvalidInputError(
            "probit needs molar_mass_kg_mol to turn ppm into mg/m³",
            code="input_missing",
            field="molar_mass_kg_mol",
            wanted="kg/mol",
        )
    return mg_m3_per_ppm(
        molar_mass_kg_mol=inputs["molar_mass_kg_mol"], temperature_k=inputs["temperature_k"]
    )


def history(inputs: Inputs) -> tuple[Any, Any]:
    """Return the times, s, and the concentrations, mg/m³, of a history."""
    if inputs["times_s"] is None:
        raise InvalidInputError(
            "a history of concentrations needs times_s", code="input_missing", field="times_s",
            wanted="s",
        )  # fmt: skip
    return checked_history(
        inputs["times_s"], inputs["concentrations_mg_m3"], field="concentrations_mg_m3"
    )


def _seconds(inputs: Inputs, chosen: Probit) -> float:
    if inputs["exposure_min"] is not None and inputs["exposure_s"] is None:
        return float(inputs["exposure_min"]) * 60.0
    if inputs["exposure_min"] is not None:
        _only(inputs, "exposure_s", "exposure_min")
    return _need(inputs, "exposure_s", chosen)


DOSES: dict[str, Callable[[Inputs, Probit], tuple[float, list[Step]]]] = {
    "heat": _heat_dose,
    "pressure": _pressure_dose,
    "head": _head_dose,
    "pressure_impulse": _impulse_dose,
    "toxic": _toxic_dose,
}


# --- back from a share


def _heat_for(inputs: Inputs, chosen: Probit, dose: float) -> dict[str, float]:
    seconds = _seconds(inputs, chosen)
    return {"heat_flux_kw_m2": (dose / (chosen.factor * seconds)) ** 0.75 / 1000.0}


def _pressure_for(inputs: Inputs, chosen: Probit, dose: float) -> dict[str, float]:
    return {"overpressure_pa": dose * chosen.pressure_unit_pa}


def _head_for(inputs: Inputs, chosen: Probit, dose: float) -> dict[str, float]:
    impulse = _need(inputs, "impulse_pa_s", chosen)
    return {"overpressure_pa": (2430.0 + 4e8 / impulse) / dose}


def _impulse_for(inputs: Inputs, chosen: Probit, dose: float) -> dict[str, float]:
    assert chosen.impulse is not None
    p, m, i, k = chosen.impulse
    left = dose - (i / _need(inputs, "impulse_pa_s", chosen)) ** k
    if left <= 0.0:
        raise InvalidInputError(
            f"impulse_pa_s: with this impulse no overpressure reaches the share ({chosen.name})",
            field="impulse_pa_s",
            got=str(inputs["impulse_pa_s"]),
            wanted=f"> {i * dose ** (-1.0 / k):g} Pa s",
        )
    return {"overpressure_pa": p * left ** (-1.0 / m)}


def _toxic_for(inputs: Inputs, chosen: Probit, dose: float) -> dict[str, float]:
    assert chosen.n is not None
    concentration = (dose / (_seconds(inputs, chosen) / 60.0)) ** (1.0 / chosen.n)
    found = {"concentration_mg_m3" if chosen.unit == "mg/m3" else "concentration_ppm":
             concentration}  # fmt: skip
    if inputs["molar_mass_kg_mol"] is not None:
        per_ppm = _mg_per_ppm(inputs)
        if chosen.unit == "mg/m3":
            found["concentration_ppm"] = concentration / per_ppm
        else:
            found["concentration_mg_m3"] = concentration * per_ppm
    return found


INVERSES: dict[str, Callable[[Inputs, Probit, float], dict[str, float]]] = {
    "heat": _heat_for,
    "pressure": _pressure_for,
    "head": _head_for,
    "pressure_impulse": _impulse_for,
    "toxic": _toxic_for,
}

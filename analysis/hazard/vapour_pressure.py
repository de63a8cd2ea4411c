"""Vapour pressure of a liquid (蒸气压): Antoine, or Clausius-Clapeyron from the boiling point."""

from __future__ import annotations

from typing import Any

from analysis.hazard.model import CoefficientSet, Input, Model, Outcome, Receptors, Step
from analysis.hazard.physics.release.hole import needed
from analysis.hazard.physics.release.saturation import GULDBERG, clausius_clapeyron_pa
from layers.errors import OutOfRangeError

MMHG_PA = 133.322368
_UNITS = {
    "mmhg_c": (MMHG_PA, 273.15, "P = 133.322 × 10^(A − B/(C + t)), t in °C"),
    "pa_k": (1.0, 0.0, "P = 10^(A − B/(C + T))"),
    "bar_k": (1e5, 0.0, "P = 1e5 × 10^(A − B/(C + T))"),
    "kpa_c": (1e3, 273.15, "P = 1e3 × 10^(A − B/(C + t)), t in °C"),
}
_FITTED_PA = (10.0 * MMHG_PA, 1500.0 * MMHG_PA)  # where tables of Antoine constants are fitted


def _formula(inputs: dict[str, Any], chosen: CoefficientSet, receptors: Receptors) -> Outcome:
    _check_range(inputs)
    if chosen.name == "clausius_clapeyron":
        return _from_boiling(inputs)
    constants = dict(chosen.values)
    if chosen.name == "antoine":
        constants = {name: inputs[f"antoine_{name}"] for name in ("a", "b", "c")}
        constants["unit"] = inputs["antoine_unit"]
        for name in ("a", "b", "c"):
            if constants[name] is None:
                raise needed(
                    f"antoine_{name}", "1 or K", "the set antoine takes the constants given"
                )
    per, zero, equation = _UNITS[constants["unit"]]
    t = inputs["temperature_k"] - zero
    if t + constants["c"] <= 0.0:
        lowest = zero - constants["c"]
        raise _outside(inputs["temperature_k"], f"over {lowest:g} K, the pole of the equation")
    pressure = per * 10.0 ** (constants["a"] - constants["b"] / (t + constants["c"]))
    warnings: tuple[dict[str, Any], ...] = ()
    if inputs["temperature_min_k"] is None and not _FITTED_PA[0] <= pressure <= _FITTED_PA[1]:
        params = {"pressure_pa": round(pressure, 1)}
        warnings = ({"code": "hazard.antoine_extrapolated", "params": params},)
    step = Step(name="vapour_pressure_pa", equation=equation, value=pressure, unit="Pa")
    return Outcome(values={"vapour_pressure_pa": pressure}, steps=(step,), warnings=warnings)


def _from_boiling(inputs: dict[str, Any]) -> Outcome:
    for name, unit in (
        ("boiling_point_k", "K"),
        ("heat_of_vaporisation_j_kg", "J/kg"),
        ("molar_mass_kg_mol", "kg/mol"),
    ):
        if inputs[name] is None:
            raise needed(name, unit, "Clausius-Clapeyron starts from the boiling point")
    boiling, t = inputs["boiling_point_k"], inputs["temperature_k"]
    if not 0.6 * boiling <= t <= GULDBERG * boiling:
        raise _outside(t, f"{0.6 * boiling:g} .. {GULDBERG * boiling:g} K")
    molar = inputs["heat_of_vaporisation_j_kg"] * inputs["molar_mass_kg_mol"]
    pressure = clausius_clapeyron_pa(
        boiling_point_k=boiling, molar_heat_j_mol=molar, temperature_k=t
    )
    steps = (
        Step(name="molar_heat_j_mol", equation="L = Hv M", value=molar, unit="J/mol"),
        Step(
            name="vapour_pressure_pa",
            equation="P = 101325 exp(L/R (1/Tb − 1/T))",
            value=pressure,
            unit="Pa",
        ),
    )
    return Outcome(values={"vapour_pressure_pa": pressure}, steps=steps)


def _check_range(inputs: dict[str, Any]) -> None:
    low, high, t = (inputs[f"temperature_{n}k"] for n in ("min_", "max_", ""))
    if (low is not None and t < low) or (high is not None and t > high):
        low, high = 0.0 if low is None else low, "" if high is None else f"{high:g}"
        raise _outside(t, f"{low:g} .. {high} K")


def _outside(temperature_k: float, wanted: str) -> OutOfRangeError:
    return OutOfRangeError(
        f"temperature_k: got {temperature_k:g}, wanted {wanted}",
        field="temperature_k",
        got=temperature_k,
        wanted=wanted,
    )


_TABLE = {
    "toluene": (6.95464, 1344.8, 219.48),
    "benzene": (6.89272, 1203.531, 219.888),
    "methanol": (7.89750, 1474.08, 229.13),
    "ammonia": (7.55466, 1002.711, 247.885),
    "chlorine": (6.93790, 861.34, 246.33),
    "propane": (6.82973, 813.20, 248.00),
    "butane": (6.80896, 935.86, 238.73),
    "ethanol": (8.04494, 1554.3, 222.65),
    "acetone": (7.02447, 1161.0, 224.0),
}


def _antoine(name: str, lowest: float, highest: float, symbol: str, unit: str = "1") -> Input:
    return Input(
        name=name, unit=unit, symbol=symbol, minimum=lowest, maximum=highest, required=False
    )


MODEL = Model(
    name="vapour_pressure",
    version="1",
    group="release",
    inputs=(
        Input(name="temperature_k", unit="K", symbol="T", minimum=10.0, maximum=1000.0),
        _antoine("antoine_a", 1.0, 30.0, "A"),
        _antoine("antoine_b", 1.0, 10_000.0, "B", "K"),
        _antoine("antoine_c", -300.0, 400.0, "C", "K"),
        Input(name="antoine_unit", unit="word", choices=tuple(_UNITS), default="mmhg_c"),
        Input(
            name="temperature_min_k",
            unit="K",
            symbol="Tmin",
            minimum=10.0,
            maximum=1000.0,
            required=False,
        ),
        Input(
            name="temperature_max_k",
            unit="K",
            symbol="Tmax",
            minimum=10.0,
            maximum=1500.0,
            required=False,
        ),
        Input(
            name="boiling_point_k",
            unit="K",
            symbol="Tb",
            minimum=4.0,
            maximum=1000.0,
            required=False,
        ),
        Input(
            name="heat_of_vaporisation_j_kg",
            unit="J/kg",
            symbol="Hv",
            minimum=1e4,
            maximum=1e7,
            required=False,
        ),
        Input(
            name="molar_mass_kg_mol",
            unit="kg/mol",
            symbol="M",
            minimum=0.001,
            maximum=1.0,
            required=False,
        ),
    ),
    formula=_formula,
    coefficient_sets=(
        CoefficientSet(
            name="antoine", values={}, source="the constants given", certainty="sourced"
        ),
        CoefficientSet(
            name="clausius_clapeyron",
            values={},
            source="Clausius-Clapeyron with a constant heat of vaporisation",
            certainty="sourced",
        ),
        *(
            CoefficientSet(
                name=name,
                values={"a": a, "b": b, "c": c, "unit": "mmhg_c"},
                source="Antoine table of the open program pyELDQM (mmHg, °C)",
                certainty="sourced",
            )
            for name, (a, b, c) in _TABLE.items()
        ),
    ),
    sources=("Antoine 1888; Clausius-Clapeyron",),
    validity=("pure_liquid",),
)
run = MODEL.run

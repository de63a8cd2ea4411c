"""Every model at and beyond the ends of every input: an answer in finite numbers, or a refusal."""

import math
from collections.abc import Mapping, Sequence
from functools import cache

import numpy as np
import pytest

from analysis.hazard import MODELS
from benchmarks.validation import cases
from layers.errors import InvalidInputError, OneMapError, OutOfRangeError

GROUND = [[12.0, 11.0, 10.5], [11.0, 10.0, 9.0], [10.0, 9.0, 8.0], [9.5, 8.0, 7.0]]
"""A valley that runs south: four rows of three."""

PLAIN = {
    "averaging_time": {"averaging_s": 3600.0, "concentration_kg_m3": 1e-6},
    "burning_rate": {"pool_diameter_m": 10.0, "fuel": "gasoline"},
    "cloud_density": {
        "molar_mass_kg_mol": 0.017, "vapour_heat_capacity_j_kg_k": 2170.0,
        "liquid_heat_capacity_j_kg_k": 4600.0, "heat_of_vaporisation_j_kg": 1.37e6,
        "boiling_point_k": 239.7, "liquid_density_kg_m3": 682.0, "liquid_fraction": 0.8,
    },
    "drainage_flood": {
        "elevation_m": GROUND, "cell_size_m": 30.0, "source_row": 2.0, "source_column": 2.0,
        "rise_m": 1.0, "channel_km2": 0.001,
    },
    "fire_spread": {
        "elevation_m": GROUND, "cell_size_m": 30.0, "source_row": 1.0, "source_column": 1.0,
        "times_min": [10.0, 30.0], "fuel_model": "1", "moisture_1h_pct": 6.0,
        "midflame_wind_speed_m_s": 2.0,
    },
    "flash": {
        "temperature_k": 298.15, "boiling_point_k": 239.7, "liquid_heat_capacity_j_kg_k": 4600.0,
        "heat_of_vaporisation_j_kg": 1.37e6, "rate_kg_s": 10.0,
    },
    "flood": {
        "elevation_m": GROUND, "cell_size_m": 30.0, "source_row": 2.0, "source_column": 2.0,
        "rise_m": 1.0,
    },
    "flow_direction": {
        "elevation_m": GROUND, "cell_size_m": 30.0, "outlet_row": 3.0, "outlet_column": 2.0,
    },
    "fuel_moisture": {"temperature_c": 25.0, "humidity_pct": 30.0},
    "heavy_gas_criterion": {
        "density_kg_m3": 6.0, "wind_speed_m_s": 3.0, "release_kind": "continuous",
        "release_kg_s": 10.0, "duration_s": 600.0, "distance_m": 500.0, "source_width_m": 2.0,
    },
    "kingery_bulmash": {"tnt_kg": 1000.0, "threshold_kpa": 7.0},
    "mixing_height": {"wind_speed_10m_m_s": 3.0, "stability": "D", "lat": 40.0},
    "multi_energy": {"congested_volume_m3": 5000.0},
    "overpressure_criteria": {"overpressure_pa": 20000.0},
    "pipeline_release": {
        "pipe_diameter_m": 0.5, "pipe_length_m": 10000.0, "pressure_pa": 5e6,
        "temperature_k": 288.0, "molar_mass_kg_mol": 0.016, "gamma": 1.3,
    },
    "rothermel": {"fuel_model": "1", "moisture_1h_pct": 6.0, "midflame_wind_speed_m_s": 2.0},
    "roughness": {"terrain_class": "open"},
    "shelter_or_evacuate": {"concentration_mg_m3": 100.0, "arrival_s": 600.0, "passage_s": 1800.0},
    "tank_volume": {
        "tank_shape": "horizontal_cylinder", "tank_diameter_m": 3.0, "tank_length_m": 10.0,
        "level_m": 1.0, "density_kg_m3": 600.0,
    },
    "thermal_criteria": {"heat_flux_kw_m2": 12.5},
    "toxic_load": {"concentration_mg_m3": 100.0, "exposure_min": 30.0, "exponent_n": 2.75},
    "vapour_pressure": {
        "temperature_k": 298.15, "antoine_a": 6.89272, "antoine_b": 1203.531, "antoine_c": 219.888,
        "boiling_point_k": 353.2, "heat_of_vaporisation_j_kg": 3.94e5, "molar_mass_kg_mol": 0.0781,
    },
    "vessel_burst": {"pressure_pa": 5e6, "volume_m3": 50.0, "threshold_kpa": 7.0},
    "vessel_rupture": {
        "mass_kg": 1000.0, "temperature_k": 298.15, "molar_mass_kg_mol": 0.017,
        "boiling_point_k": 239.7, "liquid_heat_capacity_j_kg_k": 4600.0,
        "heat_of_vaporisation_j_kg": 1.37e6, "liquid_density_kg_m3": 600.0, "pressure_pa": 1e6,
        "gamma": 1.3,
    },
}  # fmt: skip
"""Inputs that work, for models that no published case runs, or runs too slowly."""

WRONG_KINDS = (True, "12", b"1", [1.0], {}, 1j, math.nan, math.inf, -math.inf)
SLOW = {"slab": ["vapour_", "liquid_", "heat_", "boiling_", "molar_", "saturation_", "stability"]}
"""Models that integrate, and what begins the names of inputs whose ends are not tried here."""
NO_NUMBERS = {"elevation_m", "fuel_number", "depth_m", "arrival_min"}
"""Rasters, in which NaN is a cell without data."""


@cache
def working(name):
    """Return inputs, set and receptors with which the model answers."""
    if name in PLAIN:
        return PLAIN[name], None, ()
    case = next(case for case in cases() if case.model == name)
    return case.inputs, case.coefficients, case.receptors


def loose_ends(value, at="answer"):
    """Give every number in an answer that JSON cannot hold, by its place."""
    if isinstance(value, Mapping):
        for key, item in value.items():
            if key not in NO_NUMBERS:
                yield from loose_ends(item, f"{at}.{key}")
    elif isinstance(value, np.ndarray) and value.dtype.kind in "fc":
        if not np.isfinite(value).all():
            yield at
    elif isinstance(value, Sequence) and not isinstance(value, str | bytes):
        for number, item in enumerate(value):
            yield from loose_ends(item, f"{at}.{number}")
    elif isinstance(value, float | np.floating) and not math.isfinite(value):
        yield at


def fault(model, inputs, coefficients, receptors):
    """Return what is wrong with how the model takes these inputs; None where nothing is."""
    try:
        answer = model.run(inputs, coefficients, receptors)
    except OneMapError as error:
        return None if str(error) else "refused without a word"
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    ends = list(loose_ends({part: answer[part] for part in ("values", "steps", "intermediates")}))
    return f"no finite number at {', '.join(ends[:3])}" if ends else None


def filled(entry, number):
    """Return the number as the input wants it."""
    return [number] if entry.dimensions == 1 else number


def edges(entry, *, few=False):
    """Give values at the ends of an input's range and, unless few, near them; every choice."""
    if entry.choices:
        yield from entry.choices
    elif entry.dimensions < 2:
        low, high = entry.minimum, entry.maximum
        shares = () if few else (1e-9, 0.01, 0.5, 0.99)
        inside = (low + (high - low) * share for share in shares)
        for number in (low, high, *inside):
            yield filled(entry, number)


@pytest.mark.parametrize("name", MODELS)
def test_a_model_answers_in_finite_numbers_or_refuses_at_the_ends_of_each_input(name):
    model = MODELS[name]
    inputs, coefficients, receptors = working(name)
    assert fault(model, inputs, coefficients, receptors) is None
    model.run(inputs, coefficients, receptors)
    faults = []
    skipped = tuple(SLOW.get(name, ()))
    for entry in (each for each in model.inputs if not (skipped and each.name.startswith(skipped))):
        for value in edges(entry, few=name in SLOW):
            wrong = fault(model, {**inputs, entry.name: value}, coefficients, receptors)
            if wrong:
                faults.append(f"{entry.name}={value}: {wrong}")
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize("name", MODELS)
def test_a_model_answers_or_refuses_with_every_input_at_the_same_end(name):
    model = MODELS[name]
    inputs, _, receptors = working(name)
    faults = []
    for end in ("minimum", "maximum"):
        extreme = {
            entry.name: getattr(entry, end)
            for entry in model.inputs
            if entry.name in inputs and not entry.choices and not entry.dimensions
        }
        for each in model.coefficient_sets:
            wrong = fault(model, {**inputs, **extreme}, each.name, receptors)
            if wrong:
                faults.append(f"{end} with {each.name}: {wrong}")
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize("name", MODELS)
def test_every_set_answers_or_refuses_at_every_end_of_a_receptor(name):
    model = MODELS[name]
    inputs, _, _ = working(name)
    plain = {"x_m": 200.0, "distance_m": 200.0}
    faults = []
    for entry in model.receptor_inputs:
        given = {
            other.name: plain[other.name]
            for other in model.receptor_inputs
            if other.name in plain and entry.name != "distance_from_middle_m"
        }
        for value in edges(entry):
            for each in model.coefficient_sets:
                wrong = fault(model, inputs, each.name, [{**given, entry.name: value}])
                if wrong:
                    faults.append(f"{entry.name}={value} with {each.name}: {wrong}")
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize("name", MODELS)
def test_a_number_just_outside_its_range_is_refused_with_field_and_range(name):
    model = MODELS[name]
    inputs, coefficients, receptors = working(name)
    for entry in model.inputs:
        if entry.choices or entry.dimensions == 2:
            continue
        for number in (
            math.nextafter(entry.minimum, -math.inf),
            math.nextafter(entry.maximum, math.inf),
            -abs(entry.maximum) * 1000.0 - 1.0,
            abs(entry.maximum) * 1000.0 + 1.0,
        ):
            given = {**inputs, entry.name: filled(entry, number)}
            with pytest.raises(OutOfRangeError) as refusal:
                model.run(given, coefficients, receptors)
            assert refusal.value.details["field"] == entry.name
            assert refusal.value.details["got"] == number
            assert entry.unit in refusal.value.details["wanted"]


@pytest.mark.parametrize("name", MODELS)
def test_what_is_no_number_is_refused_by_name(name):
    model = MODELS[name]
    inputs, coefficients, receptors = working(name)
    for entry in model.inputs:
        wrong = [value for value in WRONG_KINDS if value not in entry.choices]
        if entry.dimensions == 1:
            wrong = ["12", 1.0, [], ["1"], [True], [math.nan], [None], [[1.0]], {}]
        elif entry.dimensions == 2:
            wrong = ["12", 1.0, [], [1.0], [[]], [["1"]], [[True]], [[1.0], [1.0, 2.0]], {}]
        for value in wrong:
            with pytest.raises(InvalidInputError) as refusal:
                model.run({**inputs, entry.name: value}, coefficients, receptors)
            assert refusal.value.details["field"] == entry.name, repr(value)


@pytest.mark.parametrize("name", MODELS)
def test_an_input_left_out_is_asked_for_or_done_without(name):
    model = MODELS[name]
    inputs, coefficients, receptors = working(name)
    for entry in model.inputs:
        fewer = {key: value for key, value in inputs.items() if key != entry.name}
        wrong = fault(model, fewer, coefficients, receptors)
        assert wrong is None, f"without {entry.name}: {wrong}"
    with pytest.raises(InvalidInputError):
        model.run({**inputs, "no_such_input": 1.0}, coefficients, receptors)
    for given in (None, [], "x", 3):
        with pytest.raises(InvalidInputError):
            model.run(given, coefficients, receptors)

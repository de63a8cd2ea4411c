"""One table of limits: what the wire takes can be computed, and so can every record."""

from __future__ import annotations

import dataclasses

import pytest
from pydantic import ValidationError

from analysis import limits, scenario
from analysis.situation import _OBSERVED
from gis_server.views.observations import WEATHER
from gis_server.wire import incident
from layers import catalog

PARTS = [
    (incident.Release, scenario.Release, limits.RELEASE),
    (incident.Weather, scenario.Weather, limits.WEATHER),
]


@pytest.mark.parametrize(("wire", "computed", "table"), PARTS)
def test_every_quantity_has_a_limit(wire, computed, table):
    numbers = {f.name for f in dataclasses.fields(computed) if "float" in str(f.type)}
    assert numbers == set(table)
    assert numbers <= set(wire.model_fields)


@pytest.mark.parametrize(("wire", "computed", "table"), PARTS)
def test_the_wire_takes_what_can_be_computed_and_nothing_else(wire, computed, table):
    for name, limit in table.items():
        step = 1e-6 * (limit.high - limit.low)
        for value in (limit.low - step, limit.low, limit.low + step, limit.high, limit.high + step):
            try:
                wire(**{name: value})
                taken = True
            except ValidationError:
                taken = False
            assert taken == limit.holds(value), (name, value)


@pytest.mark.parametrize("value", [True, "3", None, float("nan"), float("inf")])
def test_what_is_not_a_finite_number_is_in_no_limit(value):
    assert not limits.RELEASE["mass_kg"].holds(value)


@pytest.mark.parametrize(
    ("column", "quantity", "scale"),
    [
        ("quantity_t", "inventory_kg", 1000.0),
        ("pressure_pa", "pressure_pa", 1.0),
        ("temperature_k", "temperature_k", 1.0),
    ],
)
def test_no_tank_on_record_stops_an_answer(column, quantity, scale):
    spec = next(f.spec for f in catalog.find("hazard_source").fields if f.name == column)
    limit = limits.RELEASE[quantity]
    assert limit.holds(spec.minimum * scale) and limit.holds(spec.maximum * scale)


def test_no_measured_weather_stops_an_answer():
    for quantity, name in _OBSERVED.items():
        _, low, high = WEATHER[quantity]
        assert limits.WEATHER[name].holds(low) and limits.WEATHER[name].holds(high)

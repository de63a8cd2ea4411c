"""Refuse a scenario that no model may be asked about, with the field, what came, what may come."""

from __future__ import annotations

from collections.abc import Mapping
from typing import get_args

from analysis import limits
from analysis.hazard import fire_spread, fireball, jet_fire, pool_fire, stability
from analysis.hazard.physics.gaussian.sigma import PLUME_SETS, PUFF_SETS
from analysis.hazard.physics.spread.fuel_models import FUEL_MODELS
from analysis.limits import Limit
from analysis.scenario import Choices, Release, Scenario, Weather
from analysis.zones.choice import Engine
from analysis.zones.criteria import BLAST, EXPLOSION_SETS, HEAT
from analysis.zones.place import check_place
from layers.errors import InvalidInputError, OutOfRangeError
from layers.substances import Scheme

_WORDS: dict[str, tuple[str, ...]] = {
    "release.fuel_model": tuple(FUEL_MODELS),
    "release.leak": ("small", "medium", "large", "rupture"),
    "weather.stability": ("A", "B", "C", "D", "E", "F"),
    "weather.terrain": ("rural", "urban"),
    "choices.dispersion": get_args(Engine),
    "choices.plume_set": tuple(PLUME_SETS),
    "choices.puff_set": tuple(PUFF_SETS),
    "choices.stability_scheme": tuple(each.name for each in stability.MODEL.coefficient_sets),
    "choices.threshold_scheme": get_args(Scheme),
    "choices.spread_model": tuple(each.name for each in fire_spread.MODEL.coefficient_sets),
    "choices.heat_criteria": tuple(HEAT),
    "choices.blast_criteria": tuple(BLAST),
    "choices.pool_fire_set": tuple(each.name for each in pool_fire.MODEL.coefficient_sets),
    "choices.jet_fire_set": tuple(each.name for each in jet_fire.MODEL.coefficient_sets),
    "choices.fireball_set": tuple(each.name for each in fireball.MODEL.coefficient_sets),
    "choices.fireball_mass": tuple(fireball.MASS_RULES),
    "choices.explosion_set": EXPLOSION_SETS,
}
"""What may be said in a word, by field."""


def check(scenario: Scenario) -> None:
    """Raise OutOfRangeError or InvalidInputError for the first field that cannot be used."""
    check_place(scenario.lon, scenario.lat)
    for name, at in (("occurred_at", scenario.occurred_at), ("at", scenario.at)):
        if at.tzinfo is None:
            raise InvalidInputError(
                f"{name}: got a time without offset",
                field=name,
                got=at.isoformat(),
                wanted="+hh:mm",
            )
    _check_numbers("release", scenario.release, limits.RELEASE)
    _check_numbers("weather", scenario.weather, limits.WEATHER)
    _check_numbers("choices", scenario.choices, limits.CHOICES)
    for field, allowed in _WORDS.items():
        part, name = field.split(".")
        _check_word(field, getattr(getattr(scenario, part), name), allowed)


def _check_numbers(
    part: str, record: Release | Weather | Choices, allowed: Mapping[str, Limit]
) -> None:
    for name, limit in allowed.items():
        value = getattr(record, name)
        if value is None or limit.holds(value):
            continue
        raise OutOfRangeError(
            f"{part}.{name}: got {value}, wanted {limit}",
            field=f"{part}.{name}",
            got=str(value)[:80],
            wanted=str(limit),
        )


def _check_word(field: str, value: str | None, allowed: tuple[str, ...]) -> None:
    if value is not None and value not in allowed:
        raise InvalidInputError(
            f"{field}: got {value!r}, wanted one of {', '.join(allowed)}",
            field=field,
            got=str(value)[:80],
            wanted=", ".join(allowed),
        )

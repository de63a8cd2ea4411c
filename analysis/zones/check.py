"""Refuse a scenario that no model may be asked about, with the field, what came, what may come."""

from __future__ import annotations

from collections.abc import Mapping

from analysis import limits
from analysis.limits import Limit
from analysis.scenario import Release, Scenario, Weather
from analysis.zones.place import check_place
from layers.errors import InvalidInputError, OutOfRangeError

_WORDS = {
    "leak": ("small", "medium", "large", "rupture"),
    "stability": ("A", "B", "C", "D", "E", "F"),
    "terrain": ("rural", "urban"),
}


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
    _check_word("release.leak", scenario.release.leak)
    _check_word("weather.stability", scenario.weather.stability)
    _check_word("weather.terrain", scenario.weather.terrain)


def _check_numbers(part: str, record: Release | Weather, allowed: Mapping[str, Limit]) -> None:
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


def _check_word(field: str, value: str | None) -> None:
    allowed = _WORDS[field.split(".")[1]]
    if value is not None and value not in allowed:
        raise InvalidInputError(
            f"{field}: got {value!r}, wanted one of {', '.join(allowed)}",
            field=field,
            got=str(value)[:80],
            wanted=", ".join(allowed),
        )

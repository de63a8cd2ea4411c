"""Refuse a scenario that no model may be asked about, with the field, what came, what may come."""

from __future__ import annotations

import math

from analysis.scenario import Release, Scenario, Weather
from analysis.zones.place import check_place
from layers.errors import InvalidInputError, OutOfRangeError

# field: lowest (excluded where it is 0 and `_POSITIVE` holds it), highest, unit
_RELEASE = {
    "mass_kg": (0.0, 1e9, "kg"),
    "inventory_kg": (0.0, 1e10, "kg"),
    "rate_kg_s": (0.0, 1e6, "kg/s"),
    "duration_s": (0.0, 3.2e7, "s"),
    "hole_diameter_m": (0.0, 5.0, "m"),
    "pressure_pa": (0.0, 1e8, "Pa"),
    "temperature_k": (0.0, 2000.0, "K"),
    "level_m": (0.0, 100.0, "m"),
    "pool_diameter_m": (0.0, 1000.0, "m"),
    "height_m": (0.0, 500.0, "m"),
}
_WEATHER = {
    "wind_speed_m_s": (0.0, 60.0, "m/s"),
    "wind_from_deg": (0.0, 360.0, "deg"),
    "cloud_tenths": (0.0, 10.0, "tenths"),
    "temperature_c": (-90.0, 60.0, "degC"),
    "humidity_pct": (0.0, 100.0, "%"),
}
_MAY_BE_ZERO = frozenset({"level_m", "height_m"}) | frozenset(_WEATHER)
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
    _check_numbers("release", scenario.release, _RELEASE)
    _check_numbers("weather", scenario.weather, _WEATHER)
    _check_word("release.leak", scenario.release.leak)
    _check_word("weather.stability", scenario.weather.stability)
    _check_word("weather.terrain", scenario.weather.terrain)


def _check_numbers(
    part: str, record: Release | Weather, bounds: dict[str, tuple[float, float, str]]
) -> None:
    for name, (low, high, unit) in bounds.items():
        value = getattr(record, name)
        if value is None:
            continue
        if _fits(value, low, high) and (value > 0 or low < 0 or name in _MAY_BE_ZERO):
            continue
        opening = "" if low < 0 or name in _MAY_BE_ZERO else "more than "
        wanted = f"{opening}{low:g} .. {high:g} {unit}"
        raise OutOfRangeError(
            f"{part}.{name}: got {value}, wanted {wanted}",
            field=f"{part}.{name}",
            got=str(value)[:80],
            wanted=wanted,
        )


def _fits(value: object, low: float, high: float) -> bool:
    """Say whether a value is a finite number within bounds."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return math.isfinite(value) and low <= value <= high


def _check_word(field: str, value: str | None) -> None:
    allowed = _WORDS[field.split(".")[1]]
    if value is not None and value not in allowed:
        raise InvalidInputError(
            f"{field}: got {value!r}, wanted one of {', '.join(allowed)}",
            field=field,
            got=str(value)[:80],
            wanted=", ".join(allowed),
        )

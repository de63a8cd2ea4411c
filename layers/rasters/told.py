"""What a person says of a raster file, checked before the file is opened."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

from layers import region_code
from layers.errors import InvalidInputError
from layers.rasters.kinds import KINDS, PERIODS

_DATE = re.compile(r"\d{4}(-\d{2}(-\d{2})?)?")
_UNIT_LENGTH = 40


@dataclass(frozen=True, kw_only=True)
class Told:
    """What a person says of a raster file; `crs` counts where the file names none.

    `band` None is the only band, or of an image all of them. `taken_at` (with offset) is when an
    image was taken, or for when a grid's values hold.
    """

    kind: str
    name: str
    source: str
    unit: str | None = None
    source_date: str | None = None
    licence: str | None = None
    period: str | None = None
    region: str | None = None
    crs: str | None = None
    band: int | None = None
    taken_at: dt.datetime | None = None


def check(told: Told) -> str:
    """Return the unit; raise InvalidInputError for the first thing said that cannot be."""
    _one_of("kind", told.kind, tuple(KINDS))
    for name, value in (("name", told.name), ("source", told.source)):
        if not value.strip() or len(value) > 500:
            raise _wrong(name, value, "1 .. 500", f"{name}: wanted 1 to 500 characters")
    if told.period is not None:
        _one_of("period", told.period, PERIODS)
    if told.source_date is not None and not _DATE.fullmatch(told.source_date):
        raise _wrong(
            "source_date", told.source_date, "2020 | 2020-06 | 2020-06-30",
            f"source_date: got {told.source_date!r}, wanted a year, month or day",
        )  # fmt: skip
    if told.region is not None and not region_code.is_code(told.region):
        raise _wrong(
            "region", told.region, "a region's code",
            f"region: got {told.region!r}, wanted a region's code",
        )  # fmt: skip
    if told.taken_at is not None and told.taken_at.tzinfo is None:
        raise _wrong(
            "taken_at", told.taken_at.isoformat(), "2024-07-01T10:00:00+08:00",
            "taken_at: wanted a time with its offset",
        )  # fmt: skip
    return _unit(told)


def _unit(told: Told) -> str:
    units = KINDS[told.kind].units
    if units:
        unit = told.unit or units[0]
        _one_of("unit", unit, units)
        return unit
    unit = (told.unit or "").strip()
    if not 1 <= len(unit) <= _UNIT_LENGTH or not unit.isprintable():
        raise _wrong(
            "unit", told.unit or "", "mm, cm, %, ...",
            f"unit: a {told.kind} needs the unit of its values, 1 to {_UNIT_LENGTH} characters",
        )  # fmt: skip
    return unit


def _one_of(name: str, value: str, wanted: tuple[str, ...]) -> None:
    if value not in wanted:
        words = ", ".join(wanted)
        raise _wrong(name, value, words, f"{name}: got {value!r}, wanted one of {words}")


def _wrong(field: str, got: str, wanted: str, message: str) -> InvalidInputError:
    return InvalidInputError(message, field=field, got=got[:80], wanted=wanted)

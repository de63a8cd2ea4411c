"""Rows of a position report, read one by one: what cannot be a position says why."""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

FIELDS = frozenset({"id", "lon", "lat", "at", "speed_m_s", "heading_deg", "accuracy_m"})
AHEAD = dt.timedelta(minutes=2)
NOWHERE_DEG = 1e-4
"""Receivers without a fix say 0, 0; ten metres around it no vehicle of ours drives."""

_DEVICE = re.compile(r"[^\s/\x00-\x1f\x7f-\x9f]{1,64}")
_LIMITS = {"speed_m_s": (0.0, 150.0), "heading_deg": (0.0, 360.0), "accuracy_m": (0.0, 1e6)}


class Fix(NamedTuple):
    """One position as it was reported; `unsure` names values beside the place left out as unusable.

    `row` is its place in the report, from 0.
    """

    row: int
    device: str
    at: dt.datetime
    lon: float
    lat: float
    speed_m_s: float | None = None
    heading_deg: float | None = None
    accuracy_m: float | None = None
    unsure: tuple[str, ...] = ()


class Refusal(NamedTuple):
    """A row that was not taken; `reason` is a code, `got` what stood there."""

    row: int
    device: str | None
    reason: str
    field: str | None = None
    got: str | None = None


def read(
    rows: Sequence[Any], *, now: dt.datetime, kept: dt.timedelta
) -> tuple[list[Fix], list[Refusal], tuple[str, ...]]:
    """Read rows of `{"id", "lon", "lat", "at", "speed_m_s", "heading_deg", "accuracy_m"}`.

    Parameters
    ----------
    now
        The server's clock; more than `AHEAD` after it is the future.
    kept
        How long positions are kept; older ones would be dropped at once.

    Returns
    -------
    tuple
        The positions, the refused rows, and the names of fields that nobody reads.
    """
    fixes: list[Fix] = []
    refused: list[Refusal] = []
    strange: set[str] = set()
    for number, row in enumerate(rows):
        if isinstance(row, Mapping):
            strange.update(str(name)[:64] for name in row.keys() - FIELDS)
        taken = _fix(number, row, now, kept)
        if isinstance(taken, Fix):
            fixes.append(taken)
        else:
            refused.append(taken)
    return fixes, refused, tuple(sorted(strange)[:20])


def _fix(number: int, row: Any, now: dt.datetime, kept: dt.timedelta) -> Fix | Refusal:
    if not isinstance(row, Mapping):
        return Refusal(number, None, "not_an_object", got=type(row).__name__)
    device = row.get("id")
    if not isinstance(device, str) or not _DEVICE.fullmatch(device):
        return Refusal(number, None, "bad_id", "id", _word(device))
    at = _moment(row.get("at"))
    if at is None:
        return Refusal(number, device, "bad_time", "at", _word(row.get("at")))
    if at > now + AHEAD:
        return Refusal(number, device, "future", "at", at.isoformat())
    if at < now - kept:
        return Refusal(number, device, "too_old", "at", at.isoformat())
    lon, lat = _number(row.get("lon")), _number(row.get("lat"))
    for name, value, limit in (("lon", lon, 180.0), ("lat", lat, 90.0)):
        if value is None or abs(value) > limit:
            return Refusal(number, device, "off_earth", name, _word(row.get(name)))
    assert lon is not None
    assert lat is not None
    if abs(lon) < NOWHERE_DEG and abs(lat) < NOWHERE_DEG:
        return Refusal(number, device, "no_fix", "lon", f"{lon:g}, {lat:g}")
    beside = {name: _number(row.get(name)) for name in _LIMITS}
    unsure = tuple(name for name in _unusable(row, beside))
    beside.update(dict.fromkeys(unsure))
    return Fix(number, device, at, lon, lat, **beside, unsure=unsure)


def _unusable(row: Mapping[str, Any], values: Mapping[str, float | None]) -> Iterator[str]:
    for name, (low, high) in _LIMITS.items():
        value = values[name]
        if row.get(name) is not None and (value is None or not low <= value <= high):
            yield name


def _moment(value: Any) -> dt.datetime | None:
    if not isinstance(value, str) or not 19 <= len(value) <= 40:
        return None
    try:
        at = dt.datetime.fromisoformat(value)
    except ValueError:
        return None
    if at.tzinfo is None or not 1900 <= at.year <= 2200:
        return None
    return at.astimezone(dt.UTC)


def _number(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        number = float(value)
    except OverflowError:
        return None
    return number if math.isfinite(number) else None


def _word(value: Any) -> str:
    if value is None or isinstance(value, bool | int | float | str):
        return str(value)[:80]
    return type(value).__name__

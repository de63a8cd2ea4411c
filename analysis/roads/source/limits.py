"""Measures that people write on roads: heights, weights, the time of a crossing.

Source: OSM wiki, Key:maxheight, Key:maxweight, Map features/Units, Key:duration (read as data).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

FOOT_M = 0.3048
INCH_M = 0.0254
# The legal height of vehicles is 4.0 m in most countries, in China by GB 1589-2016; a clearance
# below the default without a figure stops whatever is that high.
BELOW_DEFAULT_HEIGHT_M = 3.99
HEIGHT_RANGE_M = (1.0, 20.0)
WEIGHT_RANGE_T = (0.1, 1000.0)
TONNES_PER: Mapping[str, float] = {
    "": 1.0, "t": 1.0, "tons": 1.0, "tonnes": 1.0, "kg": 0.001, "st": 0.90718474,
    "lt": 1.0160469088, "lb": 0.00045359237, "lbs": 0.00045359237,
}  # fmt: skip
_METRES_PER: Mapping[str, float] = {"": 1.0, "m": 1.0, "metres": 1.0, "meters": 1.0, "cm": 0.01,
                                 "ft": FOOT_M, "feet": FOOT_M}  # fmt: skip
_MEASURE = re.compile(r"^(\d{1,7}(?:\.\d{1,6})?)\s*([a-z]*)$")
_FEET = re.compile(r"""^(\d{1,3})\s*(?:'|ft)\s*(?:(\d{1,2}(?:\.\d{1,3})?)\s*(?:"|''|in)?)?$""")
_INCHES = re.compile(r"""^(\d{1,4}(?:\.\d{1,3})?)\s*(?:"|''|in)$""")
_CLOCK = re.compile(r"^(\d{1,3}):(\d{2})(?::(\d{2}))?$")
_ISO = re.compile(r"^P(?:(\d{1,3})D)?(?:T(?:(\d{1,4})H)?(?:(\d{1,5})M)?(?:(\d{1,6})S)?)?$")


def height_m(value: str | None) -> float | None:
    """Return a `maxheight` value in metres, or None where it limits nothing that can be read.

    Reads metres, with or without "m", feet and inches (12'6'', 12 ft); "default" and "none" limit
    nothing. A decimal comma is read, although the source's own rules want a point. Of several
    values ("3.5;3.8") the lowest counts.
    """
    return _lowest(value, _one_height, HEIGHT_RANGE_M)


def weight_t(value: str | None) -> float | None:
    """Return a `maxweight` value in tonnes, or None where it limits nothing that can be read.

    Reads tonnes without a unit, "t", "kg", US short tons "st", long tons "lt" and pounds "lbs".
    """
    return _lowest(value, _one_weight, WEIGHT_RANGE_T)


def duration_s(value: str | None) -> float | None:
    """Return a `duration` in seconds: "20" (minutes), "01:30", "1:30:00" or ISO 8601 "PT1H30M"."""
    text = (value or "").strip()
    if text.isascii() and text.isdigit() and len(text) < 6:
        return 60.0 * int(text) or None
    clock = _CLOCK.match(text)
    if clock:
        hours, minutes, seconds = (int(part or 0) for part in clock.groups())
        return float(3600 * hours + 60 * minutes + seconds) or None
    iso = _ISO.match(text.upper())
    if not iso:
        return None
    days, hours, minutes, seconds = (int(part or 0) for part in iso.groups())
    return float(86_400 * days + 3600 * hours + 60 * minutes + seconds) or None


def _lowest(
    value: str | None, read: Callable[[str], float | None], limits: tuple[float, float]
) -> float | None:
    known = [read(part.strip().lower()) for part in re.split(r"[;|]", value or "")]
    low, high = limits
    # What is out of range is a slip of the pen, such as centimetres without a unit.
    kept = [each for each in known if each is not None and low <= each <= high]
    return min(kept) if kept else None


def _one_height(text: str) -> float | None:
    if text == "below_default":
        return BELOW_DEFAULT_HEIGHT_M
    feet = _FEET.match(text)
    if feet:
        return int(feet.group(1)) * FOOT_M + float(feet.group(2) or 0.0) * INCH_M
    inches = _INCHES.match(text)
    if inches:
        return float(inches.group(1)) * INCH_M
    return _measure(text, _METRES_PER)


def _one_weight(text: str) -> float | None:
    return _measure(text, TONNES_PER)


def _measure(text: str, factors: Mapping[str, float]) -> float | None:
    found = _MEASURE.match(text.replace(",", "."))
    if not found or found.group(2) not in factors:
        return None
    return float(found.group(1)) * factors[found.group(2)]

"""Positions as people write them: degrees, minutes and seconds in every usual form, or metres.

`38°53′23.5″N`, `38 53 23.5`, `38:53:23.5`, `38度53分23.5秒`, `北纬38.8899°`, `E116°23'`,
`116°23.5'E`, with full-width characters too. A packed number (`385323.5`) is refused: it could be
metres as well.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Any, Literal

from layers.crs.shifted import CHINA_BOX
from layers.errors import InvalidInputError

Axis = Literal["lon", "lat"]
Order = Literal["told", "magnitude", "china", "assumed"]

ANGLE_FORM = "38.8899, 38°53′23.5″N, 38 53 23.5 or 北纬38°53′23.5″"
_POSITION_FORM = f"two numbers or angles: 116.3975, 39.9092 | {ANGLE_FORM}"
_LONGEST = 200
# What NFKC would turn into something else than the sign that is meant.
_SIGNS = str.maketrans({
    "º": "°", "˚": "°", "○": "°", "度": "°", "′": "'", "’": "'", "‘": "'", "´": "'", "`": "'",
    "分": "'", "″": '"', "”": '"', "“": '"', "秒": '"', "−": "-", "–": "-", "—": "-", "、": ",",
})  # fmt: skip
_WORDS: dict[str, tuple[Axis, int]] = {
    "东经": ("lon", 1), "西经": ("lon", -1), "北纬": ("lat", 1), "南纬": ("lat", -1),
    "longitude": ("lon", 1), "lon": ("lon", 1), "lng": ("lon", 1), "long": ("lon", 1),
    "latitude": ("lat", 1), "lat": ("lat", 1),
    "e": ("lon", 1), "w": ("lon", -1), "n": ("lat", 1), "s": ("lat", -1),
}  # fmt: skip
_WORD = "|".join(sorted(_WORDS, key=len, reverse=True))
_NUMBER = r"[0-9]+(?:\.[0-9]+)?|\.[0-9]+"
_PART = r"[0-9]{1,2}(?:\.[0-9]+)?"
_ANGLE = re.compile(
    rf"""
    (?P<before>(?:(?:{_WORD})\s*[:=]?\s*)*)
    (?P<sign>[+-]?)\s*
    (?P<degrees>{_NUMBER})\s*
    (?: (?:°|[:\s-])\s*(?P<minutes>{_PART})\s*
        (?: (?:'|[:\s-])\s*(?P<seconds>{_PART})\s*(?:"|'')? | ' )?
      | ° )?
    \s*(?P<after>(?:{_WORD})?)
    """,
    re.VERBOSE | re.IGNORECASE,
)
_LABEL = re.compile(r"\b[xy]\s*[:=]\s*", re.IGNORECASE)
_WRAPPED = re.compile(r"^\s*(?:point|坐标)?\s*[:=]?\s*[\[(](?P<inside>.*)[\])]\s*$", re.IGNORECASE)
_GEO = re.compile(r"^geo:(?P<lat>[^,;]+),(?P<lon>[^,;]+)", re.IGNORECASE)


@dataclass(frozen=True)
class Angle:
    """One written number: its value, in degrees where it is an angle, and the axis it names."""

    value: float
    axis: Axis | None


@dataclass(frozen=True)
class Position:
    """Two written numbers: x is the longitude or easting. `order` says how that was known.

    `told` by words or letters, `magnitude` (only one can be a latitude), `china` (only one order
    lies there), `assumed` lon lat. Metres come as they are written; `layers.crs.fit` orders them.
    """

    x: float
    y: float
    degrees: bool
    order: Order


def angle(text: str, *, axis: Axis | None = None) -> Angle:
    """Return the angle of a text, in degrees; the signs of west and south are minus.

    Parameters
    ----------
    axis
        The axis that the text must not contradict.

    Raises
    ------
    InvalidInputError
        Not an angle in one of the forms (`angle`); minutes or seconds of 60 and more; two signs
        that contradict each other; another axis than wanted.
    """
    found = _ANGLE.fullmatch(_plain(text))
    if found is None:
        raise _refused(text, ANGLE_FORM)
    read = _read(found, text)
    if axis is not None and read.axis not in (None, axis):
        raise _refused(text, "a longitude" if axis == "lon" else "a latitude")
    limit = 90 if (axis or read.axis) == "lat" else 180
    if abs(read.value) > limit:
        raise _refused(text, f"{limit} degrees at most")
    return Angle(read.value, axis or read.axis)


def position(text: str) -> Position:
    """Return the position of a text of two numbers or angles.

    Raises
    ------
    InvalidInputError
        Not two numbers or angles in one of the forms, two of one axis, or off the Earth.
    """
    geo = _GEO.match(text.strip())
    if geo is not None:
        return _ordered(angle(geo["lon"], axis="lon"), angle(geo["lat"], axis="lat"), text)
    plain = _LABEL.sub("", _plain(text))
    wrapped = _WRAPPED.match(plain)
    parts = _split(wrapped["inside"] if wrapped else plain)
    found = [_ANGLE.fullmatch(part.strip()) for part in parts]
    if len(parts) != 2 or found[0] is None or found[1] is None:
        raise _refused(text, _POSITION_FORM)
    return _ordered(_read(found[0], text), _read(found[1], text), text)


def written(degrees: float, axis: Axis, *, seconds_digits: int = 2) -> str:
    """Return an angle in degrees, minutes and seconds: `116°23′51.20″E`."""
    unit = 10**seconds_digits
    total = round(abs(degrees) * 3600 * unit)
    whole, rest = divmod(total, 3600 * unit)
    minutes, seconds = divmod(rest, 60 * unit)
    letter = ("EW" if axis == "lon" else "NS")[degrees < 0]
    width = 3 + seconds_digits if seconds_digits else 2
    return f"{whole}°{minutes:02d}′{seconds / unit:0{width}.{seconds_digits}f}″{letter}"


def _plain(text: str) -> str:
    if len(text) > _LONGEST:
        raise _refused(text, f"{_LONGEST} characters at most")
    # Signs first: NFKC would make a letter of the ordinal sign and two primes of a double one.
    words = text.replace("经度", "lon").replace("纬度", "lat")
    return unicodedata.normalize("NFKC", words.translate(_SIGNS)).translate(_SIGNS).strip()


def _split(text: str) -> list[str]:
    """Return the two halves of a text, wherever people part them."""
    parts = [part for part in re.split(r"[,;|/\t\n]", text) if part.strip()]
    if len(parts) != 1:
        return parts
    named = list(re.finditer(rf"(?<![a-z])(?:{_WORD})(?![a-z])", text, re.IGNORECASE))
    if len(named) == 2 and named[0].start() == 0:
        return [text[: named[1].start()], text[named[1].start() :]]
    if len(named) == 2:
        return [text[: named[0].end()], text[named[0].end() :]]
    words = text.split()
    if len(words) in (2, 4, 6):
        half = len(words) // 2
        return [" ".join(words[:half]), " ".join(words[half:])]
    return parts


def _read(found: re.Match[str], text: str) -> Angle:
    names = [_WORDS[word.lower()] for word in re.findall(_WORD, found["before"], re.IGNORECASE)]
    if found["after"]:
        names.append(_WORDS[found["after"].lower()])
    axes = {axis for axis, _ in names}
    south_west = any(sign < 0 for _, sign in names)
    if len(axes) > 1 or (south_west and found["sign"]):
        raise _refused(text, "one axis and one sign")
    value, minutes, seconds = float(found["degrees"]), found["minutes"], found["seconds"]
    if minutes is not None:
        if "." in found["degrees"] or (seconds is not None and "." in minutes):
            raise _refused(text, "a fraction in the last part only")
        if float(minutes) >= 60 or float(seconds or 0) >= 60:
            raise _refused(text, "minutes and seconds below 60")
        value += float(minutes) / 60 + float(seconds or 0) / 3600
    negative = south_west or found["sign"] == "-"
    return Angle(-value if negative else value, axes.pop() if axes else None)


def _ordered(first: Angle, second: Angle, text: str) -> Position:
    if first.axis is not None and first.axis == second.axis:
        raise _refused(text, "a longitude and a latitude")
    if first.axis == "lat" or second.axis == "lon":
        return _on_earth(second.value, first.value, "told", text)
    if first.axis is not None or second.axis is not None:
        return _on_earth(first.value, second.value, "told", text)
    x, y = first.value, second.value
    if max(abs(x), abs(y)) > 180:
        return Position(x, y, degrees=False, order="assumed")
    if abs(y) > 90 >= abs(x):
        return Position(y, x, degrees=True, order="magnitude")
    if abs(x) > 90 >= abs(y):
        return Position(x, y, degrees=True, order="magnitude")
    if _in_china(y, x) and not _in_china(x, y):
        return Position(y, x, degrees=True, order="china")
    return _on_earth(x, y, "assumed", text)


def _in_china(lon: float, lat: float) -> bool:
    west, south, east, north = CHINA_BOX
    return west <= lon <= east and south <= lat <= north


def _on_earth(lon: float, lat: float, order: Order, text: str) -> Position:
    if abs(lon) > 180 or abs(lat) > 90:
        raise _refused(text, "a longitude within 180 and a latitude within 90 degrees")
    return Position(lon, lat, degrees=True, order=order)


def _refused(text: Any, wanted: str) -> InvalidInputError:
    got = str(text)[:60]
    return InvalidInputError(f"got {got!r}, wanted {wanted}", code="angle", got=got, wanted=wanted)

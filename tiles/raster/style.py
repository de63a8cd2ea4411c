"""How a raster is drawn: the style and ramp that were asked for become a palette and a legend."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from layers.errors import InvalidInputError
from layers.models import Raster
from layers.rasters.kinds import KINDS
from tiles.raster.ramps import DENSITY, FUEL_GROUPS, FUEL_OTHER, RAMPS, SLOPE, Ramp

Bytes = NDArray[np.uint8]

_SHADES = 254
_SHOWN_STOPS = 5
_RAMP_OF = {"dem": "layered", "population": "ylorrd", "grid": "viridis"}
RAMPED = ("ramp", "relief")
"""Styles that take a ramp."""


@dataclass(frozen=True, kw_only=True)
class Palette:
    """Colours of values: a table of 256, of which 0 is clear, and the values where they begin."""

    table: Bytes
    stops: tuple[float, ...]
    stepped: bool
    clear_below: bool

    def numbers(self, values: NDArray[np.floating[Any]]) -> Bytes:
        """Return the number in the table of each value; 0 of no data."""
        known = np.isfinite(values)
        filled = np.where(known, values, self.stops[-1])
        if self.stepped:
            step = np.searchsorted(self.stops, filled, side="right")
            number = step if self.clear_below else np.maximum(step, 1)
        else:
            share = np.interp(filled, self.stops, np.linspace(0.0, 1.0, len(self.stops)))
            number = 1 + np.rint(share * _SHADES).astype(np.int64)
            if self.clear_below:
                number = np.where(filled < self.stops[0], 0, number)
        found: Bytes = np.where(known, number, 0).astype(np.uint8)
        return found


@dataclass(frozen=True, kw_only=True)
class Drawing:
    """How a raster is to be drawn: its style, and the ramp over which range of values."""

    style: str
    ramp: Ramp | None = None
    stops: tuple[float, ...] = ()

    @property
    def palette(self) -> Palette:
        """Return the palette of a drawing that has a ramp."""
        assert self.ramp is not None
        table = np.zeros((256, 4), dtype=np.uint8)
        colours = np.array([_rgb(colour) for colour in self.ramp.colours], dtype=float)
        if self.ramp.stepped:
            table[1 : 1 + len(colours), :3] = colours
        else:
            at, own = np.linspace(0.0, 1.0, _SHADES + 1), np.linspace(0.0, 1.0, len(colours))
            for band in range(3):
                table[1:, band] = np.rint(np.interp(at, own, colours[:, band]))
        table[1:, 3] = 255
        return Palette(
            table=table,
            stops=self.stops,
            stepped=self.ramp.stepped,
            clear_below=self.ramp.clear_below,
        )


def drawing(
    raster: Raster,
    *,
    style: str | None = None,
    ramp: str | None = None,
    low: float | None = None,
    high: float | None = None,
) -> Drawing:
    """Return how a raster is drawn where this was asked for; what is left out is the usual.

    Parameters
    ----------
    low, high
        The values that a relative ramp begins and ends with.

    Raises
    ------
    InvalidInputError
        Its kind has no such style, the style no such ramp, or the range is none.
    """
    styles = KINDS[raster.kind].styles
    chosen = style or styles[0]
    if chosen not in styles:
        raise _wrong("style", chosen, ", ".join(styles))
    if chosen not in RAMPED:
        for field, given in (("ramp", ramp), ("low", low), ("high", high)):
            if given is not None:
                raise _wrong(field, str(given), f"style={' | '.join(RAMPED)}")
        fixed = {"slope": SLOPE, "density": DENSITY}.get(chosen)
        stops = fixed.stops if fixed is not None and fixed.stops is not None else ()
        return Drawing(style=chosen, ramp=fixed, stops=stops)
    name = ramp or _RAMP_OF[raster.kind]
    if name not in RAMPS:
        raise _wrong("ramp", name, ", ".join(RAMPS))
    return Drawing(style=chosen, ramp=RAMPS[name], stops=_stops(RAMPS[name], raster, low, high))


def _stops(ramp: Ramp, raster: Raster, low: float | None, high: float | None) -> tuple[float, ...]:
    """Return the values of a ramp's colours: its own, or spread over the range asked for."""
    if ramp.stops is not None:
        for field, given in (("low", low), ("high", high)):
            if given is not None:
                raise _wrong(field, f"{given:g}", f"nothing: {ramp.name} has values of its own")
        return ramp.stops
    least = low if low is not None else float(raster.minimum or 0.0)
    most = high if high is not None else float(raster.maximum or 0.0)
    if low is None and high is None and least == most:
        most = least + 1.0  # a raster of one value has its first colour
    if not (math.isfinite(least) and math.isfinite(most) and least < most):
        raise _wrong("low", f"{least:g} .. {most:g}", "low < high")
    return tuple(np.linspace(least, most, len(ramp.colours)).tolist())


def legend(raster: Raster, drawn: Drawing) -> dict[str, Any]:
    """Return what the colours mean: `entries` from low to high, none of an image or a shade."""
    told: dict[str, Any] = {"style": drawn.style, "unit": raster.unit, "kind": "none"}
    if drawn.style == "classes":
        return told | {"kind": "classes", "entries": _fuel_entries()}
    if drawn.ramp is None:
        return told | {"entries": []}
    ramp = drawn.ramp
    told |= {"ramp": ramp.name, "source": ramp.source, "unit": ramp.unit or raster.unit}
    if ramp.stepped:
        return told | {"kind": "classes", "entries": _steps(ramp)}
    return told | {"kind": "continuous", "entries": _samples(drawn)}


def _steps(ramp: Ramp) -> list[dict[str, Any]]:
    stops = ramp.stops or ()
    codes = ramp.codes or (None,) * len(stops)
    entries = []
    for index, (start, colour, code) in enumerate(zip(stops, ramp.colours, codes, strict=True)):
        end = stops[index + 1] if index + 1 < len(stops) else None
        begin = start if math.isfinite(start) else None
        entries.append({"from": begin, "to": end, "color": colour, "code": code})
    return entries


def _samples(drawn: Drawing) -> list[dict[str, Any]]:
    """Return stops of a smooth ramp; of a long one those that are spread evenly."""
    assert drawn.ramp is not None
    count = len(drawn.stops)
    own = drawn.ramp.stops is not None or count <= _SHOWN_STOPS
    picked = range(count) if own else np.linspace(0, count - 1, _SHOWN_STOPS).round().astype(int)
    return [{"value": drawn.stops[i], "color": drawn.ramp.colours[i], "code": None} for i in picked]


def fuel_table() -> tuple[Bytes, Bytes]:
    """Return the group (1 ..) of each fuel number 0 to 255, and the 256 x 4 colours of groups."""
    groups = (*FUEL_GROUPS, FUEL_OTHER)
    group = np.full(256, len(groups), dtype=np.uint8)
    table = np.zeros((256, 4), dtype=np.uint8)
    for number, each in enumerate(groups, 1):
        table[number] = (*_rgb(each.colour), 255)
        for first, last in each.ranges:
            group[first : last + 1] = number
    return group, table


def fuel_code(number: int) -> str:
    """Return the name of the group of a fuel model's number."""
    for group in FUEL_GROUPS:
        if any(first <= number <= last for first, last in group.ranges):
            return group.code
    return FUEL_OTHER.code


def _fuel_entries() -> list[dict[str, Any]]:
    return [
        {"ranges": [list(pair) for pair in group.ranges], "color": group.colour, "code": group.code}
        for group in (*FUEL_GROUPS, FUEL_OTHER)
    ]


def _rgb(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _wrong(field: str, got: str, wanted: str) -> InvalidInputError:
    return InvalidInputError(
        f"{field}: got {got!r}, wanted {wanted}", field=field, got=got[:80], wanted=wanted
    )

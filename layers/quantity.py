"""Amounts with a unit: of one dimension they convert, across dimensions never.

A unit that is not listed is a dimension of its own: 件 and 套 are both counted, and no number of
the one makes the other. Litres of foam have no kilograms here: nobody has said its density.
"""

from __future__ import annotations

import unicodedata
from typing import NamedTuple

from layers.errors import InvalidInputError


class Unit(NamedTuple):
    """A unit: its dimension (named by the dimension's base unit) and how many of those it is."""

    dimension: str
    factor: float


_UNITS: dict[str, tuple[float, tuple[str, ...]]] = {
    "kg": (1.0, ("kg", "千克", "公斤", "kilogram", "kilograms")),
    "kg g": (1e-3, ("g", "克", "gram", "grams")),
    "kg t": (1e3, ("t", "吨", "ton", "tons", "tonne", "tonnes")),
    "L": (1.0, ("l", "升", "litre", "litres", "liter", "liters")),
    "L mL": (1e-3, ("ml", "毫升")),
    "L m3": (1e3, ("m3", "m³", "立方米", "立方", "方", "cbm")),
    "m": (1.0, ("m", "米", "metre", "metres", "meter", "meters")),
    "m km": (1e3, ("km", "千米", "公里")),
    "m2": (1.0, ("m2", "m²", "平方米", "平米")),
    "person": (1.0, ("person", "persons", "people", "人", "名")),
    "vehicle": (1.0, ("vehicle", "vehicles", "辆", "台车")),
    "team": (1.0, ("team", "teams", "支", "队")),
    "piece": (1.0, ("piece", "pieces", "pc", "pcs", "件", "个", "只", "条", "把", "1")),
    "set": (1.0, ("set", "sets", "套", "副")),
    "machine": (1.0, ("machine", "machines", "台")),
    "bottle": (1.0, ("bottle", "bottles", "瓶", "cylinder", "cylinders")),
    "box": (1.0, ("box", "boxes", "箱", "盒")),
    "bag": (1.0, ("bag", "bags", "袋", "包")),
}
_KNOWN = {
    unicodedata.normalize("NFKC", word): Unit(name.split()[0], factor)
    for name, (factor, words) in _UNITS.items()
    for word in words
}


def unit(text: str) -> Unit:
    """Return a unit by its symbol or word (zh, en); one that is not listed stands for itself."""
    word = unicodedata.normalize("NFKC", text).strip().casefold()
    return _KNOWN.get(word) or Unit(word, 1.0)


def same_dimension(one: str, other: str) -> bool:
    """Say whether amounts in two units can be converted into each other."""
    return unit(one).dimension == unit(other).dimension


def converted(amount: float, source: str, target: str) -> float:
    """Return an amount of one unit in another.

    Raises
    ------
    InvalidInputError
        `code="unit_dimension"`: the units are of different dimensions.
    """
    here, there = unit(source), unit(target)
    if here.dimension != there.dimension:
        raise InvalidInputError(
            f"{source} does not convert into {target}", code="unit_dimension", got=source,
            wanted=target,
        )  # fmt: skip
    if here.factor == there.factor:
        return amount
    return amount * here.factor / there.factor

"""One input of a model: its name, unit and range, and how a given value is read."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from layers.errors import InvalidInputError, OutOfRangeError

MOST_NUMBERS = 250_000
MIXED_UP = (1e3, 1e-3, 1e6, 1e-6)  # kPa for Pa, g for kg, mm for m, MPa for Pa


@dataclass(frozen=True, kw_only=True)
class Input:
    """One input of a model. With `choices` it is a word, else a number in `unit`.

    `dimensions` 1 is a list of numbers and 2 a list of rows of one length, in which null is no
    data; `most` is how many numbers it may hold. `symbol` is how equations write it. Outside
    `typical` a value is used and warned of.
    """

    name: str
    unit: str
    symbol: str = ""
    minimum: float = -math.inf
    maximum: float = math.inf
    default: float | str | None = None
    required: bool = True
    choices: tuple[str, ...] = ()
    dimensions: int = 0
    typical: tuple[float, float] | None = None
    most: int = MOST_NUMBERS

    def is_typical(self, value: float) -> bool:
        """Say whether a value is one that is usually met."""
        return self.typical is None or self.typical[0] <= value <= self.typical[1]

    def read(self, value: Any) -> Any:
        """Return the value checked; raise OutOfRangeError or InvalidInputError."""
        if self.choices:
            return self._word(value)
        if self.dimensions == 0:
            return self._number(value)
        rows = self._list(value, self.dimensions)
        if self.dimensions == 2 and len({len(row) for row in rows}) > 1:
            raise self._invalid("rows of different lengths", "rows of one length")
        return rows

    def _word(self, value: Any) -> Any:
        if value not in self.choices:
            wanted = ", ".join(self.choices)
            raise InvalidInputError(
                f"{self.name}: got {repr(value)[:80]}, wanted one of {wanted}",
                field=self.name,
                got=str(value)[:80],
                wanted=wanted,
            )
        return value

    def _list(self, value: Any, dimensions: int) -> list[Any]:
        wanted = f"a list of {'lists of ' * (dimensions - 1)}numbers in {self.unit}"
        if not isinstance(value, Sequence) or isinstance(value, str | bytes) or not value:
            raise self._invalid(value, wanted)
        if len(value) > self.most:
            raise self._invalid(f"{len(value)} entries", f"at most {self.most}")
        if dimensions == 2:
            rows = [self._list(row, 1) for row in value]
            if sum(map(len, rows)) > self.most:
                raise self._invalid(f"{sum(map(len, rows))} numbers", f"at most {self.most}")
            return rows
        gaps = self.dimensions == 2
        return [math.nan if each is None and gaps else self._number(each) for each in value]

    def _number(self, value: Any) -> float:
        if isinstance(value, bool) or not isinstance(value, int | float) or not _finite(value):
            raise self._invalid(value, f"a number in {self.unit}")
        if not self.minimum <= value <= self.maximum:
            wanted = f"{self.minimum:g} .. {self.maximum:g} {self.unit}"
            raise OutOfRangeError(
                f"{self.name}: got {value:g}, wanted {wanted}{self._hint(value)}",
                field=self.name,
                got=float(value),
                wanted=wanted,
            )
        return float(value)

    def _hint(self, value: float) -> str:
        """Say when a value would fit if its unit were mixed up by a thousand or a million."""
        low, high = self.typical or (self.minimum, self.maximum)
        for factor in MIXED_UP:
            if low <= value * factor <= high and value != 0.0:
                return f"; {value * factor:g} would fit: is the unit {self.unit}?"
        return ""

    def _invalid(self, value: Any, wanted: str) -> InvalidInputError:
        shown = (value if isinstance(value, str) else repr(value))[:80]
        return InvalidInputError(
            f"{self.name}: got {shown}, wanted {wanted}",
            field=self.name,
            got=shown,
            wanted=wanted,
        )


def _finite(value: float) -> bool:
    try:
        return math.isfinite(value)
    except OverflowError:  # an integer beyond every double
        return False


def read_inputs(model: str, declared: Sequence[Input], given: Any) -> dict[str, Any]:
    """Return every declared input checked, defaults filled in, None where optional and absent.

    Raises
    ------
    InvalidInputError
        `code="input_unknown"` or `"input_missing"`, or a value of the wrong kind.
    OutOfRangeError
        A number outside its range; the message says where a unit looks mixed up.
    """
    if not isinstance(given, Mapping):
        raise InvalidInputError(f"{model}: wanted an object of inputs", field=model)
    unknown = sorted(set(map(str, given)) - {each.name for each in declared})
    if unknown:
        raise InvalidInputError(
            f"{model} has no input {unknown[0][:80]!r}",
            code="input_unknown",
            field=unknown[0][:80],
            wanted=", ".join(each.name for each in declared),
        )
    read: dict[str, Any] = {}
    for each in declared:
        value = given.get(each.name)
        value = each.default if value is None else value
        if value is None and each.required:
            raise InvalidInputError(
                f"{model} needs {each.name} in {each.unit}",
                code="input_missing",
                field=each.name,
                wanted=each.unit,
            )
        read[each.name] = None if value is None else each.read(value)
    return read

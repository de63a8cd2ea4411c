"""Which column of a road layer fills which field, and what its cells say, row by row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analysis.roads.source.layer_words import ALIASES, FIELDS, READ, SAID, Meant, own_class
from layers.errors import InvalidInputError
from layers.intake.table import Fault, Table, shown

TEXTS = ("name", "name_en", "ref")


def chosen(
    table: Table, *, given: Mapping[str, str], class_: str | None
) -> dict[str, str]:  # fmt: skip
    """Return the column of each field that has one: as given, else by its usual names.

    Raises
    ------
    InvalidInputError
        A field or column does not exist; or nothing says the class, and none is given for all.
    """
    names = list(table.columns)
    for field, column in given.items():
        if field not in FIELDS:
            raise InvalidInputError(
                f"there is no field {field!r}; fields are {', '.join(FIELDS)}",
                code="unknown_road_field", got=field, wanted=list(FIELDS),
            )  # fmt: skip
        if column and column not in names:
            raise InvalidInputError(
                f"there is no column {column!r}; columns are {', '.join(names)}",
                code="unknown_road_column", got=column, wanted=names,
            )  # fmt: skip
    taken = {field: column for field, column in given.items() if column}
    folded = {name.strip().lower(): name for name in reversed(names)}
    for field in FIELDS:
        if field in given:
            continue
        usual = (folded[alias] for alias in ALIASES[field] if alias in folded)
        free = (name for name in usual if name not in taken.values())
        if (name := next(free, None)) is not None:
            taken[field] = name
    if "class" not in taken and class_ is None:
        raise InvalidInputError(
            f"no column says the class of the roads; columns are {', '.join(names)}",
            code="columns_missing", missing=["class"], got=names,
        )  # fmt: skip
    return taken


def codes(given: Sequence[tuple[str, str, str]]) -> dict[str, dict[str, Any]]:
    """Return what a person says words mean, by field and word, of (field, word, meaning).

    Raises
    ------
    InvalidInputError
        A field has no words, or a meaning is none of it.
    """
    found: dict[str, dict[str, Any]] = {}
    for field, word, meaning in given:
        known = own_class(meaning) if field == "class" else SAID.get(field, {}).get(meaning)
        if known is None:
            wanted = ["class", *SAID] if field not in SAID else list(SAID[field])
            raise InvalidInputError(
                f"--code {field}:{word}={meaning} says nothing that is known",
                code="unknown_code", field=field, got=meaning, wanted=wanted,
            )  # fmt: skip
        found.setdefault(field, {})[word.strip().lower()] = known
    return found


class Cells:
    """The cells of a layer as values; what cannot be read is a fault of its row."""

    def __init__(
        self, table: Table, columns: Mapping[str, str], said: Mapping[str, Mapping[str, Any]]
    ) -> None:
        self._table, self._columns, self._said = table, columns, said
        self.faults: list[Fault] = []

    def texts(self, field: str) -> NDArray[np.object_]:
        """Return the texts of a field, None where there is none."""
        found: NDArray[np.object_] = np.full(len(self._table), None, object)
        if field in self._columns:
            found[:] = [_text(cell) or None for cell in self._table.columns[self._columns[field]]]
        return found

    def values(self, field: str) -> list[Any]:
        """Return what each cell of a field means; None where it is faulty or nothing is known."""
        read, default, wanted = READ[field]
        if field not in self._columns:
            return [default] * len(self._table)
        said = self._said.get(field, {})
        known: dict[str, Any] = {}
        made = []
        for row, cell in zip(
            self._table.rows.tolist(), self._table.columns[self._columns[field]], strict=True
        ):
            word = _text(cell)
            if word not in known:
                known[word] = said.get(word.lower()) if word.lower() in said else (
                    default if not word else read(word)
                )  # fmt: skip
            value = known[word]
            if value is None and word:
                self.faults.append(Fault(row, field, f"road_{field}", shown(word), wanted))
            made.append(value)
        return made

    def classes(self, default: str | None) -> list[Meant | None]:
        """Return the class of each row; an empty cell has the class that was given for all."""
        fallback = own_class(default) if default else None
        found = self.values("class")
        if "class" not in self._columns:
            return [fallback] * len(found)
        empty = [not _text(cell) for cell in self._table.columns[self._columns["class"]]]
        for at in np.flatnonzero(empty).tolist():
            found[at] = fallback
            if fallback is None:
                row = int(self._table.rows[at])
                self.faults.append(Fault(row, "class", "road_class", None, READ["class"][2]))
        return found

    def numbers(self, field: str) -> NDArray[np.float64]:
        """Return the numbers of a field, NaN where there is none."""
        return np.array([np.nan if value is None else value for value in self.values(field)])

    def whole(self, field: str) -> NDArray[np.int64] | None:
        """Return the whole numbers of a field, or None where a row has none, or two share one."""
        if field not in self._columns:
            return None
        words = [_text(cell) for cell in self._table.columns[self._columns[field]]]
        if not all(word.isascii() and word.isdigit() and len(word) < 19 for word in words):
            return None
        found = np.array(words, np.int64)
        return found if len(np.unique(found)) == len(found) else None


def _text(cell: Any) -> str:
    """Return a cell as text; a whole number that a file keeps as a fraction has no point."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, float):
        if np.isnan(cell):
            return ""
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    return str(cell).strip()

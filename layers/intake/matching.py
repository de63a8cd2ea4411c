"""Which column fills which field, told by their names: the proposal that a person corrects."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from layers.catalog import Layer
from layers.intake.children import CHILD_TITLES
from layers.intake.mapping import KEPT, Cell, Mapped, check_fields, unknown_column
from layers.intake.table import Table

_ALIASES = {
    "enterprise": ("enterprise", "enterprise_code", "enterprise_credit_code", "企业"),
    "hazard_source": ("hazard_source", "hazard_source_code", "重大危险源", "危险源名称"),
    "park": ("park", "park_code", "园区", "化工园区"),
}
"""More words for a field that refers to a feature, by its rule."""


def by_name(table: Table, layer: Layer, *, titles: Mapping[str, Sequence[str]]) -> Mapped:
    """Return a table with its columns under the fields of the same name or title.

    Parameters
    ----------
    titles
        Words for each field, by field name, in every language.
    """
    taken = match(list(table.columns), layer, titles=titles)
    columns = {name: table.columns[column] for name, column in taken.items()}
    unmatched = tuple(name for name in table.columns if name not in taken.values())
    return Mapped(layer, replace(table, columns=columns), unmatched)


def by_fields(
    table: Table,
    layer: Layer,
    fields: Mapping[str, str],
    *,
    constants: Mapping[str, Cell | list[str]] | None = None,
) -> Mapped:
    """Return a table with the columns that a person put under each field, and what nothing took.

    Raises
    ------
    InvalidInputError
        A field that the layer, or a column that the file does not have.
    """
    check_fields(layer, (*fields, *(constants or {})))
    for column in fields.values():
        if column not in table.columns:
            raise unknown_column(column, table)
    columns = {name: table.columns[column] for name, column in fields.items()}
    columns |= {name: [value] * len(table) for name, value in (constants or {}).items()}
    unmatched = tuple(name for name in table.columns if name not in fields.values())
    return Mapped(layer, replace(table, columns=columns), unmatched)


def match(
    columns: Sequence[str], layer: Layer, *, titles: Mapping[str, Sequence[str]]
) -> dict[str, str]:
    """Return the column for each field of a layer, by name, by title, or by a title cut short.

    A .dbf holds ten bytes of a column's name: five Chinese characters in GBK, three in UTF-8.
    """
    words = _words(layer, titles)
    taken: dict[str, str] = {}
    for column in columns:
        name = words.get(_plain(column))
        if name is not None:
            taken.setdefault(name, column)
    for column in columns:
        if column in taken.values() or not _is_cut(column):
            continue
        fits = {name for word, name in words.items() if word.startswith(_plain(column))}
        if len(fits) == 1:
            taken.setdefault(fits.pop(), column)
    return taken


def _words(layer: Layer, titles: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """Return the field that each word stands for."""
    words = {_plain(f.name): f.name for f in layer.fields} | {name: name for name in KEPT}
    words |= CHILD_TITLES
    for field in layer.fields:
        for title in titles.get(field.name, ()):
            words.setdefault(_plain(title), field.name)
        for alias in _ALIASES.get(field.spec.rule or "", ()):
            words.setdefault(alias, field.name)
    return words


def _is_cut(column: str) -> bool:
    """Tell whether a name is as long as a .dbf lets it be, in one of the usual encodings."""
    return any(len(column.encode(name)) in (9, 10) for name in ("utf-8", "gb18030"))


def _plain(name: str) -> str:
    """Return a header in small letters, without its unit in brackets."""
    bare = re.sub(r"[(（\[][^)）\]]*[)）\]]", "", name) or name
    return "_".join(bare.strip().lower().replace("-", " ").replace("_", " ").split())

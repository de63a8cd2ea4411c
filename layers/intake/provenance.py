"""One number, one source (一数一源): who says what of a row that several sources tell of.

A row's `source` and `source_date` are of the one who told of it first. Another source that changes
some of its fields is named in `field_sources`, field by field, with its date; when the row's own
source changes such a field again, the field is its own once more.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

# PostgreSQL takes a hundred arguments of a function: fifty names with their values.
_CHUNK = 40


def foreign(columns: Collection[str]) -> str:
    """Return the SQL condition that a record `i` comes from another source than the row `t`."""
    return "(i.source <> t.source) IS TRUE" if "source" in columns else "false"


def sources_sql(pairs: Mapping[str, tuple[str, str]], columns: Collection[str]) -> str:
    """Return what `field_sources` of a row `t` becomes with a record `i`, as SQL.

    Parameters
    ----------
    pairs
        For each field what is stored and what is wanted, as SQL.
    columns
        The record's columns; its `source_date` may be among them.
    """
    date = "i.source_date" if "source_date" in columns else "NULL::date"
    mark = f"jsonb_strip_nulls(jsonb_build_object('source', i.source, 'date', {date}))"
    names = list(pairs)
    told = [
        _object({name: _if_changed(pairs[name], mark) for name in names[start : start + _CHUNK]})
        for start in range(0, len(names), _CHUNK)
    ]
    own = ", ".join(_if_changed(pair, f"'{name}'") for name, pair in pairs.items())
    return f"""CASE WHEN {foreign(columns)}
        THEN t.field_sources || {" || ".join(told)}
        WHEN t.field_sources = '{{}}' THEN t.field_sources
        ELSE t.field_sources - array_remove(ARRAY[{own}]::text[], NULL) END"""


def _if_changed(pair: tuple[str, str], value: str) -> str:
    return f"CASE WHEN {pair[0]} IS DISTINCT FROM {pair[1]} THEN {value} END"


def _object(members: Mapping[str, str]) -> str:
    listed = ", ".join(f"'{name}', {value}" for name, value in members.items())
    return f"jsonb_strip_nulls(jsonb_build_object({listed}))"

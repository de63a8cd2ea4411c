"""What fields a file's columns ask for: types that hold every cell, and names for the map."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import shapely
from numpy.typing import NDArray

from layers.intake.cells import Cells, arrow_of
from layers.intake.columns import read_column
from layers.intake.values import value_of
from layers.layer import FieldType, Layer, LayerField
from layers.models.base import Field
from layers.user_layers.fields import MAX_TITLE, FieldDraft, own_fields

_NAMES = ("name", "名称", "名字", "标题", "title", "地名", "点位名称", "单位名称", "企业名称")
_ENGLISH_NAMES = ("name_en", "english_name", "name:en", "英文名称", "英文名")
_CODES = re.compile(r"code|编码|代码|编号|证号|电话|手机|phone|邮编|zip|\bid\b|_id$|身份证", re.I)
_SEARCHED = re.compile(r"code|编码|代码|编号|address|地址|name|名", re.I)
_MAX_SEARCHED = 4

# What a text must look like, every cell of it, before its column is tried as that type.
_LOOKS: tuple[tuple[FieldType, str], ...] = (
    ("integer", r"^\s*-?(0|[1-9][0-9]{0,14})\s*$"),
    ("number", r"^\s*-?(0|[1-9][0-9]{0,14})?(\.[0-9]+)?([eE][-+]?[0-9]{1,3})?\s*$"),
    ("boolean", r"^(?i:\s*(true|false|是|否)\s*)$"),
    ("date", r"^\s*[0-9]{4}[-/.][0-9]{1,2}[-/.][0-9]{1,2}\s*$"),
    ("time", r"^\s*[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}"),
)
_TYPED: tuple[tuple[Any, FieldType], ...] = (
    (pa.types.is_boolean, "boolean"),
    (pa.types.is_integer, "integer"),
    (pa.types.is_floating, "number"),
    (pa.types.is_timestamp, "time"),
    (pa.types.is_date, "date"),
    (pa.types.is_list, "list"),
)


@dataclass(frozen=True, kw_only=True)
class Proposal:
    """Fields for a layer, the file's column of each, and the columns that give the names.

    `named` is `{"name": column, "name_en": column}`, either left out where no column is a name.
    """

    fields: tuple[FieldDraft, ...]
    columns: tuple[str, ...]
    named: Mapping[str, str]

    def mapping(self, layer: Layer) -> dict[str, str]:
        """Return the column of each field of the layer that was created from these fields."""
        own = (field.name for field in own_fields(layer))
        return {**self.named, **dict(zip(own, self.columns, strict=True))}


def fields_of(columns: Mapping[str, Sequence[Any]], *, timezone: str = "UTC") -> Proposal:
    """Return the fields that a file's columns ask for.

    A type is taken only where every cell of the column reads as it, by the rules of the door.
    Codes and telephone numbers stay text, as does a number with zeros before it.

    Parameters
    ----------
    columns
        The cells of each column, by its header.
    timezone
        What times without an offset are in.
    """
    zone = ZoneInfo(timezone)
    return proposed({name: _type(name, cells, zone) for name, cells in columns.items()})


def proposed(types: Mapping[str, FieldType]) -> Proposal:
    """Return the fields for columns of known types, by header."""
    named = _named(types)
    drafts: list[FieldDraft] = []
    searched = 0
    titles: set[str] = set()
    columns = [header for header in types if header not in named.values()]
    for number, header in enumerate(columns, start=1):
        reads = types[header] == "text" and bool(_SEARCHED.search(header))
        searched += reads
        drafts.append(
            FieldDraft(
                title=_title(header, number, titles),
                type=types[header],
                searched=reads and searched <= _MAX_SEARCHED,
            )
        )
    return Proposal(fields=tuple(drafts), columns=tuple(columns), named=named)


def geometry_type_of(geometry: NDArray[Any]) -> str:
    """Return the narrowest type of a layer that holds all of these shapes; None is passed over."""
    kinds = set(np.unique(shapely.get_type_id(geometry)).tolist()) - {-1}
    lone = shapely.get_num_geometries(geometry) <= 1
    for name, single, multi in (("POINT", 0, 4), ("LINESTRING", 1, 5)):
        if kinds and kinds <= {single, multi} and bool(lone.all()):
            return name
    return "MULTIPOLYGON" if kinds and kinds <= {3, 6} else "GEOMETRY"


def _named(types: Mapping[str, FieldType]) -> dict[str, str]:
    """Return the columns that hold names, the likeliest ones."""
    headers = {_plain(header): header for header, type_ in types.items() if type_ == "text"}
    found: dict[str, str] = {}
    for field, words in (("name", _NAMES), ("name_en", _ENGLISH_NAMES)):
        if word := next((word for word in words if word in headers), None):
            found[field] = headers[word]
    if "name" not in found:
        ending = next((h for plain, h in headers.items() if plain.endswith("名称")), None)
        found |= {"name": ending} if ending else {}
    return found


def _plain(header: str) -> str:
    return unicodedata.normalize("NFKC", header).strip().casefold()


def _title(header: str, number: int, taken: set[str]) -> str:
    """Return a header as a title that no other column of the file has."""
    printable = "".join(c if c.isprintable() else " " for c in unicodedata.normalize("NFC", header))
    title = " ".join(printable.split())[: MAX_TITLE - 8].strip() or f"#{number}"
    if title.casefold() in taken:
        title = f"{title} #{number}"
    taken.add(title.casefold())
    return title


def _type(header: str, cells: Sequence[Any], zone: ZoneInfo) -> FieldType:
    """Return the narrowest type that holds every cell."""
    array = arrow_of(cells)
    if array is None:
        return _type_of_objects(cells)
    for holds, type_ in _TYPED:
        if holds(array.type):
            return type_
    if not (pa.types.is_string(array.type) or pa.types.is_large_string(array.type)):
        return "text"
    there = array.filter(pc.fill_null(pc.match_substring_regex(array, r"\S"), False))
    if not len(there):
        return "text"
    return next((t for t, look in _LOOKS if _is(header, there, t, look, zone)), "text")


def _is(header: str, there: pa.Array, type_: FieldType, look: str, zone: ZoneInfo) -> bool:
    """Tell whether every cell reads as the type."""
    if type_ in ("integer", "number") and _CODES.search(header):
        return False
    if not pc.all(pc.match_substring_regex(there, look)).as_py():
        return False
    field = LayerField(header, type_, Field())
    _, wrong = read_column(field, Cells(there), partial(value_of, field, timezone=zone))
    return not wrong


def _type_of_objects(cells: Sequence[Any]) -> FieldType:
    """Return the type of cells that are no plain text or numbers."""
    kinds = {type(cell) for cell in cells if cell is not None}
    if kinds == {dt.datetime}:
        return "time"
    if kinds == {dt.date}:
        return "date"
    if kinds and kinds <= {list, tuple}:
        return "list"
    return "number" if kinds == {int, float} else "text"

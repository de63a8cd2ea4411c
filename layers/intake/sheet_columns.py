"""The columns of a layer's own sheet: what a template asks for and a fault sheet hands back.

Their headers are the words of the reader's language, which the door understands again.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from layers.catalog import Layer, LayerField
from layers.intake.words import Words, field_title

Kind = Literal["place", "field", "child"]
POSITION = ("lon", "lat")
WKT = ("wkt",)
_BY_POSITION = ("POINT", "GEOMETRY")
_PARTS = ("name", "post", "phone")
_WITHOUT = ("candidate",)


@dataclass(frozen=True)
class SheetColumn:
    """One column: the machine's name, the header, and the field where it fills one."""

    name: str
    header: str
    kind: Kind
    field: LayerField | None = None

    @property
    def required(self) -> bool:
        """Whether a row needs a value here."""
        return self.field.spec.required if self.field else self.kind == "place"


def sheet_columns(
    layer: Layer, words: Words, *, by_position: bool | None = None, contacts: int = 1
) -> list[SheetColumn]:
    """Return the columns of a layer's sheet: names, place, fields, whom to call, stock.

    Parameters
    ----------
    words
        The texts of the reader's language.
    by_position
        Whether the place is `lon` and `lat`, not `wkt`; None lets the layer's shapes decide.
    contacts
        For how many people to call there are columns.
    """
    if by_position is None:
        by_position = layer.geometry_type in _BY_POSITION
    place = [
        SheetColumn(name, words.get(f"sheet.{name}", name), "place")
        for name in (POSITION if by_position else WKT)
    ]
    fields = [
        SheetColumn(field.name, _header(words, layer, field), "field", field)
        for field in layer.fields
        if field.name not in _WITHOUT and (field.type != "id" or field.spec.rule is not None)
    ]
    named = [column for column in fields if column.name in ("name", "name_en")]
    rest = [column for column in fields if column.name not in ("name", "name_en")]
    return [*named, *place, *rest, *_children(layer, words, contacts)]


def _header(words: Words, layer: Layer, field: LayerField) -> str:
    """Return a field's title with its unit in brackets, which the door takes off again."""
    title = field_title(words, layer, field.name)
    unit = field.spec.unit
    return f"{title} ({unit})" if unit and unit != "1" else title


def _children(layer: Layer, words: Words, contacts: int) -> list[SheetColumn]:
    if layer.group == "ground" or layer.definition is not None:
        return []
    names = [contact_column(rank, part) for rank in range(1, contacts + 1) for part in _PARTS]
    if layer.name == "resource":
        names.append("stock")
    return [SheetColumn(name, words.get(f"sheet.{name}", name), "child") for name in names]


def contact_column(rank: int, part: str) -> str:
    """Return the column of a part (`name`, `post`, `phone`) of the contact to call as the nth."""
    return f"contact_{part}" if rank == 1 else f"contact_{rank}_{part}"

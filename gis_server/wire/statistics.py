"""What is to be counted, by what, and where."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field
from sqlalchemy.orm import Session

from gis_server.wire.query import Asked, Where
from layers import catalog
from layers.catalog import Layer

Names = Annotated[str, Field(min_length=1, max_length=2000)]
FieldName = Annotated[str, Field(min_length=1, max_length=64)]


class StatisticsQuery(Where):
    """Layers, dimensions and fields with commas; `level` is of districts.

    `by` takes layer, district, kind, grade, month, year, or a field that every layer has.
    """

    layers: Names | None = None
    by: Names = "layer"
    level: FieldName | None = None
    sums: Names | None = None
    time_field: FieldName | None = None

    def among(self, session: Session) -> list[Layer] | None:
        """Return the layers that are asked; None for all but the ground."""
        if self.layers is None:
            return None
        return [catalog.find(name, session) for name in parts(self.layers)]

    def trees(self, asked: list[Layer]) -> dict[str, Any]:
        """Return the filter of each layer as CQL2 JSON."""
        tree = self.tree()
        return {} if tree is None else {layer.name: tree for layer in asked}


class StatisticsBody(Asked):
    """The same with lists, a shape, and a filter for each layer."""

    by: Annotated[list[FieldName], Field(min_length=1, max_length=3)] = ["layer"]
    level: FieldName | None = None
    sums: Annotated[list[FieldName], Field(max_length=20)] | None = None
    time_field: FieldName | None = None


def parts(text: str) -> list[str]:
    """Return the words of a comma list."""
    return [word.strip() for word in text.split(",") if word.strip()]

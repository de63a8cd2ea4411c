"""What the catalogue says of one layer: a value that walks through queries, tiles and views."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from sqlalchemy import Column, Table

from layers.errors import InvalidInputError
from layers.models.base import Field

Group = Literal["risk", "help", "target", "ground"]
Access = Literal["open", "region", "restricted"]
FieldType = Literal["text", "integer", "number", "boolean", "time", "date", "list", "id"]


@dataclass(frozen=True)
class LayerField:
    """One field of a layer: its wire name (also the column's), its type and its rules.

    `title` and `title_en` are the words of a user's own field; those of the product's fields are
    texts (`field.<layer>.<name>`).
    """

    name: str
    type: FieldType
    spec: Field
    title: str | None = None
    title_en: str | None = None


@dataclass(frozen=True, kw_only=True)
class Definition:
    """What is known of a layer of a user's own besides its fields: its row of `user_layer`.

    `readers` names the `roles` and `users` that a restricted layer is for; its owner and
    administrators of the whole tree see it too.
    """

    id: uuid.UUID
    version: int
    title: str
    title_en: str | None
    owner: str | None
    source: str | None
    readers: Mapping[str, tuple[str, ...]]
    style: Mapping[str, Any]
    created_at: dt.datetime


@dataclass(frozen=True)
class Layer:
    """One layer of the map.

    Attributes
    ----------
    name, table, geometry_type
        The table's name, the table, and POINT, LINESTRING, MULTIPOLYGON or GEOMETRY (any).
    fields
        Every declared field, in the table's order.
    group
        Where it stands in the layer tree.
    access
        Rows of an `open` layer are seen by every reader, those of a `region` layer by readers
        whose scope holds the row's region, and those of a `restricted` one by the readers among
        these whom its definition names: for others there is no such layer.
    searched
        Text fields that a search reads; the first two are the shown names.
    tiled
        Fields that a tile's features carry besides `id`.
    summed, worst
        Fields that a counted cell adds up, and the one whose least value is the worst grade.
    min_zoom
        The first zoom at which a tile of this layer holds anything.
    geometry_required
        Whether every row has a place.
    max_age_days
        How old a row's source may be before the row is shown as stale; None: it does not age.
    definition
        Of a user's own layer; None for those of the product.
    """

    name: str
    table: Table
    geometry_type: str
    fields: tuple[LayerField, ...]
    group: Group
    access: Access
    searched: tuple[str, ...]
    tiled: tuple[str, ...]
    summed: tuple[str, ...]
    worst: str | None
    min_zoom: int
    geometry_required: bool = True
    max_age_days: int | None = None
    definition: Definition | None = field(default=None, compare=False)

    @property
    def thinned(self) -> bool:
        """Whether tiles leave out what is least important; other layers are counted in cells."""
        return self.group == "ground" and self.definition is None

    @property
    def kind_field(self) -> str | None:
        """The field that sorts features into kinds: `kind` or `class`, where there is one."""
        return next((f.name for f in self.fields if f.name in ("kind", "class")), None)

    def column(self, name: str) -> Column[Any]:
        """Return the table's column of that name; the spine's columns too."""
        return self.table.c[name]

    @property
    def place(self) -> Column[Any]:
        """The column of a feature's one place (EPSG:3857): the point itself, or a shape's anchor.

        Of layers that are counted; a `thinned` one of shapes has none.
        """
        return self.column("geom_3857" if self.geometry_type == "POINT" else "anchor")

    def field(self, name: str) -> LayerField:
        """Return the declared field; `InvalidInputError` names those that exist."""
        for declared in self.fields:
            if declared.name == name:
                return declared
        names = [f.name for f in self.fields]
        raise InvalidInputError(
            f"layer {self.name} has no field {name!r}; its fields are {', '.join(names)}",
            code="unknown_field",
            layer=self.name,
            field=name,
            known=", ".join(names),
        )

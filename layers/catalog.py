"""Which layers there are: their fields, their place in the tree, what a tile and a search show.

One `Layer` a table of `layers.models.LAYERS`, made from the columns' own `Field` declarations.
Titles are texts (`layer.<name>`, `field.<layer>.<name>`), not part of the catalogue.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from typing import Any, Literal

from sqlalchemy import Boolean, Column, Date, DateTime, Float, Integer, Table, Uuid, inspect, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session
from sqlalchemy.types import TypeEngine

from layers import models
from layers.errors import InvalidInputError, NotFoundError

Group = Literal["risk", "help", "target", "ground"]
FieldType = Literal["text", "integer", "number", "boolean", "time", "date", "list", "id"]


@dataclass(frozen=True)
class LayerField:
    """One field of a layer: its wire name (also the column's), its type and its rules."""

    name: str
    type: FieldType
    spec: models.Field


@dataclass(frozen=True)
class Layer:
    """One layer of the map.

    Attributes
    ----------
    name, model, geometry_type
        The table's name, its ORM class, and POINT, LINESTRING, MULTIPOLYGON or GEOMETRY (any).
    fields
        Every declared field, in the table's order.
    group
        Where it stands in the layer tree. Rows of `ground` layers are open to every reader;
        rows of the others only to readers whose scope holds the row's region.
    searched
        Text fields that a search reads; the first two are the shown names.
    tiled
        Fields that a tile's features carry besides `id`.
    summed, worst
        Fields that a counted cell adds up, and the one whose least value is the worst grade.
    min_zoom
        The first zoom at which a tile of this layer holds anything.
    """

    name: str
    model: type[models.Feature]
    geometry_type: str
    fields: tuple[LayerField, ...]
    group: Group
    searched: tuple[str, ...]
    tiled: tuple[str, ...]
    summed: tuple[str, ...]
    worst: str | None
    min_zoom: int

    @property
    def table(self) -> Table:
        """The table that stores the layer."""
        return _table(self.model)

    @property
    def kind_field(self) -> str | None:
        """The field that sorts features into kinds: `kind` or `class`, where there is one."""
        return next((f.name for f in self.fields if f.name in ("kind", "class")), None)

    def column(self, name: str) -> Column[Any]:
        """Return the table's column of that name; the spine's columns too."""
        return self.table.c[name]

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


@dataclass(frozen=True)
class _Shown:
    """What cannot be read from the columns: where a layer stands and what of it is shown."""

    group: Group
    min_zoom: int = 0
    searched: tuple[str, ...] = ()
    tiled: tuple[str, ...] = ()
    summed: tuple[str, ...] = ()
    worst: str | None = None


_SHOWN: dict[str, _Shown] = {
    "incident": _Shown(
        "risk",
        searched=("title", "substance"),
        tiled=("title", "kind", "status", "accident_grade", "exercise"),
        worst="accident_grade",
    ),
    "hazard_source": _Shown(
        "risk",
        searched=("substance", "cas"),
        tiled=("substance", "grade", "container", "candidate"),
        worst="grade",
    ),
    "enterprise": _Shown(
        "risk",
        searched=("credit_code", "own_code", "address"),
        tiled=("class", "risk_level", "candidate"),
        summed=("employees",),
    ),
    "tank": _Shown(
        "risk", 11, searched=("tag", "substance", "cas"), tiled=("tag", "substance", "container")
    ),
    "park": _Shown(
        "risk", searched=("code", "address"), tiled=("level", "risk_level"), summed=("people",)
    ),
    "tailings_pond": _Shown(
        "risk",
        searched=("own_code",),
        tiled=("grade", "status"),
        summed=("people_downstream",),
    ),
    "geohazard": _Shown(
        "risk",
        searched=("own_code", "description"),
        tiled=("kind", "scale", "risk_level"),
        summed=("people_threatened",),
    ),
    "accident": _Shown(
        "risk",
        searched=("substance", "cause", "description"),
        tiled=("kind", "grade"),
    ),
    "protection_target": _Shown(
        "target",
        searched=("address",),
        tiled=("kind", "people_day", "people_night"),
        summed=("people_day", "people_night"),
    ),
    "sensitive_place": _Shown("target", searched=("owner", "description"), tiled=("kind", "level")),
    "reservoir": _Shown("target", searched=("own_code", "owner"), tiled=("grade", "capacity_m3")),
    "team": _Shown("help", searched=("base",), tiled=("kind", "people"), summed=("people",)),
    "resource": _Shown(
        "help", searched=("owner", "address"), tiled=("kind", "beds"), summed=("beds",)
    ),
    "expert": _Shown("help", searched=("organisation", "title"), tiled=("title", "organisation")),
    "flood_work": _Shown("help", searched=("own_code", "owner"), tiled=("kind", "grade")),
    "video_point": _Shown(
        "help", 10, searched=("own_code", "owner"), tiled=("kind", "bearing_deg")
    ),
    "fire_water": _Shown("help", tiled=("kind", "volume_m3", "flow_l_s")),
    "disaster_point": _Shown("risk", searched=("description",), tiled=("kind",)),
    "weather_station": _Shown("help", searched=("own_code",), tiled=("own_code",)),
    "road": _Shown("ground", 5, tiled=("class", "bridge", "tunnel")),
    "region": _Shown("ground", 0, searched=("code",), tiled=("code", "level")),
    "place": _Shown("ground", 3, tiled=("kind", "people")),
    "railway": _Shown("ground", 8, tiled=("kind",)),
    "water": _Shown("ground", 4, tiled=("kind",)),
    "land_use": _Shown("ground", 9, tiled=("kind",)),
    "building": _Shown("ground", 14, tiled=("kind", "levels")),
}


def _field_type(type_: TypeEngine[Any]) -> FieldType:
    """Return the wire's word for a column type."""
    if isinstance(type_, ARRAY):
        return "list"
    kinds: tuple[tuple[type[TypeEngine[Any]], FieldType], ...] = (
        (Boolean, "boolean"),
        (Integer, "integer"),
        (Float, "number"),
        (DateTime, "time"),
        (Date, "date"),
        (Uuid, "id"),
    )
    return next((word for kind, word in kinds if isinstance(type_, kind)), "text")


def _table(model: type[models.Feature]) -> Table:
    """Return the table that a model is stored in."""
    table = inspect(model).local_table
    if not isinstance(table, Table):
        raise TypeError(f"{model.__name__} is not mapped to a table")
    return table


def _layer(model: type[models.Feature]) -> Layer:
    """Return the catalogue's entry of one table."""
    table = _table(model)
    shown = _SHOWN[table.name]
    fields = tuple(
        LayerField(column.name, _field_type(column.type), column.info["field"])
        for column in table.columns
        if "field" in column.info
    )
    return Layer(
        name=table.name,
        model=model,
        geometry_type=model.geometry_type,
        fields=fields,
        group=shown.group,
        searched=("name", "name_en", *shown.searched),
        tiled=("name", "name_en", *shown.tiled),
        summed=shown.summed,
        worst=shown.worst,
        min_zoom=shown.min_zoom,
    )


@cache
def layers() -> tuple[Layer, ...]:
    """Return every layer, in the order of the layer tree."""
    return tuple(_layer(model) for model in models.LAYERS)


def find(name: str) -> Layer:
    """Return the layer of that name; a plural, a hyphen or capitals are forgiven.

    Raises
    ------
    NotFoundError
        There is no such layer; the message lists those that exist and the nearest of them.
    """
    known = {layer.name: layer for layer in layers()}
    wanted = name.strip().lower().replace("-", "_")
    for candidate in (wanted, wanted.removesuffix("s"), wanted.removesuffix("ies") + "y"):
        if candidate in known:
            return known[candidate]
    near = get_close_matches(wanted, known, n=1, cutoff=0.5)
    hint = f" (near: {near[0]})" if near else ""
    raise NotFoundError(
        f"there is no layer {name!r}{hint}; the layers are {', '.join(known)}",
        code="unknown_layer",
        layer=name,
        known=", ".join(known),
        near=near[0] if near else None,
    )


def revisions(session: Session, names: Sequence[str] | None = None) -> dict[str, int]:
    """Return each layer's revision: the seq of its last sealed change, 0 where there is none.

    Read it before the rows that it labels: rows then are at least as new as their label.
    """
    state = models.LayerState
    wanted = [layer.name for layer in layers()] if names is None else list(names)
    rows = session.execute(select(state.layer, state.revision).where(state.layer.in_(wanted)))
    return dict.fromkeys(wanted, 0) | {name: revision for name, revision in rows}

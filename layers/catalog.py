"""Which layers there are: their fields, their place in the tree, what a tile and a search show.

One `Layer` a table of `layers.models.LAYERS`, made from the columns' own `Field` declarations, and
one a row of `user_layer` (layers.definition). Titles of the product's layers are texts
(`layer.<name>`, `field.<layer>.<name>`), not part of the catalogue.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from typing import Any

from sqlalchemy import (
    Boolean,
    Date,
    DateTime,
    Float,
    Integer,
    Table,
    Uuid,
    func,
    inspect,
    select,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session
from sqlalchemy.types import TypeEngine

from layers import definition, models
from layers.definition import PROGRAM, Reader, reader_of, set_reader
from layers.errors import NotFoundError
from layers.layer import Access, Definition, FieldType, Group, Layer, LayerField

__all__ = [
    "PROGRAM", "Access", "Definition", "FieldType", "Group", "Layer", "LayerField", "Reader",
    "find", "layers", "reader_of", "revisions", "set_reader",
]  # fmt: skip


@dataclass(frozen=True)
class _Shown:
    """What cannot be read from the columns: where a layer stands and what of it is shown."""

    group: Group
    min_zoom: int = 0
    searched: tuple[str, ...] = ()
    tiled: tuple[str, ...] = ()
    summed: tuple[str, ...] = ()
    worst: str | None = None


# After so many days without a newer source a row is shown as stale. What must be ready (teams,
# stores, water) is to be looked at twice a year; what is registered, once; past events never age.
_MAX_AGE_DAYS = {
    "team": 183, "resource": 183, "fire_water": 183, "video_point": 183, "geohazard": 183,
    "hazard_source": 365, "enterprise": 365, "tank": 365, "park": 365, "tailings_pond": 365,
    "reservoir": 365, "flood_work": 365, "expert": 365, "protection_target": 730,
    "sensitive_place": 1095,
}  # fmt: skip
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
    "road_closure": _Shown(
        "risk", searched=("reason",), tiled=("kind", "since", "until", "lifted_at", "incident_id")
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
        table=table,
        geometry_type=model.geometry_type,
        fields=fields,
        group=shown.group,
        access="open" if shown.group == "ground" else "region",
        searched=("name", "name_en", *shown.searched),
        tiled=("name", "name_en", *shown.tiled),
        summed=shown.summed,
        worst=shown.worst,
        min_zoom=shown.min_zoom,
        geometry_required=model.geometry_required,
        max_age_days=_MAX_AGE_DAYS.get(table.name),
    )


@cache
def _of_the_product() -> tuple[Layer, ...]:
    """Return the layers that the product itself brings."""
    return tuple(_layer(model) for model in models.LAYERS)


def layers(session: Session | None = None) -> tuple[Layer, ...]:
    """Return every layer, in the order of the layer tree; with a session also users' own.

    Of restricted layers, only those that the session's reader (`set_reader`) may know of.
    """
    own = () if session is None else definition.read(session)
    return (*_of_the_product(), *own)


def find(name: str, session: Session | None = None) -> Layer:
    """Return the layer of that name; a plural, a hyphen or capitals are forgiven.

    Raises
    ------
    NotFoundError
        There is no such layer, or none for the session's reader; the message lists those that
        exist and the nearest of them.
    """
    known = {layer.name: layer for layer in _of_the_product()}
    wanted = name.strip().lower().replace("-", "_")
    for candidate in (wanted, wanted.removesuffix("s"), wanted.removesuffix("ies") + "y"):
        if candidate in known:
            return known[candidate]
    if session is not None and wanted.startswith(definition.PREFIX):
        for layer in definition.read(session, wanted):
            return layer
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

    A change of a user layer's definition is one of its layer: what its tiles carry may differ.
    Read it before the rows that it labels: rows then are at least as new as their label.
    """
    state, own, line = models.LayerState, models.UserLayer, models.JournalRow
    wanted = [layer.name for layer in layers(session)] if names is None else list(names)
    found = dict.fromkeys(wanted, 0)
    rows = session.execute(select(state.layer, state.revision).where(state.layer.in_(wanted)))
    defined = session.execute(
        select(own.name, func.coalesce(line.seq, 0))
        .join(line, line.entry == own.entry)
        .where(own.name.in_(wanted))
    )
    for name, revision in (*rows, *defined):
        found[name] = max(found[name], revision)
    return found

"""Layers of a user's own, from their rows of `user_layer` to the catalogue's `Layer`.

A `Layer` is kept by id, version and time of its row, so every process makes it anew once the
definition has changed, whoever changed it.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, cast

from geoalchemy2 import Geometry
from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Computed,
    Date,
    DateTime,
    Float,
    Identity,
    MetaData,
    String,
    Table,
    Uuid,
    func,
    select,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Session
from sqlalchemy.types import TypeEngine

from layers.layer import Access, Definition, FieldType, Group, Layer, LayerField
from layers.models import UserLayer
from layers.models.base import Field

PREFIX = "u_"
_KEPT = 1024
_NAMES = ("name", "name_en")
_SPINE = (
    LayerField("region", "text", Field(rule="region")),
    LayerField("source", "text", Field()),
    LayerField("source_date", "date", Field()),
)
_TYPES: dict[FieldType, TypeEngine[Any]] = {
    "text": String(),
    "integer": BigInteger(),
    "number": Float(),
    "boolean": Boolean(),
    "time": DateTime(timezone=True),
    "date": Date(),
    "list": ARRAY(String()),
}


@dataclass(frozen=True)
class Reader:
    """Who asks: a name, the roles held anywhere, and whether admin of the whole tree."""

    name: str | None = None
    roles: frozenset[str] = frozenset()
    admin: bool = False

    def may_read(self, access: str, owner: str | None, readers: Mapping[str, Any]) -> bool:
        """Tell whether there is a layer of this access for the reader at all."""
        return (
            access != "restricted"
            or self.admin
            or (self.name is not None and self.name in (owner, *readers.get("users", ())))
            or not self.roles.isdisjoint(readers.get("roles", ()))
        )


PROGRAM = Reader("onemap", admin=True)
"""The program itself: commands and jobs, which no person asks through."""


def set_reader(session: Session, reader: Reader) -> None:
    """Say who asks through this session: the catalogue shows it no layer kept from this reader."""
    session.info["reader"] = reader


def reader_of(session: Session) -> Reader:
    """Return who asks through a session; the program itself where nobody was named."""
    reader: Reader = session.info.get("reader", PROGRAM)
    return reader


def read(session: Session, name: str | None = None) -> tuple[Layer, ...]:
    """Return the user layers that the session's reader may know of, oldest first; or that one."""
    row = UserLayer
    statement = select(row.id, row.version, row.updated_at).where(row.removed_at.is_(None))
    if name is not None:
        statement = statement.where(row.name == name)
    keys = [_Key(*found) for found in session.execute(statement.order_by(row.id))]
    found = {key.id: _known[key] for key in keys if key in _known}
    missing = [key.id for key in keys if key.id not in found]
    if missing:
        found |= _learned(session, missing)
    reader = reader_of(session)
    return tuple(found[key.id] for key in keys if key.id in found and _shown(found[key.id], reader))


def hidden(session: Session) -> list[str]:
    """Return the names of user layers, removed ones too, that the session's reader may not know."""
    row = UserLayer
    reader = reader_of(session)
    kept = session.execute(
        select(row.name, row.access, row.owner, row.readers).where(row.access == "restricted")
    )
    return [name for name, *who in kept if not reader.may_read(*who)]


class _Key(NamedTuple):
    """Which definition: the time tells apart versions of two lives of a restored database."""

    id: uuid.UUID
    version: int
    updated_at: dt.datetime


_known: dict[_Key, Layer] = {}


def _learned(session: Session, ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, Layer]:
    """Read definitions anew and keep them."""
    rows = session.scalars(
        select(UserLayer).where(UserLayer.id.in_(ids)).execution_options(populate_existing=True)
    )
    return {row.id: layer_of(row) for row in rows}


def _shown(layer: Layer, reader: Reader) -> bool:
    definition = layer.definition
    return definition is not None and reader.may_read(
        layer.access, definition.owner, definition.readers
    )


def layer_of(row: UserLayer) -> Layer:
    """Return the catalogue's entry of a definition, as it was read from the database."""
    key = _Key(row.id, row.version, row.updated_at)
    layer = _known.get(key)
    if layer is None:
        if len(_known) >= _KEPT:
            _known.clear()
        layer = _known[key] = _layer(row)
    return layer


def _layer(row: UserLayer) -> Layer:
    own = [stored for stored in row.fields if not stored.get("removed")]
    named = [LayerField(name, "text", Field()) for name in _NAMES]
    fields = (*named, *map(field_of, own), *_SPINE)
    style = row.style
    drawn = [style.get("label_field"), (style.get("categories") or {}).get("field")]
    chosen = {stored["name"] for stored in own if stored.get("tiled")} | set(drawn)
    return Layer(
        name=row.name,
        table=_table(row),
        geometry_type=row.geometry_type,
        fields=fields,
        group=cast("Group", row.group_name),
        access=cast("Access", row.access),
        searched=(*_NAMES, *(stored["name"] for stored in own if stored.get("searched"))),
        tiled=(*_NAMES, *(stored["name"] for stored in own if stored["name"] in chosen)),
        summed=(),
        worst=None,
        min_zoom=int(style.get("min_zoom") or 0),
        definition=_definition(row),
    )


def field_of(stored: Mapping[str, Any]) -> LayerField:
    """Return one field from its stored form."""
    domain = stored.get("domain")
    spec = Field(
        required=bool(stored.get("required")),
        unit=stored.get("unit"),
        domain=tuple(domain) if domain else None,
        minimum=stored.get("minimum"),
        maximum=stored.get("maximum"),
    )
    return LayerField(
        stored["name"], stored["type"], spec, stored.get("title"), stored.get("title_en")
    )


def _definition(row: UserLayer) -> Definition:
    return Definition(
        id=row.id,
        version=row.version,
        title=row.title,
        title_en=row.title_en,
        owner=row.owner,
        source=row.source,
        readers={kind: tuple(row.readers.get(kind, ())) for kind in ("roles", "users")},
        style=row.style,
        created_at=row.created_at,
    )


def _table(row: UserLayer) -> Table:
    """Return the table as onemap_make_layer makes it; columns of removed fields are not read."""
    own = [
        Column(stored["name"], _TYPES[stored["type"]], info={"field": field_of(stored).spec})
        for stored in row.fields
        if not stored.get("removed")
    ]
    shown = {field.name: {"field": field.spec} for field in _SPINE}
    return Table(
        row.name,
        MetaData(),
        Column("id", Uuid, primary_key=True, server_default=text("onemap_uuid_v7()")),
        Column("fid", BigInteger, Identity(always=True), nullable=False),
        *(Column(name, String, info={"field": Field()}) for name in _NAMES),
        *own,
        Column("region", String, info=shown["region"]),
        Column("source", String, info=shown["source"]),
        Column("source_date", Date, info=shown["source_date"]),
        Column("field_sources", JSONB, nullable=False, server_default=text("'{}'::jsonb")),
        Column("name_pinyin", String),
        Column("geom", Geometry(row.geometry_type, srid=4326), nullable=False),
        Column("geom_3857", Geometry("GEOMETRY", srid=3857), Computed("onemap_mercator(geom)")),
        Column("version", BigInteger, nullable=False, server_default=text("1")),
        Column("updated_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
        Column("entry", BigInteger, nullable=False, server_default=text("0")),
        *_anchor(row.geometry_type),
    )


def _anchor(geometry_type: str) -> list[Column[Any]]:
    """Return the column of anchors, which a table of points does not need."""
    if geometry_type == "POINT":
        return []
    return [Column("anchor", Geometry("POINT", srid=3857), Computed("onemap_anchor(geom)"))]

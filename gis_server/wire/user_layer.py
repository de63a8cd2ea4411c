"""Addresses and bodies of layers of a user's own."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from gis_server.wire.base import Query, Wire, Word
from gis_server.wire.feature import LayerName
from layers.layer import Access, Group
from layers.user_layers import FieldDraft

OwnType = Literal["text", "integer", "number", "boolean", "time", "date", "list"]
GeometryType = Literal["POINT", "LINESTRING", "MULTIPOLYGON", "GEOMETRY"]
Title = Annotated[str, Field(min_length=1, max_length=400)]
Values = Annotated[list[Title], Field(min_length=1, max_length=200)]
Style = Annotated[dict[str, Any], Field(max_length=20)]


class UserLayerPath(Wire):
    """Which layer of a user's own: its name, `u_...`."""

    layer: LayerName


class UserLayersQuery(Query):
    """Which ones: those in use, or the reader's own removed ones that can be brought back."""

    removed: bool = False


class Readers(Wire):
    """Whom a restricted layer is for, besides its owner and administrators of the whole tree."""

    roles: Annotated[list[Word], Field(max_length=20)] = []
    users: Annotated[list[Word], Field(max_length=200)] = []


class _FieldRules(Wire):
    """What a field may say of itself besides its type."""

    title_en: Title | None = None
    unit: Word | None = None
    required: bool = False
    domain: Values | None = None
    minimum: float | None = None
    maximum: float | None = None
    searched: bool = False
    tiled: bool = False


class NewField(_FieldRules):
    """A field that is to be."""

    title: Title
    type: OwnType = "text"

    def draft(self) -> FieldDraft:
        """Return the field as the layers take it."""
        given = self.model_dump()
        return FieldDraft(**{**given, "domain": tuple(self.domain) if self.domain else None})


class FieldChange(_FieldRules):
    """A change of a field (by `name`; `removed` takes it out or back), or a new one (`title`)."""

    name: Annotated[str, Field(pattern="^f_[0-9a-z_]{1,60}$")] | None = None
    title: Title | None = None
    type: OwnType | None = None
    removed: bool | None = None

    def entry(self) -> dict[str, Any]:
        """Return what was said, and nothing else."""
        return self.model_dump(exclude_unset=True)


class NewUserLayer(Wire):
    """A layer that is to be."""

    title: Title
    title_en: Title | None = None
    geometry_type: GeometryType
    fields: Annotated[list[NewField], Field(max_length=200)] = []
    group: Group = "target"
    access: Access = "region"
    readers: Readers = Readers()
    style: Style = {}
    source: Title | None = None


class UserLayerChange(Wire):
    """A part of a layer's definition: what is left out stays."""

    title: Title | None = None
    title_en: Title | None = None
    group: Group | None = None
    access: Access | None = None
    readers: Readers | None = None
    style: Style | None = None
    source: Title | None = None
    fields: Annotated[list[FieldChange], Field(max_length=200)] = []


class UserLayerRemoval(Wire):
    """The layer's title (or name), typed by a person who is sure."""

    name: Annotated[str, Field(min_length=1, max_length=400)]

"""Addresses and bodies of layers, features and places."""

from __future__ import annotations

import uuid
from typing import Annotated, Any, Literal

from pydantic import Field

from gis_server.wire.base import Lat, Lon, Moment, Query, Wire, Word, numbers
from layers.query import cql2

LayerName = Annotated[str, Field(min_length=1, max_length=64)]


class LayerPath(Wire):
    """Which layer."""

    layer: LayerName


class FeaturePath(LayerPath):
    """Which feature of a layer."""

    id: uuid.UUID


class FeatureQuery(Query):
    """Which features: `bbox` is west,south,east,north; `where` is `field=value`, repeatable.

    `filter` is CQL2, text unless `filter-lang` says otherwise; `district` is a region's code.
    """

    bbox: Annotated[str, Field(max_length=200)] | None = None
    q: Annotated[str, Field(max_length=200)] | None = None
    where: Annotated[list[str], Field(max_length=20)] | None = None
    filter: Annotated[str, Field(max_length=100_000)] | None = None
    filter_lang: Literal["cql2-text", "cql2-json"] | None = Field(default=None, alias="filter-lang")
    district: Annotated[str, Field(min_length=1, max_length=128)] | None = None
    limit: Annotated[int, Field(ge=1, le=1000)] = 100
    cursor: Annotated[str, Field(max_length=200)] | None = None

    def box(self) -> tuple[float, ...] | None:
        """Return the box as four numbers, or None."""
        return None if self.bbox is None else numbers(self.bbox, field="bbox", count=4)

    def tree(self) -> Any:
        """Return the filter as CQL2 JSON, or None."""
        return None if self.filter is None else cql2.read(self.filter, language=self.filter_lang)


class FeatureBody(Wire):
    """A GeoJSON feature: geometry and the layer's own fields as properties."""

    type: Literal["Feature"] = "Feature"
    id: uuid.UUID | None = None
    geometry: dict[str, Any] | None = None
    properties: dict[str, Any] = Field(default_factory=dict)


class FeatureChange(Wire):
    """A part of a feature: what is left out stays."""

    type: Literal["Feature"] = "Feature"
    id: uuid.UUID | None = None
    geometry: dict[str, Any] | None = None
    properties: dict[str, Any] = Field(default_factory=dict)


class AroundQuery(Query):
    """A circle; `layers` with commas, all but the ground layers where left out."""

    lon: Lon
    lat: Lat
    radius_m: Annotated[float, Field(gt=0, le=200_000)]
    layers: Annotated[str, Field(max_length=4000)] | None = None
    limit: Annotated[int, Field(ge=1, le=1000)] = 200


class SearchQuery(Query):
    """A part of a name."""

    q: Annotated[str, Field(min_length=1, max_length=100)]
    limit: Annotated[int, Field(ge=1, le=100)] = 20


class SubstanceQuery(Query):
    """A part of a substance's name, CAS or UN number; all substances where left out."""

    q: Annotated[str, Field(max_length=100)] = ""
    limit: Annotated[int, Field(ge=1, le=1000)] = 50


class SubstancePath(Wire):
    """A substance by CAS number, UN number, name or alias."""

    substance: Annotated[str, Field(max_length=100)]


class ObservationBody(Wire):
    """One measured or reported value, about an incident and a substance where it names them.

    Sent twice with one `id` it is stored once.
    """

    id: uuid.UUID | None = None
    kind: Literal["weather", "reading"]
    lon: Lon | None = None
    lat: Lat | None = None
    at: Moment
    quantity: Annotated[str, Field(pattern="^[a-z][a-z0-9_]{0,63}$")]
    value: Annotated[float, Field(ge=-1e12, le=1e12, strict=True)]
    unit: Annotated[str, Field(min_length=1, max_length=20)]
    instrument: Word | None = None
    station: Word | None = None
    incident: uuid.UUID | None = None
    substance: Word | None = None


class ContactBody(Wire):
    """One person to call; an `id` names one that is there already."""

    id: uuid.UUID | None = None
    name: Word | None = None
    post: Word | None = None
    phone: Annotated[str, Field(min_length=2, max_length=60)]
    rank: Annotated[int, Field(ge=1, le=1000)] | None = None


class ContactsBody(Wire):
    """Everyone to call for a feature, first the first."""

    contacts: Annotated[list[ContactBody], Field(max_length=50)]


class StockBody(Wire):
    """One item held at a resource; an `id` names one that is there already."""

    id: uuid.UUID | None = None
    item: Word
    quantity: Annotated[float, Field(ge=0, le=1e12, strict=True)]
    unit: Annotated[str, Field(min_length=1, max_length=20)]
    owner: Word | None = None


class StocksBody(Wire):
    """Everything held at a resource."""

    stock: Annotated[list[StockBody], Field(max_length=1000)]


class VehicleBody(Wire):
    """Vehicles of one kind, or a single one by its plate; an `id` names one that is there."""

    id: uuid.UUID | None = None
    kind: Word
    count: Annotated[int, Field(ge=1, le=100_000)] = 1
    plate: Annotated[str, Field(min_length=1, max_length=40)] | None = None


class VehiclesBody(Wire):
    """Every vehicle of a team."""

    vehicles: Annotated[list[VehicleBody], Field(max_length=200)]

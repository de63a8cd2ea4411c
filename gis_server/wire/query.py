"""Bodies and addresses of questions to many layers, of statistics and of exports."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field
from sqlalchemy.orm import Session

from gis_server.wire.base import Lat, Lon, Query, Wire, numbers
from gis_server.wire.feature import LayerName
from layers import catalog
from layers import query as ask
from layers.catalog import Layer
from layers.query import Area, Circle, cql2

FilterText = Annotated[str, Field(max_length=100_000)]
Filter = FilterText | dict[str, Any] | bool
Language = Literal["cql2-text", "cql2-json"]
Code = Annotated[str, Field(min_length=1, max_length=128)]
RadiusM = Annotated[float, Field(gt=0, le=200_000, description="metres")]


class Around(Wire):
    """A circle on the Earth."""

    lon: Lon
    lat: Lat
    radius_m: RadiusM


class Asked(Wire):
    """Which features of which layers.

    `layers` left out asks all but those of the ground. Of `geometry`, `bbox`, `district` and
    `around`, all that are given must hold. `filter` is asked of every layer, `filters` of one each;
    CQL2 as text or as JSON.
    """

    layers: Annotated[list[LayerName], Field(min_length=1, max_length=100)] | None = None
    geometry: dict[str, Any] | None = None
    bbox: Annotated[list[float], Field(min_length=4, max_length=4)] | None = None
    district: Code | None = None
    around: Around | None = None
    q: Annotated[str, Field(max_length=100)] | None = None
    filter: Filter | None = None
    filters: Annotated[dict[LayerName, Filter], Field(max_length=100)] = Field(default_factory=dict)
    filter_lang: Language | None = Field(default=None, alias="filter-lang")

    def among(self, session: Session) -> list[Layer] | None:
        """Return the layers that are asked, each once; None for all but the ground."""
        if self.layers is None:
            return None
        found = [catalog.find(name, session) for name in self.layers]
        return list({layer.name: layer for layer in found}.values())

    def area(self, session: Session) -> Area:
        """Return where the features must lie."""
        return ask.area(
            session,
            geometry=self.geometry,
            bbox=self.bbox,
            district=self.district,
            circle=Circle(**self.around.model_dump()) if self.around else None,
        )

    def trees(self, session: Session, asked: list[Layer]) -> dict[str, Any]:
        """Return the filter of each layer as CQL2 JSON; a layer's own and the common one hold."""
        own = {catalog.find(name, session).name: given for name, given in self.filters.items()}
        found: dict[str, Any] = {}
        for name in {*own, *(layer.name for layer in asked)}:
            both = [given for given in (self.filter, own.get(name)) if given is not None]
            read = [cql2.read(given, language=self.filter_lang) for given in both]
            if read:
                found[name] = read[0] if len(read) == 1 else {"op": "and", "args": read}
        return found


class QueryBody(Asked):
    """One question; `cursor` goes on where a layer's page ended, and `layers` names it alone."""

    limit: Annotated[int, Field(ge=1, le=1000)] = 100
    cursor: Annotated[str, Field(max_length=400)] | None = None


class Where(Query):
    """Which features of one layer, in an address."""

    bbox: Annotated[str, Field(max_length=200)] | None = None
    district: Code | None = None
    lon: Lon | None = None
    lat: Lat | None = None
    radius_m: RadiusM | None = None
    q: Annotated[str, Field(max_length=100)] | None = None
    filter: FilterText | None = None
    filter_lang: Language | None = Field(default=None, alias="filter-lang")

    def area(self, session: Session) -> Area:
        """Return where the features must lie; a circle needs all of its three numbers."""
        place = (self.lon, self.lat, self.radius_m)
        given = [number for number in place if number is not None]
        if given and len(given) < len(place):
            numbers("", field="lon,lat,radius_m", count=3)
        return ask.area(
            session,
            bbox=None if self.bbox is None else numbers(self.bbox, field="bbox", count=4),
            district=self.district,
            circle=Circle(*given) if given else None,
        )

    def tree(self) -> Any:
        """Return the filter as CQL2 JSON, or None."""
        if self.filter is None:
            return None
        return cql2.read(self.filter, language=self.filter_lang)

"""TileJSON 3.0.0: what a map client needs to know to ask for tiles."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from layers.catalog import Layer, find
from tiles.archive.index import Header
from tiles.basemap import SOURCES

MAX_ZOOM = 18
"""The deepest tiles that clients ask for; they stretch these when the map goes deeper."""
WORLD = [-180.0, -85.0511, 180.0, 85.0511]


def of_layer(
    layer: Layer, *, revision: int, label: str | None = None, attribution: str | None = None
) -> dict[str, Any]:
    """Return the TileJSON of one layer at a revision; `label` names it in addresses."""
    return _tilejson(layer.name, [layer], revision, label, attribution)


def of_basemap(
    *, revision: int, label: str | None = None, attribution: str | None = None
) -> dict[str, Any]:
    """Return the TileJSON of the base map at a revision; `label` names it in addresses."""
    sources = [find(name) for name in SOURCES]
    return _tilejson("basemap", sources, revision, label, attribution)


def of_archive(header: Header, metadata: Mapping[str, Any], label: str) -> dict[str, Any]:
    """Return the TileJSON of the base map that an archive holds; `label` names it in addresses."""
    document = {
        "tilejson": "3.0.0",
        "name": "basemap",
        "version": "1.0.0",
        "scheme": "xyz",
        "tiles": [f"/tiles/basemap/{label}/{{z}}/{{x}}/{{y}}.mvt"],
        "minzoom": header.min_zoom,
        "maxzoom": header.max_zoom,
        "bounds": list(header.bounds),
        "vector_layers": metadata.get("vector_layers", []),
    }
    if credit := metadata.get("attribution"):
        document["attribution"] = credit
    return document


def _tilejson(
    name: str, sources: list[Layer], revision: int, label: str | None, attribution: str | None
) -> dict[str, Any]:
    """Return the TileJSON of a set of source-layers."""
    document: dict[str, Any] = {
        "tilejson": "3.0.0",
        "name": name,
        "version": f"{revision}.0.0",
        "scheme": "xyz",
        "tiles": [f"/tiles/{name}/{label or revision}/{{z}}/{{x}}/{{y}}.mvt"],
        "minzoom": min(layer.min_zoom for layer in sources),
        "maxzoom": MAX_ZOOM,
        "bounds": WORLD,
        "vector_layers": [_vector_layer(layer) for layer in sources],
    }
    if attribution:
        document["attribution"] = attribution
    return document


def _vector_layer(layer: Layer) -> dict[str, Any]:
    """Return one source-layer with the fields that its features or cells carry."""
    words = {"integer": "Number", "number": "Number", "boolean": "Boolean"}
    fields = {name: words.get(layer.field(name).type, "String") for name in layer.tiled}
    if not layer.thinned:
        cell = ["count", *layer.summed, *(f"{name}_unknown" for name in layer.summed)]
        fields |= dict.fromkeys(cell, "Number")
        fields |= {"worst": "String"} if layer.worst else {}
    return {
        "id": layer.name,
        "fields": {"id": "String", **fields},
        "minzoom": layer.min_zoom,
        "maxzoom": MAX_ZOOM,
    }

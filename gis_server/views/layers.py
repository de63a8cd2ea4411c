"""Which layers there are, with what the reader may see of each."""

from __future__ import annotations

import uuid
from typing import Any

from gis_server.auth import permission, scope
from gis_server.errors import reader_language
from gis_server.state import db, state
from gis_server.text import title
from gis_server.views.blueprint import api
from gis_server.wire.base import NoQuery
from gis_server.wire.feature import LayerPath
from layers import catalog, journal
from layers import query as ask
from layers.catalog import Layer, LayerField
from tiles.basemap import SOURCES

bp = api("layers")


@bp.get("/layers")
@permission("layers.read")
def every(query: NoQuery) -> dict[str, Any]:
    """List the layers: titles, fields, counts in the reader's regions, revision, group."""
    revisions = catalog.revisions(db())
    epoch = journal.epoch(db())
    ground = max(revisions[name] for name in SOURCES)
    counts = ask.counts(db(), scope=scope(), known=state().counts)
    return {
        "epoch": str(epoch),
        "layers": [_shown(layer, counts, revisions, epoch) for layer in catalog.layers()],
        "basemap": {"revision": ground, "tiles": _tiles("basemap", epoch, ground)},
    }


@bp.get("/layers/<layer>")
@permission("layers.read")
def one(path: LayerPath, query: NoQuery) -> dict[str, Any]:
    """Tell one layer."""
    layer = catalog.find(path.layer)
    counts = {layer.name: ask.count(db(), layer, scope=scope())}
    return _shown(layer, counts, catalog.revisions(db(), [layer.name]), journal.epoch(db()))


def _tiles(name: str, epoch: uuid.UUID, revision: int) -> str:
    return f"/tiles/{name}/{journal.label(epoch, revision)}/{{z}}/{{x}}/{{y}}.mvt"


def _shown(
    layer: Layer, counts: dict[str, int], revisions: dict[str, int], epoch: uuid.UUID
) -> dict[str, Any]:
    language = reader_language()
    revision = revisions[layer.name]
    return {
        "name": layer.name,
        "title": title(language, f"layer.{layer.name}") or layer.name,
        "geometry": layer.geometry_type,
        "group": layer.group,
        "access": "open" if layer.group == "ground" else "region",
        "count": counts[layer.name],
        "revision": revision,
        "min_zoom": layer.min_zoom,
        "tiles": _tiles(layer.name, epoch, revision),
        "fields": [_field(language, layer, field) for field in layer.fields],
    }


def _field(language: str, layer: Layer, field: LayerField) -> dict[str, Any]:
    keys = (f"field.{layer.name}.{field.name}", f"field.{field.name}")
    return {
        "name": field.name,
        "title": title(language, *keys) or field.name,
        "type": field.type,
        "required": field.spec.required,
        "unit": field.spec.unit,
        "minimum": field.spec.minimum,
        "maximum": field.spec.maximum,
        "domain": [
            {"value": value, "title": _value_title(language, layer, field, value)}
            for value in field.spec.domain or ()
        ],
    }


def _value_title(language: str, layer: Layer, field: LayerField, value: str) -> str:
    keys = (
        f"value.{layer.name}.{field.name}.{value}",
        f"value.{field.name}.{value}",
        f"{field.name}.{value}",
    )
    return title(language, *keys) or value

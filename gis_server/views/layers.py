"""Which layers there are, with what the reader may see of each."""

from __future__ import annotations

import uuid
from typing import Any

from gis_server.auth import permission, scope
from gis_server.errors import reader_language
from gis_server.state import db, state
from gis_server.titles import definition_of, field_of, layer_title
from gis_server.views.blueprint import api
from gis_server.wire.base import NoQuery
from gis_server.wire.feature import LayerPath
from layers import catalog, journal
from layers import query as ask
from layers.catalog import Layer
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
        "layers": [_shown(layer, counts, revisions, epoch) for layer in catalog.layers(db())],
        "basemap": {"revision": ground, "tiles": _tiles("basemap", epoch, ground)},
    }


@bp.get("/layers/<layer>")
@permission("layers.read")
def one(path: LayerPath, query: NoQuery) -> dict[str, Any]:
    """Tell one layer."""
    layer = catalog.find(path.layer, db())
    counts = {layer.name: ask.count(db(), layer, scope=scope())}
    return _shown(layer, counts, catalog.revisions(db(), [layer.name]), journal.epoch(db()))


def _tiles(name: str, epoch: uuid.UUID, revision: int) -> str:
    return f"/tiles/{name}/{journal.label(epoch, revision)}/{{z}}/{{x}}/{{y}}.mvt"


def _shown(
    layer: Layer, counts: dict[str, int], revisions: dict[str, int], epoch: uuid.UUID
) -> dict[str, Any]:
    language = reader_language()
    revision = revisions[layer.name]
    own = {"style": {}, "owner": None, "can_edit": False, **definition_of(db(), layer)}
    return {
        **own,
        "name": layer.name,
        "title": layer_title(language, layer),
        "user": layer.definition is not None,
        "geometry": layer.geometry_type,
        "group": layer.group,
        "access": layer.access,
        "count": counts[layer.name],
        "revision": revision,
        "min_zoom": layer.min_zoom,
        "tiles": _tiles(layer.name, epoch, revision),
        "fields": [field_of(language, layer, field) for field in layer.fields],
    }

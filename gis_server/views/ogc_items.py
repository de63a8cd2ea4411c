"""OGC API - Features: the features of a collection, by pages, and one feature."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any

from flask import Response, jsonify
from flask_openapi import APIBlueprint, Tag
from pydantic import Field

from gis_server.auth import permission, scope
from gis_server.ogc import problem, systems
from gis_server.ogc.asking import CrsAsked, ItemsAsked
from gis_server.ogc.counting import matched
from gis_server.ogc.links import GEOJSON, JSON, PREFIX, here, link, self_link
from gis_server.state import db
from gis_server.views.ogc import CollectionPath, named
from layers import query as ask
from layers.layer import Layer
from layers.query import page as pages
from layers.query.page import Page

bp = APIBlueprint("ogc_items", __name__, url_prefix=PREFIX, abp_tags=[Tag(name="ogc")])
problem.register(bp)
INNER = ("layer", "fid")
"""Properties of ours that the collection does not declare."""


class FeaturePath(CollectionPath):
    """Which feature of a collection."""

    id: Annotated[str, Field(min_length=1, max_length=64)]


@bp.get("/collections/<collection>/items")
@permission("features.read")
def items(path: CollectionPath, query: ItemsAsked) -> Response:
    """List features in a box, at a time, with given values, under a CQL2 filter; by pages."""
    layer = named(path.collection)
    to = systems.system(query.crs, field="crs")
    area, tree = query.area(), query.tree(layer)
    page = ask.features(
        db(), layer, scope=scope(), filter=tree, area=area, limit=query.at_most,
        cursor=query.cursor,
    )  # fmt: skip
    systems.turn(page.features, to)
    whole = area == ask.EVERYWHERE and tree is None
    number = matched(layer, page, query, area=area, tree=tree, whole=whole)
    document = {
        "type": "FeatureCollection",
        "links": _page_links(layer, page, query, area, tree),
        "timeStamp": dt.datetime.now(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        **({} if number is None else {"numberMatched": number}),
        "numberReturned": len(page.features),
        "features": [_plain(feature) for feature in page.features],
    }
    return _answer(document, to)


@bp.get("/collections/<collection>/items/<id>")
@permission("features.read")
def item(path: FeaturePath, query: CrsAsked) -> Response:
    """Read one feature; `ETag` is its version."""
    layer = named(path.collection)
    to = systems.system(query.crs, field="crs")
    feature = ask.feature(db(), layer, path.id, scope=scope())
    systems.turn([feature], to)
    links = [self_link(GEOJSON), link(f"/collections/{layer.name}", "collection", JSON)]
    response = _answer(_plain(feature) | {"links": links}, to)
    response.headers["ETag"] = f'"{feature["properties"]["version"]}"'
    return response


def _page_links(
    layer: Layer, page: Page, query: ItemsAsked, area: ask.Area, tree: Any
) -> list[dict[str, Any]]:
    found = [self_link(GEOJSON), link(f"/collections/{layer.name}", "collection", JSON)]
    if page.next_cursor is not None:
        found.append(link(here(cursor=page.next_cursor), "next", GEOJSON))
    if query.cursor is not None:
        wanted = pages.conditions_of(layer, scope(), filter=tree, area=area)
        previous = pages.before(db(), layer, wanted, cursor=query.cursor, limit=query.at_most)
        found.append(link(here(cursor=previous), "prev", GEOJSON))
    return found


def _plain(feature: dict[str, Any]) -> dict[str, Any]:
    """Return a feature with the properties that its collection declares."""
    own = {name: value for name, value in feature["properties"].items() if name not in INNER}
    return {**feature, "properties": own}


def _answer(document: dict[str, Any], to: systems.System) -> Response:
    response = jsonify(document)
    response.mimetype = GEOJSON
    response.headers["Content-Crs"] = f"<{to.uri}>"
    response.headers["Cache-Control"] = "private, no-store"
    return response

"""Features of a layer: list, read, add, change with `If-Match`, remove."""

from __future__ import annotations

from typing import Any

from flask import Response, jsonify, request

from gis_server.auth import may, permission, scope
from gis_server.contacts import masked
from gis_server.errors import VersionMissingError
from gis_server.state import db
from gis_server.views.blueprint import api
from gis_server.wire.base import NoQuery
from gis_server.wire.feature import (
    ContactsBody,
    FeatureBody,
    FeatureChange,
    FeaturePath,
    FeatureQuery,
    LayerPath,
    StocksBody,
    VehiclesBody,
)
from layers import catalog, edit, upkeep
from layers import query as ask
from layers.catalog import Layer
from layers.errors import InvalidInputError

bp = api("features")
OWN_ROUTES = {"incident": "/api/v1/incidents", "road_closure": "/api/v1/closures"}


@bp.get("/layers/<layer>/features")
@permission("features.read")
def page(path: LayerPath, query: FeatureQuery) -> dict[str, Any]:
    """List features in a box, a district, with a text, under conditions or a filter; by pages."""
    found = ask.features(
        db(),
        catalog.find(path.layer, db()),
        scope=scope(),
        bbox=query.box(),
        q=query.q,
        where=query.where,
        filter=query.tree(),
        area=ask.area(db(), district=query.district),
        limit=query.limit,
        cursor=query.cursor,
    )
    return {
        "type": "FeatureCollection",
        "features": found.features,
        "next_cursor": found.next_cursor,
        "total": found.total,
    }


@bp.get("/layers/<layer>/features/<id>")
@permission("features.read")
def one(path: FeaturePath, query: NoQuery) -> Response:
    """Read one feature, what belongs to it and how it is kept; `ETag` is its version."""
    layer = catalog.find(path.layer, db())
    feature = ask.feature(db(), layer, path.id, scope=scope())
    full = may("contacts.read", feature["properties"].get("region"))
    feature["contacts"] = [
        entry if full else masked(entry) for entry in edit.contacts(db(), layer, path.id)
    ]
    if layer.name == "resource":
        feature["stock"] = edit.stock(db(), path.id)
    if layer.name == "team":
        feature["vehicles"] = edit.vehicles(db(), path.id)
    feature["kept"] = upkeep.of_feature(db(), layer, path.id)
    return _answer(feature)


@bp.post("/layers/<layer>/features")
@permission("features.write")
def add(path: LayerPath, body: FeatureBody) -> Response:
    """Add a feature; 201 with its address."""
    layer = _editable(path.layer)
    feature = edit.add(db(), layer, body.model_dump(mode="json"), scope=scope())
    response = _answer(feature, 201)
    response.headers["Location"] = f"/api/v1/layers/{layer.name}/features/{feature['id']}"
    return response


@bp.patch("/layers/<layer>/features/<id>")
@permission("features.write")
def change(path: FeaturePath, body: FeatureChange) -> Response:
    """Change a part of a feature; 409 with both versions where somebody was faster."""
    patch = body.model_dump(mode="json", exclude_unset=True, exclude={"type", "id"})
    feature = edit.change(
        db(), _editable(path.layer), path.id, patch, version=wanted_version(), scope=scope()
    )
    return _answer(feature)


@bp.delete("/layers/<layer>/features/<id>")
@permission("features.write")
def remove(path: FeaturePath) -> Response:
    """Remove a feature; its history stays in the journal."""
    edit.remove(db(), _editable(path.layer), path.id, version=wanted_version(), scope=scope())
    return Response(status=204)


@bp.put("/layers/<layer>/features/<id>/contacts")
@permission("features.write")
def set_contacts(path: FeaturePath, body: ContactsBody) -> Response:
    """Say who is to be called for a feature; who is not named is taken off. Needs `If-Match`."""
    entries = body.model_dump(mode="json", exclude_none=True)["contacts"]
    layer = catalog.find(path.layer, db())
    version = wanted_version()
    listed = edit.set_contacts(db(), layer, path.id, entries, version=version, scope=scope())
    return _attached("contacts", listed, version)


@bp.put("/layers/<layer>/features/<id>/stock")
@permission("features.write")
def set_stock(path: FeaturePath, body: StocksBody) -> Response:
    """Say what a resource holds; what is not named is taken off. Needs `If-Match`."""
    if catalog.find(path.layer, db()).name != "resource":
        raise InvalidInputError("only resources hold stock", code="no_stock", layer=path.layer)
    entries = body.model_dump(mode="json", exclude_none=True)["stock"]
    version = wanted_version()
    listed = edit.set_stock(db(), path.id, entries, version=version, scope=scope())
    return _attached("stock", listed, version)


@bp.put("/layers/<layer>/features/<id>/vehicles")
@permission("features.write")
def set_vehicles(path: FeaturePath, body: VehiclesBody) -> Response:
    """Say which vehicles a team has; what is not named is taken off. Needs `If-Match`."""
    if catalog.find(path.layer, db()).name != "team":
        raise InvalidInputError("only teams have vehicles", code="no_vehicles", layer=path.layer)
    entries = body.model_dump(mode="json", exclude_none=True)["vehicles"]
    version = wanted_version()
    listed = edit.set_vehicles(db(), path.id, entries, version=version, scope=scope())
    return _attached("vehicles", listed, version)


def wanted_version() -> int:
    """Return the version that `If-Match` names.

    Raises
    ------
    VersionMissingError
        No `If-Match`, or `*`, which would overwrite what was not seen.
    InvalidInputError
        `If-Match` is not a version.
    """
    sent = request.headers.get("If-Match")
    if sent is None or sent.strip() == "*":
        raise VersionMissingError("a change needs If-Match with the version it was made on",
                                  header="If-Match")  # fmt: skip
    text = sent.strip().removeprefix("W/").strip('"')
    if not (text.isascii() and text.isdigit() and len(text) < 19):
        raise InvalidInputError(f"If-Match: got {sent[:40]!r}, wanted a version such as \"3\"",
                                code="invalid_fields", field="If-Match", got=sent[:40],
                                wanted='a version such as "3"')  # fmt: skip
    return int(text)


def _editable(name: str) -> Layer:
    layer = catalog.find(name, db())
    if layer.name in OWN_ROUTES:
        raise InvalidInputError(
            f"{layer.name} is changed through {OWN_ROUTES[layer.name]}",
            code="own_route",
            layer=layer.name,
            route=OWN_ROUTES[layer.name],
        )
    return layer


def _attached(name: str, entries: list[dict[str, Any]], version: int) -> Response:
    response = jsonify({name: entries, "version": version + 1})
    response.headers["ETag"] = f'"{version + 1}"'
    return response


def _answer(feature: dict[str, Any], status: int = 200) -> Response:
    response = jsonify(feature)
    response.status_code = status
    response.mimetype = "application/geo+json"
    response.headers["ETag"] = f'"{feature["properties"]["version"]}"'
    return response

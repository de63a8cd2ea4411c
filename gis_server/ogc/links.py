"""Links between the resources of the doors."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote, urlencode

from flask import request

PREFIX = "/ogc"
JSON = "application/json"
GEOJSON = "application/geo+json"
SCHEMA = "application/schema+json"
OPENAPI = "application/vnd.oai.openapi+json;version=3.0"
MVT = "application/vnd.mapbox-vector-tile"
REL = "http://www.opengis.net/def/rel/ogc/1.0/"
"""Where the relations that OGC has registered begin."""


def root() -> str:
    """Return the address of the landing page, as the client reached it."""
    return request.host_url.rstrip("/") + PREFIX


def here(**changed: str | None) -> str:
    """Return the address of this request with some parameters changed; None takes one out."""
    kept = {name: value for name, value in request.args.items() if name not in changed}
    asked = kept | {name: value for name, value in changed.items() if value is not None}
    address = request.host_url.rstrip("/") + quote(request.path)
    return f"{address}?{urlencode(asked)}" if asked else address


def link(path: str, rel: str, type_: str = JSON, title: str | None = None, **more: Any) -> Any:
    """Return a link to a resource; `path` begins below the landing page, or is an address."""
    href = path if path.startswith(("http://", "https://")) else root() + path
    found: dict[str, Any] = {"href": href, "rel": rel, "type": type_}
    return found | ({"title": title} if title else {}) | more


def self_link(type_: str = JSON) -> Any:
    """Return the link of a document to itself."""
    return link(here(), "self", type_)

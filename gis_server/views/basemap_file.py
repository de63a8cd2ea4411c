"""The base map as one file, for packs, for use offline and for other programs."""

from __future__ import annotations

from flask import Response, send_file
from flask_openapi import APIBlueprint, Tag

from gis_server import basemaps
from gis_server.auth import permission
from gis_server.state import config

bp = APIBlueprint("basemap_file", __name__, abp_tags=[Tag(name="ground")])
PMTILES = "application/vnd.pmtiles"


@bp.get(
    "/basemap.pmtiles",
    responses={"200": {"content": {PMTILES: {"schema": {"type": "string", "format": "binary"}}}}},
)
@permission("features.read")
def archive() -> Response:
    """Send the archive of the base map (PMTiles); parts of it with Range, changes by its ETag."""
    served = basemaps.archive_path(config())
    response = send_file(
        served.archive.path, mimetype=PMTILES, etag=served.sha256, max_age=None,
        download_name="basemap.pmtiles", as_attachment=True,
    )  # fmt: skip
    response.headers["Cache-Control"] = "private, no-cache"
    response.vary.add("Cookie")
    return response

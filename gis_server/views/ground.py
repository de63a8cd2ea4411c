"""What lies under everything: the base map, map services of others, rasters."""

from __future__ import annotations

from typing import Any

from gis_server import basemaps
from gis_server.auth import permission, scope
from gis_server.state import config, db
from gis_server.views.blueprint import api
from gis_server.wire.base import NoQuery
from layers import rasters
from layers.basemaps import external

bp = api("ground")


@bp.get("/ground")
@permission("features.read")
def every(query: NoQuery) -> dict[str, Any]:
    """Tell the base map with its address, the map services of others, and the rasters to show.

    `basemap.from` is "archive" where the site has made a base map, else "database"; `reason` says
    why what is on record is not what is served. Above `maxzoom` tiles are stretched, not asked for.
    """
    return {
        "basemap": basemaps.description(db(), config()),
        "external": [
            {
                **{name: one[name] for name in ("name", "title", "title_en", "attribution",
                                                "opacity", "kind", "datum")},
                "minzoom": one["min_zoom"], "maxzoom": one["max_zoom"],
                # A changed service has another address: browsers keep tiles for a day.
                "tiles": f"/tiles/external/{one['name']}/{{z}}/{{x}}/{{y}}.png?v={one['label']}",
            }
            for one in external.listed(db())
        ],
        "rasters": rasters.shown(db(), scope()),
    }  # fmt: skip

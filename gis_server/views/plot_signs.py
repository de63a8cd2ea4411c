"""Signs of plots: how this site writes their codes."""

from __future__ import annotations

from typing import Any

from gis_server import sign_codes
from gis_server.auth import permission
from gis_server.state import config
from gis_server.views.blueprint import api
from gis_server.wire.base import NoQuery

bp = api("plot_signs")


@bp.get("/plot-symbols")
@permission("incidents.read")
def codes(query: NoQuery) -> dict[str, Any]:
    """Tell the site's code of each sign by our name for it; none where it writes ours."""
    return {"symbols": sign_codes.read(config().var)}

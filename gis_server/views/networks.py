"""Road networks: which there are, what they hold, which version is in use."""

from __future__ import annotations

from typing import Any

from analysis.roads import store
from analysis.roads.profile import PROFILES
from gis_server.auth import permission, who
from gis_server.state import config, db
from gis_server.views.blueprint import api
from gis_server.wire.base import NoQuery
from gis_server.wire.network import NetworkPath
from layers.database import set_actor

bp = api("networks")


@bp.get("/networks")
@permission("features.read")
def every(query: NoQuery) -> dict[str, Any]:
    """List every version of every road network, newest first, and the vehicles they know.

    `extent` is west, south, east, north. `active` is the version of its name that is in use. Where
    extents overlap, the active network of the smallest extent that holds a place answers for it.
    `told` is what was counted when the file was read: bans left out, barriers passed over, rows.
    """
    found = [
        {**each, "id": str(each["id"]), "created_at": each["created_at"].isoformat()}
        for each in store.networks(db())
    ]
    return {"networks": found, "vehicles": list(PROFILES)}


@bp.post("/networks/<id>/activate")
@permission("roads.manage")
def activate(path: NetworkPath, query: NoQuery) -> dict[str, Any]:
    """Use a stored version from now on; `replaced` are those of its name that it takes over from.

    It is compiled before it is used, where that is not done yet. Activating the other one again
    goes back. Searches under way finish on the network that they began with.
    """
    set_actor(db(), who().name)
    store.load(db(), path.id, cache_dir=config().networks_dir)
    replaced = store.activate(db(), path.id)
    return {"id": str(path.id), "replaced": [str(other) for other in replaced]}

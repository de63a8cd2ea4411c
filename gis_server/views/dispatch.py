"""Who should go where: teams and stock for several incidents at once."""

from __future__ import annotations

import datetime as dt
from functools import cache
from typing import Any

from analysis.dispatch.case import gather
from analysis.dispatch.times import Networks
from analysis.roads import store
from analysis.roads.network import RoadNetwork
from gis_server import dispatch_face
from gis_server.auth import permission, scope
from gis_server.state import commit, config, db
from gis_server.views.blueprint import api, spoken
from gis_server.wire.dispatch import DispatchBody
from layers.errors import NoRouteError

bp = api("dispatch")


@bp.post("/dispatch")
@permission("analysis.run")
def dispatch(body: DispatchBody) -> dict[str, Any]:
    """Propose who goes to each of several incidents, why, and when they arrive.

    `solve=greedy` answers at once; `solve=optimal` asks a solver for at most two seconds, says how
    far from the best possible the answer can be, and has the same shape. Nothing is ordered: a
    proposal becomes tasks by `POST /incidents/{id}/tasks` with some of its `assignments`.
    """
    now = dt.datetime.now(dt.UTC)
    asked, played = dispatch_face.places(db(), body, now=now, scope=scope())
    case = gather(
        db(), asked, networks=networks(now), scope=scope(), now=now, exercise=played,
        weights=dispatch_face.weights(body), cover_minutes=body.cover_minutes,
    )  # fmt: skip
    commit()  # No transaction idles while a solver thinks.
    return dict(spoken(dispatch_face.shown(case, dispatch_face.solved(case, body))))


def networks(at: dt.datetime) -> Networks:
    """Return the networks of this request by place and vehicle; None where there is none."""

    @cache
    def of(lon: float, lat: float, vehicle: str) -> RoadNetwork | None:
        try:
            return store.load_for(db(), lon, lat, cache_dir=config().networks_dir)
        except NoRouteError:
            return None

    return of

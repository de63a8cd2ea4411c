"""One enterprise, one file (一企一档); one park, one file (一园一档)."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from flask import Response

from analysis import grading
from analysis.roads import nearest as dispatch
from analysis.roads import store as networks
from analysis.roads.nearest import Candidate
from analysis.roads.network import RoadNetwork
from gis_server import file_page
from gis_server.auth import may, permission, scope
from gis_server.contacts import masked
from gis_server.errors import reader_language
from gis_server.headers import page_policy
from gis_server.state import config, db
from gis_server.text import LANGUAGES, catalogue
from gis_server.views.blueprint import api, spoken
from gis_server.wire.base import NoQuery
from gis_server.wire.dossier import OwnerPath
from layers import dossier, site
from layers import grading as units
from layers.errors import NoRouteError

bp = api("dossier")
COMES = ("team", "hospital")


@bp.get("/enterprises/<id>/file")
@permission("features.read")
def enterprise(path: OwnerPath, query: NoQuery) -> dict[str, Any]:
    """Answer everything known of an enterprise, by section."""
    return _enterprise(path.id)


@bp.get("/enterprises/<id>/file.html")
@permission("features.read")
def enterprise_page(path: OwnerPath, query: NoQuery) -> Response:
    """Answer the same as one page to print; nothing in it comes from elsewhere."""
    return _page("enterprise", _enterprise(path.id))


@bp.get("/parks/<id>/file")
@permission("features.read")
def park(path: OwnerPath, query: NoQuery) -> dict[str, Any]:
    """Answer everything known of a park and its enterprises, by section."""
    return _park(path.id)


@bp.get("/parks/<id>/file.html")
@permission("features.read")
def park_page(path: OwnerPath, query: NoQuery) -> Response:
    """Answer the same as one page to print."""
    return _page("park", _park(path.id))


def _enterprise(id: uuid.UUID) -> dict[str, Any]:
    held = dossier.enterprise_file(db(), id, scope=scope(), words=_words())
    _grade(held["hazard_sources"])
    return _for_reader(held, "enterprise")


def _park(id: uuid.UUID) -> dict[str, Any]:
    return _for_reader(dossier.park_file(db(), id, scope=scope(), words=_words()), "park")


def _words() -> list[str]:
    """Return what experts on any chemical plant are tagged with, in every language."""
    return [word for language in LANGUAGES for word in catalogue(language)["file.tags"].split(";")]


def _grade(sources: list[dict[str, Any]]) -> None:
    """Add what GB 18218 gives now; targets of other regions are counted, not listed."""
    found = {unit.id: unit for unit in units.units(db(), [uuid.UUID(s["id"]) for s in sources])}
    for source in sources:
        unit = found[source["id"]]
        theirs = [target for target in unit.nearby if scope().holds(target.region)]
        working = grading.grade(unit).to_json()
        source["grading"] = spoken(grading.targets_within(working, theirs[: units.LISTED_TARGETS]))


def _for_reader(held: dict[str, Any], owner: str) -> dict[str, Any]:
    """Take out what the reader may not see, and add who comes by road."""
    feature = held[owner]
    if not may("contacts.read", feature["properties"].get("region")):
        feature["contacts"] = [masked(entry) for entry in feature["contacts"]]
    held["incidents"] = [
        incident
        for incident in held["incidents"]
        if may("incidents.read", incident["properties"].get("region"))
    ]
    _by_road(held)
    return held


def _by_road(held: dict[str, Any]) -> None:
    """Give teams and hospitals their time by road, where a network holds the place."""
    network = _network(held["lon"], held["lat"])
    if network is None:
        return
    for purpose in COMES:
        rows = {row["id"]: row for row in held["help"][purpose]}
        plan = dispatch.nearest(
            network,
            lon=held["lon"],
            lat=held["lat"],
            candidates=[
                Candidate(
                    layer=row["layer"], id=row["id"], name=row["name"], kind=purpose,
                    lon=row["lon"], lat=row["lat"],
                )
                for row in rows.values()
            ],
            k=len(rows),
        )  # fmt: skip
        for arrival in plan.arrivals:
            if arrival.by == "road":
                rows[arrival.id]["travel_time_s"] = arrival.travel_time_s
                rows[arrival.id]["road_m"] = arrival.distance_m


def _network(lon: float, lat: float) -> RoadNetwork | None:
    try:
        return networks.load_for(db(), lon, lat, cache_dir=config().networks_dir)
    except NoRouteError:
        return None


def _page(owner: str, held: dict[str, Any]) -> Response:
    html = file_page.render(
        owner,
        held,
        language=reader_language(),
        site=site.describe(db()),
        now=dt.datetime.now(config().zone),
    )
    response = Response(html, mimetype="text/html")
    response.headers["Content-Security-Policy"] = page_policy(file_page.style())
    return response

"""Places and incidents of the sample city, by the API."""

from __future__ import annotations

import os
import subprocess
import sys
import uuid
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import shapely
import shapely.geometry
from playwright.sync_api import APIRequestContext, Playwright

from tests.browser.server import Server

CLOSE_UP = 16


class Api:
    """The API; an answer that is not well fails the test with the server's words."""

    def __init__(self, context: APIRequestContext) -> None:
        self._context = context

    def __call__(self, method: str, path: str, **options: Any) -> Any:
        answer = self._context.fetch(f"/api/v1{path}", method=method, **options)
        assert answer.ok, f"{method} {path}: {answer.status} {answer.text()}"
        return None if answer.status == 204 else answer.json()


@dataclass(frozen=True)
class Spot:
    """A feature, and the address of a desk with it in the middle of the map."""

    id: str
    name: str
    lon: float
    lat: float
    properties: dict[str, Any]

    def desk(self, **more: str | float) -> str:
        """Return the address of the desk that looks at this place."""
        return "/desk?" + urlencode(
            {"lon": self.lon, "lat": self.lat, "zoom": CLOSE_UP, **more}, safe=","
        )


def chlorine_tank(api: Api) -> Spot:
    """Return the tank of chlorine with the most people to protect around it."""
    tanks = [
        spot for spot in _spots(api, "hazard_source", "氯")
        if spot.properties["substance"] == "氯" and spot.properties["quantity_t"]
    ]  # fmt: skip
    return max(tanks, key=lambda tank: len(targets_around(api, tank)))


def quiet_tank(api: Api) -> Spot:
    """Return a tank of chlorine at which no test reports an incident: the one farthest from it."""
    busy = chlorine_tank(api)
    tanks = [spot for spot in _spots(api, "hazard_source", "氯") if spot.properties["quantity_t"]]
    return max(tanks, key=lambda t: abs(t.lon - busy.lon) + abs(t.lat - busy.lat))


def lpg_sphere(api: Api) -> Spot:
    """Return the fullest sphere of liquefied petroleum gas."""
    spheres = [s for s in _spots(api, "hazard_source", "液化") if s.properties["quantity_t"]]
    return max(spheres, key=lambda sphere: float(sphere.properties["quantity_t"]))


def plant(api: Api, *, toward_corner: float) -> Spot:
    """Return an enterprise's ground at a place from its anchor (0) towards a corner (1)."""
    plants = api("GET", "/layers/enterprise/features?limit=200")["features"]
    largest = max(plants, key=lambda one: shapely.area(shapely.geometry.shape(one["geometry"])))
    shape = shapely.geometry.shape(largest["geometry"])
    anchor = shapely.point_on_surface(shape)
    corner = max(map(shapely.Point, shapely.get_coordinates(shape)), key=anchor.distance)
    at = shapely.LineString([anchor, corner]).interpolate(toward_corner, normalized=True)
    assert shape.contains(at)
    return Spot(largest["id"], largest["properties"]["name"], at.x, at.y, largest["properties"])


def targets_around(api: Api, spot: Spot) -> list[dict[str, Any]]:
    """Return the protection targets within 2 km, nearest first."""
    query = urlencode(
        {"lon": spot.lon, "lat": spot.lat, "radius_m": 2000, "layers": "protection_target"}
    )
    found: list[dict[str, Any]] = api("GET", f"/around?{query}")["layers"].get(
        "protection_target", []
    )
    return found


def hospital(api: Api) -> Spot:
    """Return the city's hospital."""
    return _spots(api, "protection_target", "市人民医院")[0]


def chlorine_release(api: Api, title: str, **changed: Any) -> dict[str, Any]:
    """Report a release at the chlorine tank and have it assessed; return the incident."""
    tank = chlorine_tank(api)
    body = {
        "kind": "toxic_release", "title": title, "lon": tank.lon, "lat": tank.lat,
        "substance": "氯", "hazard_source_id": tank.id,
        "weather": {"wind_speed_m_s": 3, "wind_from_deg": 0},
        "release": {"leak": "large"}, **changed,
    }  # fmt: skip
    incident: dict[str, Any] = api("POST", "/incidents", data=body)
    api("POST", f"/incidents/{incident['id']}/assessments", data={})
    return incident


def somebody_else(server: Server, playwright: Playwright, *, name: str, role: str) -> Api:
    """Add a user of a role and return the API as they have it, signed in."""
    password = uuid.uuid4().hex
    command = [sys.executable, "-c", "from gis_server.cli import main; main()", "user", "add"]
    subprocess.run(
        [*command, name, "--role", role, "--password", password],
        env={**os.environ, "ONEMAP_VAR": str(server.folder / "var")}, check=True,
    )  # fmt: skip
    context = playwright.request.new_context(
        base_url=server.address, extra_http_headers={"X-Requested-With": "onemap"}
    )
    known = Api(context)
    known("POST", "/session", data={"name": name, "password": password})
    return known


def layer_count(api: Api, layer: str) -> int:
    """Return how many rows a layer holds now."""
    return int(api("GET", f"/layers/{layer}")["count"])


def _spots(api: Api, layer: str, q: str) -> list[Spot]:
    found = api("GET", f"/layers/{layer}/features?" + urlencode({"q": q}))["features"]
    return [
        Spot(one["id"], one["properties"]["name"], *_middle(one["geometry"]), one["properties"])
        for one in found
        if one["geometry"]["type"] == "Point"
    ]


def middle_of(geometry: dict[str, Any]) -> tuple[float, float]:
    """Return a place on a feature, lon lat."""
    at = shapely.point_on_surface(shapely.geometry.shape(geometry))
    return at.x, at.y


def _middle(geometry: dict[str, Any]) -> tuple[float, float]:
    lon, lat = geometry["coordinates"][:2]
    return lon, lat

"""A roadblock closes its road in the transaction that draws it, and opens it when it goes."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine

from tests.analysis.roads.street_grid import grid_streets, place, table
from tests.gis_server.road_site import use


@pytest.fixture
def incident(client: FlaskClient, database: Engine) -> str:
    use(database, table(*grid_streets(4)))
    lon, lat = place(2, 2)
    made = client.post("/api/v1/incidents", json={"lon": lon, "lat": lat, "kind": "other"})
    return str(made.json["id"])


def on_row(column: float, *, north_m: float = 0.0) -> list[float]:
    lon, lat = place(column, 1)
    return [lon, lat + north_m / 111_195.0]


def send(client: FlaskClient, incident: str, op: str, plot: str, **rest: Any) -> Any:
    asked = {"op_id": str(uuid.uuid4()), "op": op, "plot": plot, **rest}
    return client.post(f"/api/v1/incidents/{incident}/plots", json={"ops": [asked]})


def do(client: FlaskClient, incident: str, op: str, plot: str, **rest: Any) -> Any:
    answer = send(client, incident, op, plot, **rest)
    assert answer.status_code == 200, answer.json
    return answer.json["results"][0]


def travel_s(client: FlaskClient, incident: str) -> float:
    (from_lon, from_lat), (to_lon, to_lat) = place(0, 1), place(1, 1)
    query = {"from_lon": from_lon, "from_lat": from_lat, "to_lon": to_lon, "to_lat": to_lat}
    answer = client.get("/api/v1/route", query_string={**query, "incident": incident})
    return float(answer.json["properties"]["travel_time_s"])


def in_force(client: FlaskClient, incident: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = client.get(f"/api/v1/closures?incident={incident}").json[
        "features"
    ]
    return found


def test_a_roadblock_closes_its_road_until_it_is_taken_off(
    client: FlaskClient, incident: str
) -> None:
    free, plot = travel_s(client, incident), str(uuid.uuid4())
    block = {"kind": "roadblock", "control": [on_row(0.5, north_m=12)], "label": "K3"}
    drawn = do(client, incident, "put", plot, set=block)["current"]
    (closure,) = in_force(client, incident)
    assert drawn["closure"] == closure["id"]
    assert closure["properties"]["name"] == "K3"
    assert closure["properties"]["incident_id"] == incident
    assert travel_s(client, incident) > 2.5 * free
    do(client, incident, "delete", plot, base=1)
    assert in_force(client, incident) == []
    assert travel_s(client, incident) == free
    again = do(client, incident, "restore", plot)["current"]
    assert again["closure"] not in (None, drawn["closure"])
    assert travel_s(client, incident) > 2.5 * free


def test_a_roadblock_that_moves_opens_the_road_it_leaves(
    client: FlaskClient, incident: str
) -> None:
    free, plot = travel_s(client, incident), str(uuid.uuid4())
    do(client, incident, "put", plot, set={"kind": "roadblock", "control": [on_row(0.5)]})
    do(client, incident, "put", plot, base=1, set={"control": [on_row(1.5)]})
    assert len(in_force(client, incident)) == 1
    assert travel_s(client, incident) == free


def test_a_label_moves_no_roadblock(client: FlaskClient, incident: str) -> None:
    plot = str(uuid.uuid4())
    drawn = do(client, incident, "put", plot, set={"kind": "roadblock", "control": [on_row(0.5)]})
    then = do(client, incident, "put", plot, base=1, set={"label": "K4"})
    assert then["current"]["closure"] == drawn["current"]["closure"]


def test_a_roadblock_on_no_road_is_refused_and_nothing_is_drawn(
    client: FlaskClient, incident: str
) -> None:
    plot = str(uuid.uuid4())
    far = {"kind": "roadblock", "control": [on_row(0.5, north_m=90)]}
    refused = send(client, incident, "put", plot, set=far)
    assert (refused.status_code, refused.json["error"]["code"]) == (422, "closure_far")
    assert client.get(f"/api/v1/incidents/{incident}/plots").json["plots"] == []
    across = {"kind": "roadblock", "control": [on_row(0.5, north_m=-50), on_row(0.5, north_m=50)]}
    assert do(client, incident, "put", plot, set=across)["current"]["closure"]


def test_a_road_that_was_opened_by_hand_stays_open_when_the_roadblock_goes(
    client: FlaskClient, incident: str
) -> None:
    plot = str(uuid.uuid4())
    drawn = do(client, incident, "put", plot, set={"kind": "roadblock", "control": [on_row(0.5)]})
    client.post(f"/api/v1/closures/{drawn['current']['closure']}/lift")
    assert do(client, incident, "delete", plot, base=1)["outcome"] == "applied"


def test_a_roadblock_has_no_more_corners_than_a_closure(client: FlaskClient, incident: str) -> None:
    lon, lat = place(0, 1)
    fine = [[lon + 1e-6 * n, lat] for n in range(2_001)]
    refused = send(
        client, incident, "put", str(uuid.uuid4()),
        set={"kind": "roadblock", "geometry": {"type": "LineString", "coordinates": fine}},
    )  # fmt: skip
    assert (refused.status_code, refused.json["error"]["code"]) == (422, "plot_vertices")

"""Closed roads over HTTP: what a point, a line and an area close, for whom, and for how long."""

from __future__ import annotations

import dataclasses
import datetime as dt
import uuid

import numpy as np
import pytest

from tests.analysis.roads.street_grid import Street, grid_streets, place, table
from tests.gis_server.road_site import use

CLOSURES = "/api/v1/closures"
NOW = dt.datetime.now(dt.UTC)


def point(column, row, *, north_m=0.0):
    lon, lat = place(column, row)
    return {"type": "Point", "coordinates": [lon, lat + north_m / 111_195.0]}


def line(*crossings):
    return {"type": "LineString", "coordinates": [list(place(*each)) for each in crossings]}


def route(client, begin, end, **more):
    (from_lon, from_lat), (to_lon, to_lat) = place(*begin), place(*end)
    query = {"from_lon": from_lon, "from_lat": from_lat, "to_lon": to_lon, "to_lat": to_lat}
    answer = client.get("/api/v1/route", query_string={**query, **more})
    assert answer.status_code == 200, answer.json
    return answer.json["properties"]


def close(client, **body):
    answer = client.post(CLOSURES, json={"kind": "barrier", **body})
    assert answer.status_code == 201, answer.json
    return answer.json


@pytest.fixture
def grid(database):
    use(database, table(*grid_streets(4)))


def test_a_closed_road_is_driven_around_and_opened_again_it_is_not(client, grid):
    free = route(client, (0, 1), (1, 1))
    made = close(client, geometry=point(0.5, 1, north_m=12), reason="tree")
    assert made["properties"]["name"] == "Row 1" and made["properties"]["closed_by"] == "commander"
    assert made["geometry"]["coordinates"] == pytest.approx(place(0.5, 1), abs=1e-6)
    assert route(client, (0, 1), (1, 1))["travel_time_s"] > 2.5 * free["travel_time_s"]
    for _ in range(2):
        lifted = client.post(f"{CLOSURES}/{made['id']}/lift")
        assert lifted.status_code == 200 and lifted.json["properties"]["version"] == 2
    assert lifted.json["properties"]["lifted_by"] == "commander"
    assert route(client, (0, 1), (1, 1))["travel_time_s"] == free["travel_time_s"]
    assert client.get(CLOSURES).json["features"] == []
    assert len(client.get(f"{CLOSURES}?state=all").json["features"]) == 1


def test_a_point_far_from_every_road_is_refused_with_the_distance(client, grid):
    refused = client.post(CLOSURES, json={"kind": "barrier",
                                          "geometry": point(0.5, 1, north_m=90)})  # fmt: skip
    assert refused.status_code == 422
    error = refused.json["error"]
    assert error["code"] == "closure_far"
    assert error["details"]["distance_m"] == pytest.approx(90, abs=1)
    far = client.post(CLOSURES, json={"kind": "barrier", "geometry": point(300, 1)})
    assert far.json["error"]["code"] == "closure_no_road"


def test_a_line_closes_what_it_crosses_and_an_area_what_touches_it(client, grid):
    free = route(client, (0, 1), (1, 1))["travel_time_s"]
    made = close(client, kind="works", geometry=line((0.5, 0.5), (0.5, 1.5)))
    assert route(client, (0, 1), (1, 1))["travel_time_s"] > free
    client.post(f"{CLOSURES}/{made['id']}/lift")
    ring = [list(place(*each)) for each in ((0.4, 0.9), (0.6, 0.9), (0.6, 1.1), (0.4, 1.1))]
    area = {"type": "Polygon", "coordinates": [[*ring, ring[0]]]}
    close(client, kind="flood", geometry=area)
    assert route(client, (0, 1), (1, 1))["travel_time_s"] > free


@pytest.fixture
def crossing(database):
    """Two roads that cross without meeting: the upper one, drawn later, is a bridge."""
    nodes = {1: place(0, 0), 2: place(2, 0), 3: place(1, -1), 4: place(1, 1),
             5: place(0, -1), 6: place(2, 1)}  # fmt: skip
    streets = [Street(1, 2, name="Below"), Street(3, 4, name="Above"), Street(1, 5), Street(5, 3),
               Street(4, 6), Street(6, 2)]  # fmt: skip
    edges = table(nodes, streets)
    use(database, dataclasses.replace(edges, bridge=np.arange(len(streets)) == 1))


def test_a_closed_bridge_does_not_close_the_road_below(client, crossing):
    below = route(client, (0, 0), (2, 0))["travel_time_s"]
    above = route(client, (1, -1), (1, 1))["travel_time_s"]
    made = close(client, kind="bridge", geometry=point(1, 0))
    assert made["properties"]["name"] == "Above"
    assert route(client, (0, 0), (2, 0))["travel_time_s"] == below
    assert route(client, (1, -1), (1, 1))["travel_time_s"] > above


def test_a_closed_bridge_stays_closed_on_a_network_that_numbers_ways_otherwise(
    client, database, crossing
):
    close(client, kind="bridge", geometry=point(1, -0.5))
    nodes = {1: place(1, -1), 2: place(1, 1), 3: place(3, -1), 4: place(3, 1)}
    streets = [Street(1, 2, name="Above"), Street(1, 3), Street(3, 4), Street(4, 2)]
    edges = table(nodes, streets)
    use(database, dataclasses.replace(edges, way=edges.way + 1000))
    assert route(client, (1, -1), (1, 1))["distance_m"] > 2000


def test_both_carriageways_of_a_closed_road_are_closed(client, database):
    """Two one-way roads 20 m apart, one a direction, joined at their ends."""
    gap = 20.0 / 111_195.0
    (west, lat), (east, _) = place(0, 0), place(2, 0)
    nodes = {1: (west, lat), 2: (east, lat), 3: (west, lat + gap), 4: (east, lat + gap),
             5: (west, lat - 0.01), 6: (east, lat - 0.01)}  # fmt: skip
    streets = [Street(1, 2, backward=False, name="Ring"), Street(4, 3, backward=False, name="Ring"),
               Street(1, 3), Street(2, 4), Street(1, 5), Street(5, 6), Street(6, 2)]  # fmt: skip
    use(database, table(nodes, streets))
    free = route(client, (2, 0), (0, 0))["travel_time_s"]
    close(client, geometry=point(1, 0))
    assert route(client, (0, 0), (2, 0))["travel_time_s"] > 1.5 * free
    assert route(client, (2, 0), (0, 0))["travel_time_s"] > 1.5 * free


def test_a_closure_holds_from_its_beginning_until_its_end(client, grid):
    since, until = NOW + dt.timedelta(hours=2), NOW + dt.timedelta(hours=3)
    close(client, geometry=point(0.5, 1), since=since.isoformat(), until=until.isoformat())
    times = {
        hours: route(client, (0, 1), (1, 1), at=(NOW + dt.timedelta(hours=hours)).isoformat())[
            "travel_time_s"
        ]
        for hours in (0, 2.5, 3.5)
    }
    assert times[0] == times[3.5] < times[2.5]


@pytest.mark.parametrize("exercise", [True, False])
def test_what_an_incident_closes_is_closed_for_it_alone(client, grid, exercise):
    lon, lat = place(3, 3)
    incidents = [
        client.post(
            "/api/v1/incidents", json={"lon": lon, "lat": lat, "kind": "other", "exercise": flag}
        ).json["id"]
        for flag in (exercise, not exercise)
    ]
    close(client, geometry=point(0.5, 1), incident=incidents[0])
    own, other, nobody = (
        route(client, (0, 1), (1, 1), **({"incident": each} if each else {}))["travel_time_s"]
        for each in (*incidents, None)
    )
    assert own > other == nobody
    assert client.get(CLOSURES).json["features"] == []
    assert len(client.get(f"{CLOSURES}?incident={incidents[0]}").json["features"]) == 1


def test_a_change_names_its_version_and_a_lifted_closure_is_over(client, grid):
    made = close(client, geometry=point(0.5, 1))
    address = f"{CLOSURES}/{made['id']}"
    assert client.patch(address, json={"reason": "x"}).status_code == 428
    changed = client.patch(address, json={"reason": "x"}, headers={"If-Match": '"1"'})
    assert changed.json["properties"]["reason"] == "x" and changed.headers["ETag"] == '"2"'
    late = client.patch(address, json={"reason": "y"}, headers={"If-Match": '"1"'})
    assert late.status_code == 409
    assert late.json["error"]["details"]["theirs"]["properties"]["reason"] == "x"
    early = client.patch(
        address, json={"until": "2020-01-01T00:00:00Z"}, headers={"If-Match": '"2"'}
    )
    assert early.json["error"]["code"] == "closure_times"
    client.post(f"{address}/lift")
    over = client.patch(address, json={"reason": "z"}, headers={"If-Match": '"3"'})
    assert (over.status_code, over.json["error"]["code"]) == (409, "closure_over")


def test_a_closure_sent_twice_is_stored_once(client, grid):
    body = {"id": str(uuid.uuid4()), "kind": "works", "geometry": point(0.5, 1)}
    assert [client.post(CLOSURES, json=body).status_code for _ in range(2)] == [201, 200]
    assert len(client.get(CLOSURES).json["features"]) == 1


def test_closures_of_too_many_points_together_are_refused(client, grid, monkeypatch):
    monkeypatch.setattr("layers.closures.register.MOST_POINTS_IN_FORCE", 5)
    close(client, geometry=line((1, 1), (1, 2), (2, 2)))
    body = {"kind": "works", "geometry": line((3, 3), (3, 4), (4, 4))}
    refused = client.post(CLOSURES, json=body)
    assert refused.status_code == 413
    assert refused.json["error"]["code"] == "closures_too_fine"


def test_closures_are_a_layer_that_is_changed_through_its_own_route(client, grid):
    made = close(client, geometry=point(0.5, 1))
    page = client.get("/api/v1/layers/road_closure/features").json["features"]
    assert [each["id"] for each in page] == [made["id"]]
    body = {"geometry": point(0, 0), "properties": {"kind": "works"}}
    refused = client.post("/api/v1/layers/road_closure/features", json=body)
    assert refused.json["error"]["code"] == "own_route"


def test_who_may_not_close_roads_cannot(sign_in, grid):
    field = sign_in(("field", ""))
    body = {"kind": "works", "geometry": point(0.5, 1)}
    assert field.post(CLOSURES, json=body).status_code == 403
    assert field.get(CLOSURES).status_code == 200


@pytest.mark.parametrize(
    "geometry",
    [{"type": "MultiPoint", "coordinates": [[1, 1]]}, {"type": "Point", "coordinates": [200, 1]},
     {"type": "Point", "coordinates": []}, {"type": "Point"}, {},
     {"type": "LineString", "coordinates": [[1, 1]]},
     {"type": "Polygon", "coordinates": [[[0, 0], [2, 2], [2, 0], [0, 2], [0, 0]]]},
     {"type": "GeometryCollection", "geometries": []},
     {"type": "LineString", "coordinates": [[0, 0]] * 2001}],
)  # fmt: skip
def test_a_place_that_is_none_is_refused(client, grid, geometry):
    answer = client.post(CLOSURES, json={"kind": "works", "geometry": geometry})
    assert answer.status_code in (413, 422)
    assert answer.json["error"]["details"]["field"] == "geometry"


def test_a_closed_road_out_of_sight_is_still_closed_and_its_name_untold(
    client, database, sign_in, grid
):
    from tests.gis_server.road_site import put

    made = close(client, geometry=point(0.5, 1), reason="secret", name="secret")
    assert made["properties"]["region"] is None  # seen by readers of the whole tree alone
    put(database, "team", *place(3, 3), name="t", kind="fire", region="42")
    other = sign_in(("duty", "42"))
    assert other.get(CLOSURES).json["features"] == []
    assert other.get(f"{CLOSURES}/{made['id']}").status_code == 404
    told = route(other, (0, 1), (1, 1))
    assert told["distance_m"] > 1000
    assert "secret" not in str(told)

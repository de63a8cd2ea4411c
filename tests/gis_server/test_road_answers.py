"""What the roads answer over HTTP, and what they say when there is no answer."""

from __future__ import annotations

import dataclasses
import typing

import numpy as np
import pytest
import shapely
from sqlalchemy import text

from analysis.roads.edges import RoadEdges
from analysis.roads.profile import PROFILES
from gis_server import ways
from gis_server.views import roads
from gis_server.wire.road import Vehicle
from tests.analysis.roads.street_grid import Street, grid_streets, place, table
from tests.gis_server.road_site import put, use

WAYS = "/api/v1/route"


def asked(begin, end, **more):
    (from_lon, from_lat), (to_lon, to_lat) = place(*begin), place(*end)
    return {"from_lon": from_lon, "from_lat": from_lat, "to_lon": to_lon, "to_lat": to_lat, **more}


def box(west, south, east, north):
    ring = shapely.get_coordinates(shapely.box(*place(west, south), *place(east, north)))
    return {"type": "Polygon", "coordinates": [ring.tolist()]}


def refused(answer, code):
    assert answer.status_code == 422, answer.json
    error = answer.json["error"]
    assert error["code"] == code
    assert error["message"] and "{" not in error["message"]
    return error["details"]


@pytest.fixture
def grid(database):
    return use(database, table(*grid_streets(9)), name="town")


def test_a_route_is_told_in_the_readers_language(client, grid):
    query = asked((1, 1), (3, 3), alternatives=2)
    english = client.get(WAYS, query_string=query).json["properties"]
    chinese = client.get(WAYS, query_string=query | {"lang": "zh"}).json["properties"]
    assert english["steps"][0]["text"].startswith("Head ")
    assert chinese["steps"][0]["text"].startswith("向")
    assert english["network"] == {"id": grid, "name": "town", "attribution": None}
    assert (english["vehicle"], english["speeds"]) == ("fire_engine", "free")
    assert sum(s["distance_m"] for s in english["steps"]) == pytest.approx(
        english["distance_m"], abs=1.0
    )
    for other in english["alternatives"]:
        assert other["geometry"]["type"] == "LineString" and other["properties"]["steps"]


def test_steps_are_left_out_where_nobody_asks_for_them(client, grid):
    answer = client.get(WAYS, query_string=asked((1, 1), (3, 3), steps="false")).json
    assert answer["properties"]["steps"] == []


def test_a_drawn_area_is_driven_around_and_told(client, grid):
    body = asked((1, 4), (7, 4)) | {"avoid": box(3.5, 3.5, 4.5, 4.5)}
    found = client.post(WAYS, json=body).json["properties"]
    assert [each["kind"] for each in found["avoided"]] == ["drawn"]
    free = client.get(WAYS, query_string=asked((1, 4), (7, 4))).json["properties"]
    assert found["avoided_s"] == pytest.approx(
        found["travel_time_s"] - free["travel_time_s"], abs=0.2
    )


def test_a_destination_in_the_closed_area_is_approached_and_that_is_told(client, grid):
    body = asked((1, 4), (6, 4)) | {"avoid": box(5.4, 3.4, 6.6, 4.6)}
    found = client.post(WAYS, json=body).json["properties"]
    assert found["approach"]["reason"] == "wind_unknown"
    assert [m["code"] for m in found["messages"]] == ["route_ends_outside"]
    assert "m from it" in found["messages"][0]["text"]


def test_a_team_inside_the_zone_gets_out_first(client, grid):
    body = asked((4, 4), (8, 4)) | {"avoid": box(3.4, 3.4, 4.6, 4.6)}
    found = client.post(WAYS, json=body).json["properties"]
    assert found["inside_zone"] and found["way_out_s"] < 60
    assert found["messages"][0]["code"] == "route_begins_inside"


def test_an_island_says_how_near_one_comes(client, database):
    """The island's roads are no part of the core; the nearest road of the core is too far."""
    nodes = {1: place(0, 0), 2: place(3, 0), 3: place(20, 0), 4: place(21, 0), 5: place(1, 2)}
    streets = [Street(1, 2), Street(3, 4), Street(2, 5), Street(5, 1)]
    use(database, table(nodes, streets))
    details = refused(client.get(WAYS, query_string=asked((1, 0), (20.5, 0))), "no_road_near")
    assert details["field"] == "to" and details["limit_m"] == 2000


def test_the_only_bridge_closed_says_how_near_one_comes(client, database):
    """Two banks, one bridge: with it closed, the other bank is out of reach."""
    nodes = {1: place(0, 0), 2: place(1, 0), 3: place(2, 0), 4: place(3, 0)}
    use(database, table(nodes, [Street(1, 2), Street(2, 3, name="Bridge"), Street(3, 4)]))
    bridge = {"type": "Point", "coordinates": list(place(1.5, 0))}
    made = client.post("/api/v1/closures", json={"kind": "bridge", "geometry": bridge})
    assert made.status_code == 201
    details = refused(client.get(WAYS, query_string=asked((0.5, 0), (2.5, 0))), "no_way")
    assert details["nearest"]["lon"] == pytest.approx(place(1, 0)[0])
    assert details["reason"] == "closed"
    put(database, "team", *place(0.5, 0), name="engine", kind="fire")
    lon, lat = place(2.5, 0)
    (near,) = client.get("/api/v1/nearest", query_string={"lon": lon, "lat": lat}).json
    assert near["by"] == "line" and near["messages"]


def test_who_is_sent_to_a_closed_bridge_stops_before_it(client, grid):
    """The accident that closed the road lies where the road is closed."""
    at = {"type": "Point", "coordinates": list(place(4.5, 4))}
    client.post("/api/v1/closures", json={"kind": "bridge", "geometry": at})
    found = client.get(WAYS, query_string=asked((1, 4), (4.5, 4))).json["properties"]
    assert found["approach"]["distance_m"] == pytest.approx(22, abs=1)
    assert [each["kind"] for each in found["avoided"]] == ["bridge"]


def ferry(edges: RoadEdges, index: int) -> RoadEdges:
    return dataclasses.replace(edges, ferry=np.arange(len(edges)) == index)


def test_an_incident_on_a_ferry_is_approached_at_the_pier(client, database):
    """Nobody is sent to the middle of the water: the way ends on the nearest road of the land."""
    nodes = {1: place(0, 0), 2: place(1, 0), 3: place(3, 0), 4: place(4, 0), 5: place(0, 1)}
    streets = [Street(1, 2), Street(2, 3, name="Ferry"), Street(3, 4), Street(1, 5)]
    use(database, ferry(table(nodes, streets), 1))
    found = client.get(WAYS, query_string=asked((0, 0.5), (1.9, 0))).json["properties"]
    assert found["to_access_m"] == pytest.approx(0.9 * 481.5, rel=0.01)
    across = client.get(WAYS, query_string=asked((0, 0.5), (3.5, 0))).json["properties"]
    assert [m["code"] for m in across["assumptions"]] == ["assumed.ferry"]
    assert across["travel_time_s"] > 600


def test_of_two_networks_that_overlap_the_smaller_answers_and_says_so(client, database):
    use(database, table(*grid_streets(9)), name="province")
    nodes, streets = grid_streets(3)
    use(database, table(nodes, streets), name="town")
    inside = client.get(WAYS, query_string=asked((0.5, 0), (1.5, 1))).json["properties"]
    beyond = client.get(WAYS, query_string=asked((0.5, 0), (7, 7))).json["properties"]
    assert (inside["network"]["name"], beyond["network"]["name"]) == ("town", "province")


def test_reach_gives_areas_and_the_roads_of_each_band(client, grid):
    lon, lat = place(4, 4)
    query = {"lon": lon, "lat": lat, "minutes": "1,2", "lines": "true"}
    answer = client.get("/api/v1/reach", query_string=query).json
    areas = [f for f in answer["features"] if f["properties"]["role"] == "area"]
    roads = [f for f in answer["features"] if f["properties"]["role"] == "roads"]
    assert [f["properties"]["minutes"] for f in areas] == [1.0, 2.0]
    lengths = []
    for feature in roads:
        lines = feature["geometry"]["coordinates"]
        east = np.cos(np.radians(lat))
        lengths.append(sum(
            float(np.hypot(np.diff(np.array(line)[:, 0]) * east, np.diff(np.array(line)[:, 1]))
                  .sum()) * 111_195.0
            for line in lines
        ))  # fmt: skip
    assert lengths[0] == pytest.approx(areas[0]["properties"]["road_length_m"], rel=2e-3)
    assert sum(lengths) == pytest.approx(areas[1]["properties"]["road_length_m"], rel=2e-3)
    one, two = (shapely.geometry.shape(f["geometry"]) for f in areas)
    assert two.contains(one)
    for line in roads[1]["geometry"]["coordinates"]:
        assert two.buffer(1e-6).contains(shapely.LineString(line))


def test_reach_says_what_closures_take_away(client, grid):
    lon, lat = place(4, 4)
    body = {"lon": lon, "lat": lat, "minutes": [5], "avoid": box(5.4, -1, 5.6, 10)}
    answer = client.post("/api/v1/reach", json=body).json
    assert [each["kind"] for each in answer["avoided"]] == ["drawn"]
    length = answer["features"][0]["properties"]["road_length_m"]
    assert length < 0.8 * answer["free_road_length_m"]


def test_a_zone_and_a_barrier_at_once_leave_nothing_of_a_reach(client, grid):
    """An area and a line close together; where all is closed the answer is empty, not broken."""
    lon, lat = place(4, 4)
    line = {"type": "LineString", "coordinates": [list(place(1, 0.5)), list(place(2, 0.5))]}
    client.post("/api/v1/closures", json={"kind": "barrier", "geometry": line})
    body = {"lon": lon, "lat": lat, "minutes": [5], "lines": True, "avoid": box(-9, -9, 19, 19)}
    answer = client.post("/api/v1/reach", json=body)
    assert answer.status_code == 200
    area, roads = answer.json["features"]
    assert area["geometry"] == {"type": "MultiPolygon", "coordinates": []}
    assert roads["geometry"]["coordinates"] == []
    assert [said["code"] for said in answer.json["messages"]] == ["reach_on_closed_road"]
    part = client.post("/api/v1/reach", json=body | {"avoid": box(5.5, 3, 6.5, 5)}).json
    assert part["messages"] == []
    assert {each["kind"] for each in part["avoided"]} == {"drawn", "barrier"}


def test_a_matrix_is_that_of_the_routes(client, grid):
    sources, targets = [(0.3, 0), (8, 7.5)], [(4, 4), (2, 6.2), (7, 1)]
    body = {"sources": [place(*each) for each in sources],
            "targets": [place(*each) for each in targets],
            "avoid": box(3.6, 3.6, 4.4, 3.9)}  # fmt: skip
    answer = client.post("/api/v1/matrix", json=body).json
    for row, begin in enumerate(sources):
        for column, end in enumerate(targets):
            one = client.post(WAYS, json=asked(begin, end) | {"avoid": body["avoid"]}).json
            properties = one["properties"]
            for name in ("travel_time_s", "distance_m", "avoided_s"):
                assert answer[name][row][column] == pytest.approx(properties[name], abs=0.2)


@pytest.mark.parametrize(
    "change",
    [{"sources": []}, {"targets": [[1, 2]] * 201}, {"sources": [[1, 2]] * 200},
     {"sources": [[1]]}, {"sources": [[200, 1]]}, {"sources": [[1, "x"]]}, {"vehicle": "tank"}],
)  # fmt: skip
def test_a_matrix_out_of_bounds_is_refused(client, grid, change):
    body = {"sources": [place(1, 1)], "targets": [place(2, 2)] * 51}
    assert client.post("/api/v1/matrix", json=body | change).status_code == 422


def test_a_matrix_that_would_walk_too_many_roads_is_refused(client, grid, monkeypatch):
    body = {"sources": [place(1, 1)] * 3, "targets": [place(2, 2)] * 3}
    assert client.post("/api/v1/matrix", json=body).status_code == 200
    monkeypatch.setattr(ways, "MOST_ARCS_SEARCHED", 600)
    answer = client.post("/api/v1/matrix", json=body)
    assert answer.status_code == 413
    assert answer.json["error"]["code"] == "matrix_too_large"
    assert answer.json["error"]["details"]["wanted"] == 2


def test_out_of_one_drawn_area_no_way_leads_through_another(client, grid):
    here, there = box(0.8, 0.8, 1.45, 1.2), box(1.6, 0.5, 1.9, 8.5)
    parts = [each["coordinates"] for each in (here, there)]
    body = asked((1.3, 1), (8, 1)) | {"avoid": {"type": "MultiPolygon", "coordinates": parts}}
    found = client.post(WAYS, json=body).json
    assert found["properties"]["inside_zone"]
    way = shapely.LineString(found["geometry"]["coordinates"])
    assert not way.intersects(shapely.Polygon(there["coordinates"][0]))


def test_a_truck_too_heavy_for_the_bridge_takes_another_way(client, database):
    nodes = {1: place(0, 0), 2: place(2, 0), 3: place(0, 1), 4: place(2, 1)}
    streets = [Street(1, 2, name="Bridge"), Street(1, 3), Street(3, 4), Street(4, 2)]
    edges = table(nodes, streets)
    limits = np.where(np.arange(4) == 0, 10.0, np.nan)
    use(database, dataclasses.replace(edges, max_weight_t=limits))
    light, heavy = (
        client.get(WAYS, query_string=asked((0, 0), (2, 0), vehicle=vehicle)).json["properties"]
        for vehicle in ("ambulance", "heavy_truck")
    )
    assert heavy["distance_m"] > 1.5 * light["distance_m"]


def test_every_vehicle_of_the_roads_can_be_asked_for():
    assert set(typing.get_args(Vehicle)) == set(PROFILES)


@pytest.mark.parametrize("search", ["journey", "reached", "times"])
def test_no_transaction_idles_while_the_roads_are_searched(
    client, grid, database, monkeypatch, search
):
    lon, lat = place(1, 1)
    body = {
        "journey": (WAYS, asked((1, 1), (3, 3))),
        "reached": ("/api/v1/reach", {"lon": lon, "lat": lat}),
        "times": ("/api/v1/matrix", {"sources": [[lon, lat]], "targets": [[lon, lat]]}),
    }
    module = ways if search == "times" else roads
    do, idle = getattr(module, search), []

    def looking(*args, **options):
        with database.connect() as connection:
            idle.append(
                connection.scalar(
                    text(
                        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
                        " AND state = 'idle in transaction'"
                    )
                )
            )
        return do(*args, **options)

    monkeypatch.setattr(module, search, looking)
    path, question = body[search]
    assert client.post(path, json=question).status_code == 200
    assert idle[0] == 0

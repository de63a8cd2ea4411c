"""Road networks over HTTP."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable

from flask.testing import FlaskClient
from sqlalchemy import Engine

from tests.analysis.roads.street_grid import grid_streets, table
from tests.gis_server import road_site


def test_every_version_is_listed_with_what_it_holds(database: Engine, client: FlaskClient) -> None:
    old = road_site.use(database, table(*grid_streets(3)))
    new = road_site.use(database, table(*grid_streets(4)))
    found = client.get("/api/v1/networks").get_json()
    assert [(n["id"], n["active"]) for n in found["networks"]] == [(new, True), (old, False)]
    grid = found["networks"][0]
    assert (grid["node_count"], grid["edge_count"], grid["arc_count"]) == (16, 24, 48)
    assert (grid["ban_count"], grid["barrier_count"]) == (0, 0)
    west, south, east, north = grid["extent"]
    assert (west, south) == (120.0, 30.0)
    assert east > west
    assert north > south
    assert "fire_engine" in found["vehicles"]
    made = [dt.datetime.fromisoformat(each["created_at"]) for each in found["networks"]]
    assert made == sorted(made, reverse=True)
    assert all(each.tzinfo is not None for each in made)


def test_the_version_before_is_used_again(database: Engine, client: FlaskClient) -> None:
    old = road_site.use(database, table(*grid_streets(3)))
    new = road_site.use(database, table(*grid_streets(4)))
    answer = client.post(f"/api/v1/networks/{old}/activate")
    assert answer.get_json() == {"id": old, "replaced": [new]}
    listed = client.get("/api/v1/networks").get_json()["networks"]
    assert {n["id"]: n["active"] for n in listed} == {old: True, new: False}


def test_a_version_that_is_not_there_is_told(client: FlaskClient) -> None:
    answer = client.post(f"/api/v1/networks/{uuid.uuid4()}/activate")
    assert answer.status_code == 404


def test_only_who_manages_roads_changes_over(
    database: Engine, sign_in: Callable[..., FlaskClient]
) -> None:
    old = road_site.use(database, table(*grid_streets(3)))
    reader = sign_in(("viewer", ""), name="reader")
    assert reader.get("/api/v1/networks").status_code == 200
    assert reader.post(f"/api/v1/networks/{old}/activate").status_code == 403

"""Walls are driven from a desk, saved views are kept and shared, a wall at rest tells of today."""

from __future__ import annotations

import datetime as dt
import threading
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from gis_server.changes import changes_after
from gis_server.signin import Identity

VIEW: dict[str, Any] = {"lon": 120.5, "lat": 30.2, "zoom": 13}
SAVED: dict[str, Any] = {**VIEW, "name": "临港新区全景"}
INCIDENT = {"kind": "explosion", "title": "仓库爆炸", "lon": 120.16, "lat": 30.3}


def _at(version: int) -> dict[str, str]:
    return {"If-Match": f'"{version}"'}


def _keep(client: FlaskClient, **more: Any) -> Any:
    answer = client.post("/api/v1/views", json={**SAVED, **more})
    assert answer.status_code == 201, answer.text
    return answer.json


def _show(client: FlaskClient, version: int, **shown: Any) -> Any:
    return client.put("/api/v1/walls/main", json=shown, headers=_at(version))


def test_a_wall_that_nobody_has_driven_follows_by_itself_and_is_at_version_0(
    client: FlaskClient,
) -> None:
    wall = client.get("/api/v1/walls/main").json
    assert (wall["version"], wall["view"], wall["playlist"], wall["shown_at"]) == (
        0,
        None,
        [],
        None,
    )
    assert client.get("/api/v1/walls").json == {"walls": []}


def test_what_is_shown_on_a_wall_is_what_the_wall_reads_with_who_shows_it(
    client: FlaskClient, sign_in: Callable[..., FlaskClient]
) -> None:
    shown = _show(
        client, 0, view=VIEW, layers=["incident", "team"], flight=False,
        highlight={"lon": 120.5, "lat": 30.2, "radius_m": 500, "text": "集结点"},
        second={"show": "context"},
    )  # fmt: skip
    assert shown.status_code == 200, shown.text
    wall = sign_in(("viewer", "330102")).get("/api/v1/walls/main").json
    assert wall["view"] == VIEW
    assert wall["layers"] == ["incident", "team"]
    assert (wall["flight"], wall["second"]) == (False, {"show": "context"})
    assert wall["highlight"]["text"] == "集结点"
    assert (wall["shown_by"], wall["version"]) == ("commander", shown.json["version"])


def test_what_a_change_of_a_wall_leaves_out_stays_and_null_takes_away(client: FlaskClient) -> None:
    first = _show(client, 0, view=VIEW, seconds=45, layers=["team"]).json
    second = _show(client, first["version"], view=None).json
    assert (second["view"], second["seconds"], second["layers"]) == (None, 45, ["team"])
    assert _show(client, second["version"], layers=None).json["layers"] is None


def test_of_two_who_drive_a_wall_at_once_the_second_is_told_what_the_first_shows(
    client: FlaskClient,
) -> None:
    first = _show(client, 0, view=VIEW).json
    late = _show(client, 0, seconds=30)
    assert late.status_code == 409
    details = late.json["error"]["details"]
    assert details["theirs"]["view"] == VIEW
    assert details["mine"] == {"seconds": 30}
    assert _show(client, first["version"], seconds=30).status_code == 200
    blind = client.put("/api/v1/walls/main", json={})
    assert blind.status_code == 428


def test_who_does_not_hold_hall_control_drives_no_wall(sign_in: Callable[..., FlaskClient]) -> None:
    assert _show(sign_in(("viewer", "")), 0, view=VIEW).status_code == 403
    assert _show(sign_in(("field", "")), 0, view=VIEW).status_code == 403
    assert _show(sign_in(("duty", "330102")), 0, view=VIEW).status_code == 200


def test_a_wall_names_no_incident_that_its_driver_may_not_see(
    client: FlaskClient, sign_in: Callable[..., FlaskClient], database: Engine
) -> None:
    incident = client.post("/api/v1/incidents", json=INCIDENT).json["id"]
    with Session(database) as session, session.begin():
        session.execute(text("UPDATE incident SET region = '330102'"))
    near, far = sign_in(("duty", "330102")), sign_in(("duty", "330203"))
    for shown in ({"incident": incident}, {"second": {"show": "incident", "incident": incident}}):
        assert _show(far, 0, **shown).status_code == 404
    assert _show(near, 0, incident=incident).json["incident"] == incident
    assert _show(near, 1, incident=str(uuid.uuid4())).status_code in (404, 409)


@pytest.mark.parametrize(
    "shown",
    [
        {"view": {**VIEW, "zoom": 23}}, {"view": {"lon": 120, "lat": 91, "zoom": 3}},
        {"seconds": 4}, {"seconds": 4000}, {"speed": 601}, {"speed": -1},
        {"playlist": ["x"]}, {"unknown": 1},
        {"highlight": {"lon": 1, "lat": 2, "text": "字" * 81}}, {"layers": ["x"] * 201},
        {"second": {"show": "everything"}}, {"playlist": [str(uuid.uuid4())]},
        {"playlist": [str(uuid.uuid4())] * 51},
    ],
)  # fmt: skip
def test_a_wall_shows_nothing_that_cannot_be_shown(
    client: FlaskClient, shown: dict[str, Any]
) -> None:
    assert _show(client, 0, **shown).status_code == 422
    assert client.get("/api/v1/walls/main").json["version"] == 0


@pytest.mark.parametrize("name", ["Main", "a b", "-a", "x" * 33, "大屏"])
def test_a_wall_has_a_plain_name(client: FlaskClient, name: str) -> None:
    answer = client.put(f"/api/v1/walls/{name}", json={"view": VIEW}, headers=_at(0))
    assert answer.status_code in (404, 422)


def test_a_playlist_holds_shared_views_in_its_order_and_goes_on_without_one_that_is_gone(
    client: FlaskClient, sign_in: Callable[..., FlaskClient]
) -> None:
    one, other = (_keep(client, name=name, shared=True) for name in "AB")
    own = _keep(client, name="C")
    refused = _show(client, 0, playlist=[one["id"], own["id"]])
    assert refused.json["error"]["code"] == "view_not_shared"
    order = [other["id"], one["id"], other["id"]]
    wall = _show(client, 0, playlist=order, seconds=15).json
    assert [view["name"] for view in wall["views"]] == ["B", "A", "B"]
    client.patch(f"/api/v1/views/{one['id']}", json={"shared": False}, headers=_at(1))
    seen = sign_in(("viewer", "330102")).get("/api/v1/walls/main").json
    assert [view["name"] for view in seen["views"]] == ["B", "B"]
    assert seen["playlist"] == order


def test_everyone_who_may_read_layers_hears_of_a_wall_and_only_who_may_open_it_of_a_view(
    client: FlaskClient, database: Engine, sealed: Callable[[], int]
) -> None:
    _show(client, 0, view=VIEW)
    _keep(client)
    sealed()
    with Session(database) as session:
        changes = {c.layer: c for c in changes_after(session, 0)
                   if c.layer in ("wall", "saved_view")}  # fmt: skip
    viewer = Identity(name="wall", grants=(("viewer", "330102"),))
    owner = Identity(name="commander", grants=(("viewer", "330102"),))
    assert changes["wall"].shown_to(viewer) is not None
    assert changes["saved_view"].shown_to(viewer) is None
    assert changes["saved_view"].shown_to(owner) is not None
    assert changes["wall"].shown_to(Identity(name="nobody", grants=())) is None


def test_two_who_drive_a_new_wall_at_once_make_one_wall(
    sign_in: Callable[..., FlaskClient],
) -> None:
    drivers = [sign_in(("duty", ""), name=f"duty{n}") for n in range(4)]
    codes: list[int] = []
    threads = [
        threading.Thread(target=lambda who=who: codes.append(_show(who, 0, view=VIEW).status_code))
        for who in drivers
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(codes) == [200, 409, 409, 409]
    assert len(drivers[0].get("/api/v1/walls").json["walls"]) == 1


def test_a_view_sent_twice_is_one_view_and_another_under_its_id_is_refused(
    client: FlaskClient, sign_in: Callable[..., FlaskClient]
) -> None:
    id = str(uuid.uuid4())
    _keep(client, id=id)
    assert client.post("/api/v1/views", json={**SAVED, "id": id}).status_code == 200
    assert client.post("/api/v1/views", json={**SAVED, "id": id, "zoom": 3}).status_code == 409
    assert sign_in(("duty", "")).post(
        "/api/v1/views", json={**SAVED, "id": id}
    ).status_code == 409  # fmt: skip
    assert len(client.get("/api/v1/views").json["views"]) == 1


def test_a_view_comes_back_as_it_was_kept(client: FlaskClient) -> None:
    more = {"layers": ["team"], "at": "2026-01-31T14:05:00+08:00", "shared": True,
            "incident": str(uuid.uuid4()), "highlight": {"lon": 1.5, "lat": 2.5}}  # fmt: skip
    made = _keep(client, **more)
    found = client.get(f"/api/v1/views/{made['id']}").json
    assert dt.datetime.fromisoformat(found.pop("at")) == dt.datetime.fromisoformat(
        str(more.pop("at"))
    )
    assert {name: found[name] for name in more} == more
    assert (found["owner"], found["can_edit"]) == ("commander", True)


def test_a_view_is_its_owners_until_it_is_shared_and_only_the_owner_changes_it(
    client: FlaskClient, sign_in: Callable[..., FlaskClient]
) -> None:
    address = f"/api/v1/views/{_keep(client)['id']}"
    other = sign_in(("planner", ""))
    assert other.get(address).status_code == 404
    assert other.get("/api/v1/views").json == {"views": []}
    changed = client.patch(address, json={"shared": True, "name": "港"}, headers=_at(1)).json
    assert (changed["name"], changed["version"]) == ("港", 2)
    assert other.get(address).json["can_edit"] is False
    assert other.patch(address, json={"name": "x"}, headers=_at(2)).status_code == 403
    assert other.delete(address, headers=_at(2)).status_code == 403
    late = client.patch(address, json={"name": "y"}, headers=_at(1))
    assert (late.status_code, late.json["error"]["details"]["theirs"]["name"]) == (409, "港")
    assert client.delete(address, headers=_at(2)).status_code == 204
    assert client.get(address).status_code == 404


def test_a_viewer_keeps_no_view(sign_in: Callable[..., FlaskClient]) -> None:
    assert sign_in(("viewer", "")).post("/api/v1/views", json=SAVED).status_code == 403


def test_what_changed_today_is_counted_by_layer_as_far_as_the_reader_sees_it(
    client: FlaskClient, sign_in: Callable[..., FlaskClient], sealed: Callable[[], int],
    database: Engine,
) -> None:  # fmt: skip
    with Session(database) as session, session.begin():
        for region in ("330102", "330102", "330203"):
            session.execute(
                text("INSERT INTO team (name, kind, region, geom) VALUES "
                     "('队', 'fire', :region, 'SRID=4326;POINT(120 30)')"), {"region": region},
            )  # fmt: skip
        session.execute(text("UPDATE team SET name = '新队' WHERE region = '330203'"))
    sealed()
    assert client.get("/api/v1/hall/lately").json["changes"] == [
        {"layer": "team", "op": "insert", "count": 3},
        {"layer": "team", "op": "update", "count": 1},
    ]
    near = sign_in(("viewer", "330102")).get("/api/v1/hall/lately").json
    assert near["changes"] == [{"layer": "team", "op": "insert", "count": 2}]
    later = (dt.datetime.now(dt.UTC) + dt.timedelta(minutes=1)).isoformat()
    since = client.get("/api/v1/hall/lately", query_string={"since": later}).json
    assert since["changes"] == []


def test_the_newest_weather_of_each_station_is_told_unless_it_is_old(
    client: FlaskClient, sign_in: Callable[..., FlaskClient], database: Engine
) -> None:
    now = dt.datetime.now(dt.UTC)
    with Session(database) as session, session.begin():
        station = session.scalar(
            text("INSERT INTO weather_station (name, region, geom) VALUES "
                 "('站', '330102', 'SRID=4326;POINT(120 30)') RETURNING id")
        )  # fmt: skip
        for quantity, value, minutes in (("wind_speed", 3.2, 5), ("wind_speed", 9.9, 50),
                                         ("temperature", 18, 300)):  # fmt: skip
            session.execute(
                text("INSERT INTO observation (kind, station_id, quantity, value, unit, at) VALUES "
                     "('weather', :station, :quantity, :value, 'u', :at)"),
                {"station": station, "quantity": quantity, "value": value,
                 "at": now - dt.timedelta(minutes=minutes)},
            )  # fmt: skip
    (seen,) = client.get("/api/v1/hall/lately").json["weather"]
    assert (seen["quantity"], seen["value"], seen["name"]) == ("wind_speed", 3.2, "站")
    assert sign_in(("viewer", "330203")).get("/api/v1/hall/lately").json["weather"] == []


def test_a_wall_is_of_the_region_it_was_made_in_and_who_does_not_hold_that_drives_it_not(
    client: FlaskClient, sign_in: Callable[..., FlaskClient]
) -> None:
    near, far = sign_in(("duty", "330102")), sign_in(("duty", "330203"))
    made = _show(near, 0, view=VIEW).json
    assert (made["region"], made["can_drive"]) == ("330102", True)
    refused = _show(far, made["version"], view=None)
    assert (refused.status_code, refused.json["error"]["code"]) == (403, "wall_of_another")
    assert far.get("/api/v1/walls/main").json["can_drive"] is False
    assert [wall["can_drive"] for wall in far.get("/api/v1/walls").json["walls"]] == [False]
    city = sign_in(("duty", "330100"))
    assert _show(city, made["version"], seconds=30).json["region"] == "330102"
    assert client.get("/api/v1/walls/main").json["can_drive"] is True


def test_a_wall_of_the_whole_tree_is_driven_by_who_holds_the_whole_tree(
    client: FlaskClient, sign_in: Callable[..., FlaskClient]
) -> None:
    made = _show(client, 0, view=VIEW).json
    assert made["region"] is None
    assert _show(sign_in(("duty", "330102")), made["version"], view=None).status_code == 403


def test_a_refused_drive_makes_no_wall(sign_in: Callable[..., FlaskClient]) -> None:
    near = sign_in(("duty", "330102"))
    assert _show(near, 0, playlist=[str(uuid.uuid4())]).status_code == 422
    assert near.get("/api/v1/walls").json["walls"] == []

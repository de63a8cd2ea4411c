"""A screen in a hall stays signed in by the key of its wall: it reads, that wall alone."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, select, text
from sqlalchemy.orm import Session

from gis_server import signin
from gis_server.app import Application
from gis_server.config import Config
from layers.errors import NotSignedInError
from layers.models import WallKey

SignIn = Callable[..., FlaskClient]
INCIDENT = {"kind": "explosion", "title": "仓库爆炸", "lon": 120.16, "lat": 30.3}


def _key(client: FlaskClient, wall: str = "east", **more: Any) -> Any:
    made = client.post(f"/api/v1/walls/{wall}/keys", json={"title": "东厅", **more})
    assert made.status_code == 201, made.text
    return made.json


def _screen(app: Application, key: str) -> FlaskClient:
    screen = app.test_client()
    entered = screen.post("/api/v1/session/wall", json={"key": key})
    assert entered.status_code == 201, entered.text
    return screen


def _run(database: Engine, statement: str, **values: Any) -> None:
    with Session(database) as session, session.begin():
        session.execute(text(statement), values)


def test_a_key_signs_a_screen_in_for_longer_than_any_person(
    client: FlaskClient, app: Application, database: Engine
) -> None:
    screen = _screen(app, _key(client)["key"])
    # Twelve hours and half an hour of silence end a person's session.
    _run(database, "UPDATE wall_key SET seen_at = now() - interval '30 days'")
    session = screen.get("/api/v1/session").json
    assert (session["wall"], session["user"]["name"]) == ("east", "wall:east")
    assert session["ends_in_s"] > 300 * 86_400
    assert screen.get("/api/v1/walls/east").status_code == 200
    cookie = screen.get_cookie("onemap_session")
    assert cookie is not None
    assert cookie.http_only
    assert cookie.max_age == 400 * 86_400


def test_a_screen_changes_nothing_whatever_it_sends(client: FlaskClient, app: Application) -> None:
    incident = client.post("/api/v1/incidents", json=INCIDENT).json
    screen = _screen(app, _key(client)["key"])
    place = f"/api/v1/incidents/{incident['id']}"
    at = {"If-Match": f'"{incident["version"]}"'}
    assert screen.get(place).json["title"] == "仓库爆炸"
    for method, address, body in (
        ("PATCH", place, {"title": "x"}), ("PUT", "/api/v1/walls/east", {}),
        ("POST", "/api/v1/incidents", INCIDENT), ("POST", f"{place}/assessments", {}),
        ("POST", "/api/v1/walls/east/keys", {"title": "x"}),
    ):  # fmt: skip
        answer = screen.open(address, method=method, json=body, headers=at)
        assert answer.status_code == 403, (method, address)
        assert answer.json["error"]["code"] == "read_only_session"
    for address in ("/api/v1/walls/east/keys", "/api/v1/layers/team/features.csv"):
        assert screen.get(address).status_code in (403, 404)


def test_a_key_opens_its_own_wall_alone(client: FlaskClient, app: Application) -> None:
    for wall in ("east", "west"):
        client.put(f"/api/v1/walls/{wall}", json={"seconds": 30}, headers={"If-Match": '"0"'})
    screen = _screen(app, _key(client)["key"])
    other = screen.get("/api/v1/walls/west")
    assert (other.status_code, other.json["error"]["code"]) == (403, "other_wall")
    assert [one["name"] for one in screen.get("/api/v1/walls").json["walls"]] == ["east"]
    assert [one["name"] for one in client.get("/api/v1/walls").json["walls"]] == ["east", "west"]


def test_a_screen_sees_the_regions_in_which_its_maker_drives_walls_and_no_contacts(
    client: FlaskClient, sign_in: SignIn, app: Application, database: Engine
) -> None:
    ids = [client.post("/api/v1/incidents", json=INCIDENT).json["id"] for _ in range(2)]
    for id, region in zip(ids, ("330102", "330203"), strict=True):
        _run(database, "UPDATE incident SET region = :r WHERE id = :id", r=region, id=id)
    maker = sign_in(("duty", "330102"), ("viewer", "330203"))
    screen = _screen(app, _key(maker)["key"])
    assert [one["id"] for one in screen.get("/api/v1/incidents").json["incidents"]] == [ids[0]]
    assert screen.get(f"/api/v1/incidents/{ids[1]}").status_code == 404
    rights = set(screen.get("/api/v1/session").json["permissions"])
    assert rights == {"layers.read", "features.read", "incidents.read", "positions.read"}


@pytest.mark.parametrize(
    "ended",
    [
        "UPDATE user_account SET disabled = true WHERE name = 'commander'",
        "DELETE FROM user_account WHERE name = 'commander'",
        "UPDATE wall_key SET expires_at = now()",
    ],
)
def test_a_key_ends_on_its_day_and_with_its_makers_account(
    client: FlaskClient, app: Application, database: Engine, ended: str
) -> None:
    key = _key(client)["key"]
    screen = _screen(app, key)
    _run(database, ended)
    assert screen.get("/api/v1/walls/east").status_code == 401
    again = app.test_client().post("/api/v1/session/wall", json={"key": key})
    assert (again.status_code, again.json["error"]["code"]) == (401, "wrong_wall_key")


def test_a_key_ends_with_its_makers_password(
    sign_in: SignIn, app: Application, database: Engine
) -> None:
    screen = _screen(app, _key(sign_in(("commander", "")))["key"])
    with Session(database) as session, session.begin():
        signin.sign_out_everywhere(session, session.scalars(select(WallKey.user_id)).one())
    assert screen.get("/api/v1/walls/east").status_code == 401


def test_a_screen_loses_what_its_maker_loses(
    sign_in: SignIn, app: Application, database: Engine
) -> None:
    screen = _screen(app, _key(sign_in(("duty", "330102")))["key"])
    _run(database, "DELETE FROM role_grant")
    assert screen.get("/api/v1/incidents").status_code == 403


def test_a_key_that_is_taken_back_is_out_at_once_and_its_row_says_by_whom(
    client: FlaskClient, app: Application
) -> None:
    made, other = _key(client), _key(client, title="西厅")
    screen, left = _screen(app, made["key"]), _screen(app, other["key"])
    assert client.delete(f"/api/v1/walls/west/keys/{made['id']}").status_code == 404
    assert client.delete(f"/api/v1/walls/east/keys/{made['id']}").status_code == 204
    assert screen.get("/api/v1/walls/east").status_code == 401
    assert left.get("/api/v1/walls/east").status_code == 200
    assert client.delete(f"/api/v1/walls/east/keys/{made['id']}").status_code == 404
    listed = {one["id"]: one for one in client.get("/api/v1/walls/east/keys").json["keys"]}
    assert listed[made["id"]]["revoked_by"] == "commander"
    assert listed[other["id"]]["seen_at"] is not None


def test_the_database_knows_no_key_and_a_list_tells_none(
    client: FlaskClient, database: Engine
) -> None:
    made = _key(client)
    assert made["page"] == f"/hall?kiosk=1&wall=east#key={made['key']}"
    assert made["key"] not in client.get("/api/v1/walls/east/keys").text
    with Session(database) as session:
        rows = session.execute(text("SELECT wall_key::text FROM wall_key")).scalars().all()
    assert len(rows) == 1
    assert made["key"] not in rows[0]


def test_who_does_not_drive_walls_makes_lists_and_ends_no_keys(
    client: FlaskClient, sign_in: SignIn
) -> None:
    made = _key(client)
    viewer = sign_in(("viewer", ""))
    keys = "/api/v1/walls/east/keys"
    assert viewer.get(keys).status_code == 403
    assert viewer.post(keys, json={"title": "x"}).status_code == 403
    assert viewer.delete(f"{keys}/{made['id']}").status_code == 403


@pytest.mark.parametrize(
    "body",
    [
        {}, {"title": ""}, {"title": "字" * 81}, {"title": "x", "days": 0},
        {"title": "x", "days": 401}, {"title": "x", "wall": "west"},
    ],
)  # fmt: skip
def test_a_key_for_nothing_or_for_ever_is_not_made(
    client: FlaskClient, body: dict[str, Any]
) -> None:
    assert client.post("/api/v1/walls/east/keys", json=body).status_code == 422


def test_a_wall_has_no_more_keys_than_screens(client: FlaskClient) -> None:
    for number in range(20):
        _key(client, title=f"屏 {number}")
    full = client.post("/api/v1/walls/east/keys", json={"title": "x"})
    assert (full.status_code, full.json["error"]["code"]) == (413, "too_many_wall_keys")
    assert client.post("/api/v1/walls/west/keys", json={"title": "x"}).status_code == 201


def test_a_key_that_a_visitor_of_demo_mode_made_opens_nothing_elsewhere(
    database: Engine, tmp_path: Path, client: FlaskClient
) -> None:
    key = _key(client)["key"]
    _run(database, "UPDATE wall_key SET user_id = NULL")
    with Session(database) as session, session.begin():
        demo = Config(var=tmp_path, demo=True)
        assert signin.enter_wall(session, key, demo).grants == (("wall", ""),)
        with pytest.raises(NotSignedInError):
            signin.enter_wall(session, key, Config(var=tmp_path))


def test_keys_of_a_wall_are_made_listed_and_taken_back_only_in_its_region(sign_in: SignIn) -> None:
    near, far = sign_in(("duty", "330102")), sign_in(("duty", "330203"))
    made = _key(near, "east")
    # A key alone makes the wall: nobody else's key opens it, and nobody else drives it.
    address = "/api/v1/walls/east"
    for answer in (
        far.get(f"{address}/keys"),
        far.post(f"{address}/keys", json={"title": "x"}),
        far.delete(f"{address}/keys/{made['id']}"),
        far.put(address, json={"seconds": 9}, headers={"If-Match": '"0"'}),
    ):
        assert (answer.status_code, answer.json["error"]["code"]) == (403, "wall_of_another")
    assert [key["revoked_at"] for key in near.get(f"{address}/keys").json["keys"]] == [None]
    assert near.put(address, json={"seconds": 9}, headers={"If-Match": '"0"'}).status_code == 200
    assert near.delete(f"{address}/keys/{made['id']}").status_code == 204

"""Theme maps: kept by their owner, opened by link, never showing more than the reader may see."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from gis_server.changes import changes_after
from gis_server.signin import Identity

THEME: dict[str, Any] = {
    "title": "危化品一张图",
    "layers": [
        {"layer": "enterprises", "filter": "class = 'chemical'", "opacity": 0.5},
        {"layer": "protection_target", "style": {"color": "#FF0000", "label_field": "name"},
         "filter": {"op": ">", "args": [{"property": "people_day"}, 100]}, "visible": False},
    ],
    "view": {"center": [120.5, 30.2], "zoom": 11, "at": "2026-01-31T14:05:00+08:00"},
}  # fmt: skip


def _keep(client: FlaskClient, **more: Any) -> Any:
    answer = client.post("/api/v1/themes", json={**THEME, **more})
    assert answer.status_code == 201, answer.text
    return answer


def test_a_theme_comes_back_as_it_was_kept(client: FlaskClient) -> None:
    made = _keep(client)
    assert made.headers["ETag"] == '"1"'
    found = client.get(made.headers["Location"]).json
    assert [entry["layer"] for entry in found["layers"]] == ["enterprise", "protection_target"]
    assert found["layers"][0]["filter"] == "class = 'chemical'"
    assert found["layers"][1]["style"] == {"color": "#ff0000", "label_field": "name"}
    assert found["view"] == {"center": [120.5, 30.2], "zoom": 11,
                             "at": "2026-01-31T14:05:00+08:00"}  # fmt: skip
    assert (found["owner"], found["can_edit"], found["hidden"]) == ("commander", True, 0)


def test_a_theme_is_its_owners_until_it_is_shared(
    client: FlaskClient, sign_in: Callable[..., FlaskClient]
) -> None:
    address = _keep(client).headers["Location"]
    other = sign_in(("planner", ""))
    assert other.get(address).status_code == 404
    assert other.get("/api/v1/themes").json == {"themes": []}
    client.patch(address, json={"shared": True}, headers={"If-Match": '"1"'})
    opened = other.get(address).json
    assert (opened["title"], opened["can_edit"]) == ("危化品一张图", False)
    refused = other.patch(address, json={"title": "x"}, headers={"If-Match": '"2"'})
    assert (refused.status_code, refused.json["error"]["code"]) == (403, "not_owner")
    assert other.delete(address, headers={"If-Match": '"2"'}).status_code == 403
    assert sign_in(("viewer", "330102")).get(address).status_code == 200


def test_the_stream_tells_of_a_theme_to_whoever_may_open_it(
    database: Engine, sealed: Callable[[], int], sign_in: Callable[..., FlaskClient]
) -> None:
    address = _keep(sign_in(("duty", "330102"), name="li")).headers["Location"]
    patch = {"headers": {"If-Match": '"1"'}, "json": {"shared": True}}
    sign_in(("admin", ""), name="root").patch(address, **patch)
    patch = {"headers": {"If-Match": '"2"'}, "json": {"shared": False}}
    sign_in(("admin", ""), name="root2").patch(address, **patch)
    sealed()
    with Session(database) as session:
        changes = [c for c in changes_after(session, 0) if c.layer == "theme_map"]
    owner, other = (Identity(name=n, grants=((r, "330102"),)) for n, r in
                    (("li", "duty"), ("wang", "viewer")))  # fmt: skip
    chief = Identity(name="chief", grants=(("commander", ""),))
    heard = [[(told := c.shown_to(reader)) and told["op"] for c in changes]
             for reader in (owner, other, chief)]  # fmt: skip
    assert heard == [
        ["insert", "update", "update"], [None, "update", "delete"], [None, "update", "delete"],
    ]  # fmt: skip


def test_a_change_needs_the_version_it_was_made_on(client: FlaskClient) -> None:
    address = _keep(client).headers["Location"]
    assert client.patch(address, json={"title": "x"}).status_code == 428
    changed = client.patch(address, json={"title": "新名"}, headers={"If-Match": '"1"'})
    assert (changed.json["title"], changed.json["version"]) == ("新名", 2)
    assert len(changed.json["layers"]) == 2
    late = client.patch(address, json={"layers": []}, headers={"If-Match": '"1"'})
    assert late.status_code == 409
    assert late.json["error"]["details"]["theirs"]["title"] == "新名"
    assert client.delete(address, headers={"If-Match": '"2"'}).status_code == 204
    assert client.get(address).status_code == 404


def test_a_layer_that_is_not_for_the_reader_is_left_out_and_counted(
    client: FlaskClient, sign_in: Callable[..., FlaskClient]
) -> None:
    made = client.post("/api/v1/user-layers", json={
        "title": "机密点", "geometry_type": "POINT", "access": "restricted", "fields": [],
    })  # fmt: skip
    assert made.status_code == 201, made.text
    secret = made.json["name"]
    layers = [*THEME["layers"], {"layer": secret}]
    address = _keep(client, layers=layers, shared=True).headers["Location"]
    seen = sign_in(("planner", "")).get(address).json
    assert seen["hidden"] == 1
    assert secret not in str(seen)
    assert client.get(address).json["hidden"] == 0
    copied = sign_in(("planner", ""), name="copier").post(
        "/api/v1/themes", json={**THEME, "layers": layers}
    )
    assert copied.status_code == 404


def test_a_viewer_keeps_no_theme(sign_in: Callable[..., FlaskClient]) -> None:
    viewer = sign_in(("viewer", ""))
    assert viewer.post("/api/v1/themes", json=THEME).status_code == 403
    assert viewer.get("/api/v1/themes").status_code == 200


@pytest.mark.parametrize(
    ("more", "status", "code"),
    [
        ({"layers": [{"layer": "nosuch"}]}, 404, "unknown_layer"),
        ({"layers": [{"layer": "team"}, {"layer": "teams"}]}, 422, "doubled_layer"),
        ({"layers": [{"layer": "team", "filter": "nosuch = 1"}]}, 422, "unknown_field"),
        ({"layers": [{"layer": "team", "filter": "kind ="}]}, 422, "filter_text"),
        ({"layers": [{"layer": "team", "opacity": 2}]}, 422, "invalid_fields"),
        ({"layers": [{"layer": "team"}] * 61}, 422, "invalid_fields"),
        ({"view": {"center": [200, 0]}}, 422, "invalid_fields"),
        ({"title": ""}, 422, "invalid_fields"),
        ({"owner": "somebody"}, 422, "invalid_fields"),
    ],
)
def test_a_theme_that_cannot_be_drawn_is_refused(
    client: FlaskClient, more: dict[str, Any], status: int, code: str
) -> None:
    answer = client.post("/api/v1/themes", json={**THEME, **more})
    assert (answer.status_code, answer.json["error"]["code"]) == (status, code), answer.text
    style = {"layers": [{"layer": "team", "style": {"color": "red;}"}}]}
    assert client.post("/api/v1/themes", json={**THEME, **style}).status_code == 422


def test_an_id_of_the_clients_is_kept_once(client: FlaskClient) -> None:
    id = str(uuid.uuid4())
    assert _keep(client, id=id).json["id"] == id
    assert client.post("/api/v1/themes", json={**THEME, "id": id}).status_code == 409

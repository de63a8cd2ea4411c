"""Layers of a user's own over HTTP: made, changed, removed; and kept from whom they are kept."""

from __future__ import annotations

import io
import json
import re
import uuid
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import mapbox_vector_tile
import pytest
from PIL import Image
from sqlalchemy import text
from sqlalchemy.orm import Session

from gis_server.changes import changes_after
from gis_server.signin import Identity
from gis_server.state import db
from layers.catalog import Reader, reader_of
from layers.database import set_bulk
from layers.journal import high_water
from layers.models import Batch, Duplicate

LAYERS = "/api/v1/user-layers"
HERE = {"type": "Point", "coordinates": [120.5, 30.5]}
TILE = "10/854/420"


@pytest.fixture
def planner(sign_in):
    return sign_in(("planner", ""), name="li")


@pytest.fixture
def make(planner):
    """Define a layer with one feature in region 330102, and give its name."""

    def define(**given):
        body = {
            "title": "井盖", "title_en": "Manholes", "geometry_type": "POINT",
            "fields": [{"title": "编号", "searched": True}, {"title": "深度", "type": "number"}],
            **given,
        }  # fmt: skip
        answer = planner.post(LAYERS, json=body)
        assert answer.status_code == 201, answer.json
        name = answer.json["name"]
        code = answer.json["fields"][0]["name"]
        feature = {
            "type": "Feature", "geometry": HERE,
            "properties": {"name": "独一无二", code: "JG-1", "region": "330102"},
        }  # fmt: skip
        added = planner.post(f"/api/v1/layers/{name}/features", json=feature)
        assert added.status_code == 201, added.json
        return name

    return define


def test_a_layer_is_defined_listed_and_told_in_the_readers_language(make, planner):
    name = make(style={"color": "#FF8800", "label_field": "编号"})
    entry = planner.get(f"/api/v1/layers/{name}").json
    assert (entry["title"], entry["user"], entry["can_edit"]) == ("Manholes", True, True)
    assert entry["owner"] == "li"
    assert entry["style"]["color"] == "#ff8800"
    assert [f["title"] for f in entry["fields"]][2:4] == ["编号", "深度"]
    assert planner.get(f"/api/v1/layers/{name}?lang=zh").json["title"] == "井盖"
    listed = {each["name"]: each for each in planner.get("/api/v1/layers").json["layers"]}
    assert listed[name]["count"] == 1
    assert listed["team"]["user"] is False
    own = planner.get(LAYERS).json["layers"]
    assert [layer["name"] for layer in own] == [name]


def test_the_definition_changes_under_if_match(make, planner):
    name = make()
    answer = planner.get(f"{LAYERS}/{name}")
    number = answer.json["fields"][1]["name"]
    assert answer.headers["ETag"] == '"1"'
    patch = {
        "title": "窨井", "access": "open",
        "fields": [{"name": number, "removed": True}, {"title": "材质", "domain": ["铸铁", "PVC"]}],
    }  # fmt: skip
    assert planner.patch(f"{LAYERS}/{name}", json=patch).status_code == 428
    changed = planner.patch(f"{LAYERS}/{name}", json=patch, headers={"If-Match": '"1"'})
    assert changed.status_code == 200, changed.json
    assert [field["title"] for field in changed.json["fields"]] == ["编号", "材质"]
    again = planner.patch(f"{LAYERS}/{name}", json=patch, headers={"If-Match": '"1"'})
    assert again.status_code == 409


def test_a_definition_changed_in_one_place_is_known_in_the_next_request(make, planner, sign_in):
    name = make()
    other = sign_in(("viewer", ""), name="other")
    assert other.get(f"/api/v1/layers/{name}").json["title"] == "Manholes"
    patch = {"title_en": "Wells"}
    planner.patch(f"{LAYERS}/{name}", json=patch, headers={"If-Match": '"1"'})
    assert other.get(f"/api/v1/layers/{name}").json["title"] == "Wells"


def test_a_layer_is_removed_by_its_typed_title_and_brought_back(make, planner):
    name = make()
    match = {"If-Match": '"1"'}
    wrong = planner.delete(f"{LAYERS}/{name}", json={"name": "x"}, headers=match)
    assert (wrong.status_code, wrong.json["error"]["code"]) == (422, "name_not_typed")
    assert (
        planner.delete(f"{LAYERS}/{name}", json={"name": "井盖"}, headers=match).status_code == 204
    )
    assert planner.get(f"/api/v1/layers/{name}/features").status_code == 404
    gone = planner.get(f"{LAYERS}?removed=true").json["layers"]
    assert [each["name"] for each in gone] == [name]
    assert planner.post(f"{LAYERS}/{name}/restore").status_code == 200
    assert planner.get(f"/api/v1/layers/{name}/features").json["total"] == 1


def test_a_strangers_layer_is_neither_changed_nor_removed(make, sign_in):
    name = make()
    match = {"If-Match": '"1"'}
    other = sign_in(("planner", ""), name="wang")
    assert other.get(f"/api/v1/layers/{name}").json["can_edit"] is False
    refused = other.patch(f"{LAYERS}/{name}", json={"title": "x"}, headers=match)
    assert (refused.status_code, refused.json["error"]["code"]) == (403, "not_your_layer")
    assert other.delete(f"{LAYERS}/{name}", json={"name": "井盖"}, headers=match).status_code == 403
    admin = sign_in(("admin", ""), name="root")
    assert admin.patch(f"{LAYERS}/{name}", json={"title": "x"}, headers=match).status_code == 200


def test_a_viewer_defines_no_layer(sign_in):
    viewer = sign_in(("viewer", ""), name="v")
    assert viewer.post(LAYERS, json={"title": "t", "geometry_type": "POINT"}).status_code == 403


@pytest.mark.parametrize(
    "body",
    [
        {"title": "", "geometry_type": "POINT"},
        {"title": "t", "geometry_type": "CURVE"},
        {"title": "t", "geometry_type": "POINT", "name": "team"},
        {"title": "t", "geometry_type": "POINT", "fields": [{"title": "a", "type": "geometry"}]},
        {"title": "t", "geometry_type": "POINT", "fields": [{"title": "a", "name": "geom"}]},
        {"title": "t", "geometry_type": "POINT", "style": {"color": "javascript:alert(1)"}},
        {"title": "t", "geometry_type": "POINT", "style": {"onclick": "x"}},
        {"title": "t\u202ex", "geometry_type": "POINT"},
    ],
)
def test_a_definition_that_cannot_be_is_told_so(planner, body):
    assert planner.post(LAYERS, json=body).status_code == 422


@pytest.mark.parametrize(
    "header", ["select", "名称'; DROP TABLE team;--", "𠮷" * 150, "a b\tc", '"', "\\", "$$", "geom"]
)
def test_a_field_of_any_title_holds_and_finds_its_values(planner, header):
    fields = [{"title": header, "searched": True, "tiled": True}]
    body = {"title": header, "geometry_type": "POINT", "fields": fields}
    made = planner.post(LAYERS, json=body).json
    field, name = made["fields"][0]["name"], made["name"]
    feature = {"type": "Feature", "geometry": HERE, "properties": {field: "值"}}
    assert planner.post(f"/api/v1/layers/{name}/features", json=feature).status_code == 201
    found = planner.get(f"/api/v1/layers/{name}/features?where={field}=值&q=值").json
    assert found["total"] == 1
    tile = mapbox_vector_tile.decode(planner.get(f"/tiles/{name}/0/{TILE}.mvt").data)
    assert tile[name]["features"][0]["properties"][field] == "值"


def test_of_changes_at_once_one_is_taken_and_the_others_are_told(make, planner, app):
    name = make()
    token = planner.get_cookie("onemap_session").value

    def rename(title):
        client = app.test_client()
        client.set_cookie("onemap_session", token)
        return client.patch(f"{LAYERS}/{name}", json={"title": title}, headers={"If-Match": "1"})

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(rename, "abcdefgh"))
    assert sorted(answer.status_code for answer in answers) == [200] + [409] * 7
    assert planner.get(f"{LAYERS}/{name}").json["version"] == 2


@pytest.mark.parametrize(
    "patch",
    [
        {"title": None},
        {"access": None},
        {"group": None},
        {"style": {"label_field": "f_99"}},
        {"fields": [{"unit": "m"}]},
        {"fields": [{"name": "f_99", "title": "x"}]},
        {"fields": [{"title": "new", "removed": True}]},
        {"fields": [{"name": "{field}", "type": "list"}]},
        {"fields": [{"name": "{field}", "title": "深度"}]},
        {"fields": [{"title": "深度"}]},
        {"geometry_type": "GEOMETRY"},
    ],
)
def test_a_change_that_cannot_be_is_told_so_and_changes_nothing(make, planner, patch):
    name = make()
    before = planner.get(f"{LAYERS}/{name}").json
    patch = json.loads(json.dumps(patch).replace("{field}", before["fields"][0]["name"]))
    answer = planner.patch(f"{LAYERS}/{name}", json=patch, headers={"If-Match": '"1"'})
    assert answer.status_code == 422, answer.json
    assert planner.get(f"{LAYERS}/{name}").json == before


def test_what_is_null_is_cleared(make, planner):
    name = make(source="市政局", style={"color": "#000000"})
    patch = {"title_en": None, "source": None, "style": None, "readers": None}
    changed = planner.patch(f"{LAYERS}/{name}", json=patch, headers={"If-Match": '"1"'}).json
    assert (changed["title_en"], changed["source"], changed["style"]) == (None, None, {})


# Every door by which a reader could learn of a layer, and how many of its features each shows.
def _list(client, name):
    layers = client.get("/api/v1/layers").json["layers"]
    return next((each["count"] for each in layers if each["name"] == name), None)


def _own_list(client, name):
    return 1 if name in [each["name"] for each in client.get(LAYERS).json["layers"]] else None


def _entry(client, name):
    answer = client.get(f"/api/v1/layers/{name}")
    return answer.json["count"] if answer.status_code == 200 else None


def _definition(client, name):
    return 1 if client.get(f"{LAYERS}/{name}").status_code == 200 else None


def _features(client, name):
    answer = client.get(f"/api/v1/layers/{name}/features")
    return answer.json["total"] if answer.status_code == 200 else None


def _search(client, name):
    results = client.get("/api/v1/search?q=独一无二").json["results"]
    return len([each for each in results if each["layer"] == name]) or None


def _around(client, name):
    found = client.get("/api/v1/around?lon=120.5&lat=30.5&radius_m=100").json["layers"]
    return len(found[name]) if name in found else None


def _around_by_name(client, name):
    answer = client.get(f"/api/v1/around?lon=120.5&lat=30.5&radius_m=100&layers={name}")
    return len(answer.json["layers"].get(name, ())) if answer.status_code == 200 else None


def _nearest(client, name):
    answer = client.get(f"/api/v1/nearest?lon=120.5&lat=30.5&layer={name}&k=5&by=line")
    if answer.status_code != 200:
        return None
    return len(answer.json if isinstance(answer.json, list) else answer.json["nearest"])


def _tile(client, name):
    answer = client.get(f"/tiles/{name}/0/{TILE}.mvt")
    if answer.status_code == 404:
        return None
    return len(mapbox_vector_tile.decode(answer.data)[name]["features"]) if answer.data else 0


def _tilejson(client, name):
    return 1 if client.get(f"/tiles/{name}.json").status_code == 200 else None


def _query(client, name):
    answer = client.post("/api/v1/query", json={"bbox": [120, 30, 121, 31]})
    return answer.json["layers"].get(name, {}).get("total") or None


def _query_by_name(client, name):
    answer = client.post("/api/v1/query", json={"layers": [name]})
    return answer.json["layers"][name]["total"] if answer.status_code == 200 else None


def _statistics(client, name):
    rows = client.get("/api/v1/statistics?by=layer").json["groups"]
    return next((row["count"] for row in rows if row["layer"] == name), None)


def _export(client, name):
    answer = client.get(f"/api/v1/layers/{name}/export?format=geojson")
    return int(answer.headers["X-Rows"]) if answer.status_code == 200 else None


def _queryables(client, name):
    return 1 if client.get(f"/api/v1/layers/{name}/queryables").status_code == 200 else None


def _template(client, name):
    return 1 if client.get(f"/api/v1/layers/{name}/template.xlsx").status_code == 200 else None


DOORS = [
    _list, _own_list, _entry, _definition, _features, _search, _around, _around_by_name, _nearest,
    _tile, _tilejson, _query, _query_by_name, _statistics, _export, _queryables, _template,
]  # fmt: skip


@pytest.mark.parametrize("door", DOORS, ids=lambda door: door.__name__)
def test_a_restricted_layer_is_behind_every_door_for_those_it_names_only(make, sign_in, door):
    named = sign_in(("planner", ""), name="named")
    name = make(access="restricted", readers={"roles": ["duty"], "users": ["named"]})
    for grant, user, seen in (
        ("planner", "someone", False),
        ("commander", "chief", False),
        ("duty", "night", True),
        ("admin", "root", True),
    ):
        client = sign_in((grant, ""), name=user)
        assert (door(client, name) is not None) is seen, user
    assert door(named, name) == 1


@pytest.mark.parametrize("door", [_list, _entry, _features, _search, _around, _tile])
def test_rows_of_a_region_layer_are_seen_in_their_region_and_of_an_open_one_everywhere(
    make, planner, sign_in, door
):
    name = make()
    inside = sign_in(("viewer", "330100"), name="inside")
    outside = sign_in(("viewer", "320000"), name="outside")
    assert (door(inside, name), door(outside, name) or 0) == (1, 0)
    planner.patch(f"{LAYERS}/{name}", json={"access": "open"}, headers={"If-Match": '"1"'})
    assert door(outside, name) == 1


@pytest.fixture
def so_far(database, sealed):
    """Give a function: the seq of the newest change, everything sealed."""

    def seq():
        sealed()
        with Session(database) as session:
            return high_water(session)

    return seq


def test_an_import_into_a_restricted_layer_is_behind_the_same_door(
    make, planner, sign_in, database
):
    name = make(access="restricted")
    with Session(database) as session, session.begin():
        by_layer, by_report, other = (
            Batch(file_name="a.csv", created_by="li", options={"layer": layer}, report=report)
            for layer, report in ((name, {}), (None, {"layers": {name: {}}}), ("team", {}))
        )
        session.add_all([by_layer, by_report, other])
        session.flush()
        ids = [str(batch.id) for batch in (by_layer, by_report, other)]
    stranger = sign_in(("planner", ""), name="wang")
    for client, seen in ((planner, [200, 200, 200]), (stranger, [404, 404, 200])):
        assert [client.get(f"/api/v1/imports/{id}").status_code for id in ids] == seen
        listed = {batch["id"] for batch in client.get("/api/v1/imports").json["imports"]}
        assert [id in listed for id in ids] == [status == 200 for status in seen]


def test_a_request_is_nobodys_until_the_door_says_whose(app):
    with app.test_request_context():
        assert reader_of(db()) == Reader()


def test_the_example_of_the_documentation_works(planner):
    page = (Path(__file__).parents[2] / "docs/user_layers.md").read_text(encoding="utf-8")
    body = re.search(r"-d '(.*?)'\n", page, re.S)[1]
    made = planner.post(LAYERS, json=json.loads(body))
    assert made.status_code == 201
    assert made.json["fields"][0]["name"] == "f_1_bianhao"


def told(database, sealed, since, *readers):
    sealed()
    with Session(database) as session:
        changes = changes_after(session, since)
    return [
        [(event["layer"], event["op"]) for c in changes if (event := c.shown_to(reader))]
        for reader in readers
    ]


def test_the_stream_tells_of_a_restricted_layer_to_those_it_names_only(
    make, planner, database, sealed, so_far
):
    since = so_far()
    outsider = Identity(name="x", grants=(("commander", ""),))
    insider = Identity(name="d", grants=(("duty", ""),))
    name = make(access="restricted", readers={"roles": ["duty"]})
    seen, unseen = told(database, sealed, since, insider, outsider)
    assert seen == [("user_layer", "insert"), (name, "insert")]
    assert unseen == []


def test_what_hangs_on_a_restricted_layer_is_told_to_those_it_names_only(
    make, planner, sign_in, database, sealed, so_far
):
    name = make(access="restricted", readers={"roles": ["duty"]})
    (feature,) = planner.get(f"/api/v1/layers/{name}/features").json["features"]
    since = so_far()
    drawn = io.BytesIO()
    Image.new("RGB", (4, 3)).save(drawn, "PNG")
    drawn.seek(0)
    data = {"file": (drawn, "plan.png"), "layer": name, "feature_id": feature["id"]}
    paper = planner.post("/api/v1/documents", data=data).json
    corners = [[120, 30.01], [120.01, 30.01], [120.01, 30], [120, 30]]
    planner.post("/api/v1/site-plans", json={"document": paper["id"], "corners": corners})
    planner.delete(f"/api/v1/documents/{paper['id']}", headers={"If-Match": '"1"'})
    planner.put(
        f"/api/v1/layers/{name}/features/{feature['id']}/contacts",
        json={"contacts": [{"phone": "119"}]}, headers={"If-Match": '"1"'},
    )  # fmt: skip
    pair = uuid.uuid4()
    with Session(database) as session, session.begin():
        session.add(Duplicate(id=pair, layer=name, a=uuid.UUID(int=1), b=uuid.UUID(int=2),
                              reason="name", score=1.0))  # fmt: skip
    outsider = Identity(name="x", grants=(("commander", ""),))
    insider = Identity(name="d", grants=(("duty", ""),))
    seen, unseen = told(database, sealed, since, insider, outsider)
    assert unseen == []
    hung = {"document", "site_plan", "contact", "duplicate"}
    assert hung < {layer for layer, _ in seen}
    assert ("site_plan", "delete") in seen
    answer = sign_in(("planner", ""), name="y").post(
        f"/api/v1/duplicates/{pair}", json={"state": "same"}
    )
    assert (answer.status_code, answer.json["error"]["code"]) == (404, "no_pair")
    assert name not in answer.text


def test_who_loses_sight_of_a_layer_hears_that_it_went(make, planner, database, sealed, so_far):
    name = make()
    since = so_far()
    outsider = Identity(name="x", grants=(("commander", ""),))
    admin = Identity(name="root", grants=(("admin", ""),))
    patch = {"access": "restricted", "readers": {"roles": ["duty"]}}
    planner.patch(f"{LAYERS}/{name}", json=patch, headers={"If-Match": '"1"'})
    left, kept = told(database, sealed, since, outsider, admin)
    assert left == [("user_layer", "delete")]
    assert kept == [("user_layer", "update")]


def test_a_change_of_the_definition_gives_its_tiles_another_revision(
    make, planner, sealed, database
):
    name, other = make(), make()
    sealed()
    before = {n: planner.get(f"/api/v1/layers/{n}").json["revision"] for n in (name, other)}
    code = planner.get(f"{LAYERS}/{name}").json["fields"][0]["name"]
    patch = {"fields": [{"name": code, "tiled": True}]}
    planner.patch(f"{LAYERS}/{name}", json=patch, headers={"If-Match": '"1"'})
    sealed()
    after = {n: planner.get(f"/api/v1/layers/{n}").json["revision"] for n in (name, other)}
    assert after[name] > before[name]
    assert after[other] == before[other]


def test_a_big_layer_is_counted_in_cells_and_none_vanishes(planner, database):
    made = planner.post(LAYERS, json={"title": "t", "geometry_type": "POINT", "group": "ground"})
    name = made.json["name"]
    with Session(database) as session, session.begin():
        set_bulk(session, uuid.uuid4())
        session.execute(
            text(
                f"INSERT INTO {name} (region, geom) SELECT '330102', "
                "ST_SetSRID(ST_MakePoint(120 + n % 150 * 1e-3, 30 + n / 150 * 1e-3), 4326) "
                "FROM generate_series(0, 10999) n"
            )
        )
    tile = mapbox_vector_tile.decode(planner.get(f"/tiles/{name}/0/0/0/0.mvt").data)
    counts = [feature["properties"]["count"] for feature in tile[name]["features"]]
    assert sum(counts) == 11_000
    assert json.dumps(planner.get(f"/tiles/{name}.json").json["vector_layers"]).count("count")

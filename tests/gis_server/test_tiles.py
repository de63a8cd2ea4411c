"""Tiles over HTTP: what is in them, and who may keep them for how long."""

import mapbox_vector_tile


def add_team(client, region=None, lon=120.0):
    return client.post(
        "/api/v1/layers/team/features",
        json={"geometry": {"type": "Point", "coordinates": [lon, 30.0]},
              "properties": {"name": "一站", "kind": "fire", "region": region}},
    ).json  # fmt: skip


def revision(client):
    return client.get("/api/v1/layers/team").json["revision"]


def test_a_tile_holds_what_the_layer_holds(client, sealed):
    team = add_team(client)
    sealed()
    answer = client.get(f"/tiles/team/{revision(client)}/0/0/0.mvt")
    assert answer.status_code == 200
    assert answer.mimetype == "application/vnd.mapbox-vector-tile"
    (feature,) = mapbox_vector_tile.decode(answer.data)["team"]["features"]
    assert feature["properties"]["id"] == team["id"]


def test_the_present_revision_is_kept_for_ever_and_no_other(client, sealed):
    add_team(client)
    sealed()
    address = client.get("/api/v1/layers/team").json["tiles"].format(z=0, x=0, y=0)
    kept = client.get(address).headers["Cache-Control"]
    assert "immutable" in kept and "private" in kept
    present = revision(client)
    for other in (present - 1, present + 1):
        answer = client.get(address.replace(f"-{present}/", f"-{other}/"))
        assert answer.headers["Cache-Control"] == "no-store"


def test_a_change_moves_the_revision(client, sealed):
    add_team(client)
    sealed()
    before = revision(client)
    add_team(client)
    sealed()
    assert revision(client) > before


def test_an_empty_tile_is_a_204(client):
    assert client.get("/tiles/team/0/0/0/0.mvt").status_code == 204


def test_a_tile_holds_nothing_of_another_region(client, sign_in, sealed):
    add_team(client, "3301")
    add_team(client, "3302")
    sealed()
    answer = sign_in(("viewer", "3301")).get(f"/tiles/team/{revision(client)}/0/0/0.mvt")
    assert len(mapbox_vector_tile.decode(answer.data)["team"]["features"]) == 1
    assert "Cookie" in answer.headers["Vary"]


def test_a_set_of_tiles_describes_itself(client):
    for name in ("team", "basemap"):
        described = client.get(f"/tiles/{name}.json").json
        assert described["tilejson"] == "3.0.0"
        (address,) = described["tiles"]
        tile = address.removeprefix("http://localhost").format(z=0, x=0, y=0)
        assert client.get(tile).status_code in (200, 204)


def test_tiles_that_do_not_exist_are_refused(client):
    assert client.get("/tiles/unicorn/0/0/0/0.mvt").status_code == 404
    for place in ("0/1/0", "1/2/0", "23/0/0", "-1/0/0", "x/0/0"):
        assert client.get(f"/tiles/team/0/{place}.mvt").status_code == 400

"""What tells one life of the database from another, on every wire that carries a number of it."""

from itertools import islice

import pytest
from sqlalchemy import create_engine, text

from tests.gis_server.test_tiles import add_team


@pytest.fixture
def restore(urls):
    """Begin another life of the database, as a restore does."""

    def run():
        owner = create_engine(urls.migrator)
        with owner.begin() as connection:
            connection.execute(text("DELETE FROM epoch"))
            connection.execute(text("INSERT INTO epoch DEFAULT VALUES"))
        owner.dispose()

    return run


def test_the_session_says_which_life_it_is_and_how_far(client, app, sealed):
    add_team(client)
    seq = sealed()
    seen = client.get("/api/v1/session").json
    assert seen["seq"] == seq and len(seen["epoch"]) == 36
    stranger = app.test_client().get("/api/v1/session").json
    assert (stranger["epoch"], stranger["seq"]) == (seen["epoch"], None)


def test_tiles_are_kept_under_a_name_that_no_restore_gives_again(client, sealed, restore):
    add_team(client)
    sealed()
    layers = client.get("/api/v1/layers").json
    epoch = layers["epoch"]
    assert epoch == client.get("/api/v1/session").json["epoch"]
    (team,) = [layer for layer in layers["layers"] if layer["name"] == "team"]
    address = client.get("/api/v1/layers/team").json["tiles"]
    assert address == team["tiles"]
    assert address == f"/tiles/team/{epoch[:8]}-{team['revision']}/{{z}}/{{x}}/{{y}}.mvt"
    assert client.get("/tiles/team.json").json["tiles"] == ["http://localhost" + address]
    (ground,) = client.get("/tiles/basemap.json").json["tiles"]
    assert ground == "http://localhost" + layers["basemap"]["tiles"]
    tile = address.format(z=0, x=0, y=0)
    assert "immutable" in client.get(tile).headers["Cache-Control"]
    number = f"/tiles/team/{team['revision']}/0/0/0.mvt"
    assert client.get(number).headers["Cache-Control"] == "no-store"
    restore()
    assert client.get(tile).headers["Cache-Control"] == "no-store"
    assert client.get("/api/v1/layers/team").json["tiles"] != address


@pytest.mark.parametrize("revision", ["x", "-1", "12345678-", "1234567-1", "1-1-1", "9" * 19])
def test_a_revision_that_is_none_is_refused(client, revision):
    assert client.get(f"/tiles/team/{revision}/0/0/0.mvt").status_code == 400


def _first(client, address):
    answer = client.get(address, buffered=False)
    assert answer.status_code == 200, answer.text
    try:
        return next(islice(answer.iter_encoded(), 1)).decode()
    finally:
        answer.close()


def test_an_id_of_another_life_resets_the_stream(client, hub, sealed, restore):
    add_team(client)
    seq = sealed()
    epoch = client.get("/api/v1/session").json["epoch"]
    place = f"/api/v1/events?last_event_id={seq}&epoch="
    beat = _first(client, place + epoch)
    assert "\nevent: heartbeat" in beat and epoch in beat
    restore()
    told = _first(client, place + epoch)
    now = client.get("/api/v1/session").json["epoch"]
    assert told.startswith("event: reset") and now in told and now != epoch
    assert "\nevent: heartbeat" in _first(client, place + now)

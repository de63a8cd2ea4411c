"""Tiles of several processes: made once, answered without a question, new when they changed."""

import mapbox_vector_tile
import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from gis_server.site import disable, revoke
from gis_server.state import state_of
from tests.gis_server.test_tiles import add_team
from tests.gis_server.tiling.conftest import statements, until

HERE, AWAY = "8/213/105", "8/10/10"


@pytest.fixture
def two(worker, visitor):
    """Give two processes and the same commander at both."""
    first, second = worker(), worker()
    one = visitor(first, ("commander", ""), name="boss")
    other = second.test_client()
    other.set_cookie("onemap_session", one.get_cookie("onemap_session").value)
    return (first, one), (second, other)


def names(answer):
    if answer.status_code == 204:
        return set()
    assert answer.status_code == 200, answer.text
    layers = mapbox_vector_tile.decode(answer.data).values()
    return {f["properties"].get("name") for layer in layers for f in layer["features"]}


def address(client, layers="team"):
    """Return the address of a tile of these layers at their present revision."""
    told = client.get("/api/v1/layers").json
    revision = max(one["revision"] for one in told["layers"] if one["name"] in layers.split(","))
    return f"/tiles/{layers}/{told['epoch'][:8]}-{revision}/{{}}.mvt"


def test_a_warm_tile_is_answered_without_a_question_to_the_database(two, settled):
    (first, one), (second, other) = two
    add_team(one)
    settled(first, second)
    place = address(one).format(HERE)
    made = one.get(place)
    other.get(place)
    for app, client in two:
        with statements(app) as said:
            answer = client.get(place)
        assert not said
        assert answer.data == made.data and "immutable" in answer.headers["Cache-Control"]


def test_what_one_process_has_made_the_other_does_not_make_again(two, settled):
    (first, one), (second, other) = two
    add_team(one)
    settled(first, second)
    place = address(one).format(HERE)
    other.get(address(one).format(AWAY))  # recognised
    one.get(place)
    with statements(second) as said:
        assert names(other.get(place)) == {"一站"}
    assert not said


def test_a_change_makes_the_tiles_new_that_it_touches_and_no_other(two, settled):
    (first, one), (second, _) = two
    made = add_team(one)
    settled(first, second)
    place = address(one)
    for _, client in two:
        client.get(place.format(HERE)), client.get(place.format(AWAY))
    one.patch(
        f"/api/v1/layers/team/features/{made['id']}",
        json={"properties": {"name": "二站"}}, headers={"If-Match": '"1"'},
    )  # fmt: skip
    seq = settled(first, second)
    for app, client in two:
        assert names(client.get(place.format(HERE))) == {"二站"}
        assert client.get(place.format(HERE)).headers["Cache-Control"] == "no-store"
        with statements(app) as said:
            answer = client.get(place.format(AWAY))
        assert not said and "immutable" in answer.headers["Cache-Control"]
    label = place.rpartition("-")[0]
    raised = one.get(f"{label}-{seq}/{HERE}.mvt")
    assert "immutable" in raised.headers["Cache-Control"]


def test_a_row_that_moves_away_is_gone_from_where_it_was(two, settled):
    (_, one), (second, other) = two
    made = add_team(one)
    settled(second)
    place = address(one).format(HERE)
    assert names(other.get(place)) == {"一站"}
    one.patch(
        f"/api/v1/layers/team/features/{made['id']}",
        json={"geometry": {"type": "Point", "coordinates": [0, 0]}}, headers={"If-Match": '"1"'},
    )  # fmt: skip
    settled(second)
    assert names(other.get(place)) == set()


def test_who_has_changed_something_never_gets_the_tile_from_before(two, settled, monkeypatch):
    (_, one), (second, other) = two
    add_team(one)
    settled(second)
    place = address(one)
    other.get(place.format(HERE))
    watch = state_of(second).supply.watch
    monkeypatch.setattr(watch, "_catch_up", lambda connection: None)  # as if it were slow
    other.post(
        "/api/v1/layers/team/features",
        json={"geometry": {"type": "Point", "coordinates": [120.001, 30]},
              "properties": {"name": "三站", "kind": "fire"}},
    )  # fmt: skip
    seq = settled()
    assert watch.touched.seq < seq
    told = other.get(f"{place.rpartition('-')[0]}-{seq}/{HERE}.mvt")
    assert names(told) == {"一站", "三站"}
    assert "immutable" in told.headers["Cache-Control"]


def test_a_load_makes_every_tile_of_its_layer_new(two, settled, database):
    import uuid

    from layers.database import set_bulk

    (_, one), (second, other) = two
    add_team(one)
    settled(second)
    place = address(one)
    other.get(place.format(HERE)), other.get(place.format(AWAY))
    with Session(database) as session, session.begin():
        set_bulk(session, uuid.uuid4())
        session.execute(text("UPDATE team SET name = '四站'"))
    settled(second)
    assert names(other.get(place.format(HERE))) == {"四站"}
    assert other.get(place.format(AWAY)).headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("how", ["sign out", "disable", "revoke"])
def test_who_is_shut_out_at_one_process_is_out_at_the_other_within_a_second(
    two, sealed, database, how
):
    (_, one), (second, other) = two
    place = address(one).format(HERE)
    assert other.get(place).status_code == 204
    with statements(second) as said:
        assert other.get(place).status_code == 204
    assert not said
    if how == "sign out":
        one.delete("/api/v1/session")
    with Session(database) as session, session.begin():
        if how == "disable":
            disable(session, "boss", disabled=True)
        if how == "revoke":
            revoke(session, name="boss", role="commander", region="")
    until(lambda: other.get(place).status_code in (401, 403), within_s=1.0)

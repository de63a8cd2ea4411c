"""What guards the plots of an incident: who may, where, how many and how large."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from layers.plots import conflicts, writing
from tests.gis_server.test_plots import BLUE, HERE, Room, li, mark, new, put, room, wang

__all__ = ["li", "mark", "room", "wang"]

READ = (".geojson", ".kml", ".gpkg", "", "?at=0", "?after=0", "/removed", "/{mark}/versions")


@pytest.fixture
def in_wuhan(database: Engine, mark: str) -> str:
    """Put the incident in a region; return the id of its plot."""
    with Session(database) as session, session.begin():
        session.execute(text("UPDATE incident SET region = '420100'"))
    return mark


def _write(client: FlaskClient, room: Room, mark: str) -> list[int]:
    file = {"file": (io.BytesIO(b'{"type":"FeatureCollection","features":[]}'), "x.geojson")}
    answers = (
        room.send(client, put(mark, 1, label="B")),
        client.post(f"{room.url}/situation", json={}),
        client.post(f"{room.url}/import", data=file, content_type="multipart/form-data"),
    )
    return [answer.status_code for answer in answers]


def test_who_is_of_another_region_neither_reads_nor_draws(
    room: Room, in_wuhan: str, sign_in: Callable[..., FlaskClient]
) -> None:
    own = sign_in(("commander", "420000"), name="own")
    before = room.drawn(own)[in_wuhan]
    stranger = sign_in(("commander", "330000"), name="stranger")
    for rest in READ:
        answer = stranger.get(room.url + rest.format(mark=in_wuhan))
        assert answer.status_code == 404, rest
    assert _write(stranger, room, in_wuhan) == [404, 404, 404]
    assert room.drawn(own)[in_wuhan] == before


def test_who_only_looks_on_draws_nothing_and_takes_nothing_out(
    room: Room, in_wuhan: str, sign_in: Callable[..., FlaskClient]
) -> None:
    viewer = sign_in(("viewer", "420000"), name="viewer")
    assert _write(viewer, room, in_wuhan) == [403, 403, 403]
    told = {rest: viewer.get(room.url + rest.format(mark=in_wuhan)).status_code for rest in READ}
    assert told == {rest: 403 if rest.startswith(".") else 200 for rest in READ}


def test_nobody_who_is_not_signed_in_sees_a_plot(room: Room, mark: str, app: Any) -> None:
    nobody = app.test_client()
    for rest in READ:
        assert nobody.get(room.url + rest.format(mark=mark)).status_code == 401, rest
    assert _write(nobody, room, mark) == [401, 401, 401]


def test_a_batch_holds_at_most_two_hundred_operations(
    room: Room, wang: FlaskClient, mark: str
) -> None:
    refused = room.send(wang, *(put(mark, 1, label=str(n)) for n in range(201)))
    assert (refused.status_code, refused.json["error"]["code"]) == (422, "invalid_fields")
    twice = put(mark, 1, label="B")
    assert room.send(wang, twice, twice).status_code == 422
    assert room.drawn(wang)[mark]["version"] == 1


@pytest.mark.parametrize(("limit", "value"), [("LISTED_MAX", 2), ("BYTES_MAX", 10)])
def test_an_incident_holds_only_what_its_screens_can_carry(
    room: Room, wang: FlaskClient, mark: str, monkeypatch: pytest.MonkeyPatch, limit: str,
    value: int,
) -> None:  # fmt: skip
    room.do(wang, put(new(), kind="point", control=[list(HERE)]))
    monkeypatch.setattr(writing, limit, value)
    refused = room.send(wang, put(new(), kind="point", control=[list(HERE)]))
    assert (refused.status_code, refused.json["error"]["code"]) == (413, "plots_full")
    room.do(wang, put(mark, 1, label="an edit needs no room"))


@pytest.mark.parametrize(("limit", "value"), [("OPEN_MAX", 1), ("BYTES_MAX", 1)])
def test_edits_that_wait_for_a_decision_are_bounded(
    room: Room, wang: FlaskClient, li: FlaskClient, mark: str, monkeypatch: pytest.MonkeyPatch,
    limit: str, value: int,
) -> None:  # fmt: skip
    room.do(wang, put(mark, 1, label="wang's", colour=BLUE))
    room.do(li, put(mark, 1, label="li's"))
    monkeypatch.setattr(conflicts, limit, value)
    refused = room.send(li, put(mark, 1, colour="#00ff00"))
    assert (refused.status_code, refused.json["error"]["code"]) == (413, "plot_conflicts_full")


def test_a_roadblock_is_of_those_who_may_close_roads_there(
    room: Room, in_wuhan: str, sign_in: Callable[..., FlaskClient], monkeypatch: pytest.MonkeyPatch
) -> None:
    from gis_server import roles

    rights = roles.OPENED["duty"] - {"roads.close"}
    monkeypatch.setitem(roles.OPENED, "duty", rights)
    officer = sign_in(("duty", "420000"), name="officer")
    line = [list(HERE), [HERE[0] + 0.001, HERE[1]]]
    refused = room.send(officer, put(new(), kind="roadblock", control=line))
    assert (refused.status_code, refused.json["error"]["code"]) == (403, "forbidden")
    assert set(room.drawn(officer)) == {in_wuhan}


def test_a_roadblock_is_no_scribble_that_every_search_would_look_at(
    room: Room, wang: FlaskClient
) -> None:
    wide = [[HERE[0] + 0.000_01 * n, HERE[1] + 0.001 * (n % 2)] for n in range(2_001)]
    shape = {"type": "LineString", "coordinates": wide}
    refused = room.send(wang, put(new(), kind="roadblock", geometry=shape))
    assert (refused.status_code, refused.json["error"]["code"]) == (422, "plot_vertices")
    assert refused.json["error"]["details"]["wanted"] == 2_000

"""Plots over HTTP: drawn together, merged by field, each operation once, nothing lost."""

from __future__ import annotations

import json
import threading
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

HERE = (114.3, 30.6)
RED, BLUE = "#ff0000", "#0000ff"


def put(plot: str, base: int | None = None, **fields: Any) -> dict[str, Any]:
    return {"op_id": str(uuid.uuid4()), "op": "put", "plot": plot, "base": base, "set": fields}


def op(name: str, plot: str, **rest: Any) -> dict[str, Any]:
    return {"op_id": str(uuid.uuid4()), "op": name, "plot": plot, **rest}


def new() -> str:
    return str(uuid.uuid4())


class Room:
    """An incident in which some officers draw."""

    def __init__(self, id: str) -> None:
        self.url = f"/api/v1/incidents/{id}/plots"

    def send(self, client: FlaskClient, *ops: dict[str, Any], tab: str | None = None) -> Any:
        body: dict[str, Any] = {"ops": list(ops)}
        return client.post(self.url, json=body if tab is None else {**body, "client": tab})

    def do(self, client: FlaskClient, *ops: dict[str, Any], tab: str | None = None) -> Any:
        answer = self.send(client, *ops, tab=tab)
        assert answer.status_code == 200, answer.json
        return answer.json["results"]

    def drawn(self, client: FlaskClient) -> dict[str, dict[str, Any]]:
        return {plot["id"]: plot for plot in client.get(self.url).json["plots"]}


@pytest.fixture
def room(client: FlaskClient) -> Room:
    answer = client.post(
        "/api/v1/incidents", json={"lon": HERE[0], "lat": HERE[1], "kind": "other"}
    )
    assert answer.status_code == 201, answer.json
    return Room(answer.json["id"])


@pytest.fixture
def wang(sign_in: Callable[..., FlaskClient]) -> FlaskClient:
    return sign_in(("duty", ""), name="wang")


@pytest.fixture
def li(sign_in: Callable[..., FlaskClient]) -> FlaskClient:
    return sign_in(("duty", ""), name="li")


@pytest.fixture
def mark(room: Room, wang: FlaskClient) -> str:
    """Give a point that wang has drawn; it is at version 1."""
    plot = new()
    (done,) = room.do(wang, put(plot, kind="point", control=[list(HERE)], label="A", colour=RED))
    assert (done["outcome"], done["version"]) == ("applied", 1)
    return plot


def test_a_plot_is_stored_as_drawn_and_told_to_everybody(
    room: Room, li: FlaskClient, mark: str
) -> None:
    plot = room.drawn(li)[mark]
    assert plot["geometry"] == {"type": "Point", "coordinates": list(HERE)}
    assert plot["control"] == [list(HERE)]
    assert plot["properties"] == {"label": "A", "colour": RED}
    assert (plot["created_by"], plot["version"], plot["conflict"]) == ("wang", 1, [])


def test_an_operation_sent_twice_is_done_once(room: Room, wang: FlaskClient, mark: str) -> None:
    asked = put(mark, 1, label="B")
    (first,) = room.do(wang, asked)
    (again,) = room.do(wang, asked)
    assert (first["repeated"], again["repeated"]) == (False, True)
    assert again["version"] == first["version"] == 2
    assert room.drawn(wang)[mark]["version"] == 2


def test_an_operation_id_is_not_used_for_something_else(
    room: Room, wang: FlaskClient, mark: str
) -> None:
    asked = put(mark, 1, label="B")
    room.do(wang, asked)
    refused = room.send(wang, {**asked, "set": {"label": "C"}})
    assert (refused.status_code, refused.json["error"]["code"]) == (409, "op_reused")
    body = {"lon": HERE[0], "lat": HERE[1], "kind": "other"}
    elsewhere = Room(wang.post("/api/v1/incidents", json=body).json["id"])
    refused = elsewhere.send(wang, asked)
    assert (refused.status_code, refused.json["error"]["code"]) == (409, "op_reused")


def test_edits_of_different_fields_merge(
    room: Room, wang: FlaskClient, li: FlaskClient, mark: str
) -> None:
    room.do(wang, put(mark, 1, label="B"))
    (done,) = room.do(li, put(mark, 1, colour=BLUE))
    assert (done["outcome"], done["version"]) == ("merged", 3)
    assert room.drawn(li)[mark]["properties"] == {"label": "B", "colour": BLUE}


def test_edits_of_the_same_field_keep_both(
    room: Room, wang: FlaskClient, li: FlaskClient, mark: str
) -> None:
    room.do(wang, put(mark, 1, label="wang's"))
    (done,) = room.do(li, put(mark, 1, label="li's", colour=BLUE))
    assert (done["outcome"], done["fields"]) == ("conflict", ["label"])
    for reader in (wang, li):
        plot = room.drawn(reader)[mark]
        assert plot["properties"] == {"label": "wang's", "colour": BLUE}
        (conflict,) = plot["conflict"]
        assert (conflict["mine"], conflict["theirs"]) == ("li's", "wang's")
        assert (conflict["by"], conflict["theirs_by"]) == ("li", "wang")


def test_two_who_want_the_same_are_no_conflict(
    room: Room, wang: FlaskClient, li: FlaskClient, mark: str
) -> None:
    room.do(wang, put(mark, 1, label="same"))
    (done,) = room.do(li, put(mark, 1, label="same"))
    assert (done["outcome"], done["version"]) == ("unchanged", 2)


def test_ones_own_edits_in_a_row_need_not_wait_for_answers(
    room: Room, wang: FlaskClient, mark: str
) -> None:
    for label in "BCD":
        (done,) = room.do(wang, put(mark, 1, label=label))
        assert done["outcome"] == "applied"
    assert room.drawn(wang)[mark]["properties"]["label"] == "D"


def test_two_tabs_of_one_person_are_two_editors(room: Room, wang: FlaskClient, mark: str) -> None:
    room.do(wang, put(mark, 1, label="B"), tab=new())
    (done,) = room.do(wang, put(mark, 1, label="C"), tab=new())
    assert done["outcome"] == "conflict"


@pytest.mark.parametrize(("take", "label"), [("mine", "li's"), ("theirs", "wang's")])
def test_a_conflict_is_decided_once(
    room: Room, wang: FlaskClient, li: FlaskClient, mark: str, take: str, label: str
) -> None:
    room.do(wang, put(mark, 1, label="wang's"))
    room.do(li, put(mark, 1, label="li's"))
    (conflict,) = room.drawn(wang)[mark]["conflict"]
    decide = {"conflict": conflict["id"], "take": take}
    assert room.do(wang, op("resolve", mark, **decide))[0]["outcome"] == "applied"
    assert room.do(li, op("resolve", mark, **decide))[0]["outcome"] == "unchanged"
    plot = room.drawn(wang)[mark]
    assert (plot["properties"]["label"], plot["conflict"]) == (label, [])


def test_a_removal_yields_to_an_edit_it_did_not_see(
    room: Room, wang: FlaskClient, li: FlaskClient, mark: str
) -> None:
    room.do(li, put(mark, 1, label="B"))
    (done,) = room.do(wang, op("delete", mark, base=1))
    assert (done["outcome"], done["fields"]) == ("conflict", ["deleted"])
    (conflict,) = room.drawn(li)[mark]["conflict"]
    assert (conflict["mine"], conflict["by"], conflict["theirs_by"]) == (True, "wang", "li")
    room.do(li, op("resolve", mark, conflict=conflict["id"], take="mine"))
    assert mark not in room.drawn(li)


def test_an_edit_of_what_was_removed_is_kept_and_can_come_back(
    room: Room, wang: FlaskClient, li: FlaskClient, mark: str
) -> None:
    room.do(wang, op("delete", mark, base=1))
    (done,) = room.do(li, put(mark, 1, label="li's"))
    assert (done["outcome"], done["version"]) == ("conflict", None)
    answer = li.get(room.url).json
    assert answer["plots"] == []
    (conflict,) = answer["conflicts"]
    assert conflict["mine"] == {"set": {"label": "li's"}}
    assert (conflict["by"], conflict["theirs_by"]) == ("li", "wang")
    room.do(wang, op("resolve", mark, conflict=conflict["id"], take="mine"))
    plot = room.drawn(li)[mark]
    assert plot["properties"] == {"label": "li's", "colour": RED}
    assert (plot["version"], plot["created_by"]) == (2, "wang")


def test_undo_takes_back_only_ones_own(
    room: Room, wang: FlaskClient, li: FlaskClient, mark: str
) -> None:
    step = put(mark, 1, label="B")
    room.do(wang, step)
    back = {**put(mark, 2, label="A"), "undoes": step["op_id"]}
    refused = room.send(li, back)
    assert (refused.status_code, refused.json["error"]["code"]) == (403, "undo_of_another")
    assert room.do(wang, {**back, "op_id": new()})[0]["outcome"] == "applied"
    unknown = room.send(wang, {**put(mark, 3, label="A"), "undoes": new()})
    assert (unknown.status_code, unknown.json["error"]["code"]) == (404, "no_plot_op")


def test_what_somebody_took_off_is_listed_until_it_is_brought_back(
    room: Room, wang: FlaskClient, li: FlaskClient, mark: str
) -> None:
    other = new()
    room.do(wang, put(other, kind="point", control=[list(HERE)], label="other"))
    room.do(li, op("delete", mark, base=1))
    room.do(wang, op("delete", other, base=1))

    def gone(**query: int) -> list[tuple[str, str]]:
        told = wang.get(f"{room.url}/removed", query_string=query).json
        assert told["more"] == ("limit" in query)
        return [(each["by"], each["plot"]["properties"]["label"]) for each in told["removed"]]

    assert gone() == [("wang", "other"), ("li", "A")]
    assert gone(limit=1) == [("wang", "other")]
    room.do(wang, op("restore", mark))
    assert gone() == [("wang", "other")]
    assert room.drawn(li)[mark]["properties"]["label"] == "A"
    room.do(li, op("delete", mark, base=room.drawn(li)[mark]["version"]))
    assert gone() == [("li", "A"), ("wang", "other")]


def test_a_step_and_its_undo_may_come_together(room: Room, wang: FlaskClient, mark: str) -> None:
    step = put(mark, 1, label="B")
    done = room.do(wang, step, {**put(mark, 1, label="A"), "undoes": step["op_id"]})
    assert [each["outcome"] for each in done] == ["applied", "applied"]
    assert room.drawn(wang)[mark]["properties"]["label"] == "A"


def test_two_tabs_of_one_person_are_two_who_draw(room: Room, wang: FlaskClient, mark: str) -> None:
    one, other = new(), new()
    step = put(mark, 1, label="one")
    room.do(wang, step, tab=one)
    room.do(wang, put(mark, 2, colour=BLUE), tab=other)
    back = {**op("delete", mark, base=2), "undoes": step["op_id"]}
    assert room.do(wang, back, tab=one)[0]["outcome"] == "conflict"
    assert room.drawn(wang)[mark]["properties"] == {"label": "one", "colour": BLUE}


def test_the_tab_of_another_persons_browser_is_not_ones_own(
    room: Room, wang: FlaskClient, li: FlaskClient, mark: str
) -> None:
    tab = new()
    room.do(wang, put(mark, 1, label="wang's"), tab=tab)
    assert room.do(li, put(mark, 1, label="li's"), tab=tab)[0]["outcome"] == "conflict"
    assert room.drawn(li)[mark]["properties"]["label"] == "wang's"


def test_a_locked_plot_is_its_lockers_until_somebody_unlocks_it(
    room: Room, wang: FlaskClient, li: FlaskClient, mark: str
) -> None:
    room.do(wang, put(mark, 1, locked=True))
    for refused in (
        room.send(li, put(mark, 2, label="B")),
        room.send(li, op("delete", mark, base=2)),
        room.send(li, put(mark, 2, locked=False, label="B")),
    ):
        assert (refused.status_code, refused.json["error"]["code"]) == (409, "plot_locked")
    room.do(wang, put(mark, 2, label="W"))
    room.do(li, put(mark, 3, locked=False))
    assert room.do(li, put(mark, 4, label="B"))[0]["outcome"] == "applied"


def test_a_batch_is_done_whole_or_not_at_all(room: Room, wang: FlaskClient, mark: str) -> None:
    bad = put(new(), kind="circle", control=[list(HERE)])
    refused = room.send(wang, put(mark, 1, label="B"), bad)
    assert refused.status_code == 422
    assert refused.json["error"]["details"]["op"] == bad["op_id"]
    assert refused.json["error"]["details"]["field"] == "radius_m"
    assert room.drawn(wang)[mark]["version"] == 1


def test_a_removed_plot_comes_back_with_its_versions(
    room: Room, wang: FlaskClient, mark: str
) -> None:
    room.do(wang, put(mark, 1, label="B"))
    room.do(wang, put(mark, 2, label=None))
    room.do(wang, op("delete", mark, base=3))
    listed = wang.get(f"{room.url}/{mark}/versions").json
    told = [(each["op"], each["version"]) for each in listed["versions"]]
    assert told == [("delete", 3), ("update", 3), ("update", 2), ("insert", 1)]
    (done,) = room.do(wang, op("restore", mark, version=1))
    assert done["version"] == 4
    assert done["current"]["properties"] == {"label": "A", "colour": RED}
    room.do(wang, op("restore", mark, version=2))
    assert room.drawn(wang)[mark]["properties"]["label"] == "B"
    page = wang.get(f"{room.url}/{mark}/versions?limit=2&before=3").json
    assert [each["version"] for each in page["versions"]] == [2, 1]


def test_bringing_a_version_back_takes_off_what_it_had_not(
    room: Room, wang: FlaskClient, mark: str
) -> None:
    room.do(wang, put(mark, 1, note="new", order=7))
    room.do(wang, op("restore", mark, version=1))
    plot = room.drawn(wang)[mark]
    assert "note" not in plot["properties"]
    assert plot["order"] == 0


def test_what_changed_since_a_seq_is_told_and_nothing_else(
    room: Room, wang: FlaskClient, mark: str, sealed: Callable[[], int]
) -> None:
    other = new()
    room.do(wang, put(other, kind="text", control=[list(HERE)], text="x"))
    sealed()
    seq = wang.get(room.url).json["seq"]
    assert wang.get(f"{room.url}?after={seq}").json["plots"] == []
    room.do(wang, put(mark, 1, label="B"), op("delete", other, base=1))
    sealed()
    told = wang.get(f"{room.url}?after={seq}").json
    assert [(plot["id"], plot["version"]) for plot in told["plots"]] == [(mark, 2)]
    assert told["deleted"] == [other]
    assert told["seq"] > seq
    then = wang.get(f"{room.url}?at={seq}").json["plots"]
    assert {plot["id"]: plot["version"] for plot in then} == {mark: 1, other: 1}


def test_of_conflicts_too_only_what_changed_is_told(
    room: Room, wang: FlaskClient, li: FlaskClient, mark: str, sealed: Callable[[], int]
) -> None:
    def told() -> tuple[set[str], set[str]]:
        nonlocal seq
        sealed()
        found = wang.get(f"{room.url}?after={seq}").json
        seq = found["seq"]
        return {one["id"] for one in found["conflicts"]}, set(found["settled"])

    seq = 0
    room.do(wang, put(mark, 1, label="wang's", colour=BLUE))
    room.do(li, put(mark, 1, label="li's"))
    first, _ = told()
    assert len(first) == 1
    room.do(li, put(mark, 1, colour="#00ff00"))
    second, settled = told()
    assert (len(second), second & first, settled) == (1, set(), set())
    room.do(wang, op("resolve", mark, conflict=first.copy().pop(), take="mine"))
    assert told() == (set(), first)


def test_a_change_is_told_to_screens_with_its_incident(
    room: Room, wang: FlaskClient, mark: str, database: Engine, sealed: Callable[[], int]
) -> None:
    from gis_server.changes import changes_after

    sealed()
    with Session(database) as session:
        (told,) = [each for each in changes_after(session, 0) if each.layer == "plot"]
    assert (told.feature, told.op, told.actor) == (mark, "insert", "wang")
    assert told.incident is not None
    assert told.incident in room.url
    assert told.after == [*HERE, *HERE]


def test_a_closed_incident_takes_nothing_new_but_answers_what_was_done(
    room: Room, wang: FlaskClient, mark: str, database: Engine
) -> None:
    step = put(mark, 1, label="B")
    room.do(wang, step)
    with Session(database) as session, session.begin():
        session.execute(text("UPDATE incident SET status = 'closed'"))
    refused = room.send(wang, put(mark, 2, label="C"))
    assert (refused.status_code, refused.json["error"]["code"]) == (409, "plot_incident_closed")
    assert room.do(wang, step)[0]["repeated"]


def test_who_may_not_draw_there_is_refused(
    room: Room, mark: str, sign_in: Callable[..., FlaskClient], database: Engine
) -> None:
    with Session(database) as session, session.begin():
        session.execute(text("UPDATE incident SET region = '420100'"))
    stranger = sign_in(("duty", "330000"), name="stranger")
    assert room.send(stranger, put(mark, 1, label="B")).status_code == 404
    assert stranger.get(room.url).status_code == 404
    viewer = sign_in(("viewer", "420000"), name="viewer")
    assert room.send(viewer, put(mark, 1, label="B")).status_code == 403
    assert viewer.get(room.url).status_code == 200


def test_a_plot_of_another_incident_is_out_of_reach(
    room: Room, client: FlaskClient, wang: FlaskClient, mark: str
) -> None:
    made = client.post("/api/v1/incidents", json={"lon": 1, "lat": 2, "kind": "other"}).json
    other = Room(made["id"])
    for asked in (put(mark, 1, label="B"), op("delete", mark, base=1), op("restore", mark)):
        refused = other.send(wang, asked)
        assert (refused.status_code, refused.json["error"]["code"]) == (404, "no_plot")
    assert other.send(wang, put(mark, kind="point", control=[[1, 2]])).status_code == 409
    assert wang.get(f"{other.url}/{mark}/versions").status_code == 404


LINE = {"type": "LineString", "coordinates": [[114.3, 30.6], [114.31, 30.6]]}


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"kind": "point"}, "plot_needs"),
        ({"control": [[1, 2]]}, "plot_needs"),
        ({"kind": "star", "control": [[1, 2]]}, "invalid_fields"),
        ({"kind": "point", "control": [[1, 2]], "geometry": LINE}, "invalid_fields"),
        ({"kind": "point", "control": [[1, 2]], "colour": "red"}, "invalid_fields"),
        ({"kind": "point", "control": [[1, 2]], "colour": "#ff000"}, "invalid_fields"),
        ({"kind": "point", "control": [[1, 2]], "label": "x" * 201}, "invalid_fields"),
        ({"kind": "point", "control": [[1, 2]], "label": "a\u202eb"}, "invalid_fields"),
        ({"kind": "point", "control": [[1, 2]], "onclick": "x"}, "invalid_fields"),
        ({"kind": "point", "control": [[181, 2]]}, "plot_off_earth"),
        ({"kind": "point", "control": [[1, 2], [3, 4]]}, "plot_control"),
        ({"kind": "point", "control": [["1", 2]]}, "plot_position"),
        ({"kind": "point", "control": [[10**400, 2]]}, "plot_position"),
        ({"kind": "point", "geometry": LINE}, "plot_geometry"),
        ({"kind": "circle", "geometry": LINE}, "plot_geometry_computed"),
        ({"kind": "circle", "control": [[1, 2]], "radius_m": 0}, "invalid_fields"),
        ({"kind": "line", "control": [[179, 0], [-179, 0]]}, "plot_crosses_180"),
        ({"kind": "line", "control": [[1, 2], [1, 2]]}, "plot_flat"),
        ({"kind": "polygon", "control": [[0, 0], [1, 1], [1, 0], [0, 1]]}, "plot_self_crossing"),
        ({"kind": "line", "control": [[0.001 * n, 0] for n in range(10_001)]}, "plot_control"),
        (
            {"kind": "line", "geometry": {"type": "LineString",
             "coordinates": [[0.001 * n, 0] for n in range(10_001)]}},
            "plot_vertices",
        ),
        ({"kind": "line", "geometry": {"type": "GeometryCollection", "geometries": []}},
         "plot_geometry"),
        ({"kind": "arrow", "control": [[1, 1], [1, 1]]}, "plot_flat"),
    ],
)  # fmt: skip
def test_what_cannot_be_drawn_is_refused_with_its_reason(
    room: Room, wang: FlaskClient, fields: dict[str, Any], code: str
) -> None:
    refused = room.send(wang, put(new(), **fields))
    assert (refused.status_code, refused.json["error"]["code"]) == (422, code)
    assert refused.json["error"]["details"]["field"]
    assert room.drawn(wang) == {}


@pytest.mark.parametrize("number", ["NaN", "Infinity", "1e999"])
def test_a_number_that_is_none_never_arrives(room: Room, wang: FlaskClient, number: str) -> None:
    asked = put(new(), kind="point", control=[["here", 1]])
    body = json.dumps({"ops": [asked]}).replace('"here"', number)
    refused = wang.post(room.url, data=body, content_type="application/json")
    assert refused.status_code == 400


def test_ten_thousand_vertices_are_taken(room: Room, wang: FlaskClient) -> None:
    wide = [[114 + 0.00001 * n, 30 + 0.001 * (n % 2)] for n in range(10_000)]
    (done,) = room.do(
        wang, put(new(), kind="line", geometry={"type": "LineString", "coordinates": wide})
    )
    assert len(done["current"]["geometry"]["coordinates"]) == 10_000


def test_text_of_strangers_is_text(room: Room, wang: FlaskClient) -> None:
    label = "<script>alert('\"')</script> 😀"
    (done,) = room.do(wang, put(new(), kind="point", control=[[1, 2]], label=label, note=label))
    assert done["current"]["properties"]["label"] == label


def test_holes_stay_holes(room: Room, wang: FlaskClient) -> None:
    rings = [
        [[0, 0], [4, 0], [4, 4], [0, 4], [0, 0]], [[1, 1], [1, 2], [2, 2], [2, 1], [1, 1]]
    ]  # fmt: skip
    (done,) = room.do(
        wang, put(new(), kind="polygon", geometry={"type": "Polygon", "coordinates": rings})
    )
    assert done["current"]["geometry"]["coordinates"] == rings


def test_a_circle_is_drawn_anew_when_its_radius_changes(room: Room, wang: FlaskClient) -> None:
    plot = new()
    (first,) = room.do(wang, put(plot, kind="circle", control=[list(HERE)], radius_m=100))
    (then,) = room.do(wang, put(plot, 1, radius_m=200))
    areas = [each["current"]["measured"]["area_m2"] for each in (first, then)]
    assert areas[1] == pytest.approx(4 * areas[0], rel=1e-4)
    assert then["current"]["control"] == [list(HERE)]
    refused = room.send(wang, put(plot, 2, radius_m=None))
    assert refused.json["error"]["code"] == "plot_needs"


def test_many_who_draw_at_once_lose_nothing(
    room: Room, sign_in: Callable[..., FlaskClient], mark: str
) -> None:
    """Every edit of one label stands, or is kept as a conflict; none is lost, none is doubled."""
    officers = [sign_in(("duty", ""), name=f"officer{n}") for n in range(6)]
    outcomes: list[str] = []

    def work(n: int) -> None:
        for k in range(5):
            asked = put(mark, 1, label=f"{n}.{k}")
            for _ in range(2):  # the answer was lost once: sent again
                (done,) = room.do(officers[n], asked)
            outcomes.append(done["outcome"])

    threads = [threading.Thread(target=work, args=(n,)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    plot = room.drawn(officers[0])[mark]
    assert len(outcomes) == 30
    assert plot["version"] == 1 + outcomes.count("applied") + outcomes.count("merged")
    assert len(plot["conflict"]) == outcomes.count("conflict")


def test_a_batch_may_work_on_one_plot_again_and_again(room: Room, wang: FlaskClient) -> None:
    plot = new()
    done = room.do(
        wang,
        put(plot, kind="point", control=[list(HERE)]),
        put(plot, 1, label="A"),
        op("delete", plot, base=2),
        op("restore", plot, version=1),
        put(plot, 3, label="B"),
    )
    assert [each["version"] for each in done] == [1, 2, None, 3, 4]
    assert room.drawn(wang)[plot]["properties"] == {"label": "B"}
    refused = room.send(wang, put(plot, kind="point", control=[list(HERE)]))
    assert (refused.status_code, refused.json["error"]["code"]) == (409, "plot_exists")

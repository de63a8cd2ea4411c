"""The one-key plot: a plan is drawn once, brought up to date, and a person's work is kept."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from layers import plots
from tests.analysis.roads.street_grid import grid_streets, place, table
from tests.gis_server.road_site import put, use

RELEASE = {
    "kind": "toxic_release", "substance": "氯气", "release": {"rate_kg_s": 0.5},
    "weather": {"wind_speed_m_s": 3.0, "wind_from_deg": 225.0, "stability": "D"},
}  # fmt: skip


class Desk:
    def __init__(self, client: FlaskClient, incident: str) -> None:
        self.client, self.url = client, f"/api/v1/incidents/{incident}"

    def assess(self, **changes: Any) -> dict[str, Any]:
        answer = self.client.post(f"{self.url}/assessments", json=changes)
        assert answer.status_code == 201, answer.json
        return dict(answer.json)

    def press(self, **said: Any) -> dict[str, Any]:
        answer = self.client.post(f"{self.url}/plots/situation", json=said)
        assert answer.status_code == 200, answer.json
        return dict(answer.json)

    def by_part(self) -> dict[str, dict[str, Any]]:
        plots = self.client.get(f"{self.url}/plots").json["plots"]
        return {plot["from_plan"]["part"]: plot for plot in plots if plot["from_plan"]}

    def do(self, op: str, plot: dict[str, Any], **rest: Any) -> Any:
        asked = {"op_id": str(uuid.uuid4()), "op": op, "plot": plot["id"], **rest}
        answer = self.client.post(f"{self.url}/plots", json={"ops": [asked]})
        assert answer.status_code == 200, answer.json
        return answer.json["results"][0]


@pytest.fixture
def desk(client: FlaskClient, database: Any) -> Desk:
    use(database, table(*grid_streets(12)))
    put(database, "team", *place(0, 0), name="Team <1>", kind="fire", region="420100")
    lon, lat = place(6, 6)
    made = client.post("/api/v1/incidents", json={"lon": lon, "lat": lat, **RELEASE})
    assert made.status_code == 201, made.json
    return Desk(client, made.json["id"])


def test_without_a_plan_there_is_nothing_to_draw(desk: Desk) -> None:
    refused = desk.client.post(f"{desk.url}/plots/situation", json={})
    assert (refused.status_code, refused.json["error"]["code"]) == (404, "plot_no_plan")


def test_a_plan_is_drawn_once_however_often_it_is_pressed(desk: Desk) -> None:
    plan = desk.assess()
    first = desk.press()
    assert first["added"] > 3
    assert first["not_drawn"] == {}
    again = desk.press()
    assert (again["added"], again["updated"], again["removed"]) == (0, 0, 0)
    assert again["kept"] == first["added"]
    drawn = desk.by_part()
    assert len(drawn) == first["added"]
    zones = [zone["properties"] for zone in plan["zones"]["features"]]
    cordons = [plot["properties"] for name, plot in drawn.items() if name.startswith("zone.")]
    assert {cordon["cordon"] for cordon in cordons} <= {"hot", "warm", "cold"}
    hot = " ".join(cordon["note"] for cordon in cordons if cordon["cordon"] == "hot")
    for red in (zone for zone in zones if zone["level"] == "red"):
        assert red["threshold_source"] in hot
        assert str(round(red["distance_m"])) in hot
    assert {"wind", "legend"} <= set(drawn)
    assert "225" in drawn["wind"]["properties"]["label"]
    assert "Hot zone" in drawn["legend"]["properties"]["text"]
    assert any(name.startswith("way.") for name in drawn)


def test_a_new_plan_changes_what_nobody_touched_and_nothing_else(desk: Desk) -> None:
    desk.assess()
    desk.press()
    before = desk.by_part()
    mine = before["wind"]
    desk.do("put", mine, base=mine["version"], set={"label": "mine"})
    desk.do("delete", before["legend"], base=before["legend"]["version"])
    desk.assess(weather={**RELEASE["weather"], "wind_from_deg": 90.0})
    done = desk.press()
    assert done["left_out"] == [before["legend"]["id"]]
    after = desk.by_part()
    zones = [name for name in before if name.startswith("zone.")]
    turned = [name for name in zones if after[name]["geometry"] != before[name]["geometry"]]
    assert turned
    for name in turned:
        assert after[name]["id"] == before[name]["id"]
        assert after[name]["from_plan"]["assessment"] == done["assessment"]
    assert after["wind"]["properties"]["label"] == "mine"
    assert after["wind"]["control"] == mine["control"]
    assert after["wind"]["from_plan"]["touched"]
    assert "legend" not in after
    desk.do("restore", before["legend"])
    assert desk.press()["left_out"] == []


def test_what_a_person_drew_is_never_touched(desk: Desk) -> None:
    own = {"id": str(uuid.uuid4())}
    desk.do("put", own, set={"kind": "point", "control": [[114.0, 30.0]], "label": "own"})
    desk.assess()
    desk.press()
    plots = desk.client.get(f"{desk.url}/plots").json["plots"]
    kept = next(plot for plot in plots if plot["id"] == own["id"])
    assert (kept["version"], kept["from_plan"]) == (1, None)


def test_a_press_that_is_sent_twice_is_done_once_and_answered_alike(desk: Desk) -> None:
    desk.assess()
    id = str(uuid.uuid4())
    first, again = desk.press(id=id), desk.press(id=id)
    assert again == first
    assert sorted(first["drawn"]) == sorted(plot["id"] for plot in desk.by_part().values())
    other = desk.client.post("/api/v1/incidents", json={"lon": 114.3, "lat": 30.6, **RELEASE})
    elsewhere = Desk(desk.client, other.json["id"])
    elsewhere.assess()
    refused = desk.client.post(f"{elsewhere.url}/plots/situation", json={"id": id})
    assert (refused.status_code, refused.json["error"]["code"]) == (409, "op_reused")


def test_a_press_that_was_taken_back_can_be_pressed_again(desk: Desk) -> None:
    desk.assess()
    press = desk.press()
    for plot in desk.by_part().values():
        desk.do("delete", plot, base=plot["version"], undoes=press["id"])
    assert desk.by_part() == {}
    again = desk.press()
    assert again["left_out"] == []
    assert sorted(again["drawn"]) == sorted(press["drawn"])


def test_what_is_brought_back_of_a_press_is_the_plans_and_no_persons(desk: Desk) -> None:
    desk.assess()
    desk.press()
    before = desk.by_part()["wind"]
    desk.assess(weather={**RELEASE["weather"], "wind_from_deg": 90.0})
    press = desk.press()
    assert before["id"] in press["changed"]
    now = desk.by_part()["wind"]
    back = {"control": before["control"], "label": before["properties"]["label"]}
    desk.do("put", now, base=now["version"], set=back, undoes=press["id"])
    undone = desk.by_part()["wind"]
    assert (undone["control"], undone["from_plan"]["touched"]) == (before["control"], False)
    desk.press()
    assert desk.by_part()["wind"]["control"] == now["control"]


def test_what_a_person_took_off_stays_off_while_the_incident_is_open(
    desk: Desk, database: Engine
) -> None:
    desk.assess()
    desk.press()
    legend = desk.by_part()["legend"]
    desk.do("delete", legend, base=legend["version"])
    late = dt.datetime.now(dt.UTC) + dt.timedelta(days=400)
    with Session(database) as session, session.begin():
        assert plots.forget(session, late) == 0
    assert desk.press()["left_out"] == [legend["id"]]
    version = desk.client.get(desk.url).json["version"]
    closed = desk.client.patch(
        desk.url, json={"status": "closed"}, headers={"If-Match": f'"{version}"'}
    )
    assert closed.status_code == 200, closed.json
    with Session(database) as session, session.begin():
        assert plots.forget(session, dt.datetime.now(dt.UTC)) == 0
        assert plots.forget(session, late) > 0

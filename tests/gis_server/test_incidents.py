"""Incidents, their plans, calls and log; and what cannot be reported."""

import uuid

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from layers.models import Assessment, Call, Contact, Incident, Team

INCIDENTS = "/api/v1/incidents"
NIGHT = "2026-03-01T03:00:00+08:00"
PLACE = {"lon": 120.0, "lat": 30.0}


def report(client, **fields):
    answer = client.post(INCIDENTS, json={**PLACE, **fields})
    assert answer.status_code == 201, answer.json
    return answer.json


def test_a_place_and_a_substance_are_a_complete_report(client):
    answer = client.post(INCIDENTS, json={**PLACE, "substance": "chlorine", "occurred_at": NIGHT})
    assert answer.status_code == 201
    assert answer.headers["ETag"] == '"1"'
    incident = answer.json
    assert (incident["cas"], incident["kind"]) == ("7782-50-5", "toxic_release")
    assert incident["title"] == "Chlorine: toxic release"
    assert client.get(answer.headers["Location"]).json == incident
    assert client.get(INCIDENTS).json["incidents"] == [incident]


def test_chlorine_at_night_and_nothing_else_isolates_600_m_and_protects_8_km(client):
    """安监总厅管三〔2011〕142号: 600 m, 8.0 km at night, 3.5 km by day."""
    for hour, protection in (("03", 8000.0), ("12", 3500.0)):
        incident = report(client, substance="氯", occurred_at=f"2026-03-01T{hour}:00:00+08:00")
        answer = client.post(f"{INCIDENTS}/{incident['id']}/assessments", json={})
        assert answer.status_code == 201
        distances = {
            z["properties"]["distance_m"]
            for z in answer.json["zones"]["features"]
            if z["properties"]["basis"] == "table"
        }
        assert {600.0, protection} <= distances
        assert {a["tag"] for a in answer.json["assumed"]} <= {"measured", "reported", "assumed"}


def test_a_place_alone_is_a_report(client):
    assert report(client)["kind"] == "other"


def test_a_report_sent_twice_with_one_id_is_stored_once(client, database):
    id = str(uuid.uuid4())
    first = client.post(INCIDENTS, json={**PLACE, "id": id})
    second = client.post(INCIDENTS, json={**PLACE, "id": id})
    assert (first.status_code, second.status_code) == (201, 200)
    with Session(database) as session:
        assert session.scalar(select(func.count()).select_from(Incident)) == 1


def test_a_plan_is_stored_with_its_incident_and_answered_again(client):
    incident = report(client, substance="chlorine", occurred_at=NIGHT)
    base = f"{INCIDENTS}/{incident['id']}/assessments"
    made = client.post(base, json={"weather": {"wind_speed_m_s": 3.0, "wind_from_deg": 90.0}})
    assert client.get(made.headers["Location"]).json == made.json
    client.post(base, json={})
    assert len(client.get(base).json["assessments"]) == 2
    assert len(client.get(f"{base}?limit=1").json["assessments"]) == 1
    newest = client.get(base).json["assessments"][0]["id"]
    assert client.get(f"{INCIDENTS}/{incident['id']}").json["assessment"] == newest


def test_the_words_of_a_plan_are_in_the_readers_language(client):
    incident = report(client, substance="chlorine", occurred_at=NIGHT)
    base = f"{INCIDENTS}/{incident['id']}/assessments"
    client.post(base, json={})
    chinese = client.get(base, headers={"Accept-Language": "zh-CN"}).json["assessments"][0]
    english = client.get(base, headers={"Accept-Language": "en"}).json["assessments"][0]
    assert [a["code"] for a in chinese["advice"]] == [a["code"] for a in english["advice"]]
    assert not {a["text"] for a in chinese["advice"]} & {a["text"] for a in english["advice"]}
    assert client.get(f"{base}?lang=zh").json["assessments"][0] == chinese


def test_a_plan_that_fails_to_be_stored_leaves_no_half_of_itself(client, database, monkeypatch):
    incident = report(client, substance="chlorine")

    def broken(*args):
        raise RuntimeError("stop")

    monkeypatch.setattr("gis_server.assessing._extend_calls", broken)
    answer = client.post(f"{INCIDENTS}/{incident['id']}/assessments", json={})
    assert answer.status_code == 500
    assert "stop" not in answer.text
    with Session(database) as session:
        assert session.scalar(select(func.count()).select_from(Assessment)) == 0


@pytest.fixture
def team(database):
    with Session(database) as session, session.begin():
        team = Team(name="一站", kind="fire", geom="SRID=4326;POINT(120.3 30.0)")
        session.add(team)
        session.flush()
        session.add(
            Contact(layer="team", feature_id=team.id, name="李雷", post="队长", phone="0000001")
        )
        return str(team.id)


def test_the_call_sheet_keeps_results_when_the_plan_is_run_again(client, team, database):
    incident = report(client, substance="chlorine", occurred_at=NIGHT)
    base = f"{INCIDENTS}/{incident['id']}"
    client.post(f"{base}/assessments", json={})
    (line,) = [c for c in client.get(f"{base}/calls").json["calls"] if c["feature_id"] == team]
    assert (line["phone"], line["result"]) == ("0000001", "waiting")
    assert line["purpose"]["text"]
    noted = client.post(f"{base}/calls/{line['id']}", json={"result": "answered", "note": "来了"})
    assert noted.status_code == 200
    client.post(f"{base}/assessments", json={})
    (again,) = [c for c in client.get(f"{base}/calls").json["calls"] if c["feature_id"] == team]
    assert (again["result"], again["called_by"], again["note"]) == (
        "answered", "commander", "来了",
    )  # fmt: skip
    with Session(database) as session:
        assert session.scalar(select(func.count()).select_from(Call)) == 1


def test_a_viewer_sees_that_there_is_a_number_but_not_which(client, sign_in, team):
    incident = report(client, substance="chlorine", occurred_at=NIGHT)
    base = f"{INCIDENTS}/{incident['id']}"
    client.post(f"{base}/assessments", json={})
    viewer = sign_in(("viewer", ""))
    for path in ("calls", "assessments", "log"):
        answer = viewer.get(f"{base}/{path}")
        assert answer.status_code == 200
        assert "0000001" not in answer.text and "李雷" not in answer.text


def test_a_call_of_one_incident_is_not_reached_through_another(client):
    mine, other = report(client), report(client)
    call = client.post(f"{INCIDENTS}/{mine['id']}/calls", json={"purpose": "ask"}).json
    answer = client.post(
        f"{INCIDENTS}/{other['id']}/calls/{call['id']}", json={"result": "answered"}
    )
    assert answer.status_code == 404


def test_the_log_says_nothing_of_alerts_to_whom_people_are_not_shown(
    client, sign_in, database, sealed
):
    incident = report(client)["id"]
    address = f"{INCIDENTS}/{incident}"
    with database.begin() as connection:
        connection.execute(
            text(
                "WITH one AS (INSERT INTO tracker (device, kind, region)"
                " VALUES ('li', 'person', '330102') RETURNING id)"
                " INSERT INTO alert (kind, tracker_id, incident_id, region, opened_at, lon, lat)"
                " SELECT 'stopped', id, :incident, '330102', now(), 120.25, 30.5 FROM one"
            ),
            {"incident": incident},
        )
    sealed()
    for role in ("viewer", "field"):
        answer = sign_in((role, "")).get(f"{address}/log")
        assert "alert" not in {each["layer"] for each in answer.json["log"]}, role
        assert "120.25" not in answer.text
    told = client.get(f"{address}/log")
    assert "alert" in {each["layer"] for each in told.json["log"]}
    assert "120.25" not in told.text


def test_the_log_tells_who_changed_what_and_when(client, sealed):
    incident = report(client, substance="chlorine")
    address = f"{INCIDENTS}/{incident['id']}"
    client.patch(address, json={"status": "contained"}, headers={"If-Match": '"1"'})
    client.post(f"{address}/assessments", json={})
    sealed()
    log = client.get(f"{address}/log").json["log"]
    assert [(e["layer"], e["op"]) for e in log] == [
        ("incident", "insert"), ("incident", "update"), ("assessment", "insert"),
    ]  # fmt: skip
    assert log[1]["changes"] == {"status": ["open", "contained"]}
    assert {e["actor"] for e in log} == {"commander"}
    assert client.get(f"{address}/log?after={log[0]['seq']}").json["log"] == log[1:]


def test_two_people_who_change_one_incident_both_see_both_versions(client):
    incident = report(client)
    address = f"{INCIDENTS}/{incident['id']}"
    first = client.patch(address, json={"title": "first"}, headers={"If-Match": '"1"'})
    assert (first.status_code, first.headers["ETag"]) == (200, '"2"')
    second = client.patch(address, json={"title": "second"}, headers={"If-Match": '"1"'})
    assert second.status_code == 409
    details = second.json["error"]["details"]
    assert details["mine"] == {"title": "second"}
    assert details["theirs"]["title"] == "first"
    assert client.get(address).json["title"] == "first"


def test_a_case_that_is_not_stored_gets_zones_and_leaves_nothing(client, database, sealed):
    answer = client.post(
        "/api/v1/zones",
        json={**PLACE, "substance": "chlorine", "occurred_at": NIGHT,
              "weather": {"wind_speed_m_s": 3.0, "wind_from_deg": 180.0}},
    )  # fmt: skip
    assert answer.status_code == 200
    assert answer.json["zones"]["features"] and answer.json["distances"]
    assert sealed() == 0 or client.get(INCIDENTS).json["incidents"] == []
    with Session(database) as session:
        assert session.scalar(select(func.count()).select_from(Incident)) == 0


def test_an_incident_of_another_region_is_not_found(client, sign_in, database):
    incident = report(client)
    with Session(database) as session, session.begin():
        session.get(Incident, uuid.UUID(incident["id"])).region = "3302"
    county = sign_in(("duty", "3301"))
    assert county.get(INCIDENTS).json["incidents"] == []
    for path in ("", "/assessments", "/calls", "/log"):
        assert county.get(f"{INCIDENTS}/{incident['id']}{path}").status_code == 404


def test_what_a_county_reports_outside_every_district_stays_its_own(sign_in):
    county = sign_in(("duty", "3301"))
    incident = report(county)
    assert incident["region"] == "3301"
    assert county.get(f"{INCIDENTS}/{incident['id']}").status_code == 200


def test_a_station_nearby_gives_the_wind_that_nobody_reported(client):
    client.post(
        "/api/v1/layers/weather_station/features",
        json={"geometry": {"type": "Point", "coordinates": [120.01, 30.0]},
              "properties": {"name": "站", "own_code": "S1"}},
    )  # fmt: skip
    import datetime as dt

    now = dt.datetime.now(dt.UTC).isoformat()
    for quantity, value, unit in (("wind_speed", 4.0, "m/s"), ("wind_from", 90.0, "deg")):
        answer = client.post(
            "/api/v1/observations",
            json={"kind": "weather", "station": "S1", "at": now, "quantity": quantity,
                  "value": value, "unit": unit},
        )  # fmt: skip
        assert answer.status_code == 201, answer.json
    incident = report(client, substance="chlorine", release={"rate_kg_s": 1.0})
    plan = client.post(f"{INCIDENTS}/{incident['id']}/assessments", json={}).json
    wind = next(a for a in plan["assumed"] if a["field"] == "weather.wind_speed_m_s")
    assert (wind["value"], wind["tag"]) == (4.0, "measured")
    assert "站" in wind["source"]


@pytest.mark.parametrize(
    ("fields", "zh", "en"),
    [
        ({"substance": "7782-50-5"}, "氯泄漏", "Chlorine: toxic release"),
        ({"substance": "71-43-2", "kind": "pool_fire"}, "苯池火", "Benzene: pool fire"),
        ({"substance": "7782-50-5", "kind": "other"}, "氯突发事件", "Chlorine: incident"),
        ({"kind": "flash_fire"}, "闪火", "Flash fire"),
        (
            {"substance": "74-98-6", "kind": "fireball"},
            "丙烷沸腾液体扩展蒸气爆炸火球", "Propane: BLEVE fireball",
        ),
    ],
)  # fmt: skip
def test_a_title_made_of_substance_and_kind_reads_well_in_both_languages(client, fields, zh, en):
    for language, title in (("zh", zh), ("en", en)):
        made = client.post(
            INCIDENTS, json={**PLACE, **fields}, headers={"Accept-Language": language}
        )
        assert made.json["title"] == title


def test_a_substance_has_its_english_name_beside_it(client):
    assert report(client, substance="氯")["substance_en"] == "Chlorine"
    assert report(client, kind="flood")["substance_en"] is None

"""Readings and winds against the plan in force: what is proposed, once, and what comes of it."""

import datetime as dt
import json

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from gis_server import proposing
from gis_server.proposing import propose
from layers.locks import Lock
from layers.models import ProtectionTarget
from layers.response import proposals

INCIDENTS = "/api/v1/incidents"
LON, LAT = 120.0, 30.0
KM = 1 / 111.32  # of latitude, in degrees
GAS = {
    "substance": "chlorine",
    "release": {"rate_kg_s": 0.5, "duration_s": 1800},
    "weather": {"wind_speed_m_s": 3.0, "wind_from_deg": 180.0, "stability": "D"},
}


def now():
    return dt.datetime.now(dt.UTC)


def report(client, **fields):
    body = {
        "lon": LON,
        "lat": LAT,
        **GAS,
        "occurred_at": (now() - dt.timedelta(minutes=5)).isoformat(),
    }
    answer = client.post(INCIDENTS, json={**body, **fields})
    assert answer.status_code == 201, answer.json
    return f"{INCIDENTS}/{answer.json['id']}"


def planned(client, **fields):
    incident = report(client, **fields)
    answer = client.post(f"{incident}/assessments", json={})
    assert answer.status_code == 201, answer.json
    return incident, answer.json


def observe(client, value, *, lon=LON, lat=LAT, minutes_ago=0.0, **fields):
    body = {
        "kind": "reading", "quantity": "concentration", "unit": "ppm", "value": value,
        "lon": lon, "lat": lat, "at": (now() - dt.timedelta(minutes=minutes_ago)).isoformat(),
    }  # fmt: skip
    answer = client.post("/api/v1/observations", json={**body, **fields})
    assert answer.status_code == 201, answer.json
    return answer.json


def wind(client, from_deg, speed=4.0, **place):
    for quantity, value, unit in (("wind_speed", speed, "m/s"), ("wind_from", from_deg, "deg")):
        observe(client, value, kind="weather", quantity=quantity, unit=unit, **place)


def target(database, name, lon, lat, people=100):
    with Session(database) as session, session.begin():
        session.add(
            ProtectionTarget(
                name=name, kind="school", people_day=people, people_night=people,
                geom=f"SRID=4326;POINT({lon} {lat})",
            )
        )  # fmt: skip


def look(database, at=None):
    with Session(database) as session, session.begin():
        return propose(session, now=at or now())


def proposed(client, incident, state="open"):
    return client.get(f"{incident}/proposals?state={state}").json["proposals"]


def test_a_reading_outside_its_zone_proposes_a_run_and_names_who_is_exposed(client, database):
    incident, plan = planned(client)
    reach = max(
        z["properties"]["distance_m"] for z in plan["zones"]["features"]
        if z["properties"]["level"] == "red"
    )  # fmt: skip
    far = LAT + (reach / 1000 + 0.3) * KM
    target(database, "School 3", LON, far)
    observe(client, 25.0, lat=far)
    assert look(database) == 1
    (made,) = proposed(client, incident)
    assert (made["reason"], made["plan"]) == ("reading_outside", plan["id"])
    assert made["values"]["judged"]["threshold_name"].startswith("AEGL-3")
    assert [e["name"] for e in made["exposes"] if e["level"] == "red"] == ["School 3"]
    assert made["basis"]["code"].startswith("proposal.basis_")
    assert made["basis"]["text"] != made["basis"]["code"]
    assert "25" in made["title"]["text"]


def test_nothing_is_proposed_twice_for_the_same_cause(client, database):
    incident, _ = planned(client)
    for again in range(3):
        observe(client, 25.0 + again, lat=LAT - 1.0 * KM)
        observe(client, 25.0, lat=LAT - 1.0 * KM, lon=LON + 0.0005)
        look(database)
    assert len(proposed(client, incident)) == 1
    made = proposed(client, incident)[0]
    dismissed = client.post(
        f"{incident}/proposals/{made['id']}/dismiss", json={"reason": "a lorry's exhaust"}
    )
    assert (dismissed.json["state"], dismissed.json["closed_by"]) == ("dismissed", "commander")
    observe(client, 26.0, lat=LAT - 1.0 * KM)
    assert look(database) == 0


def test_a_worse_reading_at_the_same_place_is_another_cause(client, database):
    incident, _ = planned(client)
    observe(client, 0.9, lat=LAT - 1.5 * KM)
    assert look(database) == 1
    observe(client, 30.0, lat=LAT - 1.5 * KM)
    assert look(database) == 1
    assert {p["values"]["level"] for p in proposed(client, incident)} == {"yellow", "red"}


def test_a_reading_inside_its_zone_or_below_every_threshold_proposes_nothing(client, database):
    planned(client)
    observe(client, 25.0, lat=LAT + 0.05 * KM)
    observe(client, 0.01, lat=LAT - 3 * KM)
    assert look(database) == 0


def test_milligrams_are_compared_through_the_molar_mass(client, database):
    incident, _ = planned(client)
    observe(client, 72.5, unit="mg/m3", lat=LAT - 1.0 * KM)
    look(database)
    (made,) = proposed(client, incident)
    assert made["values"]["judged"]["value"] == pytest.approx(25.0, abs=0.1)
    assert made["values"]["level"] == "red"
    (feature,) = client.get(f"{incident}/readings").json["features"]
    assert feature["properties"]["judged"]["outside"] is True
    assert "24.46" in feature["properties"]["judged"]["formula"]["text"]


def test_a_clock_an_hour_wrong_is_refused_or_marked_and_never_moves_the_plan(client, database):
    incident, _ = planned(client, occurred_at=(now() - dt.timedelta(hours=3)).isoformat())
    ahead = {
        "kind": "reading", "quantity": "concentration", "unit": "ppm", "value": 50.0,
        "lon": LON, "lat": LAT - KM, "at": (now() + dt.timedelta(hours=1)).isoformat(),
    }  # fmt: skip
    assert client.post("/api/v1/observations", json=ahead).status_code == 422
    assert observe(client, 50.0, lat=LAT - KM, minutes_ago=60)["late"] is True
    wind(client, 0.0, minutes_ago=60)
    assert look(database) == 0
    (feature,) = client.get(f"{incident}/readings").json["features"]
    assert feature["properties"]["late"] is True
    # The same values while their hour lasts: only being late can have kept them out.
    assert look(database, now() - dt.timedelta(minutes=50)) == 0


def test_a_wind_that_turned_more_than_30_degrees_proposes_new_zones(client, database):
    incident, plan = planned(client)
    protected = max(
        z["properties"]["distance_m"] for z in plan["zones"]["features"]
        if z["properties"]["basis"] == "table"
    )  # fmt: skip
    # The square of the table is as wide as it is long: beside it now, in it when the wind turns.
    target(database, "Nursery", LON + 0.8 * protected / 1000 * KM / 0.866, LAT)
    wind(client, 205.0)
    assert look(database) == 0
    wind(client, 270.0)
    assert look(database) == 1
    (made,) = proposed(client, incident)
    assert made["reason"] == "wind_turned"
    assert made["inputs"] == {"weather": {"wind_from_deg": 270.0, "wind_speed_m_s": 4.0}}
    assert [e["name"] for e in made["exposes"]] == ["Nursery"]
    assert made["title"]["text"] == "Wind turned from 180° to 270°"
    assert client.get(f"{incident}/assessments").json["assessments"][0]["id"] == plan["id"]
    assert look(database) == 0


def test_a_wind_that_turns_back_takes_its_proposal_back(client, database):
    incident, _ = planned(client)
    wind(client, 270.0)
    look(database)
    wind(client, 190.0)
    assert look(database) == 0
    assert proposed(client, incident) == []
    assert len(proposed(client, incident, "superseded")) == 1


def test_calm_air_and_an_old_wind_turn_nothing(client, database):
    planned(client)
    wind(client, 270.0, speed=0.4)
    assert look(database) == 0


def test_running_a_proposal_keeps_the_old_plan_and_computes_a_new_one(client, database):
    incident, plan = planned(client)
    wind(client, 270.0)
    look(database)
    (made,) = proposed(client, incident)
    ran = client.post(f"{incident}/proposals/{made['id']}/run", json={})
    assert ran.status_code == 201, ran.json
    assert ran.json["proposal"]["state"] == "run"
    new = ran.json["assessment"]
    assert new["because"] == {"proposal": made["id"], "reason": "wind_turned"}
    said = {a["field"]: a["value"] for a in new["assumed"]}
    assert said["weather.wind_from_deg"] == 270.0
    assert client.get(incident).json["assessment"] == new["id"]
    assert client.get(f"{incident}/assessments/{plan['id']}").status_code == 200
    assert look(database) == 0
    again = client.post(f"{incident}/proposals/{made['id']}/run", json={})
    assert (again.status_code, again.json["error"]["code"]) == (409, "proposal_closed")


def test_the_plan_of_record_stays_when_a_proposal_is_run(client, database):
    incident, plan = planned(client)
    client.post(f"{incident}/assessments/{plan['id']}/accept", json={})
    wind(client, 270.0)
    look(database)
    (made,) = proposed(client, incident)
    client.post(f"{incident}/proposals/{made['id']}/run", json={})
    assert client.get(incident).json["assessment"] == plan["id"]
    wind(client, 272.0)
    assert look(database) == 0


def test_a_run_keeps_what_the_plan_had_changed_before(client, database):
    incident = report(client)
    client.post(f"{incident}/assessments", json={"release": {"rate_kg_s": 2.0}})
    wind(client, 270.0)
    look(database)
    (made,) = proposed(client, incident)
    assert made["inputs"]["release"] == {"rate_kg_s": 2.0}


def test_three_incidents_at_once_each_hear_of_their_own(client, database):
    incidents = [planned(client, lon=LON + n * 1.0)[0] for n in range(3)]
    for n in (0, 2):
        observe(client, 25.0, lon=LON + n * 1.0, lat=LAT - KM)
    assert look(database) == 2
    assert [len(proposed(client, each)) for each in incidents] == [1, 0, 1]


def test_a_reading_that_names_its_incident_counts_for_that_one_alone(client, database):
    first, second = planned(client)[0], planned(client)[0]
    observe(client, 25.0, lat=LAT - KM, incident=first.rpartition("/")[2])
    look(database)
    assert (len(proposed(client, first)), len(proposed(client, second))) == (1, 0)
    assert client.get(f"{second}/readings").json["features"] == []


def test_an_exercise_takes_only_its_own_readings_and_gives_none_away(client, database):
    drill, real = planned(client, exercise=True)[0], planned(client)[0]
    observe(client, 25.0, lat=LAT - KM)
    look(database)
    assert (len(proposed(client, drill)), len(proposed(client, real))) == (0, 1)
    observe(client, 25.0, lat=LAT - 2 * KM, incident=drill.rpartition("/")[2])
    look(database)
    assert (len(proposed(client, drill)), len(proposed(client, real))) == (1, 1)


def test_weather_of_a_drill_does_not_enter_a_real_plan(client, database):
    with Session(database) as session, session.begin():
        session.execute(
            text("INSERT INTO weather_station (name, geom) VALUES ('S', ST_Point(120, 30, 4326))")
        )
    drill = report(client, exercise=True, weather={}).rpartition("/")[2]
    for quantity, value, unit in (("wind_speed", 9.0, "m/s"), ("wind_from", 45.0, "deg")):
        body = {
            "kind": "weather", "quantity": quantity, "value": value, "unit": unit,
            "station": "S", "at": now().isoformat(), "incident": drill,
        }  # fmt: skip
        assert client.post("/api/v1/observations", json=body).status_code == 201
    fields = {
        a["field"] for a in planned(client, weather={})[1]["assumed"] if a["tag"] == "measured"
    }
    assert "weather.wind_speed_m_s" not in fields
    mine = client.post(f"{INCIDENTS}/{drill}/assessments", json={}).json["assumed"]
    assert "weather.wind_speed_m_s" in {a["field"] for a in mine if a["tag"] == "measured"}


def test_a_reading_of_another_substance_says_nothing_of_this_plan(client, database):
    incident, _ = planned(client)
    observe(client, 900.0, lat=LAT - KM, substance="ammonia")
    assert look(database) == 0
    (feature,) = client.get(f"{incident}/readings").json["features"]
    assert feature["properties"]["judged"] is None


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"unit": "furlong"}, "unit"),
        ({"value": -1.0}, "value"),
        ({"substance": "unobtainium"}, "substance"),
        ({"incident": "00000000-0000-7000-8000-000000000000"}, None),
        ({"value": 1e300}, None),
    ],
)
def test_a_reading_that_cannot_be_is_refused(client, fields, field):
    body = {
        "kind": "reading", "quantity": "concentration", "unit": "ppm", "value": 1.0, "lon": LON,
        "lat": LAT, "at": now().isoformat(), **fields,
    }  # fmt: skip
    answer = client.post("/api/v1/observations", json=body)
    assert answer.status_code in (404, 422), answer.json
    if field:
        assert answer.json["error"]["details"]["field"] == field


def test_a_closed_incident_is_followed_no_more(client, database):
    incident, _ = planned(client)
    observe(client, 25.0, lat=LAT - KM)
    version = client.get(incident).headers["ETag"]
    client.patch(incident, json={"status": "closed"}, headers={"If-Match": version})
    assert look(database) == 0


def test_one_worker_at_a_time_proposes(client, database):
    planned(client)
    observe(client, 25.0, lat=LAT - KM)
    with Session(database) as other, other.begin():
        other.scalar(select(func.pg_advisory_xact_lock(Lock.PROPOSALS)))
        assert look(database) == 0
    assert look(database) == 1


def test_what_one_incident_holds_does_not_blind_the_others(client, database, monkeypatch):
    broken, whole = planned(client)[0], planned(client, lon=LON + 1.0)[0]
    for n in (0, 1):
        observe(client, 25.0, lon=LON + n, lat=LAT - KM)
    real = proposing.outside

    def fails(remake, **place):
        if place["lon"] < LON + 0.5:
            raise RuntimeError("stop")
        return real(remake, **place)

    monkeypatch.setattr(proposing, "outside", fails)
    assert look(database) == 1
    assert (len(proposed(client, broken)), len(proposed(client, whole))) == (0, 1)


def test_a_reader_of_another_region_learns_of_no_one_exposed_there(client, sign_in, database):
    incident, _ = planned(client)
    target(database, "School 3", LON, LAT - 0.9 * KM)
    with Session(database) as session, session.begin():
        session.execute(text("UPDATE incident SET region = '330100'"))
        session.execute(text("UPDATE protection_target SET region = '440100'"))
        session.execute(text("UPDATE assessment SET region = '330100'"))
    observe(client, 25.0, lat=LAT - KM)
    look(database)
    assert proposed(client, incident)[0]["exposes_count"] >= 1
    near = sign_in(("duty", "330100"), name="near")
    (seen,) = proposed(near, incident)
    assert (seen["exposes"], seen["exposes_count"], seen["people"]) == ([], 0, 0)


OLD = {
    "values": {"from_deg": 180, "to_deg": 0}, "inputs": {}, "exposes": [],
    "basis": {"code": "proposal.basis_anew", "params": {}},
    "zones": {"type": "FeatureCollection", "features": []},
}  # fmt: skip


def filled(database, incident, plan, reason, count, *, state="superseded", minutes_ago=0.0):
    at = now() - dt.timedelta(minutes=minutes_ago)
    with Session(database) as session, session.begin():
        session.execute(
            text(
                "INSERT INTO proposal (incident_id, plan_id, reason, cause, body, state, made_at,"
                " closed_at) SELECT :incident, :plan, CAST(:reason AS varchar),"
                " CAST(:reason AS varchar) || ':x:' || n, CAST(:body AS jsonb),"
                " :state, :at, :closed"
                " FROM generate_series(1, :count) n"
            ),
            {"body": json.dumps(OLD), "incident": incident.rsplit("/", 1)[1],
             "plan": plan["id"], "reason": reason,
             "state": state, "at": at, "count": count,
             "closed": None if state == "open" else at},
        )  # fmt: skip


def test_a_wind_that_turned_to_and_fro_all_day_leaves_room_for_readings_and_for_the_next_wind(
    client, database
):
    incident, plan = planned(client)
    filled(database, incident, plan, "wind_turned", 250, minutes_ago=120)
    observe(client, 25.0, lat=LAT - 1.0 * KM)
    wind(client, 270.0, lon=LON, lat=LAT)
    assert look(database) == 2
    assert client.get(f"{incident}/proposals").json["full"] == []


def test_a_reason_that_is_told_too_often_waits_alone_and_every_screen_is_told(
    client, database, caplog
):
    incident, plan = planned(client)
    filled(database, incident, plan, "wind_turned", proposals.BUDGET["wind_turned"])
    observe(client, 25.0, lat=LAT - 1.0 * KM)
    wind(client, 270.0, lon=LON, lat=LAT)
    assert look(database) == 1
    assert [p["reason"] for p in proposed(client, incident)] == ["reading_outside"]
    assert client.get(f"{incident}/proposals").json["full"] == ["wind_turned"]
    assert "wind_turned waits" in caplog.text


def test_a_wind_that_turns_back_and_again_is_proposed_each_time_until_it_is_too_often(
    client, database
):
    planned(client)
    made = 0
    for turn in range(20):
        wind(client, 270.0 if turn % 2 else 90.0, lon=LON, lat=LAT)
        made += look(database)
    assert made == proposals.BUDGET["wind_turned"]


def test_a_value_that_names_no_incident_lies_in_the_regions_of_who_tells_it(
    client, sign_in, database
):
    with Session(database) as session, session.begin():
        for code, west in (("330102", 119.9), ("330203", 120.1)):
            session.execute(
                text(
                    "INSERT INTO region (code, level, name, geom) VALUES (:code, 'county', :code,"
                    " ST_Multi(ST_MakeEnvelope(:west, 29.9, :east, 30.1, 4326)))"
                ),
                {"code": code, "west": west, "east": west + 0.2},
            )
    body = {"kind": "weather", "quantity": "wind_from", "unit": "deg", "value": 10.0,
            "at": now().isoformat(), "lat": LAT}  # fmt: skip
    field = sign_in(("field", "330102"))
    path = "/api/v1/observations"
    assert field.post(path, json={**body, "lon": 120.0}).status_code == 201
    for lon in (120.2, 121.0):  # another county; no county at all
        refused = field.post(path, json={**body, "lon": lon})
        assert (refused.status_code, refused.json["error"]["code"]) == (403, "outside_region")
    assert client.post(path, json={**body, "lon": 121.0}).status_code == 201
    mine = field.post("/api/v1/incidents", json={"lon": 120.0, "lat": LAT}).json["id"]
    named = {**body, "lon": 120.2, "incident": mine}
    assert field.post(path, json=named).status_code == 201

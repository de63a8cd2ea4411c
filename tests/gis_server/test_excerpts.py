"""What a grant over a part of the tree opens and what not: plans, calls, links, imports."""

import datetime as dt
import io
import uuid

import pytest
from sqlalchemy.orm import Session

from layers.models import (
    Contact,
    Enterprise,
    HazardSource,
    Incident,
    ProtectionTarget,
    Region,
    RoadClosure,
    Team,
    WeatherStation,
)
from tests.analysis.roads.street_grid import Street, table
from tests.gis_server.road_site import use

INCIDENTS = "/api/v1/incidents"
HOME, AWAY = "330102", "330203"
PLACE = {"lon": 120.0, "lat": 30.0}
NIGHT = "2026-03-01T03:00:00+08:00"


@pytest.fixture
def region_of(database):
    """Put an incident, or another row, into a region."""

    def put(id, region=HOME, model=Incident):
        with Session(database) as session, session.begin():
            session.get(model, uuid.UUID(id)).region = region

    return put


@pytest.fixture
def places(database):
    """Two schools in the chlorine's way and two teams, one of each at home and away."""
    with Session(database) as session, session.begin():
        for region, name, people in ((HOME, "home", 100), (AWAY, "away", 5000)):
            east = 0.001 if region == HOME else 0.002
            session.add(
                ProtectionTarget(
                    name=f"{name} school", kind="school", people_day=people, people_night=people,
                    region=region, geom=f"SRID=4326;POINT({120.0 + east} 30.0)",
                )
            )  # fmt: skip
            team = Team(
                name=f"{name} team", kind="fire", region=region,
                geom=f"SRID=4326;POINT({120.3 + east} 30.0)",
            )  # fmt: skip
            session.add(team)
            session.flush()
            phone = f"555000{people}"
            session.add(Contact(layer="team", feature_id=team.id, name="李雷", phone=phone))


@pytest.fixture
def plan(client, places, region_of):
    """A plan that a commander of the whole tree has made for an incident at home."""
    incident = client.post(
        INCIDENTS, json={**PLACE, "substance": "chlorine", "occurred_at": NIGHT}
    ).json
    region_of(incident["id"])
    made = client.post(f"{INCIDENTS}/{incident['id']}/assessments", json={})
    assert made.status_code == 201, made.json
    return made.json


def test_a_plan_shows_a_reader_of_one_region_nothing_of_another(client, sign_in, plan):
    base = f"{INCIDENTS}/{plan['incident']}"
    whole = client.get(f"{base}/assessments/{plan['id']}")
    assert "away school" in whole.text and "away team" in whole.text
    county = sign_in(("duty", HOME))
    for path in (f"assessments/{plan['id']}", "assessments", "calls"):
        answer = county.get(f"{base}/{path}")
        assert answer.status_code == 200
        assert "away" not in answer.text and "5550005000" not in answer.text, path
        assert "home" in answer.text, path


def test_an_excerpt_counts_what_it_shows(sign_in, plan):
    assert plan["exposure"]["people"] == 5100
    county = sign_in(("duty", HOME))
    seen = county.get(f"{INCIDENTS}/{plan['incident']}/assessments/{plan['id']}").json
    exposure = seen["exposure"]
    assert (exposure["people"], exposure["target_count"]) == (100, 1)
    assert {zone["people"] for zone in exposure["by_zone"]} <= {0, 100}
    (target,) = exposure["targets"]
    assert exposure["by_action"][target["action"]] == {
        "count": 1, "first": "home school", "people": 100, "people_unknown": 0,
    }  # fmt: skip
    (said,) = [a for a in seen["advice"] if a["code"] == f"advice.{target['action']}"]
    assert said["params"]["people"] == 100 and "5100" not in said["text"]
    assert [entry["name"] for entry in seen["nearest"]] == ["home team"]
    assert seen["warnings"][0]["code"] == "plan_is_an_excerpt" and seen["warnings"][0]["text"]
    assert seen["zones"] == plan["zones"]


@pytest.fixture
def blast(client, places, region_of, database):
    """A plan for 200 t of propane beside two spheres, one at home and one away."""
    with Session(database) as session, session.begin():
        for region, name, east in ((HOME, "home sphere", 0.0006), (AWAY, "away sphere", 0.0009)):
            session.add(
                HazardSource(
                    name=name, substance="propane", quantity_t=20.0, container="sphere",
                    region=region, geom=f"SRID=4326;POINT({120.0 + east} 30.0)",
                )
            )  # fmt: skip
    report = {**PLACE, "kind": "explosion", "substance": "propane", "occurred_at": NIGHT,
              "release": {"mass_kg": 200_000.0}}  # fmt: skip
    incident = client.post(INCIDENTS, json=report).json
    region_of(incident["id"])
    made = client.post(f"{INCIDENTS}/{incident['id']}/assessments", json={})
    assert made.status_code == 201, made.json
    return made.json


def test_an_excerpt_counts_deaths_and_vessels_of_its_own_region_only(sign_in, blast):
    assert {unit["name"] for unit in blast["domino"]["units"]} == {"home sphere", "away sphere"}
    whole = blast["casualties"]
    assert whole["people"] == 5100 and len(whole["by_target"]) == 2
    assert whole["fatalities"]["low"] <= whole["fatalities"]["high"]
    county = sign_in(("duty", HOME))
    answer = county.get(f"{INCIDENTS}/{blast['incident']}/assessments/{blast['id']}")
    assert "away sphere" not in answer.text and "away school" not in answer.text
    seen = answer.json
    assert [unit["name"] for unit in seen["domino"]["units"]] == ["home sphere"]
    assert seen["domino"]["count"] == 1
    told = {line["code"]: line["params"] for line in seen["advice"]}
    assert told["advice.domino"] == {"count": 1, "name": "home sphere"}
    here = seen["casualties"]
    (target,) = seen["exposure"]["targets"]
    assert list(here["by_target"]) == [target["id"]]
    assert (here["people"], here["people_unknown"]) == (100, 0)
    expected = [round(n) for n in here["by_target"][target["id"]]]
    assert list(here["fatalities"].values()) == expected
    assert sum(line["people"] for line in here["by_level"]) == 100
    for name in ("low", "central", "high"):
        assert here["fatalities"][name] <= whole["fatalities"][name]


def test_whoever_may_see_what_the_maker_saw_gets_the_plan_whole(client, sign_in, plan, region_of):
    county = sign_in(("duty", HOME))
    base = f"{INCIDENTS}/{plan['incident']}/assessments"
    own = county.post(base, json={}).json
    assert own["scope"] == [HOME]
    for reader in (county, client, sign_in(("viewer", HOME), ("viewer", AWAY))):
        seen = reader.get(f"{base}/{own['id']}").json
        assert seen["exposure"] == own["exposure"]
        assert "plan_is_an_excerpt" not in {line["code"] for line in seen["warnings"]}


def test_numbers_are_covered_outside_the_region_where_they_may_be_read(
    client, sign_in, plan, region_of, sealed
):
    """A viewer of everything who is on duty in one county only."""
    sealed()
    both = sign_in(("viewer", ""), ("duty", AWAY), name="both")
    base = f"{INCIDENTS}/{plan['incident']}"
    for path in ("calls", "assessments", f"assessments/{plan['id']}", "log"):
        answer = both.get(f"{base}/{path}")
        assert answer.status_code == 200
        assert "555000" not in answer.text and "李雷" not in answer.text, path
    assert "5550005000" in sign_in(("viewer", ""), ("duty", HOME), name="on duty").get(
        f"{base}/calls"
    ).text  # fmt: skip


def test_the_log_of_a_reader_without_numbers_does_not_end_early(client, sign_in, sealed):
    incident = client.post(INCIDENTS, json=PLACE).json
    address = f"{INCIDENTS}/{incident['id']}"
    for _ in range(3):
        line = client.post(f"{address}/calls", json={"purpose": "ask"}).json
        client.post(f"{address}/calls/{line['id']}", json={"result": "answered"})
    client.patch(address, json={"status": "closed"}, headers={"If-Match": '"1"'})
    sealed()
    viewer = sign_in(("viewer", ""))
    read, after = [], 0
    while page := viewer.get(f"{address}/log?limit=1&after={after}").json["log"]:
        read += page
        after = page[-1]["seq"]
    assert [(e["layer"], e["op"]) for e in read] == [("incident", "insert"), ("incident", "update")]


@pytest.fixture
def away(database):
    """The ids of an enterprise and a tank in another region, and of one tank at home."""
    with Session(database) as session, session.begin():
        rows = {
            "enterprise": Enterprise(name="away works", region=AWAY, geom="SRID=4326;POINT(1 1)"),
            "tank": HazardSource(
                name="away tank", substance="氯", cas="7782-50-5", region=AWAY,
                geom="SRID=4326;POINT(1 1)",
            ),
            "home": HazardSource(
                name="home tank", substance="氯", cas="7782-50-5", region=HOME,
                geom="SRID=4326;POINT(120 30)",
            ),
        }  # fmt: skip
        session.add_all(rows.values())
        session.flush()
        return {name: str(row.id) for name, row in rows.items()}


def test_what_lies_in_another_region_cannot_be_linked(sign_in, away):
    county = sign_in(("duty", HOME))
    incident = county.post(INCIDENTS, json={**PLACE, "hazard_source_id": away["home"]})
    assert (incident.status_code, incident.json["cas"]) == (201, "7782-50-5")
    address = f"{INCIDENTS}/{incident.json['id']}"
    for linked in ({"hazard_source_id": away["tank"]}, {"enterprise_id": away["enterprise"]}):
        for answer in (
            county.post(INCIDENTS, json={**PLACE, **linked}),
            county.post("/api/v1/zones", json={**PLACE, **linked}),
            county.patch(address, json=linked, headers={"If-Match": '"1"'}),
        ):
            assert (answer.status_code, answer.json["error"]["code"]) == (422, "no_linked")
            assert "away" not in answer.text


def test_a_case_outside_ones_regions_can_still_be_computed(sign_in):
    answer = sign_in(("planner", HOME)).post(
        "/api/v1/zones", json={**PLACE, "substance": "chlorine"}
    )
    assert answer.status_code == 200


def test_a_planner_of_one_region_neither_reads_nor_rejects_the_imports_of_others(client, sign_in):
    text = "name,kind,lon,lat\nsecret name,circus,120.1,30.1\n"
    made = client.post(
        "/api/v1/imports",
        data={"file": (io.BytesIO(text.encode()), "teams.csv"), "layer": "team"},
    )
    address = made.headers["Location"]
    planner = sign_in(("planner", HOME))
    assert planner.get("/api/v1/imports").json == {"imports": []}
    for path in ("", "/faults"):
        assert planner.get(address + path).status_code == 404
    assert planner.post(f"{address}/reject", json={}).status_code == 404
    assert client.get(address).json["status"] == "reading"
    other = sign_in(("planner", ""), name="other")
    assert [batch["id"] for batch in other.get("/api/v1/imports").json["imports"]] == [
        made.json["id"]
    ]


def test_a_planner_whose_regions_were_narrowed_still_has_their_own_imports(
    client, sign_in, database
):
    from layers.models import Batch

    with Session(database) as session, session.begin():
        batch = Batch(file_name="a.csv", created_by="planner330102")
        session.add(batch)
        session.flush()
        address = f"/api/v1/imports/{batch.id}"
    planner = sign_in(("planner", HOME))
    assert len(planner.get("/api/v1/imports").json["imports"]) == 1
    assert planner.post(f"{address}/reject", json={}).json["status"] == "rejected"


def observation(station, at):
    return {"kind": "weather", "station": station, "at": at, "quantity": "wind_speed",
            "value": 4.0, "unit": "m/s"}  # fmt: skip


def test_a_station_of_another_region_takes_no_values(sign_in, database):
    with Session(database) as session, session.begin():
        session.add(
            WeatherStation(name="s", own_code="S1", region=AWAY, geom="SRID=4326;POINT(120 30)")
        )
    now = dt.datetime.now(dt.UTC).isoformat()
    for region, status in ((HOME, 422), (AWAY, 201)):
        field = sign_in(("field", region))
        answer = field.post("/api/v1/observations", json=observation("S1", now))
        assert answer.status_code == status, answer.json


def test_a_value_of_the_future_is_refused(client):
    now = dt.datetime.now(dt.UTC)
    for minutes, status in ((10, 422), (3, 201)):
        body = {"kind": "weather", **PLACE, "quantity": "wind_speed", "value": 4.0, "unit": "m/s",
                "at": (now + dt.timedelta(minutes=minutes)).isoformat()}  # fmt: skip
        answer = client.post("/api/v1/observations", json=body)
        assert answer.status_code == status, answer.json


def test_a_plan_names_no_closure_of_another_region(client, sign_in, places, region_of, database):
    """The road is closed for everybody; what is closed there is told to those who may see it."""
    lon, lat = PLACE["lon"], PLACE["lat"]
    begin, bend = (120.31, 30.0), (120.15, 30.0)
    nodes = {1: (lon, lat), 2: bend, 3: begin, 4: (lon, lat + 0.2), 5: (120.31, lat + 0.2)}
    streets = [Street(1, 2), Street(2, 3), Street(1, 4), Street(4, 5), Street(5, 3)]
    use(database, table(nodes, streets))
    point = {"type": "Point", "coordinates": [120.2, 30.0]}
    body = {"kind": "works", "geometry": point, "name": "away bridge"}
    closure = client.post("/api/v1/closures", json=body).json
    region_of(closure["id"], AWAY, model=RoadClosure)
    incident = client.post(INCIDENTS, json={**PLACE, "kind": "other"}).json
    region_of(incident["id"])
    made = client.post(f"{INCIDENTS}/{incident['id']}/assessments", json={}).json
    met = [entry["avoided"] for entry in made["nearest"] if entry["by"] == "road"]
    assert met and all(each[0]["name"] == "away bridge" for each in met)
    county = sign_in(("duty", HOME))
    seen = county.get(f"{INCIDENTS}/{incident['id']}/assessments/{made['id']}")
    assert "away bridge" not in seen.text and closure["id"] not in seen.text
    (entry,) = seen.json["nearest"]
    assert entry["avoided"] == [{"kind": "works", "id": None, "name": None, "level": None}]


def test_people_at_risk_by_district_are_those_of_the_places_that_a_reader_sees(
    client, sign_in, plan, database
):
    areas = ((HOME, "Home county", 119.0, 120.0015), (AWAY, "Away county", 120.0015, 121.0))
    with Session(database) as session, session.begin():
        for code, name, west, east in areas:
            box = f"(({west} 29, {east} 29, {east} 31, {west} 31, {west} 29))"
            session.add(
                Region(code=code, name=name, level="county", geom=f"SRID=4326;MULTIPOLYGON({box})")
            )
    address = f"/api/v1/hall/at-risk?incident={plan['incident']}"
    whole = client.get(address).json
    levels = {t["name"]: t["level"] for t in plan["exposure"]["targets"]}
    assert [(one["name"], one["people"]) for one in whole["districts"]] == [
        ("Away county", {levels["away school"]: 5000}),
        ("Home county", {levels["home school"]: 100}),
    ]
    assert (whole["assessment"], whole["more"], whole["cut"]) == (plan["id"], 0, False)
    county = sign_in(("viewer", HOME)).get(address).json
    assert [(one["name"], one["people"]) for one in county["districts"]] == [
        ("Home county", {levels["home school"]: 100})
    ]
    assert sign_in(("viewer", AWAY)).get(address).status_code == 404
    assert client.get("/api/v1/hall/at-risk").status_code == 422

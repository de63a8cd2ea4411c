"""An incident that is corrected into another county: its whole file goes along."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

INCIDENTS = "/api/v1/incidents"
FILE = (
    "assessment", "bookmark", "bulletin", "calculation_sheet", "call", "decision", "document",
    "note", "plot", "proposal", "road_closure", "sheet_signature", "site_plan",
    "watch_area",
)  # fmt: skip
PLACED = (
    "INSERT INTO proposal (incident_id, region, plan_id, reason, cause, body)"
    " SELECT incident_id, region, id, 'wind_turned', 'x', '{}' FROM assessment WHERE id = :plan",
    "INSERT INTO road_closure (geom, kind, incident_id, region, since)"
    " SELECT geom, 'other', id, region, now() FROM incident",
    "INSERT INTO watch_area (name, incident_id, region, geom)"
    " SELECT 'zone', id, region, ST_Expand(geom, 0.01) FROM incident",
    "INSERT INTO document (layer, feature_id, kind, title, file_name, media_type, size_bytes,"
    " sha256, region) SELECT 'incident', id, 'plan', 'x', 'x.png', 'image/png', 9,"
    " repeat('0', 64), region FROM incident",
    "INSERT INTO site_plan (document_id, title, corners, region, geom)"
    " SELECT d.id, 'x', '[[120, 30], [121, 30], [121, 29], [120, 29]]', d.region,"
    " ST_Expand(i.geom, 0.01) FROM document d, incident i",
)


def moved(database, region):
    with Session(database) as session, session.begin():
        session.execute(text("UPDATE incident SET region = :region"), {"region": region})


@pytest.fixture
def incident(client, database):
    """Give an incident of 330102 with a row in each table of its file; what can be is settled."""
    body = {"lon": 120.0, "lat": 30.0, "substance": "chlorine",
            "caller": {"name": "张三", "phone": "13800001111"}}  # fmt: skip
    path = f"{INCIDENTS}/{client.post(INCIDENTS, json=body).json['id']}"
    moved(database, "330102")

    def post(what, body, headers=None):
        answer = client.post(f"{path}/{what}", json=body, headers=headers)
        assert answer.status_code in (200, 201), answer.json
        return answer.json

    plan = post("assessments", {"weather": {"wind_speed_m_s": 3, "wind_from_deg": 90}})
    post("calls", {"name": "李四", "phone": "13900002222", "purpose": "call.fire"})
    note = post("notes", {"text": "gate is shut"})
    post(f"notes/{note['id']}/strike", {"reason": "it is open"}, {"If-Match": '"1"'})
    decision = post("decisions", {"kind": "evacuate", "text": "school 3"})
    post(f"decisions/{decision['id']}/withdraw", {"reason": "x"}, {"If-Match": '"1"'})
    bulletin = post("bulletins", {"kind": "first"})
    post(f"bulletins/{bulletin['id']}/sign", {"body_hash": bulletin["body_hash"]})
    put = {"op_id": "0197a000-0000-7000-8000-000000000001", "op": "put", "base": None,
           "plot": "0197a000-0000-7000-8000-000000000002",
           "set": {"kind": "point", "control": [[120.0, 30.0]]}}  # fmt: skip
    post("plots", {"ops": [put]})
    mark = {"incident": path.rsplit("/", 1)[1], "at": "0", "title": "here"}
    assert client.post("/api/v1/bookmarks", json=mark).status_code == 201
    post(f"assessments/{plan['id']}/sheet", {})
    sheet = client.get(f"{path}/assessments/{plan['id']}/sheet").json
    post(f"assessments/{plan['id']}/sheet/signatures",
         {"role": "prepared", "body_hash": sheet["body_hash"]})  # fmt: skip
    with Session(database) as session, session.begin():
        for statement in PLACED:
            session.execute(text(statement), {"plan": plan["id"]})
    return path


def test_the_whole_file_is_of_the_county_that_the_incident_is_corrected_into(incident, database):
    moved(database, "330203")
    with Session(database) as session:
        for table in FILE:
            regions = session.scalars(text(f"SELECT DISTINCT region FROM {table}")).all()
            assert regions == ["330203"], table


def test_the_new_county_reads_all_of_it_with_its_numbers_and_marks(
    incident, database, sealed, sign_in
):
    sealed()
    moved(database, "330203")
    county = sign_in(("duty", "330203"))
    (call, *_) = county.get(f"{incident}/calls").json["calls"]
    assert any(c["phone"] == "13900002222" for c in county.get(f"{incident}/calls").json["calls"])
    assert call["phone"] is None or "*" not in call["phone"]
    id = incident.rsplit("/", 1)[1]
    marks = county.get("/api/v1/replay", query_string={"incident": id}).json["marks"]
    assert {"incident", "note", "decision", "call", "plot"} <= {mark["layer"] for mark in marks}


def test_moving_is_told_once_in_the_log_by_the_incidents_own_line(
    incident, client, sealed, database
):
    sealed()
    before = len(client.get(f"{incident}/log").json["log"])
    moved(database, "330203")
    sealed()
    lines = client.get(f"{incident}/log").json["log"][before:]
    assert [(line["layer"], line["changes"]["region"]) for line in lines] == [
        ("incident", ["330102", "330203"])
    ]


def test_what_was_put_into_another_district_stays_there(incident, database):
    with Session(database) as session, session.begin():
        for table in ("road_closure", "watch_area"):
            session.execute(text(f"UPDATE {table} SET region = '330300'"))
        alert = (
            "WITH car AS (INSERT INTO tracker (device, kind, region) VALUES ('a', 'vehicle',"
            " '330102') RETURNING id) INSERT INTO alert (kind, tracker_id, incident_id, region,"
            " opened_at) SELECT 'off_route', car.id, i.id, '330102', now() FROM car, incident i"
        )
        session.execute(text(alert))
    moved(database, "330203")
    with Session(database) as session:
        for table, region in (
            ("road_closure", "330300"), ("watch_area", "330300"), ("alert", "330102"),
        ):  # fmt: skip
            assert session.scalars(text(f"SELECT region FROM {table}")).all() == [region], table


def test_the_new_county_works_with_the_closures_areas_sheets_and_plans(incident, database, sign_in):
    moved(database, "330203")
    old, new = sign_in(("commander", "330102")), sign_in(("commander", "330203"))
    id = incident.rsplit("/", 1)[1]
    for path, listed in (
        ("/api/v1/watch-areas", "features"),
        (f"/api/v1/closures?incident={id}", "features"),
    ):
        assert len(new.get(path).json[listed]) == 1, path
        assert not old.get(path).json.get(listed), path
    (plan,) = new.get(f"{incident}/assessments").json["assessments"]
    sheet = f"{incident}/assessments/{plan['id']}/sheet"
    assert [each["role"] for each in new.get(sheet).json["signatures"]] == ["prepared"]
    signed = {"role": "checked", "body_hash": new.get(sheet).json["body_hash"]}
    assert new.post(f"{sheet}/signatures", json=signed).status_code == 201
    (paper,) = new.get(f"/api/v1/documents?layer=incident&feature_id={id}").json["documents"]
    assert paper["title"] == "x"


@pytest.mark.parametrize(
    "change",
    [
        "note SET region = '330203', text = 'other'",
        "decision SET region = '330203', text = 'other'",
        "bulletin SET region = '330203', signer = 'other'",
        "calculation_sheet SET region = '330203', created_by = 'other'",
        "calculation_sheet SET region = '330203'",
        "sheet_signature SET region = '330102', name = 'other'",
        "sheet_signature SET region = '330203'",
    ],
)
def test_nothing_settled_is_changed_under_cover_of_a_move(incident, database, change):
    with (
        Session(database) as session,
        pytest.raises(DBAPIError, match=r"stays|already|frozen|neither"),
    ):
        session.execute(text(f"UPDATE {change}"))

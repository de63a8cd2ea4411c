"""The intake of an incident: what the caller says, who may read whom to call, and bad input."""

import datetime as dt

import pytest

from layers.substances import find

INCIDENTS = "/api/v1/incidents"
PLACE = {"lon": 120.0, "lat": 30.0}
CALLER = {"name": "王<b>强</b>", "phone": "138 0000 0000 转 12", "unit": "临港化工"}
SAID = {
    "caller": CALLER,
    "channel": "phone",
    "address": "港区一路 3 号",
    "course": "管道法兰泄漏 <script>alert(1)</script> 😀",
    "measures": "已关阀",
    "requests": "请求消防增援",
    "leaders": "张副区长",
    "site_contact": {"name": "赵工", "phone": "0571-88880000"},
    "direct_loss_yuan": 1_200_000,
    "important_place": True,
}


def report(client, **fields):
    answer = client.post(INCIDENTS, json={**PLACE, **fields})
    assert answer.status_code == 201, answer.json
    return answer.json


def patch(client, incident, version=None, **fields):
    return client.patch(
        f"{INCIDENTS}/{incident['id']}",
        json=fields,
        headers={"If-Match": f'"{version or incident["version"]}"'},
    )


def test_what_the_caller_says_is_stored_and_shown_as_it_was_said(client):
    incident = report(client, **SAID)
    assert {name: incident[name] for name in SAID} == SAID
    assert incident["received_at"] is None and incident["serious_pollution"] is None
    again = client.get(f"{INCIDENTS}/{incident['id']}").json
    assert again == incident


def test_who_may_not_read_contacts_sees_that_there_is_somebody_and_not_who(client, sign_in, sealed):
    incident = report(client, **SAID)
    patch(client, incident, caller={**CALLER, "name": "李四"})
    sealed()
    viewer = sign_in(("viewer", ""))
    for path in ("", f"/{incident['id']}", f"/{incident['id']}/log"):
        answer = viewer.get(INCIDENTS + path)
        assert answer.status_code == 200
        for secret in ("138 0000", "王<b>", "李四", "赵工", "88880000"):
            assert secret not in answer.get_data(as_text=True), (path, secret)
            assert secret not in str(answer.json), (path, secret)
    seen = viewer.get(f"{INCIDENTS}/{incident['id']}").json
    assert seen["caller"]["masked"] and seen["caller"]["unit"] == "临港化工"
    assert "李四" in str(client.get(f"{INCIDENTS}/{incident['id']}/log").json)


def test_a_person_of_one_region_reads_no_caller_of_another(client, sign_in):
    incident = report(client, **SAID)
    duty = sign_in(("duty", "330100"))
    assert duty.get(f"{INCIDENTS}/{incident['id']}").status_code == 404


def test_a_field_is_cleared_by_null_or_an_empty_text(client):
    incident = report(client, **SAID)
    answer = patch(client, incident, caller=None, course="", direct_loss_yuan=None)
    assert answer.status_code == 200
    assert (answer.json["caller"], answer.json["course"]) == (None, None)
    assert answer.json["direct_loss_yuan"] is None
    assert answer.json["measures"] == "已关阀"
    assert report(client, caller={})["caller"] is None


def test_a_conflict_shows_the_callers_number_to_those_who_may_read_it_alone(client):
    incident = report(client, **SAID)
    patch(client, incident, title="甲")
    answer = patch(client, incident, title="乙")
    assert answer.status_code == 409
    assert answer.json["error"]["details"]["theirs"]["caller"] == CALLER


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("channel", "smoke"),
        ("caller", {"phone": "<script>"}),
        ("caller", {"phone": "1" * 61}),
        ("caller", {"name": "王" * 101}),
        ("caller", {"password": "x"}),
        ("caller", "王强"),
        ("site_contact", {"phone": "call me"}),
        ("address", "a" * 401),
        ("course", "a" * 4001),
        ("direct_loss_yuan", -1),
        ("direct_loss_yuan", 1e14),
        ("direct_loss_yuan", "many"),
        ("received_at", "yesterday"),
        ("received_at", "2026-03-01T03:00:00"),
        ("casualties", [{"in_danger": -1}]),
        ("why", "a" * 401),
    ],
)
def test_what_cannot_be_is_refused_with_its_field(client, field, value):
    answer = client.post(INCIDENTS, json={**PLACE, field: value})
    assert answer.status_code == 422
    assert answer.json["error"]["details"]["field"].split(".")[0] == field


@pytest.mark.parametrize("field", ["received_at", "occurred_at"])
def test_a_clock_an_hour_ahead_is_told_so_and_one_a_minute_ahead_is_believed(client, field):
    def ahead(minutes):
        return (dt.datetime.now(dt.UTC) + dt.timedelta(minutes=minutes)).isoformat()

    answer = client.post(INCIDENTS, json={**PLACE, field: ahead(60)})
    assert answer.status_code == 422
    error = answer.json["error"]
    assert (error["code"], error["details"]["field"]) == ("future_time", field)
    incident = report(client, **{field: ahead(1)})
    assert patch(client, incident, **{field: ahead(60)}).json["error"]["code"] == "future_time"


def test_a_case_that_is_not_stored_may_be_of_tomorrow(client):
    tomorrow = (dt.datetime.now(dt.UTC) + dt.timedelta(days=1)).isoformat()
    answer = client.post(
        "/api/v1/zones", json={**PLACE, "occurred_at": tomorrow, "substance": "氯"}
    )
    assert answer.status_code == 200


@pytest.mark.parametrize("name", ["氯", "Chlorine", "7782-50-5", "UN1017", "1017"])
def test_a_substance_is_known_by_its_chinese_and_english_name_its_cas_and_its_un_number(name):
    assert find(name).cas == "7782-50-5"

"""What is set of an incident that nobody has approved, and how that is made good."""

import pytest

from tests.gis_server.test_response_room import close, correct, draft, report, unapproved


def approve(client, incident, decision):
    return client.post(f"{incident}/decisions/{decision['id']}/approve", json={})


@pytest.fixture
def duty(client, sign_in):
    """Give a second person, who drafts what the commander approves."""
    return sign_in(("duty", ""), name="duty")


@pytest.mark.parametrize(
    ("kind", "field"),
    [
        ("start_response", "response_level"),
        ("widen", "response_level"),
        ("warn", "warning_level"),
    ],
)
def test_a_level_set_by_a_correction_waits_until_a_decision_for_that_very_level_is_approved(
    client, duty, kind, field
):
    incident = report(client)
    assert unapproved(client, incident) == []
    correct(client, incident, **{field: "2"})
    assert unapproved(client, incident) == [field]
    drafted = draft(duty, incident, kind=kind, level="2")
    assert unapproved(client, incident) == [field], "a draft approves nothing"
    own = approve(duty, incident, drafted)
    assert own.status_code == 403
    version = client.get(incident).json["version"]
    assert approve(client, incident, drafted).status_code == 200
    after = client.get(incident).json
    assert (after["unapproved"], after["version"]) == ([], version), "nothing was set anew"


def test_a_level_given_with_the_report_is_approved_by_nobody(client):
    incident = report(client, response_level="3", warning_level="4", accident_grade="3")
    assert unapproved(client, incident) == ["response_level", "warning_level"]
    (listed,) = client.get("/api/v1/incidents").json["incidents"]
    assert listed["unapproved"] == ["response_level", "warning_level"]


def test_what_was_decided_before_it_was_set_is_approved(client, duty):
    incident = report(client)
    for kind in ("start_response", "end"):
        made = draft(duty, incident, kind=kind, **({} if kind == "end" else {"level": "2"}))
        assert approve(client, incident, made).status_code == 200
    assert client.get(incident).json["status"] == "closed"
    assert unapproved(client, incident) == []


def test_an_approval_of_another_ladder_or_level_takes_no_mark_away(client, duty):
    incident = report(client)
    correct(client, incident, response_level="2")
    warning = draft(duty, incident, kind="warn", level="2")
    assert approve(client, incident, warning).status_code == 200
    assert unapproved(client, incident) == ["response_level"]
    higher = draft(duty, incident, kind="widen", level="1")
    assert approve(client, incident, higher).status_code == 200
    assert unapproved(client, incident) == []
    correct(client, incident, response_level="2")
    assert unapproved(client, incident) == ["response_level"]


def test_what_was_approved_once_and_has_been_another_since_waits_again(client, duty):
    incident = report(client)
    made = draft(duty, incident, kind="start_response", level="2")
    approve(client, incident, made)
    correct(client, incident, response_level="3")
    correct(client, incident, response_level="2")
    assert unapproved(client, incident) == ["response_level"]
    correct(client, incident, title="another title")
    again = draft(duty, incident, kind="start_response", level="2")
    approve(client, incident, again)
    assert unapproved(client, incident) == []
    correct(client, incident, title="a third title")
    assert unapproved(client, incident) == []


def test_an_end_without_a_decision_is_approved_afterwards_and_nothing_else_is(client, duty):
    incident = report(client, response_level="2")
    close(client, incident)
    assert unapproved(client, incident) == ["response_level", "status"]
    for body in ({"kind": "evacuate"}, {"kind": "widen", "level": "1"}, {"kind": "warn"}):
        refused = duty.post(f"{incident}/decisions", json={**body, "text": "x"})
        assert (refused.status_code, refused.json["error"]["code"]) == (409, "incident_over")
    ended = draft(duty, incident, kind="end")
    listed = client.get(f"{incident}/decisions").json["decisions"]
    assert [one["may"] for one in listed] == [{"approve": True, "withdraw": False}]
    assert approve(client, incident, ended).status_code == 200
    level = draft(duty, incident, kind="start_response", level="2")
    assert approve(client, incident, level).status_code == 200
    assert unapproved(client, incident) == []
    refused = duty.post(f"{incident}/decisions", json={"kind": "end", "text": "x"})
    assert (refused.status_code, refused.json["error"]["code"]) == (409, "incident_over")


def test_what_is_closed_opened_and_closed_again_needs_a_second_approval(client, duty):
    incident = report(client)
    approve(client, incident, draft(duty, incident, kind="end"))
    correct(client, incident, status="open")
    assert unapproved(client, incident) == []
    close(client, incident)
    assert unapproved(client, incident) == ["status"]


def test_what_another_incident_went_through_takes_no_approval_away(client, duty):
    incident, other = report(client), report(client)
    for one in (incident, other):
        correct(client, one, response_level="2")
    assert approve(client, incident, draft(duty, incident, kind="start_response", level="2"))
    for level in ("3", "2"):
        correct(client, other, response_level=level)
    assert unapproved(client, incident) == []
    assert unapproved(client, other) == ["response_level"]

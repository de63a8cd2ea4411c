"""The grade of a call that is still being taken."""

from sqlalchemy import func, select

from layers.models import Incident

GRADE = "/api/v1/grade"


def test_the_rules_answer_for_figures_that_are_not_stored(client, session):
    before = session.scalar(select(func.count()).select_from(Incident))
    answer = client.post(GRADE, json={"casualties": {"poisoned": 50, "trapped": 3}})
    assert answer.status_code == 200, answer.json
    proposed = answer.json["proposed"]
    assert proposed["accident"]["grade"] == "2", "poisoned count as seriously hurt"
    assert proposed["accident"]["reasons"][0]["text"]
    assert proposed["at_risk"]["raised"]
    assert proposed["environment"]["grade"] is None
    assert session.scalar(select(func.count()).select_from(Incident)) == before


def test_nothing_known_is_no_grade(client):
    proposed = client.post(GRADE, json={}).json["proposed"]
    assert proposed["accident"]["grade"] is None


def test_a_count_that_is_none_is_refused_with_its_field(client):
    answer = client.post(GRADE, json={"casualties": {"dead": -1}})
    assert answer.status_code == 422
    assert "dead" in str(answer.json["error"]["details"])


def test_who_may_not_report_is_not_answered(sign_in):
    viewer = sign_in(("viewer", ""))
    assert viewer.post(GRADE, json={}).status_code == 403

"""One substance told whole: limits with edition and action, constants, probits."""

import pytest


def test_chlorine_is_told_with_its_limits_their_editions_and_what_they_ask_for(client):
    answer = client.get("/api/v1/substances/7782-50-5", headers={"Accept-Language": "en"})
    assert answer.status_code == 200
    body = answer.json
    assert (body["cas"], body["name"]) == ("7782-50-5", "氯")
    assert body["zones_by"] == ["AEGL-3", "AEGL-2", "AEGL-1"]
    by_name = {limit["name"]: limit for limit in body["thresholds"]}
    assert by_name["AEGL-3 (10 min)"]["value"] == 50
    assert by_name["HJ169-1"]["severity"] == 3
    for limit in body["thresholds"]:
        assert limit["date"] and limit["source"] and limit["certainty"]
        assert limit["action"]["text"]
    assert "Life-threatening" in by_name["AEGL-3"]["action"]["text"]
    assert body["constants"]["molar_mass"]["unit"] == "kg/mol"
    assert "purple_book_chlorine" in {each["name"] for each in body["probits"]}


@pytest.mark.parametrize(("word", "status"), [("氯", 200), ("UN1017", 200), ("unobtainium", 404)])
def test_a_substance_is_asked_for_by_any_of_its_names(client, word, status):
    assert client.get(f"/api/v1/substances/{word}").status_code == status

"""Published cases through the API: the same figures, and finite JSON."""

import json

import pytest

from benchmarks.validation import cases

ASKED = ("gas_release", "gaussian_plume", "fireball", "blast", "probit", "rothermel")


@pytest.mark.parametrize("model", ASKED)
def test_a_published_case_holds_through_the_api(client, model):
    case = next(each for each in cases() if each.model == model and each.kind == "printed")
    body = {
        "inputs": dict(case.inputs),
        "coefficients": case.coefficients,
        "receptors": [dict(place) for place in case.receptors],
    }
    answer = client.post(f"/api/v1/models/{model}", json=body)
    assert answer.status_code == 200, answer.text
    json.dumps(answer.json, allow_nan=False)
    for figure in case.figures():
        found = answer.json["values"]
        for step in figure.value.split("."):
            found = found[int(step)] if isinstance(found, list) else found.get(step)
            if found is None:
                break
        assert found is None or found == pytest.approx(figure.ours)

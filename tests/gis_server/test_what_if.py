"""A case that is computed and not stored: its zones, its moments, its choices, its refusals."""

from __future__ import annotations

import json
import uuid

import pytest
from shapely.geometry import shape
from sqlalchemy.orm import Session

from analysis.zones.place import area_m2
from layers.models import Assessment

ZONES = "/api/v1/zones"
CASE = {
    "lon": 113.6254,
    "lat": 34.7466,
    "kind": "toxic_release",
    "substance": "carbon monoxide",
    "occurred_at": "2026-03-01T03:00:00+08:00",
    "at": "2026-03-01T04:00:00+08:00",
    "release": {"rate_kg_s": 5.0},
    "weather": {
        "wind_speed_m_s": 3.0,
        "wind_from_deg": 90.0,
        "stability": "D",
        "terrain": "rural",
        "temperature_c": 15.0,
        "humidity_pct": 60.0,
    },
}


def case(**parts):
    """Return the case with parts of it changed, one level deep."""
    return {
        **CASE,
        **{
            name: {**CASE[name], **value} if isinstance(CASE.get(name), dict) else value
            for name, value in parts.items()
        },
    }


def computed(client, **parts):
    answer = client.post(ZONES, json=case(**parts))
    assert answer.status_code == 200, answer.json
    return answer.json


def test_a_case_answers_zones_confidence_lines_moments_and_the_reasons_for_the_model(client):
    found = computed(client)
    levels = [f["properties"]["level"] for f in found["zones"]["features"]]
    assert {"red", "orange"} <= set(levels)
    for zone, line in zip(
        [f for f in found["zones"]["features"] if f["properties"]["basis"] == "model"],
        found["confidence"]["features"],
        strict=True,
    ):
        assert line["properties"]["role"] == "confidence"
        assert line["properties"]["level"] == zone["properties"]["level"]
        inner, outer = shape(zone["geometry"]), shape(line["geometry"])
        assert area_m2(inner - outer) < 1e-2 * area_m2(inner)
    times = [f["properties"]["time_s"] for f in found["slices"]["features"]]
    assert times == sorted(times) and times[0] > 0.0
    assert all(reason["text"] for reason in found["reasons"])


def test_a_zone_says_when_the_cloud_comes_and_a_release_that_goes_on_has_not_passed(client):
    for feature in computed(client)["zones"]["features"]:
        zone = feature["properties"]
        if zone["basis"] == "model":
            assert zone["arrives_s"] == pytest.approx(zone["distance_m"] / 3.0, rel=0.02)
            assert zone["passed_s"] is None


def test_the_width_of_the_confidence_line_is_the_uncertainty_that_was_reported(client):
    def lines(degrees):
        found = computed(client, weather={"wind_from_uncertainty_deg": degrees})
        return [area_m2(shape(f["geometry"])) for f in found["confidence"]["features"]]

    narrow, wide = lines(5.0), lines(60.0)
    assert all(few < many for few, many in zip(narrow, wide, strict=True))


def test_a_zone_over_all_winds_of_the_uncertainty_is_the_confidence_line(client):
    found = computed(client, choices={"over_wind": True})
    drawn = [f for f in found["zones"]["features"] if f["properties"]["basis"] == "model"]
    for zone, line in zip(drawn, found["confidence"]["features"], strict=True):
        assert zone["properties"]["area_m2"] == pytest.approx(
            line["properties"]["area_m2"], rel=0.02
        )


def test_a_coefficient_set_that_is_chosen_draws_the_zones(client):
    found = computed(client, choices={"dispersion": "gaussian_plume", "plume_set": "tno"})
    models = {f["properties"]["model"] for f in found["zones"]["features"]}
    assert "gaussian_plume/tno" in models


def test_the_same_case_is_answered_the_same(client):
    first, second = computed(client), computed(client)
    assert json.dumps(first, sort_keys=True) == json.dumps(second, sort_keys=True)


def test_an_answer_is_small_enough_for_a_telephone(client):
    answer = client.post(ZONES, json=case(substance="chlorine", release={"rate_kg_s": 50.0}))
    assert len(answer.data) < 300_000


def test_at_night_beyond_the_polar_circle_there_is_an_answer(client):
    weather = {name: value for name, value in CASE["weather"].items() if name != "stability"}
    found = client.post(ZONES, json=CASE | {"lat": 89.0, "weather": weather})
    assert found.status_code == 200
    stability = [a["value"] for a in found.json["assumed"] if a["field"] == "weather.stability"]
    assert stability in (["D"], ["E"], ["F"])


@pytest.mark.parametrize(
    ("parts", "field"),
    [
        ({"release": {"rate_kg_s": 0.0}}, "release.rate_kg_s"),
        ({"release": {"rate_kg_s": -1.0}}, "release.rate_kg_s"),
        ({"release": {"rate_kg_s": 5e9}}, "release.rate_kg_s"),
        ({"release": {"hole_diameter_m": 0.0}}, "release.hole_diameter_m"),
        ({"release": {"hole_diameter_m": 25.0}}, "release.hole_diameter_m"),
        ({"release": {"temperature_k": 0.0}}, "release.temperature_k"),
        ({"weather": {"wind_from_uncertainty_deg": -1.0}}, "weather.wind_from_uncertainty_deg"),
        ({"weather": {"wind_from_uncertainty_deg": 181.0}}, "weather.wind_from_uncertainty_deg"),
        ({"weather": {"stability": "G"}}, "weather.stability"),
        ({"lat": 89.95}, "lat"),
        ({"choices": {"plume_set": "unobtainium"}}, "choices.plume_set"),
        ({"choices": {"dispersion": "crystal_ball"}}, "choices.dispersion"),
        ({"choices": {"stability_scheme": "g"}}, "choices.stability_scheme"),
        ({"choices": {"threshold_scheme": "AEGL-9"}}, "choices.threshold_scheme"),
        ({"choices": {"colour": "red"}}, "choices.colour"),
    ],
)
def test_what_cannot_be_used_is_refused_by_field_with_what_may_be_said(client, parts, field):
    answer = client.post(ZONES, json=case(**parts))
    assert answer.status_code == 422, answer.json
    error = answer.json["error"]
    assert error["details"]["field"] == field
    assert error["message"]


def test_not_a_number_is_no_number(client):
    body = json.dumps(CASE).replace("5.0}", "NaN}")
    answer = client.post(ZONES, data=body, content_type="application/json")
    assert answer.status_code in (400, 422)


def test_a_release_greater_than_what_the_tank_held_is_told_with_both_numbers(client):
    found = computed(client, release={"rate_kg_s": None, "mass_kg": 9e4, "inventory_kg": 4e4})
    (said,) = [w for w in found["warnings"] if w["code"] == "hazard.mass_over_inventory"]
    assert (said["params"]["mass_kg"], said["params"]["inventory_kg"]) == (9e4, 4e4)


def test_a_plan_that_was_stored_before_clouds_had_moments_is_served_as_it_is(client, database):
    incident = client.post("/api/v1/incidents", json={"lon": 120.0, "lat": 30.0}).json
    old = {
        "at": "2025-01-01T00:00:00+00:00",
        "kind": "toxic_release",
        "lon": 120.0,
        "lat": 30.0,
        "zones": {"type": "FeatureCollection", "features": []},
        "exposure": {"by_zone": [], "targets": [], "people": None},
        "approach": None,
        "nearest": [],
        "routes": {"type": "FeatureCollection", "features": []},
        "points": {"type": "FeatureCollection", "features": []},
        "distances": [],
        "assumed": [],
        "missing": [],
        "advice": [],
        "warnings": [],
        "calls": [],
        "steps": [],
        "models": [],
        "scope": None,
    }
    with Session(database) as session, session.begin():
        stored = Assessment(incident_id=uuid.UUID(incident["id"]), created_by="x", body=old)
        session.add(stored)
        session.flush()
        id = stored.id
    answer = client.get(f"/api/v1/incidents/{incident['id']}/assessments/{id}")
    assert answer.status_code == 200
    assert answer.json["zones"] == old["zones"]
    assert client.get(f"/api/v1/route?incident={incident['id']}").status_code != 500

"""One card a community: what to do, which way, whom to call, in few enough characters to send."""

import datetime as dt
import re
import uuid

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from analysis.local import LocalPlane
from gis_server.cards import Context, away_deg
from gis_server.messages_short import fitted
from gis_server.views import cards as views
from layers.models import Contact, ProtectionTarget

INCIDENTS = "/api/v1/incidents"
LON, LAT = 120.0, 30.0
HOSTILE = "<script>alert(1)</script>\"'&\U0001f525"


def incident_with(client, database, *names, **fields):
    with Session(database) as session, session.begin():
        for number, name in enumerate(names):
            row = ProtectionTarget(
                name=name, name_en=None, kind="school", people_day=120, people_night=80,
                geom=f"SRID=4326;POINT({LON} {LAT + 0.003 * (number + 1)})",
            )  # fmt: skip
            session.add(row)
            session.flush()
            session.add(
                Contact(layer="protection_target", feature_id=row.id, name="王校长", post="校长",
                        phone="13800001234", rank=1)
            )  # fmt: skip
    body = {
        "lon": LON, "lat": LAT, "substance": "chlorine",
        "occurred_at": dt.datetime.now(dt.UTC).isoformat(),
        "weather": {"wind_speed_m_s": 3.0, "wind_from_deg": 180.0},
    }  # fmt: skip
    made = client.post(INCIDENTS, json={**body, **fields})
    assert made.status_code == 201, made.json
    incident = f"{INCIDENTS}/{made.json['id']}"
    assert client.post(f"{incident}/assessments", json={}).status_code == 201
    return incident


def test_each_community_in_a_zone_has_a_card_that_says_what_to_do(client, database):
    incident = incident_with(client, database, "临港一小", "临港二小")
    answer = client.get(f"{incident}/cards").json
    assert answer["plan"] == client.get(incident).json["assessment"]
    assert [card["name"] for card in answer["cards"]] == ["临港一小", "临港二小"]
    for card in answer["cards"]:
        assert card["action"] in ("evacuate", "shelter")
        assert card["why"]["text"] != card["why"]["code"]
        assert [(c["name"], c["phone"]) for c in card["calls"]] == [("王校长", "13800001234")]
        for language in ("zh", "en"):
            assert 0 < len(card["short"][language]) <= 70
            assert len(card["short"][language]) < len(card["long"][language]) <= 300
    assert "氯" in answer["cards"][0]["short"]["zh"]
    assert "Chlorine" in answer["cards"][0]["short"]["en"]


def test_without_roads_a_card_says_away_across_the_wind_and_why_no_road(client, database):
    incident = incident_with(client, database, "临港一小", kind="pool_fire", substance="methanol")
    (card,) = client.get(f"{incident}/cards").json["cards"]
    assert (card["action"], card["road"], card["to"]) == ("evacuate", None, None)
    assert card["no_road"]["text"] != card["no_road"]["code"]
    assert card["away"]["compass"]["text"] in card["short"]["en"]


@pytest.mark.parametrize(
    ("east_m", "north_m", "wind", "hazard", "expected"),
    [
        (100, 1000, 180.0, "toxic", 90),
        (-100, 1000, 180.0, "toxic", 270),
        (1000, 100, 270.0, "toxic", 0),
        (1000, -100, 270.0, "toxic", 180),
        (1000, 1000, None, "toxic", 45),
        (1000, 1000, 180.0, "thermal", 45),
    ],
)
def test_away_is_across_the_wind_to_the_side_one_is_on(east_m, north_m, wind, hazard, expected):
    lon, lat = LocalPlane(LON, LAT).lonlat([east_m], [north_m])
    context = Context(
        incident=None, plan={"lon": LON, "lat": LAT}, substance=None, wind_from_deg=wind,
        zone=dt.UTC, calls={},
    )  # fmt: skip
    target = {"lon": float(lon[0]), "lat": float(lat[0]), "hazard": hazard}
    assert away_deg(context, target) == pytest.approx(expected % 360, abs=0.1)


def test_a_message_keeps_its_limit_whatever_the_names_are():
    params = {"what": "x" * 300, "road": "y" * 300, "to": "z" * 300, "name": "", "away": "north"}
    for language in ("zh", "en"):
        for form in ("road", "away", "shelter"):
            for size, limit in (("short", 70), ("long", 300)):
                keys = ["card_text.drill", f"card_text.{size}_{form}"]
                said = fitted(language, keys, params, limit=limit)
                assert len(said) <= limit
                assert "{" not in said


def test_a_name_of_markup_is_shown_as_text_on_the_page(client, database):
    incident = incident_with(client, database, HOSTILE)
    (card,) = client.get(f"{incident}/cards").json["cards"]
    assert card["name"] == HOSTILE
    page = client.get(card["links"]["html"])
    assert page.status_code == 200
    assert "<script>" not in page.text
    assert "&lt;script&gt;" in page.text
    assert page.headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert "http://" not in page.text
    assert "https://" not in page.text


def test_an_exercise_is_marked_on_every_card(client, database):
    incident = incident_with(client, database, "临港一小", exercise=True)
    (card,) = client.get(f"{incident}/cards").json["cards"]
    assert card["short"]["zh"].startswith("【演练】")
    assert card["short"]["en"].startswith("DRILL.")
    assert "EXERCISE" in client.get(card["links"]["html"]).text


def test_numbers_are_covered_for_who_may_not_read_contacts(client, database, sign_in):
    incident = incident_with(client, database, "临港一小")
    viewer = sign_in(("viewer", ""), name="viewer")
    (card,) = viewer.get(f"{incident}/cards").json["cards"]
    assert card["calls"][0]["masked"] is True
    assert "13800001234" not in str(card)
    assert "13800001234" not in viewer.get(card["links"]["html"]).text


def test_a_card_of_another_region_or_of_nobody_is_not_there(client, database, sign_in):
    incident = incident_with(client, database, "临港一小")
    (card,) = client.get(f"{incident}/cards").json["cards"]
    assert client.get(f"{incident}/cards/{uuid.uuid4()}.html").status_code == 404
    assert client.get(f"{incident}/cards/not-an-id.html").status_code == 422
    with Session(database) as session, session.begin():
        session.execute(text("UPDATE incident SET region = '330100'"))
        session.execute(text("UPDATE protection_target SET region = '440100'"))
    near = sign_in(("duty", "330100"), name="near")
    assert near.get(f"{incident}/cards").json["cards"] == []
    assert near.get(card["links"]["html"]).status_code == 404
    far = sign_in(("duty", "440100"), name="far")
    assert far.get(f"{incident}/cards").status_code == 404


def test_an_incident_without_a_plan_has_no_cards(client):
    made = client.post(INCIDENTS, json={"lon": LON, "lat": LAT}).json
    assert client.get(f"{INCIDENTS}/{made['id']}/cards").json["cards"] == []


def test_all_cards_are_one_file_with_a_page_each(client, database, monkeypatch):
    incident = incident_with(client, database, "一小", "二小", "三小")
    printed = []
    monkeypatch.setattr(
        views.printing, "pdf", lambda page, *, config: printed.append(page) or b"%PDF-"
    )
    assert client.get(f"{incident}/cards.pdf").mimetype == "application/pdf"
    assert printed[0].count('<section class="card">') == 3
    monkeypatch.setattr(views, "PRINTED_MAX", 2)
    assert client.get(f"{incident}/cards.pdf").status_code == 200
    assert client.get(f"{incident}/cards.pdf?offset=2").status_code == 200
    assert [page.count('<section class="card">') for page in printed] == [3, 2, 1]
    assert "三小" in printed[2] and "一小" not in printed[2]
    assert client.get(f"{incident}/cards.pdf?offset=3").status_code == 404


def test_a_card_is_printed_as_pdf_and_as_a_picture_of_1080_pixels(client, database):
    incident = incident_with(client, database, "临港经济技术开发区第一实验小学" * 3, exercise=True)
    (card,) = client.get(f"{incident}/cards").json["cards"]
    pdf = client.get(card["links"]["pdf"])
    assert (pdf.status_code, pdf.mimetype) == (200, "application/pdf")
    assert pdf.data.startswith(b"%PDF")
    assert len(re.findall(rb"/Type\s*/Page[^s]", pdf.data)) == 1
    png = client.get(card["links"]["png"])
    assert png.data.startswith(b"\x89PNG")
    assert int.from_bytes(png.data[16:20], "big") == 1080


def test_whose_numbers_show_follows_from_the_targets_region_and_not_from_the_incidents(
    client, database, sign_in
):
    incident = incident_with(client, database, "临港一小", "临港二小")
    with Session(database) as session, session.begin():
        session.execute(text("UPDATE incident SET region = '330102'"))
        session.execute(text("UPDATE protection_target SET region = '330203'"))
        session.execute(
            text("UPDATE protection_target SET region = '330102' WHERE name LIKE '%一小'")
        )
    reader = sign_in(("duty", "330102"), ("viewer", "330203"))
    numbers = {
        card["name"]: card["calls"][0]["phone"]
        for card in reader.get(f"{incident}/cards").json["cards"]
    }
    assert numbers == {"临港一小": "13800001234", "临港二小": "138******34"}

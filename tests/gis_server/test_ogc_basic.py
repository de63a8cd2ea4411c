"""Basic at the doors for desktop GIS: who gets in, how often one may try, and where it ends."""

from __future__ import annotations

import base64

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from gis_server import passwords
from gis_server.app import create_app
from gis_server.config import Config
from gis_server.ogc import basic
from gis_server.site import add_user, disable, grant
from layers.models import LoginFailure, User
from layers.models import Session as SessionRow
from tests.gis_server.ogc_city import build

PASSWORD = "correct horse battery"
ITEMS = "/ogc/collections/team/items"


def header(name="wang", password=PASSWORD):
    return {"Authorization": "Basic " + base64.b64encode(f"{name}:{password}".encode()).decode()}


@pytest.fixture
def site(database):
    build(database)
    with Session(database) as session, session.begin():
        add_user(session, name="Wang", password=PASSWORD, title="planner")
        grant(session, name="wang", role="viewer", region="330102")


@pytest.fixture
def visitor(app, site):
    return app.test_client()


def hashes(monkeypatch):
    """Return a list that grows with every password that is hashed."""
    counted = []
    real = passwords.matches
    monkeypatch.setattr(passwords, "matches", lambda *given: counted.append(1) or real(*given))
    return counted


def test_a_name_and_a_password_open_the_doors_in_the_regions_of_the_user(visitor):
    answer = visitor.get(ITEMS, headers=header())
    assert answer.status_code == 200
    assert answer.json["numberMatched"] == 2
    assert visitor.get("/wmts?request=GetCapabilities", headers=header()).status_code == 200


def test_nothing_but_the_doors_takes_them(visitor):
    for path in ("/api/v1/layers", "/tiles/team.json", "/ogcx", "/api/v1/layers/team/features"):
        answer = visitor.get(path, headers=header())
        assert answer.status_code in (401, 404)
        assert "WWW-Authenticate" not in answer.headers
    assert visitor.post("/ogc/collections", headers=header()).status_code == 405


def test_no_session_is_opened_and_no_cookie_set(visitor, database):
    answer = visitor.get(ITEMS, headers=header())
    assert "Set-Cookie" not in answer.headers
    with Session(database) as session:
        assert session.scalar(select(func.count()).select_from(SessionRow)) == 0
        assert session.scalar(select(func.count()).select_from(LoginFailure)) == 0


@pytest.mark.parametrize(
    ("name", "password"), [("wang", "wrong"), ("nobody", PASSWORD), ("", ""), ("王", "口令")]
)
def test_a_wrong_name_or_password_is_a_401_that_says_how_even_beside_a_good_cookie(
    visitor, sign_in, name, password
):
    for client in (visitor, sign_in(("commander", ""))):
        answer = client.get(ITEMS, headers=header(name, password))
        assert answer.status_code == 401
        assert answer.headers["WWW-Authenticate"] == 'Basic realm="onemap", charset="UTF-8"'
        assert answer.json["title"] == "wrong_password"


def test_the_password_is_hashed_once_and_not_at_every_tile(visitor, monkeypatch):
    counted = hashes(monkeypatch)
    for _ in range(5):
        assert visitor.get(ITEMS, headers=header()).status_code == 200
    assert len(counted) == 1


def test_who_was_let_in_is_asked_again_after_a_while(visitor, monkeypatch):
    counted = hashes(monkeypatch)
    clock = [1000.0]
    monkeypatch.setattr(basic.time, "monotonic", lambda: clock[0])
    visitor.get(ITEMS, headers=header())
    clock[0] += basic.KEPT_S + 1
    visitor.get(ITEMS, headers=header())
    assert len(counted) == 2


def test_wrong_passwords_are_counted_as_at_signing_in(visitor):
    statuses = [
        visitor.get(ITEMS, headers=header(password=f"no{n}")).status_code for n in range(22)
    ]
    assert statuses[:20] == [401] * 20
    assert statuses[21] == 429
    assert visitor.get(ITEMS, headers=header()).status_code == 429
    sent = {"name": "wang", "password": PASSWORD}
    assert visitor.post("/api/v1/session", json=sent).status_code == 429


def test_a_disabled_user_or_a_changed_password_is_out_at_once(visitor, database):
    assert visitor.get(ITEMS, headers=header()).status_code == 200
    with Session(database) as session, session.begin():
        user = session.scalar(select(User).where(User.name == "Wang"))
        user.password_hash = passwords.hashed("another long password")
    assert visitor.get(ITEMS, headers=header()).status_code == 401
    again = header(password="another long password")
    assert visitor.get(ITEMS, headers=again).status_code == 200
    with Session(database) as session, session.begin():
        disable(session, name="wang", disabled=True)
    assert visitor.get(ITEMS, headers=again).status_code == 401


def test_a_new_grant_counts_at_once(visitor, database):
    assert visitor.get(ITEMS, headers=header()).json["numberMatched"] == 2
    with Session(database) as session, session.begin():
        grant(session, name="wang", role="viewer", region="33")
    assert visitor.get(ITEMS, headers=header()).json["numberMatched"] == 5


def test_the_demo_does_not_look_at_names(database, tmp_path, site):
    demo = create_app(Config(var=tmp_path, demo=True), database).test_client()
    assert demo.get(ITEMS, headers=header(password="wrong")).status_code == 200
    with Session(database) as session:
        assert session.scalar(select(func.count()).select_from(LoginFailure)) == 0


@pytest.mark.parametrize("value", ["Basic", "Basic !!!", "Basic " + "A" * 100_000, "Bearer x"])
def test_a_header_that_cannot_be_read_lets_nobody_in(visitor, value):
    assert visitor.get(ITEMS, headers={"Authorization": value}).status_code in (400, 401)


def test_few_are_remembered():
    remembered = basic.Remembered()
    for number in range(basic.KEPT_AT_MOST + 10):
        digest = remembered.digest(f"user{number}", "x")
        remembered.keep(digest, basic.uuid.uuid4(), None, 0.0)
    assert remembered.find(remembered.digest("user0", "x"), 0.0) is None
    assert remembered.find(digest, 0.0) is not None
    assert basic.Remembered().digest("user0", "x") != remembered.digest("user0", "x")

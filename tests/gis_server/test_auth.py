"""Who may: signing in and out, permissions, regions, other sites, demo mode."""

import pytest
from pydantic import ValidationError
from sqlalchemy import select
from sqlalchemy.orm import Session

from gis_server import passwords, signin
from gis_server.app import create_app
from gis_server.auth import declared
from gis_server.config import Config
from gis_server.roles import GRANTS, PERMISSIONS, PUBLIC, SIGNED_IN
from gis_server.site import add_user, disable, first_admin, grant
from layers.errors import InvalidInputError, SetupError
from layers.models import Grant, LoginFailure, Region, User
from layers.models import Session as SessionRow

PASSWORD = "correct horse battery"
SESSION = "/api/v1/session"


@pytest.fixture
def person(database):
    with Session(database) as session, session.begin():
        add_user(session, name="Wang", password=PASSWORD, title="duty officer")
        grant(session, name="wang", role="duty", region="")
    return {"name": "wang", "password": PASSWORD}


@pytest.fixture
def demo(database, tmp_path):
    app = create_app(Config(var=tmp_path, demo=True), database)
    return app.test_client()


# --- signing in ---------------------------------------------------------------


def test_signing_in_opens_a_session_and_signing_out_ends_it_for_good(app, person):
    visitor = app.test_client()
    assert visitor.get("/api/v1/layers").status_code == 401
    answer = visitor.post(SESSION, json=person)
    assert answer.status_code == 201
    assert answer.json["user"] == {"name": "Wang", "title": "duty officer"}
    cookie = visitor.get_cookie("onemap_session")
    assert cookie.http_only and cookie.same_site == "Lax"
    assert visitor.get("/api/v1/layers").status_code == 200
    stolen = cookie.value
    assert visitor.delete(SESSION).status_code == 204
    thief = app.test_client()
    thief.set_cookie("onemap_session", stolen)
    assert thief.get("/api/v1/layers").status_code == 401


def test_the_database_knows_a_token_by_its_hash_only(app, person, database):
    visitor = app.test_client()
    visitor.post(SESSION, json=person)
    token = visitor.get_cookie("onemap_session").value
    with Session(database) as session:
        assert session.scalars(select(SessionRow.token_sha256)).all() == [signin.digest(token)]


def test_signing_in_again_gives_a_new_token_and_ends_the_old_one(app, person):
    visitor = app.test_client()
    visitor.post(SESSION, json=person)
    old = visitor.get_cookie("onemap_session").value
    visitor.post(SESSION, json=person)
    assert visitor.get_cookie("onemap_session").value != old
    other = app.test_client()
    other.set_cookie("onemap_session", old)
    assert other.get("/api/v1/layers").status_code == 401


def test_a_wrong_name_and_a_wrong_password_are_answered_alike(app, person):
    visitor = app.test_client()
    wrong = visitor.post(SESSION, json={**person, "password": "x" * 12})
    unknown = visitor.post(SESSION, json={"name": "nobody", "password": "x" * 12})
    assert wrong.status_code == unknown.status_code == 401
    assert wrong.json == unknown.json


def test_a_disabled_user_is_out_at_once(app, person, database):
    visitor = app.test_client()
    visitor.post(SESSION, json=person)
    with Session(database) as session, session.begin():
        session.scalars(select(User)).one().disabled = True
    assert visitor.get("/api/v1/layers").status_code == 401
    assert visitor.post(SESSION, json=person).status_code == 401


def test_an_idle_session_ends(database, config, person):
    with Session(database) as session, session.begin():
        token = signin.open_session(session, session.scalars(select(User.id)).one(), config)
    idle = config.model_copy(update={"session_idle_s": 0})
    with Session(database) as session:
        assert signin.identify(session, token, config) is not None
        assert signin.identify(session, token, idle) is None


def test_a_grant_that_has_ended_opens_nothing(app, sign_in, database):
    visitor = sign_in(("duty", ""))
    assert visitor.get("/api/v1/layers").status_code == 200
    with Session(database) as session, session.begin():
        session.scalars(select(Grant)).one().until = session.scalar(select(SessionRow.created_at))
    assert visitor.get("/api/v1/layers").status_code == 403


def test_a_right_that_has_ended_opens_again_when_it_is_given_again(app, sign_in, database):
    visitor = sign_in(("duty", ""), name="wang")
    with Session(database) as session, session.begin():
        session.scalars(select(Grant)).one().until = session.scalar(select(SessionRow.created_at))
    assert visitor.get("/api/v1/layers").status_code == 403
    with Session(database) as session, session.begin():
        grant(session, name="wang", role="duty", region="")
    assert visitor.get("/api/v1/layers").status_code == 200


def test_a_browser_is_told_to_keep_tiles_apart_by_what_was_granted(sign_in, database):
    visitor = sign_in(("viewer", "330102"), name="wang")
    seen = []
    for region in (None, "330103"):
        if region is not None:
            with Session(database) as session, session.begin():
                grant(session, name="wang", role="viewer", region=region)
        told = visitor.get("/api/v1/session")
        assert told.headers["Set-Cookie"].startswith("onemap_sight=")
        assert "HttpOnly" in told.headers["Set-Cookie"]
        assert "Set-Cookie" not in visitor.get("/api/v1/session").headers
        seen.append(visitor.get_cookie("onemap_sight").value)
    assert len(set(seen)) == 2
    assert "Cookie" in visitor.get("/tiles/team/0/5/1/1.mvt").vary


def test_who_is_shut_out_is_out_at_once_and_stays_signed_out(app, sign_in, database):
    visitor = sign_in(("duty", ""), name="wang")
    for disabled in (True, False):
        with Session(database) as session, session.begin():
            disable(session, "wang", disabled=disabled)
        assert visitor.get("/api/v1/layers").status_code == 401


def test_a_right_needs_a_region_that_has_to_do_with_the_districts_on_record(sign_in, database):
    sign_in(name="wang")
    shape = "SRID=4326;MULTIPOLYGON(((0 0,0 1,1 1,1 0,0 0)))"
    with Session(database) as session, session.begin():
        session.add(Region(code="330102", name="上城区", geom=shape))
        session.flush()
        for region in ("330100", "33", "330102", "330102001", ""):
            grant(session, name="wang", role="duty", region=region)
        for region in ("330200", "330103", "osm1"):
            with pytest.raises(InvalidInputError, match=region):
                grant(session, name="wang", role="duty", region=region)
        with pytest.raises(InvalidInputError, match="330102 上城区"):
            grant(session, name="wang", role="duty", region="上城")


def test_the_21st_failure_locks_a_name_even_for_the_right_password(app, person, database):
    with Session(database) as session, session.begin():
        session.add_all(LoginFailure(name="wang", address="10.0.0.9") for _ in range(20))
    visitor = app.test_client()
    answer = visitor.post(SESSION, json=person)
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) > 0


def test_failures_are_kept_and_a_success_takes_its_own_attempt_back(app, person, database):
    visitor = app.test_client()
    visitor.post(SESSION, json={**person, "password": "wrong password"})
    visitor.post(SESSION, json=person)
    with Session(database) as session:
        assert session.scalars(select(LoginFailure.name)).all() == ["wang"]


def test_a_password_is_stored_as_argon2id_with_the_small_profile():
    stored = passwords.hashed(PASSWORD)
    assert stored.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert passwords.matches(stored, PASSWORD)
    assert not passwords.matches(stored, PASSWORD + " ")
    assert not passwords.matches(None, PASSWORD)


def test_the_first_start_makes_one_administrator_and_only_once(database):
    with Session(database) as session, session.begin():
        password = first_admin(session)
        assert first_admin(session) is None
    assert password and len(password) > 20
    with Session(database) as session:
        admin = session.scalars(select(User)).one()
        assert passwords.matches(admin.password_hash, password)


# --- permissions --------------------------------------------------------------


def test_every_route_declares_a_permission_that_exists(app):
    for rule in app.url_map.iter_rules():
        assert declared(app, rule.endpoint) in {*PERMISSIONS, PUBLIC, SIGNED_IN}, rule


def test_a_route_without_a_permission_is_shut(app, client):
    app.add_url_rule("/naked", "naked", lambda: "open")
    assert client.get("/naked").json["error"]["code"] == "undeclared"


def _routes(app):
    for rule in app.url_map.iter_rules():
        needed = declared(app, rule.endpoint)
        if needed in (PUBLIC, SIGNED_IN):
            continue
        address = rule.rule
        for name in rule.arguments:
            for form in (f"<{name}>", f"<path:{name}>"):
                address = address.replace(form, _example(name))
        for method in rule.methods - {"HEAD", "OPTIONS"}:
            yield method, address, needed


def _example(name):
    return {"layer": "team", "z": "1", "x": "0", "y": "0", "revision": "0"}.get(
        name, "01890000-0000-7000-8000-000000000000"
    )


def test_each_role_passes_exactly_the_doors_of_the_table(app, sign_in):
    visitors = {role: sign_in((role, "")) for role in GRANTS}
    nobody = app.test_client()
    for method, address, needed in _routes(app):
        body = {"json": {}} if method in ("POST", "PATCH", "PUT") else {}
        assert nobody.open(address, method=method, **body).status_code == 401, (method, address)
        for role, visitor in visitors.items():
            answer = visitor.open(address, method=method, **body)
            shut = answer.status_code == 403 and answer.json["error"]["code"] == "forbidden"
            assert shut != (needed in GRANTS[role]), (role, method, address, answer.status_code)
            answer.close()


def test_what_lies_in_another_region_is_neither_listed_nor_found_nor_counted(
    client, sign_in, sealed
):
    for region, name in (("3301", "mine"), ("3302", "theirs")):
        client.post("/api/v1/layers/team/features", json=_team(name, region))
    sealed()
    county = sign_in(("duty", "3301"))
    found = county.get("/api/v1/layers/team/features").json["features"]
    assert [f["properties"]["name"] for f in found] == ["mine"]
    teams = client.get("/api/v1/layers/team/features").json["features"]
    hidden = next(f for f in teams if f["properties"]["region"] == "3302")
    assert county.get(f"/api/v1/layers/team/features/{hidden['id']}").status_code == 404
    listed = county.get("/api/v1/layers").json["layers"]
    assert next(layer for layer in listed if layer["name"] == "team")["count"] == 1
    near = county.get("/api/v1/around?lon=120&lat=30&radius_m=5000").json["layers"]
    assert len(near["team"]) == 1


def test_a_permission_holds_only_where_its_role_was_granted(client, sign_in, sealed):
    made = client.post("/api/v1/layers/team/features", json=_team("theirs", "3302")).json
    both = sign_in(("viewer", ""), ("planner", "3301"))
    address = f"/api/v1/layers/team/features/{made['id']}"
    assert both.get(address).status_code == 200
    patch = {"properties": {"people": 3}}
    assert both.patch(address, json=patch, headers={"If-Match": '"1"'}).status_code in (403, 404)


def _team(name, region):
    return {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": [120.0, 30.0]},
        "properties": {"name": name, "kind": "fire", "region": region},
    }


def test_contacts_are_covered_for_whoever_may_not_call(client, sign_in):
    made = client.post("/api/v1/layers/team/features", json=_team("one", None)).json
    address = f"/api/v1/layers/team/features/{made['id']}"
    contact = {"name": "王小明", "post": "队长", "phone": "13800001234"}
    sent = {"json": {"contacts": [contact]}, "headers": {"If-Match": '"1"'}}
    assert client.put(f"{address}/contacts", **sent).status_code == 200
    assert client.get(address).json["contacts"][0]["phone"] == "13800001234"
    covered = sign_in(("viewer", "")).get(address).json["contacts"][0]
    assert "13800001234" not in str(covered) and "小明" not in str(covered)
    assert covered["post"] == "队长"


# --- other sites --------------------------------------------------------------


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://localhost:9999"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
def test_a_change_from_another_site_is_refused_even_with_our_header(client, headers):
    answer = client.post("/api/v1/incidents", json={"lon": 1, "lat": 1}, headers=headers)
    assert answer.status_code == 403
    assert answer.json["error"]["code"] == "cross_site"


def test_a_change_with_a_cookie_needs_proof_that_a_page_of_ours_sent_it(client):
    body = {"lon": 1, "lat": 1}
    bare = {"X-Requested-With": ""}
    assert client.post("/api/v1/incidents", json=body, headers=bare).status_code == 403
    own = {**bare, "Origin": "http://localhost"}
    assert client.post("/api/v1/incidents", json=body, headers=own).status_code == 201


# --- demo ---------------------------------------------------------------------


def test_demo_mode_signs_a_visitor_of_this_machine_in_as_commander(demo):
    answer = demo.get(SESSION)
    assert answer.json["demo"] is True
    assert answer.json["roles"] == ["commander"]
    assert demo.get("/api/v1/layers").status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"X-Forwarded-For": "127.0.0.1"},
        {"X-Forwarded-Proto": "https"},
        {"x-forwarded-anything": "1"},
        {"Forwarded": "for=127.0.0.1"},
        {"Via": "1.1 Caddy"},
        {"X-Real-IP": "127.0.0.1"},
        {"Host": "evil.example"},
        {"Host": "evil.example:8000"},
        {"Host": "127.0.0.1.evil.example"},
        {"Host": "localhost.:8000"},
    ],
)
def test_demo_mode_refuses_whatever_did_not_come_straight_from_this_machine(demo, headers):
    for path in ("/", "/healthz", "/api/v1/layers", "/nowhere"):
        answer = demo.get(path, headers=headers)
        assert answer.status_code == 403, path
        assert answer.json["error"]["code"] == "demo_door"


@pytest.mark.parametrize("host", ["localhost", "localhost:8000", "127.0.0.1", "127.0.0.1:8000"])
def test_demo_mode_answers_to_its_own_names(demo, host):
    assert demo.get("/api/v1/layers", headers={"Host": host}).status_code == 200


def test_demo_mode_refuses_an_address_that_is_not_loopback(demo):
    answer = demo.get("/api/v1/layers", environ_base={"REMOTE_ADDR": "10.1.2.3"})
    assert answer.status_code == 403


@pytest.mark.parametrize("host", ["0.0.0.0", "10.0.0.1", "::", "onemap.example"])
def test_demo_mode_refuses_to_start_on_another_address(host):
    with pytest.raises((SetupError, ValidationError)):
        Config(demo=True, host=host)


def test_a_demo_visitor_that_another_site_sends_is_refused(demo):
    body = {"lon": 1, "lat": 1}
    for headers in ({"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}):
        assert demo.post("/api/v1/incidents", json=body, headers=headers).status_code == 403

"""Packs over HTTP: asked for, made, told, deleted; what somebody may not see is in none."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import uuid

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from gis_server import pack_jobs, packing
from gis_server.roles import GRANTS
from layers.errors import SetupError
from layers.models import JournalRow, Pack, User
from layers.packs import signing
from layers.packs.verification import verify
from tests.gis_server import pack_site
from tests.gis_server.pack_site import BBOX, ask, contents, made, path_of

PACKS = "/api/v1/packs"


@pytest.fixture(autouse=True)
def _filled(database):
    pack_site.fill(database)


def test_a_pack_is_asked_for_made_and_fetched(client, database, config):
    asked = ask(client)
    assert asked.status_code == 202
    assert (asked.json["status"], asked.json["file"]) == ("waiting", None)
    pack_jobs.run(database, config, uuid.UUID(asked.json["id"]))
    told = client.get(asked.headers["Location"]).json
    assert (told["status"], told["progress"], told["error"]) == ("ready", None, None)
    body = client.get(told["file"])
    assert body.status_code == 200
    assert len(body.data) == told["bytes"]
    assert hashlib.sha256(body.data).hexdigest() == told["sha256"]
    parts = contents(body.data)
    assert list(parts)[:2] == ["manifest.json", "manifest.sig"]
    assert {
        "basemap.pmtiles", "layers.pmtiles", "features/team.json.gz", "features.gpkg",
        "forms.json", "plans/incidents.json.gz", "README.txt",
    } <= parts.keys()  # fmt: skip
    assert client.get(PACKS).json["packs"] == [told]
    assert {path.name for path in config.packs_dir.iterdir()} == {f"{told['id']}.onemap"}


def test_its_manifest_is_true_and_signed_with_the_key_that_the_site_tells(
    client, database, config, sealed
):
    told = made(client, database, config, name="包一", expires_days=3, minzoom=2)
    key = client.get(f"{PACKS}/key").json
    now = dt.datetime.now(dt.UTC)
    manifest = verify(path_of(config, told), now=now, trusted={key["key"]})
    body = manifest.body
    layers = client.get("/api/v1/layers").json
    assert (manifest.name, body["made_by"], str(manifest.id)) == ("包一", "commander", told["id"])
    assert dt.timedelta(days=2.9) < manifest.expires_at - now < dt.timedelta(days=3.1)
    assert (body["minzoom"], body["maxzoom"], body["bounds"]) == (2, 12, BBOX)
    assert body["epoch"] == layers["epoch"]
    assert body["revision"] == max(layer["revision"] for layer in layers["layers"]) > 0
    assert body["fictional"] is False
    (team,) = [layer for layer in body["layers"] if layer["name"] == "team"]
    assert (team["title"], team["title_en"]) == ("救援队伍", "Rescue teams")
    assert team["geometry"] == "GEOMETRY"
    assert team["count"] == len(pack_site.features(contents(path_of(config, told)), "team")) == 27


def test_a_download_cut_anywhere_goes_on_where_it_was(client, database, config):
    told = made(client, database, config)
    whole = path_of(config, told).read_bytes()
    tag = client.head(told["file"]).headers["ETag"]
    assert tag == f'"{told["sha256"]}"'
    for cut in (1, 4096, len(whole) // 3, len(whole) - 1):
        rest = client.get(told["file"], headers={"Range": f"bytes={cut}-", "If-Range": tag})
        assert rest.status_code == 206
        assert rest.headers["Content-Range"] == f"bytes {cut}-{len(whole) - 1}/{len(whole)}"
        assert hashlib.sha256(whole[:cut] + rest.data).hexdigest() == told["sha256"]
        assert "Content-Encoding" not in rest.headers
    stale = client.get(told["file"], headers={"Range": "bytes=9-", "If-Range": '"another"'})
    assert (stale.status_code, stale.data) == (200, whole)
    beyond = client.get(told["file"], headers={"Range": f"bytes={len(whole)}-"})
    assert beyond.status_code == 416
    assert client.get(told["file"], headers={"If-None-Match": tag}).status_code == 304


def test_a_pack_is_its_owners_and_the_administrators(client, sign_in, database, config):
    told = made(client, database, config)
    other, admin = sign_in(("commander", ""), name="other"), sign_in(("admin", ""))
    for address in (f"{PACKS}/{told['id']}", told["file"]):
        assert other.get(address).status_code == 404
        assert admin.get(address).status_code == 200
    assert other.get(PACKS).json["packs"] == []
    assert [pack["id"] for pack in admin.get(PACKS).json["packs"]] == [told["id"]]
    assert other.delete(f"{PACKS}/{told['id']}").status_code == 404
    assert path_of(config, told).exists()
    viewer = sign_in(("viewer", ""))
    assert viewer.get(PACKS).status_code == 403
    assert ask(viewer).status_code == 403


def test_a_pack_that_holds_more_than_its_owner_may_see_now_is_not_handed_out(
    sign_in, database, config
):
    from layers.models import Grant

    planner = sign_in(("planner", "3301"), name="planner")
    told = made(planner, database, config)
    assert planner.get(told["file"]).status_code == 200
    with Session(database) as session, session.begin():
        session.execute(update(Grant).values(region="330102"))
    refused = planner.get(told["file"])
    assert (refused.status_code, refused.json["error"]["code"]) == (403, "pack_beyond_rights")


def test_whoever_may_make_packs_may_also_read_and_take_out_what_is_in_them():
    for role, granted in GRANTS.items():
        if "packs.make" in granted:
            assert {"features.read", "features.export", "incidents.read"} <= granted, role


def test_a_person_who_lost_the_right_meanwhile_gets_no_pack(sign_in, database, config):
    planner = sign_in(("planner", ""), name="planner")
    asked = ask(planner).json
    with Session(database) as session, session.begin():
        session.execute(update(User).where(User.name == "planner").values(disabled=True))
    pack_jobs.run(database, config, uuid.UUID(asked["id"]))
    with Session(database) as session:
        pack = session.get_one(Pack, uuid.UUID(asked["id"]))
        assert (pack.status, pack.report["error"]["code"]) == ("failed", "forbidden")
    assert list(config.packs_dir.glob("*.onemap")) == []


def test_a_user_called_demo_has_the_rights_of_the_user_and_no_more(sign_in, database, config):
    demo = sign_in(("planner", "330102"), name="demo")
    told = made(demo, database, config)
    assert told["asked"]["demo"] is False
    rows = pack_site.features(contents(path_of(config, told)), "team")
    assert {row["properties"]["region"] for row in rows} == {"330102"}


def test_a_deleted_pack_is_gone_from_the_disk_and_stays_in_the_journal(client, database, config):
    told = made(client, database, config)
    assert client.delete(f"{PACKS}/{told['id']}").status_code == 204
    assert not path_of(config, told).exists()
    assert client.get(told["file"]).status_code == 404
    with Session(database) as session:
        lines = session.execute(
            select(JournalRow.op, JournalRow.actor)
            .where(JournalRow.layer == "pack")
            .order_by(JournalRow.entry)
        ).all()
    assert lines[0] == ("insert", "commander")
    assert lines[-1] == ("delete", "commander")


def test_a_pack_that_is_deleted_while_it_is_made_stops_and_leaves_nothing(
    client, database, config, monkeypatch
):
    asked = ask(client).json
    monkeypatch.setattr(pack_jobs, "TELL_S", 0.0)
    seen = []

    told = []
    teller = pack_jobs._teller

    def telling(*args):
        tell = teller(*args)

        def both(step, done, whole):
            told.append(step)
            if step == "layers" and not seen:
                seen.append(client.delete(f"{PACKS}/{asked['id']}").status_code)
            tell(step, done, whole)

        return both

    monkeypatch.setattr(pack_jobs, "_teller", telling)
    pack_jobs.run(database, config, uuid.UUID(asked["id"]))
    assert seen == [204]
    assert "sealing" not in told
    assert list(config.packs_dir.iterdir()) == []
    assert client.get(f"{PACKS}/{asked['id']}").status_code == 404


def test_a_pack_that_was_cut_short_is_made_again_and_failed_the_third_time(
    client, database, config, monkeypatch
):
    asked = ask(client).json
    id = uuid.UUID(asked["id"])

    def killed(*args, **kwargs):
        raise KeyboardInterrupt

    monkeypatch.setattr(packing.pack_words, "readme", killed)
    for attempt in range(pack_jobs.ATTEMPTS):
        assert pack_jobs.next_pack(database) == id
        with pytest.raises(KeyboardInterrupt):
            pack_jobs.run(database, config, id)
        told = client.get(f"{PACKS}/{id}").json
        assert (told["status"], told["progress"]) == ("making", None), attempt
        assert list(config.packs_dir.iterdir()) == []
    pack_jobs.run(database, config, id)
    told = client.get(f"{PACKS}/{id}").json
    assert (told["status"], told["error"]["code"]) == ("failed", "pack_crashed")
    assert told["error"]["text"].startswith("The making of the pack ended")
    assert pack_jobs.next_pack(database) is None


def test_one_pack_is_made_at_a_time(client, database, config, monkeypatch):
    first, second = ask(client).json, ask(client).json
    seen = []
    real = packing.pack_words.readme

    def meanwhile(*args):
        seen.append(pack_jobs.next_pack(database))
        pack_jobs.run(database, config, uuid.UUID(second["id"]))
        return real(*args)

    monkeypatch.setattr(packing.pack_words, "readme", meanwhile)
    pack_jobs.run(database, config, uuid.UUID(first["id"]))
    assert seen == [None]
    assert client.get(f"{PACKS}/{first['id']}").json["status"] == "ready"
    assert client.get(f"{PACKS}/{second['id']}").json["status"] == "waiting"
    assert pack_jobs.next_pack(database) == uuid.UUID(second["id"])


def test_a_person_waits_for_three_packs_at_most(client, sign_in):
    for _ in range(3):
        assert ask(client).status_code == 202
    refused = ask(client)
    assert (refused.status_code, refused.json["error"]["code"]) == (413, "pack_waiting")
    assert ask(sign_in(("duty", ""), name="other")).status_code == 202


def test_an_expired_pack_leaves_the_disk(client, database, config):
    old, young = made(client, database, config), made(client, database, config)
    past = dt.datetime.now(dt.UTC) - dt.timedelta(seconds=1)
    with Session(database) as session, session.begin():
        session.execute(update(Pack).where(Pack.id == uuid.UUID(old["id"])).values(expires_at=past))
    assert pack_jobs.sweep(database, config) == [uuid.UUID(old["id"])]
    assert not path_of(config, old).exists()
    assert path_of(config, young).exists()
    assert client.get(f"{PACKS}/{old['id']}").json["status"] == "expired"
    refused = client.get(old["file"])
    assert (refused.status_code, refused.json["error"]["code"]) == (404, "pack_no_file")


def test_a_full_disk_fails_the_pack_with_its_reason(client, database, config, monkeypatch):
    def full(*args, **kwargs):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("tiles.pack.layers.ArchiveWriter.put", full)
    asked = ask(client).json
    pack_jobs.run(database, config, uuid.UUID(asked["id"]))
    told = client.get(f"{PACKS}/{asked['id']}").json
    assert (told["status"], told["error"]["code"]) == ("failed", "disk_full")
    assert list(config.packs_dir.iterdir()) == []


def test_a_pack_over_the_sites_bound_is_refused_before_it_is_made(client, app):
    from gis_server.state import state_of

    state = state_of(app)
    state.config = state.config.model_copy(update={"pack_max_bytes": 2000})
    told = client.post(f"{PACKS}/estimate", json={"bbox": BBOX}).json
    assert (told["fits"], told["limit_bytes"]) == (False, 2000)
    refused = ask(client)
    assert (refused.status_code, refused.json["error"]["code"]) == (413, "pack_too_large")
    state.config = state.config.model_copy(
        update={"pack_max_bytes": 10**9, "packs_max_bytes": 2000}
    )
    refused = ask(client)
    assert (refused.status_code, refused.json["error"]["code"]) == (413, "packs_full")


SQUARE = {"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [1, 1], [0, 1], [0, 0]]]}


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({}, "invalid_fields"),
        ({"bbox": BBOX, "region": "330102"}, "invalid_fields"),
        ({"bbox": [0, 0, 1]}, "invalid_fields"),
        ({"bbox": [0, 10, 1, 0]}, "out_of_range"),
        ({"bbox": [0, 0, 200, 1]}, "out_of_range"),
        ({"bbox": [5, 5, 5, 5]}, "pack_area"),
        ({"bbox": [0, 86, 1, 89]}, "pack_area"),
        ({"region": "330199"}, "no_district"),
        ({"region": "'; DROP TABLE pack"}, "bad_district"),
        ({"area": {"type": "Point", "coordinates": [1, 2]}}, "pack_area"),
        ({"area": {"type": "LineString", "coordinates": [[1, 2], [3, 4]]}}, "pack_area"),
        ({"area": {"type": "Polygon", "coordinates": [[[0, 0], [1, 1], [1, 0], [0, 1], [0, 0]]]}},
         "geometry_unusable"),
        ({"area": SQUARE, "layers": ["unicorn"]}, "unknown_layer"),
        ({"area": SQUARE, "minzoom": 9, "maxzoom": 3}, "invalid_fields"),
        ({"area": SQUARE, "maxzoom": 17}, "invalid_fields"),
        ({"area": SQUARE, "maxzoom": -1}, "invalid_fields"),
        ({"area": SQUARE, "parts": ["soup"]}, "invalid_fields"),
        ({"area": SQUARE, "parts": []}, "invalid_fields"),
        ({"area": SQUARE, "demo": True}, "invalid_fields"),
        ({"bbox": [-180, -85, 180, 85]}, "pack_many_tiles"),
    ],
)  # fmt: skip
def test_what_cannot_be_packed_is_refused_with_a_reason(client, body, code):
    for address in (PACKS, f"{PACKS}/estimate"):
        named = {"name": "x"} if address == PACKS else {}
        refused = client.post(address, json=body | named)
        assert 400 <= refused.status_code < 500
        assert refused.json["error"]["code"] == code
        assert refused.json["error"]["message"]
    assert client.get(PACKS).json["packs"] == []


def test_a_name_is_told_to_the_browser_and_is_no_path(client, database, config):
    told = made(client, database, config, name="../../etc/<b>包</b>\r\n")
    answer = client.get(told["file"])
    assert answer.status_code == 200
    assert "\r" not in answer.headers["Content-Disposition"]
    assert path_of(config, told).parent == config.packs_dir


def test_the_key_of_the_site_is_one_and_the_same(client, config):
    told = client.get(f"{PACKS}/key").json
    assert told["key"] == signing.public(signing.site_key(config.keys_dir))
    assert told["fingerprint"] == signing.fingerprint(told["key"])


def test_a_site_key_that_cannot_be_used_fails_the_pack_and_says_so(client, database, config):
    signing.site_key(config.keys_dir)
    (config.keys_dir / signing.KEY_FILE).chmod(0o644)
    with pytest.raises(SetupError):
        signing.site_key(config.keys_dir)
    asked = ask(client).json
    pack_jobs.run(database, config, uuid.UUID(asked["id"]))
    told = client.get(f"{PACKS}/{asked['id']}").json
    assert (told["status"], told["error"]["code"]) == ("failed", "pack_key_open")


def test_packs_are_heard_of_by_those_who_oversee_users_only(client, sign_in, database, sealed):
    from gis_server.changes import changes_after
    from gis_server.signin import identity_named

    ask(client)
    sealed()
    sign_in(("admin", ""), name="root")
    with Session(database) as session:
        (change,) = [each for each in changes_after(session, 0) if each.layer == "pack"]
        heard = {
            name: change.shown_to(identity_named(session, name)) for name in ("commander", "root")
        }
    assert heard["commander"] is None
    assert json.dumps(heard["root"])

"""Map services of others over HTTP: set up by an administrator, kept, marked stale, no key told."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import Engine, text

from gis_server import external as kept
from gis_server.external import services
from tests import map_service
from tests.gis_server.test_basemap import run as run_basemap
from tests.gis_server.test_basemap import site  # noqa: F401
from tests.map_service import Service, drawn

run = run_basemap
KEY = "SECRETKEY123"


@pytest.fixture
def service() -> Iterator[Service]:
    with map_service.running() as running:
        yield running


@pytest.fixture
def admin(sign_in: Callable[..., FlaskClient]) -> FlaskClient:
    return sign_in(("admin", ""), name="admin")


def told(service: Service, **changed: Any) -> dict[str, Any]:
    """Return a service as an administrator sets it up."""
    return {"name": "tdt", "title": "天地图", "kind": "xyz", "attribution": "天地图", "key": KEY,
            "address": f"{service.root}/{{z}}/{{x}}/{{y}}.png?tk={{key}}", **changed}  # fmt: skip


def grow_old(config: Any, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let what is kept be older than a week, and forget that a service was away."""
    monkeypatch.setattr(kept, "FRESH_S", -1.0)
    services(config)._away.clear()


def test_an_administrator_sets_a_service_up_and_everybody_sees_its_tiles(
    admin: FlaskClient, client: FlaskClient, service: Service
) -> None:
    made = admin.post("/api/v1/external", json=told(service))
    assert made.status_code == 201
    (listed,) = client.get("/api/v1/ground").json["external"]  # type: ignore[index]
    label = listed.pop("tiles").removeprefix("/tiles/external/tdt/{z}/{x}/{y}.png?v=")
    assert label.endswith("-1")
    assert listed == {"name": "tdt", "title": "天地图", "title_en": None, "attribution": "天地图",
                      "opacity": 1.0, "kind": "xyz", "datum": "wgs84", "minzoom": 0,
                      "maxzoom": 18}  # fmt: skip
    answer = client.get("/tiles/external/tdt/3/1/2.png")
    assert answer.status_code == 200
    assert answer.mimetype == "image/png"
    assert answer.data == drawn(1, 2)
    assert service.asked == [f"/3/1/2.png?tk={KEY}"]
    again = client.get(
        "/tiles/external/tdt/3/1/2.png", headers={"If-None-Match": answer.headers["ETag"]}
    )
    assert again.status_code == 304
    assert len(service.asked) == 1  # kept


def test_only_an_administrator_sets_services_up(
    client: FlaskClient, sign_in: Callable[..., FlaskClient], service: Service
) -> None:
    for who in (client, sign_in(("viewer", ""), name="viewer")):
        assert who.post("/api/v1/external", json=told(service)).status_code == 403
        assert who.get("/api/v1/external").status_code == 403
        assert who.delete("/api/v1/external/tdt").status_code == 403


def test_a_key_is_in_no_answer_no_journal_and_no_error(
    admin: FlaskClient, service: Service, database: Engine
) -> None:
    answers = [admin.post("/api/v1/external", json=told(service))]
    answers.append(admin.get("/api/v1/external"))
    answers.append(admin.get("/api/v1/ground"))
    service.mode = "refused"
    answers.append(admin.get("/tiles/external/tdt/3/1/2.png"))
    bad = told(service, address=f"{service.root}/{{z}}/{{x}}/{{y}}.png?tk={KEY}")
    answers.append(admin.post("/api/v1/external", json=bad))
    answers.append(admin.delete("/api/v1/external/tdt"))
    assert [answer.status_code for answer in answers] == [201, 200, 200, 503, 422, 200]
    with database.connect() as connection:
        journal = connection.scalars(text("SELECT before::text || after::text FROM journal")).all()
        history = connection.scalars(text("SELECT row::text FROM row_history")).all()
        assert connection.scalar(text("SELECT count(*) FROM external_key")) == 0
    everything = "".join([*(a.get_data(as_text=True) for a in answers), *map(str, journal),
                          *map(str, history)])  # fmt: skip
    assert KEY not in everything


def test_a_kept_tile_is_marked_while_the_service_is_away_and_another_is_a_503(
    admin: FlaskClient, config: Any, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    admin.post("/api/v1/external", json=told(service))
    assert admin.get("/tiles/external/tdt/3/1/2.png").status_code == 200
    service.mode = "broken"
    grow_old(config, "tdt", monkeypatch)
    stale = admin.get("/tiles/external/tdt/3/1/2.png")
    assert stale.status_code == 200
    assert stale.data == drawn(1, 2)
    assert stale.headers["X-Onemap-Stale"].startswith("since=20")
    assert stale.headers["Cache-Control"] == "no-store"
    never = admin.get("/tiles/external/tdt/3/2/2.png")
    assert never.status_code == 503
    assert never.json["error"]["code"] == "external_failed"  # type: ignore[index]
    assert int(never.headers["Retry-After"]) > 0


def test_a_service_that_is_away_is_not_asked_again_at_once(
    admin: FlaskClient, service: Service
) -> None:
    admin.post("/api/v1/external", json=told(service))
    service.mode = "refused"
    for x in range(5):
        assert admin.get(f"/tiles/external/tdt/3/{x}/2.png").status_code == 503
    assert len(service.asked) == 1


def test_a_changed_service_begins_with_no_tile_of_the_old_one(
    admin: FlaskClient, service: Service
) -> None:
    admin.post("/api/v1/external", json=told(service))
    admin.get("/tiles/external/tdt/3/1/2.png")
    admin.post("/api/v1/external", json=told(service, key="ANOTHERKEY"))
    admin.get("/tiles/external/tdt/3/1/2.png")
    assert [path.rpartition("=")[2] for path in service.asked] == [KEY, "ANOTHERKEY"]


def test_a_changed_service_has_another_address_than_what_browsers_keep(
    admin: FlaskClient, service: Service
) -> None:
    seen = set()
    for datum in ("wgs84", "gcj02", None, "gcj02"):
        if datum is None:
            assert admin.delete("/api/v1/external/tdt").status_code == 200
            continue
        admin.post("/api/v1/external", json=told(service, datum=datum))
        (listed,) = admin.get("/api/v1/ground").json["external"]  # type: ignore[index]
        address = listed["tiles"].format(z=3, x=1, y=2)
        assert admin.get(address).status_code == 200
        seen.add(address)
    assert len(seen) == 3


def test_a_shifted_service_is_put_together_once(admin: FlaskClient, service: Service) -> None:
    admin.post("/api/v1/external", json=told(service, datum="gcj02"))
    answer = admin.get("/tiles/external/tdt/15/27098/13519.png")
    with Image.open(io.BytesIO(answer.data)) as image:
        assert image.size == (256, 256)
        # GCJ-02 lies some hundred metres off: not the service's own tile of that number.
        shown = np.asarray(image.convert("RGB"))
    with Image.open(io.BytesIO(drawn(27098, 13519))) as image:
        assert (shown != np.asarray(image)).any()
    asked = len(service.asked)
    assert 2 <= asked <= 6
    assert admin.get("/tiles/external/tdt/15/27098/13519.png").data == answer.data
    assert len(service.asked) == asked


def test_places_that_there_are_none_of_are_refused(admin: FlaskClient, service: Service) -> None:
    admin.post("/api/v1/external", json=told(service, min_zoom=3, max_zoom=9))
    assert admin.get("/tiles/external/nobody/3/1/2.png").status_code == 404
    assert admin.get("/tiles/external/tdt/3/8/2.png").status_code == 422
    assert admin.get("/tiles/external/tdt/23/8/2.png").status_code == 422
    deep = admin.get("/tiles/external/tdt/10/8/2.png")
    assert (deep.status_code, deep.json["error"]["code"]) == (404, "external_depth")  # type: ignore[index]
    assert admin.get("/tiles/external/tdt/2/1/1.png").status_code == 204
    service.mode = "none"
    assert admin.get("/tiles/external/tdt/4/1/1.png").status_code == 204
    assert admin.delete("/api/v1/external/nobody").status_code == 404


def test_a_bad_service_is_refused_with_the_field(admin: FlaskClient, service: Service) -> None:
    bad = told(service, address="file:///etc/passwd?{z}{x}{y}{key}")
    answer = admin.post("/api/v1/external", json=bad)
    assert answer.status_code == 422
    assert answer.json["error"]["details"]["field"] == "address"  # type: ignore[index]
    assert admin.post("/api/v1/external", json={**bad, "more": 1}).status_code == 422


def test_the_command_sets_up_lists_and_removes(run: Any, tmp_path: Any) -> None:
    (tmp_path / "key").write_text(f"{KEY}\n")
    words = ("external", "add", "tdt", "--title", "天地图", "--kind", "wmts",
             "--attribution", "天地图", "--subdomains", "0,1",
             "--address", "https://t{s}.tianditu.gov.cn/vec_w/wmts?tk={key}", "--layer", "vec",
             "--matrix-set", "w", "--format", "tiles", "--key-file", tmp_path / "key")  # fmt: skip
    code, out, err = run(*words, "--json")
    assert code == 0, err
    assert json.loads(out) == {"added": "tdt"}
    code, out, _ = run("external", "list", "--json")
    (one,) = json.loads(out)["external"]
    assert one["has_key"] is True
    assert KEY not in out
    assert "with a key" in run("external", "list")[1]
    assert run("external", "remove", "tdt")[0] == 0
    assert run("external", "remove", "tdt")[0] == 1

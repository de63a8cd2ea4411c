"""Prints of the map: the register, its bounds, and the pass with which a browser of ours reads."""

from __future__ import annotations

import datetime as dt
import errno
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, func, select, update
from sqlalchemy.orm import Session

from gis_server import print_jobs, printing
from gis_server.app import Application
from gis_server.config import Config
from gis_server.printing import MapOrder
from layers import prints
from layers.errors import BusyError, OneMapError
from layers.models import PrintJob
from layers.models import Session as SessionRow

SignIn = Callable[..., FlaskClient]


def _asked(**fields: Any) -> dict[str, Any]:
    view = {"lon": 121.9, "lat": 30.9, "scale": 10_000}
    return {"id": str(uuid.uuid4()), "title": "氯气泄漏影响范围图", "view": view} | fields


def _take(engine: Engine) -> PrintJob:
    with Session(engine, expire_on_commit=False) as session, session.begin():
        job = prints.take(session)
    assert job is not None
    return job


def test_a_print_is_asked_for_once_however_often_it_is_sent(client: FlaskClient) -> None:
    asked = _asked()
    first, again = (client.post("/api/v1/prints", json=asked) for _ in range(2))
    assert (first.status_code, again.status_code) == (202, 202)
    assert first.json == again.json
    assert first.json["status"] == "waiting"
    assert client.get(first.headers["Location"]).json["asked"]["title"] == asked["title"]


def test_a_print_is_made_and_fetched_by_who_asked_and_nobody_else(
    client: FlaskClient, sign_in: SignIn, database: Engine, config: Config, monkeypatch: Any
) -> None:
    orders: list[MapOrder] = []

    def printed(order: MapOrder, **_: Any) -> bytes:
        orders.append(order)
        return b"%PDF-1.4"

    monkeypatch.setattr(printing, "map_print", printed)
    asked = _asked()
    where = client.post("/api/v1/prints", json=asked).headers["Location"]
    assert client.get(f"{where}/file").status_code == 404
    print_jobs.make(database, config, _take(database))
    assert client.get(where).json["status"] == "done"
    answer = client.get(f"{where}/file")
    assert (answer.data, answer.mimetype) == (b"%PDF-1.4", "application/pdf")
    assert answer.headers["Content-Disposition"].startswith("attachment")
    other = sign_in(("commander", ""), name="other")
    assert other.get(where).status_code == other.get(f"{where}/file").status_code == 404
    (order,) = orders
    assert order.path == f"/print?job={asked['id']}&lang=en"
    assert order.cookie is not None
    assert order.cookie.partition("=")[2] not in order.path


def test_the_pass_of_a_print_reads_as_its_person_changes_nothing_and_ends_with_it(
    app: Application, client: FlaskClient, database: Engine
) -> None:
    with print_jobs.reading_pass(database, "commander", seconds=60) as cookie:
        assert cookie is not None
        reader = app.test_client()
        reader.set_cookie(*cookie.split("="))
        assert reader.get("/api/v1/incidents").status_code == 200
        refused = reader.post("/api/v1/incidents", json={"lon": 1, "lat": 2})
        assert refused.status_code == 403
        assert refused.json["error"]["code"] == "read_only_session"
    assert reader.get("/api/v1/incidents").status_code == 401
    with Session(database) as session:
        assert session.scalar(select(func.count()).where(SessionRow.read_only)) == 0


def test_who_waits_for_three_prints_asks_for_no_fourth(client: FlaskClient) -> None:
    for _ in range(prints.MAX_OPEN_EACH):
        assert client.post("/api/v1/prints", json=_asked()).status_code == 202
    refused = client.post("/api/v1/prints", json=_asked())
    assert (refused.status_code, refused.json["error"]["code"]) == (413, "print_waiting")


def test_the_queue_is_bounded_for_everybody_together(client: FlaskClient, database: Engine) -> None:
    with Session(database) as session, session.begin():
        session.add_all(
            PrintJob(id=uuid.uuid4(), created_by=f"user {n}", asked={})
            for n in range(prints.MAX_OPEN)
        )
    refused = client.post("/api/v1/prints", json=_asked())
    assert (refused.status_code, refused.json["error"]["code"]) == (503, "print_queue_full")


@pytest.mark.parametrize(
    "fields",
    [
        {"view": {"lon": 1, "lat": 2}},
        {"view": {"lon": 1, "lat": 2, "zoom": 12, "scale": 500}},
        {"view": {"lon": 1, "lat": 89, "zoom": 12}},
        {"view": {"lon": 1, "lat": 2, "scale": 1}},
        {"paper": "A0"},
        {"format": "svg"},
        {"title": "x" * 121},
        {"look": "../../etc"},
        {"url": "http://169.254.169.254/"},
        {"incident": str(uuid.uuid4())},
    ],
)
def test_a_print_of_what_cannot_be_is_refused(client: FlaskClient, fields: Any) -> None:
    assert client.post("/api/v1/prints", json=_asked(**fields)).status_code in (404, 422)


def test_a_print_that_finds_no_place_waits_again_and_one_that_fails_says_why(
    client: FlaskClient, database: Engine, config: Config, monkeypatch: Any
) -> None:
    faults = [
        BusyError("busy", code="print_busy"),
        OneMapError("broken", code="print_page_empty"),
    ]

    def fails(*_: Any, **__: Any) -> bytes:
        raise faults.pop(0)

    monkeypatch.setattr(printing, "map_print", fails)
    where = client.post("/api/v1/prints", json=_asked()).headers["Location"]
    print_jobs.make(database, config, _take(database))
    assert client.get(where).json["status"] == "waiting"
    print_jobs.make(database, config, _take(database))
    told = client.get(where).json
    assert (told["status"], told["error"]["code"]) == ("failed", "print_page_empty")
    assert told["error"]["text"].startswith("The page to print")


@pytest.mark.parametrize(
    ("asked_ago", "status"),
    [(dt.timedelta(minutes=12), "waiting"), (dt.timedelta(days=1), "failed")],
)
def test_a_print_that_was_cut_short_waits_again_and_an_old_one_has_failed(
    client: FlaskClient, database: Engine, config: Config, asked_ago: dt.timedelta, status: str
) -> None:
    now = dt.datetime.now(dt.UTC)
    cut, running = (client.post("/api/v1/prints", json=_asked()).json["id"] for _ in range(2))
    for id, started in ((cut, now - dt.timedelta(minutes=10)), (running, now)):
        state = {"status": "running", "started_at": started, "created_at": now - asked_ago}
        with Session(database) as session, session.begin():
            session.execute(update(PrintJob).where(PrintJob.id == uuid.UUID(id)).values(**state))
    print_jobs.recover(database, config)
    assert client.get(f"/api/v1/prints/{cut}").json["status"] == status
    assert client.get(f"/api/v1/prints/{running}").json["status"] == "running"


def test_yesterdays_prints_are_forgotten_with_their_files(
    client: FlaskClient, database: Engine, config: Config
) -> None:
    old, new = (client.post("/api/v1/prints", json=_asked()).json["id"] for _ in range(2))
    yesterday = dt.datetime.now(dt.UTC) - dt.timedelta(days=2)
    with Session(database) as session, session.begin():
        of_old = update(PrintJob).where(PrintJob.id == uuid.UUID(old))
        session.execute(of_old.values(created_at=yesterday))
    config.prints_dir.mkdir()
    left = [config.prints_dir / f"{old}.pdf", config.prints_dir / f"{old}.new"]
    kept = config.prints_dir / f"{new}.pdf"
    for path in (*left, kept):
        path.write_bytes(b"%PDF-")
    print_jobs.sweep(database, config)
    assert client.get(f"/api/v1/prints/{old}").status_code == 404
    assert not any(path.exists() for path in left)
    assert kept.exists()


def test_a_print_is_given_up_by_who_asked_and_stops_being_made(
    client: FlaskClient, sign_in: SignIn, database: Engine, config: Config, monkeypatch: Any
) -> None:
    asked = _asked()
    where = client.post("/api/v1/prints", json=asked).headers["Location"]
    stranger = sign_in(("commander", ""), name="other")
    assert stranger.delete(where).status_code == 404
    told: list[bool] = []

    def printed(order: MapOrder, *, wanted: Callable[[], bool], **_: Any) -> bytes:
        told.append(wanted())
        assert client.delete(where).status_code == 204
        told.append(wanted())
        raise OneMapError("given up", code="print_dropped")

    monkeypatch.setattr(printing, "map_print", printed)
    print_jobs.make(database, config, _take(database))
    assert told == [True, False]
    assert client.get(where).status_code == client.delete(where).status_code == 404


def test_a_full_disk_fails_the_print_says_so_and_leaves_nothing(
    client: FlaskClient, database: Engine, config: Config, monkeypatch: Any
) -> None:
    monkeypatch.setattr(printing, "map_print", lambda *_, **__: b"%PDF-")

    def full(path: Path, data: bytes) -> int:
        path.touch()
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    where = client.post("/api/v1/prints", json=_asked()).headers["Location"]
    with pytest.raises(OneMapError, match="full"):
        print_jobs.make(database, config, _take(database))
    told = client.get(where).json
    assert (told["status"], told["error"]["code"]) == ("failed", "print_no_room")
    assert list(config.prints_dir.iterdir()) == []


def test_a_fault_that_nobody_foresaw_fails_the_print_and_reaches_the_log(
    client: FlaskClient, database: Engine, config: Config, monkeypatch: Any
) -> None:
    monkeypatch.setattr(printing, "map_print", lambda *_, **__: {}["no such key"])
    where = client.post("/api/v1/prints", json=_asked()).headers["Location"]
    with pytest.raises(KeyError):
        print_jobs.make(database, config, _take(database))
    assert client.get(where).json["status"] == "failed"


def test_two_makers_never_take_up_one_print(client: FlaskClient, database: Engine) -> None:
    client.post("/api/v1/prints", json=_asked())
    with Session(database) as one, one.begin(), Session(database) as two, two.begin():
        assert prints.take(one) is not None
        assert prints.take(two) is None


@pytest.mark.parametrize(
    ("host", "origin"),
    [
        ("0.0.0.0", "http://127.0.0.1:8650"),
        ("127.0.0.1", "http://127.0.0.1:8650"),
        ("::1", "http://[::1]:8650"),
        ("10.0.0.5", "http://10.0.0.5:8650"),
    ],
)
def test_the_browser_asks_the_server_on_its_own_machine(host: str, origin: str) -> None:
    assert print_jobs.origin(Config(host=host, port=8650)) == origin

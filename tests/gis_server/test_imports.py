"""A file by upload: checked off the request, its faults listed, loaded when a person says so."""

import io
import uuid

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from gis_server import jobs
from layers.models import Batch, Team

IMPORTS = "/api/v1/imports"
GOOD = "name,kind,people,lon,lat\n一站,fire,30,120.1,30.1\n二站,fire,25,120.2,30.2\n"
MIXED = GOOD + "三站,circus,-4,120.3,30.3\n"


@pytest.fixture
def upload(client, database, config):
    def send(text, name="teams.csv", **fields):
        data = {"file": (io.BytesIO(text.encode()), name), "layer": "team", "crs": "EPSG:4326"}
        answer = client.post(IMPORTS, data={**data, **fields})
        if answer.status_code == 202:
            jobs.run(database, config, uuid.UUID(answer.json["id"]))
        return answer

    return send


def teams(database):
    with Session(database) as session:
        return session.scalar(select(func.count()).select_from(Team))


def test_a_file_is_staged_and_loaded_only_when_a_person_says_so(client, upload, database):
    address = upload(GOOD).headers["Location"]
    assert client.get(address).json["status"] == "staged"
    assert teams(database) == 0
    done = client.post(f"{address}/publish", json={})
    assert done.json["status"] == "published"
    assert teams(database) == 2
    assert client.post(f"{address}/publish", json={}).status_code == 200
    assert teams(database) == 2


def test_every_fault_is_listed_with_row_field_rule_got_and_wanted(client, upload):
    address = upload(MIXED).headers["Location"]
    faults = client.get(f"{address}/faults").json["faults"]
    assert {fault["field"] for fault in faults} == {"kind", "people"}
    for fault in faults:
        assert {"row", "rule", "got", "wanted", "severity"} <= fault.keys()
    first = client.get(f"{address}/faults?limit=1").json
    second = client.get(f"{address}/faults?limit=1&cursor={first['next_cursor']}").json
    assert first["faults"] + second["faults"] == faults


def test_a_file_with_faults_is_loaded_whole_or_by_its_good_rows_but_never_half(
    client, upload, database
):
    address = upload(MIXED).headers["Location"]
    assert client.post(f"{address}/publish", json={}).status_code == 422
    assert teams(database) == 0
    answer = client.post(f"{address}/publish", json={"good_rows_only": True})
    assert answer.json["status"] == "published"
    assert teams(database) == 2


def test_a_rejected_batch_cannot_be_loaded(client, upload, database):
    address = upload(GOOD).headers["Location"]
    assert client.post(f"{address}/reject", json={}).json["status"] == "rejected"
    assert client.post(f"{address}/publish", json={}).status_code == 409
    assert teams(database) == 0


@pytest.mark.parametrize(
    ("text", "name"), [("", "a.csv"), ("not a map", "a.geojson"), ("PK\x03\x04broken", "a.zip")]
)
def test_a_file_that_cannot_be_read_fails_with_the_reason(client, upload, text, name):
    address = upload(text, name).headers["Location"]
    batch = client.get(address).json
    assert batch["status"] == "failed"
    assert batch["report"]["error"]["code"]


def test_a_file_without_a_coordinate_system_fails_and_says_what_is_wanted(client, upload):
    address = upload(GOOD, crs="").headers["Location"]
    batch = client.get(address).json
    assert batch["status"] in ("failed", "staged")
    if batch["status"] == "failed":
        assert batch["report"]["error"]["code"] == "unknown_crs"


def test_an_unknown_layer_is_refused_before_the_file_travels_on(client, upload, database):
    assert upload(GOOD, layer="unicorn").status_code == 404
    with Session(database) as session:
        assert session.scalar(select(func.count()).select_from(Batch)) == 0


def test_a_request_without_a_file_is_refused(client):
    assert client.post(IMPORTS, data={"layer": "team"}).status_code == 422


def test_the_uploaded_file_is_kept_until_a_person_has_decided(client, upload, config):
    for decision in ("publish", "reject"):
        id = upload(GOOD).json["id"]
        file = jobs.file_of(config, uuid.UUID(id))
        assert file.exists()
        client.post(f"{IMPORTS}/{id}/{decision}", json={})
        assert not file.exists()


def test_a_batch_that_was_cut_short_is_taken_again_and_failed_the_third_time(
    client, database, config, monkeypatch
):
    data = {"file": (io.BytesIO(GOOD.encode()), "t.csv"), "layer": "team", "crs": "EPSG:4326"}
    id = uuid.UUID(client.post(IMPORTS, data=data).json["id"])

    def killed(*args, **kwargs):
        raise KeyboardInterrupt

    monkeypatch.setattr(jobs.pipeline, "look", killed)
    for _ in range(2):
        assert jobs.next_batch(database, config) == id
        with pytest.raises(KeyboardInterrupt):
            jobs.run(database, config, id)
    assert jobs.next_batch(database, config) == id
    jobs.run(database, config, id)
    assert jobs.next_batch(database, config) is None
    batch = client.get(f"{IMPORTS}/{id}").json
    assert (batch["status"], batch["report"]["error"]["code"]) == ("failed", "import_crashed")


def test_a_batch_that_is_being_worked_on_is_not_taken_twice(client, database, config, monkeypatch):
    data = {"file": (io.BytesIO(GOOD.encode()), "t.csv"), "layer": "team", "crs": "EPSG:4326"}
    id = uuid.UUID(client.post(IMPORTS, data=data).json["id"])
    seen = []
    look = jobs.pipeline.look

    def watched(*args, **kwargs):
        seen.append(jobs.next_batch(database, config))
        return look(*args, **kwargs)

    monkeypatch.setattr(jobs.pipeline, "look", watched)
    jobs.run(database, config, id)
    assert seen == [None]


def test_a_batch_of_the_command_line_is_left_to_the_command_line(database, config):
    with Session(database) as session, session.begin():
        jobs.pipeline.start(session, "f.csv", jobs.pipeline.Options(layer="team"), actor="x")
    assert jobs.next_batch(database, config) is None

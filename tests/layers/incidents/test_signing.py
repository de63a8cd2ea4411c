"""Rules of what is signed: in which order, on what was read, by whom, and at which version."""

import datetime as dt
import hashlib
import uuid

import pytest
from sqlalchemy import text

from layers.errors import ConflictError, NotFoundError, TooLargeError
from layers.incidents import bulletins, handovers
from layers.models import Handover, Incident
from layers.query import Scope

BODY = (
    '{"as_of":"2026-03-01T12:00:00+08:00","incidents":[],"items":[{"missing":true},'
    '{"missing":false}],"notes":"n","pages":{"en":{"title":"E"},"zh":{"title":"Z"}}}'
)
HASH = hashlib.sha256(BODY.encode()).hexdigest()
HERE, THERE = Scope(("330102",)), Scope(("330203",))


@pytest.fixture
def incident(session):
    id = session.scalar(
        text(
            "INSERT INTO incident (title, kind, occurred_at, region, geom) VALUES ('leak', 'other',"
            " now(), '330102', ST_SetSRID(ST_MakePoint(120, 30), 4326)) RETURNING id"
        )
    )
    return session.get(Incident, id)


def write(session, incident, kind="first"):
    return bulletins.make(session, incident, kind, body=BODY, body_hash=HASH, actor="wang")


def sign(session, row, *, body_hash=HASH):
    bulletins.sign(session, row, body_hash=body_hash, year=2026, user="li", name=None)


def test_a_list_tells_of_a_body_what_it_says_of_itself(session, incident):
    row = write(session, incident)
    (listed,) = bulletins.of_incident(session, incident.id)
    assert (listed.row, listed.title, listed.missing) == (row, {"en": "E", "zh": "Z"}, 1)
    assert listed.as_of == "2026-03-01T12:00:00+08:00"
    assert bulletins.titles(session, [row.id, uuid.uuid4()]) == {row.id: {"en": "E", "zh": "Z"}}


def test_a_bulletin_is_signed_in_its_order_once_and_as_it_was_read(session, incident):
    follow, first, second = (
        write(session, incident, kind) for kind in ("follow", "first", "first")
    )
    for row, body_hash, code in (
        (follow, HASH, "bulletin_order"),
        (first, "0" * 64, "bulletin_other_body"),
    ):
        with pytest.raises(ConflictError) as refused:
            sign(session, row, body_hash=body_hash)
        assert refused.value.code == code
    sign(session, first)
    sign(session, follow)
    assert [(each.serial, each.ordinal) for each in (first, follow)] == [(1, 1), (2, 1)]
    for row, code in ((first, "bulletin_signed"), (second, "bulletin_first_signed")):
        with pytest.raises(ConflictError) as refused:
            sign(session, row)
        assert refused.value.code == code


def test_a_bulletin_is_found_through_its_incident_at_its_version_as_long_as_it_is_a_draft(
    session, incident
):
    row = write(session, incident)
    with pytest.raises(NotFoundError):
        bulletins.find(session, uuid.uuid4(), row.id)
    with pytest.raises(ConflictError):
        bulletins.find(session, incident.id, row.id, version=row.version + 1)
    assert bulletins.find(session, incident.id, row.id, version=row.version) is row
    sign(session, row)
    with pytest.raises(ConflictError) as refused:
        bulletins.find(session, incident.id, row.id, version=row.version)
    assert refused.value.code == "bulletin_signed"


def test_an_incident_has_so_many_bulletins(session, incident, monkeypatch):
    monkeypatch.setattr(bulletins, "MOST", 1)
    write(session, incident)
    with pytest.raises(TooLargeError):
        write(session, incident)


@pytest.fixture
def handover(session):
    now = dt.datetime.now(dt.UTC)
    row = Handover(
        region="330102", shift_from=now - dt.timedelta(hours=8), shift_to=now, body=BODY,
        body_hash=HASH,
    )  # fmt: skip
    session.add(row)
    session.flush()
    session.refresh(row)
    return row


def give(session, row, role="giver", *, user="wang", body_hash=HASH):
    handovers.sign(session, row, role, body_hash=body_hash, user=user, name=None)


def test_a_handover_is_found_in_its_region_at_its_version_until_it_is_given(session, handover):
    for scope in (THERE, Scope(())):
        with pytest.raises(NotFoundError):
            handovers.find(session, handover.id, scope=scope)
        assert handovers.listed(session, scope, limit=9) == []
    (listed,) = handovers.listed(session, HERE, limit=9)
    assert (listed.row, listed.notes, listed.incidents) == (handover, "n", [])
    with pytest.raises(ConflictError):
        handovers.find(session, handover.id, scope=HERE, version=handover.version + 1)
    give(session, handover)
    with pytest.raises(ConflictError) as refused:
        handovers.find(session, handover.id, scope=HERE, version=handover.version)
    assert refused.value.code == "handover_signed"


def test_who_leaves_signs_first_and_another_takes_over(session, handover):
    def code(*args, **options):
        with pytest.raises(ConflictError) as refused:
            give(session, handover, *args, **options)
        return refused.value.code

    assert code(body_hash="0" * 64) == "bulletin_other_body"
    assert code("taker", user="li") == "handover_order"
    give(session, handover)
    assert code(user="li") == "handover_signed"
    assert code("taker") == "handover_same_person"
    give(session, handover, "taker", user="li")
    assert code("taker", user="zhao") == "handover_signed"

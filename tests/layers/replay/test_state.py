"""The past, held against a journal that is applied from its beginning."""

import datetime as dt
import random
import uuid

import pytest
from sqlalchemy import select, text

from layers import replay
from layers.journal import high_water, seal
from layers.models import JournalRow
from layers.query.scope import EVERYTHING, Scope
from layers.replay import state

LAYERS = ("call", "road_closure", "note")
INSERT = {
    "call": "INSERT INTO call (id, incident_id, purpose, region) VALUES (:id, :of, 'x', '3301')",
    "note": (
        "INSERT INTO note (id, incident_id, text, at, written_by, region) "
        "VALUES (:id, :of, 'x', now(), 'a', '3301')"
    ),
    "road_closure": (
        "INSERT INTO road_closure (id, incident_id, name, kind, region, geom) VALUES "
        "(:id, :of, 'x', 'barrier', '3301', ST_SetSRID(ST_MakePoint(120, 30), 4326))"
    ),
}
UPDATE = {"call": "purpose", "note": "text", "road_closure": "name"}


def incident(session, title="leak", region="3301"):
    return session.scalar(
        text(
            "INSERT INTO incident (title, kind, occurred_at, region, geom) VALUES "
            "(:title, 'other', now(), :region, ST_SetSRID(ST_MakePoint(120, 30), 4326)) "
            "RETURNING id"
        ),
        {"title": title, "region": region},
    )


@pytest.fixture
def history(session):
    """Give two incidents with a history of three hundred changes, sealed as they came."""
    chance = random.Random(7)
    owners = [incident(session, "one"), incident(session, "two")]
    alive = []
    for turn in range(300):
        what = chance.random()
        if what < 0.45 or not alive:
            layer, id = chance.choice(LAYERS), uuid.UUID(int=chance.getrandbits(128), version=4)
            session.execute(text(INSERT[layer]), {"id": id, "of": chance.choice(owners)})
            alive.append((layer, id))
        elif what < 0.85:
            layer, id = chance.choice(alive)
            session.execute(
                text(f"UPDATE {layer} SET {UPDATE[layer]} = :said WHERE id = :id"),
                {"said": f"turn {turn}", "id": id},
            )
        else:
            layer, id = alive.pop(chance.randrange(len(alive)))
            if layer == "note":
                continue  # what was noted stays
            session.execute(text(f"DELETE FROM {layer} WHERE id = :id"), {"id": id})
        if turn % 7 == 0:
            session.execute(text("UPDATE incident SET title = :t WHERE id = :id"),
                            {"t": f"turn {turn}", "id": chance.choice(owners)})  # fmt: skip
    seal(session)
    return owners


def applied(session, seq):
    """Return every row right after a seq, by applying the journal from its beginning."""
    rows = {}
    for line in session.query(JournalRow).filter(JournalRow.seq <= seq).order_by(JournalRow.seq):
        rows[line.layer, str(line.feature)] = line.after
    return {key: row for key, row in rows.items() if row is not None}


def test_every_moment_is_what_the_journal_gives_applied_from_its_beginning(session, history):
    last = high_water(session)
    for seq in [*range(0, last, 23), last]:
        truth = applied(session, seq)
        for owner in history:
            found, cut = replay.rows_at(session, owner, seq, layers=LAYERS)
            assert cut is None
            assert {layer: {row["id"]: row for row in rows} for layer, rows in found.items()} == {
                layer: {
                    id: row
                    for (of, id), row in truth.items()
                    if of == layer and row["incident_id"] == str(owner)
                }
                for layer in LAYERS
            }
        known = replay.incidents_at(session, seq, _future(), scope=EVERYTHING)
        assert {one["id"]: one for one in known} == {
            id: row for (layer, id), row in truth.items() if layer == "incident"
        }


def test_what_was_deleted_since_is_there_at_its_time(session):
    owner = incident(session)
    seal(session)
    there = high_water(session)
    session.execute(text("DELETE FROM incident WHERE id = :id"), {"id": owner})
    seal(session)
    now = high_water(session)
    assert [one["id"] for one in replay.incidents_at(session, there, _future(), scope=EVERYTHING)]
    assert replay.incidents_at(session, now, _future(), scope=EVERYTHING) == []


def test_a_row_that_went_to_another_incident_is_of_the_first_before(session):
    one, two = incident(session, "one"), incident(session, "two")
    id = uuid.uuid4()
    session.execute(text(INSERT["road_closure"]), {"id": id, "of": one})
    seal(session)
    before = high_water(session)
    session.execute(text("UPDATE road_closure SET incident_id = :of"), {"of": two})
    seal(session)
    after = high_water(session)

    def closed(owner, seq):
        rows, _ = replay.rows_at(session, owner, seq, layers=["road_closure"])
        return len(rows["road_closure"])

    assert (closed(one, before), closed(two, before)) == (1, 0)
    assert (closed(one, after), closed(two, after)) == (0, 1)


def test_a_road_closed_for_everybody_is_told_in_the_readers_regions(session):
    session.execute(text(INSERT["road_closure"]), {"id": uuid.uuid4(), "of": None})
    seal(session)
    seq = high_water(session)
    assert len(replay.roads_at(session, seq, scope=EVERYTHING)) == 1
    assert len(replay.roads_at(session, seq, scope=Scope(("3301",)))) == 1
    assert replay.roads_at(session, seq, scope=Scope(("3302",))) == []
    assert replay.roads_at(session, 0, scope=EVERYTHING) == []


def test_the_newest_plan_counts_and_a_question_does_not(session):
    owner = incident(session)
    plan = "INSERT INTO assessment (incident_id, body, what_if) VALUES (:of, '{}', :asks)"
    seqs = []
    for asks in (False, True, False):
        session.execute(text(plan), {"of": owner, "asks": asks})
        seal(session)
        seqs.append(high_water(session))
    first, question, second = (replay.plan_at(session, owner, seq) for seq in seqs)
    assert first == question
    assert second not in (None, first)
    assert replay.plan_at(session, owner, seqs[0] - 1) is None


def test_marks_are_in_order_and_the_oldest_are_left_out_first(session, history):
    options = {"scope": EVERYTHING, "layers": LAYERS, "begin": _past(), "end": _future()}
    all_, more = replay.marks(session, incident=history[0], limit=5_000, **options)
    assert not more
    assert [one["seq"] for one in all_] == sorted(one["seq"] for one in all_)
    cut, more = replay.marks(session, incident=history[0], limit=10, **options)
    assert (cut, more) == (all_[-10:], True)
    elsewhere = options | {"scope": Scope(("3302",))}
    assert replay.marks(session, incident=None, limit=9, **elsewhere) == ([], False)


def _past():
    return dt.datetime(2000, 1, 1, tzinfo=dt.UTC)


def _future():
    return dt.datetime(2199, 1, 1, tzinfo=dt.UTC)


def test_a_countys_own_incidents_are_told_however_many_others_are_newer(session, monkeypatch):
    monkeypatch.setattr(state, "INCIDENTS_MAX", 2)
    own = incident(session, "own")
    session.execute(text("UPDATE incident SET region = '330102'"))
    left = incident(session, "left")
    session.execute(text("UPDATE incident SET region = '330102' WHERE id = :id"), {"id": left})
    seal(session)
    there = high_water(session)
    session.execute(text("UPDATE incident SET region = '330203' WHERE id = :id"), {"id": left})
    for n in range(3):
        other = incident(session, f"other {n}")
        session.execute(text("UPDATE incident SET region = '330203' WHERE id = :id"), {"id": other})
    seal(session)
    county = Scope(("330102",))
    then = replay.incidents_at(session, there, _future(), scope=county)
    assert {one["id"] for one in then} == {str(own), str(left)}
    now = replay.incidents_at(session, high_water(session), _future(), scope=county)
    assert [one["id"] for one in now] == [str(own)]


def test_of_too_many_rows_the_last_to_change_are_told_and_that_some_are_cut_off(
    session, monkeypatch
):
    monkeypatch.setattr(state, "FEATURES_MAX", 3)
    owner = incident(session)
    ids = [uuid.uuid4() for _ in range(5)]
    for id in ids:
        session.execute(text(INSERT["road_closure"]), {"id": id, "of": owner})
    seal(session)
    last = high_water(session)
    rows, cut = replay.rows_at(session, owner, last, layers=["road_closure"])
    assert cut == session.scalar(select(JournalRow.at).where(JournalRow.seq == last - 3))
    assert {str(id) for id in ids[-3:]} <= {row["id"] for row in rows["road_closure"]}

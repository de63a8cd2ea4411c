"""Rules of the log: who fills it, what a note must say, and that what is struck stays struck."""

import datetime as dt
import uuid

import pytest

from layers.errors import BusyError, ConflictError, InvalidInputError, NotFoundError
from layers.models import Document, Incident
from layers.response import notes

NOW = dt.datetime.now(dt.UTC)


def add(session, incident, *, actor="wang", id=None, leads=False, **values):
    said = {"text": "gate is shut", **values}
    return notes.add(session, incident, said, id=id, actor=actor, leads=leads, now=NOW)


def document(session, feature):
    row = Document(
        layer="incident", feature_id=feature, kind="photo", title="x", file_name="x.jpg",
        media_type="image/jpeg", size_bytes=9, sha256="0" * 64,
    )  # fmt: skip
    session.add(row)
    session.flush()
    return row.id


def test_one_writer_is_slowed_and_the_next_one_is_not(session, incident, monkeypatch):
    monkeypatch.setattr(notes, "AN_HOUR_MAX", 2)
    for _ in "ab":
        add(session, incident)
    with pytest.raises(BusyError) as refused:
        add(session, incident)
    assert refused.value.code == "too_many_an_hour"
    add(session, incident, actor="li")


def test_a_full_log_is_closed_to_all_but_who_leads(session, incident, monkeypatch):
    monkeypatch.setattr(notes, "NOTES_MAX", 1)
    add(session, incident)
    with pytest.raises(ConflictError) as refused:
        add(session, incident, actor="li")
    assert refused.value.code == "log_full"
    assert add(session, incident, actor="li", leads=True)[1]


@pytest.mark.parametrize("text", ["", " ", "\n\t "])
def test_a_note_says_something_or_shows_a_document(session, incident, text):
    with pytest.raises(InvalidInputError):
        add(session, incident, text=text)
    shown = document(session, incident.id)
    assert add(session, incident, text=text, documents=[shown])[0].documents == [str(shown)]


def test_a_note_shows_only_documents_of_its_incident_each_once(session, incident):
    mine = document(session, incident.id)
    assert add(session, incident, documents=[mine, mine])[0].documents == [str(mine)]
    with pytest.raises(InvalidInputError):
        add(session, incident, documents=[document(session, uuid.uuid4())])


def test_an_id_is_stored_once_and_never_for_another_incident(session, incident):
    id = uuid.uuid4()
    first, second = add(session, incident, id=id), add(session, incident, id=id, text="other")
    assert (first[1], second[1], second[0].text) == (True, False, "gate is shut")
    other = Incident(title="two", kind="other", occurred_at=NOW, geom="SRID=4326;POINT(1 1)")
    session.add(other)
    session.flush()
    with pytest.raises(ConflictError):
        add(session, other, id=id)
    with pytest.raises(NotFoundError):
        notes.note_of(session, other.id, id)


def test_a_change_is_made_on_the_version_that_was_seen(session, incident):
    note, _ = add(session, incident)
    notes.change(session, note, {"text": "open"}, version=1, now=NOW)
    with pytest.raises(ConflictError) as late:
        notes.change(session, note, {"text": "third"}, version=1, now=NOW)
    assert late.value.details["theirs"]["text"] == "open"
    with pytest.raises(InvalidInputError):
        notes.change(session, note, {"text": " "}, version=2, now=NOW)


def test_what_is_struck_is_neither_changed_nor_struck_again(session, incident):
    note, _ = add(session, incident)
    notes.strike(session, note, reason="wrong gate", actor="li", version=1)
    for again in (
        lambda: notes.change(session, note, {"text": "x"}, version=2, now=NOW),
        lambda: notes.strike(session, note, reason="twice", actor="li", version=2),
    ):
        with pytest.raises(ConflictError) as refused:
            again()
        assert refused.value.code == "note_struck"

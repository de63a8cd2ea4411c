"""Rules of walls and saved views: whose they are, at which version, and how many there may be."""

import datetime as dt
import sys
import uuid

import pytest

from layers.catalog import Reader, set_reader
from layers.errors import (
    ConflictError,
    InvalidInputError,
    NotFoundError,
    PermissionError_,
    TooLargeError,
)
from layers.hall import add_key, keys_held, revoke_key, show, views, wall
from layers.hall.views import add_view, change_view, remove_view, view

NOW = dt.datetime.now(dt.UTC)
VIEW = {
    "name": "port", "shared": False, "lon": 120.0, "lat": 30.0, "zoom": 12.0, "layers": ["team"],
    "incident": None, "at": None, "highlight": None,
}  # fmt: skip


def as_(session, name, **more):
    set_reader(session, Reader(name, **more))


def test_a_wall_is_driven_on_the_version_that_was_seen(session):
    as_(session, "wang")
    assert wall(session, "east")["version"] == 0
    first = show(session, "east", {"speed": 0}, version=0, now=NOW)
    with pytest.raises(ConflictError) as late:
        show(session, "east", {"speed": 60}, version=0, now=NOW)
    assert late.value.details["theirs"]["version"] == first["version"]
    assert show(session, "east", {"speed": 60}, version=first["version"], now=NOW)["speed"] == 60


def test_there_are_so_many_walls_and_one_that_is_there_is_still_driven(session, monkeypatch):
    monkeypatch.setattr(sys.modules["layers.hall.walls"], "MAX_WALLS", 1)
    as_(session, "wang")
    made = show(session, "east", {}, version=0, now=NOW)
    with pytest.raises(TooLargeError):
        show(session, "west", {}, version=0, now=NOW)
    show(session, "east", {}, version=made["version"], now=NOW)


def test_a_playlist_holds_shared_views_only(session):
    as_(session, "wang")
    own, _ = add_view(session, VIEW)
    for wanted in (own["id"], str(uuid.uuid4())):
        with pytest.raises(InvalidInputError):
            show(session, "east", {"playlist": [wanted]}, version=0, now=NOW)
    shared, _ = add_view(session, {**VIEW, "shared": True})
    show(session, "east", {"playlist": [shared["id"]]}, version=0, now=NOW)


def test_a_view_is_read_by_its_owner_and_changed_by_nobody_else(session):
    as_(session, "wang")
    made, _ = add_view(session, VIEW)
    id = uuid.UUID(made["id"])
    as_(session, "li")
    with pytest.raises(NotFoundError):
        view(session, id)
    assert views(session) == []
    as_(session, "wang")
    shared = change_view(session, id, {"shared": True}, version=made["version"])
    as_(session, "li")
    assert view(session, id)["can_edit"] is False
    for change in (
        lambda: change_view(session, id, {"name": "x"}, version=shared["version"]),
        lambda: remove_view(session, id, version=shared["version"]),
    ):
        with pytest.raises(PermissionError_):
            change()


def test_a_view_is_changed_on_the_version_that_was_seen(session):
    as_(session, "wang")
    made, _ = add_view(session, VIEW)
    id = uuid.UUID(made["id"])
    change_view(session, id, {"name": "quay"}, version=made["version"])
    with pytest.raises(ConflictError) as late:
        change_view(session, id, {"name": "dock"}, version=made["version"])
    assert late.value.details["theirs"]["name"] == "quay"
    with pytest.raises(ConflictError):
        remove_view(session, id, version=made["version"])


def test_one_person_keeps_so_many_views_and_another_as_many(session, monkeypatch):
    monkeypatch.setattr(sys.modules["layers.hall.views"], "MAX_VIEWS", 1)
    as_(session, "wang")
    add_view(session, VIEW)
    with pytest.raises(TooLargeError):
        add_view(session, VIEW)
    as_(session, "li")
    add_view(session, VIEW)


def test_a_wall_has_so_many_keys_in_force_and_what_is_taken_back_opens_nothing(session):
    def key(n, lasts=dt.timedelta(days=1)):
        return add_key(
            session, "east", title="x", token_sha256=bytes([n]) * 32, user_id=None, by="wang",
            lasts=lasts,
        )  # fmt: skip

    held = {n: key(n) for n in range(19)}
    key(19, dt.timedelta(seconds=-1))
    held[20] = key(20)
    with pytest.raises(TooLargeError):
        key(21)
    with pytest.raises(NotFoundError):
        revoke_key(session, "west", held[0].id, by="li")
    revoke_key(session, "east", held[0].id, by="li")
    with pytest.raises(NotFoundError):
        revoke_key(session, "east", held[0].id, by="li")
    asked = [bytes([n]) * 32 for n in (0, 1, 19, 99)]
    assert set(session.scalars(keys_held(asked))) == {bytes([1]) * 32}
    key(21)

"""A wall shows what was said last, to whom it belongs; a playlist holds what everybody may open."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import pytest
from sqlalchemy.orm import Session

from layers import hall
from layers.definition import Reader, set_reader
from layers.errors import ConflictError, InvalidInputError, PermissionError_, TooLargeError
from layers.hall.walls import MAX_WALLS
from layers.models import Wall
from layers.query import Scope

NOW = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)
VIEW = {"lon": 120.5, "lat": 30.2, "zoom": 13}
NEAR, FAR, BOTH, WHOLE = Scope(("330102",)), Scope(("330203",)), Scope(("330100",)), Scope(None)


def _show(
    session: Session, version: int, *, scope: Scope = WHOLE, name: str = "main", **given: Any
) -> dict[str, Any]:
    return hall.show(session, name, given, version=version, now=NOW, scope=scope)


def test_a_wall_that_nobody_has_driven_is_at_version_0_and_is_not_listed(session: Session) -> None:
    found = hall.wall(session, "main")
    assert (found["version"], found["made"], found["view"], found["views"]) == (0, False, None, [])
    assert hall.walls(session) == []


def test_what_is_left_out_stays_and_who_said_it_is_kept(session: Session) -> None:
    set_reader(session, Reader("li"))
    first = _show(session, 0, view=VIEW, seconds=30)
    second = _show(session, first["version"], view=None)
    assert (second["view"], second["seconds"], second["shown_by"]) == (None, 30, "li")
    assert second["shown_at"] == NOW.isoformat()


def test_a_change_made_on_another_version_shows_both(session: Session) -> None:
    _show(session, 0, view=VIEW)
    with pytest.raises(ConflictError) as told:
        _show(session, 0, seconds=9)
    assert told.value.details["mine"] == {"seconds": 9}
    assert told.value.details["theirs"]["view"] == VIEW


def test_a_wall_is_of_who_made_it_and_of_whoever_holds_that_region(session: Session) -> None:
    made = _show(session, 0, scope=NEAR, view=VIEW)
    assert made["region"] == "330102"
    for stranger in (FAR, Scope(())):
        with pytest.raises(PermissionError_, match="region 330102"):
            _show(session, made["version"], scope=stranger, view=None)
        with pytest.raises(PermissionError_):
            hall.refuse_outside(session, "main", scope=stranger)
    for holder in (NEAR, BOTH, WHOLE):
        made = _show(session, made["version"], scope=holder, seconds=made["seconds"] + 1)
    assert made["region"] == "330102"


def test_a_wall_of_the_whole_tree_is_of_nobody_who_holds_a_part(session: Session) -> None:
    _show(session, 0, view=VIEW)
    with pytest.raises(PermissionError_):
        hall.held(session, "main", scope=BOTH)
    hall.refuse_outside(session, "another", scope=BOTH)


def test_a_wall_that_a_key_has_made_is_still_at_version_0(session: Session) -> None:
    assert hall.held(session, "east", scope=NEAR).region == "330102"
    found = hall.wall(session, "east")
    assert (found["version"], found["made"], found["region"]) == (0, True, "330102")
    assert _show(session, 0, scope=NEAR, name="east", view=VIEW)["version"] > 0


def test_there_is_an_end_to_walls(session: Session) -> None:
    session.add_all(Wall(name=f"w{n}") for n in range(MAX_WALLS))
    session.flush()
    with pytest.raises(TooLargeError):
        hall.held(session, "one-more", scope=WHOLE)


def test_a_playlist_takes_shared_views_only_and_leaves_out_those_that_are_gone(
    session: Session,
) -> None:
    set_reader(session, Reader("li"))
    kept = {"lon": 1.0, "lat": 2.0, "zoom": 3.0, "layers": None, "incident": None, "at": None,
            "highlight": None}  # fmt: skip
    shared, _ = hall.add_view(session, {**kept, "name": "a", "shared": True})
    own, _ = hall.add_view(session, {**kept, "name": "b", "shared": False})
    for wanted in ([own["id"]], [shared["id"], str(uuid.uuid4())]):
        with pytest.raises(InvalidInputError):
            _show(session, 0, playlist=wanted)
    shown = _show(session, 0, playlist=[shared["id"], shared["id"]])
    assert [view["name"] for view in shown["views"]] == ["a", "a"]
    hall.remove_view(session, uuid.UUID(shared["id"]), version=shared["version"])
    assert hall.wall(session, "main")["views"] == []

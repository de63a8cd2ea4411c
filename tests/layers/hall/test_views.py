"""A kept view is its owner's: others open it once it is shared, and nobody overwrites a change."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from sqlalchemy.orm import Session

from layers import hall
from layers.definition import Reader, set_reader
from layers.errors import ConflictError, NotFoundError, PermissionError_, TooLargeError
from layers.hall.views import MAX_VIEWS
from layers.models import SavedView

VIEW: dict[str, Any] = {
    "name": "港区", "shared": False, "lon": 120.5, "lat": 30.2, "zoom": 13.0,
    "layers": ["team"], "incident": None, "at": None,
    "highlight": {"lon": 120.5, "lat": 30.2, "radius_m": 500, "text": "集结点"},
}  # fmt: skip


def _as(session: Session, name: str, *, admin: bool = False) -> None:
    set_reader(session, Reader(name, admin=admin))


def _kept(session: Session, **more: Any) -> tuple[uuid.UUID, int]:
    view, _ = hall.add_view(session, {**VIEW, **more})
    return uuid.UUID(view["id"]), view["version"]


def test_a_view_holds_what_is_brought_out_and_is_its_owners_alone(session: Session) -> None:
    _as(session, "li")
    id, _ = _kept(session)
    assert hall.view(session, id)["highlight"] == VIEW["highlight"]
    _as(session, "wang")
    assert hall.views(session) == []
    with pytest.raises(NotFoundError):
        hall.view(session, id)
    _as(session, "admin", admin=True)
    assert hall.view(session, id)["can_edit"] is True


def test_a_shared_view_is_opened_by_all_and_changed_by_its_owner(session: Session) -> None:
    _as(session, "li")
    id, version = _kept(session, shared=True)
    _as(session, "wang")
    assert hall.view(session, id)["can_edit"] is False
    with pytest.raises(PermissionError_):
        hall.change_view(session, id, {"name": "x"}, version=version)
    with pytest.raises(PermissionError_):
        hall.remove_view(session, id, version=version)


def test_a_change_on_an_old_version_shows_both(session: Session) -> None:
    _as(session, "li")
    id, version = _kept(session)
    changed = hall.change_view(session, id, {"name": "新名"}, version=version)
    assert changed["version"] == version + 1
    with pytest.raises(ConflictError) as told:
        hall.change_view(session, id, {"name": "迟到"}, version=version)
    assert told.value.details["theirs"]["name"] == "新名"


def test_the_same_view_sent_twice_is_one_and_another_under_its_id_is_refused(
    session: Session,
) -> None:
    _as(session, "li")
    id = uuid.uuid4()
    assert [hall.add_view(session, VIEW, id=id)[1] for _ in range(2)] == [True, False]
    with pytest.raises(ConflictError):
        hall.add_view(session, {**VIEW, "zoom": 3.0}, id=id)
    _as(session, "wang")
    with pytest.raises(ConflictError):
        hall.add_view(session, VIEW, id=id)


def test_there_is_an_end_to_the_views_of_one_person_and_not_to_anothers(session: Session) -> None:
    bare = {"lon": 1.0, "lat": 2.0, "zoom": 3.0}
    session.add_all(SavedView(name=str(n), owner="li", **bare) for n in range(MAX_VIEWS))
    session.flush()
    _as(session, "li")
    with pytest.raises(TooLargeError):
        _kept(session)
    _as(session, "wang")
    _kept(session)

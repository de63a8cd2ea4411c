"""Define a layer and make its table."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from layers import definition
from layers.errors import InvalidInputError, OutOfRangeError
from layers.layer import Access, Group, Layer
from layers.models import ROLES, User, UserLayer
from layers.models.user_layer import ACCESSES, GEOMETRY_TYPES, GROUPS
from layers.user_layers import style as styles
from layers.user_layers.fields import FieldDraft, stored, title_of
from layers.user_layers.naming import layer_name

MAX_LAYERS = 500


def create(
    session: Session,
    *,
    title: str,
    geometry_type: str,
    fields: Iterable[FieldDraft] = (),
    title_en: str | None = None,
    group: Group = "target",
    access: Access = "region",
    readers: Mapping[str, Sequence[str]] | None = None,
    style: Mapping[str, Any] | None = None,
    source: str | None = None,
    owner: str | None = None,
    finished: bool = True,
) -> Layer:
    """Define a layer, make its table and return it; nothing is committed.

    Parameters
    ----------
    geometry_type
        POINT, LINESTRING, MULTIPOLYGON, or GEOMETRY for anything.
    fields
        Its own fields, besides name, name_en, region, source and source_date that each has. The
        layer's `own_fields` come in this order.
    access, readers
        `restricted` keeps it from everybody but its owner, administrators of the whole tree and
        the `roles` and `users` that `readers` names.
    style
        See `layers.user_layers.style`; a field is named by its title there.
    owner
        The name of the user who may change and remove it.
    finished
        False leaves the table without keys, indexes and triggers, to be filled by COPY; `finish`
        must follow in the same transaction.

    Raises
    ------
    InvalidInputError
        A title, field, style, reader or word that cannot be.
    OutOfRangeError
        More than 200 fields, or more than 500 layers.
    """
    _refuse_too_many(session)
    own = stored(fields, [])
    row = UserLayer(
        name=layer_name(title),
        title=title_of(title, field="title"),
        title_en=title_of(title_en, field="title_en") if title_en else None,
        geometry_type=one_of("geometry_type", geometry_type, GEOMETRY_TYPES),
        fields=own,
        group_name=one_of("group", group, GROUPS),
        access=one_of("access", access, ACCESSES),
        readers=readers_of(session, readers or {}),
        style=styles.checked(style or {}, own),
        source=title_of(source, field="source") if source else None,
        owner=owner,
    )
    session.add(row)
    session.flush()
    session.refresh(row)
    session.execute(select(func.onemap_make_layer(row.name)))
    layer = definition.layer_of(row)
    if finished:
        finish(session, layer)
    return layer


def finish(session: Session, layer: Layer) -> int:
    """Build keys, checks, indexes and the journal's triggers of a layer made unfinished.

    What it was filled with is one load in the journal, under the batch of `set_bulk`. Give `id`
    (UUIDs of version 7 in rising order) and `fid` (1, 2, 3 ...) to the COPY: the database's own
    cost as much as all indexes together.

    Returns
    -------
    int
        How many rows the table holds.
    """
    return int(session.scalar(select(func.onemap_finish_layer(layer.name))) or 0)


def readers_of(session: Session, given: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    """Return whom a restricted layer is for as it is stored: known roles and users, each once."""
    unknown = sorted(set(given) - {"roles", "users"})
    if unknown:
        raise _no_such("readers", unknown, ["roles", "users"])
    roles = list(dict.fromkeys(given.get("roles", ())))
    users = list(dict.fromkeys(given.get("users", ())))
    if wrong := [role for role in roles if role not in ROLES]:
        raise _no_such("readers.roles", wrong, list(ROLES))
    known = set(session.scalars(select(User.name).where(User.name.in_(users))))
    if wrong := [user for user in users if user not in known]:
        raise InvalidInputError(
            f"there is no user {', '.join(wrong)}", code="no_such_user", users=wrong
        )
    return {kind: names for kind, names in (("roles", roles), ("users", users)) if names}


def one_of(field: str, value: str, known: Sequence[str]) -> str:
    """Return a word of a list; `InvalidInputError` names those that there are."""
    if value not in known:
        raise _no_such(field, [value], list(known))
    return value


def _no_such(field: str, got: list[str], known: list[str]) -> InvalidInputError:
    return InvalidInputError(
        f"{field}: got {', '.join(got)}, wanted {', '.join(known)}",
        code="invalid_fields", field=field, got=", ".join(got)[:80], wanted=", ".join(known),
    )  # fmt: skip


def _refuse_too_many(session: Session) -> None:
    number = session.scalar(select(func.count()).select_from(UserLayer)) or 0
    if number >= MAX_LAYERS:
        raise OutOfRangeError(
            f"there are {number} layers of users' own, wanted at most {MAX_LAYERS}",
            field="user_layers", got=str(number), minimum=0, maximum=MAX_LAYERS,
        )  # fmt: skip

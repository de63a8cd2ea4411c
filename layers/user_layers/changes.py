"""Change, remove and bring back a layer of a user's own: its owner's and administrators' to do.

Removing hides a layer from everybody at once and drops nothing; `purge` drops what was removed
long ago. A field that is taken out keeps its column, so that what was typed is not lost and nobody
who reads meanwhile falls over it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import fields as dataclass_fields
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from layers import catalog
from layers.definition import layer_of, reader_of
from layers.errors import ConflictError, InvalidInputError, NotFoundError, PermissionError_
from layers.layer import Definition, Layer
from layers.models import Contact, UserLayer
from layers.models.user_layer import ACCESSES, GROUPS
from layers.user_layers import style as styles
from layers.user_layers.creation import one_of, readers_of
from layers.user_layers.fields import FieldDraft, checked, refuse_twins, stored, title_of

KEPT = dt.timedelta(days=30)
_OF_A_FIELD = frozenset(field.name for field in dataclass_fields(FieldDraft)) - {"type"}


def change(
    session: Session,
    name: str,
    patch: Mapping[str, Any],
    *,
    version: int,
    fields: Sequence[Mapping[str, Any]] = (),
) -> Layer:
    """Change a layer's definition and return the layer; what is left out stays.

    Parameters
    ----------
    patch
        Any of `title`, `title_en`, `group`, `access`, `readers`, `style` and `source`, as
        `create` takes them.
    version
        The version of the definition that the writer saw.
    fields
        An entry with `name` changes that field (anything but its type), takes it out
        (`removed: true`) or brings it back (`removed: false`); one without is a new field, as
        `FieldDraft` has it. A style forgets a field that is taken out.

    Raises
    ------
    NotFoundError
        There is no such layer, or none for this reader.
    PermissionError_
        The layer is another's.
    ConflictError
        Somebody else was faster.
    InvalidInputError
        As `create`; an unknown field.
    """
    row = _held(session, name, version)
    # Everything is looked at before anything is set: a question in between would write a half.
    values = dict(_checked(session, attribute, value) for attribute, value in patch.items())
    own = _fields(row.fields, fields) if fields else row.fields
    given = values.get("style", _without_removed(row.style, own))
    values |= {"fields": own, "style": styles.checked(given, own)}
    for attribute, value in values.items():
        if getattr(row, attribute) != value:
            setattr(row, attribute, value)
    session.flush()
    session.refresh(row)
    if fields:
        session.execute(select(func.onemap_change_layer(row.name)))
    return layer_of(row)


def remove(session: Session, name: str, *, version: int, typed: str) -> None:
    """Take a layer away from everybody; `restore` brings it back until it is purged.

    Raises
    ------
    InvalidInputError
        `typed` is neither the layer's title nor its name: a person types it to be sure.
    NotFoundError, PermissionError_, ConflictError
        As `change`.
    """
    row = _held(session, name, version)
    if typed.strip() not in (row.title, row.name):
        raise InvalidInputError(
            f"to remove layer {row.name}, type its title {row.title!r}; got {typed[:80]!r}",
            code="name_not_typed", title=row.title, got=typed[:80],
        )  # fmt: skip
    row.removed_at = _now(session)
    session.flush()


def restore(session: Session, name: str) -> Layer:
    """Bring back a layer that was removed, with everything in it.

    Raises
    ------
    NotFoundError
        None of this name was removed, or it has been purged.
    PermissionError_
        The layer is another's.
    """
    row = _read(session, name, gone=True)
    row.removed_at = None
    session.flush()
    session.refresh(row)
    return layer_of(row)


def removed(session: Session) -> list[UserLayer]:
    """Return the removed layers that are kept still and that the reader could bring back."""
    rows = session.scalars(
        select(UserLayer).where(UserLayer.removed_at.is_not(None)).order_by(UserLayer.removed_at)
    )
    return [row for row in rows if _own(session, row)]


def purge(session: Session, *, older_than: dt.timedelta = KEPT) -> list[str]:
    """Drop the tables of layers that were removed longer ago; return their names."""
    long_ago = select(UserLayer.name).where(UserLayer.removed_at <= _now(session) - older_than)
    # Another process may be at it.
    names = list(session.scalars(long_ago.with_for_update(skip_locked=True)))
    for name in names:
        session.execute(delete(Contact).where(Contact.layer == name))
        session.execute(select(func.onemap_drop_layer(name)))
    return names


def definition(session: Session, name: str) -> Definition:
    """Return the definition of a layer of a user's own; `NotFoundError` where there is none."""
    known = catalog.find(name, session).definition
    if known is None:
        raise _none_of(name)
    return known


def may_change(session: Session, layer: Layer) -> bool:
    """Tell whether the session's reader may change and remove a layer of a user's own."""
    reader = reader_of(session)
    owner = layer.definition.owner if layer.definition else None
    return layer.definition is not None and (reader.admin or _is(reader.name, owner))


def _own(session: Session, row: UserLayer) -> bool:
    reader = reader_of(session)
    return reader.admin or _is(reader.name, row.owner)


def _is(name: str | None, owner: str | None) -> bool:
    return name is not None and name == owner


def _held(session: Session, name: str, version: int) -> UserLayer:
    """Return the definition, locked, of a layer that the reader may change at this version."""
    row = _read(session, name, gone=False)
    if row.version != version:
        raise ConflictError(
            f"layer {name} is at version {row.version}; the change was made on {version}",
            layer=name, mine=version, theirs=row.version,
        )  # fmt: skip
    return row


def _read(session: Session, name: str, *, gone: bool) -> UserLayer:
    row = session.scalars(
        select(UserLayer)
        .where(UserLayer.name == name, UserLayer.removed_at.is_not(None) == gone)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()
    if row is None or not reader_of(session).may_read(row.access, row.owner, row.readers):
        raise _none_of(name)
    if not _own(session, row):
        raise PermissionError_(
            f"layer {name} is {row.owner}'s", code="not_your_layer", layer=name, owner=row.owner
        )
    return row


def _none_of(name: str) -> NotFoundError:
    return NotFoundError(
        f"there is no layer {name!r} of a user's own", code="no_user_layer", layer=name
    )


def _checked(session: Session, attribute: str, value: Any) -> tuple[str, Any]:
    """Return the column of an attribute and its checked value."""
    if value is None and attribute in ("title", "group", "access"):
        raise InvalidInputError(f"{attribute} is missing", code="field_missing", field=attribute)
    match attribute:
        case "title":
            return attribute, title_of(value, field=attribute)
        case "title_en" | "source":
            return attribute, title_of(value, field=attribute) if value else None
        case "group":
            return "group_name", one_of(attribute, value, GROUPS)
        case "access":
            return attribute, one_of(attribute, value, ACCESSES)
        case "readers":
            return attribute, readers_of(session, value or {})
        case "style":
            return attribute, value or {}
    raise InvalidInputError(f"a layer has no {attribute!r}", code="unknown_field", field=attribute,
                            layer="user_layer", known="title, title_en, group, access, readers, "
                            "style, source")  # fmt: skip


def _fields(present: Sequence[Any], wanted: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return the stored fields with the wanted changes."""
    made = {field["name"]: dict(field) for field in present}
    for entry in wanted:
        if (name := entry.get("name")) is None:
            continue
        if name not in made:
            raise InvalidInputError(
                f"the layer has no field {name!r} of its own; it has {', '.join(made)}",
                code="unknown_field", field=name, layer="user_layer", known=", ".join(made),
            )  # fmt: skip
        made[name] = _changed(made[name], entry)
    drafts = [_draft(entry) for entry in wanted if entry.get("name") is None]
    fields = [*made.values(), *stored(drafts, list(made.values()))]
    refuse_twins([field for field in fields if not field.get("removed")])
    return fields


def _draft(entry: Mapping[str, Any]) -> FieldDraft:
    """Return the new field that an entry without a name stands for."""
    rules = {key: value for key, value in entry.items() if value is not None}
    if "title" not in rules or not rules.keys() <= {*_OF_A_FIELD, "type"}:
        raise InvalidInputError("a new field has a title", code="field_missing", field="title")
    return FieldDraft(**rules)


def _changed(field: dict[str, Any], entry: Mapping[str, Any]) -> dict[str, Any]:
    """Return one stored field with an entry's changes; its name and type stay."""
    if entry.get("type") not in (None, field["type"]):
        raise InvalidInputError(
            f"field {field['title']!r} is {field['type']} for good",
            code="bad_field", field=field["title"], rule="type", got=entry["type"],
            wanted=field["type"],
        )  # fmt: skip
    merged = {**field, **entry, "title": entry.get("title") or field["title"]}
    domain = merged.get("domain")
    rules = {key: merged[key] for key in _OF_A_FIELD & merged.keys() if merged[key] is not None}
    draft = FieldDraft(
        type=field["type"], **{**rules, **({"domain": tuple(domain)} if domain else {})}
    )
    gone = {"removed": True} if merged.get("removed") else {}
    return {"name": field["name"], **checked(draft), **gone}


def _without_removed(style: Mapping[str, Any], fields: Sequence[Any]) -> dict[str, Any]:
    """Return a style without what reads a field that is no longer there."""
    gone = {field["name"] for field in fields if field.get("removed")}
    left = dict(style)
    if left.get("label_field") in gone:
        del left["label_field"]
    if (left.get("categories") or {}).get("field") in gone:
        del left["categories"]
    return left


def _now(session: Session) -> dt.datetime:
    now: dt.datetime = session.execute(select(func.clock_timestamp())).scalar_one()
    return now

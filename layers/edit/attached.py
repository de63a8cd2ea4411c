"""What hangs on a feature: whom to call, a resource's stock, a team's vehicles."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Column, Table, delete, insert, select, update
from sqlalchemy.orm import Session, class_mapper

from layers import tasks
from layers.catalog import Layer, find
from layers.edit.features import next_version
from layers.errors import InvalidInputError, OutOfRangeError
from layers.models import Contact, Stock, Vehicle
from layers.query.page import feature_id
from layers.query.scope import Scope

MAX_ENTRIES = 200
MAX_CHARACTERS = 500
STOCK_PARTS = ("item", "quantity", "unit", "owner")
VEHICLE_PARTS = ("kind", "count", "plate")

Attached = type[Contact] | type[Stock] | type[Vehicle]


def contacts(session: Session, layer: Layer, id: uuid.UUID | str) -> list[dict[str, Any]]:
    """Return whom to call for a feature, first the first: id, name, post, phone, rank."""
    table = _table(Contact)
    statement = (
        select(table)
        .where(table.c.layer == layer.name, table.c.feature_id == feature_id(layer, id))
        .order_by(table.c.rank, table.c.id)
    )
    return _entries(session, statement, ("name", "post", "phone", "rank"))


def set_contacts(
    session: Session,
    layer: Layer,
    id: uuid.UUID | str,
    entries: Sequence[Mapping[str, Any]],
    *,
    version: int,
    scope: Scope,
) -> list[dict[str, Any]]:
    """Make these the contacts of a feature, and return them; the feature's version goes up by 1.

    An entry with the `id` of a present contact changes it; one without is new; present contacts
    that are not among the entries are removed. An entry without `rank` is called in list order.

    Raises
    ------
    NotFoundError
        There is no such feature, or none that this writer may see.
    ConflictError
        The feature is not at `version`, which the writer saw: `mine` and `theirs` hold contacts.
    InvalidInputError
        An entry without phone, with an unknown key or a value of the wrong type.
    """
    ranked = [{"rank": order, **entry} for order, entry in enumerate(entries, start=1)]
    rows = [_checked(Contact, entry, ("name", "post", "phone", "rank")) for entry in ranked]
    key = next_version(
        session, layer, id, version=version, scope=scope,
        mine={"contacts": list(entries)},
        theirs=lambda key: {"contacts": contacts(session, layer, key)},
    )  # fmt: skip
    owner = {"layer": layer.name, "feature_id": key}
    _replace(session, _table(Contact), owner, rows)
    return contacts(session, layer, key)


def stock(session: Session, id: uuid.UUID | str) -> list[dict[str, Any]]:
    """Return what a resource has in stock: id, item, quantity, unit, owner."""
    table = _table(Stock)
    key = feature_id(find("resource"), id)
    statement = select(table).where(table.c.resource_id == key).order_by(table.c.item, table.c.id)
    return _entries(session, statement, STOCK_PARTS)


def set_stock(
    session: Session,
    id: uuid.UUID | str,
    entries: Sequence[Mapping[str, Any]],
    *,
    version: int,
    scope: Scope,
) -> list[dict[str, Any]]:
    """Make these the stock of a resource, and return it; entries as in `set_contacts`.

    Raises
    ------
    NotFoundError
        There is no such resource, or none that this writer may see.
    ConflictError
        The resource is not at `version`.
    InvalidInputError
        An entry without item, quantity or unit, or with an unknown key.
    OutOfRangeError
        A quantity below 0.
    """
    rows = [_checked(Stock, entry, STOCK_PARTS) for entry in entries]
    key = next_version(
        session, find("resource"), id, version=version, scope=scope,
        mine={"stock": list(entries)},
        theirs=lambda key: {"stock": stock(session, key)},
    )  # fmt: skip
    _replace(session, _table(Stock), {"resource_id": key}, rows)
    return stock(session, key)


def vehicles(session: Session, id: uuid.UUID | str) -> list[dict[str, Any]]:
    """Return the vehicles of a team: id, kind, count, plate."""
    table = _table(Vehicle)
    key = feature_id(find("team"), id)
    statement = select(table).where(table.c.team_id == key).order_by(table.c.kind, table.c.id)
    return _entries(session, statement, VEHICLE_PARTS)


def set_vehicles(
    session: Session,
    id: uuid.UUID | str,
    entries: Sequence[Mapping[str, Any]],
    *,
    version: int,
    scope: Scope,
) -> list[dict[str, Any]]:
    """Make these the vehicles of a team, and return them; entries as in `set_contacts`.

    An entry without `count` is one vehicle.

    Raises
    ------
    NotFoundError
        There is no such team, or none that this writer may see.
    ConflictError
        The team is not at `version`.
    InvalidInputError
        An entry without kind, or with an unknown key.
    OutOfRangeError
        A count below 1.
    """
    counted = [{"count": 1, **entry} for entry in entries]
    rows = [_checked(Vehicle, entry, VEHICLE_PARTS) for entry in counted]
    key = next_version(
        session, find("team"), id, version=version, scope=scope,
        mine={"vehicles": list(entries)},
        theirs=lambda key: {"vehicles": vehicles(session, key)},
    )  # fmt: skip
    _replace(session, _table(Vehicle), {"team_id": key}, rows)
    return vehicles(session, key)


def _table(model: Attached) -> Table:
    """Return the table of a model."""
    table = class_mapper(model).local_table
    if not isinstance(table, Table):
        raise TypeError(f"{model.__name__} is not mapped to a table")
    return table


def _entries(session: Session, statement: Any, names: tuple[str, ...]) -> list[dict[str, Any]]:
    """Return rows as JSON holds them."""
    rows = session.execute(statement).mappings()
    return [{"id": str(row["id"]), **{name: row[name] for name in names}} for row in rows]


def _checked(model: Attached, entry: Mapping[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    """Return an entry as the table holds it."""
    unknown = sorted(set(entry) - {"id", *names})
    if unknown:
        raise InvalidInputError(
            f"an entry takes {', '.join(names)}; got {', '.join(unknown)}",
            code="unknown_field", field=unknown[0], known=", ".join(names),
        )  # fmt: skip
    table = _table(model)
    row = {name: _value(table.c[name], entry.get(name)) for name in names}
    return {"id": _id(entry["id"]), **row} if entry.get("id") else row


def _id(value: Any) -> uuid.UUID:
    """Return an entry's id."""
    try:
        return uuid.UUID(str(value))
    except ValueError as error:
        raise InvalidInputError(f"{value!r} is not a UUID", field="id") from error


def _value(column: Column[Any], value: Any) -> Any:
    """Return one value, refused where it breaks the column's own declaration."""
    spec = column.info["field"]
    if value is None or value == "":
        if spec.required:
            raise InvalidInputError(
                f"{column.name} is missing", code="field_missing", field=column.name
            )
        return None
    python_type = column.type.python_type
    fits = isinstance(value, (int, float) if python_type is float else python_type)
    if isinstance(value, bool) or not fits:
        raise InvalidInputError(
            f"{column.name} is {value!r}, wanted {python_type.__name__}",
            code="bad_value", field=column.name, got=str(value)[:80],
            wanted=python_type.__name__,
        )  # fmt: skip
    if isinstance(value, str):
        return _text(column.name, value)
    if not (spec.minimum or 0) <= value < 2**63:
        raise OutOfRangeError(
            f"{column.name} is {value}, wanted at least {spec.minimum or 0:g}",
            field=column.name, got=str(value), minimum=spec.minimum or 0, maximum=2**63,
        )  # fmt: skip
    return value


def _text(name: str, value: str) -> str:
    """Return a text, refused where it is too long or PostgreSQL cannot hold it."""
    if len(value) > MAX_CHARACTERS or not value.isprintable():
        raise InvalidInputError(
            f"{name} has {len(value)} characters or one that cannot be shown; at most "
            f"{MAX_CHARACTERS} on one line",
            code="bad_value", field=name, got=value[:80], wanted=f"<= {MAX_CHARACTERS}",
        )  # fmt: skip
    return value.strip()


def _replace(
    session: Session, table: Table, owner: dict[str, Any], rows: list[dict[str, Any]]
) -> None:
    """Make the owner's rows these; only what differs is written."""
    if len(rows) > MAX_ENTRIES:
        raise OutOfRangeError(
            f"{len(rows)} entries, wanted at most {MAX_ENTRIES}",
            field=table.name, got=str(len(rows)), minimum=0, maximum=MAX_ENTRIES,
        )  # fmt: skip
    owned = [table.c[name] == value for name, value in owner.items()]
    present = set(session.execute(select(table.c.id).where(*owned)).scalars())
    kept = [row["id"] for row in rows if "id" in row]
    strangers = set(kept) - present
    if strangers or len(kept) != len(set(kept)):
        raise InvalidInputError("an entry's id is not one of this feature's", field="id")
    if table.name in ("stock", "vehicle"):
        tasks.refuse_committed(session, present - set(kept), what=table.name)
        _refuse_turned(session, table, rows)
    session.execute(delete(table).where(*owned, table.c.id.not_in(kept)))
    for row in rows:
        if "id" in row:
            session.execute(update(table).where(*owned, table.c.id == row["id"]).values(row))
        else:
            session.execute(insert(table).values({**owner, **row}))


def _refuse_turned(session: Session, table: Table, rows: list[dict[str, Any]]) -> None:
    """Refuse to turn stock that a task holds into another item, or to count it in another unit."""
    if table.name != "stock":
        return
    said = {row["id"]: (row["item"], row["unit"]) for row in rows if "id" in row}
    stored = session.execute(
        select(table.c.id, table.c.item, table.c.unit).where(table.c.id.in_(said))
    )
    turned = [id for id, item, unit in stored if said[id] != (item, unit)]
    tasks.refuse_committed(session, turned, what=table.name)

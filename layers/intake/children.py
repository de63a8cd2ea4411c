"""What hangs on a feature in the same record: contacts, stock and vehicles, in declared forms.

Contacts are columns: `contact_name`, `contact_post`, `contact_phone` (联系人, 职务, 联系电话), or
`contact_1_name` ... `contact_9_phone`; the number is the order of calling. A contact needs a phone.

Stock is one column, `stock` (库存): `item=quantity unit` with semicolons between, such as
`泡沫液=5 t; 防化服=20 套`; whose it is may follow after an @.

The vehicles of a team are one column, `fleet` (车辆明细): `kind=count` with semicolons between, and
the plate of a single one in brackets, such as `泡沫消防车=3; 指挥车=1 (浙B0001应急)`.
"""

# ruff: noqa: S608 - identifiers come from the catalogue only, values are always bound

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from layers.catalog import Layer
from layers.intake.table import Fault, shown

CONTACT_RANKS = 9
_PARTS = ("name", "post", "phone")
_FIRST = {"contact_name": "联系人", "contact_post": "职务", "contact_phone": "联系电话"}
CHILD_COLUMNS = (
    *_FIRST,
    *(f"contact_{rank}_{part}" for rank in range(1, CONTACT_RANKS + 1) for part in _PARTS),
    "stock",
    "fleet",
)
CHILD_TITLES = {title: name for name, title in _FIRST.items()} | {
    "库存": "stock",
    "车辆明细": "fleet",
}
STOCK_FORM = "item=quantity unit; item=quantity unit"
FLEET_FORM = "kind=count; kind=count (plate)"
_PHONE = re.compile(r"[0-9+][0-9 ()/-]{2,31}")
_STOCK = re.compile(
    r"(?P<item>[^=＝\s][^=＝]{0,199}?)\s*[=＝]\s*(?P<quantity>[0-9.]+)"
    r"\s*(?P<unit>[^\s@][^@]{0,31}?)\s*(?:@\s*(?P<owner>\S.{0,199}))?"
)
_VEHICLES = re.compile(
    r"(?P<kind>[^=＝\s][^=＝]{0,199}?)\s*[=＝]\s*(?P<count>[1-9][0-9]{0,4})\s*[辆台艘架]?"
    r"\s*(?:[(（](?P<plate>[^()（）]{1,40})[)）])?"
)


def take_children(
    layer: Layer, record: dict[str, Any], row: int
) -> tuple[dict[str, list[dict[str, Any]]], list[Fault]]:
    """Take the columns of contacts, stock and vehicles out of a record; return them, and faults.

    Returns
    -------
    `{"contact": [{"name", "post", "phone", "rank"}], "stock": [{"item", "quantity", "unit",
    "owner"}], "vehicle": [{"kind", "count", "plate"}]}`, only the kinds that the record has.
    """
    given = {name: record.pop(name) for name in CHILD_COLUMNS if name in record}
    if not given:
        return {}, []
    faults: list[Fault] = []
    children: dict[str, list[dict[str, Any]]] = {}
    if contacts := _contacts(given, row, faults):
        children["contact"] = contacts
    if "stock" in given:
        if layer.name != "resource":
            got = shown(given["stock"])
            faults.append(Fault(row, "stock", "stock_layer", got, "resource"))
        elif stock := _stock(str(given["stock"]), row, faults):
            children["stock"] = stock
    if "fleet" in given:
        if layer.name != "team":
            faults.append(Fault(row, "fleet", "fleet_layer", shown(given["fleet"]), "team"))
        elif fleet := _fleet(str(given["fleet"]), row, faults):
            children["vehicle"] = fleet
    return children, faults


def _contacts(given: Mapping[str, Any], row: int, faults: list[Fault]) -> list[dict[str, Any]]:
    contacts: list[dict[str, Any]] = []
    for rank in range(CONTACT_RANKS + 1):
        prefix = f"contact_{rank}_" if rank else "contact_"
        cells = {part: _cell(given.get(prefix + part)) for part in _PARTS}
        if not any(cells.values()):
            continue
        phone = cells["phone"]
        if phone is None or not _PHONE.fullmatch(phone):
            rule = "required" if phone is None else "phone"
            faults.append(Fault(row, prefix + "phone", rule, shown(phone), "0571-12345678"))
            continue
        contacts.append({**cells, "rank": len(contacts) + 1})
    return contacts


def _cell(value: Any) -> str | None:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    text = "" if value is None else str(value).strip()
    return text.replace("\x00", "") or None


def _stock(cell: str, row: int, faults: list[Fault]) -> list[dict[str, Any]]:
    stock = []
    for part in re.split("[;；]", cell):
        if not part.strip():
            continue
        found = _STOCK.fullmatch(part.strip())
        if found is None or found["quantity"].count(".") > 1 or found["quantity"] == ".":
            faults.append(Fault(row, "stock", "stock_form", shown(part), STOCK_FORM))
            continue
        stock.append({
            "item": found["item"], "quantity": float(found["quantity"]), "unit": found["unit"],
            "owner": found["owner"],
        })  # fmt: skip
    return stock


def _fleet(cell: str, row: int, faults: list[Fault]) -> list[dict[str, Any]]:
    fleet = []
    for part in re.split("[;；]", cell):
        if not part.strip():
            continue
        found = _VEHICLES.fullmatch(part.strip())
        if found is None:
            faults.append(Fault(row, "fleet", "fleet_form", shown(part), FLEET_FORM))
            continue
        fleet.append({
            "kind": found["kind"], "count": int(found["count"]), "plate": found["plate"],
        })  # fmt: skip
    return fleet


_TABLES = {
    "contact": (
        "layer = '{layer}' AND feature_id",
        "layer, feature_id",
        "'{layer}', i.id",
        {"name": "text", "post": "text", "phone": "text", "rank": "bigint"},
    ),
    "stock": (
        "resource_id",
        "resource_id",
        "i.id",
        {"item": "text", "quantity": "float", "unit": "text", "owner": "text"},
    ),
    "vehicle": (
        "team_id",
        "team_id",
        "i.id",
        {"kind": "text", "count": "bigint", "plate": "text"},
    ),
}
_COUNTED = {"stock": "quantity", "vehicle": "count"}
"""What tasks may hold some of, and the column that says how much there is."""
_OUT = """
    (SELECT coalesce(sum(k.drawn), 0) FROM task_item k JOIN task a ON a.id = k.task_id
     WHERE k.stock_id = c.id AND NOT a.exercise
       AND a.state IN ('ordered', 'accepted', 'departed', 'arrived'))"""


def merge_children(session: Session, layer: Layer, incoming: str) -> None:
    """Make what hangs on each feature that of its record, where the record has any of it.

    A row that a task holds some of stays the row that it is and takes the record's number: of
    stock a record says what there is in all, so what is out with a task is not put there twice.
    """
    for table, (owner, owner_names, owner_values, parts) in _TABLES.items():
        some = f"SELECT EXISTS (SELECT FROM {incoming} WHERE children ? '{table}')"
        if not session.execute(text(some)).scalar_one():
            continue
        typed = ", ".join(f"{name} {kind}" for name, kind in parts.items())
        names = ", ".join(parts)
        wanted = f"jsonb_to_recordset(i.children -> '{table}') AS w({typed})"
        mine = owner.format(layer=layer.name)
        kept, taken = "false", "false"
        if table in _COUNTED:
            kept = f"onemap_is_committed('{table}', c.id)"
            taken = f"{kept} AND {_same(n for n in parts if n != _COUNTED[table])}"
            _recount(session, table, f"{incoming} i", mine, wanted, taken)
        session.execute(
            text(
                f"""
                DELETE FROM {table} c USING {incoming} i
                WHERE i.children ? '{table}' AND {mine} = i.id AND NOT {kept}
                  AND NOT EXISTS (SELECT FROM {wanted} WHERE {_same(parts)})
                """
            )
        )
        session.execute(
            text(
                f"""
                INSERT INTO {table} ({owner_names}, {names})
                SELECT {owner_values.format(layer=layer.name)}, {_w(parts)}
                FROM {incoming} i, {wanted}
                WHERE NOT EXISTS (
                  SELECT FROM {table} c WHERE {mine} = i.id AND (({_same(parts)}) OR ({taken})))
                """
            )
        )


def _recount(
    session: Session, table: str, incoming: str, mine: str, wanted: str, taken: str
) -> None:
    """Give rows that a task holds some of the number of their record; none where it has none."""
    count = _COUNTED[table]
    stated = f"(SELECT sum(w.{count}) FROM {wanted} WHERE {taken})"
    left = f"greatest(0, coalesce({stated}, 0)::numeric - {_OUT}::numeric)::float"
    if table == "vehicle":
        left = f"coalesce({stated}, c.count)"
    session.execute(
        text(
            f"""
            UPDATE {table} c SET {count} = {left} FROM {incoming}
            WHERE i.children ? '{table}' AND {mine} = i.id
              AND onemap_is_committed('{table}', c.id) AND c.{count} <> {left}
            """
        )
    )


def _same(parts: Iterable[str]) -> str:
    names = tuple(parts)
    return (
        f"({', '.join('c.' + n for n in names)}) IS NOT DISTINCT FROM "
        f"({', '.join('w.' + n for n in names)})"
    )


def _w(parts: Mapping[str, str]) -> str:
    return ", ".join("w." + name for name in parts)

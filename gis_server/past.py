"""Rows of the past as the wire carries those of the present, for who may read them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from gis_server.auth import may
from gis_server.contacts import masked
from gis_server.views.blueprint import spoken
from layers.plots.rows import shown as plot_shown

Document = Mapping[str, Any]

_PEOPLE = ("caller", "site_contact")
_DERIVED = frozenset({"name_pinyin", "field_sources"})
_CLOSURE = (
    "kind", "name", "reason", "source", "incident_id", "since", "until", "closed_by", "lifted_at",
    "lifted_by", "ways", "version",
)  # fmt: skip


def incident(document: Document) -> dict[str, Any]:
    """Return an incident; who called and who answers on the scene are covered for most."""
    row = placed(document)
    for name in _PEOPLE:
        if isinstance(row.get(name), dict) and not may("contacts.read", row.get("region")):
            row[name] = masked(row[name])
    return {name: value for name, value in row.items() if name not in _DERIVED}


def placed(document: Document) -> dict[str, Any]:
    """Return a row whose point is `lon` and `lat`."""
    row = dict(document)
    place = row.pop("geom", None)
    lon, lat = place["coordinates"][:2] if place else (None, None)
    return {**row, "lon": lon, "lat": lat}


def shaped(document: Document) -> dict[str, Any]:
    """Return a row whose place is `geometry`."""
    row = dict(document)
    return {**row, "geometry": row.pop("geom", None)}


def tasks(rows: Sequence[Document], items: Sequence[Document]) -> list[dict[str, Any]]:
    """Return tasks with what each took; by position nobody was expected then."""
    of: dict[str, list[Document]] = defaultdict(list)
    for item in items:
        of[str(item["task_id"])].append(item)
    return [{**placed(row), "items": of[str(row["id"])], "eta": []} for row in rows]


def closure(document: Document) -> dict[str, Any]:
    """Return a closed road as GeoJSON."""
    return {
        "type": "Feature",
        "id": document["id"],
        "geometry": document["geom"],
        "properties": {name: document.get(name) for name in _CLOSURE},
    }


def call(document: Document) -> dict[str, Any]:
    """Return a line of the call sheet."""
    row = dict(document)
    row["purpose"] = spoken({"code": row["purpose"], "params": {}})
    return row if may("contacts.read", row.get("region")) else masked(row)


def plot(document: Document) -> dict[str, Any]:
    """Return what was drawn."""
    return plot_shown(document)

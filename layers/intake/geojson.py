"""GeoJSON (RFC 7946), read strictly: what is wrong is told with its feature and member."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np

from layers.intake.formats import unreadable
from layers.intake.geometry import TYPES, GeometryError, from_geojson
from layers.intake.places import geometry_fault
from layers.intake.sheets import check_size
from layers.intake.source import Inside
from layers.intake.table import Fault, Table, shown
from layers.intake.text import decode

_DOUBLED = "\x00doubled"


class GeoJson:
    """A GeoJSON file: a root of any kind, or one feature a line (RFC 8142, newline-delimited).

    The coordinate system is WGS 84 unless the file has the old `crs` member, which is believed;
    `"crs": null` means unknown, as it did in 2008.

    Raises
    ------
    InvalidInputError
        Not JSON, cut off, nested too deep, a number that JSON has not, or no GeoJSON object.
    """

    skipped: Mapping[str, int] = MappingProxyType({})

    def __init__(self, path: Path, *, given: str | None, first: int | None) -> None:
        data = path.read_bytes()
        text, self.encoding = decode(data, given)
        root = _root(text)
        self.crs = _crs(root)
        self.features = _features(root)
        check_size(len(self.features), 1)
        self.first = first

    def inside(self) -> list[Inside]:
        """Return the one table, which has no name."""
        return [Inside("", len(self.features))]

    def table(self, name: str | None) -> Table:
        """Return the features."""
        return _table(self.features[: self.first], self.crs)


def _root(text: str) -> Any:
    """Return the parsed file; features one a line are made a collection."""
    lines = [line.strip("\x1e \t\r") for line in text.split("\n")]
    filled = [line for line in lines if line]
    if len(filled) > 1 and all(line[0] == "{" and line[-1] == "}" for line in filled):
        features = [_parse(line, at) for at, line in enumerate(lines) if line]
        return {"type": "FeatureCollection", "features": features}
    return _parse(text.lstrip("\x1e"))


def _parse(text: str, at: int = 0) -> Any:
    def refuse(constant: str) -> Any:
        raise unreadable(
            "constant", f"it holds {constant}, which is no JSON number", constant=constant
        )

    def pairs(members: list[tuple[str, Any]]) -> dict[str, Any]:
        made = dict(members)
        if len(made) != len(members):
            names = [name for name, _ in members]
            made[_DOUBLED] = next(name for name in names if names.count(name) > 1)
        return made

    try:
        return json.loads(text, parse_constant=refuse, object_pairs_hook=pairs)
    except json.JSONDecodeError as error:
        line = at + error.lineno
        raise unreadable(
            "json", f"no valid JSON: {error.msg} in line {line}, column {error.colno}",
            detail=error.msg, line=line, column=error.colno,
        ) from None  # fmt: skip
    except RecursionError:
        raise unreadable("nested", "it is nested too deep") from None
    except ValueError as error:  # an integer of over 4,300 digits
        said = str(error)[:80]
        raise unreadable("number", f"no valid JSON: {said}", detail=said) from None


def _features(root: Any) -> list[Any]:
    kind = root.get("type") if isinstance(root, dict) else None
    if kind == "FeatureCollection":
        features = root.get("features")
        if not isinstance(features, list):
            raise unreadable("no_features", "its FeatureCollection has no array of features")
        if not features:
            raise unreadable("empty", "its FeatureCollection has no features", code="empty_file")
        return features
    if kind == "Feature":
        return [root]
    if kind in TYPES:
        return [{"type": "Feature", "geometry": root, "properties": {}}]
    wanted = "FeatureCollection, Feature, " + ", ".join(TYPES)
    raise unreadable(
        "root", f"its root is of type {str(kind)[:40]!r}, wanted one of {wanted}",
        got=str(kind)[:40], wanted=wanted,
    )  # fmt: skip


def _crs(root: dict[str, Any]) -> str | None:
    if "crs" not in root:
        return "OGC:CRS84"
    try:
        return str(root["crs"]["properties"]["name"])
    except (TypeError, KeyError):
        return None


def _table(features: list[Any], crs: str | None) -> Table:
    geometry = np.full(len(features), None, dtype=object)
    faults: list[Fault] = []
    records: list[Mapping[str, Any]] = []
    for row, feature in enumerate(features, start=1):
        records.append(_properties(feature, row, faults))
        try:
            geometry[row - 1] = _geometry(feature)
        except GeometryError as error:
            faults.append(geometry_fault(row, "geometry", error))
    names = list(dict.fromkeys(name for record in records for name in record))
    check_size(len(records), len(names))
    columns = {name: [record.get(name) for record in records] for name in names}
    rows = np.arange(1, len(records) + 1, dtype=np.int64)
    return Table(columns=columns, geometry=geometry, rows=rows, crs=crs, faults=tuple(faults))


def _geometry(feature: Any) -> Any:
    if not isinstance(feature, dict) or "geometry" not in feature:
        return None
    value = feature["geometry"]
    if isinstance(value, dict) and _DOUBLED in value:
        raise GeometryError("doubled_key", value[_DOUBLED], "each member once")
    return from_geojson(value)


def _properties(feature: Any, row: int, faults: list[Fault]) -> Mapping[str, Any]:
    """Return a feature's properties, with its `id` unless a property has that name."""
    if not isinstance(feature, dict) or feature.get("type") != "Feature":
        got = feature.get("type") if isinstance(feature, dict) else feature
        faults.append(Fault(row, "type", "feature", shown(repr(got)), '"Feature"'))
        return {}
    found: dict[str, Any] = {}
    properties = feature.get("properties")
    if isinstance(properties, dict):
        found = dict(properties)
    elif properties is not None:
        faults.append(Fault(row, "properties", "feature", type(properties).__name__, "an object"))
    for member in (feature, found):
        if _DOUBLED in member:
            name = member.pop(_DOUBLED)
            faults.append(Fault(row, name, "doubled_key", name, "each member once"))
    if "geometry" not in feature:
        faults.append(Fault(row, "geometry", "feature", "no geometry member", "geometry or null"))
    identity = feature.get("id")
    if "id" not in found and isinstance(identity, str | int) and not isinstance(identity, bool):
        found["id"] = identity
    elif identity is not None and not isinstance(identity, str | int | float):
        faults.append(
            Fault(row, "id", "feature", type(identity).__name__, "a text or number", "warning")
        )
    return found

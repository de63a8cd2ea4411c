"""GPX: waypoints, routes and tracks, each a layer of its own. GPX is always WGS 84."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any

from layers.intake.geometry import GeometryError, decimal
from layers.intake.markup import Node, Outline, decoded, walk
from layers.intake.source import Inside, Records, choose
from layers.intake.table import Table

_LAYERS = {"wpt": "waypoints", "rte": "routes", "trk": "tracks"}
_STRUCTURE = ("rtept", "trkseg", "extensions", "link")


class Gpx:
    """The waypoints, routes and tracks of a GPX file."""

    skipped = MappingProxyType[str, int]({})

    def __init__(self, path: Path, *, given: str | None, first: int | None) -> None:
        text, self.encoding = decoded(path.read_bytes(), given)
        self._records = Records(first)
        walk(text, records=tuple(_LAYERS), take=self._take)

    def inside(self) -> list[Inside]:
        """Return those of `waypoints`, `routes`, `tracks` that are there."""
        return self._records.inside()

    def table(self, name: str | None) -> Table:
        """Return one of them; the only one where none is named."""
        chosen = choose([each.name for each in self.inside()], name)
        return self._records.table([chosen], crs="OGC:CRS84")

    def _take(self, outline: Outline, node: Node) -> None:
        layer = _LAYERS[node.name]
        if not self._records.wants(layer):
            return
        try:
            geometry: Any = _geometry(node)
        except GeometryError as error:
            geometry = error
        self._records.add(layer, _properties(node), geometry)


def _properties(node: Node) -> dict[str, str]:
    found = {
        child.name: said
        for child in node.children
        if child.name not in _STRUCTURE and (said := child.text.strip())
    }
    for extensions in node.every("extensions"):
        for child in extensions.children:
            if not child.children and child.text.strip():
                found.setdefault(child.name, child.text.strip())
    times = [time for point in _points(node) if (time := point.said("time"))]
    if times:
        found |= {"begin": times[0], "end": times[-1]}
    return found


def _points(node: Node) -> list[Node]:
    segments = [point for segment in node.every("trkseg") for point in segment.every("trkpt")]
    return segments or node.every("rtept")


def _geometry(node: Node) -> dict[str, Any]:
    if node.name == "wpt":
        return {"type": "Point", "coordinates": _position(node)}
    if node.name == "rte":
        return {"type": "LineString", "coordinates": _line(node.every("rtept"))}
    segments = [_line(segment.every("trkpt")) for segment in node.every("trkseg")]
    filled = [segment for segment in segments if segment]
    if len(filled) == 1:
        return {"type": "LineString", "coordinates": filled[0]}
    return {"type": "MultiLineString", "coordinates": filled}


def _line(points: Sequence[Node]) -> list[list[float]]:
    return [_position(point) for point in points]


def _position(point: Node) -> list[float]:
    cells = [point.attributes.get(name) for name in ("lon", "lat")]
    numbers = [number for cell in cells if (number := decimal(cell)) is not None]
    if len(numbers) < 2:
        raise GeometryError("coordinates", f"lon={cells[0]}, lat={cells[1]}", "lon, lat")
    return numbers

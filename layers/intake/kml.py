"""KML and KMZ: placemarks with their folders, extended data and times.

Nothing that a KML points to is opened: network links, overlays and remote icons are counted and
passed over. Descriptions are text, whatever HTML they hold. KML is always WGS 84.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Any

from layers.intake.archive import entries, extract
from layers.intake.geometry import GeometryError, decimal
from layers.intake.markup import Node, Outline, decoded, walk
from layers.intake.source import Inside, Records, choose
from layers.intake.table import Table

_PASSED_OVER = {
    "NetworkLink": "network_link", "GroundOverlay": "overlay", "ScreenOverlay": "overlay",
    "PhotoOverlay": "overlay",
}  # fmt: skip
_STYLES = ("Style", "StyleMap")
_CONTAINERS = ("Document", "Folder")
_TOLD = ("name", "description", "address", "phoneNumber", "Snippet")
_REMOTE = ("http:", "https:", "ftp:", "file:", "//", "\\\\")
_WANTED = "Point, LineString, LinearRing, Polygon, Track, MultiGeometry"


class Kml:
    """The placemarks of a KML file; each folder that holds some is a layer inside it."""

    def __init__(self, path: Path, *, given: str | None, first: int | None) -> None:
        text, self.encoding = decoded(path.read_bytes(), given)
        self.skipped: Counter[str] = Counter()
        self._records = Records(first)
        wanted = ("Placemark", *_PASSED_OVER, *_STYLES)
        walk(text, records=wanted, titled=_CONTAINERS, take=self._take)

    def inside(self) -> list[Inside]:
        """Return the folders that hold placemarks, by their path."""
        return self._records.inside()

    def table(self, name: str | None) -> Table:
        """Return the placemarks of one folder, or all with their folder in a column."""
        names = [each.name for each in self.inside()]
        chosen = names if name is None and names else [choose(names, name)]
        return self._records.table(chosen, crs="OGC:CRS84")

    def _take(self, outline: Outline, node: Node) -> None:
        if node.name in _PASSED_OVER:
            self.skipped[_PASSED_OVER[node.name]] += 1
            return
        if links := _remote_links(node):
            self.skipped["remote_link"] += links
        if node.name != "Placemark":
            return
        folder = "/".join(title for title in outline.titles if title)
        if self._records.wants(folder):
            try:
                geometry: Any = _geometry(node)
            except GeometryError as error:
                geometry = error
            properties = {**_properties(node), **({"folder": folder} if folder else {})}
            self._records.add(folder, properties, geometry)


def unpacked(path: Path, *, folder: Path) -> Path:
    """Return the KML file of a KMZ, unpacked into `folder`: `doc.kml`, else the first at the top.

    Raises
    ------
    ArchiveError
        The archive is broken or made to harm.
    """
    found = [entry for entry in entries(path) if entry.filename.lower().endswith(".kml")]
    depth = {entry.filename: len(PurePosixPath(entry.filename).parts) for entry in found}
    found.sort(key=lambda e: (e.filename.lower() != "doc.kml", depth[e.filename]))
    extract(path, found[0], folder / "doc.kml")
    return folder / "doc.kml"


def _remote_links(node: Node) -> int:
    own = node.name == "href" and node.text.strip().lower().startswith(_REMOTE)
    return own + sum(_remote_links(child) for child in node.children)


def _properties(placemark: Node) -> dict[str, str]:
    found = {name: said for name in _TOLD if (said := placemark.said(name)) is not None}
    for name, value in (*_times(placemark), *_extended(placemark)):
        if value:
            # A schema may have a field with the name of a KML element; neither is lost.
            taken = found.get(name, value) != value
            found[f"{name} (ExtendedData)" if taken else name] = value
    return found


def _times(placemark: Node) -> Iterator[tuple[str, str | None]]:
    for stamp in placemark.every("TimeStamp"):
        yield "when", stamp.said("when")
    for span in placemark.every("TimeSpan"):
        yield "begin", span.said("begin")
        yield "end", span.said("end")


def _extended(placemark: Node) -> Iterator[tuple[str, str | None]]:
    for extended in placemark.every("ExtendedData"):
        for child in extended.children:
            if child.name == "Data":
                yield child.attributes.get("name", "").strip() or "Data", child.said("value")
            elif child.name == "SchemaData":
                for simple in child.every("SimpleData"):
                    name = simple.attributes.get("name", "").strip()
                    yield name or "SimpleData", simple.text.strip()
            elif not child.children:
                yield child.name, child.text.strip()


def _geometry(placemark: Node) -> dict[str, Any] | None:
    kinds = (*_SINGLE, "MultiGeometry", "MultiTrack", "Model")
    found = [child for child in placemark.children if child.name in kinds]
    if not found:
        return None
    parts = [part for node in found for part in _parts(node)]
    if not parts:
        raise GeometryError("empty", found[0].name, "coordinates")
    if len(parts) == 1:
        return parts[0]
    types = sorted({part["type"] for part in parts})
    if len(types) > 1:
        raise GeometryError("geometry_type", f"MultiGeometry ({', '.join(types)})", _WANTED)
    return {"type": f"Multi{types[0]}", "coordinates": [part["coordinates"] for part in parts]}


def _parts(node: Node) -> Iterator[dict[str, Any]]:
    if node.name in ("MultiGeometry", "MultiTrack"):
        for child in node.children:
            if child.name in (*_SINGLE, "MultiGeometry", "MultiTrack", "Model"):
                yield from _parts(child)
    elif node.name in _SINGLE:
        kind, read = _SINGLE[node.name]
        yield {"type": kind, "coordinates": read(node)}
    else:
        raise GeometryError("geometry_type", node.name, _WANTED)


def _positions(node: Node) -> list[list[float]]:
    """Return the positions of an element's `coordinates`: `lon,lat[,height]`, spaces between."""
    return [_position(words, ",") for words in (node.said("coordinates") or "").split()]


def _position(words: str, comma: str | None) -> list[float]:
    numbers = [decimal(word) for word in words.split(comma)]
    whole = [number for number in numbers if number is not None]
    if len(whole) != len(numbers) or not 2 <= len(whole) <= 4:
        raise GeometryError("coordinates", words[:60], "lon,lat[,height]")
    return whole[:2]


def _point(node: Node) -> list[float]:
    positions = _positions(node)
    if len(positions) != 1:
        raise GeometryError("coordinates", f"{len(positions)} positions", "1")
    return positions[0]


def _rings(node: Node) -> list[list[list[float]]]:
    rings = [
        _positions(ring)
        for boundary in ("outerBoundaryIs", "innerBoundaryIs")
        for side in node.every(boundary)
        for ring in side.every("LinearRing")
    ]
    if node.first("outerBoundaryIs") is None or not rings:
        raise GeometryError("ring", "no outer boundary", "outerBoundaryIs")
    return rings


def _track(node: Node) -> list[list[float]]:
    return [_position(coordinate.text, None) for coordinate in node.every("coord")]


_SINGLE = {
    "Point": ("Point", _point),
    "LineString": ("LineString", _positions),
    "LinearRing": ("LineString", _positions),
    "Polygon": ("Polygon", _rings),
    "Track": ("LineString", _track),
}

"""Plots out as a file: GeoJSON, KML, GeoPackage. Always WGS 84, longitude before latitude."""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape, quoteattr

import numpy as np
import pyogrio.raw
import shapely
from numpy.typing import NDArray

NUMBERS = (
    "width_px", "fill_opacity", "rotation_deg", "size", "radius_m", "from_deg", "to_deg",
)  # fmt: skip
TEXTS = ("symbol", "code", "label", "note", "text", "colour", "fill", "dash", "cordon")
OWN = ("id", "kind", "group", "created_by", "created_at", "updated_by", "updated_at")
_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_OPAQUE = "ff"

Plots = Sequence[Mapping[str, Any]]


@dataclass(frozen=True)
class Head:
    """What a file says of itself; `exercise` is the word that marks one, None for a real case."""

    title: str
    exercise: str | None = None

    @property
    def name(self) -> str:
        """The title, with the mark of an exercise before it."""
        return self.title if self.exercise is None else f"[{self.exercise}] {self.title}"


def geojson(plots: Plots, head: Head) -> bytes:
    """Return a FeatureCollection (RFC 7946); `control` lets a parametric plot come back as such."""
    features = [
        {"type": "Feature", "id": plot["id"], "geometry": plot["geometry"],
         "properties": _told(plot, head)}
        for plot in plots
    ]  # fmt: skip
    told = {"type": "FeatureCollection", "name": head.name, "features": features}
    return json.dumps(told, ensure_ascii=False, allow_nan=False).encode()


def gpkg(plots: Plots, head: Head) -> bytes:
    """Return a GeoPackage with one layer, `plots`."""
    rows = [_told(plot, head) for plot in plots]
    columns: dict[str, NDArray[Any]] = {
        name: _texts([row.get(name) for row in rows])
        for name in (*OWN, *TEXTS, "control", "exercise")
    }
    for name in (*NUMBERS, "order", "version"):
        columns[name] = np.array([_number(row.get(name)) for row in rows], dtype=np.float64)
    shapes = np.empty(len(rows), dtype=object)
    shapes[:] = [shapely.to_wkb(shapely.geometry.shape(plot["geometry"])) for plot in plots]
    with tempfile.TemporaryDirectory(prefix="onemap-plots-") as folder:
        path = Path(folder) / "plots.gpkg"
        pyogrio.raw.write(
            str(path), shapes, list(columns.values()), np.array(list(columns)), driver="GPKG",
            layer="plots", geometry_type="Unknown", crs="EPSG:4326",
            layer_metadata={"IDENTIFIER": head.name, "DESCRIPTION": head.name},
        )  # fmt: skip
        return path.read_bytes()


def kml(plots: Plots, head: Head) -> bytes:
    """Return KML 2.2: styles as they are on the map, every property as extended data."""
    parts = [
        '<?xml version="1.0" encoding="UTF-8"?>\n<kml xmlns="http://www.opengis.net/kml/2.2">'
        f"<Document><name>{_xml(head.name)}</name>"
    ]
    parts += [_placemark(plot, head) for plot in plots]
    return "\n".join([*parts, "</Document></kml>\n"]).encode()


WRITERS: dict[str, tuple[Callable[[Plots, Head], bytes], str]] = {
    "geojson": (geojson, "application/geo+json"),
    "gpkg": (gpkg, "application/geopackage+sqlite3"),
    "kml": (kml, "application/vnd.google-earth.kml+xml"),
}


def _told(plot: Mapping[str, Any], head: Head) -> dict[str, Any]:
    """Return what a file says of a plot, flat; control points only where they make the shape."""
    control = plot["control"] if plot["geometry"]["type"] != "Point" else []
    return {
        **{name: plot[name] for name in (*OWN, "order", "version")},
        **plot["properties"],
        "control": json.dumps(control) if control else None,
        "exercise": head.exercise,
    }


def _placemark(plot: Mapping[str, Any], head: Head) -> str:
    told = {name: value for name, value in _told(plot, head).items() if value is not None}
    extended = "".join(
        f"<Data name={quoteattr(name)}><value>{_xml(value)}</value></Data>"
        for name, value in told.items()
    )
    name = told.get("label") or told.get("text") or plot["kind"]
    return (
        f"<Placemark id={quoteattr('p' + plot['id'])}><name>{_xml(name)}</name>"
        f"<description>{_xml(told.get('note', ''))}</description>{_style(told)}"
        f"<ExtendedData>{extended}</ExtendedData>{_shape(plot['geometry'])}</Placemark>"
    )


def _style(told: Mapping[str, Any]) -> str:
    line = _colour(told.get("colour", "#000000"), _OPAQUE)
    opacity = round(255 * float(told.get("fill_opacity", 0.0 if "fill" not in told else 1.0)))
    fill = _colour(told.get("fill", told.get("colour", "#000000")), f"{opacity:02x}")
    width = float(told.get("width_px", 2))
    return (
        f"<Style><IconStyle><color>{line}</color></IconStyle>"
        f"<LineStyle><color>{line}</color><width>{width:g}</width></LineStyle>"
        f"<PolyStyle><color>{fill}</color></PolyStyle></Style>"
    )


def _colour(rgb: str, alpha: str) -> str:
    """Return #rrggbb as KML has it: aabbggrr."""
    return f"{alpha}{rgb[5:7]}{rgb[3:5]}{rgb[1:3]}".lower()


def _shape(geometry: Mapping[str, Any]) -> str:
    kind, at = geometry["type"], geometry["coordinates"]
    if kind.startswith("Multi"):
        single = kind.removeprefix("Multi")
        parts = (_shape({"type": single, "coordinates": part}) for part in at)
        return f"<MultiGeometry>{''.join(parts)}</MultiGeometry>"
    if kind == "Point":
        return f"<Point>{_positions([at])}</Point>"
    if kind == "LineString":
        return f"<LineString><tessellate>1</tessellate>{_positions(at)}</LineString>"
    rings = [
        f"<{side}><LinearRing>{_positions(ring)}</LinearRing></{side}>"
        for side, ring in zip(
            ["outerBoundaryIs", *["innerBoundaryIs"] * (len(at) - 1)], at, strict=True
        )
    ]
    return f"<Polygon><tessellate>1</tessellate>{''.join(rings)}</Polygon>"


def _positions(line: Sequence[Sequence[float]]) -> str:
    return f"<coordinates>{' '.join(f'{lon:.9f},{lat:.9f}' for lon, lat in line)}</coordinates>"


def _xml(value: Any) -> str:
    return escape(_NO_XML.sub("\ufffd", str(value)))


def _texts(values: Sequence[Any]) -> NDArray[Any]:
    texts = np.empty(len(values), dtype=object)
    texts[:] = [None if value is None else str(value) for value in values]
    return texts


def _number(value: Any) -> float:
    return float("nan") if value is None else float(value)

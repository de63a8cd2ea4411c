"""The base map's look as a whole style document, for QGIS and for map libraries of others.

Source: MapLibre Style Specification 8, https://maplibre.org/maplibre-style-spec/. The web map draws
the same with its own file (webmap/src/map/basemap.ts), by the same colours.
"""

from __future__ import annotations

from typing import Any, Final

NAMES: Final = ("light", "dark")
REGULAR: Final = "Noto Sans SC"
BOLD: Final = "Noto Sans SC Bold"

_INK: Final[dict[str, dict[str, str]]] = {
    "dark": {
        "ground": "#0d1525", "halo": "#0b1220", "water": "#0a2136", "water_line": "#123450",
        "water_text": "#5f8db3", "green": "#10221f", "wood": "#0f261f", "farm": "#111d22",
        "industry": "#141d33", "settled": "#101a2d", "sand": "#1a1f2a", "building": "#1a2740",
        "building_line": "#22314f", "path": "#263650", "road": "#2c3d5a", "main": "#425a80",
        "top": "#5f79a8", "casing": "#0b1221", "rail": "#34435f", "border": "#5a6f94",
        "place": "#d5dfee", "muted": "#8fa3bf",
    },
    "light": {
        "ground": "#f3f1ec", "halo": "#fdfcfa", "water": "#b9d7ea", "water_line": "#9cc3dd",
        "water_text": "#3b6f95", "green": "#dcebd0", "wood": "#cbe2bf", "farm": "#ecefdc",
        "industry": "#e6e3ea", "settled": "#ebe8e2", "sand": "#f2e8cb", "building": "#dcd7cd",
        "building_line": "#c6bfb2", "path": "#d6cdbf", "road": "#ffffff", "main": "#fbe3a6",
        "top": "#f4bd76", "casing": "#c3b9a8", "rail": "#a9a6a6", "border": "#7d7392",
        "place": "#1c2738", "muted": "#4d5b70",
    },
}  # fmt: skip
_LAND: Final = {
    "wood": ["forest", "wood"],
    "green": ["park", "grass", "meadow", "orchard", "scrub", "heath", "grassland", "wetland",
              "nature_reserve", "recreation_ground", "cemetery", "garden", "village_green",
              "pitch", "golf_course", "vineyard", "allotments"],
    "farm": ["farmland", "farmyard"],
    "industry": ["industrial", "port", "commercial", "railway", "quarry", "landfill", "retail",
                 "depot", "brownfield", "construction"],
    "settled": ["residential", "education", "military", "institutional"],
    "sand": ["beach", "sand", "bare_rock", "scree", "glacier"],
}  # fmt: skip
_TOP = ["motorway", "trunk", "motorway_link", "trunk_link"]
_MAIN = ["primary", "secondary", "primary_link", "secondary_link"]
_PATHS = ["footway", "path", "steps", "track", "cycleway", "bridleway", "pedestrian", "service"]
_KIND = ["coalesce", ["get", "kind"], ""]
_CLASS = ["coalesce", ["get", "class"], ""]


def style(name: str, *, tiles: dict[str, Any], glyphs: str, language: str) -> dict[str, Any]:
    """Return a style document.

    Parameters
    ----------
    name
        "light" or "dark".
    tiles
        The TileJSON of the base map, with whole addresses.
    glyphs
        The address of glyphs, with {fontstack} and {range}.
    language
        "zh": names in Chinese where there are any; "en".
    """
    ink = _INK[name]
    source = {key: tiles[key] for key in ("tiles", "minzoom", "maxzoom", "bounds")}
    return {
        "version": 8,
        "name": f"onemap {name}",
        "glyphs": glyphs,
        "sources": {
            "basemap": {"type": "vector", **source, "attribution": tiles.get("attribution") or ""}
        },
        "layers": [*_ground(ink), *_roads(ink), *_lines(ink), *_labels(ink, language)],
    }


def _ground(ink: dict[str, str]) -> list[dict[str, Any]]:
    land = [part for colour, kinds in _LAND.items() for part in (kinds, ink[colour])]
    return [
        {"id": "ground", "type": "background", "paint": {"background-color": ink["ground"]}},
        _layer("land_use", "fill", "land_use",
               {"fill-color": ["match", _KIND, *land, ink["ground"]], "fill-antialias": False}),
        _layer("water", "fill", "water", {"fill-color": ink["water"]},
               filter=["==", ["geometry-type"], "Polygon"]),
        _layer("water-line", "line", "water", {"line-color": ink["water_line"],
               "line-width": ["interpolate", ["linear"], ["zoom"], 8, 0.5, 16, 2.0]}),
        _layer("building", "fill", "building", {"fill-color": ink["building"],
               "fill-outline-color": ink["building_line"]}, minzoom=13),
    ]  # fmt: skip


def _roads(ink: dict[str, str]) -> list[dict[str, Any]]:
    by_class = ["match", _CLASS, _TOP, ink["top"], _MAIN, ink["main"], _PATHS, ink["path"],
                ink["road"]]  # fmt: skip
    order = ["match", _CLASS, _TOP, 3, _MAIN, 2, _PATHS, 0, 1]
    layout = {"line-cap": "round", "line-join": "round", "line-sort-key": order}
    return [
        _layer("road-casing", "line", "road", {"line-color": ink["casing"],
               "line-width": _wide(1.5)}, minzoom=12, layout=layout),
        _layer("road", "line", "road", {"line-color": by_class, "line-width": _wide(1.0)},
               layout=layout),
    ]  # fmt: skip


def _wide(times: float) -> list[Any]:
    """Return a road's width in pixels, by its class and the zoom."""

    def at(top: float, main: float, other: float, path: float) -> list[Any]:
        return ["match", _CLASS, _TOP, top * times, _MAIN, main * times, _PATHS, path * times,
                other * times]  # fmt: skip

    return ["interpolate", ["exponential", 1.5], ["zoom"], 6, at(0.8, 0.5, 0.2, 0.1),
            12, at(2.2, 1.6, 0.7, 0.3), 16, at(9, 7, 4, 1.5), 19, at(26, 22, 14, 4)]  # fmt: skip


def _lines(ink: dict[str, str]) -> list[dict[str, Any]]:
    width = ["match", ["get", "admin_level"], 2, 2.0, [3, 4], 1.4, 0.8]
    return [
        _layer("railway", "line", "railway", {"line-color": ink["rail"], "line-width": 1.4,
               "line-dasharray": [4, 2]}, minzoom=9),
        _layer("boundary", "line", "boundary", {"line-color": ink["border"], "line-width": width,
               "line-dasharray": [5, 2, 1, 2]}, filter=["!=", ["get", "maritime"], True]),
    ]  # fmt: skip


def _labels(ink: dict[str, str], language: str) -> list[dict[str, Any]]:
    first, second = ("name_en", "name") if language == "en" else ("name", "name_en")
    text = ["coalesce", ["get", first], ["get", second], ""]
    halo = {"text-halo-color": ink["halo"], "text-halo-width": 1.4}
    size = ["match", _KIND, "city", 17, ["town", "district", "county"], 14.5, 12.5]
    return [
        _layer("road-name", "symbol", "road", {"text-color": ink["muted"], **halo}, minzoom=13,
               layout={"symbol-placement": "line", "text-field": text, "text-font": [REGULAR],
                       "text-size": 11.5}),
        _layer("water-name", "symbol", "water", {"text-color": ink["water_text"], **halo},
               minzoom=11, filter=["==", ["geometry-type"], "Polygon"],
               layout={"text-field": text, "text-font": [REGULAR], "text-size": 12}),
        _layer("place", "symbol", "place", {"text-color": ink["place"], **halo},
               layout={"text-field": text, "text-font": [BOLD], "text-size": size,
                       "symbol-sort-key": ["coalesce", ["get", "rank"], 99], "text-padding": 6}),
    ]  # fmt: skip


def _layer(
    id_: str, kind: str, source_layer: str, paint: dict[str, Any], **more: Any
) -> dict[str, Any]:
    return {"id": id_, "type": kind, "source": "basemap", "source-layer": source_layer, **more,
            "paint": paint}  # fmt: skip

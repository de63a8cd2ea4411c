"""A situation report as one HTML file with a map, made by folium; it opens without any network.

folium loads eleven files from four hosts, also without tiles: all of them are taken off, Leaflet is
written into the file, and names are shown as text by the page's own code, for folium's popups and
tooltips are HTML. branca renders what it is given once more as a template: whatever a person has
typed goes through `_braced` or `_unbraced`, so that no name is ever run on this server.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import folium
from branca.element import Element, Figure, MacroElement
from folium.utilities import JsCode
from jinja2 import Environment, PackageLoader, StrictUndefined, Template
from markupsafe import Markup, escape

from gis_server.sheets.blocks import Block
from gis_server.situation_report import drawn as plotted
from gis_server.situation_report.facts import Facts
from gis_server.situation_report.words import Telling
from layers.errors import SetupError

WEB = Path(__file__).resolve().parent.parent / "web" / "report"
COLOURS = {"red": "#e5343d", "orange": "#ff8c1a", "yellow": "#d9a900", "blue": "#2f80ed"}
DIGITS = 5
_SHOWN = ("name", "level", "threshold_name", "role", "kind", "layer", "people")
_PICTURE = re.compile(r"url\([^)]*\)")
_HOST = re.compile(r"https?://(?!www\.w3\.org/)[^\s\"'<>)]*")
"""An address; those of the W3C are names of XML and are never asked for."""

Collection = Mapping[str, Any]


class TextPopups(MacroElement):
    """Say what a layer's features are when they are pressed: as text, never as HTML."""

    _template = Template(
        """
        {% macro script(this, kwargs) %}
            {{ this._parent.get_name() }}.eachLayer(function (part) {
                part.bindPopup(function (held) {
                    var said = document.createElement("div");
                    (held.feature.properties.said || []).forEach(function (line) {
                        var row = document.createElement("p");
                        row.textContent = line
                            .replace(/\ue07b/g, String.fromCharCode(123))
                            .replace(/\ue07d/g, String.fromCharCode(125));
                        said.appendChild(row);
                    });
                    return said;
                });
            });
        {% endmacro %}
        """
    )

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]


def page(
    facts: Facts,
    blocks: Sequence[Block],
    t: Telling,
    *,
    ground: Collection,
    plots: Sequence[Collection] = (),
) -> str:
    """Return the file.

    Parameters
    ----------
    plots
        What officers drew, as the wire carries it, in drawing order.
    ground
        Roads around the incident as GeoJSON, drawn under everything.
    """
    incident = facts.incident
    title = t("title", title=incident["title"])
    figure = Figure(title=_braced(str(escape(title))))
    drawn = folium.Map(
        location=(incident["lat"], incident["lon"]), zoom_start=13, tiles=None,
        height="62vh", control_scale=True, prefer_canvas=False, attribution_control=False,
    )  # fmt: skip
    drawn.default_js, drawn.default_css = [], []
    figure.add_child(drawn)
    figure.header.add_child(Element(f"<style>{_leaflet('css')}{_style()}</style>"), name="styles")
    figure.header.add_child(Element(f"<script>{_leaflet('js')}</script>"), name="leaflet")
    for name, collection, look in _layers(facts, ground):
        _add(drawn, t(f"map.{name}"), collection, look, t)
    _add_plots(drawn, plots, t)
    drawn.fit_bounds(_bounds(facts))
    folium.LayerControl(collapsed=False).add_to(drawn)
    marks = [
        t(name)
        for name, held in (
            ("exercise", incident["exercise"]), ("fictional", facts.site["fictional"]),
        )
        if held
    ]  # fmt: skip
    told = _template().render(title=title, marks=marks, blocks=blocks, offline=t("map.offline"))
    figure.html.add_child(Element(_braced(told)), name="report")
    return str(figure.render())


def _layers(facts: Facts, ground: Collection) -> list[tuple[str, Collection, Any]]:
    plan = facts.plan
    empty: Collection = {"type": "FeatureCollection", "features": []}
    near = [
        _point(each["lon"], each["lat"], each)
        for each in plan.get("nearest", ())
        if each.get("lon") is not None
    ]
    here = _point(facts.incident["lon"], facts.incident["lat"], {"name": facts.incident["title"]})
    return [
        ("ground", ground, lambda _: {"color": "#9aa4b2", "weight": 1}),
        ("confidence", plan.get("confidence", empty), _dotted),
        ("zones", plan.get("zones", empty), _zone),
        ("routes", plan.get("routes", empty), lambda _: {"color": "#0b7a4b", "weight": 3}),
        ("points", plan.get("points", empty), None),
        ("nearest", {"type": "FeatureCollection", "features": near}, None),
        ("incident", {"type": "FeatureCollection", "features": [here]}, None),
    ]


def _zone(feature: Collection) -> dict[str, Any]:
    colour = COLOURS.get(feature["properties"]["level"], "#444")
    return {"color": colour, "weight": 2, "fillColor": colour, "fillOpacity": 0.22}


def _dotted(feature: Collection) -> dict[str, Any]:
    return _zone(feature) | {"dashArray": "2 6", "fillOpacity": 0, "weight": 1}


def _add(drawn: folium.Map, title: str, collection: Collection, look: Any, t: Telling) -> None:
    """Draw a collection; what it says of itself is chosen here, and everything else left out."""
    features = [_told(each, t) for each in collection["features"] if each.get("geometry")]
    if not features:
        return
    layer = folium.GeoJson(
        {"type": "FeatureCollection", "features": features}, name=title,
        **({"style_function": look} if look else {}),
        marker=folium.CircleMarker(radius=6, color="#0b1220", weight=2, fill_color="#38bdf8",
                                   fill_opacity=0.9),
    )  # fmt: skip
    layer.add_child(TextPopups())
    layer.add_to(drawn)


def _add_plots(drawn: folium.Map, plots: Sequence[Collection], t: Telling) -> None:
    features, left_out = plotted.features(plots, t)
    if not features:
        return
    for feature in features:
        held = feature["properties"]
        feature["geometry"] = _rounded(feature["geometry"])
        held |= {"said": list(map(_unbraced, held["said"])), "word": _unbraced(held["word"])}
    title = t("map.plots") if left_out == 0 else t("map.plots_cut", count=left_out)
    layer = folium.GeoJson(
        {"type": "FeatureCollection", "features": features}, name=title,
        style=JsCode(plotted.STYLE), point_to_layer=JsCode(plotted.MARKER),
    )  # fmt: skip
    layer.add_child(TextPopups())
    layer.add_to(drawn)


def _told(feature: Collection, t: Telling) -> dict[str, Any]:
    held = feature.get("properties") or {}
    said = [str(t.value_of(name, held[name])) for name in _SHOWN if held.get(name) is not None]
    if held.get("distance_m") is not None:
        said.append(t.length(held["distance_m"]))
    if held.get("travel_time_s") is not None:
        said.append(t.minutes(held["travel_time_s"]))
    level = held.get("level") if held.get("level") in COLOURS else None
    return {
        "type": "Feature",
        "geometry": _rounded(feature["geometry"]),
        "properties": {"said": list(map(_unbraced, said)), "level": level},
    }


def _rounded(geometry: Any) -> Any:
    """Return a geometry to a metre: nobody reads more off this map, and it is half the size."""
    shorter = json.dumps(geometry)
    return json.loads(shorter, parse_float=lambda text: round(float(text), DIGITS))


def _point(lon: float, lat: float, properties: Collection) -> dict[str, Any]:
    return {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": [lon, lat]},
        "properties": dict(properties),
    }


def _bounds(facts: Facts) -> list[list[float]]:
    """Return the corners of what the zones reach, or a few kilometres around the incident."""
    lon, lat = facts.incident["lon"], facts.incident["lat"]
    places = [(lon - 0.02, lat - 0.015), (lon + 0.02, lat + 0.015)]
    for feature in facts.plan.get("zones", {}).get("features", ()):
        places += _places((feature.get("geometry") or {}).get("coordinates", ()))
    lons, lats = zip(*places, strict=True)
    return [[min(lats), min(lons)], [max(lats), max(lons)]]


def _places(coordinates: Any) -> list[tuple[float, float]]:
    if coordinates and isinstance(coordinates[0], int | float):
        return [(coordinates[0], coordinates[1])]
    return [place for part in coordinates for place in _places(part)]


def _braced(text: str) -> str:
    """Return HTML that branca, which takes it for a template, prints as it is."""
    return text.replace("{", "&#123;").replace("}", "&#125;")


def _unbraced(text: str) -> str:
    """Return text for a script, its braces as letters of nobody's; `TextPopups` turns them back."""
    return text.replace("{", "\ue07b").replace("}", "\ue07d")


@cache
def _leaflet(kind: str) -> Markup:
    path = WEB / f"leaflet.{kind}"
    if not path.is_file():
        raise SetupError(
            f"the web map is not built: there is no {path}. Run script/setup server",
            code="web_not_built", path=str(path),
        )  # fmt: skip
    text = path.read_text(encoding="utf-8")
    if kind == "css":
        text = _PICTURE.sub("none", text)
    # Leaflet signs its work with a link, and names faults of browsers in comments.
    raw = _HOST.sub("#", text).replace("{%", "{ %").replace("{{", "{ {").replace("{#", "{ #")
    return Markup(raw)  # noqa: S704 - Leaflet's own file


@cache
def _style() -> str:
    return """
    body { font: 15px/1.6 "Noto Sans CJK SC", "Microsoft YaHei", sans-serif; color: #111; }
    body { display: flex; flex-direction: column; }
    .folium-map { order: -1; flex: none; background: #eef1f5; }
    .plot-sign { text-align: center; } .plot-sign svg { display: block; }
    .plot-sign span { position: absolute; left: 50%; transform: translateX(-50%);
      font-weight: 600; white-space: pre; text-shadow: 0 0 2px #fff, 0 0 3px #fff; }
    .report { max-width: 60rem; margin: 1rem auto; padding: 0 1rem; }
    .report h1 { font-size: 1.5rem; } .report h2 { font-size: 1.15rem; margin-top: 1.6rem; }
    .report .mark { border: 2px solid #b00020; color: #b00020; padding: 0 .4rem; font-weight: 700; }
    .report table { border-collapse: collapse; width: 100%; font-size: .9rem; margin: .4rem 0; }
    .report td, .report th { border: 1px solid #888; padding: .2rem .4rem; text-align: left;
      vertical-align: top; overflow-wrap: anywhere; }
    .report .source { color: #444; font-size: .85rem; }
    """


@cache
def _template() -> Template:
    environment = Environment(
        loader=PackageLoader("gis_server"), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    return environment.get_template("situation_report.html")

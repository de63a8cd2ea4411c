"""An incident's plots on the map of a situation report: signs, lines and areas in their own look.

What a person typed is text to the page's own code (`MARKER`); the only HTML is a sign's drawing,
which comes of our own table.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from gis_server.plot_signs import is_colour, sign_svg
from gis_server.situation_report.words import Telling

PLOTS_MAX = 500
VERTICES_MAX = 60_000
"""A file is to be sent by mail: what lies on top of the pile is drawn up to here."""

CORDONS = {"hot": "#e5343d", "warm": "#ff8c1a", "cold": "#d9a900"}
LINES = ("line", "evacuation", "dimension")
TEXT_MAX = 200
SIGN_PX = 30
_DASH = re.compile(r"[0-9]{1,3}([ ,][0-9]{1,3}){0,7}")

Plot = Mapping[str, Any]

STYLE = "function (feature) { return feature.properties.look; }"
MARKER = """
function (feature, place) {
    var held = feature.properties, face = document.createElement("div");
    if (held.sign) {
        face.innerHTML = held.sign;
    }
    var word = document.createElement("span");
    word.textContent = held.word
        .replace(/\ue07b/g, String.fromCharCode(123))
        .replace(/\ue07d/g, String.fromCharCode(125));
    face.appendChild(word);
    return L.marker(place, { icon: L.divIcon(
        { className: "plot-sign", html: face, iconSize: [30, 30] }
    ) });
}
"""


def features(plots: Sequence[Plot], t: Telling) -> tuple[list[dict[str, Any]], int]:
    """Return plots as GeoJSON features for `leaf`, the lowest first, and how many are left out.

    Each has what it is called (`word`), what is told of it when it is pressed (`said`), its `look`
    as Leaflet takes it, and of a point its `sign` as SVG.
    """
    kept: list[dict[str, Any]] = []
    vertices = 0
    for plot in reversed(plots):
        vertices += _vertices(plot["geometry"]["coordinates"])
        if len(kept) >= PLOTS_MAX or vertices > VERTICES_MAX:
            break
        kept.append(_feature(plot, t))
    return kept[::-1], len(plots) - len(kept)


def _feature(plot: Plot, t: Telling) -> dict[str, Any]:
    kind, said = plot["kind"], plot["properties"]
    own = str(said.get("label") or said.get("text") or "")
    name = _named(kind, said, t)
    told = [name, own, str(said.get("note") or "")]
    point = plot["geometry"]["type"] == "Point"
    return {
        "type": "Feature",
        "geometry": plot["geometry"],
        "properties": {
            "said": [each[:TEXT_MAX] for each in told if each],
            "word": own[:TEXT_MAX],
            "look": look(kind, said),
            "sign": _sign(kind, said) if point and kind != "text" else None,
        },
    }


def _named(kind: str, said: Mapping[str, Any], t: Telling) -> str:
    if kind == "point" and said.get("symbol"):
        return t.say(f"plot.sign.{said['symbol']}") or t.say("plot.kind.point") or kind
    if kind == "cordon":
        return t.say(f"plot.cordon.{said.get('cordon') or 'warm'}") or kind
    return t.say(f"plot.kind.{kind}") or kind


def _sign(kind: str, said: Mapping[str, Any]) -> str:
    name = "checkpoint" if kind == "roadblock" else str(said.get("symbol") or "")
    chosen = said.get("colour") or ("#c2182b" if kind == "roadblock" else None)
    return sign_svg(name, chosen, size_px=SIGN_PX)


def look(kind: str, said: Mapping[str, Any]) -> dict[str, Any]:
    """Return how Leaflet draws the line and the area of a plot."""
    base = CORDONS[said.get("cordon") or "warm"] if kind == "cordon" else "#0b6fb8"
    colour = _colour(said.get("colour"), "#e5343d" if kind == "roadblock" else base)
    dash = said.get("dash")
    opacity = said.get("fill_opacity", 0.12 if kind == "cordon" else 0.18)
    return {
        "color": colour,
        "weight": said.get("width_px", 2),
        "fillColor": _colour(said.get("fill"), colour),
        "fillOpacity": 0 if kind in LINES else opacity,
        **({"dashArray": dash} if isinstance(dash, str) and _DASH.fullmatch(dash) else {}),
    }


def _colour(given: Any, instead: str) -> str:
    return given if isinstance(given, str) and is_colour(given) else instead


def _vertices(coordinates: Iterable[Any]) -> int:
    parts = list(coordinates)
    if not parts or not isinstance(parts[0], list | tuple):
        return 1
    return sum(_vertices(part) for part in parts)

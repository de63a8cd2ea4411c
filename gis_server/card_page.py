"""A card as one page for A4, or for a screen: large words, a small map, nothing from elsewhere."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
import shapely
from flask import render_template
from markupsafe import Markup
from shapely.geometry import mapping

from analysis.local import LocalPlane
from gis_server.sheets import drawing
from gis_server.text import rendered, say

ROUTE_POINTS = 400
FRAME, FRAME_DEG = "frame", 1e-4


def render(
    cards: Sequence[Mapping[str, Any]],
    plan: Mapping[str, Any],
    *,
    language: str,
    site: Mapping[str, Any],
    zone: dt.tzinfo,
    made: Mapping[str, Any],
) -> str:
    """Return the page of a card in a language; of several, one page each.

    Parameters
    ----------
    plan
        The plan that the card is of, as the reader may see it.
    site
        `name`, `name_en` and `fictional`.
    made
        `incident` (its title), `at` (when the plan was computed) and `by`.
    """

    def named(row: Mapping[str, Any] | None) -> str:
        own, foreign = (row or {}).get("name"), (row or {}).get("name_en")
        return str((own if language == "zh" else foreign) or own or foreign or "")

    def clock(moment: str | None) -> str:
        if not moment:
            return ""
        return f"{dt.datetime.fromisoformat(moment).astimezone(zone):%m-%d %H:%M}"

    def words(key: str) -> str:
        return say(language, f"card_text.{key}") or key

    title = made["incident"]
    if len(cards) == 1:
        title = f"{named(cards[0]) or words('unnamed')} · {words('do_' + cards[0]['action'])}"
    return render_template(
        "card.html",
        title=title,
        cards=[(rendered(language, card), _drawn(card, plan)) for card in cards],
        language=language,
        site=site,
        made={**made, "at": clock(made["at"])},
        style=Markup(style()),  # noqa: S704 - our own file
        t=words,
        level=lambda name: say(language, f"level.{name}") or name,
        named=named,
        clock=clock,
        metres=_metres,
        colours=drawing.COLOURS,
        dashes=drawing.DASHES,
        path=drawing.path,
        told=drawing.told,
    )


@cache
def style() -> str:
    """Return the page's style sheet."""
    return (files("gis_server") / "templates" / "card.css").read_text(encoding="utf-8")


def _drawn(card: Mapping[str, Any], plan: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return the drawing of the zones with the community, its way and its shelter in it."""
    line = (card["road"] or {}).get("line") or []
    features = [*plan["zones"]["features"], _frame(card, line)]
    picture = drawing.draw(features, lon=plan["lon"], lat=plan["lat"])
    if picture is None:
        return None
    shapes = [each for each in picture["shapes"] if each["level"] != FRAME]
    plane = LocalPlane(plan["lon"], plan["lat"])
    scale = picture["scale"]["points"] / picture["scale"]["metres"]
    x0, y0 = picture["place"]

    def box(lonlat: list[list[float]]) -> list[list[float]]:
        given = np.asarray(lonlat, np.float64)
        x, y = plane.xy(given[:, 0], given[:, 1])
        points: list[list[float]] = np.column_stack([x0 + x * scale, y0 - y * scale]).tolist()
        return points

    step = max(1, len(line) // ROUTE_POINTS)
    way = box([*line[::step], line[-1]]) if line else []
    return {
        **picture,
        "shapes": shapes,
        "target": box([[card["lon"], card["lat"]]])[0],
        "shelter": box([[card["to"]["lon"], card["to"]["lat"]]])[0] if card["to"] else None,
        "way": " ".join(f"{x:.1f},{y:.1f}" for x, y in way),
    }


def _frame(card: Mapping[str, Any], line: Sequence[Sequence[float]]) -> dict[str, Any]:
    """Return the box of a place and its way as one more area, so that the drawing holds them."""
    box = shapely.MultiPoint([(card["lon"], card["lat"]), *line]).buffer(FRAME_DEG).envelope
    return {"properties": {"level": FRAME}, "geometry": mapping(box)}


def _metres(distance_m: float) -> str:
    return f"{distance_m / 1000:.1f} km" if distance_m >= 1000 else f"{distance_m:.0f} m"

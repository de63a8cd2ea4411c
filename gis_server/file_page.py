"""The file of an enterprise or a park as one page to print, with nothing from elsewhere."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from flask import render_template
from markupsafe import Markup

from gis_server.text import say, title
from layers.catalog import find

HIDDEN = frozenset({"name", "name_en", "source", "source_date", "candidate", "park_id"})


def render(
    owner: str, held: Mapping[str, Any], *, language: str, site: Mapping[str, Any], now: dt.datetime
) -> str:
    """Return the page.

    Parameters
    ----------
    owner
        `enterprise` or `park`.
    held
        What the API answers for it.
    site
        `name` and `fictional`: a page about an invented place says so.
    now
        When the page is made, in the site's time zone.
    """

    def named(row: Mapping[str, Any]) -> str:
        own, foreign = row.get("name"), row.get("name_en")
        return str((own if language == "zh" else foreign) or own or foreign or "")

    def field(feature: Mapping[str, Any], name: str) -> str:
        layer = feature["properties"]["layer"]
        return title(language, f"field.{layer}.{name}", f"field.{name}") or name

    def word(feature: Mapping[str, Any], name: str, value: Any) -> str:
        if value is None:
            return ""
        if isinstance(value, list):
            return ("、" if language == "zh" else ", ").join(map(str, value))
        layer = feature["properties"]["layer"]
        unit = find(layer).field(name).spec.unit
        told = title(language, f"value.{layer}.{name}.{value}", f"value.{name}.{value}")
        number = f"{value:,.10g}" if isinstance(value, float) else str(value)
        return told or (f"{number} {unit}" if unit not in (None, "1") else number)

    return render_template(
        "file.html",
        owner=owner,
        held=held,
        language=language,
        site=site,
        heading=named(held[owner]["properties"]),
        made_at=now.strftime("%Y-%m-%d %H:%M"),
        style=Markup(style()),  # noqa: S704 - our own file
        t=lambda key: say(language, key) or key,
        named=named,
        field=field,
        word=word,
        shown=_shown,
        grade=lambda level: say(language, f"file.grade.{level}") or str(level),
        metres=_metres,
    )


@cache
def style() -> str:
    """Return the page's style sheet."""
    return (files("gis_server") / "templates" / "file.css").read_text(encoding="utf-8")


def _shown(feature: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Give the declared fields that have a value, but those that the page shows elsewhere."""
    properties = feature["properties"]
    for field in find(properties["layer"]).fields:
        value = properties.get(field.name)
        if value not in (None, "", []) and field.name not in HIDDEN and field.type != "id":
            yield field.name, value


def _metres(distance_m: float) -> str:
    return f"{distance_m / 1000:.1f} km" if distance_m >= 1000 else f"{distance_m:.0f} m"

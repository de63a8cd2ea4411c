"""A sheet as one HTML page for A4: no script, nothing from elsewhere, every value escaped."""

from __future__ import annotations

import datetime as dt
from functools import cache
from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined, Template
from markupsafe import Markup

from gis_server.sheets import drawing
from gis_server.sheets.sheet import Sheet
from gis_server.sheets.words import Words


def render(sheet: Sheet, *, language: str, zone: dt.tzinfo, fictional: bool = False) -> str:
    """Return the page in a language; the same sheet gives the same page."""
    words = Words(language, zone)
    return _template().render(
        sheet=sheet,
        page=sheet.body["pages"][language],
        drawing=sheet.body["drawing"],
        language=language,
        fictional=fictional,
        t=words,
        level=lambda name: words.say(f"level.{name}") or name,
        moment=words.moment,
        colours=drawing.COLOURS,
        dashes=drawing.DASHES,
        path=drawing.path,
        told=drawing.told,
        style=Markup(style()),  # noqa: S704 - our own file
    )


@cache
def style() -> str:
    """Return the page's style sheet."""
    return (files("gis_server") / "templates" / "sheet.css").read_text(encoding="utf-8")


@cache
def _template() -> Template:
    environment = Environment(
        loader=PackageLoader("gis_server"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("sheet.html")

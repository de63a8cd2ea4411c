"""Official documents (公文) after GB/T 9704-2012, as HTML for A4 and as DOCX.

Page A4, margins 37 mm above, 28 mm left, hence 26 mm right and 35 mm below around a type area of
156 mm by 225 mm (clause 5.2.1); 22 lines of 28 characters in size 3 (16 pt), 仿宋 (5.2.2, 5.2.3);
the organ in red, 35 mm below the upper edge of the type area, the number two lines and a red line
4 mm below (7.2.4 to 7.2.7); the title in 小标宋 size 2,
22 pt (7.3.1); the page's number in 宋体 size 4, 14 pt, between two dashes, outside (7.5). Clause
numbers below 5.2 and the sizes of the title and the page's number are from memory [mem 90%]. Where
a machine lacks these fonts, Noto Serif and Sans CJK stand in. Seals are left to paper.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined, Template
from markupsafe import Markup

from gis_server.sheets import official_word
from gis_server.sheets.blocks import Block, clean
from gis_server.sheets.head import Head
from gis_server.sheets.ooxml import MEDIA_TYPE

__all__ = ["MEDIA_TYPE", "Head", "docx", "html", "style"]


def docx(blocks: Sequence[Block], head: Head) -> bytes:
    """Return the document for Word; the same blocks and head give the same bytes."""
    return official_word.render(blocks, head)


def html(blocks: Sequence[Block], head: Head) -> str:
    """Return the document as one page to print: no script, nothing from elsewhere."""
    return _template().render(
        blocks=blocks,
        head=head,
        t=head.say,
        clean=clean,
        style=Markup(style()),  # noqa: S704 - our own file
    )


@cache
def style() -> str:
    """Return the page's style sheet."""
    return (files("gis_server") / "templates" / "official.css").read_text(encoding="utf-8")


@cache
def _template() -> Template:
    environment = Environment(
        loader=PackageLoader("gis_server"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("official.html")

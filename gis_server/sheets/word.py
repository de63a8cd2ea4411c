"""A sheet as a DOCX document: the same blocks as the page, in fonts that Chinese offices have."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Mapping, Sequence
from typing import Any

from docx import Document
from docx.document import Document as DocumentObject
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.shared import Mm, Pt, RGBColor
from docx.table import Table
from docx.text.paragraph import Paragraph

from gis_server.sheets import drawing
from gis_server.sheets.ooxml import (
    MEDIA_TYPE,
    add_field,
    add_table,
    repeat_head,
    set_bold,
    set_fonts,
    steady,
)
from gis_server.sheets.sheet import Sheet
from gis_server.sheets.words import Words

__all__ = ["MEDIA_TYPE", "render"]

TEXT_FONTS = ("Times New Roman", "SimSun")
HEAD_FONTS = ("Arial", "SimHei")
FORMULA_FONTS = ("Cambria Math", "SimSun")
TEXT_WIDTH_MM = 182.0
TEXT_POINTS = 9


def render(sheet: Sheet, *, language: str, zone: dt.tzinfo, fictional: bool = False) -> bytes:
    """Return the document in a language; the same sheet gives the same bytes."""
    words = Words(language, zone)
    page = sheet.body["pages"][language]
    document = Document()
    _set_up(document, sheet, page["title"], language)
    if fictional:
        document.add_paragraph().add_run(words("fictional")).bold = True
    _centred(document.add_heading(words("title"), 0))
    told = (page["title"], words(f"state.{sheet.state}"), words.moment(sheet.made_at))
    _centred(document.add_paragraph(" · ".join(told)))
    for block in page["blocks"]:
        _PRINTERS[block["kind"]](document, block, sheet)
    _signatures(document, sheet, words)
    return steady(document)


def _set_up(document: DocumentObject, sheet: Sheet, title: str, language: str) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin = section.right_margin = Mm(14)
    section.top_margin = section.bottom_margin = Mm(16)
    for name, fonts, points in (
        ("Normal", TEXT_FONTS, 10), ("Title", HEAD_FONTS, 18), ("Heading 1", HEAD_FONTS, 12.5),
        ("Heading 2", HEAD_FONTS, 11),
    ):  # fmt: skip
        style = document.styles[name]
        style.font.size = Pt(points)
        style.font.color.rgb = RGBColor(0, 0, 0)
        set_fonts(style.element.get_or_add_rPr(), fonts)
    foot = _centred(section.footer.paragraphs[0])
    add_field(foot, "PAGE")
    foot.add_run(" / ")
    add_field(foot, "NUMPAGES")
    about = document.core_properties
    about.title, about.language, about.author = title[:255], language, "onemap"
    about.created = about.modified = sheet.made_at.astimezone(dt.UTC).replace(tzinfo=None)
    about.comments = f"input {sheet.body['input_hash']} result {sheet.body['result_hash']}"


def _heading(document: DocumentObject, block: Mapping[str, Any], sheet: Sheet) -> None:
    document.add_heading(block["text"], block["level"])


def _facts(document: DocumentObject, block: Mapping[str, Any], sheet: Sheet) -> None:
    if not block["rows"]:
        return
    table = _table(document, block["rows"], (0.3, 0.7))
    for row in table.rows:
        set_bold(row.cells[0])


def _rows(document: DocumentObject, block: Mapping[str, Any], sheet: Sheet) -> None:
    widths = [share / 100 for share in block["widths"]]
    table = _table(document, [block["head"], *block["rows"]], widths)
    repeat_head(table)
    formula: int | None = block.get("formula")
    if formula is None:
        return
    for row in table.rows[1:]:
        for run in row.cells[formula].paragraphs[0].runs:
            set_fonts(run._element.get_or_add_rPr(), FORMULA_FONTS)


def _lines(document: DocumentObject, block: Mapping[str, Any], sheet: Sheet) -> None:
    for place, line in enumerate(block["lines"]):
        run = document.add_paragraph().add_run(line)
        run.bold = block["style"] == "titled" and place == 0
        if block["style"] == "source":
            run.font.size = Pt(9)


def _drawing(document: DocumentObject, block: Mapping[str, Any], sheet: Sheet) -> None:
    if sheet.body["drawing"] is None:
        return
    picture = io.BytesIO(drawing.png(sheet.body["drawing"]))
    _centred(document.add_paragraph()).add_run().add_picture(picture, width=Mm(160))
    _centred(document.add_paragraph(block["caption"]))


_PRINTERS = {
    "heading": _heading, "facts": _facts, "table": _rows, "lines": _lines, "drawing": _drawing,
}  # fmt: skip


def _signatures(document: DocumentObject, sheet: Sheet, words: Words) -> None:
    document.add_heading(words("signatures"), 1)
    head = [words(f"head.{name}") for name in ("role", "name", "date", "signature")]
    rows = [
        [
            words(f"role.{each.role}"),
            each.name or "",
            words.moment(each.at) if each.at else "",
            words("electronic") if each.at else "",
        ]
        for each in sheet.signatures
    ]
    table = _table(document, [head, *rows], (0.2, 0.25, 0.3, 0.25))
    repeat_head(table)
    for row in table.rows[1:]:
        row.height = Mm(11)
    document.add_paragraph(f"{words('body_hash')}: {sheet.body_hash}")


def _centred(paragraph: Paragraph) -> Paragraph:
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    return paragraph


def _table(
    document: DocumentObject, rows: Sequence[Sequence[str]], shares: Sequence[float]
) -> Table:
    widths_mm = [TEXT_WIDTH_MM * share for share in shares]
    return add_table(document, rows, widths_mm, points=TEXT_POINTS)

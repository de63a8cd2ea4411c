"""An official document as DOCX: the page of GB/T 9704-2012 in fonts that Chinese offices have."""

from __future__ import annotations

import base64
import io
import json
from collections.abc import Mapping, Sequence
from importlib.resources import files
from typing import Any

from docx import Document
from docx.document import Document as DocumentObject
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING, WD_TAB_ALIGNMENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor
from docx.text.paragraph import Paragraph

from gis_server.sheets.blocks import Block, clean
from gis_server.sheets.head import Head
from gis_server.sheets.ooxml import (
    add_field,
    add_table,
    draw_rule,
    repeat_head,
    set_at_foot,
    set_bold,
    set_fonts,
    steady,
)

FONTS: Mapping[str, str] = json.loads(
    (files("gis_server") / "templates" / "official_fonts.json").read_text(encoding="utf-8")
)
"""The fonts of Chinese offices, by what is set in them."""
LATIN, FANGSONG, SONG = FONTS["latin"], FONTS["text"], FONTS["song"]
HEI, KAI, XIAOBIAOSONG = FONTS["hei"], FONTS["kai"], FONTS["title"]
ORGAN_MM = 35.0
"""From the upper edge of the type area to the organ's."""
RED = RGBColor(0xC0, 0, 0)
WIDTH_MM, LINE_PT, TEXT_PT, TABLE_PT, FOOT_PT = 156.0, 28.95, 16.0, 10.5, 14.0
_LEFT, _CENTRE, _RIGHT = (
    WD_ALIGN_PARAGRAPH.LEFT, WD_ALIGN_PARAGRAPH.CENTER, WD_ALIGN_PARAGRAPH.RIGHT,
)  # fmt: skip
_LEVEL_FONTS = {1: HEI, 2: KAI}


def render(blocks: Sequence[Block], head: Head) -> bytes:
    """Return the document's bytes."""
    document = Document()
    _set_up(document, head)
    _top(document, head)
    for block in blocks:
        printer = _PRINTERS.get(block["kind"])
        if printer is not None:
            printer(document, block)
    _bottom(document, head)
    return steady(document)


def _set_up(document: DocumentObject, head: Head) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(37), Mm(35)
    section.left_margin, section.right_margin = Mm(28), Mm(26)
    section.header_distance, section.footer_distance = Mm(20), Mm(23)
    _grid(section)
    normal = document.styles["Normal"]
    normal.font.size = Pt(TEXT_PT)
    set_fonts(normal.element.get_or_add_rPr(), (LATIN, FANGSONG))
    form = normal.paragraph_format
    form.space_before = form.space_after = Pt(0)
    form.line_spacing_rule, form.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(LINE_PT)
    document.settings.odd_and_even_pages_header_footer = True
    for foot, side in ((section.footer, _RIGHT), (section.even_page_footer, _LEFT)):
        _page_number(foot.paragraphs[0], side)
    for top in (section.header, section.even_page_header):
        line = top.paragraphs[0]
        line.alignment = _CENTRE
        run = line.add_run("  ".join(head.marks))
        run.bold, run.font.color.rgb, run.font.size = True, RED, Pt(TEXT_PT)
        set_fonts(run._element.get_or_add_rPr(), (LATIN, HEI))
    about = document.core_properties
    about.title, about.language, about.author = clean(head.title)[:255], head.language, "onemap"
    about.comments = ""


def _grid(section: Any) -> None:
    """Set 22 lines of 28 characters; Word counts a space in 1/4096 of a point of the font."""
    grid = section._sectPr.find(qn("w:docGrid"))
    if grid is None:
        grid = OxmlElement("w:docGrid")
        section._sectPr.append(grid)
    pitch = WIDTH_MM / 28 / 25.4 * 72
    grid.set(qn("w:type"), "linesAndChars")
    grid.set(qn("w:linePitch"), str(round(LINE_PT * 20)))
    grid.set(qn("w:charSpace"), str(round((pitch - TEXT_PT) * 4096)))


def _page_number(line: Paragraph, side: WD_ALIGN_PARAGRAPH) -> None:
    line.alignment = side
    form = line.paragraph_format
    form.left_indent = form.right_indent = Pt(FOOT_PT)
    line.add_run("— ")
    add_field(line, "PAGE")
    line.add_run(" —")
    for run in line.runs:
        run.font.size = Pt(FOOT_PT)
        set_fonts(run._element.get_or_add_rPr(), (SONG, SONG))


def _top(document: DocumentObject, head: Head) -> None:
    grades = [grade for grade in (head.secrecy, head.urgency) if grade]
    for grade in grades:
        _line(document, grade, font=HEI)
    organ = _line(document, head.organ, font=XIAOBIAOSONG, points=34, align=_CENTRE, colour=RED)
    # Some lead of the line itself stands above its letters.
    organ.paragraph_format.space_before = Mm(ORGAN_MM - 2) - Pt(LINE_PT) * len(grades)
    organ.paragraph_format.line_spacing_rule = WD_LINE_SPACING.SINGLE
    number = _line(document, head.number, align=_LEFT if head.signer else _CENTRE)
    number.paragraph_format.space_before = Pt(2 * LINE_PT)
    if head.signer:
        number.paragraph_format.left_indent = number.paragraph_format.right_indent = Pt(TEXT_PT)
        number.paragraph_format.tab_stops.add_tab_stop(
            Mm(WIDTH_MM) - Pt(TEXT_PT), WD_TAB_ALIGNMENT.RIGHT
        )
        number.add_run(f"\t{head.say('signer')}")
        _run(number, head.signer, font=KAI)
    draw_rule(number, "bottom", colour="C00000", eighths=13, space=8)
    title = _line(document, head.title, font=XIAOBIAOSONG, points=22, align=_CENTRE)
    title.paragraph_format.space_before, title.paragraph_format.space_after = Mm(18), Pt(LINE_PT)
    title.paragraph_format.line_spacing = Pt(34)
    title.paragraph_format.keep_with_next = True
    if head.to:
        _line(document, f"{head.to}{head.say('colon')}")


def _bottom(document: DocumentObject, head: Head) -> None:
    for place, named in enumerate(head.attachments):
        count = f"{place + 1}. " if len(head.attachments) > 1 else ""
        lead = head.say("attachment") if place == 0 else "\u3000" * len(head.say("attachment"))
        line = _body(document, f"{lead}{count}{named}")
        line.paragraph_format.space_before = Pt(LINE_PT if place == 0 else 0)
    if document.paragraphs:  # no page holds a signature and no text
        document.paragraphs[-1].paragraph_format.keep_with_next = True
    organ = _line(document, head.organ, align=_RIGHT)
    organ.paragraph_format.space_before = Pt(LINE_PT)
    organ.paragraph_format.right_indent = Pt(2 * TEXT_PT)
    organ.paragraph_format.keep_with_next = True
    date = _line(document, head.date, align=_RIGHT)
    date.paragraph_format.right_indent = Pt(4 * TEXT_PT)
    date.paragraph_format.keep_with_next = bool(head.signed)
    if head.signed:
        names = [head.say(name) for name in ("role", "name", "signed_at")]
        _grid_table(document, [names, *map(list, head.signed)], [0.3, 0.3, 0.4])
    ends = _ends(head)
    for place, (text, tail) in enumerate(ends):
        line = _line(document, text, points=FOOT_PT)
        form = line.paragraph_format
        form.left_indent = form.right_indent = Pt(FOOT_PT)
        set_at_foot(line, width_mm=WIDTH_MM)
        if tail:
            form.tab_stops.add_tab_stop(Mm(WIDTH_MM) - Pt(FOOT_PT), WD_TAB_ALIGNMENT.RIGHT)
            _run(line, f"\t{tail}", points=FOOT_PT)
        if place == 0:
            draw_rule(line, "top", eighths=8)
        draw_rule(line, "bottom", eighths=8 if place == len(ends) - 1 else 6)
    if ends:  # what a frame is anchored to: it stands on the page of this paragraph
        anchor = _line(document, "", points=1)
        anchor.paragraph_format.line_spacing = Pt(1)


def _ends(head: Head) -> list[tuple[str, str]]:
    """Return the lines of 版记: copies to, and who issued it when."""
    found = [(f"{head.say('cc')}{head.cc}", "")] if head.cc else []
    if head.issued_by or head.issued_at:
        issued = f"{head.issued_at}{head.say('issued')}" if head.issued_at else ""
        found.append((head.issued_by, issued))
    return found


def _heading(document: DocumentObject, block: Mapping[str, Any]) -> None:
    level = block["level"]
    line = document.add_heading(level=min(level, 4))
    line.paragraph_format.space_before = Pt(0)
    line.paragraph_format.first_line_indent = Pt(2 * TEXT_PT)
    line.paragraph_format.line_spacing = Pt(LINE_PT)
    run = _run(line, block["text"], font=_LEVEL_FONTS.get(level, FANGSONG))
    run.bold, run.italic = level > 2, False
    run.font.color.rgb = RGBColor(0, 0, 0)


def _paragraphs(document: DocumentObject, block: Mapping[str, Any]) -> None:
    for text in block["lines"]:
        _body(document, text)


def _lines(document: DocumentObject, block: Mapping[str, Any]) -> None:
    for place, text in enumerate(block["lines"]):
        if block["style"] == "source":
            line = _line(document, text, points=TABLE_PT)
            line.paragraph_format.line_spacing = Pt(17)
            continue
        line = _body(document, text)
        line.runs[0].bold = block["style"] == "titled" and place == 0


def _facts(document: DocumentObject, block: Mapping[str, Any]) -> None:
    if block["rows"]:
        table = _rows(document, block["rows"], [0.3, 0.7])
        for row in table.rows:
            set_bold(row.cells[0])


def _table(document: DocumentObject, block: Mapping[str, Any]) -> None:
    shares = [share / 100 for share in block["widths"]]
    _grid_table(document, [block["head"], *block["rows"]], shares)


def _picture(document: DocumentObject, block: Mapping[str, Any]) -> None:
    line = document.add_paragraph()
    line.alignment = _CENTRE
    line.paragraph_format.line_spacing_rule = WD_LINE_SPACING.SINGLE
    data = io.BytesIO(base64.b64decode(block["data"]))
    line.add_run().add_picture(data, width=Mm(min(block["width_mm"], WIDTH_MM)))
    _line(document, block["caption"], points=TABLE_PT, align=_CENTRE)


_PRINTERS = {
    "heading": _heading, "paragraphs": _paragraphs, "lines": _lines, "facts": _facts,
    "table": _table, "picture": _picture,
}  # fmt: skip


def _grid_table(
    document: DocumentObject, rows: Sequence[Sequence[str]], shares: Sequence[float]
) -> None:
    repeat_head(_rows(document, rows, shares))


def _rows(document: DocumentObject, rows: Sequence[Sequence[str]], shares: Sequence[float]) -> Any:
    cleaned = [[clean(text) for text in row] for row in rows]
    table = add_table(document, cleaned, [WIDTH_MM * share for share in shares], points=TABLE_PT)
    for row in table.rows:
        for cell in row.cells:
            cell.paragraphs[0].paragraph_format.line_spacing = Pt(15)
    return table


def _body(document: DocumentObject, text: str) -> Paragraph:
    line = _line(document, text)
    line.paragraph_format.first_line_indent = Pt(2 * TEXT_PT)
    return line


def _line(
    document: DocumentObject,
    text: str,
    *,
    font: str = FANGSONG,
    points: float = TEXT_PT,
    align: WD_ALIGN_PARAGRAPH = _LEFT,
    colour: RGBColor | None = None,
) -> Paragraph:
    line = document.add_paragraph()
    line.alignment = align
    run = _run(line, text, font=font, points=points)
    if colour is not None:
        run.font.color.rgb = colour
    return line


def _run(line: Paragraph, text: str, *, font: str = FANGSONG, points: float = TEXT_PT) -> Any:
    run = line.add_run(clean(text))
    run.font.size = Pt(points)
    set_fonts(run._element.get_or_add_rPr(), (LATIN, font))
    return run

"""A sheet as a DOCX document: the same blocks as the page, in fonts that Chinese offices have."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from collections.abc import Mapping, Sequence
from typing import Any

from docx import Document
from docx.document import Document as DocumentObject
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor
from docx.table import Table, _Cell
from docx.text.paragraph import Paragraph
from docx.text.run import Run

from gis_server.sheets import drawing
from gis_server.sheets.sheet import Sheet
from gis_server.sheets.words import Words

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
TEXT_FONTS = ("Times New Roman", "SimSun")
HEAD_FONTS = ("Arial", "SimHei")
FORMULA_FONTS = ("Cambria Math", "SimSun")
TEXT_WIDTH_MM = 182.0
_EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest moment that a ZIP archive can name


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
    return _steady(document)


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
        _set_fonts(style.element.get_or_add_rPr(), fonts)
    foot = _centred(section.footer.paragraphs[0])
    _field(foot, "PAGE")
    foot.add_run(" / ")
    _field(foot, "NUMPAGES")
    about = document.core_properties
    about.title, about.language, about.author = title[:255], language, "onemap"
    about.created = about.modified = sheet.made_at.astimezone(dt.UTC).replace(tzinfo=None)
    about.comments = f"input {sheet.body['input_hash']} result {sheet.body['result_hash']}"


def _heading(document: DocumentObject, block: Mapping[str, Any], sheet: Sheet) -> None:
    document.add_heading(block["text"], block["level"])


def _facts(document: DocumentObject, block: Mapping[str, Any], sheet: Sheet) -> None:
    if not block["rows"]:
        return
    table = _table(document, block["rows"], widths=(0.3, 0.7))
    for row in table.rows:
        _set_bold(row.cells[0])


def _rows(document: DocumentObject, block: Mapping[str, Any], sheet: Sheet) -> None:
    widths = [share / 100 for share in block["widths"]]
    table = _table(document, [block["head"], *block["rows"]], widths=widths)
    _repeat_head(table)
    formula: int | None = block.get("formula")
    if formula is None:
        return
    for row in table.rows[1:]:
        for run in row.cells[formula].paragraphs[0].runs:
            _set_run_fonts(run, FORMULA_FONTS)


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
    table = _table(document, [head, *rows], widths=(0.2, 0.25, 0.3, 0.25))
    _repeat_head(table)
    for row in table.rows[1:]:
        row.height = Mm(11)
    document.add_paragraph(f"{words('body_hash')}: {sheet.body_hash}")


def _table(
    document: DocumentObject, rows: Sequence[Sequence[str]], *, widths: Sequence[float]
) -> Table:
    table: Table = document.add_table(rows=len(rows), cols=len(rows[0]), style="Table Grid")
    table.autofit = False
    for column, share in zip(table.columns, widths, strict=True):
        column.width = Mm(TEXT_WIDTH_MM * share)
    # One walk over the cells: asking a table for its rows again and again is quadratic.
    for row, texts in zip(table.rows, rows, strict=True):
        for cell, text, share in zip(row.cells, texts, widths, strict=True):
            cell.width = Mm(TEXT_WIDTH_MM * share)
            run = cell.paragraphs[0].add_run(text)
            run.font.size = Pt(9)
    return table


def _repeat_head(table: Table) -> None:
    """Let the first row stand on every page that the table goes on over."""
    first = table.rows[0]
    first._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
    for cell in first.cells:
        _set_bold(cell)


def _set_bold(cell: _Cell) -> None:
    for run in cell.paragraphs[0].runs:
        run.bold = True


def _centred(paragraph: Paragraph) -> Paragraph:
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    return paragraph


def _set_run_fonts(run: Run, fonts: tuple[str, str]) -> None:
    _set_fonts(run._element.get_or_add_rPr(), fonts)


def _set_fonts(properties: Any, fonts: tuple[str, str]) -> None:
    """Name the font of Latin and of Chinese letters: Word keeps them apart."""
    held = properties.get_or_add_rFonts()
    for name in [name for name in held.attrib if name.endswith(("Theme", "theme"))]:
        del held.attrib[name]
    latin, chinese = fonts
    for script, font in (("ascii", latin), ("hAnsi", latin), ("cs", latin), ("eastAsia", chinese)):
        held.set(qn(f"w:{script}"), font)


def _field(paragraph: Paragraph, code: str) -> None:
    """Add a field that Word counts when it prints: the page, or how many there are."""
    run = paragraph.add_run()._element
    for kind in ("begin", None, "end"):
        if kind is None:
            part = OxmlElement("w:instrText")
            part.set(qn("xml:space"), "preserve")
            part.text = code
        else:
            part = OxmlElement("w:fldChar")
            part.set(qn("w:fldCharType"), kind)
        run.append(part)


def _steady(document: DocumentObject) -> bytes:
    """Return the document's bytes without the moment at which they were written."""
    written, steady = io.BytesIO(), io.BytesIO()
    document.save(written)
    with zipfile.ZipFile(written) as source, zipfile.ZipFile(steady, "w") as target:
        for name in source.namelist():
            entry = zipfile.ZipInfo(name, date_time=_EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o600 << 16
            target.writestr(entry, source.read(name))
    return steady.getvalue()

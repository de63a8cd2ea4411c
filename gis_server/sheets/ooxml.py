"""What python-docx leaves to raw XML: fonts by script, fields, repeated heads, steady bytes."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from typing import Any

from docx.document import Document
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt
from docx.table import Table, _Cell
from docx.text.paragraph import Paragraph

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest moment that a ZIP archive can name


def set_fonts(properties: Any, fonts: tuple[str, str]) -> None:
    """Name the font of Latin and of Chinese letters: Word keeps them apart."""
    held = properties.get_or_add_rFonts()
    for name in [name for name in held.attrib if name.endswith(("Theme", "theme"))]:
        del held.attrib[name]
    latin, chinese = fonts
    for script, font in (("ascii", latin), ("hAnsi", latin), ("cs", latin), ("eastAsia", chinese)):
        held.set(qn(f"w:{script}"), font)


def add_field(paragraph: Paragraph, code: str) -> None:
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


def add_table(
    document: Document, rows: Sequence[Sequence[str]], widths_mm: Sequence[float], *, points: float
) -> Table:
    """Add a table with columns of given widths."""
    table: Table = document.add_table(rows=len(rows), cols=len(rows[0]), style="Table Grid")
    table.autofit = False
    for column, width in zip(table.columns, widths_mm, strict=True):
        column.width = Mm(width)
    # One walk over the cells: asking a table for its rows again and again is quadratic.
    for row, texts in zip(table.rows, rows, strict=True):
        for cell, text, width in zip(row.cells, texts, widths_mm, strict=True):
            cell.width = Mm(width)
            run = cell.paragraphs[0].add_run(text)
            run.font.size = Pt(points)
    return table


def repeat_head(table: Table) -> None:
    """Let the first row stand on every page that the table goes on over."""
    first = table.rows[0]
    first._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
    for cell in first.cells:
        set_bold(cell)


def set_bold(cell: _Cell) -> None:
    """Print a cell in bold."""
    for run in cell.paragraphs[0].runs:
        run.bold = True


def steady(document: Document) -> bytes:
    """Return the document's bytes without the moment at which they were written."""
    written, fixed = io.BytesIO(), io.BytesIO()
    document.save(written)
    with zipfile.ZipFile(written) as source, zipfile.ZipFile(fixed, "w") as target:
        for name in source.namelist():
            entry = zipfile.ZipInfo(name, date_time=_EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o600 << 16
            target.writestr(entry, source.read(name))
    return fixed.getvalue()


def set_at_foot(line: Paragraph, *, width_mm: float) -> None:
    """Frame a paragraph at the lower edge of the type area; neighbours share one frame."""
    frame = OxmlElement("w:framePr")
    told = {
        "w": str(round(Mm(width_mm).twips)), "wrap": "notBeside", "hAnchor": "margin",
        "vAnchor": "margin", "xAlign": "left", "yAlign": "bottom",
    }  # fmt: skip
    for name, value in told.items():
        frame.set(qn(f"w:{name}"), value)
    line._element.get_or_add_pPr().insert_element_before(
        frame, "w:widowControl", "w:numPr", "w:suppressLineNumbers", "w:pBdr", "w:shd", "w:tabs",
        "w:suppressAutoHyphens", "w:kinsoku", "w:spacing", "w:ind", "w:jc", "w:rPr",
    )  # fmt: skip


def draw_rule(
    line: Paragraph, side: str, *, colour: str = "000000", eighths: int, space: int = 1
) -> None:
    """Draw a line over or under a paragraph; Word takes its width in eighths of a point."""
    properties = line._element.get_or_add_pPr()
    borders = properties.find(qn("w:pBdr"))
    if borders is None:
        borders = OxmlElement("w:pBdr")
        properties.insert_element_before(
            borders, "w:shd", "w:tabs", "w:suppressAutoHyphens", "w:kinsoku", "w:spacing", "w:ind",
            "w:jc", "w:rPr",
        )  # fmt: skip
    edge = OxmlElement(f"w:{side}")
    told = (("val", "single"), ("sz", str(eighths)), ("space", str(space)), ("color", colour))
    for name, value in told:
        edge.set(qn(f"w:{name}"), value)
    borders.append(edge)

"""Workbooks that we write: every text is a text. A cell that begins with `=` never computes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from typing import Any

import xlsxwriter

CELL_MAX_CHARACTERS = 32_767
_SHEET_NAME_CHARACTERS = 31
_FORBIDDEN = re.compile(r"[\[\]:*?/\\\x00-\x1f]")
_LITERAL = {
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "nan_inf_to_errors": False,
}


@contextmanager
def workbook(target: BytesIO, *, row_by_row: bool = False) -> Iterator[Any]:
    """Give a workbook that turns no text into a formula, link or number; it is closed at the end.

    `row_by_row` keeps one row in memory: rows must then be written in their order.
    """
    book = xlsxwriter.Workbook(target, {**_LITERAL, "constant_memory": row_by_row})
    try:
        yield book
    finally:
        book.close()


def add_sheet(book: Any, title: str, fallback: str) -> Any:
    """Add a worksheet under a title as far as a sheet may be called so, else under `fallback`."""
    name = _FORBIDDEN.sub(" ", title).strip().strip("'")[:_SHEET_NAME_CHARACTERS].strip()
    taken = {sheet.get_name().lower() for sheet in book.worksheets()}
    return book.add_worksheet(fallback if not name or name.lower() in taken else name)


def cell_text(value: Any) -> str:
    """Return a value as a cell shows it, cut to what a cell holds."""
    text = str(value)
    if len(text) <= CELL_MAX_CHARACTERS:
        return text
    return text[: CELL_MAX_CHARACTERS - 1] + "…"

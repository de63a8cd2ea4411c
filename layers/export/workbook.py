"""A workbook (XLSX): rows as a table for people, and what its columns are on a second sheet."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import xlsxwriter

from layers.export.chunks import Chunk, written
from layers.export.writer import Sheet, Writer

CELL_MAX = 32_767


class WorkbookWriter(Writer):
    """One sheet of rows, each with its one place; cells are text or numbers, never formulas."""

    def __init__(self, sheet: Sheet) -> None:
        super().__init__(sheet)
        self._path = sheet.folder / f"{sheet.title}.xlsx"
        options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False,
                   "strings_to_numbers": False, "tmpdir": str(sheet.folder)}  # fmt: skip
        self._book = xlsxwriter.Workbook(str(self._path), options)
        self._sheet = self._book.add_worksheet(sheet.title[:31])
        self._sheet.freeze_panes(1, 0)
        bold = self._book.add_format({"bold": True})
        headings = [*(column.heading for column in sheet.columns), *sheet.axes]
        for at, heading in enumerate(headings):
            self._sheet.write_string(0, at, heading[:CELL_MAX], bold)
        self._row = 0

    def write(self, chunk: Chunk) -> None:
        """Write some rows."""
        for n in range(len(chunk)):
            self._row += 1
            for at, column in enumerate(self.sheet.columns):
                self._put(at, column.name, chunk.values[column.name][n])
            for at, place in enumerate((chunk.x[n], chunk.y[n]), start=len(self.sheet.columns)):
                if math.isfinite(place):
                    self._sheet.write_number(self._row, at, float(place))

    def finish(self) -> Sequence[Path]:
        """Write the sheet of columns and close the file."""
        about = self._book.add_worksheet("columns")
        for row, column in enumerate(self.sheet.columns):
            for at, word in enumerate((column.heading, column.name, column.type, column.unit)):
                if word is not None:
                    about.write_string(row, at, word[:CELL_MAX])
        for at, word in enumerate(("crs", self.sheet.crs.name)):
            about.write_string(len(self.sheet.columns), at, word)
        self._book.close()
        return [self._path]

    def _put(self, at: int, name: str, value: Any) -> None:
        """Write one cell."""
        if value is None:
            return
        if isinstance(value, bool):
            self._sheet.write_boolean(self._row, at, value)
        elif isinstance(value, int | float) and abs(value) < 2**53:
            self._sheet.write_number(self._row, at, value)
        else:
            text = str(written(value))
            if len(text) > CELL_MAX:
                self.notes.append({"code": "export.cut", "params": {"row": self._row, "field": name,
                                   "limit": CELL_MAX}})  # fmt: skip
            self._sheet.write_string(self._row, at, text[:CELL_MAX])

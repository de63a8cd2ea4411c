"""XLSX: cells counted in the packed XML first, then read by calamine."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from layers.intake.archive import entries
from layers.intake.formats import unreadable
from layers.intake.sheets import CELLS_MAX, check_size, from_rows
from layers.intake.source import Inside, choose
from layers.intake.table import Table
from layers.intake.text import Guess

_CHUNK_BYTES = 1024 * 1024
_CELL_STARTS = tuple(
    f"{lead}{name}{end}".encode() for lead in "<:" for name in ("c", "row") for end in " />"
)


class Workbook:
    """The sheets of an XLSX file that have cells."""

    encoding: Guess | None = None
    skipped: Mapping[str, int] = MappingProxyType({})

    def __init__(self, path: Path, *, first: int | None, place: Mapping[str, str]) -> None:
        from python_calamine import CalamineError, CalamineWorkbook

        _count_cells(path)
        self.first, self.place = first, place
        try:
            workbook = CalamineWorkbook.from_path(str(path))
            self.sheets = {
                name: sheet
                for name in workbook.sheet_names
                if (sheet := workbook.get_sheet_by_name(name)).height
            }
        except CalamineError as error:
            said = str(error)[:120]
            raise unreadable("xlsx", f"the workbook is damaged ({said})", detail=said) from None

    def inside(self) -> list[Inside]:
        """Return its sheets with cells; the header line is no row."""
        return [Inside(name, sheet.height - 1) for name, sheet in self.sheets.items()]

    def table(self, name: str | None) -> Table:
        """Return the table of one sheet: the named one, or the first that has cells."""
        if not self.sheets:
            raise unreadable("no_cells", "no sheet has cells", code="empty_file")
        names = list(self.sheets)
        sheet = self.sheets[choose(names, name) if name is not None else names[0]]
        most = None if self.first is None else self.first + 1
        rows = sheet.to_python(skip_empty_area=True, nrows=most)
        header, body = rows[0], rows[1:]
        width = max((i + 1 for i, cell in enumerate(header) if cell != ""), default=0)
        kept = [row[:width] for row in body if any(cell != "" for cell in row)]
        cells = [[_cell(cell) for cell in row] for row in kept]
        return from_rows(header[:width], cells, place=self.place, strict=self.first is None)


def _cell(value: Any) -> Any:
    """Return whole numbers without their ".0": codes and phone numbers are typed as numbers."""
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return int(value)
    return value.isoformat() if hasattr(value, "isoformat") else value


def _count_cells(path: Path) -> None:
    """Count cells in the packed XML before a reader makes an object of each."""
    count = 0
    with zipfile.ZipFile(path) as archive:
        for entry in entries(path):
            if not entry.filename.lower().startswith("xl/worksheets/"):
                continue
            try:
                with archive.open(entry) as source:
                    while chunk := source.read(_CHUNK_BYTES):
                        count += sum(map(chunk.count, _CELL_STARTS))
                        if count > CELLS_MAX:
                            check_size(count, 1)
            except (
                zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError,
            ) as error:  # fmt: skip
                said = str(error)[:120]
                raise unreadable("xlsx", f"the workbook is damaged ({said})", detail=said) from None

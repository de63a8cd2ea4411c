"""The faults of a batch as a workbook: the rows to mend, bad cells marked, and the whole list.

The sheet of rows has the headers of the layer's template, so that it can be mended and handed in
again as it is.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import shapely
from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Session

from layers.catalog import Layer
from layers.intake.sheet_columns import POSITION, SheetColumn, contact_column, sheet_columns
from layers.intake.words import Words, field_title, layer_title, value_title
from layers.intake.workbook_text import add_sheet, cell_text, workbook
from layers.models import StagedRow

ROWS_MAX = 50_000
COMMENTS_MAX = 5_000  # more, and spreadsheet programs take minutes to open the file
_PLACE = "geometry"
_CONTACTS = ("children", "contact")
_LISTED = ("row", "layer", "field", "rule", "got", "wanted", "severity", "text")
InWords = Callable[[Sequence[Mapping[str, Any]]], list[dict[str, Any]]]


@dataclass(frozen=True)
class Paper:
    """What a fault sheet is written with.

    `words` are the texts of the reader's language, `in_words` turns stored faults into that
    language, `place` names the file's columns that say where.
    """

    words: Words
    in_words: InWords
    place: Collection[str] = ()


def fault_sheet(
    session: Session,
    batch_id: uuid.UUID,
    layers: Mapping[Layer, Collection[str]],
    paper: Paper,
) -> bytes:
    """Return the XLSX of a batch's faulty rows and of every fault in them.

    Parameters
    ----------
    layers
        The layers that the batch feeds, each with the fields that the file gives.
    """
    target = BytesIO()
    with workbook(target, row_by_row=True) as book:
        formats = _formats(book)
        writers = [_Rows(book, formats, session, batch_id, *each, paper) for each in layers.items()]
        listed = _List(book, formats, paper.words)
        for writer in writers:
            for row in writer.rows():
                told = paper.in_words(row.faults)
                writer.write(row, told)
                listed.write(writer.layer, told)
            if writer.cut:
                listed.say(paper.words.get("sheet.cut", "{count}").format(count=ROWS_MAX))
    return target.getvalue()


def _formats(book: Any) -> dict[str, Any]:
    return {
        "head": book.add_format({"bold": True, "bg_color": "#E8EEF4", "border": 1}),
        "error": book.add_format({"bg_color": "#F8B4B4", "font_color": "#7A0000", "border": 1}),
        "warning": book.add_format({"bg_color": "#FFE2B8", "border": 1}),
    }


class _List:
    """The sheet that lists every fault, a line each."""

    def __init__(self, book: Any, formats: Mapping[str, Any], words: Words) -> None:
        self._words, self._formats, self._line = words, formats, 1
        self._sheet = add_sheet(book, words.get("sheet.faults", ""), "faults")
        for at, name in enumerate(_LISTED):
            self._sheet.set_column(at, at, 60 if name == "text" else 16)
            self._sheet.write_string(0, at, words.get(f"sheet.fault.{name}", name), formats["head"])
        self._sheet.freeze_panes(1, 0)

    def write(self, layer: Layer, faults: Sequence[Mapping[str, Any]]) -> None:
        for fault in faults:
            rule, severity = fault["rule"], fault["severity"]
            cells = {
                **fault,
                "layer": layer_title(self._words, layer),
                "field": field_title(self._words, layer, fault["field"] or ""),
                "rule": self._words.get(f"rule.{rule}", rule),
                "severity": self._words.get(f"sheet.{severity}", severity),
            }
            for at, name in enumerate(_LISTED):
                marked = self._formats[severity] if name == "severity" else None
                if name == "row" and fault["row"] is not None:
                    self._sheet.write_number(self._line, at, fault["row"])
                elif cells.get(name) is not None:
                    self._sheet.write_string(self._line, at, cell_text(cells[name]), marked)
            self._line += 1

    def say(self, text: str) -> None:
        """Write a line that is no fault."""
        self._sheet.write_string(self._line, 0, text, self._formats["warning"])
        self._line += 1


class _Rows:
    """The sheet of one layer's faulty rows."""

    def __init__(
        self,
        book: Any,
        formats: Mapping[str, Any],
        session: Session,
        batch_id: uuid.UUID,
        layer: Layer,
        given: Collection[str],
        paper: Paper,
    ) -> None:
        self.layer, self.cut = layer, False
        self._session, self._paper, self._formats = session, paper, formats
        self._of = (StagedRow.batch_id == batch_id, StagedRow.layer == layer.name,
                    StagedRow.faults != [])  # fmt: skip
        self._columns = self._chosen(given)
        self._at = {column.name: at for at, column in enumerate(self._columns, start=1)}
        self._line, self._comments = 1, 0
        self._sheet = add_sheet(book, layer_title(paper.words, layer), layer.name)
        heads = [paper.words.get("sheet.fault.row", "row"), *(c.header for c in self._columns)]
        for at, head in enumerate(heads):
            self._sheet.write_string(0, at, head, formats["head"])
        self._sheet.set_column(0, 0, 8)
        self._sheet.set_column(1, len(heads) - 1, 18)
        self._sheet.freeze_panes(1, 1)

    def _chosen(self, given: Collection[str]) -> list[SheetColumn]:
        """Return the columns that the file gives, that are needed, or that are bad."""
        kinds = self._distinct(func.GeometryType(StagedRow.geom)) - {None}
        bad = self._distinct(
            func.jsonb_array_elements(StagedRow.faults, type_=JSONB)["field"].astext
        )
        hung = func.jsonb_array_length(StagedRow.record[_CONTACTS])
        most = max((count for count in self._distinct(hung) if count), default=0)
        every = sheet_columns(
            self.layer, self._paper.words,
            by_position=kinds == {"POINT"} if kinds else None, contacts=max(most, 1),
        )  # fmt: skip
        return [
            each for each in every
            if each.kind == "place" or each.required or each.name in {*bad, *given}
            or (each.kind == "child" and most)
        ]  # fmt: skip

    def _distinct(self, value: Any) -> set[Any]:
        """Return the different values of an expression over the faulty rows."""
        query = select(value).where(*self._of).distinct()
        return set(self._session.scalars(query))

    def rows(self) -> Iterator[StagedRow]:
        """Give the faulty rows in the file's order, at most `ROWS_MAX`."""
        found = self._session.scalars(
            select(StagedRow).where(*self._of).order_by(StagedRow.row).limit(ROWS_MAX + 1)
            .execution_options(yield_per=500)
        )  # fmt: skip
        for count, row in enumerate(found):
            if count == ROWS_MAX:
                self.cut = True
                return
            yield row

    def write(self, row: StagedRow, faults: Sequence[Mapping[str, Any]]) -> None:
        """Write a row; cells with faults are coloured and say in a comment what is wrong."""
        cells = self._cells(row)
        marked: dict[int, list[Mapping[str, Any]]] = {}
        for fault in faults:
            for at, got in self._bad_cells(fault):
                marked.setdefault(at, []).append(fault)
                if cells.get(at) is None:
                    cells[at] = got
        number = row.record.get("__row", row.row)
        for at in sorted({0, *cells, *marked}):
            told = marked.get(at, [])
            worst = {fault["severity"] for fault in told}
            how = self._formats["error" if "error" in worst else "warning"] if told else None
            self._write_cell(at, number if at == 0 else cells.get(at), how)
            if told and self._comments < COMMENTS_MAX:
                self._comments += 1
                lines = "\n".join(str(fault.get("text") or fault["rule"]) for fault in told)
                self._sheet.write_comment(self._line, at, lines[:1000])
        self._line += 1

    def _write_cell(self, at: int, value: Any, how: Any) -> None:
        if value is None:
            self._sheet.write_blank(self._line, at, None, how)
        elif isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e15:
            self._sheet.write_number(self._line, at, value, how)
        else:
            self._sheet.write_string(self._line, at, cell_text(value), how)

    def _bad_cells(self, fault: Mapping[str, Any]) -> list[tuple[int, str | None]]:
        """Return the cells that a fault is about, with what it got; the row's own where none is."""
        field, got = fault["field"], fault["got"]
        if field == _PLACE or field in self._paper.place:
            at = [self._at[name] for name in (*POSITION, "wkt") if name in self._at]
            parts = str(got or "").split(",")
            if len(parts) == len(at) == 2:
                return list(zip(at, (part.strip() for part in parts), strict=True))
            return [(each, got) for each in at[:1]]
        place = self._at.get((field or "").replace("contact_1_", "contact_"))
        return [(0, None)] if place is None else [(place, got)]

    def _cells(self, row: StagedRow) -> dict[int, Any]:
        """Return a row's cells by column, as they are read again."""
        cells = {self._at[name]: value for name, value in self._place(row).items()
                 if name in self._at}  # fmt: skip
        for column in self._columns:
            value = row.record.get(column.name)
            if column.kind == "field" and value is not None:
                cells[self._at[column.name]] = self._shown(column, value)
        for rank, contact in enumerate(row.record.get("children", {}).get("contact", []), start=1):
            for part, value in contact.items():
                if (at := self._at.get(contact_column(rank, part))) is not None:
                    cells[at] = value
        stock = row.record.get("children", {}).get("stock", [])
        if stock and "stock" in self._at:
            cells[self._at["stock"]] = "; ".join(
                f"{each['item']}={each['quantity']:g} {each['unit']}" for each in stock
            )
        return cells

    def _place(self, row: StagedRow) -> dict[str, Any]:
        if row.geom is None:
            return {}
        shape = shapely.from_wkb(bytes(row.geom.data))
        if "lon" in self._at:
            return {"lon": shapely.get_x(shape), "lat": shapely.get_y(shape)}
        return {"wkt": shapely.to_wkt(shape, rounding_precision=9)}

    def _shown(self, column: SheetColumn, value: Any) -> Any:
        if isinstance(value, bool):
            return self._paper.words.get("sheet.yes" if value else "sheet.no", str(value))
        if isinstance(value, list):
            return "; ".join(str(item) for item in value)
        if column.field is not None and column.field.spec.domain:
            return value_title(self._paper.words, self.layer, column.name, str(value))
        return value

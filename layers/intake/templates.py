"""An empty sheet of a layer to fill in (模板): headers, drop-downs, and what each column wants."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import xlsxwriter

from layers.catalog import Layer
from layers.intake.sheet_columns import SheetColumn, sheet_columns
from layers.intake.words import Words, layer_title, value_title
from layers.intake.workbook_text import add_sheet, workbook

_ROWS = 10_000  # to which drop-downs and limits reach
_WIDTH = 18
_PROMPT_CHARACTERS = 255
_TEXT_TYPES = ("text", "list", "id", "time", "date")


def template(layer: Layer, words: Words) -> bytes:
    """Return the XLSX template of a layer in the language of `words`.

    The first sheet is the one to fill in: one header row, required columns marked by their colour.
    The second tells each column's machine name, type, unit, range and allowed values. Drop-downs
    read the allowed values from a third.
    """
    target = BytesIO()
    with workbook(target) as book:
        columns = sheet_columns(layer, words)
        data = add_sheet(book, layer_title(words, layer), "data")
        about = add_sheet(book, words.get("sheet.about", ""), "about")
        choices = add_sheet(book, words.get("sheet.choices", ""), "choices")
        _write_headers(book, data, columns, words)
        _describe(book, about, layer, columns, words)
        _validate(data, choices, layer, columns, words)
        choices.hide()
    return target.getvalue()


def _write_headers(book: Any, sheet: Any, columns: list[SheetColumn], words: Words) -> None:
    plain = book.add_format({"bold": True, "bg_color": "#E8EEF4", "border": 1})
    needed = book.add_format({"bold": True, "bg_color": "#FFE2B8", "border": 1})
    text = book.add_format({"num_format": "@"})
    for at, column in enumerate(columns):
        as_text = column.field is None or column.field.type in _TEXT_TYPES
        by_text = as_text and column.kind != "place"
        sheet.set_column(at, at, _WIDTH, text if by_text else None)
        sheet.write_string(0, at, column.header, needed if column.required else plain)
    sheet.freeze_panes(1, 0)


def _describe(
    book: Any, sheet: Any, layer: Layer, columns: list[SheetColumn], words: Words
) -> None:
    """Write the table of what each column wants."""
    bold = book.add_format({"bold": True, "bg_color": "#E8EEF4", "border": 1})
    wrapped = book.add_format({"text_wrap": True, "valign": "top"})
    heads = ("column", "name", "type", "unit", "required", "range", "values")
    for at, head in enumerate(heads):
        sheet.write_string(0, at, words.get(f"sheet.about.{head}", head), bold)
        sheet.set_column(at, at, 60 if head == "values" else 16)
    for line, column in enumerate(columns, start=1):
        for at, cell in enumerate(_description(layer, column, words)):
            sheet.write_string(line, at, cell, wrapped)
    sheet.freeze_panes(1, 0)


def _description(layer: Layer, column: SheetColumn, words: Words) -> tuple[str, ...]:
    field = column.field
    kind = field.type if field else ("number" if column.name in ("lon", "lat") else "text")
    unit = (field.spec.unit or "") if field else ""
    required = words.get("sheet.yes", "yes") if column.required else ""
    domain = field.spec.domain or () if field else ()
    values = ", ".join(value_title(words, layer, column.name, value) for value in domain)
    told = words.get(f"sheet.form.{column.name}") or words.get(f"sheet.form.{kind}", "")
    kind_title = words.get(f"sheet.type.{kind}", kind)
    return (
        column.header, column.name, kind_title, "" if unit == "1" else unit, required,
        _range(column), values or told,
    )  # fmt: skip


def _range(column: SheetColumn) -> str:
    low, high = _limits(column)
    if low is None and high is None:
        return ""
    return f"{'' if low is None else f'{low:,.12g}'} … {'' if high is None else f'{high:,.12g}'}"


def _limits(column: SheetColumn) -> tuple[float | None, float | None]:
    if column.kind == "place":
        return {"lon": (-180.0, 180.0), "lat": (-90.0, 90.0)}.get(column.name, (None, None))
    if column.field is None:
        return None, None
    return column.field.spec.minimum, column.field.spec.maximum


def _validate(
    sheet: Any, choices: Any, layer: Layer, columns: list[SheetColumn], words: Words
) -> None:
    """Give columns their drop-downs and limits."""
    listed = 0
    for at, column in enumerate(columns):
        allowed = _allowed(layer, column, words)
        if allowed:
            choices.write_column(0, listed, allowed)
            letter = xlsxwriter.utility.xl_col_to_name(listed)
            source = f"='{choices.get_name()}'!${letter}$1:${letter}${len(allowed)}"
            rule: dict[str, Any] = {"validate": "list", "source": source}
            listed += 1
        elif (bounds := _limits(column)) != (None, None):
            rule = _between(column, bounds)
        else:
            continue
        rule["error_message"] = ", ".join(allowed)[:_PROMPT_CHARACTERS] or _range(column)
        rule["ignore_blank"] = True
        sheet.data_validation(1, at, _ROWS, at, rule)


def _allowed(layer: Layer, column: SheetColumn, words: Words) -> list[str]:
    """Return the words of a column's allowed values, as the door understands them."""
    if column.field is None:
        return []
    if column.field.type == "boolean":
        return [words.get("sheet.yes", "yes"), words.get("sheet.no", "no")]
    return [value_title(words, layer, column.name, v) for v in column.field.spec.domain or ()]


def _between(column: SheetColumn, bounds: tuple[float | None, float | None]) -> dict[str, Any]:
    low, high = bounds
    whole = column.field is not None and column.field.type == "integer"
    rule: dict[str, Any] = {"validate": "integer" if whole else "decimal"}
    if low is not None and high is not None:
        return {**rule, "criteria": "between", "minimum": low, "maximum": high}
    if low is not None:
        return {**rule, "criteria": ">=", "value": low}
    return {**rule, "criteria": "<=", "value": high}

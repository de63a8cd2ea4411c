"""Workbooks that we write: templates that the door understands, and rows to mend."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import openpyxl
import pytest

from gis_server.text import LANGUAGES, catalogue
from layers.catalog import Layer, layers
from layers.intake import files
from layers.intake.matching import match
from layers.intake.places import place_columns
from layers.intake.sheet_columns import sheet_columns
from layers.intake.templates import template
from layers.intake.values import value_of
from layers.intake.words import field_words, value_words
from layers.intake.workbook_text import add_sheet, workbook

TEXTS = [catalogue(language) for language in LANGUAGES]
HOSTILE = ['=HYPERLINK("http://x","y")', "+1+1", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "http://a.b"]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("layer", layers(), ids=lambda layer: layer.name)
def test_every_header_of_a_template_fills_its_own_field_again(layer: Layer, language: str) -> None:
    columns = sheet_columns(layer, catalogue(language))
    headers = [column.header for column in columns]
    place = place_columns(headers)
    taken = match([h for h in headers if h not in place.values()], layer,
                  titles=field_words(TEXTS, layer)) | place  # fmt: skip
    assert taken == {column.name: column.header for column in columns}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("layer", layers(), ids=lambda layer: layer.name)
def test_every_word_of_a_drop_down_is_a_value_that_the_check_takes(
    layer: Layer, language: str
) -> None:
    book = openpyxl.load_workbook(io.BytesIO(template(layer, catalogue(language))))
    sheet, _, choices = book.worksheets
    assert choices.sheet_state == "hidden"
    words = value_words(TEXTS)
    columns = {column.header: column for column in sheet_columns(layer, catalogue(language))}
    for rule in sheet.data_validations.dataValidation:
        if rule.type != "list":
            continue
        header = sheet.cell(1, next(iter(rule.sqref.ranges)).min_col).value
        field = columns[header].field
        assert field is not None
        cells = rule.formula1.partition("!")[2].replace("$", "")
        allowed = [cell.value for (cell,) in choices[cells]]
        read = {
            value_of(field, word, timezone=None, titles=words.get(f"{layer.name}.{field.name}"))
            for word in allowed
        }
        assert read == set(field.spec.domain or (True, False))


def test_a_template_that_was_filled_in_tells_its_system_and_its_place(tmp_path: Path) -> None:
    team = next(layer for layer in layers() if layer.name == "team")
    book = openpyxl.load_workbook(io.BytesIO(template(team, catalogue("zh"))))
    headers = [cell.value for cell in book.worksheets[0][1]]
    row = {"名称": "一站", "经度（WGS84）": 120.5, "纬度（WGS84）": 30.5}
    book.worksheets[0].append([row.get(header) for header in headers])
    path = tmp_path / "filled.xlsx"
    book.save(path)
    reading = files.read(path)
    assert reading.told_crs == "EPSG:4326"
    (shape,) = reading.tables[0].geometry
    assert (shape.x, shape.y) == (120.5, 30.5)


@pytest.mark.parametrize("row_by_row", [False, True])
def test_a_text_that_looks_like_a_formula_stays_a_text(row_by_row: bool) -> None:
    target = io.BytesIO()
    with workbook(target, row_by_row=row_by_row) as book:
        sheet = add_sheet(book, "a", "b")
        for row, text in enumerate(HOSTILE):
            sheet.write_string(row, 0, text)
            sheet.write(row, 1, text)
    with zipfile.ZipFile(target) as archive:
        assert b"<f>" not in archive.read("xl/worksheets/sheet1.xml")
    read = openpyxl.load_workbook(io.BytesIO(target.getvalue())).worksheets[0]
    assert {cell.data_type for row in read.iter_rows() for cell in row} == {"s"}
    assert [row[0].value.replace("_x000D_", "\r") for row in read.iter_rows()] == HOSTILE


def test_a_sheet_is_called_by_a_title_that_no_program_would_take() -> None:
    target = io.BytesIO()
    with workbook(target) as book:
        names = [add_sheet(book, title, f"s{n}").get_name()
                 for n, title in enumerate(["a/b:c" * 20, "", "'x'", "X", "[]"])]  # fmt: skip
    assert names == [("a b c" * 20)[:31], "s1", "x", "s3", "s4"]

"""Columns and single cells are judged alike: the fast way against the rule itself."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from layers.catalog import LayerField, find
from layers.intake import content, copying, quality
from layers.intake.cells import Cells
from layers.intake.columns import read_column
from layers.intake.points import points
from layers.intake.quality import check, check_record
from layers.intake.table import Table
from layers.intake.values import FieldError, value_of
from layers.models import Field

ZONE = ZoneInfo("Asia/Shanghai")
BLANKS = st.sampled_from(
    ["", " ", "\t", "\x1c", "\x85", "\xa0", "\u3000", "\u2028", "\x00", "\u200b"]
)
WORDS = st.sampled_from(
    ["", "a", "氯", "12", "-0", "007", "1.50", "1e5", "1_000", "9" * 16, "9" * 25, "nan", "inf",
     "-3", "١٢", "true", "是", "2026-01-31", "2026/1/3", "a;b", "a\tb\\n", "0.1", ".5", "5.", "+5",
     "00000000-0000-4000-8000-000000000001", "x" * 20_001, "1.7976931348623157e309"]
)  # fmt: skip
TEXTS = st.one_of(
    st.none(), st.builds(lambda a, w, b: a + w + b, BLANKS, WORDS, BLANKS), st.text(max_size=5)
)
NUMBERS = st.one_of(st.none(), st.floats(), st.sampled_from([0.0, -0.0, 5.0, 1e15, 2.0**63]))
WHOLE = st.one_of(st.none(), st.integers(-(2**63), 2**63 - 1))
COLUMNS = st.one_of(
    st.lists(TEXTS, max_size=30), st.lists(NUMBERS, max_size=30), st.lists(WHOLE, max_size=30),
    st.lists(st.one_of(st.none(), st.booleans()), max_size=30),
    st.lists(st.one_of(TEXTS, NUMBERS, st.lists(st.text(max_size=3), max_size=3)), max_size=10),
)  # fmt: skip
FIELDS = [
    LayerField("f", kind, Field(**rules))
    for kind in ("text", "integer", "number", "boolean", "time", "date", "list", "id")
    for rules in ({}, {"minimum": -2.5, "maximum": 1000.0, "unit": "t"})
] + [LayerField("f", "text", Field(domain=("a", "true", "12")))]


def one_by_one(field: LayerField, cells: list[Any]) -> tuple[list[Any], list[Any]]:
    values, wrong = [], []
    for at, cell in enumerate(cells):
        value = None
        if cell is not None:
            try:
                value = value_of(field, cell, timezone=ZONE)
            except FieldError as error:
                wrong.append((at, error.rule, error.got, error.wanted))
        values.append(str(value) if field.type == "id" and value is not None else value)
    return values, wrong


@pytest.mark.parametrize("field", FIELDS, ids=lambda f: f"{f.type}{'+' if f.spec.unit else ''}")
@given(cells=COLUMNS, repeated=st.booleans())
@settings(max_examples=60, deadline=None, derandomize=True)
def test_a_column_is_judged_as_its_cells_are(
    field: LayerField, cells: list[Any], repeated: bool
) -> None:
    if repeated:
        cells = cells * 200  # a column that repeats itself is read another way
    try:
        held: Any = Cells(pa.array(cells, from_pandas=False))
    except (pa.ArrowInvalid, pa.ArrowTypeError, UnicodeEncodeError):
        held = cells
    values, wrong = read_column(field, held, lambda cell: value_of(field, cell, timezone=ZONE))
    told = [(at, error.rule, error.got, error.wanted) for at, error in wrong]
    if isinstance(held, Cells):
        cells = held.array.to_pylist()
    assert (values.to_pylist(), told) == one_by_one(field, cells)


def test_a_file_is_judged_as_its_records_are() -> None:
    random = np.random.default_rng(5)

    def some(*values: Any) -> list[Any]:
        return [values[i] for i in random.integers(0, len(values), 400)]

    columns = {
        "name": some("A", " B ", None, "\x00"),
        "substance": some("氯", "unobtainium", None, "chlorine"),
        "cas": some("7782-50-5", "7664-41-7", "7782-50-4", None),
        "quantity_t": some("5", "-1", 7.0, None, "x"),
    }
    places = [shapely.Point(1, 1)] * 400
    table = Table(columns, np.array(places, dtype=object), np.arange(1, 401))
    layer = find("hazard_source")
    told = [fault for fault in check(table, layer).faults if fault.field != "geometry"]
    records = [{n: c[i] for n, c in columns.items() if c[i] is not None} for i in range(400)]
    alone = []
    for row, record in enumerate(records, start=1):
        alone += [(row, f.field, f.rule, f.got, f.severity) for f in check_record(layer, record)[1]]
    assert sorted(map(str, ((f.row, f.field, f.rule, f.got, f.severity) for f in told))) == sorted(
        map(str, alone)
    )


def test_points_by_numbers_are_judged_as_geometries() -> None:
    lon = np.array([1.0, 181.0, np.nan, 100.0, -180.0, np.inf])
    lat = np.array([2.0, 5.0, 3.0, 20.0, 90.0, 1.0])
    rows = np.arange(1, 7)
    kinds: dict[str, Any] = {"kind": ["fire"] * 6}
    shapes = np.full(6, None, dtype=object)
    there = ~np.isnan(lon)
    shapes[there] = shapely.points(lon[there], lat[there])
    fast = quality.check(Table(kinds, points(lon, lat), rows), find("fire_water"))
    slow = quality.check(Table(kinds, shapes, rows), find("fire_water"))
    assert fast.faults == slow.faults
    assert list(fast.geometry) == list(slow.geometry)


def test_the_lines_of_copy_are_those_of_a_plain_writer() -> None:
    texts = ["a\tb", "c\\d", "é\n", None, "\\N", "\r"]
    columns = {
        "t": pa.array(texts), "n": pa.array([1.5, None, -0.0, 1e300, 0.1, 5.0]),
        "l": pa.array([["a", 'b"\\'], [], None, ["x,y"], ["{"], [""]]),
    }  # fmt: skip
    lon = np.array([1.0, 2, 3, np.nan, 5, 6])
    (block,) = copying.blocks(columns, points(lon, lon))
    lines = block.decode().split("\n")[:-1]
    assert len(lines) == 6
    shapes = shapely.to_wkb(
        shapely.set_srid(np.asarray(points(lon, lon)), 4326), hex=True, include_srid=True
    )
    for line, shape, text in zip(lines, shapes, texts, strict=True):
        cells = line.split("\t")
        assert cells[0] == (shape or "\\N")
        pairs = (("\\", "\\\\"), ("\t", "\\t"), ("\n", "\\n"), ("\r", "\\r"))
        for plain, escaped in pairs if text is not None else ():
            text = text.replace(plain, escaped)
        assert cells[1] == ("\\N" if text is None else text)
    assert [line.split("\t")[2] for line in lines[:4]] == ["1.5", "\\N", "-0", "1e+300"]


def test_the_same_record_has_the_same_number_and_another_one_another() -> None:
    lon = np.linspace(0, 1, 5000)
    names = pa.array([f"n{i}" for i in range(5000)])
    first = content.numbers([names], points(lon, lon))
    again = content.numbers([names], np.asarray(points(lon, lon)))
    assert (first == again).all()
    assert len(np.unique(first, axis=0)) == 5000
    ids = content.uuids(first, space="a")
    assert len(np.unique(ids)) == 5000
    assert not np.isin(ids, content.uuids(first, space="b")).any()
    assert {bytes(each)[6] >> 4 for each in ids[:100]} == {8}

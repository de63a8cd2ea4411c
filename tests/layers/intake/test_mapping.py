"""Mapping files: columns to fields of several layers, and what they may not say."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import shapely

from layers.catalog import find
from layers.crs import parse_crs
from layers.errors import InvalidInputError, NotFoundError
from layers.intake.corrections import Corrected, Correction, correct
from layers.intake.mapping import apply, parse
from layers.intake.matching import by_name, match
from layers.intake.remembered import source_name
from layers.intake.table import Fault, Table

MAP = """
source = "园区台账"
[[target]]
layer = "enterprises"
key = ["编号"]
fields = { name = "单位", credit_code = "代码" }
where = { "状态" = ["在产", "1"] }
[[target]]
layer = "hazard_source"
key = ["编号", "物料"]
split = { column = "物料", by = "、" }
fields = { substance = "物料", quantity_t = "千克" }
factors = { quantity_t = 0.001 }
values = { substance = { "液氯" = "氯" } }
constants = { unit_kind = "storage" }
links = { enterprise_id = "enterprise" }
"""


def table(**columns: list[object]) -> Table:
    """Return a table of points with these columns."""
    count = len(next(iter(columns.values())))
    return Table(
        columns=columns,
        geometry=shapely.points(np.arange(count), np.arange(count)),
        rows=np.arange(1, count + 1),
    )


PARK = table(
    编号=["A", "B"], 单位=["甲", "乙"], 代码=[None, "x"], 状态=["在产", "停产"],
    物料=["液氯、氨、氯（气、液）", None], 千克=["5000", "abc"], 备注=["", ""],
)  # fmt: skip


def test_one_row_feeds_two_layers_that_point_to_each_other() -> None:
    enterprise, hazard = apply(PARK, parse(MAP))
    assert enterprise.layer.name == "enterprise"
    assert enterprise.unmatched == ("备注",)
    assert enterprise.table.columns["name"] == ["甲"]
    assert hazard.table.columns["substance"] == ["氯", "氨", "氯（气、液）"]
    assert hazard.table.columns["quantity_t"] == [5.0] * 3
    assert hazard.table.rows.tolist() == [1, 1, 1]
    assert set(hazard.table.columns["enterprise_id"]) == set(enterprise.table.columns["id"])
    assert len(set(hazard.table.columns["id"])) == 3


def test_the_same_key_gives_the_same_id_for_ever() -> None:
    first, _ = apply(PARK, parse(MAP))
    assert first.table.columns["id"] == ["54fcd617-ecb4-5dbe-bb66-5fa4c1ea86fb"]


def test_a_factor_on_what_is_no_number_is_told_by_row() -> None:
    made = parse(MAP.replace("split = { column", "# split = { column"))
    _, hazard = apply(PARK, made)
    assert [(f.row, f.field, f.got) for f in hazard.table.faults] == [(2, "quantity_t", "abc")]


@pytest.mark.parametrize(
    ("old", "new", "error"),
    [
        ("[[target]]", "[[target", InvalidInputError),
        ('source = "园区台账"', "colour = 1", InvalidInputError),
        ("name =", "nam =", InvalidInputError),
        ('layer = "enterprises"', 'layer = "nothing"', NotFoundError),
        ('enterprise_id = "enterprise"', 'enterprise_id = "team"', InvalidInputError),
        ("0.001", '"__import__(1)"', InvalidInputError),
    ],
)
def test_a_wrong_mapping_is_refused_before_the_file_is_read(
    old: str, new: str, error: type[Exception]
) -> None:
    with pytest.raises(error):
        parse(MAP.replace(old, new, 1))


def test_a_column_that_the_file_does_not_have_is_named() -> None:
    with pytest.raises(InvalidInputError, match="千克"):
        apply(table(编号=["A"], 单位=["甲"], 代码=["x"], 状态=["1"], 物料=["氨"]), parse(MAP))


def test_columns_match_by_name_and_title_and_the_rest_is_listed() -> None:
    sheet = table(**{"Name": ["A"], "Credit Code": ["x"], "企业类别": ["化工"], "联系电话": ["119"],
                     "remark": [""]})  # fmt: skip
    made = by_name(sheet, find("enterprise"), titles={"class": ["企业类别"]})
    assert list(made.table.columns) == ["name", "credit_code", "class", "contact_phone"]
    assert made.unmatched == ("remark",)


@pytest.mark.parametrize(
    ("column", "field"),
    [
        ("统一社会信", "credit_code"),  # ten bytes of GBK
        ("统一社", "credit_code"),  # nine of UTF-8
        ("数量（t）", "quantity_t"),
        ("QUANTITY-T [kg]", "quantity_t"),
        ("统一", None),  # short by itself, not cut
        ("内部编号表", None),
    ],
)
def test_a_header_that_was_cut_or_has_a_unit_still_names_its_field(
    column: str, field: str | None
) -> None:
    layer = find("hazard_source" if field == "quantity_t" else "enterprise")
    titles = {"credit_code": ["统一社会信用代码"], "own_code": ["内部编号"], "quantity_t": ["数量"]}
    assert match([column], layer, titles=titles) == ({field: column} if field else {})


def test_a_cut_header_that_two_fields_begin_with_names_neither() -> None:
    titles = {"address": ["统一社会信用地址"], "credit_code": ["统一社会信用代码"]}
    assert match(["统一社会信"], find("enterprise"), titles=titles) == {}


def test_the_name_of_a_field_wins_over_a_header_that_was_cut() -> None:
    titles = {"credit_code": ["统一社会信用代码"]}
    columns = ["统一社会信", "credit_code"]
    assert match(columns, find("enterprise"), titles=titles) == {"credit_code": "credit_code"}


@pytest.mark.parametrize(
    ("file_name", "source", "name"),
    [
        ("企业台账2024-03.xlsx", None, "企业台账"),
        ("企业台账（2024年6月）.xlsx", None, "企业台账"),
        ("2024.csv", None, "2024"),
        ("a.csv", " 应急局 ", "应急局"),
        ("../../etc/teams_2.csv", None, "teams"),
    ],
)
def test_a_source_is_known_by_its_name_or_the_files_without_numbers(
    file_name: str, source: str | None, name: str
) -> None:
    assert source_name(file_name, source) == name


CRS = parse_crs("EPSG:4326")


def mended(*corrections: Correction) -> Corrected:
    """Return a small table of teams with these corrections in it."""
    made = by_name(table(name=["A", "B"], 经度=["x", "1"]), find("team"), titles={})
    faults = (Fault(1, "经度", "number", "x", "a number"), Fault(2, "name", "text", "B", None))
    mapped = replace(made, table=replace(made.table, faults=faults))
    return correct(mapped, corrections, crs=CRS, place=["经度"])


def test_a_mended_cell_takes_its_faults_back_and_leaves_the_file_as_it_was() -> None:
    done = mended(Correction(1, "经度", "120.5, 30.5"), Correction(2, "people", 7))
    assert [(fault.row, fault.field) for fault in done.mapped.table.faults] == [(2, "name")]
    assert done.mapped.table.geometry[0] == shapely.Point(120.5, 30.5)
    assert done.mapped.table.columns["people"] == [None, 7]
    assert [(cell["row"], cell["field"], cell["before"]) for cell in done.cells] == [
        (1, "geometry", "POINT (0 0)"), (2, "people", None),
    ]  # fmt: skip


def test_a_correction_of_a_row_that_is_not_there_changes_nothing() -> None:
    done = mended(Correction(9, "name", "C"))
    assert done.cells == () and len(done.mapped.table.faults) == 2


@pytest.mark.parametrize("value", ["somewhere", "POINT(1", "1000 north", 5])
def test_a_place_that_cannot_be_read_names_its_row(value: object) -> None:
    with pytest.raises(InvalidInputError, match="row 1"):
        mended(Correction(1, "geometry", value))  # type: ignore[arg-type]

"""Mapping files: columns to fields of several layers, and what they may not say."""

from __future__ import annotations

import numpy as np
import pytest
import shapely

from layers.catalog import find
from layers.errors import InvalidInputError, NotFoundError
from layers.intake.mapping import apply, parse
from layers.intake.matching import by_name
from layers.intake.table import Table

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

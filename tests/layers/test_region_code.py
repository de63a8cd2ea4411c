"""What lies below a region's code, in Python, as a condition on a column, and between two rows."""

from __future__ import annotations

import itertools

import pytest
from sqlalchemy import literal_column, select, text
from sqlalchemy.orm import Session

from layers.region_code import holds, holds_sql, is_code, subtree

CODES = (
    "33", "3301", "330000", "330100", "330102", "330110", "330200", "330203", "419001", "100000",
    "330000000", "330100000", "330102000", "330102001", "330102010", "330200001",
    "330102001000", "330102001001", "330102010000", "330100000000",
    "osm1", "osm1.6", "osm1.62", "osm1.624", "osm1.62.7", "330102.55", "CN", "CN-ZJ", "CN.5", "CNX",
)  # fmt: skip


@pytest.mark.parametrize(
    ("code", "below", "beside"),
    [
        ("330000", "330100 330102 330102001 330102001001 330102.55", "340000 osm1"),
        ("330100", "330100 330102 330110 330102001", "330200 330203 330000 330200001"),
        ("330110", "330110 330110001", "330111 330100 330120"),
        ("330102", "330102001 330102001001", "330103 330100 330110"),
        ("330102000", "330102 330102001 330102001001", "330103 330103001"),
        ("330100000000", "330100 330102 330102001", "330200 330200001"),
        ("330102010", "330102010 330102010001", "330102011 330102001"),
        ("3301", "330100 330102", "330200 3302"),
        ("osm1.62", "osm1.62 osm1.62.7", "osm1.6 osm1.624 osm1.6242 osm1"),
        ("CN", "CN-ZJ CN.5", "CNX CO-ZJ"),
        ("CN-ZJ", "CN-ZJ.5", "CN CN-ZJX CN-ZJ-5"),
    ],
)
def test_a_code_holds_what_is_below_it_and_nothing_beside_it(
    code: str, below: str, beside: str
) -> None:
    assert [region for region in below.split() if not holds(code, region)] == []
    assert [region for region in beside.split() if holds(code, region)] == []


def test_the_database_and_python_hold_the_same(session: Session) -> None:
    rows = text(
        "SELECT c, r, " + holds_sql("c", "r") + " FROM unnest(CAST(:codes AS text[])) c, "
        "unnest(CAST(:codes AS text[])) r"
    )  # fmt: skip
    found = {(c, r) for c, r, below in session.execute(rows, {"codes": list(CODES)}) if below}
    assert found == {(c, r) for c, r in itertools.product(CODES, CODES) if holds(c, r)}
    for code in CODES:
        column = literal_column("r")
        listed = (
            select(column)
            .select_from(text("unnest(CAST(:codes AS text[])) r"))
            .where(subtree(code, column))
        )
        held = set(session.scalars(listed, {"codes": list(CODES)}))
        assert held == {region for region in CODES if holds(code, region)}


def test_a_code_has_up_to_128_plain_characters() -> None:
    assert is_code("osm1." + "6" * 123)
    assert not any(map(is_code, ("", "浙江", "33 01", "%", "33\n", "3" * 129)))

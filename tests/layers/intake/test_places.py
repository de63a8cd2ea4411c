"""Columns that say where, in every way people fill them in."""

from __future__ import annotations

import numpy as np
import pytest

from layers.intake.places import located, place_columns


def sheet(**columns):
    rows = len(next(iter(columns.values())))
    return located(columns, place={}, rows=rows)


def test_angles_in_the_columns_are_read_like_numbers() -> None:
    table = sheet(
        经度=[
            "116.3975", "116°23′51″", "东经116°23′51″", "116 23 51", 116.3975,
            "１１６°２３＇５１＂",
        ],
        纬度=["39.5", "39°30′", "北纬39°30′", "39 30 0", 39.5, "39度30分"],
    )  # fmt: skip
    assert table.faults == ()
    for place in table.geometry:
        assert (place.x, place.y) == pytest.approx((116.3975, 39.5), abs=1e-12)


def test_what_is_no_angle_of_its_column_is_a_fault_of_its_row() -> None:
    table = sheet(lon=["39°30′N", "116 61 0", "abc", "116"], lat=["39.5", "39.5", "39.5", "99°"])
    assert [(fault.row, fault.field, fault.rule) for fault in table.faults] == [
        (1, "lon", "number"), (2, "lon", "number"), (3, "lon", "number"), (4, "lat", "number"),
    ]  # fmt: skip
    assert [place is None for place in table.geometry] == [True] * 4


def test_one_column_of_written_positions_is_enough() -> None:
    table = sheet(
        坐标=[
            "北纬39°30′ 东经116°23′51″", "116.3975,39.5", "39.5, 116.3975",
            "POINT(116.3975 39.5)", None, "unknown",
        ],
    )  # fmt: skip
    there = [place for place in table.geometry if place is not None]
    assert len(there) == 4
    assert np.allclose([(p.x, p.y) for p in there], (116.3975, 39.5), rtol=0, atol=1e-12)
    assert [fault.row for fault in table.faults] == [6]


@pytest.mark.parametrize(
    ("headers", "found", "crs"),
    [
        (("经度(GCJ-02)", "纬度(GCJ-02)"), ("经度(GCJ-02)", "纬度(GCJ-02)"), "GCJ-02"),
        (("X坐标", "Y坐标"), ("X坐标", "Y坐标"), None),
        (("东坐标(西安80)", "北坐标(西安80)"), ("东坐标(西安80)", "北坐标(西安80)"), "西安80"),
        (("lon", "lat"), ("lon", "lat"), None),
    ],
)
def test_headers_tell_the_columns_and_their_system(headers, found, crs) -> None:
    assert place_columns(headers) == dict(zip(("lon", "lat"), found, strict=True))
    assert sheet(**{name: ["1"] for name in headers}).crs == crs

"""Numbers, units and marks as a sheet prints them."""

import datetime as dt
import math
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gis_server.sheets import blocks
from gis_server.sheets.words import Words

ZH, EN = (Words(language, dt.UTC) for language in ("zh", "en"))


@pytest.mark.parametrize(
    ("value", "printed"),
    [
        (101325.0, "101325"),
        (0.0, "0"),
        (0.225478, "0.225478"),
        (1 / 3, "0.333333"),
        (4.6e7, "4.6 × 10⁷"),
        (7.85398e-5, "7.85398 × 10⁻⁵"),
        (-1e-12, "-1 × 10⁻¹²"),
        (5, "5"),
        (math.nan, "—"),
        (math.inf, "—"),
    ],
)
def test_a_number_is_printed_as_an_expert_writes_it(value, printed):
    assert blocks.number(value) == printed


@settings(derandomize=True, max_examples=300)
@given(st.floats(allow_nan=False, allow_infinity=False, min_value=-1e300, max_value=1e300))
def test_a_printed_number_is_the_number_to_six_digits(value):
    powers = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")
    read = re.sub(r" × 10(.*)", lambda m: "e" + m.group(1).translate(powers), blocks.number(value))
    assert float(read) == pytest.approx(value, rel=5e-6, abs=0)


@pytest.mark.parametrize(
    ("unit", "printed"),
    [("kg/m3", "kg/m³"), ("kg/(m2 s)", "kg/(m² s)"), ("1", ""), (None, ""), ("deg", "°"),
     ("W/(m2 K)", "W/(m² K)"), ("Pa absolute", "Pa absolute"), ("s-1", "s⁻¹")],
)  # fmt: skip
def test_a_unit_has_its_raised_numbers(unit, printed):
    assert blocks.unit(unit) == printed


def test_a_mark_of_certainty_is_told_in_words():
    assert EN.cited("Some book [mem 85%]") == "Some book (from memory, to be checked, sure to 85 %)"
    assert "85 %" in ZH.cited("某书 [mem 85%]") and "[" not in ZH.cited("某书 [mem 85%]")
    assert EN.cited("A book [2nd ed.] p. 4") == "A book [2nd ed.] p. 4"
    assert EN.certainty("no such mark") == "no such mark"


def test_a_warning_of_an_uncertain_constant_tells_its_mark_in_words_and_once():
    params = {"source": "A book, eq. 3 [mem 90%]", "certainty": "mem 90%"}
    told = EN.message({"code": "hazard.uncertain_constants", "params": params})
    assert told.count("90") == 1 and "from memory" in told and "A book, eq. 3" in told


def test_long_lists_and_grids_are_told_by_their_size():
    assert EN.value([1.0, 2.5], "m") == "1, 2.5 m"
    assert EN.value([float(n) for n in range(100)], "s") == "100 numbers, 0 … 99 s"
    assert EN.value([[1.0] * 4] * 3, "m") == "3 rows of 4 m"
    assert ZH.value([True, None]) == "是、—"


def test_columns_get_room_by_what_they_hold():
    table = blocks.table(["a", "b"], [["x", "word " * 30], ["y", ""]])
    assert sum(table["widths"]) == 100 and table["widths"][1] > 3 * table["widths"][0]


def test_what_no_page_can_hold_is_replaced():
    assert blocks.clean("a\x00b\x1fc\u202ed\ud800e") == "a�b�cd�e"

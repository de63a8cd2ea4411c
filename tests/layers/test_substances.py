"""Substances are found by any of their names, and every number says where it comes from."""

import re

import pytest

from layers.errors import InvalidInputError, NotFoundError
from layers.substances import all_substances, cas_is_valid, find


@pytest.mark.parametrize(
    "word",
    ["氯", "液氯", "chlorine", " CHLORINE ", "7782-50-5", "7782505", "1017", "UN1017", "un 1017"],
)
def test_chlorine_is_found_by_every_name_it_has(word):
    assert find(word).cas == "7782-50-5"


@pytest.mark.parametrize(
    ("word", "cas"),
    [
        ("Ammonia (anhydrous)", "7664-41-7"),
        ("Sulfur dioxide (anhydrous)", "7446-09-5"),
        ("Formaldehyde (solution)", "50-00-0"),
        ("Vinyl acetate monomer  [Acetic acid ethenyl ester]", "108-05-4"),
        ("ＵＮ１００５", "7664-41-7"),
    ],
)
def test_names_as_registers_write_them_are_understood(word, cas):
    assert find(word).cas == cas


def test_an_unknown_name_gives_names_that_look_like_it():
    with pytest.raises(NotFoundError) as caught:
        find("clorine")
    assert caught.value.code == "substance_unknown"
    assert "氯" in caught.value.details["near"]


def test_a_cas_number_with_a_wrong_check_digit_is_told_apart_from_an_unknown_substance():
    with pytest.raises(InvalidInputError) as caught:
        find("7664-41-8")
    assert caught.value.code == "cas_check_digit"


def test_the_check_digit_agrees_with_the_printed_examples():
    assert cas_is_valid("7664-41-7")
    assert not cas_is_valid("7664-41-8")
    assert all(cas_is_valid(each.cas) for each in all_substances())


def test_no_word_means_two_substances():
    seen = {}
    for each in all_substances():
        for word in {each.cas, each.un, each.name_zh, each.name_en.casefold(), *each.aliases}:
            if word:
                assert seen.setdefault(word, each.cas) == each.cas, word


def test_every_number_names_its_source_and_how_sure_it_is():
    mark = re.compile(r"sourced.*|computed|mem \d\d%")
    for each in all_substances():
        for number in (*each.constants.values(), *each.thresholds, *each.distances):
            assert number.source
            assert mark.fullmatch(number.certainty), (each.name_en, number)


def test_thresholds_of_one_scheme_rise_with_their_level():
    for each in all_substances():
        for scheme in ("AEGL", "ERPG", "PAC"):
            values = [
                each.kg_m3(t)
                for t in sorted(each.thresholds, key=lambda t: t.level or 0)
                if t.scheme == scheme and t.value is not None
            ]
            assert values == sorted(values), (each.name_en, scheme)


def test_zones_use_aegl_before_erpg_before_pac():
    assert [t.name for t in find("氯").levels()] == ["AEGL-3", "AEGL-2", "AEGL-1"]
    assert [t.name for t in find("光气").levels()] == ["AEGL-3", "AEGL-2"]  # AEGL-1 is NR
    assert {t.scheme for t in find("TDI").levels()} == {"ERPG"}
    assert find("汽油").levels() == ()


def test_ppm_turns_into_mass_at_25_degrees():
    chlorine = find("氯")
    twenty_ppm = chlorine.levels()[0]
    assert chlorine.kg_m3(twenty_ppm) == pytest.approx(20 * 70.906 / 24.465e6, rel=1e-4)


def test_the_chlorine_sheet_of_the_chinese_table_is_printed_as_it_stands():
    rows = {row.spill: row for row in find("氯").distances if "142" in row.table}
    small, large = rows["small"], rows["large"]
    assert (small.isolation_m, small.protection_day_m, small.protection_night_m) == (60, 400, 1600)
    assert (large.isolation_m, large.protection_day_m, large.protection_night_m) == (
        600,
        3500,
        8000,
    )


def test_every_substance_has_a_first_distance():
    for each in all_substances():
        assert {row.spill for row in each.distances} >= {"small", "large"}, each.name_en
        assert all(
            row.protection_night_m >= row.protection_day_m * 0.99 for row in each.distances
        ), each.name_en


def test_a_missing_constant_says_which():
    with pytest.raises(InvalidInputError) as caught:
        find("氨水").constant("boiling_point")
    assert caught.value.details["constant"] == "boiling_point"


def test_boiling_points_agree_with_the_vapour_pressure_curve():
    from analysis.zones.outflow import vapour_pressure_pa

    for each in all_substances():
        if "boiling_point" in each.constants and "molar_mass" in each.constants:
            pressure = vapour_pressure_pa(each, each.constant("boiling_point").value)
            # acetylene and carbon dioxide sublime: their triple point lies above 1 atm
            if each.name_en not in {"Acetylene", "Carbon dioxide"}:
                assert pressure == pytest.approx(101325, rel=0.06), each.name_en

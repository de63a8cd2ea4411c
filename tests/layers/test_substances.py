"""Substances are found by any of their names, and every number says where it comes from."""

import re

import pytest

from layers.errors import InvalidInputError, NotFoundError, OutOfRangeError
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
        for scheme in ("AEGL", "ERPG", "PAC", "HJ169"):
            for averaging_s in {t.averaging_s for t in each.thresholds}:
                values = [
                    each.kg_m3(t)
                    for t in sorted(each.thresholds, key=lambda t: t.severity)
                    if t.scheme == scheme and t.value is not None and t.averaging_s == averaging_s
                ]
                assert values == sorted(values), (each.name_en, scheme)


def test_a_longer_exposure_is_never_allowed_at_a_higher_concentration():
    for each in all_substances():
        for level in (1, 2, 3):
            values = [
                t.value
                for t in sorted(each.thresholds, key=lambda t: t.averaging_s or 0)
                if (t.scheme, t.level) == ("AEGL", level) and t.value is not None
            ]
            assert values == sorted(values, reverse=True), (each.name_en, level)


def test_every_threshold_names_the_edition_of_its_source():
    assert all(re.fullmatch(r"\d{4}", t.date) for s in all_substances() for t in s.thresholds)


def test_the_five_durations_of_chlorine_are_those_of_epa():
    """EPA final AEGLs: chlorine AEGL-2 2.8 2.8 2.0 1.0 0.71, AEGL-3 50 28 20 10 7.1 ppm."""
    chlorine = find("氯")
    minutes = (10, 30, 60, 240, 480)
    assert [chlorine.aegl(2, m * 60).value for m in minutes] == [2.8, 2.8, 2.0, 1.0, 0.71]
    assert [chlorine.aegl(3, m * 60).value for m in minutes] == [50, 28, 20, 10, 7.1]
    assert chlorine.aegl(3, 600).name == "AEGL-3 (10 min)"
    assert chlorine.aegl(3, 3600).name == "AEGL-3"


def test_between_two_durations_c_to_the_n_times_t_is_constant_and_the_source_says_so():
    chlorine = find("氯")
    between = chlorine.aegl(3, 7200.0)  # 20 ppm at 1 h, 10 ppm at 4 h: n = 2
    assert between.value == pytest.approx(20.0 / 2.0**0.5, rel=5e-3)
    assert "n = 2" in between.source and between.certainty == "computed"
    fluoride = find("氟化氢").aegl(3, 7200.0)
    assert fluoride.certainty == "mem 95%"  # what it was made of is not better known than that


@pytest.mark.parametrize("seconds", [60.0, 30_000.0])
def test_outside_the_published_durations_no_aegl_is_made_up(seconds):
    with pytest.raises(OutOfRangeError) as caught:
        find("氯").aegl(3, seconds)
    assert caught.value.details["wanted"] == "600 .. 28800 s"


def test_the_chinese_end_points_count_downwards():
    worst, second = find("氯").levels("HJ169")
    assert (worst.name, worst.value, worst.severity) == ("HJ169-1", 58, 3)
    assert (second.name, second.value, second.severity) == ("HJ169-2", 5.8, 2)


def test_the_end_points_of_hj_169_are_the_pac_values_in_mass():
    """HJ 169-2018 table H.1 rounds DOE's PAC, and these are the AEGLs: within 8 %, save for those
    whose PAC was changed since."""
    for each in all_substances():
        by_name = {t.name: t for t in each.thresholds if t.value is not None}
        for end, level in (("HJ169-1", 3), ("HJ169-2", 2)):
            aegl = by_name.get(f"AEGL-{level}")
            if end in by_name and aegl is not None:
                ratio = each.kg_m3(by_name[end]) / each.kg_m3(aegl)
                assert ratio == pytest.approx(1.0, rel=0.08), (each.name_en, end)


def test_zones_use_aegl_before_erpg_before_pac():
    assert [t.name for t in find("氯").levels()] == ["AEGL-3", "AEGL-2", "AEGL-1"]
    assert [t.name for t in find("光气").levels()] == ["AEGL-3", "AEGL-2"]  # AEGL-1 is NR
    assert [t.name for t in find("氯化氰").levels()] == ["ERPG-3", "ERPG-2"]
    assert {t.scheme for t in find("乙烯").levels()} == {"PAC"}
    assert {t.averaging_s for s in all_substances() for t in s.levels()} == {3600.0}
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

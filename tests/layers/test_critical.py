"""The tables of GB 18218-2018: whole, by the standard's rules, honest about their source."""

from __future__ import annotations

import pytest

from layers import critical, substances
from layers.models.enterprise import HAZARD_CLASSES


def test_table_1_has_its_85_rows() -> None:
    rows = {each.row for each in critical.all_named() if each.basis == "named"}
    assert rows == set(range(1, 86))


def test_every_cas_number_of_the_tables_has_its_check_digit() -> None:
    numbers = [each.cas for each in critical.all_named() if each.cas]
    assert len(numbers) > 90
    assert [number for number in numbers if not substances.cas_is_valid(number)] == []


def test_every_substance_of_ours_has_a_critical_quantity_or_is_said_not_to_count() -> None:
    for substance in substances.all_substances():
        found = critical.find(cas=substance.cas)
        assert found is not None, substance.name_zh
        if found.basis == "uncounted":
            assert (found.critical_t, found.beta) == (None, None)
        else:
            assert found.critical_t and found.beta, substance.name_zh


def test_every_number_says_how_sure_it_is() -> None:
    for each in (*critical.all_named(), *critical.classes().values()):
        words = vars(each)
        assert all(words[key] for key in words if key.endswith("certainty")), each


def test_the_classes_are_those_that_a_person_may_declare() -> None:
    assert {*critical.classes(), critical.UNCOUNTED} == set(HAZARD_CLASSES)


# Q and beta as printed in domain notes on tables 1, 3 and 4, by common names.
@pytest.mark.parametrize(
    ("name", "critical_t", "beta"),
    [
        ("液氯", 5, 4), ("液氨", 10, 2), ("光气", 0.3, 20), ("氟化氢", 1, 5), ("硫化氢", 5, 5),
        ("LPG", 50, 1.5), ("氢", 5, 1.5), ("甲醇", 500, 1), ("汽油", 200, 1), ("苯", 50, 1),
        ("异氰酸甲酯", 0.75, 20), ("乙醚", 10, 1.5), ("TNT", 5, 2), ("氧", 200, 1),
        ("UN1017", 5, 4), ("Phosgene", 0.3, 20),
    ],
)  # fmt: skip
def test_a_substance_is_found_by_any_of_its_names(
    name: str, critical_t: float, beta: float
) -> None:
    found = critical.find(name)
    assert found is not None
    assert found.basis == "named"
    assert (found.critical_t, found.beta) == (critical_t, beta)


def test_one_that_table_1_does_not_name_takes_the_strictest_of_its_classes() -> None:
    carbon_monoxide = critical.find("一氧化碳")  # a flammable gas (10 t) and a toxic one (50 t)
    assert carbon_monoxide is not None
    assert (carbon_monoxide.critical_t, carbon_monoxide.beta) == (10, 2)
    assert carbon_monoxide.critical_source.endswith("table 2, W2")
    assert carbon_monoxide.beta_source.endswith("table 3")
    cyanogen = critical.find(cas="460-19-5")
    assert cyanogen is not None
    assert (cyanogen.critical_t, cyanogen.beta) == (10, 2)
    assert cyanogen.beta_source.endswith("table 4, J3")


def test_a_number_that_fits_several_rows_takes_the_least_quantity_and_tells_the_others() -> None:
    found = critical.find("硝酸铵")
    assert found is not None
    assert (found.row, found.critical_t, found.alternatives) == (43, 5, (44, 45))
    fertiliser = critical.find("硝酸铵肥料(含可燃物≤0.4%)")
    assert fertiliser is not None
    assert (fertiliser.row, fertiliser.alternatives) == (45, ())
    declared = critical.find("硝酸铵", hazard_class="w9.2")
    assert declared is not None
    assert (declared.row, declared.critical_t) == (44, 50)


def test_an_unknown_substance_needs_a_declared_class() -> None:
    assert critical.find("某某添加剂") is None
    found = critical.find("某某添加剂", hazard_class="w5.4")
    assert found is not None
    assert (found.basis, found.critical_t, found.beta) == ("declared", 5000, 1)


def test_a_person_may_say_that_the_standard_does_not_count_it() -> None:
    found = critical.find("盐酸", "7647-01-0", "none")
    assert found is not None
    assert found.basis == "uncounted"

"""Every published case within its tolerance, and the page that prints them as they are."""

import pytest

from benchmarks.validation import PAGE, cases, page

CASES = list(cases())


@pytest.mark.parametrize("case", CASES, ids=[f"{c.subject}: {c.name}" for c in CASES])
def test_a_published_case_comes_out_as_printed(case):
    for figure in case.figures():
        assert figure.holds, (
            f"{case.name}: {figure.value} is {figure.ours}, the source says {figure.published} "
            f"(within {figure.tolerance:g}): {case.source}"
        )


def test_every_case_names_where_its_figures_stand():
    for case in CASES:
        assert case.kind in {"printed", "calculated", "measured"}, case.name
        assert len(case.source) > 15, case.name


def test_the_page_of_the_cases_is_the_one_written():
    """Mend it with: python -m benchmarks.validation"""
    assert PAGE.read_text(encoding="utf-8") == page()

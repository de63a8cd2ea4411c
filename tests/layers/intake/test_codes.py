"""Check digits, against numbers found in public and against a second implementation."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from layers.intake import codes

USCC = Path(os.environ.get("ONEMAP_REAL_DATA", "no-real-data")) / "conformance/uscc.json"


@pytest.mark.parametrize(
    "code",
    [
        "91110000600037341L", "91350200776049653A", "91350500798359476R",
        "91350503MA31DKY80A", "91440101MA5CJQ4N59", "91350200MA2YJ1XR9G",
    ],
)  # fmt: skip
def test_real_credit_codes_are_good(code: str) -> None:
    assert codes.credit_code(code) == "good"


@pytest.mark.parametrize(
    ("code", "verdict"),
    [
        ("91350203M0001QAY9B", "wrong_check"),  # a real one of the early days
        ("9135020077604965OA", "wrong_form"),
        ("91350200776049653", "wrong_form"),
        ("91350200776049653AA", "wrong_form"),
        ("", "wrong_form"),
    ],
)
def test_a_wrong_check_character_is_told_from_a_wrong_form(code: str, verdict: str) -> None:
    assert codes.credit_code(code) == verdict


def test_the_registering_department_may_be_a_letter() -> None:
    first = "A1350200776049653"
    assert codes.credit_code(first + codes.credit_check_character(first)) == "good"


@pytest.mark.skipif(not USCC.exists(), reason="the shared conformance data is not here")
def test_the_codes_of_another_library_get_its_verdict() -> None:
    numbers = json.loads(USCC.read_text())
    assert {codes.credit_code(code) for code in numbers["valid"]} == {"good"}


@pytest.mark.parametrize(
    ("number", "verdict"),
    [
        ("7782-50-5", "good"), ("7664-41-7", "good"), ("86290-81-5", "good"),
        ("7782-50-4", "wrong_check"), ("7782505", "wrong_form"), ("07782-50-5", "wrong_form"),
    ],
)  # fmt: skip
def test_cas_numbers_are_judged_by_their_check_digit(number: str, verdict: str) -> None:
    assert codes.cas(number) == verdict

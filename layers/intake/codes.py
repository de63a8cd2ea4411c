"""Identity codes that carry a check digit: the unified social credit code and the CAS number."""

from __future__ import annotations

import re
from typing import Literal

Verdict = Literal["good", "wrong_check", "wrong_form"]

CREDIT_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
CREDIT_FORM = "18 characters of 0-9 and A-Y without I, O, S, V"
REGION_FORM = "a code: 330211 (GB/T 2260), CN-ZJ, osm1.62"
CAS_FORM = "2 to 7 digits, 2 digits, 1 check digit: 7782-50-5"
_CREDIT_WEIGHTS = tuple(pow(3, i, 31) for i in range(17))
_CREDIT = re.compile(rf"[{CREDIT_ALPHABET}]{{2}}[0-9]{{6}}[{CREDIT_ALPHABET}]{{10}}")
_CAS = re.compile(r"[1-9][0-9]{1,6}-[0-9]{2}-[0-9]")


def credit_check_character(first_17: str) -> str:
    """Return the 18th character of a credit code (GB 32100-2015, 5.2: modulus 31, weights 3^i)."""
    total = sum(
        CREDIT_ALPHABET.index(c) * w for c, w in zip(first_17, _CREDIT_WEIGHTS, strict=True)
    )
    return CREDIT_ALPHABET[-total % 31]


def credit_code(code: str) -> Verdict:
    """Judge a unified social credit code (统一社会信用代码), capitals expected.

    The registering department in place 1 may be a letter. A wrong check character is not a wrong
    form: real codes of early issues have one, so it deserves a warning only.
    """
    if not _CREDIT.fullmatch(code):
        return "wrong_form"
    return "good" if code[17] == credit_check_character(code[:17]) else "wrong_check"


def cas(number: str) -> Verdict:
    """Judge a CAS registry number: the last digit is the weighted sum of the others modulo 10."""
    if not _CAS.fullmatch(number):
        return "wrong_form"
    digits = number.replace("-", "")
    total = sum(i * int(digit) for i, digit in enumerate(reversed(digits[:-1]), start=1))
    return "good" if total % 10 == int(digits[-1]) else "wrong_check"

"""Region codes and the tree they make: the one place that says what lies below a code.

Codes of GB/T 2260 and GB/T 10114 (6, 9 or 12 digits) fill the levels that they do not use with
zeros: 330000 is a province, 330100 one of its cities, 330102 a county of that city. What is below
one begins with its digits that are not filling. Shorter codes of digits are such beginnings
already. Any other code has its parts between dots, and a country (ISO 3166-1) also holds its
subdivisions (ISO 3166-2): `osm1.62` holds `osm1.62.7`, not `osm1.624`; `CN` holds `CN-ZJ`.
"""

from __future__ import annotations

import re

from sqlalchemy import ColumnElement, func, or_

LONGEST = 128
_CODE = re.compile(rf"[0-9A-Za-z._-]{{1,{LONGEST}}}")
_FILLED = re.compile(r"[0-9]{6}|[0-9]{9}|[0-9]{12}")
_DIGITS = re.compile(r"[0-9]+")
_COUNTRY = re.compile(r"[A-Z]{2}")
_LEVELS = (2, 4, 6, 9, 12)


def is_code(text: str) -> bool:
    """Tell whether a text can be a region's code."""
    return _CODE.fullmatch(text) is not None


def holds(code: str, region: str) -> bool:
    """Tell whether a region lies in the subtree of a code; a code lies in its own."""
    return region == code or region.startswith(beginnings(code))


def subtree(code: str, region: ColumnElement[str | None]) -> ColumnElement[bool]:
    """Return `holds` as the SQL condition on a column, for a code that is known."""
    below = [func.starts_with(region, beginning) for beginning in beginnings(code)]
    return or_(region == code, *below)


def holds_sql(code: str, region: str) -> str:
    """Return `holds` of two SQL expressions as SQL text, for codes that only the rows know."""
    used = f"length(rtrim({code}, '0'))"
    levels = " ".join(f"WHEN {used} <= {level} THEN {level}" for level in _LEVELS)
    return (
        f"({region} = {code} OR CASE"
        f" WHEN {code} ~ '^({_FILLED.pattern})$'"
        f" THEN starts_with({region}, left({code}, CASE {levels} END))"
        f" WHEN {code} ~ '^{_DIGITS.pattern}$' THEN starts_with({region}, {code})"
        f" ELSE starts_with({region}, {code} || '.')"
        f" OR ({code} ~ '^{_COUNTRY.pattern}$' AND starts_with({region}, {code} || '-')) END)"
    )


def beginnings(code: str) -> tuple[str, ...]:
    """Return with what the codes below a code begin; the code itself need not."""
    if _DIGITS.fullmatch(code):
        return (_significant(code),)
    return (f"{code}.", f"{code}-") if _COUNTRY.fullmatch(code) else (f"{code}.",)


def _significant(code: str) -> str:
    """Return a code of digits without the zeros that fill its unused levels."""
    if not _FILLED.fullmatch(code):
        return code
    used = len(code.rstrip("0"))
    return code[: next(level for level in _LEVELS if level >= used)]

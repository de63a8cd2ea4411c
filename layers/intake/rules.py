"""The named rules of fields (`Field.rule`): what a value must be beyond its type and range.

Once for a record, as an edit brings it, and once for whole columns, with each different value
looked at once; both ask the same judges.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from layers import region_code, substances
from layers.catalog import Layer
from layers.errors import InvalidInputError, NotFoundError
from layers.intake import codes
from layers.intake.table import Fault, shown

STREAM_FORM = "https://... or rtsp://..., without a password"
_STREAM = re.compile(r"(https|rtsps?)://[^\s/@?#]+([/?#][^\s]*)?", re.ASCII | re.IGNORECASE)


def record_faults(layer: Layer, record: dict[str, Any]) -> list[Fault]:
    """Apply the rules to a record of values; codes are put in capitals, CAS filled in."""
    faults: list[Fault] = []
    for field in layer.fields:
        value = record.get(field.name)
        if value is None or field.spec.rule is None:
            continue
        if field.spec.rule == "credit_code":
            record[field.name] = value.upper()
            faults += _credit_code(field.name, value.upper())
        elif field.spec.rule == "cas":
            faults += _cas(field.name, value)
        elif field.spec.rule == "region":
            faults += _region(field.name, value)
        elif field.spec.rule == "stream_url":
            faults += _stream_url(field.name, value)
        elif field.spec.rule == "substance":
            cas, found = _substance(field.name, str(value), record.get("cas"))
            faults += found
            if record.get("cas") is None and cas is not None:
                record["cas"] = cas
    return faults


def apply_rules(layer: Layer, columns: dict[str, pa.Array], rows: NDArray[np.int64]) -> list[Fault]:
    """Apply the rules to columns of values, as `record_faults` does; columns are changed in place.

    Parameters
    ----------
    columns
        Arrow arrays by field name, as `layers.intake.columns` makes them.
    rows
        The file's row of each record.
    """
    faults: list[Fault] = []
    for field in layer.fields:
        if field.name not in columns or field.spec.rule is None:
            continue
        values = columns[field.name]
        if field.spec.rule == "credit_code":
            columns[field.name] = values = _upper(values)
            faults += _judged(field.name, values, rows, _credit_code)
        elif field.spec.rule == "cas":
            faults += _judged(field.name, values, rows, _cas)
        elif field.spec.rule == "region":
            faults += _judged(field.name, values, rows, _region)
        elif field.spec.rule == "stream_url":
            faults += _judged(field.name, values, rows, _stream_url)
        elif field.spec.rule == "substance":
            faults += _substances(field.name, columns, rows)
    return faults


def _upper(values: pa.Array) -> pa.Array:
    """Return text in capitals as Python makes them; Arrow's differ for a few letters."""
    encoded = values.dictionary_encode()
    capitals = pa.array([text.upper() for text in encoded.dictionary.to_pylist()], pa.string())
    return capitals.take(encoded.indices)


def _judged(
    name: str,
    values: pa.Array,
    rows: NDArray[np.int64],
    judge: Callable[[str, str], list[Fault]],
) -> list[Fault]:
    """Return the faults of a column whose values are judged one by one."""
    encoded = values.dictionary_encode()
    verdicts = [judge(name, value) for value in encoded.dictionary.to_pylist()]
    codes_ = encoded.indices.fill_null(-1).to_numpy(zero_copy_only=False)
    wrong = np.flatnonzero(np.array([*map(bool, verdicts), False])[codes_])
    return [at_row(f, int(rows[i])) for i in wrong for f in verdicts[codes_[i]]]


def _substances(name: str, columns: dict[str, pa.Array], rows: NDArray[np.int64]) -> list[Fault]:
    texts = columns[name].to_pylist()
    given = columns["cas"].to_pylist() if "cas" in columns else [None] * len(texts)
    faults: list[Fault] = []
    for i, text in enumerate(texts):
        if text is None:
            continue
        cas, found = _substance(name, text, given[i])
        faults += [at_row(fault, int(rows[i])) for fault in found]
        if given[i] is None:
            given[i] = cas
    columns["cas"] = pa.array(given, type=pa.string())
    return faults


def at_row(fault: Fault, row: int | None) -> Fault:
    """Return a fault as that of a row."""
    return Fault(row, fault.field, fault.rule, fault.got, fault.wanted, fault.severity)


def _credit_code(name: str, code: str) -> list[Fault]:
    verdict = codes.credit_code(code)
    if verdict == "wrong_form":
        return [Fault(None, name, "credit_code_form", shown(code), codes.CREDIT_FORM)]
    if verdict == "wrong_check":
        wanted = code[:17] + codes.credit_check_character(code[:17])
        return [Fault(None, name, "credit_code_check", code, wanted, "warning")]
    return []


def _cas(name: str, number: str) -> list[Fault]:
    if codes.cas(number) == "good":
        return []
    return [Fault(None, name, "cas", shown(number), codes.CAS_FORM)]


def _region(name: str, code: str) -> list[Fault]:
    """Warn of a name in the place of a code: nobody with limited regions would see the row."""
    if region_code.is_code(code):
        return []
    return [Fault(None, name, "region_form", shown(code), codes.REGION_FORM, "warning")]


def _stream_url(name: str, address: str) -> list[Fault]:
    """Refuse what a player must not be handed, and a password that every reader would see."""
    if _STREAM.fullmatch(address):
        return []
    got = re.sub(r"//[^/@]*@", "//***@", address)
    return [Fault(None, name, "stream_url", shown(got), STREAM_FORM)]


def _substance(name: str, text: str, cas: str | None) -> tuple[str | None, list[Fault]]:
    """Return a substance's CAS number, None where it is not known, and what is wrong with it."""
    known, near = _known_substance(text)
    if known is None:
        return None, [Fault(None, name, "substance", shown(text), near or None, "warning")]
    if cas is not None and cas != known:
        got = shown(f"{cas} ({text})")
        return known, [Fault(None, "cas", "cas_substance", got, known, "warning")]
    return known, []


@lru_cache(maxsize=4096)
def _known_substance(text: str) -> tuple[str | None, str]:
    """Return a substance's CAS number, or None and the names that look like it."""
    try:
        return substances.find(text).cas, ""
    except NotFoundError as error:
        return None, ", ".join(error.details.get("near", ()))
    except InvalidInputError as error:
        return None, error.message

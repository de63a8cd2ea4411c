"""One text for one value, so that the same inputs have the same hash on every machine."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping
from typing import Any


def text(value: Any) -> str:
    """Return a JSON value as text: keys sorted, nothing between, every letter as it is."""
    return json.dumps(
        value, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False
    )


def digest(value: Any) -> str:
    """Return the SHA-256 of a value, by its numbers and not by how they are written.

    5, 5.0 and -0.0 against 0.0 are equal numbers and hash alike; a number is written as the
    shortest decimal that reads back as the same double.
    """
    return sha256(text(_same(value)))


def sha256(written: str) -> str:
    """Return the SHA-256 of a text in UTF-8, in hexadecimal."""
    return hashlib.sha256(written.encode("utf-8")).hexdigest()


def _same(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _same(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_same(item) for item in value]
    if isinstance(value, bool) or value is None or isinstance(value, str):
        return value
    number = float(value)
    return number + 0.0 if math.isfinite(number) else str(number)

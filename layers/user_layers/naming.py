"""Names for tables and columns out of any words: pinyin, ASCII, and nothing else."""

from __future__ import annotations

import re
import secrets

from layers import pinyin
from layers.definition import PREFIX

_SLUG_CHARACTERS = 24
_RANDOM = "abcdefghijkmnpqrstuvwxyz23456789"  # without those that are misread for another


def layer_name(title: str) -> str:
    """Return a new name for a layer of this title: `u_<slug>_<random>`."""
    tail = "".join(secrets.choice(_RANDOM) for _ in range(6))
    return PREFIX + "_".join(part for part in (slug(title), tail) if part)


def column_name(number: int, title: str) -> str:
    """Return the name of a layer's field by its number, which is its alone for ever."""
    return "_".join(part for part in (f"f_{number}", slug(title)) if part)


def slug(words: str) -> str:
    """Return words as at most 24 characters of a-z, 0-9 and `_`; '' where nothing is left."""
    key = pinyin.key(words)
    spelled = key.split(" ", 1)[-1] if key else words
    plain = re.sub(r"[^a-z0-9]+", "_", spelled.lower()).strip("_")
    return plain[:_SLUG_CHARACTERS].strip("_")

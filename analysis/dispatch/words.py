"""What a person calls a thing and what the stores call it: zh, en, pinyin, and what is near.

The groups of words that mean the same are data (`layers/data/response_words.csv`).
"""

from __future__ import annotations

import csv
import difflib
import unicodedata
from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from typing import Literal, NamedTuple

from layers import pinyin

What = Literal["team", "skill", "vehicle", "people", "stock"]

SHORTEST_PART = 2
NEAR = 5
_CUTOFF = 0.5


class Match(NamedTuple):
    """The names on record that were meant, or where none was, those that look like it."""

    names: frozenset[str]
    near: tuple[str, ...]


def match(asked: str, known: Iterable[str], what: What) -> Match:
    """Return which of the `known` names a person meant.

    The first of these that finds any: the name itself; a name that holds a word of the same
    meaning (救护车 and ambulance both find 负压救护车); a name of which the words are a part; the
    pinyin of a name, whole or its initials (`paomoye`, `pmy`).
    """
    names = sorted(set(known))
    word = _key(asked)
    same = _synonyms(what).get(word, frozenset({word}))
    for found in (
        [name for name in names if _key(name) == word],
        [name for name in names if _holds(_key(name), same)],
        [name for name in names if len(word) >= SHORTEST_PART and word in _key(name)],
        [name for name in names if _read_as(name, word)],
    ):
        if found:
            return Match(frozenset(found), ())
    return Match(frozenset(), _near(word, names, what))


def _key(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def _holds(name: str, words: frozenset[str]) -> bool:
    """Say whether a name is one of the words or holds a Chinese one; English words are whole."""
    parts = [word for word in words if len(word) >= SHORTEST_PART and not word.isascii()]
    return name in words or any(word in name for word in parts)


def _read_as(name: str, word: str) -> bool:
    typed = pinyin.asked(word)
    read = pinyin.key(name)
    return bool(typed and read and len(typed) >= SHORTEST_PART and typed in read.split())


def _near(word: str, names: list[str], what: What) -> tuple[str, ...]:
    """Return names that look like the word, in writing, in pinyin or in English."""
    looks: dict[str, str] = {}
    for name in names:
        key = _key(name)
        looks[key] = name
        for reading in (pinyin.key(name) or "").split():
            looks.setdefault(reading, name)
        for other, same in _synonyms(what).items():
            if _holds(key, same):
                looks.setdefault(other, name)
    close = difflib.get_close_matches(word, looks, n=4 * NEAR, cutoff=_CUTOFF)
    return tuple(dict.fromkeys(looks[each] for each in close))[:NEAR]


@cache
def _synonyms(what: What) -> dict[str, frozenset[str]]:
    """Return for each word the words of its group."""
    group = "team" if what == "people" else what
    text = files("layers").joinpath("data", "response_words.csv").read_text(encoding="utf-8")
    found: dict[str, frozenset[str]] = {}
    for row in csv.DictReader(text.splitlines()):
        if row["what"] == group:
            words = frozenset(_key(word) for word in row["words"].split("|"))
            found.update(dict.fromkeys(words, words))
    return found

"""The pinyin of a name, by which it is found from a keyboard without Chinese input.

A key is the initials and the whole reading, parted by a blank: 重庆 gives `cq chongqing`. Readings
depend on the phrase (重庆 is not 重大), by pypinyin's dictionaries and its rule, the longest phrase
first; what those two do in 100 microseconds a name takes 10 here, for a million names a load.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import cache, lru_cache
from typing import NamedTuple

_LONGEST_NAME = 200
_IDEOGRAPH = "\u3007\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_PARTS = re.compile(rf"[{_IDEOGRAPH}]+|[0-9a-z]+")
CHINESE = f"[{_IDEOGRAPH}]"
_SEARCHED = re.compile(r"[0-9a-z]+")


def key(name: str | None) -> str | None:
    """Return the pinyin key of a name, or None where it has no Chinese character.

    Letters and digits beside the Chinese ones stay as they are: 3号罐 gives `3hg 3haoguan`. Of a
    name longer than 200 characters the rest is left out. A character that no dictionary reads is
    left out too.
    """
    if name is None or name.isascii():
        return None
    return _key(name[:_LONGEST_NAME])


def keys(names: Iterable[str | None]) -> list[str | None]:
    """Return the key of every name."""
    return [key(name) for name in names]


def asked(q: str) -> str | None:
    """Return what a reader typed as it may stand in a key, or None where it is no pinyin.

    Blanks and apostrophes between syllables (`lin gang`, `xi'an`) are passed over.
    """
    text = unicodedata.normalize("NFKC", q).casefold().replace("ü", "v")
    text = re.sub(r"[\s'’]+", "", text)
    return text if _SEARCHED.fullmatch(text) and not text.isdigit() else None


@lru_cache(maxsize=4096)
def _key(name: str) -> str | None:
    """Return the key of a name that may hold Chinese characters."""
    initials: list[str] = []
    whole: list[str] = []
    chinese = False
    for part in _PARTS.findall(unicodedata.normalize("NFKC", name).casefold()):
        if part.isascii():
            initials.append(part)
            whole.append(part)
            continue
        for reading in _readings(part):
            chinese = True
            initials.append(reading.initials)
            whole.append(reading.whole)
    return f"{''.join(initials)} {''.join(whole)}" if chinese else None


class _Reading(NamedTuple):
    """How a phrase is read, by the first letters and in full."""

    initials: str
    whole: str


class _Dictionary(NamedTuple):
    """Readings of phrases and of single characters; the longest phrase by how it begins."""

    phrases: dict[str, _Reading]
    characters: dict[str, _Reading]
    longest: dict[str, int]


def _readings(run: str) -> list[_Reading]:
    """Return the readings along a run of Chinese characters, the longest phrase first."""
    known = _dictionary()
    found: list[_Reading] = []
    at = 0
    while at < len(run):
        for length in range(known.longest.get(run[at : at + 2], 1), 1, -1):
            phrase = known.phrases.get(run[at : at + length])
            if phrase is not None:
                found.append(phrase)
                at += length
                break
        else:
            character = known.characters.get(run[at])
            if character is not None:
                found.append(character)
            at += 1
    return found


@cache
def _dictionary() -> _Dictionary:
    """Return pypinyin's dictionaries without tones; read at the first Chinese name, in 0.4 s."""
    from pypinyin.constants import PHRASES_DICT, PINYIN_DICT

    characters = {
        chr(code): _reading([readings.partition(",")[0]]) for code, readings in PINYIN_DICT.items()
    }
    phrases: dict[str, _Reading] = {}
    longest: dict[str, int] = {}
    for phrase, syllables in PHRASES_DICT.items():
        if len(phrase) != len(syllables):
            continue  # a saying with a comma inside
        phrases[phrase] = _reading([readings[0] for readings in syllables])
        longest[phrase[:2]] = max(longest.get(phrase[:2], 1), len(phrase))
    return _Dictionary(phrases, characters, longest)


def _reading(syllables: list[str]) -> _Reading:
    """Return the reading of syllables that carry tone marks."""
    plain = [_plain(syllable) for syllable in syllables]
    return _Reading("".join(word[:1] for word in plain), "".join(plain))


@cache
def _plain(syllable: str) -> str:
    """Return a syllable without its tone; ü is written v, as it is typed."""
    letters = unicodedata.normalize("NFD", syllable.replace("ê", "e"))
    letters = letters.replace("u\u0308", "v")
    return "".join(letter for letter in letters if letter.isascii() and letter.isalpha())

"""Bytes to text: the encoding a person gave, the one a mark or the file tells, or the best guess.

A guess says how sure it is and what else would fit, so that a person who sees wrong characters
can overrule it.
"""

from __future__ import annotations

import codecs
from collections.abc import Callable
from dataclasses import dataclass

from layers.errors import InvalidInputError

_MARKS = (
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe\x00\x00", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
_SAMPLE_BYTES = 200_000
# GB 18030 holds GBK and GB 2312; files that say one of those use characters of the whole.
_SAME = {"gb2312": "gb18030", "gbk": "gb18030", "cp936": "gb18030", "936": "gb18030",
         "ms936": "gb18030", "950": "big5", "65001": "utf-8", "ascii": "utf-8"}  # fmt: skip
_ALTERNATIVES = ("utf-8", "gb18030", "big5", "shift_jis", "euc_kr", "cp1251", "cp1252")
_DAILY_SHARE = 0.6
_SURE_SHARE, _SURE_MARGIN, _SURE_COUNT = 0.95, 0.15, 6


@dataclass(frozen=True)
class Guess:
    """The encoding of a text, how sure that is, and the others that its bytes fit."""

    name: str
    certain: bool
    alternatives: tuple[str, ...] = ()


def encoding_of(data: bytes, given: str | None = None, *, told: str | None = None) -> Guess:
    """Return the encoding in which `data` is text.

    Parameters
    ----------
    given
        What a person says; it counts before all else and must fit.
    told
        What the file says of itself; see `guess`.

    Raises
    ------
    InvalidInputError
        The given encoding does not exist or does not fit (`encoding`), or none does.
    """
    if given is None:
        return guess(data, told=told)
    if not _is_text_codec(given):
        raise _error(given, "UTF-8, GB18030")
    name = _plain(given)
    try:
        data.decode(name)
    except UnicodeError as error:
        at = f" @ {error.start}" if isinstance(error, UnicodeDecodeError) else ""
        raise _error(f"{given}{at}", ", ".join(_fitting(data))) from None
    return Guess(name, certain=True, alternatives=_others(_fitting(data), name))


def decode(data: bytes, given: str | None, *, told: str | None = None) -> tuple[str, Guess]:
    """Return `data` as text without its mark, and the encoding; raises as `encoding_of` does."""
    found = encoding_of(data, given, told=told)
    return data.decode(found.name).removeprefix("\ufeff"), found


def guess(data: bytes, *, told: str | None = None) -> Guess:
    """Return the encoding that a mark or the file tells, or that fits best.

    UTF-8 is tried first because text in another encoding almost never passes for it. What the
    file tells is believed where it fits, but not a single-byte encoding over bytes that read as
    Chinese: programs write `ISO-8859-1` when they know nothing.

    Raises
    ------
    InvalidInputError
        No encoding fits (`encoding`).
    """
    marked = next((name for mark, name in _MARKS if data.startswith(mark)), None)
    if marked is not None and fits(data, marked):
        return Guess(marked, certain=True)
    if data.isascii():
        return Guess("utf-8", certain=True)
    fitting = _fitting(data)
    if "utf-8" in fitting:
        return Guess("utf-8", certain=True, alternatives=_others(fitting, "utf-8"))
    chinese = _chinese(data, fitting)
    wide = _plain(told) if told and _is_text_codec(told) and fits(data, _plain(told)) else None
    if wide is not None and not (chinese and _is_single_byte(wide)):
        return Guess(wide, certain=True, alternatives=_others(fitting, wide))
    if chinese is not None:
        name, sure = chinese
        return Guess(name, sure and told is None, alternatives=_others(fitting, name))
    return _statistical(data, fitting)


def _fitting(data: bytes) -> tuple[str, ...]:
    return tuple(name for name in _ALTERNATIVES if fits(data, name))


def _others(fitting: tuple[str, ...], name: str) -> tuple[str, ...]:
    return tuple(other for other in fitting if other != name)


def _plain(name: str) -> str:
    """Return Python's name of an encoding that a person, a .cpg or an XML declaration names."""
    folded = name.strip().lower().removeprefix("ansi ").removeprefix("oem ").replace(" ", "")
    return _SAME.get(folded.replace("_", "").replace("-", ""), folded)


def _is_text_codec(name: str) -> bool:
    try:
        # Python's codecs hold compressions too ("zip", "bz2"): a text must come out of it.
        return bool(codecs.lookup(_plain(name))._is_text_encoding)
    except (LookupError, ValueError):
        return False


def _is_single_byte(name: str) -> bool:
    found = codecs.lookup(name).name
    return found.startswith(("iso8859", "cp125", "latin", "cp437", "cp850"))


def fits(data: bytes, name: str) -> bool:
    """Tell whether bytes are text in an encoding."""
    try:
        data.decode(name)
    except UnicodeError:
        return False
    return True


def _chinese(data: bytes, fitting: tuple[str, ...]) -> tuple[str, bool] | None:
    """Return the Chinese encoding in which most characters are of daily use, and if that is sure.

    Daily use are the characters of GB 2312, and the first level of Big5; bytes of another
    encoding come out as rarities.
    """
    shares = [
        (_daily_share(data, name, daily), name)
        for name, daily in (("gb18030", _in_gb2312), ("big5", _in_first_level_of_big5))
        if name in fitting
    ]
    if not shares:
        return None
    (best, _), name = max(shares, key=lambda share: share[0][0])
    (_, count), _ = shares[0]
    rival = max((share for (share, _), other in shares if other != name), default=0.0)
    if best < _DAILY_SHARE:
        return None
    return name, best >= _SURE_SHARE and best - rival >= _SURE_MARGIN and count >= _SURE_COUNT


def _daily_share(data: bytes, name: str, daily: Callable[[str], bool]) -> tuple[float, int]:
    """Return the share of daily characters among those outside ASCII, and how many these are."""
    # A cut may fall inside a character; the few that it spoils do not count.
    text = data[:_SAMPLE_BYTES].decode(name, errors="ignore")
    outside = [c for c in text if c > "\x7f"]
    return sum(map(daily, outside)) / max(len(outside), 1), len(outside)


def _in_gb2312(character: str) -> bool:
    try:
        return bool(character.encode("gb2312"))
    except UnicodeEncodeError:
        return False


def _in_first_level_of_big5(character: str) -> bool:
    try:
        return 0xA1 <= character.encode("big5")[0] <= 0xC6
    except UnicodeEncodeError:
        return False


def _statistical(data: bytes, fitting: tuple[str, ...]) -> Guess:
    from charset_normalizer import from_bytes

    ranked = [match.encoding for match in from_bytes(data[:_SAMPLE_BYTES])]
    # Without a mark, UTF-16 fits any even number of bytes.
    likely = [name for name in ranked if not name.startswith(("utf_16", "utf_32"))]
    best = next((name for name in likely if fits(data, name)), None)
    if best is None:
        raise _error(None, "UTF-8, GB18030")
    others = dict.fromkeys((*likely[1:4], *fitting))
    return Guess(best, certain=False, alternatives=_others(tuple(others), best))


def _error(got: str | None, wanted: str) -> InvalidInputError:
    return InvalidInputError(
        f"the text cannot be read: got {got or 'bytes of no known encoding'}, wanted {wanted}",
        code="encoding",
        got=got,
        wanted=wanted,
    )

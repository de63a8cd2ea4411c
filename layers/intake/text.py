"""Bytes to text: the encoding a person gave, the one a mark tells, or the one that fits."""

from __future__ import annotations

from layers.errors import InvalidInputError

_MARKS = (
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe\x00\x00", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
_SAMPLE_BYTES = 200_000


def encoding_of(data: bytes, given: str | None = None) -> str:
    """Return the name of the encoding in which `data` is text.

    UTF-8 is tried first because text in another encoding almost never passes for it; then
    GB 18030, which holds GBK and GB 2312; then the best guess of charset-normalizer.

    Raises
    ------
    InvalidInputError
        The given encoding does not exist or does not fit (`encoding`), or none does.
    """
    if given is not None:
        _check(data, given)
        return given
    for mark, name in _MARKS:
        if data.startswith(mark):
            _check(data, name)
            return name
    for name in ("utf-8", "gb18030"):
        try:
            text = data.decode(name)
        except UnicodeDecodeError:
            continue
        if name == "utf-8" or _reads_as_chinese(text):
            return name
    return _guess(data)


def _check(data: bytes, name: str) -> None:
    try:
        data.decode(name)
    except LookupError:
        raise _error(name, "an encoding such as UTF-8 or GB18030") from None
    except UnicodeError as error:
        at = f" at byte {error.start}" if isinstance(error, UnicodeDecodeError) else ""
        raise _error(f"{name}{at}", "another encoding") from None


def _reads_as_chinese(text: str) -> bool:
    """Whether most letters outside ASCII are common Chinese, not GB 18030's four-byte rarities."""
    outside = [c for c in text[:_SAMPLE_BYTES] if c > "\x7f"]
    common = sum("\u4e00" <= c <= "\u9fff" or "\u3000" <= c <= "\u303f" or c > "\uff00"
                 for c in outside)  # fmt: skip
    return common >= 0.6 * len(outside)


def _guess(data: bytes) -> str:
    from charset_normalizer import from_bytes

    best = from_bytes(data[:_SAMPLE_BYTES]).best()
    if best is None:
        raise _error("bytes of no known encoding", "UTF-8 or GB18030")
    _check(data, best.encoding)
    return best.encoding


def _error(got: str, wanted: str) -> InvalidInputError:
    return InvalidInputError(
        f"the text cannot be read: got {got}, wanted {wanted}",
        code="encoding",
        got=got,
        wanted=wanted,
    )

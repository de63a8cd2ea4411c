"""One cell to one value of a field's type, range and domain; or the rule that it breaks."""

from __future__ import annotations

import datetime as dt
import math
import uuid
from collections.abc import Callable, Mapping
from typing import Any
from zoneinfo import ZoneInfo

from layers.catalog import FieldType, LayerField
from layers.intake.table import shown

TEXT_MAX_CHARACTERS = 20_000
TIME_FORM = "RFC 3339, such as 2026-01-31T08:00:00+08:00"
DATE_FORM = "a date, such as 2026-01-31"
_TRUE = {"true", "1", "yes", "y", "是", "有"}
_FALSE = {"false", "0", "no", "n", "否", "无"}
_INTEGER_MAX = 2**63 - 1


class FieldError(Exception):
    """A value that a field does not take: the rule, what was got, what was wanted."""

    def __init__(self, rule: str, got: Any, wanted: str) -> None:
        super().__init__(f"{rule}: got {got}, wanted {wanted}")
        self.rule, self.got, self.wanted = rule, shown(got), wanted


def value_of(
    field: LayerField,
    cell: Any,
    *,
    timezone: ZoneInfo,
    titles: Mapping[str, str] | None = None,
) -> Any:
    """Return a cell as the field's Python value; None of an empty cell.

    Parameters
    ----------
    field
        The field, with its type, range and domain.
    cell
        Whatever a file or a request holds: text, number, list, time.
    timezone
        What times without an offset are in.
    titles
        Words that people use for the values of the field's domain, to the values.

    Raises
    ------
    FieldError
        With rule `text`, `integer`, `number`, `boolean`, `time`, `date`, `list`, `id`, `domain`,
        `minimum` or `maximum`.
    """
    if isinstance(cell, str):
        cell = cell.strip()
    if cell is None or cell == "":
        return None
    value = _time(cell, timezone) if field.type == "time" else _READERS[field.type](cell)
    if field.spec.domain is not None:
        return _in_domain(value, field.spec.domain, titles or {})
    if isinstance(value, int | float) and not isinstance(value, bool):
        _check_range(value, field)
    return value


def _in_domain(value: Any, domain: tuple[str, ...], titles: Mapping[str, str]) -> str:
    if str(value) in domain:
        return str(value)
    folded = str(value).lower().replace(" ", "_").replace("-", "_")
    if folded in domain:
        return folded
    if (meant := titles.get(str(value).lower())) in domain:
        return str(meant)
    raise FieldError("domain", value, ", ".join(domain))


def _check_range(value: float, field: LayerField) -> None:
    unit = f" {field.spec.unit}" if field.spec.unit not in (None, "1") else ""
    if field.spec.minimum is not None and value < field.spec.minimum:
        raise FieldError("minimum", value, f"≥ {field.spec.minimum:,.12g}{unit}")
    if field.spec.maximum is not None and value > field.spec.maximum:
        raise FieldError("maximum", value, f"≤ {field.spec.maximum:,.12g}{unit}")


def _text(cell: Any) -> str:
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        cell = int(cell)
    text = str(cell)
    if "\x00" in text:
        raise FieldError("nul", text.replace("\x00", "␀"), "text without NUL characters")
    if len(text) > TEXT_MAX_CHARACTERS:
        raise FieldError("text", len(text), f"≤ {TEXT_MAX_CHARACTERS}")
    return text


def _number(cell: Any) -> float:
    if isinstance(cell, bool) or "_" in str(cell):
        raise FieldError("number", cell, "a number")
    try:
        number = float(cell)
    except (TypeError, ValueError, OverflowError):
        raise FieldError("number", cell, "a number") from None
    if not math.isfinite(number):
        raise FieldError("number", cell, "a finite number")
    return number


def _integer(cell: Any) -> int:
    if isinstance(cell, int) and not isinstance(cell, bool):
        whole = cell
    else:
        number = _number(cell)
        if not number.is_integer():
            raise FieldError("integer", cell, "a whole number")
        whole = int(number)
    if abs(whole) > _INTEGER_MAX:
        raise FieldError("maximum", whole, f"≤ {_INTEGER_MAX}")
    return whole


def _boolean(cell: Any) -> bool:
    if isinstance(cell, bool):
        return cell
    word = str(cell).lower()
    if word in _TRUE or word in _FALSE:
        return word in _TRUE
    raise FieldError("boolean", cell, "true or false")


def _time(cell: Any, timezone: ZoneInfo) -> dt.datetime:
    try:
        moment = cell if isinstance(cell, dt.datetime) else dt.datetime.fromisoformat(str(cell))
    except ValueError:
        raise FieldError("time", cell, TIME_FORM) from None
    try:
        placed = moment if moment.tzinfo else moment.replace(tzinfo=timezone)
        return placed.astimezone(dt.UTC)
    except OverflowError:
        raise FieldError("time", cell, TIME_FORM) from None


def _date(cell: Any) -> dt.date:
    if isinstance(cell, dt.datetime):
        return cell.date()
    if isinstance(cell, dt.date):
        return cell
    words = str(cell).replace("/", "-").replace(".", "-").split("-")
    try:
        year, month, day = (int(word) for word in words)
        return dt.date(year, month, day)
    except ValueError:
        pass
    try:
        return dt.datetime.fromisoformat(str(cell)).date()
    except ValueError:
        raise FieldError("date", cell, DATE_FORM) from None


def _list(cell: Any) -> list[str]:
    if isinstance(cell, list | tuple):
        items = [_text(item).strip() for item in cell if item is not None]
    else:
        text = _text(cell)
        for separator in "；、，,":
            text = text.replace(separator, ";")
        items = [item.strip() for item in text.split(";")]
    return [item for item in items if item]


def _id(cell: Any) -> uuid.UUID:
    if isinstance(cell, uuid.UUID):
        return cell
    try:
        return uuid.UUID(str(cell))
    except ValueError:
        raise FieldError("id", cell, "a UUID") from None


_READERS: dict[FieldType, Callable[[Any], Any]] = {
    "text": _text,
    "integer": _integer,
    "number": _number,
    "boolean": _boolean,
    "date": _date,
    "list": _list,
    "id": _id,
}

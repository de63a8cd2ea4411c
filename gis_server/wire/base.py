"""What all shapes share: nothing unknown, nothing infinite, positions on the Earth."""

from __future__ import annotations

import datetime as dt
from functools import cache
from typing import Annotated, Any, Literal, Self

import werkzeug.datastructures
from flask_openapi import FileStorage
from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    model_validator,
)

from layers.errors import InvalidInputError

Lon = Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False, description="degrees east")]
Lat = Annotated[float, Field(ge=-90, le=90, allow_inf_nan=False, description="degrees north")]
Word = Annotated[str, Field(min_length=1, max_length=200)]
Text = Annotated[str, Field(max_length=4000)]


def _sane(moment: dt.datetime) -> dt.datetime:
    if not 1900 <= moment.year <= 2200:
        raise ValueError("a time between 1900 and 2200")
    return moment


Moment = Annotated[
    AwareDatetime,
    AfterValidator(_sane),
    Field(description="RFC 3339 with offset, e.g. 2026-03-01T03:00:00+08:00"),
]


def _sent(file: Any) -> Any:
    if not isinstance(file, werkzeug.datastructures.FileStorage):
        raise ValueError("a file")  # the part had no file name: it came as text
    return file


SentFile = Annotated[FileStorage, BeforeValidator(_sent)]
"""A file of a form, which is no text field of the same name."""


class Wire(BaseModel):
    """A shape that takes no unknown field and no number that is not finite."""

    model_config = ConfigDict(
        extra="forbid", allow_inf_nan=False, frozen=True, str_strip_whitespace=True
    )

    @classmethod
    @cache
    def model_json_schema(  # type: ignore[override]
        cls, *args: Any, **options: Any
    ) -> dict[str, Any]:
        """Return the schema, made once: flask-openapi asks for it at every request."""
        return super().model_json_schema(*args, **options)


class Placed(Wire):
    """A place, whole or not at all."""

    lon: Lon | None = None
    lat: Lat | None = None

    @model_validator(mode="after")
    def _whole_place(self) -> Self:
        if (self.lon is None) != (self.lat is None):
            raise ValueError("both lon and lat, or neither")
        return self


class Query(Wire):
    """Parameters of an address; `lang` chooses the language of texts over Accept-Language."""

    lang: Literal["zh", "en"] | None = None


class NoQuery(Query):
    """No parameters."""


class ErrorContent(BaseModel):
    """What went wrong: a code for programs, words for people, and the parts of both."""

    code: str
    message: str
    details: dict[str, Any]


class ErrorBody(BaseModel):
    """The one shape of every error."""

    error: ErrorContent


def numbers(text: str, *, field: str, count: int) -> tuple[float, ...]:
    """Return the numbers of a comma list.

    Raises
    ------
    InvalidInputError
        Another count than wanted, or not numbers.
    """
    try:
        values = tuple(float(part) for part in text.split(","))
    except ValueError:
        values = ()
    if len(values) != count:
        raise InvalidInputError(
            f"{field}: got {text[:80]!r}, wanted {count} numbers with commas",
            code="invalid_fields",
            field=field,
            got=text[:80],
            wanted=f"{count} numbers with commas between",
        )
    return values

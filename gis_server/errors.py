"""Every error to one shape: `{"error": {"code", "message", "details"}}`, in the reader's language.

The table below is the whole policy: the class of an error decides its status, its `code` decides
its words. What the database refuses is turned into the same tree by SQLSTATE.
"""

from __future__ import annotations

import logging
import uuid
from collections.abc import Callable
from typing import Any, NoReturn

from flask import Flask, Response, jsonify, request
from pydantic import ValidationError
from sqlalchemy.exc import DataError, DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from werkzeug.exceptions import HTTPException

from gis_server.text import say
from layers import errors as tree

log = logging.getLogger(__name__)


class MalformedError(tree.InvalidInputError):
    """The request cannot be read at all: not JSON, not UTF-8, nested too deep."""

    code = "malformed"


class MediaTypeError(tree.InvalidInputError):
    """The body is of another kind than the one wanted."""

    code = "media_type"


class VersionMissingError(tree.OneMapError):
    """A change was sent without `If-Match`: it would overwrite what it has not seen."""

    code = "version_missing"


class TooManyError(tree.OneMapError):
    """Too many attempts; `details["retry_after_s"]` says when the next one is taken."""

    code = "too_many"


class CrossSiteError(tree.PermissionError_):
    """A change that another site's page may have sent."""

    code = "cross_site"


class DemoDoorError(tree.PermissionError_):
    """Demo mode met a request that did not come straight from this machine."""

    code = "demo_door"


STATUS: dict[type[tree.OneMapError], int] = {
    MalformedError: 400,
    tree.NotSignedInError: 401,
    tree.PermissionError_: 403,
    tree.NotFoundError: 404,
    tree.ConflictError: 409,
    tree.TooLargeError: 413,
    MediaTypeError: 415,
    tree.NoRouteError: 422,
    tree.InvalidInputError: 422,
    VersionMissingError: 428,
    TooManyError: 429,
    tree.SetupError: 500,
    tree.BusyError: 503,
    tree.OneMapError: 500,
}

FRAMEWORK_CODES = {
    400: "malformed",
    404: "no_such_page",
    405: "method",
    413: "too_large",
    415: "media_type",
    429: "too_many",
}


def status_of(error: tree.OneMapError) -> int:
    """Return the HTTP status of an error: that of the nearest class in the table."""
    return next(STATUS[cls] for cls in type(error).__mro__ if cls in STATUS)


def from_database(error: DBAPIError) -> tree.OneMapError | None:
    """Return what a database error means to the person who caused it; None if it is our fault.

    PostGIS reports bad geometry as XX000 (internal error), a naive handler answers that with 500.
    """
    state = getattr(error.orig, "sqlstate", None) or ""
    said = str(error.orig).strip().partition("\n")[0][:300]
    diagnosis = getattr(error.orig, "diag", None)
    rule = getattr(diagnosis, "constraint_name", None) or getattr(diagnosis, "column_name", None)
    match state:
        case "XX000" | "22023":
            return tree.InvalidInputError(said, code="geometry_unusable", reason=said)
        case "23505":
            return tree.ConflictError(said, code="already_exists", rule=rule)
        case "23502" | "23503" | "23514" | "23P01":
            return tree.InvalidInputError(said, code="rule_broken", rule=rule)
        case "57014" | "55P03" | "40001" | "40P01" | "53300" | "57P03" | "25P03":
            return tree.BusyError(said, retry_after_s=2)
        case _ if state.startswith("22") or (not state and isinstance(error, DataError)):
            return tree.InvalidInputError(said, code="value_unusable", reason=said)
        case _ if error.connection_invalidated or state[:2] in ("08", "57") or not state:
            return tree.BusyError("the database cannot be reached", retry_after_s=2)
        case _:
            return None


UNION_BRANCHES = frozenset({"Weather", "Series"})
"""What pydantic names besides the fields: which kind of value it looked for."""


def faults_of(error: ValidationError) -> list[dict[str, Any]]:
    """Return each fault of a pydantic check as field, rule, got and wanted."""
    faults = []
    for fault in error.errors(include_url=False):
        got = fault.get("input")
        context = {k: v for k, v in fault.get("ctx", {}).items() if k != "error"}
        faults.append({
            "field": ".".join(str(p) for p in fault["loc"] if p not in UNION_BRANCHES) or "body",
            "rule": fault["type"],
            "got": got if isinstance(got, str | int | float | bool | None) else type(got).__name__,
            "wanted": _wanted(fault["msg"], context),
        })  # fmt: skip
    return faults


def invalid(error: ValidationError) -> tree.InvalidInputError:
    """Return the error that a failed check of path, query or body stands for."""
    faults = faults_of(error)
    first = faults[0]
    return tree.InvalidInputError(
        f"{first['field']}: got {first['got']!r}, wanted {first['wanted']}",
        code="invalid_fields",
        faults=faults,
        field=first["field"],
        got=first["got"],
        wanted=first["wanted"],
    )


def refuse(error: ValidationError) -> NoReturn:
    """Raise the error of a failed check."""
    raise invalid(error)


def answer(error: tree.OneMapError, status: int | None = None) -> Response:
    """Return the one shape of an error as a response."""
    language = reader_language()
    params = {"message": error.message, **error.details}
    message = say(language, f"error.{error.code}", params) or error.message
    response = jsonify(
        error={"code": error.code, "message": message, "details": plain(error.details)}
    )
    response.status_code = status or status_of(error)
    if "retry_after_s" in error.details:
        response.headers["Retry-After"] = str(int(error.details["retry_after_s"]))
    return response


def plain(value: Any) -> Any:
    """Return details as JSON can carry them; a stranger is told by its name."""
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(item) for item in value]
    if isinstance(value, float) and value not in (float("inf"), float("-inf")) and value == value:
        return value
    if value is None or isinstance(value, str | int | bool):
        return value
    return str(value)


def reader_language() -> str:
    """Return the reader's language: `lang=` of the address, else Accept-Language, else Chinese."""
    asked = request.args.get("lang")
    if asked in ("zh", "en"):
        return asked
    return request.accept_languages.best_match(["zh", "en"], default="zh") or "zh"


def register(app: Flask) -> None:
    """Give the application its error handlers."""
    for cls, handler in _handlers().items():
        app.register_error_handler(cls, handler)


def respond(error: Exception) -> Response:
    """Return what the application answers to an error, for doors that say it in another form."""
    handlers = _handlers()
    return next(handlers[cls] for cls in type(error).__mro__ if cls in handlers)(error)


def _handlers() -> dict[type[Exception], Callable[[Any], Response]]:
    return {
        tree.OneMapError: answer,
        ValidationError: _invalid,
        DBAPIError: _database,
        PoolTimeoutError: _pool,
        RecursionError: _deep,
        HTTPException: _framework,
        Exception: _unknown,
    }


def _invalid(error: ValidationError) -> Response:
    return answer(invalid(error))


def _database(error: DBAPIError) -> Response:
    known = from_database(error)
    return answer(known) if known else _unknown(error)


def _pool(error: PoolTimeoutError) -> Response:
    return answer(tree.BusyError("no database connection is free", retry_after_s=2))


def _deep(error: RecursionError) -> Response:
    return answer(MalformedError("the request nests too deep", code="too_deep", wanted=32))


def _framework(error: HTTPException) -> Response:
    """Answer the framework's own refusals (404, 405, 413) in the one shape."""
    status = error.code or 500
    if status < 400:
        return error.get_response()  # type: ignore[return-value]
    code = FRAMEWORK_CODES.get(status, f"http_{status}")
    details: dict[str, Any] = {"path": request.path[:200], "method": request.method}
    known = tree.OneMapError(error.description or error.name, code=code, **details)
    response = answer(known, status)
    for name, value in error.get_headers():
        if name in ("Allow", "Retry-After"):
            response.headers[name] = value
    return response


def _unknown(error: Exception) -> Response:
    """Answer an error nobody foresaw: its trace goes to the log, its number to the reader."""
    number = uuid.uuid4().hex[:12]
    log.error("%s %s %s", number, request.method, request.path, exc_info=error)
    return answer(tree.OneMapError("an error nobody foresaw", code="unforeseen", number=number))


def _wanted(message: str, context: dict[str, Any]) -> str:
    """Return what a check wanted, from its own message."""
    for lead in ("Input should be ", "Value error, "):
        message = message.removeprefix(lead)
    return message

"""The error tree.

OneMapError
├── NotFoundError            no such layer, feature, incident, substance, model
├── InvalidInputError        what was given cannot be used; says what was wanted
│   ├── OutOfRangeError      a number outside what a model or column allows
│   ├── UnknownCrsError      a file or request whose coordinate system is not known
│   └── QualityError         rows of a file broke rules; carries the fault report
├── ConflictError            somebody else changed it first; carries both versions
├── NoRouteError             no drivable path; carries why
├── PermissionError_         known who, not allowed what
├── NotSignedInError         nobody signed in
├── TooLargeError            over a declared size limit
├── DamagedError             what is stored does not match its own checksum
├── BusyError                the database or a worker cannot take it now; try again
└── SetupError               the machine or the site's configuration lacks something

`code` is the machine's word for the error and the key of its zh/en text; `details` are the
parameters of that text. Messages are in English, for logs and scripts.
"""

from __future__ import annotations

from typing import Any


class OneMapError(Exception):
    """Base of every error this product raises on purpose."""

    code = "error"

    def __init__(self, message: str, *, code: str | None = None, **details: Any) -> None:
        super().__init__(message)
        self.message = message
        self.details: dict[str, Any] = details
        if code is not None:
            self.code = code


class NotFoundError(OneMapError):
    """What was asked for does not exist, or may not be seen by the one who asks."""

    code = "not_found"


class InvalidInputError(OneMapError):
    """The input cannot be used."""

    code = "invalid_input"


class OutOfRangeError(InvalidInputError):
    """A quantity lies outside the range that a model or a column allows."""

    code = "out_of_range"


class UnknownCrsError(InvalidInputError):
    """The coordinate system is neither in the data nor given."""

    code = "unknown_crs"


class QualityError(InvalidInputError):
    """Rows of a file broke the layer's rules; `report` lists every fault."""

    code = "quality"

    def __init__(self, message: str, report: Any, **details: Any) -> None:
        super().__init__(message, **details)
        self.report = report


class ConflictError(OneMapError):
    """Somebody else changed it first; `details` holds `mine` and `theirs`."""

    code = "conflict"


class NoRouteError(OneMapError):
    """No drivable path exists under the closures in force."""

    code = "no_route"


class PermissionError_(OneMapError):
    """The signed-in person lacks the permission."""

    code = "forbidden"


class NotSignedInError(OneMapError):
    """Nobody is signed in."""

    code = "not_signed_in"


class TooLargeError(OneMapError):
    """A body, file or geometry is over its declared limit."""

    code = "too_large"


class DamagedError(OneMapError):
    """What is stored was changed or cut: it does not match its own checksum."""

    code = "damaged"


class BusyError(OneMapError):
    """The database or a worker cannot take it now."""

    code = "busy"


class SetupError(OneMapError):
    """The machine or the configuration lacks something; the message says how to get it."""

    code = "setup"

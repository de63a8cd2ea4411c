"""How a plot is refused: which rule, which field, what was got and what was wanted."""

from __future__ import annotations

from typing import Any

from layers.errors import InvalidInputError


def refused(code: str, message: str, *, field: str, got: Any, wanted: Any) -> InvalidInputError:
    """Return the error of a plot that cannot be drawn as asked; the batch's op is added above."""
    return InvalidInputError(
        f"{field}: {message}: got {got}, wanted {wanted}", code=code, field=field,
        got=got, wanted=wanted,
    )  # fmt: skip

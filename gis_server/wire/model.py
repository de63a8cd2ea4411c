"""Runs of models, and the calculation sheets of runs and assessments."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from gis_server.wire.base import Wire, Word


class ModelPath(Wire):
    """Which model."""

    model: Annotated[str, Field(min_length=1, max_length=64)]


class RunBody(Wire):
    """A run: inputs by name, a coefficient set by name, and places to compute at."""

    inputs: dict[str, Any] = Field(default_factory=dict)
    coefficients: Annotated[str, Field(max_length=64)] | None = None
    receptors: Annotated[list[dict[str, float]], Field(max_length=10_000)] | None = None


class SheetBody(RunBody):
    """A run whose sheet is printed, under a title of its own."""

    title: Word | None = None


class SheetOrder(Wire):
    """An order to freeze the sheet of an assessment; it takes nothing."""


class NewSignature(Wire):
    """One signature: in which role, and the hash of the content that was read."""

    role: Literal["prepared", "checked", "reviewed", "approved"]
    body_hash: Annotated[str, Field(pattern="^[0-9a-f]{64}$")] | None = None

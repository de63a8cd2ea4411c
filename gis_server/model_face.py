"""What a model tells of itself: inputs, ranges, coefficient sets, sources; one shape for all."""

from __future__ import annotations

import math
import threading
from collections.abc import Mapping
from typing import Any

from analysis.hazard import MODELS
from analysis.hazard.inputs import Input
from analysis.hazard.model import Model
from gis_server.text import title
from gis_server.wire.model import RunBody
from layers.errors import BusyError, NotFoundError

RUNS_AT_ONCE = 2
"""A run of the largest inputs allowed takes up to 16 s of one core (fire over 250,000 cells)."""

WAIT_S = 5.0
_RUNS = threading.BoundedSemaphore(RUNS_AT_ONCE)


def model_named(name: str) -> Model:
    """Return a model.

    Raises
    ------
    NotFoundError
        `code="no_model_named"`, with the names that there are.
    """
    model = MODELS.get(name)
    if model is None:
        known = ", ".join(MODELS)
        raise NotFoundError(
            f"there is no model {name!r}; there are {known}", code="no_model_named", got=name,
            known=known,
        )  # fmt: skip
    return model


def ran(name: str, body: RunBody) -> dict[str, Any]:
    """Run a model for a request; few at once, so that long ones leave a worker room to answer.

    Raises
    ------
    BusyError
        As many runs as are allowed have been under way for `WAIT_S`.
    """
    model = model_named(name)
    if not _RUNS.acquire(timeout=WAIT_S):
        raise BusyError("too many model runs at once", retry_after_s=5)
    try:
        return model.run(body.inputs, body.coefficients, body.receptors)
    finally:
        _RUNS.release()


def described(model: Model, language: str) -> dict[str, Any]:
    """Return a model as the wire carries it; an open end of a range is left out."""
    return {
        "name": model.name,
        "title": title(language, f"model.{model.name}"),
        "version": model.version,
        "group": model.group,
        "inputs": [_input(entry, language) for entry in model.inputs],
        "receptors": [_input(entry, language) for entry in model.receptor_inputs],
        "coefficients": [
            {
                "name": entry.name,
                "values": jsonable(entry.values),
                "source": entry.source,
                "certainty": entry.certainty,
            }
            for entry in model.coefficient_sets
        ],
        "validity": [
            {"code": code, "text": title(language, f"model.validity.{code}") or code}
            for code in model.validity
        ],
        "sources": list(model.sources),
    }


def jsonable(value: Any) -> Any:
    """Return numbers as JSON holds them: arrays as lists, no data as null, no end as a word."""
    if isinstance(value, Mapping):
        return {str(key): jsonable(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [jsonable(item) for item in value]
    if isinstance(value, bool | int | str) or value is None:
        return value
    if isinstance(value, float):
        if math.isnan(value):
            return None
        return value if math.isfinite(value) else str(value)
    return jsonable(value.tolist()) if hasattr(value, "tolist") else str(value)


def _input(entry: Input, language: str) -> dict[str, Any]:
    bounds = {"minimum": entry.minimum, "maximum": entry.maximum}
    return {
        "name": entry.name,
        "title": title(language, f"model.input.{entry.name}"),
        "symbol": entry.symbol,
        "unit": entry.unit,
        "required": entry.required and entry.default is None,
        "default": entry.default,
        "choices": list(entry.choices),
        "dimensions": entry.dimensions,
        "typical": None if entry.typical is None else list(entry.typical),
        **{name: value for name, value in bounds.items() if math.isfinite(value)},
    }

"""What entered a computation and what ran: inputs with their tags, models with their results."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from analysis.hazard.model import Model
from analysis.scenario import Message, Slice, Tag, Weather, Zone


class Ledger:
    """The record that a set of zones is handed back with."""

    def __init__(self, weather: Weather, *, moving: bool = True) -> None:
        self.moving = moving
        self.entries: list[dict[str, Any]] = []
        self.models: list[dict[str, Any]] = []
        self.warnings: list[Message] = []
        self.distances: list[dict[str, Any]] = []
        self.confidence: list[Zone] = []
        self.slices: list[Slice] = []
        self.reasons: list[Message] = []
        self._weather = weather

    def take(
        self,
        field: str,
        given: Any,
        *,
        default: Any,
        unit: str | None,
        source: str | None,
        reason: Message,
    ) -> Any:
        """Return the given value, else the default, and record which.

        A default is recorded with the standard it comes from and the reason in words.
        """
        if given is None:
            self.note(field, default, unit=unit, tag="assumed", source=source, reason=reason)
            return default
        weather = field.startswith("weather.")
        self.note(
            field,
            given,
            unit=unit,
            tag=self._weather.tag if weather else "reported",
            source=self._weather.source if weather else None,
        )
        return given

    def weather(self, name: str, *, unit: str) -> None:
        """Record a weather input that was given; what is unknown is not recorded."""
        value = getattr(self._weather, name)
        if value is not None:
            tag, source = self._weather.tag, self._weather.source
            self.note(f"weather.{name}", value, unit=unit, tag=tag, source=source)

    def note(
        self,
        field: str,
        value: Any,
        *,
        unit: str | None,
        tag: Tag,
        source: str | None,
        reason: Message | None = None,
    ) -> None:
        """Record one input once.

        Its `source` is the citation, or, with a reason, the reason as a message that carries it.
        """
        if any(entry["field"] == field for entry in self.entries):
            return
        said = source if reason is None else {**reason.to_json(), "source": source}
        self.entries.append(
            {"field": field, "value": value, "unit": unit, "tag": tag, "source": said}
        )

    def warn(self, code: str, *, source: str | None = None, **params: Any) -> None:
        """Record a warning once."""
        self._warn(Message(code=code, params=params, source=source))

    def run(
        self, model: Model, inputs: Mapping[str, Any], coefficients: str | None = None
    ) -> dict[str, Any]:
        """Run a model, record it, and return its values."""
        result = model.run(inputs, coefficients)
        # Whole: a calculation sheet prints every step of it.
        self.models.append({"name": model.name, **_plain(result)})
        self.pass_on(result["warnings"])
        return dict(result["values"])

    def pass_on(self, warnings: Iterable[Mapping[str, Any]]) -> None:
        """Record the warnings of a run, each once, their parameters as they are."""
        for warning in warnings:
            self._warn(Message(code=warning["code"], params=warning["params"]))

    def _warn(self, message: Message) -> None:
        if message not in self.warnings:
            self.warnings.append(message)


def _plain(value: Any) -> Any:
    """Return a result as JSON keeps it: arrays as lists, a number that is not finite as None."""
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, np.ndarray):
        return _plain(value.tolist())
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, np.generic):
        return _plain(value.item())
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value

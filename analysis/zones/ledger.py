"""What entered a computation and what ran: every input with its tag, every model with its result."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from analysis.hazard.model import Model
from analysis.scenario import Message, Tag, Weather


class Ledger:
    """The record that a set of zones is handed back with."""

    def __init__(self, weather: Weather) -> None:
        self.entries: list[dict[str, Any]] = []
        self.models: list[dict[str, Any]] = []
        self.warnings: list[Message] = []
        self.distances: list[dict[str, Any]] = []
        self._weather = weather

    def take(
        self,
        field: str,
        given: Any,
        *,
        default: Any,
        unit: str | None,
        source: str,
    ) -> Any:
        """Return the given value, else the default, and record which with its tag and source."""
        if given is None:
            self.note(field, default, unit=unit, tag="assumed", source=source)
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

    def note(
        self, field: str, value: Any, *, unit: str | None, tag: Tag, source: str | None
    ) -> None:
        """Record one input once."""
        if all(entry["field"] != field for entry in self.entries):
            self.entries.append(
                {"field": field, "value": value, "unit": unit, "tag": tag, "source": source}
            )

    def warn(self, code: str, *, source: str | None = None, **params: Any) -> None:
        """Record a warning once."""
        message = Message(code=code, params=params, source=source)
        if message not in self.warnings:
            self.warnings.append(message)

    def run(
        self, model: Model, inputs: Mapping[str, Any], coefficients: str | None = None
    ) -> dict[str, Any]:
        """Run a model, record it, and return its values."""
        result = model.run(inputs, coefficients)
        self.models.append(
            {
                "name": model.name,
                "version": model.version,
                "inputs": dict(inputs),
                "coefficients": model.coefficients(coefficients).name,
                "values": result["values"],
                "sources": result["sources"],
                "warnings": result["warnings"],
            }
        )
        for warning in result["warnings"]:
            self.warn(warning["code"], **warning["params"])
        return dict(result["values"])

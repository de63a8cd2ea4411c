"""What every model is: named inputs with units and ranges, coefficient sets, one way to run.

A model outside its range refuses; it never extrapolates in silence.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from layers.errors import InvalidInputError, NotFoundError, OutOfRangeError

Inputs = Mapping[str, Any]
Receptors = Sequence[Mapping[str, float]]


@dataclass(frozen=True, kw_only=True)
class Input:
    """One input of a model. With `choices` it is a word, else a number in `unit`."""

    name: str
    unit: str
    minimum: float = -math.inf
    maximum: float = math.inf
    default: float | str | None = None
    required: bool = True
    choices: tuple[str, ...] = ()

    def read(self, value: Any) -> Any:
        """Return the value checked; raise OutOfRangeError or InvalidInputError."""
        if self.choices:
            if value not in self.choices:
                raise InvalidInputError(
                    f"{self.name}: got {value!r}, wanted one of {', '.join(self.choices)}",
                    field=self.name,
                    got=str(value)[:80],
                    wanted=", ".join(self.choices),
                )
            return value
        if (
            isinstance(value, bool)
            or not isinstance(value, int | float)
            or not math.isfinite(value)
        ):
            raise InvalidInputError(
                f"{self.name}: got {value!r}, wanted a number in {self.unit}",
                field=self.name,
                got=str(value)[:80],
                wanted=self.unit,
            )
        if not self.minimum <= value <= self.maximum:
            wanted = f"{self.minimum:g} .. {self.maximum:g} {self.unit}"
            raise OutOfRangeError(
                f"{self.name}: got {value:g}, wanted {wanted}",
                field=self.name,
                got=float(value),
                wanted=wanted,
            )
        return float(value)


@dataclass(frozen=True, kw_only=True)
class CoefficientSet:
    """A named set of coefficients with where it comes from and how sure that is."""

    name: str
    values: Mapping[str, Any]
    source: str
    certainty: str


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What a formula gives: the answer, the numbers on the way, what to beware of."""

    values: dict[str, Any]
    intermediates: dict[str, Any] = field(default_factory=dict)
    warnings: tuple[dict[str, Any], ...] = ()


Formula = Callable[[dict[str, Any], CoefficientSet, Receptors], Outcome]


@dataclass(frozen=True, kw_only=True)
class Model:
    """A model by name. The first of `coefficient_sets` is used unless another is named."""

    name: str
    version: str
    inputs: tuple[Input, ...]
    formula: Formula
    coefficient_sets: tuple[CoefficientSet, ...]
    sources: tuple[str, ...]
    receptor_inputs: tuple[Input, ...] = ()

    def coefficients(self, name: str | None = None) -> CoefficientSet:
        """Return a coefficient set by name; NotFoundError lists what exists."""
        if name is None:
            return self.coefficient_sets[0]
        for candidate in self.coefficient_sets:
            if candidate.name == name:
                return candidate
        known = [c.name for c in self.coefficient_sets]
        raise NotFoundError(
            f"{self.name} has no coefficient set {name!r}; it has {', '.join(known)}",
            code="coefficients_unknown",
            got=str(name)[:80],
            wanted=", ".join(known),
        )

    def read(self, inputs: Inputs) -> dict[str, Any]:
        """Return the inputs checked and completed with defaults."""
        return _read(self.name, self.inputs, inputs)

    def run(
        self,
        inputs: Inputs,
        coefficients: str | None = None,
        receptors: Receptors | None = None,
    ) -> dict[str, Any]:
        """Run the model.

        Parameters
        ----------
        inputs
            By the names, units and ranges of `self.inputs`.
        coefficients
            Name of a coefficient set; None takes the first.
        receptors
            Places to evaluate at, by the names of `self.receptor_inputs`.

        Returns
        -------
        dict
            `values`, `intermediates`, `warnings` (`{"code", "params"}` each) and `sources`
            (`{"text", "certainty"}` each).

        Raises
        ------
        OutOfRangeError, InvalidInputError
            With `field`, `got` and `wanted`.
        """
        chosen = self.coefficients(coefficients)
        read = self.read(inputs)
        places = [_read(self.name, self.receptor_inputs, place) for place in receptors or ()]
        outcome = self.formula(read, chosen, places)
        return {
            "values": outcome.values,
            "intermediates": outcome.intermediates,
            "warnings": list(outcome.warnings),
            "sources": [
                {"text": f"{chosen.name}: {chosen.source}", "certainty": chosen.certainty},
                *({"text": text, "certainty": "sourced"} for text in self.sources),
            ],
        }


def _read(model: str, declared: tuple[Input, ...], given: Inputs) -> dict[str, Any]:
    if not isinstance(given, Mapping):
        raise InvalidInputError(f"{model}: wanted an object of inputs", field=model)
    unknown = sorted(set(map(str, given)) - {each.name for each in declared})
    if unknown:
        raise InvalidInputError(
            f"{model} has no input {unknown[0]!r}",
            code="input_unknown",
            field=unknown[0][:80],
            wanted=", ".join(each.name for each in declared),
        )
    read: dict[str, Any] = {}
    for each in declared:
        value = given.get(each.name)
        value = each.default if value is None else value
        if value is None and each.required:
            raise InvalidInputError(
                f"{model} needs {each.name} in {each.unit}",
                code="input_missing",
                field=each.name,
                wanted=each.unit,
            )
        read[each.name] = None if value is None else each.read(value)
    return read

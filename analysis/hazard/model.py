"""What every model is: named inputs with units and ranges, coefficient sets, one way to run.

A model outside its range refuses; it never extrapolates in silence. Every number on the way to an
answer is a `Step` with the equation it comes from, so that a calculation sheet can be checked by
hand.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from analysis.hazard.inputs import Input, read_inputs
from layers.errors import NotFoundError

__all__ = [
    "CoefficientSet",
    "Group",
    "Input",
    "Inputs",
    "Model",
    "Outcome",
    "Receptors",
    "Step",
    "certainty_of",
]

Inputs = Mapping[str, Any]
Receptors = Sequence[Mapping[str, float]]
Group = Literal["release", "air", "dispersion", "fire", "explosion", "effect", "spread"]

SURE = frozenset({"sourced", "computed"})
"""Certainties that need no mark: read in the source that is named, or calculated from it."""


@dataclass(frozen=True, kw_only=True)
class CoefficientSet:
    """A named set of coefficients with where it comes from and how sure that is."""

    name: str
    values: Mapping[str, Any]
    source: str
    certainty: str


@dataclass(frozen=True, kw_only=True)
class Step:
    """One number on the way: its name, the equation in the symbols of the inputs, value, unit.

    `name` is unique in a run and has a text `model.input.<name>` as an input has; `equation` is
    plain text as an engineer writes it ("A = π d²/4").
    """

    name: str
    equation: str
    value: float | str | bool
    unit: str


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What a formula gives: the answer, the steps to it, more numbers, what to beware of.

    `intermediates` holds what is no step: series, tables, words. `sources` are those of this run
    alone: of an option that was taken, of a table that was read.
    """

    values: dict[str, Any]
    steps: tuple[Step, ...] = ()
    intermediates: dict[str, Any] = field(default_factory=dict)
    warnings: tuple[dict[str, Any], ...] = ()
    sources: tuple[str, ...] = ()


Formula = Callable[[dict[str, Any], CoefficientSet, Receptors], Outcome]


@dataclass(frozen=True, kw_only=True)
class Model:
    """A model by name. The first of `coefficient_sets` is used unless another is named.

    `validity` names what the model supposes beyond the ranges of its inputs (flat ground, steady
    wind); each has a text `model.validity.<name>`. A source that ends in "[mem 90%]" carries that
    certainty.
    """

    name: str
    version: str
    group: Group
    inputs: tuple[Input, ...]
    formula: Formula
    coefficient_sets: tuple[CoefficientSet, ...]
    sources: tuple[str, ...]
    receptor_inputs: tuple[Input, ...] = ()
    validity: tuple[str, ...] = ()

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
        return read_inputs(self.name, self.inputs, inputs)

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
            `model`, `version`; `inputs` as they entered, defaults included; `coefficients`
            (`name`, `values`, `source`, `certainty`); `values`; `steps` (`name`, `equation`,
            `value`, `unit`); `intermediates` (the steps by name, and series); `warnings`
            (`{"code", "params"}` each, one of them a mark where a constant is not sure);
            `validity`; `sources` (`{"text", "certainty"}` each). The same inputs give the same.

        Raises
        ------
        OutOfRangeError, InvalidInputError
            With `field`, `got` and `wanted`.
        """
        chosen = self.coefficients(coefficients)
        read = self.read(inputs)
        places = [read_inputs(self.name, self.receptor_inputs, p) for p in receptors or ()]
        outcome = self.formula(read, chosen, places)
        sources = [
            {"text": f"{chosen.name}: {chosen.source}", "certainty": chosen.certainty},
            *(
                {"text": text, "certainty": certainty_of(text)}
                for text in (*self.sources, *outcome.sources)
            ),
        ]
        return {
            "model": self.name,
            "version": self.version,
            "inputs": read,
            "coefficients": {
                "name": chosen.name,
                "values": dict(chosen.values),
                "source": chosen.source,
                "certainty": chosen.certainty,
            },
            "values": outcome.values,
            "steps": [vars(step) for step in outcome.steps],
            "intermediates": {step.name: step.value for step in outcome.steps}
            | outcome.intermediates,
            "warnings": [*outcome.warnings, *_unusual(self.inputs, read), *_marks(sources)],
            "validity": list(self.validity),
            "sources": sources,
        }


def certainty_of(text: str) -> str:
    """Return the certainty that a citation ends with in brackets, else "sourced"."""
    mark = re.search(r"\[([^\[\]]+)\]$", text)
    return mark.group(1) if mark else "sourced"


def _unusual(declared: Sequence[Input], read: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Warn of inputs that are allowed and yet unlikely: most often a unit mixed up."""
    found = []
    for each in declared:
        value = read[each.name]
        if each.typical is None or not isinstance(value, float) or each.is_typical(value):
            continue
        low, high = each.typical
        params = {
            "field": {"code": f"model.input.{each.name}", "params": {}},
            "got": value,
            "wanted": f"{low:g} .. {high:g} {each.unit}",
        }
        found.append({"code": "hazard.unusual_input", "params": params})
    return found


def _marks(sources: Sequence[Mapping[str, str]]) -> list[dict[str, Any]]:
    """Return one mark a source whose constants are not sure."""
    return [
        {
            "code": "hazard.uncertain_constants",
            "params": {"source": source["text"], "certainty": source["certainty"]},
        }
        for source in sources
        if source["certainty"] not in SURE
    ]

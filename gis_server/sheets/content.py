"""What a sheet tells, without words of a language: the case, what entered, what came out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from analysis.hazard import MODELS
from gis_server.sheets import canonical
from layers.errors import OneMapError

_OF_FORCES = ("count",)
"""Parameters of warnings that count teams and targets, which not every reader may know."""

_ZONE_FACTS = (
    "level", "hazard", "role", "threshold", "unit", "threshold_name", "averaging_s", "model",
    "distance_m", "area_m2", "cut", "shape", "arrives_s", "passed_s",
)  # fmt: skip

_OF_PLAN = ("at", "kind", "cas", "lon", "lat")
_ADDED = ("inputs", "coefficients", "steps", "intermediates", "validity")


@dataclass(frozen=True, kw_only=True)
class Content:
    """One case with its models and zones; `case` holds what tells which case it is.

    `models` are whole runs, `entered` the inputs of the case with tag and source, `zones` GeoJSON
    features; messages are codes with parameters.
    """

    case: Mapping[str, Any]
    models: Sequence[Mapping[str, Any]]
    entered: Sequence[Mapping[str, Any]] = ()
    zones: Sequence[Mapping[str, Any]] = ()
    distances: Sequence[Mapping[str, Any]] = ()
    reasons: Sequence[Mapping[str, Any]] = ()
    warnings: Sequence[Mapping[str, Any]] = ()
    receptors: Sequence[Mapping[str, float]] = field(default=())

    @property
    def input_hash(self) -> str:
        """Return the hash of everything that decides the result, and of nothing else.

        Not in it: identifiers, moments of asking and storing, durations, words. In it: the version
        of every model, for another version may give another result.
        """
        return canonical.digest({
            "kind": self.case.get("kind"),
            "lon": self.case.get("lon"),
            "lat": self.case.get("lat"),
            "cas": self.case.get("cas"),
            "entered": {
                entry["field"]: [entry["value"], entry.get("unit")] for entry in self.entered
            },
            "models": [
                {
                    "name": run["name"],
                    "version": run["version"],
                    "inputs": run["inputs"],
                    "coefficients": run["coefficients"],
                }
                for run in self.models
            ],
            "receptors": list(self.receptors),
        })  # fmt: skip

    @property
    def result_hash(self) -> str:
        """Return the hash of the results: values and steps of every model, zones and distances."""
        return canonical.digest({
            "models": [[run["values"], run.get("steps", [])] for run in self.models],
            "zones": [
                [
                    {name: zone["properties"].get(name) for name in _ZONE_FACTS},
                    zone["geometry"],
                ]
                for zone in self.zones
            ],
            "distances": list(self.distances),
        })  # fmt: skip


def of_plan(plan: Mapping[str, Any], *, case: Mapping[str, Any]) -> Content:
    """Return the content of an assessment.

    Parameters
    ----------
    plan
        The assessment's stored body. Targets, teams, routes and calls are not read: everybody
        who may read the incident may read its sheet.
    case
        `title`, `kind`, `substance`, `cas`, `lon`, `lat`, `occurred_at` and what else names it.
    """
    warnings = [
        line
        for line in plan.get("warnings", ())
        if not any(name in line["params"] for name in _OF_FORCES)
    ]
    return Content(
        case={**case, **{name: plan[name] for name in _OF_PLAN if name in plan}},
        models=[complete(run) for run in plan.get("models", ())],
        entered=plan.get("assumed", ()),
        zones=[*plan["zones"]["features"], *_features(plan.get("confidence"))],
        distances=plan.get("distances", ()),
        reasons=plan.get("reasons", ()),
        warnings=warnings,
    )


def of_run(
    result: Mapping[str, Any],
    *,
    title: str | None = None,
    receptors: Sequence[Mapping[str, float]] = (),
) -> Content:
    """Return the content of one model's run, as `Model.run` answers it."""
    run = {**result, "name": result["model"]}
    return Content(case={"title": title, "model": run["name"]}, models=[run], receptors=receptors)


def complete(run: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a stored run with its steps.

    A plan stored before runs were kept whole has only inputs and values: the same version of the
    model gives the rest. Where that version is gone, or no longer takes these inputs, the sheet
    has no steps to show.
    """
    model = MODELS.get(run["name"])
    if "steps" in run or model is None or model.version != run["version"]:
        return run
    given = {name: value for name, value in run["inputs"].items() if value is not None}
    try:
        result = model.run(given, run.get("coefficients"))
    except OneMapError:
        return run
    return {**run, **{name: result[name] for name in _ADDED}}


def _features(collection: Mapping[str, Any] | None) -> list[Any]:
    return list((collection or {}).get("features", ()))

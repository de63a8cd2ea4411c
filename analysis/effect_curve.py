"""How strong an effect is at a distance, read back from the models that drew a zone set.

A zone shows where a few thresholds end. Here the same model is asked, with the same inputs, how
far many thresholds reach; between them the effect is a straight line in logarithms. Nothing is
said beyond the weakest and above the strongest of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

from analysis.hazard import MODELS
from analysis.scenario import ZoneSet
from layers.errors import InvalidInputError, OutOfRangeError

Array = npt.NDArray[np.float64]
LADDERS: dict[str, tuple[str, Array]] = {
    "thermal": ("threshold_kw_m2", np.array([1.6, 4, 8, 12.5, 15, 20, 25, 37.5, 45, 60, 100.0])),
    "overpressure": ("threshold_kpa", np.array([2, 5, 10, 16, 22, 31, 37, 50, 70, 100, 300.0])),
}


@dataclass(frozen=True, kw_only=True)
class Curve:
    """Thresholds that rise and the distances, m, to which each reaches; `model` drew them."""

    hazard: str
    model: str
    thresholds: Array
    reaches_m: Array
    duration_s: float | None = None

    def at(self, distance_m: npt.ArrayLike) -> Array:
        """Return the effect at distances, kW/m² or kPa; 0 beyond the weakest threshold known.

        Nearer than the strongest threshold's reach it is that threshold: at least so much.
        """
        distance = np.maximum(np.asarray(distance_m, dtype=np.float64), 1e-3)
        # Of thresholds that reach equally far, the edge of a pool, the strongest counts.
        order = np.lexsort((-self.thresholds, self.reaches_m))
        reach, level = self.reaches_m[order], self.thresholds[order]
        found = np.exp(np.interp(np.log(distance), np.log(reach), np.log(level)))
        strength: Array = np.where(distance > reach[-1], 0.0, found)
        return strength


def curves(zone_set: ZoneSet) -> list[Curve]:
    """Return the curve of each thermal and blast model that drew zones of a set."""
    found: dict[str, Curve] = {}
    for zone in zone_set.zones:
        if zone.hazard not in LADDERS or zone.model in found or zone.basis != "model":
            continue
        run = _run_of(zone_set, zone.model)
        curve = _curve(zone.hazard, zone.model, run) if run is not None else None
        if curve is not None:
            found[zone.model] = curve
    return list(found.values())


def _run_of(zone_set: ZoneSet, label: str) -> Mapping[str, Any] | None:
    """Return the run of a zone's model ("pool_fire/solid_flame"), by name and set if it can."""
    name, _, chosen = label.partition("/")
    runs = [run for run in zone_set.models if run["name"] == name]
    for run in runs:
        if _set_name(run) == chosen:
            return run
    return runs[0] if runs else None


def _set_name(run: Mapping[str, Any]) -> str | None:
    held = run.get("coefficients")
    name = held.get("name") if isinstance(held, Mapping) else held
    return None if name is None else str(name)


def _curve(hazard: str, label: str, run: Mapping[str, Any]) -> Curve | None:
    asked = {
        name: tuple(value) if isinstance(value, list) else value
        for name, value in run["inputs"].items()
        if value is not None and not name.startswith("threshold")
    }
    return _asked(hazard, label, run["name"], _set_name(run), tuple(sorted(asked.items())))


@lru_cache(maxsize=256)
def _asked(
    hazard: str, label: str, name: str, chosen: str | None, inputs: tuple[tuple[str, Any], ...]
) -> Curve | None:
    """Ask a model for the reach of every threshold; the steps of a plan ask the same twice."""
    field, ladder = LADDERS[hazard]
    model = MODELS[name]
    if field not in {each.name for each in model.inputs}:
        return None
    asked = {key: list(value) if isinstance(value, tuple) else value for key, value in inputs}
    pairs = []
    duration = None
    for threshold in ladder.tolist():
        try:
            values = model.run({**asked, field: threshold}, chosen)["values"]
        except (OutOfRangeError, InvalidInputError):
            continue  # this threshold lies outside the model's own range: the ladder is shorter
        duration = values.get("duration_s", duration)
        if values.get("reach_m"):
            pairs.append((threshold, float(values["reach_m"])))
    if len(pairs) < 2:
        return None
    return Curve(
        hazard=hazard,
        model=label,
        thresholds=np.array([threshold for threshold, _ in pairs]),
        reaches_m=np.array([reach for _, reach in pairs]),
        duration_s=duration,
    )

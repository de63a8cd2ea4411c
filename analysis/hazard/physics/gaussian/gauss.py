"""What the Gaussian models say in the same way: inputs, ranges, footprints, refusals."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from typing import Any, Protocol

import numpy as np

from analysis.hazard.model import CoefficientSet, Input, Receptors
from analysis.hazard.physics.cloud import Cloud
from analysis.hazard.physics.gaussian.curve import CLASSES, Array, Dispersion
from analysis.hazard.physics.gaussian.sigma_gbt3840 import HALF_CLASSES
from analysis.hazard.physics.isopleth import isopleth
from layers.errors import InvalidInputError, OutOfRangeError

Warning_ = dict[str, Any]
AT_ONCE = 4096
HISTORY_POINTS = 60
HISTORY_SHARE = 0.01

RATE = Input(
    name="release_kg_s",
    unit="kg/s",
    symbol="Q",
    minimum=1e-9,
    maximum=1e6,
    typical=(1e-6, 1e4),
)
WIND = Input(
    name="wind_speed_m_s",
    unit="m/s",
    symbol="u",
    minimum=1.0,
    maximum=60.0,
    typical=(1.0, 30.0),
)
STABILITY = Input(name="stability", unit="class", choices=(*CLASSES, *HALF_CLASSES))
HEIGHT = Input(name="height_m", unit="m", symbol="h", minimum=0.0, maximum=500.0, default=0.0)
MIXING_HEIGHT = Input(
    name="mixing_height_m",
    unit="m",
    symbol="L",
    minimum=10.0,
    maximum=10_000.0,
    required=False,
    typical=(50.0, 4000.0),
)
AVERAGING = Input(
    name="averaging_s",
    unit="s",
    symbol="t'",
    minimum=1.0,
    maximum=86_400.0,
    required=False,
    typical=(10.0, 86_400.0),
)
THRESHOLD = Input(
    name="threshold_kg_m3",
    unit="kg/m3",
    symbol="c",
    minimum=1e-15,
    maximum=1000.0,
    required=False,
    typical=(1e-12, 1.0),
)
EXPONENT = Input(
    name="toxic_exponent", unit="1", symbol="n", minimum=0.1, maximum=10.0, required=False
)
RECEPTOR = (
    Input(name="x_m", unit="m", symbol="x", minimum=-1e5, maximum=1e5),
    Input(name="y_m", unit="m", symbol="y", minimum=-1e5, maximum=1e5, default=0.0),
    Input(name="z_m", unit="m", symbol="z", minimum=0.0, maximum=2000.0, default=0.0),
)


def sets_of(dispersions: Mapping[str, Dispersion]) -> tuple[CoefficientSet, ...]:
    """Return dispersion sets as coefficient sets, with the equations at 1 km by class."""
    return tuple(
        CoefficientSet(
            name=each.name,
            values={
                "x_min_m": each.x_min_m,
                "x_max_m": each.x_max_m,
                "averaging_s": each.averaging_s,
                "sigma_y_at_1_km": {k: c.equation("σy", 1000.0) for k, c in each.sigma_y.items()},
                "sigma_z_at_1_km": {k: c.equation("σz", 1000.0) for k, c in each.sigma_z.items()},
            },
            source=each.source,
            certainty=each.certainty,
        )
        for each in dispersions.values()
    )


def columns(receptors: Receptors) -> tuple[Array, Array, Array]:
    """Return the receptors' x, y and z as three arrays."""
    x, y, z = (np.array([each[name] for each in receptors]) for name in ("x_m", "y_m", "z_m"))
    return x, y, z


class Passing(Cloud, Protocol):
    """A cloud that passes, so that a place takes in a dose of it."""

    def toxic_load(
        self, x_m: Array, y_m: Array, z_m: Array | float = 0.0, *, exponent: float
    ) -> Array:
        """Return ∫Cⁿ dt over the whole passage, (kg/m³)ⁿ s."""
        ...


def at_receptors(
    cloud: Passing, inputs: Mapping[str, Any], receptors: Receptors
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return what each receptor sees, and the history of the first one as series.

    Peak, dose, and where asked the concentration at a time, the arrival and passing of a
    threshold on the axis at the receptor's distance, the toxic load.
    """
    if not receptors:
        return {}, {}
    x, y, z = columns(receptors)
    found: dict[str, Any] = {
        "peak_kg_m3": cloud.peak(x, y, z).tolist(),
        "dose_kg_s_m3": _loads(cloud, x, y, z, 1.0).tolist(),
    }
    if inputs["time_s"] is not None:
        found["concentration_kg_m3"] = cloud.at(x, y, z, inputs["time_s"]).tolist()
    if inputs["threshold_kg_m3"] is not None:
        arrives, passes = cloud.passage_s(x, inputs["threshold_kg_m3"])
        found["arrival_s"], found["passed_s"] = _known(arrives), _known(passes)
    exponent = inputs["toxic_exponent"]
    if exponent is not None:
        load = _loads(cloud, x, y, z, exponent) * 1e6**exponent / 60.0
        found["toxic_load_mg_m3_min"] = load.tolist()
    return found, _history(cloud, x[:1], y[:1], z[:1], found["peak_kg_m3"][0])


def _loads(cloud: Passing, x: Array, y: Array, z: Array, exponent: float) -> Array:
    """Return the loads of many places, some at a time: each takes hundreds of moments."""
    parts = [
        cloud.toxic_load(
            x[i : i + AT_ONCE], y[i : i + AT_ONCE], z[i : i + AT_ONCE], exponent=exponent
        )
        for i in range(0, x.size, AT_ONCE)
    ]
    return np.concatenate(parts)


def _known(times: Array) -> list[float | None]:
    return [float(each) if math.isfinite(each) else None for each in times]


def _history(cloud: Passing, x: Array, y: Array, z: Array, peak: float) -> dict[str, Any]:
    """Return the concentration at a place over time, while it is over a hundredth of its peak."""
    axis = float(cloud.peak(x, np.zeros_like(x), z)[0])
    ground = float(cloud.peak(x, np.zeros_like(x))[0])
    if min(peak, axis, ground) <= 0.0:
        return {}
    begins, ends = cloud.passage_s(x, ground * HISTORY_SHARE)
    if not (math.isfinite(begins[0]) and math.isfinite(ends[0])):
        return {}
    times = np.linspace(begins[0], ends[0], HISTORY_POINTS)
    values = [float(cloud.at(x, y, z, float(time))[0]) for time in times]
    return {"history": {"time_s": times.tolist(), "concentration_kg_m3": values}}


def footprint(cloud: Cloud, threshold: float | None) -> tuple[dict[str, Any], tuple[Warning_, ...]]:
    """Return reach, greatest half width and area of a threshold's ground line, and what is amiss.

    Empty without a threshold.
    """
    if threshold is None:
        return {}, ()
    line = isopleth(cloud, threshold)
    values = {
        "reach_m": line.reach_m,
        "half_width_m": float(line.half_width_m.max(initial=0.0)),
        "area_m2": line.area_m2,
    }
    if line.cut:
        return values, (warning("hazard.beyond_range", limit_m=cloud.x_max_m),)
    if 0.0 < line.reach_m < cloud.x_min_m:
        return values, (warning("hazard.below_range", limit_m=cloud.x_min_m),)
    return values, ()


def outside(cloud: Cloud, x_m: Array) -> tuple[Warning_, ...]:
    """Return a warning where a distance lies outside the range of the cloud's set."""
    if not bool(((x_m < cloud.x_min_m) | (x_m > cloud.x_max_m)).any()):
        return ()
    bounds = f"{cloud.x_min_m:g}-{cloud.x_max_m:g} m"
    return (warning("hazard.receptor_outside_range", wanted=bounds),)


def above_lid(inputs: Mapping[str, Any]) -> tuple[Warning_, ...]:
    """Return a warning where the source lies above the lid: nothing of it reaches the ground."""
    lid = inputs["mixing_height_m"]
    if lid is None or inputs["height_m"] <= lid:
        return ()
    return (warning("hazard.above_mixing_layer", height_m=inputs["height_m"], limit_m=lid),)


def refuse_class(letter: str, known: Collection[str]) -> None:
    """Raise InvalidInputError for a half class (B-C) that a set does not table."""
    if letter in known:
        return
    wanted = ", ".join(known)
    raise InvalidInputError(
        f"stability: got {letter}, wanted one of {wanted}",
        field="stability",
        got=letter,
        wanted=wanted,
    )


def refuse_wind(wind_m_s: float, least: float, most: float) -> None:
    """Raise OutOfRangeError for a wind that a coefficient set is not for."""
    if least <= wind_m_s <= most:
        return
    wanted = f"{least:g} .. {most:g} m/s"
    raise OutOfRangeError(
        f"wind_speed_m_s: got {wind_m_s:g}, wanted {wanted}",
        field="wind_speed_m_s",
        got=float(wind_m_s),
        wanted=wanted,
    )


def warning(code: str, **params: Any) -> Warning_:
    """Return a warning as it travels."""
    return {"code": code, "params": params}

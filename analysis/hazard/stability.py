"""Atmospheric stability (大气稳定度): Pasquill's class from wind, sun and cloud."""

from __future__ import annotations

from typing import Any

from analysis.hazard.model import CoefficientSet, Input, Model, Outcome, Receptors, Step
from analysis.hazard.physics.air import moment
from analysis.hazard.physics.air.stability import (
    Sky,
    gbt3840_class,
    net_radiation_index,
    net_radiation_indices,
    one_class,
    pasquill_printed,
    radiation_level,
    radiation_levels,
    turner_class,
)
from analysis.hazard.physics.air.sun import gbt3840_elevation_deg, insolation_w_m2
from layers.errors import OutOfRangeError

__all__ = ["MODEL", "pasquill", "run"]


def pasquill(
    *, wind_speed_m_s: float, elevation_deg: float, cloud_tenths: float, stable_side: bool = True
) -> str:
    """Return the class "A" to "F" by Pasquill's table.

    Parameters
    ----------
    wind_speed_m_s
        At 10 m.
    elevation_deg
        Of the sun; below `SUNRISE_ELEVATION_DEG` is night.
    stable_side
        Where the table gives two classes (A-B), take the more stable one: longer zones.
    """
    sky = Sky(wind_speed_m_s=wind_speed_m_s, elevation_deg=elevation_deg, cloud_tenths=cloud_tenths)
    return one_class(pasquill_printed(sky), stable_side=stable_side)


def _formula(inputs: dict[str, Any], chosen: CoefficientSet, receptors: Receptors) -> Outcome:
    scheme = chosen.values["scheme"]
    sky, steps = _sky(inputs, scheme)
    printed, reckoned = _by_scheme(sky, scheme)
    letter = one_class(printed, stable_side=bool(chosen.values["stable_side"]))
    unknown = _unknown(sky, scheme)
    warnings: tuple[dict[str, Any], ...] = ()
    if unknown is not None:
        params = {"field": {"code": f"model.input.{unknown}", "params": {}}}
        warnings = ({"code": "hazard.more_stable_taken", "params": params},)
    table = chosen.values["table"]
    return Outcome(
        values={"stability": letter, "stability_printed": printed, "night": sky.is_night},
        steps=(
            *steps,
            reckoned,
            Step(name="stability_printed", equation=table, value=printed, unit="class"),
        ),
        warnings=warnings,
    )


def _sky(inputs: dict[str, Any], scheme: str) -> tuple[Sky, tuple[Step, ...]]:
    """Return what the scheme looks at, with the sun as given or found from place and time."""
    low, total = inputs["low_cloud_tenths"], inputs["cloud_tenths"]
    if low is not None and low > total:
        raise OutOfRangeError(
            f"low_cloud_tenths: got {low:g}, wanted 0 .. {total:g} tenths (the whole cloud)",
            field="low_cloud_tenths",
            got=low,
            wanted=f"0 .. {total:g} tenths",
        )
    elevation, night = inputs["elevation_deg"], None
    words = "h as given"
    if elevation is None:
        when = moment.read(inputs)
        elevation = when.elevation_deg()
        words = "h by the almanac from place and time"
        if scheme == "gbt3840":
            elevation = gbt3840_elevation_deg(inputs["lon"], inputs["lat"], when.at)
            words = "h = asin(sin φ sin δ + cos φ cos δ cos(15 t + λ − 300))"
        if scheme == "turner":
            night = when.is_night_by_turner()
    sky = Sky(
        wind_speed_m_s=inputs["wind_speed_m_s"],
        elevation_deg=elevation,
        cloud_tenths=total,
        low_cloud_tenths=low,
        ceiling_m=inputs["ceiling_m"],
        night=night,
    )
    return sky, (Step(name="elevation_deg", equation=words, value=elevation, unit="deg"),)


def _unknown(sky: Sky, scheme: str) -> str | None:
    """Return the input that would have changed the class, had it been known."""
    wind = sky.wind_speed_m_s
    if scheme == "gbt3840":
        open_ = {gbt3840_class(wind, level) for level in radiation_levels(sky)}
        return "low_cloud_tenths" if len(open_) > 1 else None
    if scheme == "turner":
        open_ = {turner_class(wind, index) for index in net_radiation_indices(sky)}
        return "ceiling_m" if len(open_) > 1 else None
    return None


def _by_scheme(sky: Sky, scheme: str) -> tuple[str, Step]:
    """Return the class as printed and the number that the table was entered with."""
    if scheme == "gbt3840":
        level = radiation_level(sky)
        step = Step(name="radiation_level", equation="table B1", value=float(level), unit="1")
        return gbt3840_class(sky.wind_speed_m_s, level), step
    if scheme == "turner":
        index = net_radiation_index(sky)
        step = Step(
            name="net_radiation_index", equation="tables 6-5, 6-6", value=float(index), unit="1"
        )
        return turner_class(sky.wind_speed_m_s, index), step
    step = Step(
        name="insolation_w_m2",
        equation="I = 1111 (1 − 0.0071 c²) (sin h − 0.1), not under 0",
        value=insolation_w_m2(sky.elevation_deg, sky.cloud_tenths),
        unit="W/m2",
    )
    return pasquill_printed(sky), step


def _set(name: str, scheme: str, table: str, source: str, *, stable_side: bool) -> CoefficientSet:
    side = "the more stable" if stable_side else "the less stable"
    return CoefficientSet(
        name=name,
        values={"scheme": scheme, "table": table, "stable_side": stable_side},
        source=f"{source}; of two classes {side}",
        certainty="sourced",
    )


_ALOHA = (
    "Pasquill 1961 table as in ALOHA (NOAA TM NOS OR&R 43), insolation 851, 520, 176 W/m², "
    "read in pyELDQM stability.py"
)
_GB = "GB/T 3840-91 (tables B1 and B2 of HJ/T 2.2-93), read in Artoko/myrisk tools.vb"
_EPA = (
    "Turner 1964, EPA-454/R-99-005 tables 6-4 to 6-6, read at webmet.com/met_monitoring/641; "
    "class 7 counts as F"
)
MODEL = Model(
    name="stability",
    version="2",
    group="air",
    inputs=(
        Input(
            name="wind_speed_m_s",
            unit="m/s",
            symbol="u10",
            minimum=0.0,
            maximum=80.0,
            typical=(0.0, 30.0),
        ),
        Input(name="cloud_tenths", unit="tenths", symbol="c", minimum=0.0, maximum=10.0),
        Input(name="low_cloud_tenths", unit="tenths", minimum=0.0, maximum=10.0, required=False),
        Input(name="ceiling_m", unit="m", minimum=0.0, maximum=20_000.0, required=False),
        Input(
            name="elevation_deg",
            unit="deg",
            symbol="h",
            minimum=-90.0,
            maximum=90.0,
            required=False,
        ),
        *moment.INPUTS,
    ),
    formula=_formula,
    coefficient_sets=(
        _set("pasquill", "pasquill", "Pasquill's table", _ALOHA, stable_side=True),
        _set("pasquill_unstable", "pasquill", "Pasquill's table", _ALOHA, stable_side=False),
        _set("gbt3840", "gbt3840", "table B2", _GB, stable_side=True),
        _set("gbt3840_unstable", "gbt3840", "table B2", _GB, stable_side=False),
        _set("turner", "turner", "table 6-4", _EPA, stable_side=True),
    ),
    sources=("ALOHA technical documentation: insolation and stability",),
    validity=("flat_ground", "open_land"),
)
run = MODEL.run

"""The sun over a place (太阳高度角): elevation, declination, equation of time, day, insolation."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from analysis.hazard.model import CoefficientSet, Input, Model, Outcome, Receptors, Step
from analysis.hazard.physics.air import moment
from analysis.hazard.physics.air.sun import (
    SOURCE,
    SUNRISE_ELEVATION_DEG,
    gbt3840_sun_at,
    half_day_h,
    insolation_w_m2,
    spencer_sun_at,
    sun_at,
)

_SERIES = {"almanac": sun_at, "spencer": spencer_sun_at, "gbt3840": gbt3840_sun_at}
_HOUR_ANGLE = {
    "almanac": "ω = sidereal time + λ − right ascension",
    "spencer": "ω = (60 t + E + 4 λ)/4 − 180, E the equation of time, t UTC",
    "gbt3840": "ω = 15 t + λ − 300, t Beijing time",
}


def _formula(inputs: dict[str, Any], chosen: CoefficientSet, receptors: Receptors) -> Outcome:
    when = moment.read(inputs)
    sun = _SERIES[chosen.name](when.lon, when.lat, when.at)
    insolation = insolation_w_m2(sun.elevation_deg, inputs["cloud_tenths"])
    half = half_day_h(when.lat, sun.declination_deg)
    noon = (12.0 - when.lon / 15.0 - sun.equation_of_time_min / 60.0) % 24.0
    polar = {0.0: "polar_night", 12.0: "polar_day"}.get(half, "none")
    crosses = polar == "none"
    return Outcome(
        values={
            "elevation_deg": sun.elevation_deg,
            "azimuth_deg": sun.azimuth_deg,
            "declination_deg": sun.declination_deg,
            "equation_of_time_min": sun.equation_of_time_min,
            "day": sun.elevation_deg > SUNRISE_ELEVATION_DEG,
            "insolation_w_m2": insolation,
            "noon_utc_hour": noon,
            "sunrise_utc_hour": (noon - half) % 24.0 if crosses else None,
            "sunset_utc_hour": (noon + half) % 24.0 if crosses else None,
            "day_length_h": 2.0 * half,
            "polar": polar,
        },
        steps=(
            Step(
                name="declination_deg",
                equation=f"δ by the series of {chosen.name}",
                value=sun.declination_deg,
                unit="deg",
            ),
            Step(
                name="equation_of_time_min",
                equation="E = true − mean solar time",
                value=sun.equation_of_time_min,
                unit="min",
            ),
            Step(
                name="elevation_deg",
                equation=f"h = asin(sin φ sin δ + cos φ cos δ cos ω), {_HOUR_ANGLE[chosen.name]}",
                value=sun.elevation_deg,
                unit="deg",
            ),
            Step(
                name="insolation_w_m2",
                equation="I = 1111 (1 − 0.0071 c²) (sin h − 0.1), not under 0",
                value=insolation,
                unit="W/m2",
            ),
        ),
    )


MODEL = Model(
    name="solar_position",
    version="1",
    group="air",
    inputs=(
        *(replace(each, required=True) for each in moment.INPUTS),
        Input(
            name="cloud_tenths", unit="tenths", symbol="c", minimum=0.0, maximum=10.0, default=0.0
        ),
    ),
    formula=_formula,
    coefficient_sets=(
        CoefficientSet(
            name="almanac", values={"accuracy_deg": 0.01}, source=SOURCE, certainty="sourced"
        ),
        CoefficientSet(
            name="spencer",
            values={"accuracy_deg": 0.5},
            source="Spencer 1971 as in NOAA's General Solar Position Calculations",
            certainty="sourced",
        ),
        CoefficientSet(
            name="gbt3840",
            values={"accuracy_deg": 4.0},
            source="GB/T 3840-91, no equation of time, read in Artoko/myrisk tools.vb "
            "and at 360docs.net/doc/5516883465",
            certainty="sourced",
        ),
    ),
    sources=("ALOHA technical documentation: insolation at the ground",),
)
run = MODEL.run

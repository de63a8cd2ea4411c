"""Atmospheric stability (大气稳定度): Pasquill's class from wind, sun and cloud."""

from __future__ import annotations

from typing import Any

from analysis.hazard.model import CoefficientSet, Input, Model, Outcome, Receptors
from analysis.hazard.physics.sun import SUNRISE_ELEVATION_DEG, insolation_w_m2

WIND_BOUNDS_M_S = (2.0, 3.0, 5.0, 6.0)
OVERCAST_TENTHS = 9.5  # heavy overcast: neutral by day and by night
# Rows by wind under 2, 2-3, 3-5, 5-6, 6 and over; columns strong, moderate, slight sun.
_DAY = (("A", "B", "B"), ("B", "B", "C"), ("B", "C", "C"), ("C", "D", "D"), ("C", "D", "D"))
_DAY_UNSTABLE = (
    ("A", "A", "B"),
    ("A", "B", "C"),
    ("B", "B", "C"),
    ("C", "C", "D"),
    ("C", "D", "D"),
)
_NIGHT_CLOUDY = ("E", "E", "D", "D", "D")
_NIGHT_CLEAR = ("F", "F", "E", "D", "D")
_SUN_BOUNDS_W_M2 = (851.0, 520.0, 176.0)


def pasquill(
    *, wind_speed_m_s: float, elevation_deg: float, cloud_tenths: float, stable_side: bool = True
) -> str:
    """Return the class "A" to "F".

    Parameters
    ----------
    wind_speed_m_s
        At 10 m.
    elevation_deg
        Of the sun; below `SUNRISE_ELEVATION_DEG` is night.
    stable_side
        Where the table gives two classes (A-B), take the more stable one: longer zones.
    """
    row = sum(wind_speed_m_s >= bound for bound in WIND_BOUNDS_M_S)
    if cloud_tenths >= OVERCAST_TENTHS:
        return "D"
    if elevation_deg <= SUNRISE_ELEVATION_DEG:
        return (_NIGHT_CLOUDY if cloud_tenths > 5.0 else _NIGHT_CLEAR)[row]
    sun = insolation_w_m2(elevation_deg, cloud_tenths)
    for column, bound in enumerate(_SUN_BOUNDS_W_M2):
        if sun > bound:
            return (_DAY if stable_side else _DAY_UNSTABLE)[row][column]
    return "D"


def _formula(inputs: dict[str, Any], chosen: CoefficientSet, receptors: Receptors) -> Outcome:
    letter = pasquill(**inputs, stable_side=bool(chosen.values["stable_side"]))
    sun = insolation_w_m2(inputs["elevation_deg"], inputs["cloud_tenths"])
    return Outcome(values={"stability": letter}, intermediates={"insolation_w_m2": sun})


MODEL = Model(
    name="stability",
    version="1",
    group="air",
    inputs=(
        Input(name="wind_speed_m_s", unit="m/s", minimum=0.0, maximum=80.0),
        Input(name="elevation_deg", unit="deg", minimum=-90.0, maximum=90.0),
        Input(name="cloud_tenths", unit="tenths", minimum=0.0, maximum=10.0),
    ),
    formula=_formula,
    coefficient_sets=(
        CoefficientSet(
            name="pasquill_stable",
            values={"stable_side": True},
            source="Pasquill table as in ALOHA; of two classes the more stable",
            certainty="sourced",
        ),
        CoefficientSet(
            name="pasquill_unstable",
            values={"stable_side": False},
            source="Pasquill table as in ALOHA; of two classes the less stable",
            certainty="sourced",
        ),
    ),
    sources=("ALOHA technical documentation: insolation and stability",),
)
run = MODEL.run

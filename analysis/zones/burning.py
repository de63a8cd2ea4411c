"""What burns in a forest fire and what drives it: each input given, mapped or assumed, and said."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analysis.ground import Ground
from analysis.hazard import fuel_moisture, rothermel, wang_zhengfei
from analysis.hazard.physics.spread.fire_grid import burnable, rothermel_pace, wang_pace
from analysis.hazard.physics.spread.fuel_bed import Moisture
from analysis.hazard.physics.spread.fuel_models import BY_NUMBER, FUEL_MODELS
from analysis.hazard.physics.spread.pace import Pace
from analysis.hazard.physics.spread.surface_fire import moisture_of
from analysis.hazard.physics.spread.terrain import steepness
from analysis.scenario import Message, Scenario
from analysis.zones.ledger import Ledger
from layers.errors import InvalidInputError

Floats = NDArray[np.float64]

DEFAULT_FUEL = "2"
DEFAULT_MOISTURE_PCT = 6.0
DEFAULT_WIND_M_S = 5.0
DEFAULT_TEMPERATURE_C = 25.0
DEFAULT_HUMIDITY_PCT = 30.0


class Burning:
    """What a fire burns and is driven by, each input recorded as given or assumed."""

    def __init__(self, scenario: Scenario, ledger: Ledger) -> None:
        self.ledger, self.release, weather = ledger, scenario.release, scenario.weather
        self.model = scenario.choices.spread_model or "rothermel"
        self.wind_m_s: float = ledger.take(
            "weather.wind_speed_m_s", weather.wind_speed_m_s, default=DEFAULT_WIND_M_S,
            unit="m/s", source=None, reason=Message(code="hazard.why_fire_wind"),
        )  # fmt: skip
        ledger.weather("wind_from_deg", unit="deg")
        self.directed = weather.wind_from_deg is not None or self.wind_m_s == 0.0
        self.from_deg = weather.wind_from_deg or 0.0
        self.temperature_c, self.humidity_pct = weather.temperature_c, weather.humidity_pct
        self.still_m_min, self.fuel_factor = 0.0, 1.0

    def at_the_place(self, ground: Ground) -> float:
        """Return the rate at the place, m/min, of the model run that is recorded."""
        slope, upslope = steepness(ground.elevation_m, ground.cell_size_m)
        rise, toward = float(slope[ground.middle]), float(upslope[ground.middle])
        if self.model == "wang_zhengfei":
            return self._wang(rise, toward)
        number = None if ground.fuel_number is None else ground.fuel_number[ground.middle]
        if not self.directed:  # then the worst: straight up the slope
            self.from_deg = (math.degrees(toward) + 180.0) % 360.0
        inputs = {
            **self._rothermel_inputs(self._fuel_at(number)),
            "slope_deg": min(60.0, math.degrees(math.atan(rise))),
            "aspect_deg": (math.degrees(toward) + 180.0) % 360.0,
        }
        return float(self.ledger.run(rothermel.MODEL, inputs)["spread_rate_m_min"])

    def pace(self, ground: Ground) -> Pace:
        """Return the pace over the ground; unknown fuel is as at the place."""
        fuel = self._fuel_map(ground)
        if self.model == "wang_zhengfei":
            return wang_pace(
                ground.elevation_m, cell_size_m=ground.cell_size_m, still_m_min=self.still_m_min,
                fuel_factor=self.fuel_factor, wind_speed_m_s=self.wind_m_s,
                wind_from_deg=self.from_deg, burns=burnable(fuel),
            )  # fmt: skip
        wind = rothermel.MODEL.read(self._rothermel_inputs(DEFAULT_FUEL))
        return rothermel_pace(
            ground.elevation_m, cell_size_m=ground.cell_size_m, fuel_number=fuel,
            moisture=self._moisture(), wind=wind,
        )  # fmt: skip

    def _fuel_map(self, ground: Ground) -> Floats:
        given = self.release.fuel_model or DEFAULT_FUEL
        own = float(FUEL_MODELS[given].number)
        if ground.fuel_number is None or self.release.fuel_model is not None:
            return np.full(ground.elevation_m.shape, own)
        return np.where(np.isnan(ground.fuel_number), own, ground.fuel_number)

    def _fuel_at(self, number: float | None) -> str:
        """Return the code of the fuel at the place: reported, else mapped, else assumed."""
        if self.release.fuel_model is None and number is not None and not np.isnan(number):
            if number not in BY_NUMBER:
                raise InvalidInputError(
                    f"by the fuel map nothing burns here ({number:g})", code="nothing_burns",
                    field="release.fuel_model", got=f"{number:g}",
                )  # fmt: skip
            code = BY_NUMBER[int(number)].code
            self.ledger.note("release.fuel_model", code, unit=None, tag="measured", source=None)
            return code
        return str(
            self.ledger.take(
                "release.fuel_model",
                self.release.fuel_model,
                default=DEFAULT_FUEL,
                unit=None,
                source="Anderson 1982",
                reason=Message(code="hazard.why_fuel"),
            )
        )

    def _rothermel_inputs(self, fuel: str) -> dict[str, Any]:
        return {
            "fuel_model": fuel,
            "moisture_1h_pct": self._fine_moisture_pct(),
            "wind_speed_10m_m_s": min(60.0, self.wind_m_s),
            "wind_from_deg": self.from_deg,
            "wind_limit": "andrews_2013",
        }

    def _moisture(self) -> Moisture:
        return moisture_of(rothermel.MODEL.read(self._rothermel_inputs(DEFAULT_FUEL)))

    def _fine_moisture_pct(self) -> float:
        given = self.release.fuel_moisture_pct
        if given is not None:
            self.ledger.note("release.fuel_moisture_pct", given, unit="%", tag="reported",
                             source=None)  # fmt: skip
            return given
        if self.temperature_c is None or self.humidity_pct is None:
            self.ledger.note(
                "release.fuel_moisture_pct", DEFAULT_MOISTURE_PCT, unit="%", tag="assumed",
                source=None, reason=Message(code="hazard.why_dry_fuel"),
            )  # fmt: skip
            return DEFAULT_MOISTURE_PCT
        air = {"temperature_c": max(-10.0, self.temperature_c),
               "humidity_pct": max(1.0, self.humidity_pct)}  # fmt: skip
        value = float(fuel_moisture.run(air)["values"]["moisture_1h_pct"])
        if not any(e["field"] == "release.fuel_moisture_pct" for e in self.ledger.entries):
            self.ledger.run(fuel_moisture.MODEL, air)
        self.ledger.note(
            "release.fuel_moisture_pct", round(value, 1), unit="%", tag="assumed",
            source="Simard 1968 [mem 95%]", reason=Message(code="hazard.why_fuel_moisture"),
        )  # fmt: skip
        return value

    def _wang(self, rise: float, upslope_rad: float) -> float:
        why = Message(code="hazard.why_fire_weather")
        temperature = self.ledger.take(
            "weather.temperature_c", self.temperature_c, default=DEFAULT_TEMPERATURE_C,
            unit="degC", source=None, reason=why,
        )  # fmt: skip
        humidity = self.ledger.take(
            "weather.humidity_pct", self.humidity_pct, default=DEFAULT_HUMIDITY_PCT,
            unit="%", source=None, reason=why,
        )  # fmt: skip
        factor = self.ledger.take(
            "release.fuel_factor", self.release.fuel_factor, default=1.0, unit="1",
            source="Wang Zhengfei", reason=Message(code="hazard.why_fuel_factor"),
        )  # fmt: skip
        # Along the wind; where nobody knows it, straight up the slope.
        turned = math.radians(self.from_deg + 180.0) - upslope_rad if self.directed else 0.0
        slope_deg = math.degrees(math.atan(rise * math.cos(turned)))
        values = self.ledger.run(
            wang_zhengfei.MODEL,
            {
                "temperature_c": temperature,
                "humidity_pct": humidity,
                "wind_speed_m_s": min(40.0, self.wind_m_s),
                "fuel_factor": factor,
                "slope_deg": max(-60.0, min(60.0, slope_deg)),
            },
        )
        self.still_m_min, self.fuel_factor = values["still_rate_m_min"], values["fuel_factor"]
        return float(values["spread_rate_m_min"])

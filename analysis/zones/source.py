"""From what a report says of a leak to a source: how much goes into the air, how fast, how heavy.

What the report leaves out is assumed by the rules below, and every assumption is recorded.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any, Literal

from analysis.hazard import gas_release, liquid_release, pool_evaporation
from analysis.hazard.gas_release import ATMOSPHERE_PA, R_GAS
from analysis.hazard.two_phase_release import airborne_fraction, flash_fraction
from analysis.scenario import Scenario
from analysis.zones.ledger import Ledger
from layers.substances import Constant, Substance

LEAK_DIAMETER_M = {"small": 0.005, "medium": 0.025, "large": 0.100}
WORST_CASE_S = 600.0  # EPA 40 CFR 68.25: the whole quantity in 10 minutes
COMPRESSED_OVER_PA = 6.0e6  # a saturation pressure above this means: kept as compressed gas
ASSUMED_GAS_PRESSURE_PA = 1.0e6
ASSUMED_HEAD_M = {"liquefied": 2.0, "liquid": 5.0}
POOL_DEPTH_M = 0.01  # EPA RMP: an undiked pool spreads to 1 cm
MAX_EVAPORATION_PA = 0.9 * ATMOSPHERE_PA
AIR_MOLAR_MASS = 0.02896
OURS = "assumption of this program"

Phase = Literal["gas", "liquefied", "liquid"]


@dataclass(frozen=True, kw_only=True)
class Source:
    """What enters the air: kg/s over a time (None: goes on), with the density of the young cloud.

    `outflow_kg_s` is what leaves the vessel, which for a liquid is more than what evaporates.
    """

    rate_kg_s: float
    outflow_kg_s: float
    duration_s: float | None
    phase: Phase
    cloud_density_kg_m3: float
    air_density_kg_m3: float

    @property
    def dense(self) -> bool:
        """Say whether the young cloud is heavier than air."""
        return self.cloud_density_kg_m3 > self.air_density_kg_m3


def quantities_given(scenario: Scenario) -> bool:
    """Say whether the report holds anything that a source can be computed from."""
    r = scenario.release
    if r.leak == "rupture":
        return any(v is not None for v in (r.mass_kg, r.inventory_kg, r.rate_kg_s))
    return any(v is not None for v in (r.leak, r.mass_kg, r.rate_kg_s, r.hole_diameter_m))


def find(scenario: Scenario, substance: Substance, ledger: Ledger) -> Source:
    """Return the source of a release.

    Raises
    ------
    InvalidInputError
        `code="constant_unknown"`: the tables lack a constant that the source needs.
    """
    scenario = _with_rupture_mass(scenario, ledger)
    stored_k = _storage_temperature(scenario, substance, ledger)
    phase = _phase(scenario, substance, stored_k, ledger)
    outflow, duration = _outflow(scenario, substance, stored_k, phase, ledger)
    rate = outflow
    if phase == "liquid":
        rate = min(outflow, _evaporation(scenario, substance, outflow, duration, ledger))
    elif phase == "liquefied":
        ledger.note(
            "airborne_share",
            1.0,
            unit="1",
            tag="assumed",
            source="40 CFR 68.25(c): a gas liquefied by pressure goes into the air whole",
        )
    ambient_k = ambient_temperature_k(scenario, ledger)
    ledger.note("release_to_air_kg_s", rate, unit="kg/s", tag="assumed", source="source term")
    return Source(
        rate_kg_s=rate,
        outflow_kg_s=outflow,
        duration_s=duration,
        phase=phase,
        cloud_density_kg_m3=_cloud_density(substance, phase, stored_k),
        air_density_kg_m3=ATMOSPHERE_PA * AIR_MOLAR_MASS / (R_GAS * ambient_k),
    )


def ambient_temperature_k(scenario: Scenario, ledger: Ledger) -> float:
    """Return the air's temperature; unknown is 25 °C (HJ 169-2018)."""
    celsius = ledger.take(
        "weather.temperature_c",
        scenario.weather.temperature_c,
        default=25.0,
        unit="degC",
        source="HJ 169-2018, unfavourable weather: 25 degC [mem 95%]",
    )
    return float(celsius) + 273.15


def vapour_pressure_pa(substance: Substance, temperature_k: float) -> float:
    """Return the vapour pressure: Antoine, else Clausius-Clapeyron from the boiling point."""
    if "antoine_a" in substance.constants:
        a, b, c = (substance.constant(f"antoine_{n}").value for n in "abc")
        return float(10.0 ** (a - b / max(temperature_k + c, 1.0)))
    boiling = substance.constant("boiling_point").value
    latent = substance.constant("heat_of_vaporisation").value
    latent *= substance.constant("molar_mass").value
    return ATMOSPHERE_PA * math.exp(latent / R_GAS * (1.0 / boiling - 1.0 / temperature_k))


def _with_rupture_mass(scenario: Scenario, ledger: Ledger) -> Scenario:
    """Return the scenario with the mass bounded by the inventory; a rupture releases it all."""
    release = scenario.release
    mass, held = release.mass_kg, release.inventory_kg
    if held is not None:
        ledger.note("release.inventory_kg", held, unit="kg", tag="reported", source=None)
        if mass is None and release.leak == "rupture":
            mass = held
        elif mass is not None and mass > held:
            ledger.warn("hazard.mass_over_inventory", mass_kg=mass, inventory_kg=held)
    if mass is not None:
        ledger.note("release.mass_kg", mass, unit="kg", tag="reported", source=None)
    return replace(scenario, release=replace(release, mass_kg=mass))


def _storage_temperature(scenario: Scenario, substance: Substance, ledger: Ledger) -> float:
    given = scenario.release.temperature_k
    cold = substance.constants.get("storage_temperature")
    default = cold.value if cold else ambient_temperature_k(scenario, ledger)
    reason = cold.source if cold else f"{OURS}: kept at ambient temperature"
    taken = ledger.take("release.temperature_k", given, default=default, unit="K", source=reason)
    return float(taken)


def _phase(scenario: Scenario, substance: Substance, stored_k: float, ledger: Ledger) -> Phase:
    boiling = _constant(substance, "boiling_point", ledger).value
    if boiling > stored_k + 0.5:
        phase: Phase = "liquid"
    else:
        saturation = vapour_pressure_pa(substance, stored_k)
        pressure = scenario.release.pressure_pa
        below = pressure is not None and pressure < 0.9 * min(saturation, 1e7)
        phase = "gas" if below or saturation > COMPRESSED_OVER_PA else "liquefied"
    source = f"{OURS}: boiling point {boiling:.1f} K, kept at {stored_k:.1f} K"
    ledger.note("release.phase", phase, unit=None, tag="assumed", source=source)
    return phase


def _outflow(
    scenario: Scenario, substance: Substance, stored_k: float, phase: Phase, ledger: Ledger
) -> tuple[float, float | None]:
    """Return what leaves the vessel, kg/s, and for how long (None: goes on)."""
    r = scenario.release
    if r.rate_kg_s is not None:
        ledger.note("release.rate_kg_s", r.rate_kg_s, unit="kg/s", tag="reported", source=None)
        rate = r.rate_kg_s
    elif r.mass_kg is not None and r.hole_diameter_m is None and r.leak in (None, "rupture"):
        duration = ledger.take(
            "release.duration_s",
            r.duration_s,
            default=WORST_CASE_S,
            unit="s",
            source="40 CFR 68.25: the whole quantity in 10 min",
        )
        return r.mass_kg / duration, float(duration)
    else:
        rate = _through_hole(scenario, substance, stored_k, phase, ledger)
    held = r.mass_kg if r.mass_kg is not None else r.inventory_kg
    emptied = held / rate if held is not None and rate > 0 else None
    known = [t for t in (r.duration_s, emptied) if t is not None]
    if r.duration_s is not None:
        ledger.note("release.duration_s", r.duration_s, unit="s", tag="reported", source=None)
    return rate, min(known) if known else None


def _through_hole(
    scenario: Scenario, substance: Substance, stored_k: float, phase: Phase, ledger: Ledger
) -> float:
    r = scenario.release
    leak = r.leak if r.leak in LEAK_DIAMETER_M else "large"
    hole = ledger.take(
        "release.hole_diameter_m",
        r.hole_diameter_m,
        default=LEAK_DIAMETER_M[leak or "large"],
        unit="m",
        source=f"leak reported as {leak}: small 5, medium 25, large 100 mm",
    )
    if phase == "gas":
        return _gas_flow(scenario, substance, stored_k, hole, ledger)
    saturation = ATMOSPHERE_PA
    if phase == "liquefied":
        saturation = max(vapour_pressure_pa(substance, stored_k), ATMOSPHERE_PA)
    pressure = ledger.take(
        "release.pressure_pa",
        r.pressure_pa,
        default=saturation,
        unit="Pa",
        source=f"{OURS}: saturation pressure at storage temperature, else atmospheric",
    )
    head = ledger.take(
        "release.level_m",
        r.level_m,
        default=ASSUMED_HEAD_M[phase],
        unit="m",
        source=f"{OURS}: liquid above the hole",
    )
    inputs = {
        "hole_diameter_m": hole,
        "pressure_pa": pressure,
        "density_kg_m3": _constant(substance, "liquid_density", ledger).value,
        "head_m": head,
    }
    return float(ledger.run(liquid_release.MODEL, inputs)["rate_kg_s"])


def _gas_flow(
    scenario: Scenario, substance: Substance, stored_k: float, hole: float, ledger: Ledger
) -> float:
    pressure = ledger.take(
        "release.pressure_pa",
        scenario.release.pressure_pa,
        default=ASSUMED_GAS_PRESSURE_PA,
        unit="Pa",
        source=f"{OURS}: compressed gas at 1 MPa absolute",
    )
    inputs = {
        "hole_diameter_m": hole,
        "pressure_pa": pressure,
        "temperature_k": stored_k,
        "molar_mass_kg_mol": _constant(substance, "molar_mass", ledger).value,
        "gamma": _constant(substance, "gamma", ledger).value,
    }
    return float(ledger.run(gas_release.MODEL, inputs)["rate_kg_s"])


def _evaporation(
    scenario: Scenario,
    substance: Substance,
    outflow_kg_s: float,
    duration_s: float | None,
    ledger: Ledger,
) -> float:
    """Return what evaporates from the pool of a liquid below its boiling point, kg/s."""
    ambient_k = ambient_temperature_k(scenario, ledger)
    pressure = min(vapour_pressure_pa(substance, ambient_k), MAX_EVAPORATION_PA)
    inputs = {
        "wind_speed_m_s": max(scenario.weather.wind_speed_m_s or 1.5, 0.5),
        "pool_radius_m": pool_diameter_m(scenario, substance, outflow_kg_s, duration_s, ledger) / 2,
        "vapour_pressure_pa": pressure,
        "molar_mass_kg_mol": _constant(substance, "molar_mass", ledger).value,
        "temperature_k": ambient_k,
    }
    return float(ledger.run(pool_evaporation.MODEL, inputs)["rate_kg_s"])


def pool_diameter_m(
    scenario: Scenario,
    substance: Substance,
    outflow_kg_s: float,
    duration_s: float | None,
    ledger: Ledger,
) -> float:
    """Return the pool's diameter: given, else what 10 min of outflow cover 1 cm deep."""
    spilled_kg = outflow_kg_s * min(duration_s or WORST_CASE_S, WORST_CASE_S)
    volume = spilled_kg / _constant(substance, "liquid_density", ledger).value
    spread = min(2.0 * math.sqrt(volume / POOL_DEPTH_M / math.pi), 1000.0)
    taken = ledger.take(
        "release.pool_diameter_m",
        scenario.release.pool_diameter_m,
        default=max(spread, 0.1),
        unit="m",
        source="EPA RMP: undiked pool 1 cm deep, 10 min of outflow [mem 90%]",
    )
    return float(taken)


def _cloud_density(substance: Substance, phase: Phase, stored_k: float) -> float:
    """Return the density of the young cloud, kg/m³: vapour, with its spray where it flashes."""
    molar_mass = substance.constant("molar_mass").value
    if phase != "liquefied":
        return ATMOSPHERE_PA * molar_mass / (R_GAS * stored_k)
    boiling = substance.constant("boiling_point").value
    vapour = ATMOSPHERE_PA * molar_mass / (R_GAS * boiling)
    flashed = flash_fraction(
        heat_capacity=substance.constant("liquid_heat_capacity").value,
        temperature_k=stored_k,
        boiling_point_k=boiling,
        latent_heat=substance.constant("heat_of_vaporisation").value,
    )
    share = flashed / airborne_fraction(flashed) if flashed > 0 else 1.0
    return 1.0 / (share / vapour + (1.0 - share) / substance.constant("liquid_density").value)


def _constant(substance: Substance, name: str, ledger: Ledger) -> Constant:
    """Return a constant and record it with its source and certainty."""
    constant = substance.constant(name)
    source = f"{constant.source} [{constant.certainty}]"
    ledger.note(
        f"substance.{name}", constant.value, unit=constant.unit, tag=_tag(constant), source=source
    )
    return constant


def _tag(constant: Constant) -> Any:
    return "assumed" if constant.certainty.startswith("mem") else "reported"

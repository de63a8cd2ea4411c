"""What a source takes from the tables and the weather, recorded with where it comes from."""

from __future__ import annotations

from analysis.hazard.physics.constants import ATMOSPHERE_PA, R_GAS
from analysis.hazard.physics.release.saturation import antoine_pa, clausius_clapeyron_pa
from analysis.scenario import Message, Scenario
from analysis.zones.ledger import Ledger
from layers.substances import Constant, Substance


def constant(substance: Substance, name: str, ledger: Ledger) -> Constant:
    """Return a constant and record it with its source and certainty."""
    found = substance.constant(name)
    ledger.note(
        f"substance.{name}",
        found.value,
        unit=found.unit,
        tag="assumed" if found.certainty.startswith("mem") else "reported",
        source=f"{found.source} [{found.certainty}]",
    )
    return found


def ambient_temperature_k(scenario: Scenario, ledger: Ledger) -> float:
    """Return the air's temperature; unknown is 25 °C (HJ 169-2018)."""
    celsius = ledger.take(
        "weather.temperature_c",
        scenario.weather.temperature_c,
        default=25.0,
        unit="degC",
        source="HJ 169-2018 [mem 95%]",
        reason=Message(code="hazard.why_unfavourable_weather"),
    )
    return float(celsius) + 273.15


def vapour_pressure_pa(substance: Substance, temperature_k: float) -> float:
    """Return the vapour pressure: Antoine, else Clausius-Clapeyron from the boiling point."""
    if "antoine_a" in substance.constants:
        a, b, c = (substance.constant(f"antoine_{n}").value for n in "abc")
        return antoine_pa(a=a, b=b, c=c, temperature_k=temperature_k)
    latent = substance.constant("heat_of_vaporisation").value
    return clausius_clapeyron_pa(
        boiling_point_k=substance.constant("boiling_point").value,
        molar_heat_j_mol=latent * substance.constant("molar_mass").value,
        temperature_k=temperature_k,
    )


def vapour_kg_m3(substance: Substance, temperature_k: float) -> float:
    """Return the density of the pure vapour at ambient pressure, kg/m³."""
    molar_mass = substance.constant("molar_mass").value
    return ATMOSPHERE_PA * molar_mass / (R_GAS * temperature_k)

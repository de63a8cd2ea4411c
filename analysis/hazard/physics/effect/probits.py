"""Probits by name: Pr = a + b ln V, and the share Φ(Pr − 5) of people whom a dose V reaches.

`HEAT`, `BLAST` and `TOXIC` hold every set that is known here. Sets of one agent disagree, often by
a factor of ten in the share: a number is only worth something with its set's name.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
from scipy.special import ndtr, ndtri

from layers.errors import OutOfRangeError

Agent = Literal["thermal", "overpressure", "toxic"]
Form = Literal["heat", "pressure", "head", "pressure_impulse", "toxic"]

OSD30 = "HSE, Methods of approximation and determination of human vulnerability (OSD/30)"
MOST_LN_DOSE = 60.0  # no published dose comes near; beyond, only constants mixed up
PURPLE = "TNO Purple Book CPR 18E (1999)"
READ_IN = "read in an open transcription that reproduces the printed columns"


@dataclass(frozen=True, kw_only=True)
class Probit:
    """One probit: its constants, the unit in which it wants the agent, and where it comes from.

    `effect` is what the share counts: "death", "second_degree_burn", ... `factor` multiplies a
    heat dose. `impulse` holds the four constants of V = (p/P)^m + (i/I)^k. `pressure_unit_pa` is
    the unit of P in Pa. `printed_lc50` is the LC50 (30 min, mg/m³) that the source prints beside
    constants which give another one.
    """

    name: str
    agent: Agent
    effect: str
    form: Form
    a: float
    b: float
    source: str
    certainty: str = "sourced"
    n: float | None = None
    unit: Literal["mg/m3", "ppm"] | None = None
    cas: str | None = None
    factor: float = 1.0
    pressure_unit_pa: float = 1.0
    impulse: tuple[float, float, float, float] | None = None
    printed_lc50: float | None = None
    suspect: bool = False

    def value(self, dose: Any) -> Any:
        """Return Pr = a + b ln V; −∞ where there is no dose (or ∞ for a falling one)."""
        with np.errstate(divide="ignore"):
            return self.a + self.b * np.log(dose)

    def share(self, dose: npt.ArrayLike) -> Any:
        """Return the share Φ(Pr − 5), 0 to 1."""
        return ndtr(self.value(np.asarray(dose, dtype=np.float64)) - 5.0)

    def dose_at(self, share: float) -> float:
        """Return the dose that reaches a share: exp((5 + Φ⁻¹(P) − a) / b).

        Raises
        ------
        OutOfRangeError
            Constants that no dose answers: b = 0, or a dose over e^60 or under e^−60.
        """
        over = 5.0 + float(ndtri(share)) - self.a
        if abs(over) > MOST_LN_DOSE * abs(self.b) or self.b == 0.0:
            wanted = f"constants that give a share at a dose of e^±{MOST_LN_DOSE:g}"
            raise OutOfRangeError(
                f"probit_b: got {self.b:g} with a {self.a:g}, wanted {wanted}",
                field="probit_b",
                got=self.b,
                wanted=wanted,
            )
        return float(np.exp(over / self.b))

    def coefficients(self) -> dict[str, Any]:
        """Return what the set is made of, as a result shows it."""
        shown: dict[str, Any] = {"agent": self.agent, "effect": self.effect, "a": self.a,
                                 "b": self.b}  # fmt: skip
        if self.n is not None:
            shown |= {"n": self.n, "concentration_unit": self.unit, "time_unit": "min"}
        if self.factor != 1.0:
            shown["factor"] = self.factor
        if self.impulse is not None:
            shown["impulse"] = list(self.impulse)
        return shown


def _heat(name: str, effect: str, a: float, b: float, source: str, **more: Any) -> Probit:
    return Probit(name=name, agent="thermal", effect=effect, form="heat", a=a, b=b, source=source,
                  **more)  # fmt: skip


HEAT: tuple[Probit, ...] = (
    _heat("eisenberg", "death", -38.48, 2.56,
          f"Eisenberg, Lynch & Breeding 1975; {OSD30} table 17"),
    _heat("tsao_perry", "death", -36.38, 2.56,
          f"Tsao & Perry 1979; TNO Green Book CPR 16E; {PURPLE} eq. 5.4"),
    _heat("tno", "death", -37.23, 2.56, "TNO Green Book CPR 16E, as in HyRAM"),
    _heat("lees", "death", -29.02, 1.99,
          "Lees, Loss Prevention in the Process Industries: ln(0.5 V), half of the skin exposed",
          factor=0.5),
    _heat("lees_osd30", "death", -10.7 - 1.99 * float(np.log(1000.0 ** (4.0 / 3.0))), 1.99,
          f"Lees 1994 in {OSD30} table 17: -10.7 + 1.99 ln V, V in (kW/m2)^(4/3) s"),
    _heat("china_death", "death", -37.23, 2.56,
          "Chinese practice for fires (热辐射伤害概率模型): death"),
    _heat("china_second_degree", "second_degree_burn", -43.14, 3.0188,
          "Chinese practice: burns of the second degree"),
    _heat("china_first_degree", "first_degree_burn", -39.83, 3.0186,
          "Chinese practice: burns of the first degree"),
)  # fmt: skip


def _blast(name: str, effect: str, a: float, b: float, source: str, **more: Any) -> Probit:
    form = more.pop("form", "pressure")
    return Probit(name=name, agent="overpressure", effect=effect, form=form, a=a, b=b,
                  source=source, **more)  # fmt: skip


EISENBERG_1975 = "Eisenberg, Lynch & Breeding 1975 (Vulnerability Model)"
BLAST: tuple[Probit, ...] = (
    _blast("eisenberg_lung", "lung_death", -77.1, 6.91, f"{EISENBERG_1975}: lung haemorrhage"),
    _blast("eisenberg_eardrum", "eardrum_rupture", -15.6, 1.93,
           f"{EISENBERG_1975}: eardrum rupture [mem 95%]", certainty="mem 95%"),
    _blast("eisenberg_structure", "structural_damage", -23.8, 2.92,
           f"{EISENBERG_1975}: structural damage [mem 95%]", certainty="mem 95%"),
    _blast("eisenberg_glass", "glass_breakage", -18.1, 2.79,
           f"{EISENBERG_1975}: glass breakage [mem 95%]", certainty="mem 95%"),
    _blast("hse", "death", 5.13, 1.37,
           f"HSC road and rail study, as 1.47 + 1.37 ln(psig) in {OSD30} eq. 4a",
           pressure_unit_pa=1e5),
    _blast("tno_head", "head_impact_death", 5.0, -8.49,
           "TNO Green Book CPR 16E, as in HyRAM: head impact", form="head"),
    _blast("collapse", "building_collapse", 5.0, -0.22,
           "TNO Green Book CPR 16E, as in HyRAM: collapse of buildings",
           form="pressure_impulse", impulse=(40_000.0, 7.4, 460.0, 11.3)),
    _blast("russian_building", "building_heavy_damage", 5.0, -0.26,
           "Rostekhnadzor order 404: heavy damage to buildings",
           form="pressure_impulse", impulse=(17_500.0, 8.4, 290.0, 9.3)),
)  # fmt: skip


def _toxic(
    family: str, source: str, unit: Literal["mg/m3", "ppm"], rows: Any, mark: str = ""
) -> list[Probit]:
    return [
        Probit(name=f"{family}_{name}", agent="toxic", effect="death", form="toxic", a=a, b=b, n=n,
               unit=unit, cas=cas, source=f"{source}: {name.replace('_', ' ')}{mark}", **more)
        for name, cas, a, b, n, more in rows
    ]  # fmt: skip


_PURPLE_ROWS: tuple[Any, ...] = (
    ("chlorine", "7782-50-5", -6.35, 0.5, 2.75, {"printed_lc50": 1017.0}),
    ("ammonia", "7664-41-7", -15.6, 1.0, 2.0, {"printed_lc50": 6164.0}),
    ("acrolein", "107-02-8", -4.1, 1.0, 1.0, {}),
    ("acrylonitrile", "107-13-1", -8.6, 1.0, 1.3, {}),
    ("allyl_alcohol", "107-18-6", -11.7, 1.0, 2.0, {}),
    ("bromine", "7726-95-6", -12.4, 1.0, 2.0, {}),
    ("carbon_monoxide", "630-08-0", -7.4, 1.0, 1.0, {}),
    ("ethylene_oxide", "75-21-8", -6.8, 1.0, 1.0, {}),
    ("hydrogen_chloride", "7647-01-0", -37.3, 3.69, 1.0, {"suspect": True}),
    ("hydrogen_cyanide", "74-90-8", -9.8, 1.0, 2.4, {}),
    ("hydrogen_fluoride", "7664-39-3", -8.4, 1.0, 1.5, {}),
    ("hydrogen_sulfide", "7783-06-4", -11.5, 1.0, 1.9, {}),
    ("methyl_bromide", "74-83-9", -7.3, 1.0, 1.1, {}),
    ("methyl_isocyanate", "624-83-9", -1.2, 1.0, 0.7, {}),
    ("nitrogen_dioxide", "10102-44-0", -18.6, 1.0, 3.7, {}),
    ("phosgene", "75-44-5", -10.6, 2.0, 1.0, {}),
    ("phosphine", "7803-51-2", -6.8, 1.0, 2.0, {}),
    ("sulfur_dioxide", "7446-09-5", -19.2, 1.0, 2.4, {}),
)
_LEES_ROWS: tuple[Any, ...] = (
    ("acrolein", "107-02-8", -9.93, 2.05, 1.0, {}),
    ("ammonia", "7664-41-7", -35.9, 1.85, 2.0, {}),
    ("benzene", "71-43-2", -109.78, 5.3, 2.0, {}),
    ("carbon_monoxide", "630-08-0", -37.98, 3.7, 1.0, {}),
    ("chlorine", "7782-50-5", -8.29, 0.92, 2.0, {}),
    ("hydrogen_chloride", "7647-01-0", -16.85, 2.0, 1.0, {}),
    ("hydrogen_cyanide", "74-90-8", -29.42, 3.008, 1.43, {}),
    ("hydrogen_fluoride", "7664-39-3", -35.87, 3.354, 1.0, {}),
    ("hydrogen_sulfide", "7783-06-4", -31.42, 3.008, 1.43, {}),
    ("nitrogen_dioxide", "10102-44-0", -13.79, 1.4, 2.0, {}),
    ("phosgene", "75-44-5", -19.27, 3.686, 1.0, {}),
    ("sulfur_dioxide", "7446-09-5", -15.67, 2.1, 1.0, {}),
    ("toluene", "108-88-3", -6.794, 0.41, 2.5, {}),
)
_WITHERS = "Withers & Lees, J. Hazardous Materials 12 (1985) 283-302, part 2"
TOXIC: tuple[Probit, ...] = (
    *_toxic("purple_book", f"{PURPLE} table 5.2, {READ_IN}", "mg/m3", _PURPLE_ROWS),
    *_toxic("hj169", "HJ 169-2018 annex I, the constants of the Purple Book", "mg/m3",
            [(*row[:5], {**row[5], "certainty": "mem 90%"}) for row in _PURPLE_ROWS],
            " [mem 90%]"),
    *_toxic("lees", f"Lees 2005 in {OSD30} table 2, {READ_IN}", "ppm", _LEES_ROWS),
    Probit(name="withers_lees_chlorine", agent="toxic", effect="death", form="toxic", a=-8.29,
           b=0.92, n=2.0, unit="ppm", cas="7782-50-5",
           source=f"{_WITHERS}: regular population, standard activity"),
    Probit(name="withers_lees_chlorine_vulnerable", agent="toxic", effect="death", form="toxic",
           a=-6.61, b=0.92, n=2.0, unit="ppm", cas="7782-50-5", certainty="mem 85%",
           source=f"{_WITHERS}: vulnerable population; gives its printed LC50 of 100 ppm in 30 min "
                  "[mem 85%]"),
)  # fmt: skip

PROBITS: dict[str, Probit] = {each.name: each for each in (*HEAT, *BLAST, *TOXIC)}


def of_substance(cas: str) -> tuple[Probit, ...]:
    """Return the toxic probits for the death of a regular population, the preferred first."""
    named = ("withers_lees_chlorine_vulnerable",)
    found = [each for each in TOXIC if each.cas == cas and each.name not in named]
    return tuple(each for each in found if not each.name.startswith("hj169_"))

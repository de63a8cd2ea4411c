"""The standard fuel models of surface fire: 13 of Anderson and Albini, 40 of Scott and Burgan.

Values are in the units that they are printed in (ton/acre or lb/ft², ft, 1/ft, Btu/lb).

Sources: Albini, F.A. (1976), INT-30, table 7, and Anderson, H.E. (1982), INT-122; Scott, J.H. and
Burgan, R.E. (2005), RMRS-GTR-153, table 7. Read through the tables of two independent programs
(pyretechnics and behavejs), which agree but for the live surface-area-to-volume ratio of model 7
(1,550 and 1,500 1/ft; the former is Albini's).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

LB_FT2_PER_TON_ACRE = 2000.0 / 43560.0
PARTICLE_DENSITY_LB_FT3 = 32.0
MINERAL_TOTAL = 0.0555
MINERAL_EFFECTIVE = 0.010
SAV_10H_PER_FT = 109.0
SAV_100H_PER_FT = 30.0


@dataclass(frozen=True, kw_only=True)
class FuelModel:
    """One fuel model (可燃物模型), in lb, ft and Btu.

    `loads_lb_ft2` and `sav_per_ft` are of dead 1-h, 10-h, 100-h, live herbaceous and live woody
    fuel. In a `dynamic` model herbaceous fuel cures into dead fuel as it dries.
    """

    code: str
    number: int
    depth_ft: float
    extinction: float
    heat_btu_lb: float
    loads_lb_ft2: tuple[float, ...]
    sav_per_ft: tuple[float, ...]
    dynamic: bool
    density_lb_ft3: float = PARTICLE_DENSITY_LB_FT3
    mineral_total: float = MINERAL_TOTAL
    mineral_effective: float = MINERAL_EFFECTIVE


# number: depth ft, extinction %, loads lb/ft² (1-h, 10-h, 100-h, herb, woody), SAV 1/ft (1-h, live)
_ANDERSON: dict[
    int, tuple[float, float, tuple[float, float, float, float, float], float, float]
] = {
    1: (1.0, 12, (0.034, 0.0, 0.0, 0.0, 0.0), 3500, 1500),
    2: (1.0, 15, (0.092, 0.046, 0.023, 0.023, 0.0), 3000, 1500),
    3: (2.5, 25, (0.138, 0.0, 0.0, 0.0, 0.0), 1500, 1500),
    4: (6.0, 20, (0.230, 0.184, 0.092, 0.0, 0.230), 2000, 1500),
    5: (2.0, 20, (0.046, 0.023, 0.0, 0.0, 0.092), 2000, 1500),
    6: (2.5, 25, (0.069, 0.115, 0.092, 0.0, 0.0), 1750, 1500),
    7: (2.5, 40, (0.052, 0.086, 0.069, 0.0, 0.017), 1750, 1550),
    8: (0.2, 30, (0.069, 0.046, 0.115, 0.0, 0.0), 2000, 1500),
    9: (0.2, 25, (0.134, 0.019, 0.007, 0.0, 0.0), 2500, 1500),
    10: (1.0, 25, (0.138, 0.092, 0.230, 0.0, 0.092), 2000, 1500),
    11: (1.0, 15, (0.069, 0.207, 0.253, 0.0, 0.0), 1500, 1500),
    12: (2.3, 20, (0.184, 0.644, 0.759, 0.0, 0.0), 1500, 1500),
    13: (3.0, 25, (0.322, 1.058, 1.288, 0.0, 0.0), 1500, 1500),
}

# code, number, depth ft, extinction %, loads ton/acre (as above), SAV 1/ft (1-h, herb, woody)
_SCOTT_BURGAN = """
GR1 101 0.4 15 0.10 0.00 0.00 0.30 0.00 2200 2000 1500
GR2 102 1.0 15 0.10 0.00 0.00 1.00 0.00 2000 1800 1500
GR3 103 2.0 30 0.10 0.40 0.00 1.50 0.00 1500 1300 1500
GR4 104 2.0 15 0.25 0.00 0.00 1.90 0.00 2000 1800 1500
GR5 105 1.5 40 0.40 0.00 0.00 2.50 0.00 1800 1600 1500
GR6 106 1.5 40 0.10 0.00 0.00 3.40 0.00 2200 2000 1500
GR7 107 3.0 15 1.00 0.00 0.00 5.40 0.00 2000 1800 1500
GR8 108 4.0 30 0.50 1.00 0.00 7.30 0.00 1500 1300 1500
GR9 109 5.0 40 1.00 1.00 0.00 9.00 0.00 1800 1600 1500
GS1 121 0.9 15 0.20 0.00 0.00 0.50 0.65 2000 1800 1800
GS2 122 1.5 15 0.50 0.50 0.00 0.60 1.00 2000 1800 1800
GS3 123 1.8 40 0.30 0.25 0.00 1.45 1.25 1800 1600 1600
GS4 124 2.1 40 1.90 0.30 0.10 3.40 7.10 1800 1600 1600
SH1 141 1.0 15 0.25 0.25 0.00 0.15 1.30 2000 1800 1600
SH2 142 1.0 15 1.35 2.40 0.75 0.00 3.85 2000 1800 1600
SH3 143 2.4 40 0.45 3.00 0.00 0.00 6.20 1600 1800 1400
SH4 144 3.0 30 0.85 1.15 0.20 0.00 2.55 2000 1800 1600
SH5 145 6.0 15 3.60 2.10 0.00 0.00 2.90 750 1800 1600
SH6 146 2.0 30 2.90 1.45 0.00 0.00 1.40 750 1800 1600
SH7 147 6.0 15 3.50 5.30 2.20 0.00 3.40 750 1800 1600
SH8 148 3.0 40 2.05 3.40 0.85 0.00 4.35 750 1800 1600
SH9 149 4.4 40 4.50 2.45 0.00 1.55 7.00 750 1800 1500
TU1 161 0.6 20 0.20 0.90 1.50 0.20 0.90 2000 1800 1600
TU2 162 1.0 30 0.95 1.80 1.25 0.00 0.20 2000 1800 1600
TU3 163 1.3 30 1.10 0.15 0.25 0.65 1.10 1800 1600 1400
TU4 164 0.5 12 4.50 0.00 0.00 0.00 2.00 2300 1800 2000
TU5 165 1.0 25 4.00 4.00 3.00 0.00 3.00 1500 1800 750
TL1 181 0.2 30 1.00 2.20 3.60 0.00 0.00 2000 1800 1600
TL2 182 0.2 25 1.40 2.30 2.20 0.00 0.00 2000 1800 1600
TL3 183 0.3 20 0.50 2.20 2.80 0.00 0.00 2000 1800 1600
TL4 184 0.4 25 0.50 1.50 4.20 0.00 0.00 2000 1800 1600
TL5 185 0.6 25 1.15 2.50 4.40 0.00 0.00 2000 1800 1600
TL6 186 0.3 25 2.40 1.20 1.20 0.00 0.00 2000 1800 1600
TL7 187 0.4 25 0.30 1.40 8.10 0.00 0.00 2000 1800 1600
TL8 188 0.3 35 5.80 1.40 1.10 0.00 0.00 1800 1800 1600
TL9 189 0.6 35 6.65 3.30 4.15 0.00 0.00 1800 1800 1600
SB1 201 1.0 25 1.50 3.00 11.00 0.00 0.00 2000 1800 1600
SB2 202 1.0 25 4.50 4.25 4.00 0.00 0.00 2000 1800 1600
SB3 203 1.2 25 5.50 2.75 3.00 0.00 0.00 2000 1800 1600
SB4 204 2.7 25 5.25 3.50 5.25 0.00 0.00 2000 1800 1600
"""
_HEAT_BTU_LB = {"GR6": 9000.0}  # every other model: 8,000

NOT_BURNING = frozenset({91, 92, 93, 98, 99})
"""Numbers of a fuel map that burn nowhere: urban, snow, agriculture, water, bare ground."""


def _anderson(number: int) -> FuelModel:
    depth, extinction, loads, sav, live_sav = _ANDERSON[number]
    return FuelModel(
        code=str(number),
        number=number,
        depth_ft=depth,
        extinction=extinction / 100.0,
        heat_btu_lb=8000.0,
        loads_lb_ft2=loads,
        sav_per_ft=(sav, SAV_10H_PER_FT, SAV_100H_PER_FT, live_sav, live_sav),
        dynamic=False,
    )


def _scott_burgan(line: str) -> FuelModel:
    code, number, *rest = line.split()
    depth, extinction, *numbers = map(float, rest)
    one, ten, hundred, herb, woody = (ton * LB_FT2_PER_TON_ACRE for ton in numbers[:5])
    sav, herb_sav, woody_sav = numbers[5:]
    return FuelModel(
        code=code,
        number=int(number),
        depth_ft=depth,
        extinction=extinction / 100.0,
        heat_btu_lb=_HEAT_BTU_LB.get(code, 8000.0),
        loads_lb_ft2=(one, ten, hundred, herb, woody),
        sav_per_ft=(sav, SAV_10H_PER_FT, SAV_100H_PER_FT, herb_sav, woody_sav),
        dynamic=herb > 0.0,
    )


_ALL = (*map(_anderson, _ANDERSON), *map(_scott_burgan, _SCOTT_BURGAN.strip().splitlines()))

FUEL_MODELS: Mapping[str, FuelModel] = MappingProxyType({model.code: model for model in _ALL})
"""By code: "1" to "13", then "GR1" to "SB4"."""

BY_NUMBER: Mapping[int, FuelModel] = MappingProxyType({model.number: model for model in _ALL})
"""By the number that a fuel map holds: 1 to 13, then 101 to 204."""

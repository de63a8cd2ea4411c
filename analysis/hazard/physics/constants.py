"""Physical constants that more than one model takes, SI."""

R_GAS = 8.314462618
"""Molar gas constant, J/(mol K) (CODATA 2018, exact)."""

ATMOSPHERE_PA = 101_325.0
"""Standard atmosphere, Pa."""

GRAVITY = 9.80665
"""Standard gravity, m/s²."""

AIR_MOLAR_MASS_KG_MOL = 0.02896
"""Molar mass of dry air, kg/mol."""

"""A run of SLAB: Ermak's shallow-layer model of denser-than-air releases, by `slabx`.

D. L. Ermak, User's Manual for SLAB, UCRL-MA-105607, LLNL 1990; slabx 1.0 (U. Lee 2026, MIT) checks
it against the Fortran and against 38 trials. What slabx takes is checked here first, so that it
never warns; what it cannot integrate is refused with the reason.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

import numpy as np
from scipy.special import erf

from analysis.hazard.physics.gaussian.curve import Array
from layers.errors import OutOfRangeError

SourceKind = Literal["pool", "horizontal_jet", "vertical_jet", "instantaneous"]
SOURCES: tuple[SourceKind, ...] = ("pool", "horizontal_jet", "vertical_jet", "instantaneous")
WIND_RANGE_M_S = (0.5, 12.0)  # slabx.scope: the span of the validated trials
ROUGHNESS_RANGE_M = (1e-5, 0.1)
PLUME_STEPS, PUFF_STEPS = 60, 60
TALLEST = 3.0  # heights over half widths: a pool's cloud above it ran away in the first step
_FAILURES = (ArithmeticError, ValueError, RuntimeError, NotImplementedError)


@dataclass(frozen=True, kw_only=True)
class Material:
    """The nine properties that SLAB takes of a substance, SI."""

    molar_mass_kg_mol: float
    vapour_heat_capacity_j_kg_k: float
    liquid_heat_capacity_j_kg_k: float
    heat_of_vaporisation_j_kg: float
    boiling_point_k: float
    liquid_density_kg_m3: float
    saturation_b_k: float | None = None
    saturation_c_k: float = 0.0


@dataclass(frozen=True, kw_only=True)
class Release:
    """What is released and how; `rate_kg_s` of a puff is not used, `duration_s` may be infinite."""

    kind: SourceKind
    area_m2: float
    rate_kg_s: float = 0.0
    mass_kg: float = 0.0
    duration_s: float = math.inf
    temperature_k: float | None = None
    liquid_fraction: float = 0.0
    height_m: float = 0.0


@dataclass(frozen=True, kw_only=True)
class Surroundings:
    """The air and the ground: wind at a height, roughness, Pasquill's class, temperature, RH."""

    wind_speed_m_s: float
    wind_height_m: float = 10.0
    roughness_m: float = 0.03
    stability: str = "D"
    temperature_k: float = 298.15
    humidity_pct: float = 50.0


@dataclass(frozen=True, kw_only=True)
class Track:
    """The cloud on its way, one row a step: where, when, how large, how thin, how warm.

    `peak` is the volume fraction on the axis at the height `peak_z_m` where it is highest,
    with the meander of the averaging time; `sigma_y` and `width` are SLAB's βc and b (across, the
    profile is erf((y+b)/√2βc) − erf((y−b)/√2βc)); `length`, `sigma_x` the same along the wind.
    """

    x_m: Array
    time_s: Array
    puff: Any
    peak: Array
    peak_z_m: Array
    width_m: Array
    sigma_y_m: Array
    centre_z_m: Array
    sigma_z_m: Array
    length_m: Array
    sigma_x_m: Array
    speed_m_s: Array
    held_kg: Array
    height_m: Array
    half_width_m: Array
    density_kg_m3: Array
    temperature_k: Array
    effective_half_width_m: float


@lru_cache(maxsize=64)
def track(
    material: Material,
    release: Release,
    air: Surroundings,
    *,
    averaging_s: float,
    x_max_m: float,
    time_average: bool = False,
) -> Track:
    """Return the track of a release.

    The averaging time widens the cloud by its meander (UCRL-MA-105607 eq. 48-53). With
    `time_average` the concentration is also averaged over that time (eq. 55), as SLAB prints it;
    without, it is the highest while the cloud passes.

    Raises
    ------
    OutOfRangeError
        Wind or roughness outside the range of the trials, or a source that SLAB cannot integrate.
    """
    _check(air)
    from slabx.core.plume import run_dispersion
    from slabx.post.concentration import concentration_field
    from slabx.submodels.atmosphere import Atmosphere
    from slabx.thermo.base import LegacyThermo, water_backend

    substance = _substance(material)
    try:
        with np.errstate(all="ignore"):  # what overflows ends as NaN and is refused below
            atmosphere = Atmosphere(
                u_ref=air.wind_speed_m_s,
                z_ref=air.wind_height_m,
                T=air.temperature_k,
                rh=air.humidity_pct,
                z0=air.roughness_m,
                stability=air.stability,
            )
            source = _source(substance, release)
            path, used = run_dispersion(
                source,
                atmosphere,
                LegacyThermo(substance),
                water_backend(),
                x_max=x_max_m,
                t_max=_last_moment(release, air, x_max_m),
                n_puff_steps=PUFF_STEPS,
                **({} if release.kind == "instantaneous" else {"n_field_steps": PLUME_STEPS}),
            )
            lasting = release.duration_s if math.isfinite(release.duration_s) else 1e9
            field = concentration_field(
                path, atmosphere, z="max", t_avg=averaging_s, t_release=max(lasting, 1e-3)
            )
    except _FAILURES as error:
        raise _refusal(release, f"a source that SLAB can integrate ({error})"[:160]) from error
    peak = field.peak if time_average else _passing(path, field)
    if not np.isfinite(peak).all() or _ran_away(release, path, used):
        raise _refusal(release, "a source that does not run away: a larger area or more wind")
    return Track(
        x_m=path.x,
        time_s=path.t,
        puff=path.is_puff,
        peak=peak,
        peak_z_m=field.z,
        width_m=np.maximum(field.b_shape, 1e-9),
        sigma_y_m=np.maximum(field.beta_c, 1e-9),
        centre_z_m=path.z_c,
        sigma_z_m=np.maximum(path.sigma_z, 1e-9),
        length_m=path.b_shape_x,
        sigma_x_m=np.maximum(path.beta_x, 1e-9),
        speed_m_s=path.u,
        held_kg=path.mass_in_cloud,
        height_m=path.h,
        half_width_m=field.B_c,
        density_kg_m3=path.rho,
        temperature_k=path.T,
        effective_half_width_m=float(used.half_width),
    )


def _passing(path: Any, field: Any) -> Array:
    """Return the highest volume fraction while the cloud passes: eq. 13 and 28 on the axis."""
    root2 = math.sqrt(2.0)
    width, sigma_y = np.maximum(path.b_shape, 1e-9), np.maximum(field.beta_c, 1e-9)
    sigma_z = np.maximum(path.sigma_z, 1e-9)
    across = path.b_half / width * erf(width / (root2 * sigma_y))
    below = np.exp(-0.5 * ((field.z - path.z_c) / sigma_z) ** 2)
    upright = below + np.exp(-0.5 * ((field.z + path.z_c) / sigma_z) ** 2)
    length, sigma_x = np.maximum(path.b_shape_x, 1e-9), np.maximum(path.beta_x, 1e-9)
    along = np.where(path.is_puff, path.b_half_x / length * erf(length / (root2 * sigma_x)), 1.0)
    level = path.vol_frac * path.h / sigma_z / math.sqrt(2.0 * math.pi)
    return np.asarray(np.minimum(level * along * across * upright, 1.0))


def _ran_away(release: Release, path: Any, used: Any) -> bool:
    """Say whether the cloud of a pool stands higher over its source than it is wide.

    A strong release through a small area is unstable in the first step (slabx, LIMITATIONS).
    """
    if release.kind != "pool":
        return False
    over = path.h[path.x <= used.half_width]
    return bool(over.max() > TALLEST * (used.half_width + 1.0))


def _last_moment(release: Release, air: Surroundings, x_max_m: float) -> float:
    """Return how long to follow a puff: until it passes `x_max_m` at less than half the wind."""
    lasting = release.duration_s if math.isfinite(release.duration_s) else 0.0
    return lasting + 2.5 * x_max_m / air.wind_speed_m_s


def _substance(material: Material) -> Any:
    from slabx.thermo.base import Substance

    fitted = material.saturation_b_k
    return Substance(
        name="released",
        mw=material.molar_mass_kg_mol,
        cp_vapour=material.vapour_heat_capacity_j_kg_k,
        cp_liquid=material.liquid_heat_capacity_j_kg_k,
        dh_vap=material.heat_of_vaporisation_j_kg,
        T_boil=material.boiling_point_k,
        rho_liquid=material.liquid_density_kg_m3,
        sat_B=-1.0 if fitted is None else fitted,
        sat_C=0.0 if fitted is None else material.saturation_c_k,
    )


def _source(substance: Any, release: Release) -> Any:
    from slabx.core.source import EvaporatingPool, HorizontalJet, InstantaneousRelease
    from slabx.core.vertical_jet import VerticalJet

    if release.kind == "pool":
        return EvaporatingPool(
            substance=substance,
            rate=release.rate_kg_s,
            area=release.area_m2,
            duration=release.duration_s,
            T_source=release.temperature_k,
        )
    shared = {
        "substance": substance,
        "area": release.area_m2,
        "liquid_fraction": release.liquid_fraction,
        "T_source": release.temperature_k,
        "height": release.height_m,
    }
    if release.kind == "instantaneous":
        return InstantaneousRelease(rate=0.0, duration=0.0, mass=release.mass_kg, **shared)
    jet = HorizontalJet if release.kind == "horizontal_jet" else VerticalJet
    return jet(rate=release.rate_kg_s, duration=release.duration_s, **shared)


def _check(air: Surroundings) -> None:
    for name, value, (low, high), unit in (
        ("wind_speed_m_s", air.wind_speed_m_s, WIND_RANGE_M_S, "m/s"),
        ("roughness_m", air.roughness_m, ROUGHNESS_RANGE_M, "m"),
    ):
        if not low <= value <= high:
            wanted = f"{low:g} .. {high:g} {unit}"
            raise OutOfRangeError(
                f"{name}: got {value:g}, wanted {wanted}", field=name, got=value, wanted=wanted
            )


def _refusal(release: Release, wanted: str) -> OutOfRangeError:
    got = f"{release.kind}, {release.rate_kg_s or release.mass_kg:g}, {release.area_m2:g} m²"
    return OutOfRangeError(
        f"source: got {got}, wanted {wanted}", field="source", got=got, wanted=wanted
    )

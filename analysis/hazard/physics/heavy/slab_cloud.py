"""The cloud of a SLAB run, evaluated anywhere at any time."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.special import erf

from analysis.hazard.physics.constants import ATMOSPHERE_PA, R_GAS
from analysis.hazard.physics.gaussian.curve import Array
from analysis.hazard.physics.heavy.slab_run import Material, Release, Surroundings, Track, track

ROOT2 = math.sqrt(2.0)
LEAST = math.log(1e-30)  # of a volume fraction: nothing
RANGE_M = 10_000.0  # one wind, one ground: as far as the Gaussian sets go


def slab_cloud(
    material: Material,
    release: Release,
    air: Surroundings,
    *,
    averaging_s: float = 0.0,
    x_max_m: float = RANGE_M,
    time_average: bool = False,
) -> SlabCloud:
    """Return the cloud of a release; raises as `slab_run.track` does."""
    found = track(
        material,
        release,
        air,
        averaging_s=averaging_s,
        x_max_m=x_max_m,
        time_average=time_average,
    )
    return SlabCloud(
        track=found,
        kg_m3=ATMOSPHERE_PA * material.molar_mass_kg_mol / (R_GAS * air.temperature_k),
        rate_kg_s=release.rate_kg_s,
        duration_s=0.0 if release.kind == "instantaneous" else release.duration_s,
        limit_m=x_max_m,
    )


@dataclass(frozen=True, kw_only=True, eq=False)
class SlabCloud:
    """A `Cloud` of SLAB's track.

    A place sees its highest concentration when the cloud's middle passes; before and after, the
    profile along the wind says how much of it (in the plume: all or nothing), and upwind of
    the source no more than the puff still holds. `kg_m3` is the
    density of the pure vapour at the air's temperature.
    """

    track: Track
    kg_m3: float
    rate_kg_s: float
    duration_s: float
    limit_m: float = RANGE_M
    label: str = "slab/ermak90"

    @property
    def x_min_m(self) -> float:
        """The source's upwind edge at least: SLAB begins at the source."""
        return 0.0

    @property
    def x_max_m(self) -> float:
        """How far the run went, at most the limit asked for."""
        return float(min(self.limit_m, self.track.x_m[-1]))

    @property
    def upwind_m(self) -> float:
        """How far the source, or the young puff, reaches upwind."""
        return float(-self._knots[0][0])

    @cached_property
    def speed_m_s(self) -> float:
        """The highest speed of the cloud within its range, past the jet of its source."""
        t, end = self.track, self.x_max_m
        within = (t.x_m <= end) & (t.x_m >= 0.02 * end)
        return float(t.speed_m_s[within].max() if within.any() else t.speed_m_s.max())

    def fraction(self, x_m: Array, y_m: Array, z_m: Array | float = 0.0) -> Array:
        """Return the highest volume fraction that places see; zero outside the run."""
        x, y, z = np.broadcast_arrays(
            np.asarray(x_m, float), np.asarray(y_m, float), np.asarray(z_m, float)
        )
        _, log_peak, width, sigma_y, centre_z, sigma_z, peak_z = self._at_distance(x)
        across = _profile(y, width, sigma_y)
        lifted = _lift(z, centre_z, sigma_z) / _lift(peak_z, centre_z, sigma_z)
        inside = (x >= self._knots[0][0]) & (x <= self.x_max_m)
        return np.where(inside, np.exp(log_peak) * across * lifted, 0.0)

    def peak(self, x_m: Array, y_m: Array, z_m: Array | float = 0.0) -> Array:
        """Return the highest concentration that a place ever sees, kg/m³."""
        return self.kg_m3 * self.fraction(x_m, y_m, z_m)

    def at(self, x_m: Array, y_m: Array, z_m: Array | float, time_s: float) -> Array:
        """Return the concentration at a moment, kg/m³."""
        x = np.asarray(x_m, float)
        return self.peak(x, y_m, z_m) * self._present(x, np.array([float(time_s)]))[..., 0]

    def half_width_m(self, x_m: Array, threshold_kg_m3: float) -> Array:
        """Return the half width of a threshold on the ground, by bisection of the profile."""
        x = np.asarray(x_m, float)
        axis = self.peak(x, np.zeros_like(x))
        _, _, width, sigma_y, *_ = self._at_distance(x)
        low, high = np.zeros_like(x), width + 7.0 * sigma_y
        for _ in range(48):
            middle = 0.5 * (low + high)
            over = axis * _profile(middle, width, sigma_y) >= threshold_kg_m3
            low, high = np.where(over, middle, low), np.where(over, high, middle)
        return np.where(axis >= threshold_kg_m3, low, 0.0)

    def passage_s(self, x_m: Array, threshold_kg_m3: float) -> tuple[Array, Array]:
        """Return when a threshold arrives on the axis and when it has passed; NaN: never."""
        x = np.asarray(x_m, float)
        axis = self.peak(x, np.zeros_like(x))
        moments = self._moments
        over = axis[..., None] * self._present(x, moments) >= threshold_kg_m3
        reached = over.any(axis=-1)
        first = np.argmax(over, axis=-1)
        last = over.shape[-1] - 1 - np.argmax(over[..., ::-1], axis=-1)
        arrives = np.where(reached, moments[first], np.nan)
        passed = np.where(reached, moments[np.minimum(last + 1, moments.size - 1)], np.nan)
        if math.isinf(self.duration_s):
            passed = np.where(reached, np.inf, np.nan)
        return arrives, passed

    @cached_property
    def _moments(self) -> Array:
        """Moments at which the passage is looked for: 2 % apart after the first minutes."""
        last = float(self._front[1][-1] if math.isinf(self.duration_s) else self.track.time_s[-1])
        return np.concatenate(
            [np.linspace(0.0, 60.0, 25), np.geomspace(62.0, max(last, 63.0), 400)]
        )

    @cached_property
    def _knots(self) -> tuple[Array, ...]:
        """Rows by distance: x, ln peak, width, σy, centre and σ in z, height of the peak."""
        t = self.track
        log_peak = np.maximum(np.log(np.maximum(t.peak, 1e-300)), LEAST)
        rows = np.column_stack(
            [t.x_m, log_peak, t.width_m, t.sigma_y_m, t.centre_z_m, t.sigma_z_m, t.peak_z_m]
        )
        if t.puff[0]:
            rows = np.vstack([_upwind_rows(t, rows), rows])
        elif rows[0, 0] > 0.0:  # a jet's first row is 1 m from its mouth
            rows = np.vstack([[0.0, *rows[0, 1:]], rows])
        else:  # a pool begins as air at its upwind edge
            rows[0, 1:] = rows[1, 1:]
            edge = [1.05 * rows[0, 0], LEAST, *rows[0, 2:]]
            rows = np.vstack([edge, rows])
        return tuple(np.asarray(column) for column in rows.T)

    def _at_distance(self, x: Array) -> tuple[Array, ...]:
        """Return the rows at distances, straight in the logarithm of distance."""
        knots = self._knots
        scale = np.log1p(knots[0] - knots[0][0])
        at = np.log1p(np.maximum(x - knots[0][0], 0.0))
        return tuple(np.interp(at, scale, column) for column in knots)

    @cached_property
    def _front(self) -> tuple[Array, Array]:
        """Where the front is, and when, while the source still gives: mass held over rate."""
        plume = ~self.track.puff
        return self.track.x_m[plume], self.track.held_kg[plume] / max(self.rate_kg_s, 1e-30)

    def _present(self, x: Array, moments: Array) -> Array:
        """Return how much of its highest concentration a place sees at moments, 0 to 1."""
        given = moments <= self.duration_s if self.duration_s > 0.0 else moments < 0.0
        out = np.zeros((*x.shape, moments.size))
        if given.any():
            out[..., given] = x[..., None] <= self._front_at(moments[given])
        later = ~given
        if later.any() and self.track.puff.any():
            middle, length, sigma, level = self._puff_at(moments[later])
            at_x = x[..., None]
            thinned = np.exp(np.minimum(level - self._at_distance(x)[1][..., None], 0.0))
            thinned = np.where(at_x < 0.0, thinned, 1.0)
            out[..., later] = thinned * _profile(at_x - middle, length, sigma)
        return np.maximum(out, 0.0)

    def _front_at(self, moments: Array) -> Array:
        """Return how far the front has come; past the last row at the last speed."""
        where, when = self._front
        beyond = np.maximum(moments - when[-1], 0.0) * self.track.speed_m_s[~self.track.puff][-1]
        return np.asarray(np.interp(moments, when, where) + beyond)

    def _puff_at(self, moments: Array) -> tuple[Array, Array, Array, Array]:
        """Return centre, half length, σx and ln of the highest fraction of the puff at moments."""
        puff, t = self.track.puff, self.track
        when = t.time_s[puff]
        return (
            np.interp(moments, when, t.x_m[puff]),
            np.interp(moments, when, t.length_m[puff]),
            np.maximum(np.interp(moments, when, t.sigma_x_m[puff]), 1e-6),
            np.interp(moments, when, np.log(np.maximum(t.peak[puff], 1e-30))),
        )


def _profile(away: Array, half: Array, sigma: Array) -> Array:
    """Return SLAB's profile away from the middle, 1 there: two error functions, 2 `half` apart."""
    edges = erf((away + half) / (ROOT2 * sigma)) - erf((away - half) / (ROOT2 * sigma))
    return np.asarray(edges / (2.0 * erf(half / (ROOT2 * sigma))))


def _lift(z: Array, centre_z: Array, sigma_z: Array) -> Array:
    """Return the vertical profile with the ground's reflection."""
    below = np.exp(-0.5 * ((z - centre_z) / sigma_z) ** 2)
    return np.asarray(below + np.exp(-0.5 * ((z + centre_z) / sigma_z) ** 2))


def _upwind_rows(t: Track, rows: Array) -> Array:
    """Return rows upwind of a puff's start: of all moments the one with the most there."""
    reach = float(np.max(t.length_m + 6.0 * t.sigma_x_m - t.x_m))
    x = np.linspace(-max(reach, 1e-3), 0.0, 40, endpoint=False)
    away = x[:, None] - t.x_m[None, :]
    share = np.maximum(_profile(away, t.length_m, t.sigma_x_m), math.exp(LEAST))
    peak = rows[:, 1][None, :] + np.log(share)
    best = np.argmax(peak, axis=1)
    found = rows[best].copy()
    found[:, 0] = x
    found[:, 1] = peak[np.arange(x.size), best]
    return np.asarray(found)

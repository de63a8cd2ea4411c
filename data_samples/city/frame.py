"""From the drawing board to the globe: paper metres, the bend that hides the ruler, lon and lat."""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

Floats = NDArray[np.float64]

# Open sea 70 km east of the nearest island: nobody lives here, so nobody can take the sample
# for a real place.
ORIGIN_LON = 123.45
ORIGIN_LAT = 30.95

_SEMI_MAJOR_M = 6_378_137.0
_ECCENTRICITY2 = 0.006_694_379_990_141


def _metres_per_degree() -> tuple[float, float]:
    """Return the length of a degree of longitude and of latitude at the origin (WGS 84)."""
    sine2 = np.sin(np.radians(ORIGIN_LAT)) ** 2
    bent = 1.0 - _ECCENTRICITY2 * sine2
    prime_vertical_m = _SEMI_MAJOR_M / np.sqrt(bent)
    meridian_m = _SEMI_MAJOR_M * (1.0 - _ECCENTRICITY2) / bent**1.5
    degree = np.pi / 180.0
    return (
        float(prime_vertical_m * np.cos(np.radians(ORIGIN_LAT)) * degree),
        float(meridian_m * degree),
    )


M_PER_DEGREE_LON, M_PER_DEGREE_LAT = _metres_per_degree()


class Frame:
    """Bend paper coordinates (m) by a smooth seeded field, then place them on the globe.

    Everything is drawn with straight lines; the bend (wavelengths of kilometres, some 150 m wide)
    gives roads, blocks and buildings the same gentle curves, so nothing that touched comes apart.
    """

    def __init__(self, rng: np.random.Generator) -> None:
        waves = 7
        heading = rng.uniform(0.0, 2.0 * np.pi, waves)
        number = 2.0 * np.pi / rng.uniform(2_600.0, 9_000.0, waves)
        self._wave = np.stack([np.cos(heading), np.sin(heading)]) * number
        self._phase = rng.uniform(0.0, 2.0 * np.pi, (2, waves))
        self._size_m = rng.uniform(18.0, 62.0, (2, waves))

    def bend(self, xy: Floats) -> Floats:
        """Return paper points (n, 2) moved by the field, in m."""
        angle = xy @ self._wave
        moved = [
            xy[:, axis] + (np.sin(angle + self._phase[axis]) * self._size_m[axis]).sum(axis=1)
            for axis in (0, 1)
        ]
        return np.column_stack(moved)

    def place(self, xy: Floats) -> Floats:
        """Return paper points (n, 2) as lon, lat, rounded to 1e-7 degree (1 cm)."""
        bent = self.bend(xy)
        lon = ORIGIN_LON + bent[:, 0] / M_PER_DEGREE_LON
        lat = ORIGIN_LAT + bent[:, 1] / M_PER_DEGREE_LAT
        return np.round(np.column_stack([lon, lat]), 7)

    def globe(self, geometry: Any, *, step_m: float = 60.0) -> Any:
        """Return a paper geometry, or an array of them, in EPSG:4326.

        Long straight parts get a vertex at least every `step_m` first, so that they bend.
        """
        return shapely.transform(shapely.segmentize(geometry, step_m), self.place)

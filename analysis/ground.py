"""The ground round a place, as the zones of a forest fire or a flood need it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True, eq=False)
class Ground:
    """Square grids round a place, rows from north to south, the place in the middle cell.

    `elevation_m` is NaN where no terrain model reaches; `fuel_number` holds numbers of fuel models
    (NaN: unknown), None where no fuel map reaches. `sources` cites the rasters that were read.
    """

    cell_size_m: float
    elevation_m: Floats
    fuel_number: Floats | None = None
    sources: tuple[str, ...] = ()

    @property
    def middle(self) -> tuple[int, int]:
        """Row and column of the place."""
        rows, columns = self.elevation_m.shape
        return rows // 2, columns // 2

"""What the makers write on: rows by layer, in paper metres until the whole city is placed."""

from __future__ import annotations

import uuid
from collections import defaultdict
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import STRtree

from data_samples.city.frame import Frame
from layers.site import FICTIONAL

POLYGON = shapely.GeometryType.POLYGON
MULTIPOLYGON = shapely.GeometryType.MULTIPOLYGON
_NAMESPACE = uuid.UUID("6f6e656d-6170-5000-8000-6c696e67616e")


@dataclass(frozen=True)
class Rows:
    """Rows of one layer: field values, geometry in EPSG:4326 (shapely, n), and what hangs on them.

    `children[i]` is None or `{"contact": [...], "stock": [...], "vehicle": [...]}` of record i.
    """

    records: tuple[dict[str, Any], ...]
    geometry: NDArray[np.object_]
    children: tuple[dict[str, list[dict[str, Any]]] | None, ...]

    def __len__(self) -> int:
        return len(self.records)


class Draft:
    """Rows as they are drawn; ids come from the seed, the layer and the order, so they repeat."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self.source = f"{FICTIONAL}, seed {seed}"
        self._records: dict[str, list[dict[str, Any]]] = defaultdict(list)
        self._geometry: dict[str, list[shapely.Geometry]] = defaultdict(list)
        self._children: dict[uuid.UUID, dict[str, list[dict[str, Any]]]] = {}
        self._phones = 0

    def add(self, layer: str, geometry: shapely.Geometry | None, **fields: Any) -> uuid.UUID:
        """Write one row and return its id; None is a feature of which no place is known."""
        number = len(self._records[layer])
        key = uuid.uuid5(_NAMESPACE, f"{self.seed}/{layer}/{number}")
        self._records[layer].append({"id": key, "source": self.source, **fields})
        self._geometry[layer].append(geometry)
        return key

    def call(self, feature: uuid.UUID, name: str, post: str) -> None:
        """Write whom to call for a feature, the first first.

        Area code 000 exists nowhere, so nobody's telephone rings by it.
        """
        self._phones += 1
        contacts = self._hung(feature, "contact")
        phone = f"000-5550-{self._phones:04d}"
        contacts.append({"name": name, "post": post, "phone": phone, "rank": len(contacts) + 1})

    def store(
        self, feature: uuid.UUID, item: str, quantity: float, unit: str, owner: str | None = None
    ) -> None:
        """Write what a resource holds, and whose it is."""
        stock = self._hung(feature, "stock")
        stock.append({"item": item, "quantity": quantity, "unit": unit, "owner": owner})

    def equip(
        self, feature: uuid.UUID, kind: str, count: int = 1, plate: str | None = None
    ) -> None:
        """Write which vehicles a team has."""
        self._hung(feature, "vehicle").append({"kind": kind, "count": count, "plate": plate})

    def _hung(self, feature: uuid.UUID, kind: str) -> list[dict[str, Any]]:
        return self._children.setdefault(feature, {}).setdefault(kind, [])

    def drawn(self, layer: str) -> list[shapely.Geometry]:
        """Return the paper geometries of a layer."""
        return self._geometry[layer]

    def records(self, layer: str) -> list[dict[str, Any]]:
        """Return the rows of a layer as they are drawn; what is changed in them stays changed."""
        return self._records[layer]

    def column(self, layer: str, field: str) -> list[Any]:
        """Return one field of every row of a layer."""
        return [record[field] for record in self._records[layer]]

    def place(
        self, frame: Frame, towns: list[shapely.Geometry], codes: list[str]
    ) -> dict[str, Rows]:
        """Return every layer on the globe; each row gets the code of the town that it lies in."""
        tree = STRtree(towns)
        placed: dict[str, Rows] = {}
        for layer, records in self._records.items():
            drawn = np.array(self._geometry[layer], dtype=object)
            middle = shapely.point_on_surface(drawn)
            row, town = tree.query(middle, predicate="intersects")
            for index, code in zip(row, town, strict=True):
                records[index].setdefault("region", codes[code])
            children = tuple(self._children.get(record["id"]) for record in records)
            placed[layer] = Rows(tuple(records), _as_drawn(frame.globe(drawn), drawn), children)
        return placed


def _as_drawn(placed: NDArray[np.object_], drawn: NDArray[np.object_]) -> NDArray[np.object_]:
    """Return placed geometries valid and of the type that was drawn.

    The bend may leave a hair on a large area, and a multipolygon of one part may come back single.
    """
    placed = placed.copy()
    bad = ~(shapely.is_valid(placed) | shapely.is_missing(placed))
    placed[bad] = shapely.buffer(placed[bad], 0.0)
    single = (shapely.get_type_id(drawn) == MULTIPOLYGON) & (shapely.get_type_id(placed) == POLYGON)
    placed[single] = [shapely.MultiPolygon([area]) for area in placed[single]]
    return placed

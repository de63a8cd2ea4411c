"""Places on record with their people: who must be reached, and who is cut off."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import ColumnElement, Select, literal, null, select
from sqlalchemy.orm import Session

from layers import catalog
from layers.catalog import Layer
from layers.errors import TooLargeError
from layers.query import Area, Scope
from layers.query.rows import anchor_columns
from layers.query.scope import visible

Floats = NDArray[np.float64]

PLACE_LAYERS = ("protection_target", "sensitive_place", "enterprise", "hazard_source")
MOST_PLACES = 100_000


@dataclass(frozen=True)
class Records:
    """Places on record (p): `lonlat` (EPSG:4326), people by day and by night, NaN for unknown.

    Only protection targets count people; of every other layer they are NaN and `counts` is False.
    """

    layer: tuple[str, ...]
    id: tuple[str, ...]
    name: tuple[str | None, ...]
    name_en: tuple[str | None, ...]
    kind: tuple[str | None, ...]
    lonlat: Floats
    day: Floats
    night: Floats
    counts: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.id)

    def entry(self, index: int) -> dict[str, Any]:
        """Return a place as it is listed on the wire."""
        lon, lat = self.lonlat[index].tolist()
        return {
            "layer": self.layer[index],
            "id": self.id[index],
            "name": self.name[index],
            "name_en": self.name_en[index],
            "kind": self.kind[index],
            "lon": round(lon, 7),
            "lat": round(lat, 7),
            "people_day": _known(self.day[index]),
            "people_night": _known(self.night[index]),
        }


def _known(value: float) -> int | None:
    return None if np.isnan(value) else int(value)


def records(
    session: Session, area: Area, *, scope: Scope, layers: Sequence[str] = PLACE_LAYERS
) -> Records:
    """Return the places of some layers in an area that a reader may see.

    Raises
    ------
    TooLargeError
        More than `MOST_PLACES`.
    """
    rows: list[Any] = []
    for name in layers:
        layer = catalog.find(name, session)
        left = MOST_PLACES + 1 - len(rows)
        rows += session.execute(_question(layer, area, scope).limit(left)).all()
        if len(rows) > MOST_PLACES:
            raise TooLargeError(
                f"more than {MOST_PLACES} places lie in the area; ask for a smaller one",
                code="too_many_places", got=f"> {MOST_PLACES}", wanted=MOST_PLACES,
            )  # fmt: skip
    columns = list(zip(*rows, strict=True)) or [()] * 9
    layer_of, id_of, names, names_en, kinds = columns[:5]
    numbers = np.array(columns[5:], np.float64).reshape(4, -1)
    return Records(
        layer=layer_of,
        id=tuple(str(each) for each in id_of),
        name=names,
        name_en=names_en,
        kind=kinds,
        lonlat=numbers[:2].T,
        day=numbers[2],
        night=numbers[3],
        counts=np.array([each == "protection_target" for each in layer_of], np.bool_),
    )


def _question(layer: Layer, area: Area, scope: Scope) -> Select[Any]:
    counted = layer.name == "protection_target"
    people: list[ColumnElement[Any]] = [
        layer.column(f"people_{when}") if counted else null() for when in ("day", "night")
    ]
    return (
        select(
            literal(layer.name),
            layer.column("id"),
            layer.column("name"),
            layer.column("name_en"),
            layer.column(layer.kind_field) if layer.kind_field else null(),
            *anchor_columns(layer),
            *people,
        )
        .where(visible(layer, scope), area.clause(layer))
        .order_by(layer.column("fid"))
    )

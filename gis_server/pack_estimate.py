"""About how large a pack will be, before it is made."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path

from geoalchemy2.shape import from_shape
from shapely.geometry.base import BaseGeometry
from sqlalchemy import Integer, cast, func, select
from sqlalchemy.orm import Session

from gis_server import pack_extras, pack_words
from gis_server.config import Config
from gis_server.pack_owner import Owner
from gis_server.packing import Asked, content_of
from layers.models import Road, RoadNetwork
from tiles.pack import Parts
from tiles.pack import estimate as pack_estimate

# Measured on extracts of OpenStreetMap: a direction of a road with its share of the nodes, and each
# point of its line, packed as Parquet.
_ARC_BYTES = 24.0
_ARC_POINT_BYTES = 7.6
_FRAME_BYTES = 6_000


@dataclass(frozen=True)
class Estimate:
    """Bytes by part, how many tiles the area has, and how many features its owner may see."""

    parts: dict[str, int]
    tiles: int
    features: int

    @property
    def size(self) -> int:
        """Bytes of all parts together."""
        return sum(self.parts.values())


def estimate(session: Session, config: Config, asked: Asked, owner: Owner) -> Estimate:
    """Return about how large a pack would be, from a few tiles and rows; plans are made to know.

    Raises
    ------
    TooLargeError
        The area has too many tiles or rows: no pack of it is made.
    """
    content = content_of(session, config, asked, owner)
    with tempfile.TemporaryDirectory(prefix="onemap-pack-") as name:
        folder = Path(name)
        parts = Parts(session, content, folder, progress=lambda step, done, whole: None)
        cover, held = parts.cover, parts.held
        found: dict[str, int] = {}
        if "basemap" in content.parts:
            found["basemap"] = pack_estimate.basemap_bytes(session, cover, archive=content.archive)
        if "layers" in content.parts:
            found["layers"] = pack_estimate.layers_bytes(session, held, cover, scope=owner.scope)
        if {"features", "gpkg"} & content.parts:
            packed, tables = pack_estimate.features_bytes(session, held)
            found |= {"features": packed} if "features" in content.parts else {}
            found |= {"gpkg": tables} if "gpkg" in content.parts else {}
        if "roads" in content.parts:
            found["roads"] = _roads(session, content.area)
        if "plans" in content.parts:
            made = pack_extras.plans(session, content.area, folder, owner=owner, as_of="",
                                     language=asked.language)  # fmt: skip
            found["plans"] = sum(part.path.stat().st_size for part in made)
        forms = pack_words.forms(content.layers, folder)
        # The manifest tells the fields again, in about as many words.
        found["forms"] = 2 * forms.path.stat().st_size + _FRAME_BYTES
    return Estimate(found, cover.count, sum(each.count for each in held))


def _roads(session: Session, area: BaseGeometry) -> int:
    """Return about how many bytes the roads of the area have."""
    used = select(RoadNetwork.id).where(RoadNetwork.active)
    ways = cast(Road.forward, Integer) + cast(Road.backward, Integer)
    arcs, points = session.execute(
        select(
            func.coalesce(func.sum(ways), 0),
            func.coalesce(func.sum(ways * func.ST_NPoints(Road.geom)), 0),
        ).where(
            Road.network_id.in_(used),
            func.ST_Intersects(Road.geom, from_shape(area, srid=4326)),
        )
    ).one()
    return int(arcs * _ARC_BYTES + points * _ARC_POINT_BYTES)

"""A pack's own parts: base map, layers, features. Each is a file in a folder until it is sealed.

Everything is read through one session whose transaction sees one moment (REPEATABLE READ): then the
tiles, the features and the revision that the manifest names are of that moment.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from shapely.geometry.base import BaseGeometry
from sqlalchemy.orm import Session

from layers.catalog import Layer
from layers.packs.sealing import Made
from layers.query import Scope
from tiles.archive import Archive
from tiles.pack import basemap as pack_basemap
from tiles.pack import layers as pack_layers
from tiles.pack import tables as pack_tables
from tiles.pack.area import on_the_map
from tiles.pack.cover import Cover, cover
from tiles.pack.layers import Held, Progress

PARTS = ("basemap", "layers", "features", "gpkg", "roads", "plans")
"""What may be asked for; the forms and a word to read come with every pack."""

PMTILES = "application/vnd.pmtiles"


@dataclass(frozen=True, kw_only=True)
class Content:
    """What is to be in a pack: where, which layers, down to which zoom, and for whose eyes.

    `area` is in EPSG:4326 (`tiles.pack.area`); `headings` are what layers (key "") and fields are
    called in the GeoPackage. `archive` is the site's base map where it has made one.
    """

    area: BaseGeometry
    layers: Sequence[Layer]
    minzoom: int
    maxzoom: int
    parts: frozenset[str]
    scope: Scope
    headings: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    attribution: str | None = None
    archive: Archive | None = None

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """west, south, east, north in degrees."""
        west, south, east, north = self.area.bounds
        return (west, max(south, -85.0511), east, min(north, 85.0511))


class Parts:
    """The parts of a pack, made in a folder of their own one after the other."""

    def __init__(
        self, session: Session, content: Content, folder: Path, *, progress: Progress
    ) -> None:
        self.session = session
        self.content = content
        self.folder = folder
        self.progress = progress

    @cached_property
    def cover(self) -> Cover:
        """The tiles of the area."""
        drawn = on_the_map(self.session, self.content.area)
        return cover(drawn, minzoom=self.content.minzoom, maxzoom=self.content.maxzoom)

    @cached_property
    def held(self) -> tuple[Held, ...]:
        """What the area holds of each layer."""
        found: list[Held] = []
        for layer in self.content.layers:
            self.progress("counting", len(found), len(self.content.layers))
            each = pack_layers.held(
                self.session, layer, self.content.area, scope=self.content.scope
            )
            found.append(each)
            if sum(other.count for other in found) > pack_layers.MAX_FEATURES:
                raise pack_layers.many_features(sum(other.count for other in found))
        return tuple(found)

    def made(self) -> Iterator[Made]:
        """Make what is asked for; a part that would be empty is left out."""
        wanted = self.content.parts
        makers: dict[str, Callable[[], Iterator[Made]]] = {
            "basemap": self._basemap, "layers": self._layers,
            "features": self._features, "gpkg": self._geopackage,
        }  # fmt: skip
        for name, make in makers.items():
            if name in wanted:
                yield from make()

    def _basemap(self) -> Iterator[Made]:
        path = pack_basemap.write(
            self.session, self.cover, self.folder / "basemap.pmtiles",
            archive=self.content.archive, bounds=self.content.bounds,
            attribution=self.content.attribution, progress=self.progress,
        )  # fmt: skip
        if path is not None:
            yield Made(path, path.name, PMTILES, "basemap")

    def _layers(self) -> Iterator[Made]:
        path = pack_layers.write(
            self.session, self.held, self.cover, self.folder / "layers.pmtiles",
            scope=self.content.scope, bounds=self.content.bounds, progress=self.progress,
        )  # fmt: skip
        if path is not None:
            yield Made(path, path.name, PMTILES, "layers")

    def _features(self) -> Iterator[Made]:
        for each in self.held:
            if each.count:
                path = self.folder / f"{each.layer.name}.json.gz"
                pack_tables.write_geojson(
                    self.session, each.layer, each.wanted, path, progress=self.progress
                )
                yield Made(path, f"features/{path.name}", "application/gzip", "features")

    def _geopackage(self) -> Iterator[Made]:
        path = pack_tables.write_geopackage(
            self.session, self.held, self.folder / "features.gpkg",
            headings=self.content.headings, progress=self.progress,
        )  # fmt: skip
        if path is not None:
            yield Made(path, path.name, "application/geopackage+sqlite3", "gpkg")

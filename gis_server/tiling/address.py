"""What a tile's address asks for: which layers, which place, as of which change, what of them."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from hashlib import blake2b
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field

from gis_server import strict_json
from gis_server.wire.base import Query, Wire
from layers import catalog
from layers.catalog import Layer
from layers.errors import InvalidInputError
from layers.query import cql2
from layers.query.scope import Scope
from tiles import basemap
from tiles.cache import key
from tiles.grid import MAX_ZOOM, Tile

BASEMAP = "basemap"
MOST_LAYERS = 60
MOST_FILTERS = 20


class TilePath(Wire):
    """Which tile: a layer, several with commas, or `basemap`; a revision; z, x, y.

    The revision is `<epoch>-<seq>`: the first 8 digits of the database's epoch, and the seq of the
    newest change that touched this tile as far as who asks knows. A number alone is taken too.
    """

    layer: Annotated[str, Field(max_length=2000)]
    revision: Annotated[str, Field(pattern=r"^([0-9a-f]{8}-)?[0-9]{1,18}$")]
    z: Annotated[int, Field(ge=0, le=MAX_ZOOM)]
    x: Annotated[int, Field(ge=0, lt=2**MAX_ZOOM)]
    y: Annotated[int, Field(ge=0, lt=2**MAX_ZOOM)]


class TileQuery(Query):
    """What of the layers.

    `where` is a JSON object of a layer's name to a filter in CQL2 text; `at` a seq of the journal
    or a time (RFC 3339), for tiles as they were, at the zooms that show features. `form` is not
    looked at: a map sets it when its style needs more of the same tiles.
    """

    where: Annotated[str, Field(min_length=2, max_length=6000)] | None = None
    at: Annotated[str, Field(min_length=1, max_length=40)] | None = None
    form: Annotated[str, Field(max_length=64)] | None = None


@dataclass(frozen=True)
class Asked:
    """One tile that is asked for.

    `where` holds the CQL2 JSON of each filtered layer, `at` the seq as of which the tile is
    wanted. `epoch` and `revision` are those of the address.
    """

    layers: tuple[Layer, ...]
    tile: Tile
    epoch: str | None
    revision: int
    where: Mapping[str, Any]
    at: int | None = None
    basemap: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the layers."""
        return tuple(layer.name for layer in self.layers)

    @property
    def plain(self) -> bool:
        """Whether it is the tile that everybody with these rights gets."""
        return not self.where and self.at is None

    def key(self, epoch: uuid.UUID, scope: Scope) -> bytes:
        """Return the key of everything that the answer depends on.

        Besides the address that is the program which makes it, the database's life, how each layer
        is defined, and the regions whose rows the one who asks may see, where that matters.
        """
        seen = None if all(layer.access == "open" for layer in self.layers) else (scope.regions,)
        where = json.dumps(self.where, sort_keys=True) if self.where else ""
        place = (self.tile.z, self.tile.x, self.tile.y)
        prints = tuple(_print(layer) for layer in self.layers)
        return key(making(), epoch.hex, self.basemap, prints, seen, where, self.at, place)


def split(revision: str) -> tuple[str | None, int]:
    """Return the epoch, if it is named, and the number of a revision."""
    epoch, _, number = revision.rpartition("-")
    return epoch or None, int(number)


def layers_of(names: str, find: Callable[[str], Layer]) -> tuple[Layer, ...]:
    """Return the layers of a comma list, each once.

    Raises
    ------
    InvalidInputError
        More than 60.
    NotFoundError
        `find` knows none of that name.
    """
    if names == BASEMAP:
        return tuple(catalog.find(name) for name in basemap.SOURCES)
    given = names.split(",")
    if len(given) > MOST_LAYERS:
        raise InvalidInputError(
            f"{len(given)} layers in one tile, at most {MOST_LAYERS}",
            code="invalid_fields", field="layer", got=len(given),
            wanted=f"at most {MOST_LAYERS} layers",
        )  # fmt: skip
    return tuple({layer.name: layer for layer in map(find, given)}.values())


def filters(given: str | None, layers: tuple[Layer, ...]) -> dict[str, Any]:
    """Return the filters of an address, as CQL2 JSON by the layer's name.

    Every property and value is checked against its layer here, before anything is asked.

    Raises
    ------
    InvalidInputError
        Not a JSON object of texts, over 20 filters, a layer that the tile does not hold, or what
        `layers.query.cql2` refuses.
    """
    if given is None:
        return {}
    said = strict_json.parse(given.encode("utf-8", "replace"), max_bytes=16 * 1024)
    if not isinstance(said, dict) or len(said) > MOST_FILTERS:
        raise _bad_where(given, f"a JSON object of at most {MOST_FILTERS} filters in CQL2 text")
    by_name = {layer.name: layer for layer in layers}
    found: dict[str, Any] = {}
    for name, text in said.items():
        layer = by_name.get(name)
        if layer is None:
            raise _bad_where(name, f"one of the tile's layers: {', '.join(by_name)}")
        if not isinstance(text, str):
            raise _bad_where(json.dumps(text), "a filter in CQL2 text")
        found[name] = cql2.read(text, language="cql2-text")
        cql2.clause(layer, found[name])
    return found


def _bad_where(got: str, wanted: str) -> InvalidInputError:
    return InvalidInputError(
        f"where: got {got[:80]!r}, wanted {wanted}",
        code="invalid_fields", field="where", got=got[:80], wanted=wanted,
    )  # fmt: skip


def _print(layer: Layer) -> str:
    """Return what names a layer and the definition that its tiles are made by."""
    if layer.definition is None:
        return _product_print(layer.name)
    return f"{layer.name}:{layer.definition.id}:{layer.definition.version}"


@cache
def _product_print(name: str) -> str:
    layer = catalog.find(name)
    said = (layer.tiled, layer.summed, layer.worst, layer.min_zoom, layer.access, layer.group)
    return f"{name}:{blake2b(repr(said).encode(), digest_size=8).hexdigest()}"


@cache
def making() -> str:
    """Return the name of the program that makes tiles: another one begins with none made."""
    digest = blake2b(digest_size=8)
    for part in ("layers", "tiles"):
        for file in sorted(Path(str(files(part))).rglob("*")):
            if file.suffix in (".py", ".sql"):
                digest.update(file.read_bytes())
    return digest.hexdigest()

"""Which sealed changes touched which tiles: the newest ones of each layer, with their boxes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from layers.crs.mercator import mercator_from_wgs84
from tiles.grid import BUFFER, WORLD_M, Tile

_EDGE_DEG = 85.06
_FAR_M = 1e9
MOST = 2048
"""Changes kept of one layer; of a tile from before the oldest of them nothing is known."""

Box = tuple[float, float, float, float]
"""west, south, east, north, in degrees or in metres of EPSG:3857."""


class Touch(NamedTuple):
    """One sealed change of a layer; without a box (in degrees) it touched every tile of it."""

    seq: int
    layer: str
    box: Box | None


class _Recent(NamedTuple):
    """A layer's changes after `floor`, oldest first; from before it nothing but that is known."""

    floor: int
    touches: list[tuple[int, Box]]


class Touched:
    """The newest changes of every layer; one thread adds, any number ask meanwhile.

    Nothing that a reader may be walking through is taken apart: lists grow at their end or are
    replaced whole, and `seq` moves on after all that it stands for is there.
    """

    def __init__(self, revisions: Mapping[str, int], *, seq: int) -> None:
        self.seq = seq
        self._recent = {layer: _Recent(revision, []) for layer, revision in revisions.items()}

    def add(self, touches: Iterable[Touch], *, seq: int) -> None:
        """Take in all changes up to a seq, in their order."""
        for touch in touches:
            recent = self._recent.get(touch.layer)
            if touch.box is None or recent is None:
                self._recent[touch.layer] = _Recent(touch.seq, [])
                continue
            recent.touches.append((touch.seq, _metres(touch.box)))
            if len(recent.touches) > MOST:
                dropped = len(recent.touches) - MOST // 2
                self._recent[touch.layer] = _Recent(
                    recent.touches[dropped - 1][0], recent.touches[dropped:]
                )
        self.seq = seq

    def since(self, layers: Iterable[str], tile: Tile, seq: int) -> bool:
        """Tell whether anything may have touched a tile of these layers after a seq.

        True also of a layer or a time that nothing is known of.
        """
        box: Box | None = None
        for layer in layers:
            recent = self._recent.get(layer)
            if recent is None or seq < recent.floor:
                return True
            for number in range(len(recent.touches) - 1, -1, -1):
                at, place = recent.touches[number]
                if at <= seq:
                    break
                box = box or box_of(tile)
                if _meet(place, box):
                    return True
        return False


def box_of(tile: Tile) -> Box:
    """Return what a tile shows, its buffer included, in metres of EPSG:3857.

    The first and the last row take in all that lies beyond the edge of the map.
    """
    west, south, east, north = tile.bounds
    margin = BUFFER * tile.unit_m
    first, last = tile.y == 0, tile.y == 2**tile.z - 1
    return (
        west - margin,
        -_FAR_M if last else south - margin,
        east + margin,
        _FAR_M if first else north + margin,
    )


def _metres(box: Box) -> Box:
    """Return a box of degrees in metres of EPSG:3857, cut where the map ends."""
    west, south, east, north = box
    x, y = mercator_from_wgs84([west, east], [_on_map(south), _on_map(north)])
    return float(x[0]), float(y[0]), float(x[1]), float(y[1])


def _on_map(lat: float) -> float:
    return min(max(lat, -_EDGE_DEG), _EDGE_DEG)


def _meet(one: Box, other: Box) -> bool:
    """Tell whether a box of the world meets that of a tile, which may reach over 180 degrees."""
    if one[3] < other[1] or one[1] > other[3]:
        return False
    return any(
        one[0] + shift_m <= other[2] and one[2] + shift_m >= other[0]
        for shift_m in (0.0, WORLD_M, -WORLD_M)
    )

"""A town of a few streets as an OpenStreetMap file, for tests of base maps."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from xml.sax.saxutils import quoteattr

Position = tuple[float, float]


class Town:
    """An .osm file under way: things get numbers in the order in which they come."""

    def __init__(self, *, stamp: str = "2026-01-31T00:00:00Z") -> None:
        self.stamp = stamp
        self._parts: dict[str, list[str]] = {"node": [], "way": [], "relation": []}
        self._last = 0

    def node(self, at: Position, **tags: str) -> int:
        """Add a node at lon, lat; return its number."""
        number = self._next()
        self._add("node", number, tags, extra=f'lon="{at[0]}" lat="{at[1]}"')
        return number

    def way(self, places: Iterable[Position] | list[int], **tags: str) -> int:
        """Add a way through places, or through nodes that there are; return its number."""
        nodes = [place if isinstance(place, int) else self.node(place) for place in places]
        number = self._next()
        self._add("way", number, tags, inside="".join(f'<nd ref="{n}"/>' for n in nodes))
        return number

    def ring(self, west: float, south: float, side: float, **tags: str) -> int:
        """Add a square way."""
        corners = [(west, south), (west + side, south), (west + side, south + side),
                   (west, south + side)]  # fmt: skip
        nodes = [self.node(corner) for corner in corners]
        return self.way([*nodes, nodes[0]], **tags)

    def relation(self, members: Mapping[int, str], **tags: str) -> int:
        """Add a relation of ways with their roles."""
        number = self._next()
        inside = "".join(
            f'<member type="way" ref="{way}" role={quoteattr(role)}/>'
            for way, role in members.items()
        )
        self._add("relation", number, tags, inside=inside)
        return number

    def write(self, path: Path) -> Path:
        """Write the file, every kind in order of its numbers."""
        body = "".join(part for parts in self._parts.values() for part in parts)
        path.write_text(
            f'<osm version="0.6" timestamp="{self.stamp}">{body}</osm>', encoding="utf-8"
        )
        return path

    def _next(self) -> int:
        self._last += 1
        return self._last

    def _add(
        self, kind: str, number: int, tags: Mapping[str, str], *, inside: str = "", extra: str = ""
    ) -> None:
        told = "".join(
            f"<tag k={quoteattr(key.replace('__', ':'))} v={quoteattr(value)}/>"
            for key, value in tags.items()
        )
        self._parts[kind].append(
            f'<{kind} id="{number}" version="1" {extra}>{inside}{told}</{kind}>'
        )


def town(*, lon: float = 120.0, lat: float = 30.0, name: str = "江城") -> Town:
    """Return a town: a river, a lake with an island, a park, houses, streets, a border, names."""
    made = Town()
    made.node((lon, lat), place="city", name="Jiangcheng", name__zh=name, name__en="River City",
              population="1200000")  # fmt: skip
    made.node((lon + 0.01, lat + 0.01), place="village", name="北村")
    made.way([(lon - 0.05, lat), (lon + 0.05, lat)], highway="motorway", name="一号高速", ref="G1",
             bridge="yes")  # fmt: skip
    made.way([(lon, lat - 0.02), (lon, lat + 0.02)], highway="residential", name="二路")
    made.way([(lon + 0.001, lat), (lon + 0.001, lat + 0.002)], highway="footway")
    made.way([(lon - 0.02, lat - 0.01), (lon + 0.02, lat - 0.01)], railway="rail", tunnel="yes")
    made.way([(lon - 0.04, lat + 0.015), (lon + 0.04, lat + 0.016)], waterway="river", name="江")
    made.ring(lon + 0.004, lat + 0.004, 0.0003, building="school", building__levels="4")
    made.ring(lon - 0.01, lat + 0.004, 0.004, leisure="park", name="公园")
    outer, island = made.ring(lon - 0.02, lat - 0.008, 0.006), made.ring(lon - 0.018, lat - 0.006,
                                                                         0.002)  # fmt: skip
    made.relation({outer: "outer", island: "inner"}, type="multipolygon", natural="water",
                  name="湖")  # fmt: skip
    shared = made.way([(lon, lat - 0.05), (lon, lat + 0.05)])
    for side, (title, level) in enumerate((("东区", "6"), ("西区", "6"), ("省", "4"))):
        west = lon - 0.05 if side == 1 else lon + 0.05
        other = made.way([(lon, lat + 0.05), (west, lat + 0.05), (west, lat - 0.05),
                          (lon, lat - 0.05)])  # fmt: skip
        if level == "6":
            made.relation({shared: "outer", other: "outer"}, type="boundary",
                          boundary="administrative", admin_level=level, name=title)  # fmt: skip
    return made

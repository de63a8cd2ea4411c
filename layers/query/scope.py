"""Who may see which rows: one clause, used by every question and every tile."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, false, or_, select, true

from layers import region_code
from layers.catalog import Layer
from layers.errors import InvalidInputError
from layers.models import RoadNetwork


@dataclass(frozen=True)
class Scope:
    """The region subtrees that a reader may see: `None` is the whole tree, `()` is nothing.

    `layers.region_code` says what a subtree holds. A row without a region is seen by readers of
    the whole tree only; rows of `open` layers are seen by everyone.
    The empty code '' is the root, so a scope that holds it is the whole tree.
    """

    regions: tuple[str, ...] | None = None

    def __post_init__(self) -> None:
        if self.regions is None:
            return
        if "" in self.regions:
            object.__setattr__(self, "regions", None)
            return
        for region in self.regions:
            if not region_code.is_code(region):
                raise InvalidInputError(f"{region!r} is not a region code", region=region)
        object.__setattr__(self, "regions", tuple(sorted(set(self.regions))))

    def holds(self, region: str | None) -> bool:
        """Tell whether a row of this region code lies in the scope."""
        if self.regions is None:
            return True
        return region is not None and any(region_code.holds(code, region) for code in self.regions)

    def clause(self, region: ColumnElement[str | None]) -> ColumnElement[bool]:
        """Return the SQL condition on a region column; an unset region never passes."""
        if self.regions is None:
            return true()
        if not self.regions:
            return false()
        return or_(*(region_code.subtree(code, region) for code in self.regions))


EVERYTHING = Scope(None)


def visible(layer: Layer, scope: Scope) -> ColumnElement[bool]:
    """Return the SQL condition for the rows of a layer that a reader of `scope` may see.

    Of the road layer, only roads of active networks exist for a reader: superseded versions of a
    network stay stored beside the new one.
    """
    clauses: list[ColumnElement[bool]] = []
    if layer.access != "open":
        clauses.append(scope.clause(layer.column("region")))
    if layer.name == "road":
        network = layer.column("network_id")
        active = select(RoadNetwork.id).where(RoadNetwork.active)
        clauses.append(or_(network.is_(None), network.in_(active)))
    return and_(true(), *clauses)

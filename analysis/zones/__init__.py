"""The hazard zones of a scenario: `zones(scenario)` is the one way in.

A place and a substance are enough: the first-minute distance tables answer. Quantities and wind
bring the models. Nothing is guessed in silence: what was assumed is listed in the answer.
"""

from __future__ import annotations

from collections.abc import Callable

from analysis.scenario import Scenario, Zone, ZoneSet
from analysis.zones.blast import explosion
from analysis.zones.check import check
from analysis.zones.fire import fireball, jet_fire, pool_fire
from analysis.zones.flood import flood
from analysis.zones.forest_fire import forest_fire
from analysis.zones.ledger import Ledger
from analysis.zones.toxic import flash_fire, toxic
from layers.errors import InvalidInputError

__all__ = ["zones"]

_BY_KIND: dict[str, Callable[[Scenario, Ledger], list[Zone]]] = {
    "toxic_release": toxic,
    "flash_fire": flash_fire,
    "pool_fire": pool_fire,
    "jet_fire": jet_fire,
    "fireball": fireball,
    "explosion": explosion,
    "forest_fire": forest_fire,
    "flood": flood,
}


def zones(scenario: Scenario, *, moving: bool = True) -> ZoneSet:
    """Return the hazard zones of a scenario with all that was used to draw them.

    Areas are in EPSG:4326, valid, and nested where one model draws several. They hold the source,
    save where a high source passes over what is near it. Pure: no database, no clock.

    Parameters
    ----------
    moving
        False leaves out what moves: confidence lines and the cloud at its moments.

    Raises
    ------
    InvalidInputError
        `code="no_model"`: the kind has no consequence model; `"substance_missing"`,
        `"not_flammable"`: what is missing, by name.
    OutOfRangeError
        A quantity is absurd (`analysis.limits`); carries `field`, `got` and `wanted`. One that is
        possible and only too much for a model is a warning, and the table is drawn.
    """
    check(scenario)
    draw = _BY_KIND.get(scenario.kind)
    if draw is None:
        raise InvalidInputError(
            f"no consequence model for {scenario.kind!r}",
            code="no_model",
            field="kind",
            got=scenario.kind,
            wanted=", ".join(_BY_KIND),
        )
    ledger = Ledger(scenario.weather, moving=moving)
    drawn = draw(scenario, ledger)
    return ZoneSet(
        zones=tuple(drawn),
        models=tuple(ledger.models),
        assumed=tuple(ledger.entries),
        distances=tuple(ledger.distances),
        warnings=tuple(ledger.warnings),
        confidence=tuple(ledger.confidence),
        slices=tuple(ledger.slices),
        reasons=tuple(ledger.reasons),
    )

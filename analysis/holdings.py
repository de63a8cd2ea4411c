"""What one hazard source holds, line by line: the working of S and R of GB 18218-2018. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from analysis.scenario import Message
from layers import critical
from layers.critical import Critical
from layers.grading import Held, Unit

ROUNDING = 1e-9
"""Sums of decimals fall short of their bounds by less: 0.1 + 0.2 reaches 0.3."""


@dataclass(frozen=True, kw_only=True)
class Row:
    """One line of the working: q, Q, q/Q, beta and beta*q/Q of what one part holds.

    `missing` is why the line has no number, or None; a line that the standard does not count has
    ratio 0 and `basis` "uncounted".
    """

    held: Held
    critical: Critical | None
    ratio: float | None
    weighted: float | None
    missing: Message | None = None

    def to_json(self) -> dict[str, Any]:
        """Return the line as it is stored and shown."""
        found = self.critical
        return {
            **asdict(self.held),
            "ratio": self.ratio,
            "weighted": self.weighted,
            "missing": self.missing.to_json() if self.missing else None,
            "critical": None if found is None else asdict(found),
        }


def lines(unit: Unit) -> tuple[tuple[Row, ...], list[Message]]:
    """Return a line for everything that counts of a unit, and what a reader must know of them."""
    held, notes = _held(unit)
    rows = tuple(_row(part) for part in held)
    return rows, [*notes, *_row_notes(rows)]


def reaches(value: float, bound: float) -> bool:
    """Say whether a sum reaches a bound, rounding aside."""
    return value >= bound * (1.0 - ROUNDING)


def _held(unit: Unit) -> tuple[list[Held], list[Message]]:
    """Return what is added up: the tanks, and what the unit itself says beside them.

    A unit's own quantity of a substance that its tanks hold too is the total of these, not one
    more tank: the greater of the two counts, and a difference is told.
    """
    own = unit.own
    if own.substance is None and own.cas is None and (unit.tanks or own.quantity_t is None):
        return list(unit.tanks), []
    same = [tank for tank in unit.tanks if _same_substance(own, tank)]
    others = [tank for tank in unit.tanks if tank not in same]
    if not same:
        # A tank without a substance in a unit of one substance holds that.
        bare = [tank for tank in others if tank.substance is None and tank.cas is None]
        if bare and len(bare) == len(unit.tanks):
            same, others = [_named_after(own, tank) for tank in bare], []
    if not same:
        return [own, *others], []
    known = [tank.quantity_t for tank in same if tank.quantity_t is not None]
    total = sum(known)
    told = _totals_differ(own, total) if len(known) == len(same) else []
    if own.quantity_t is None or reaches(total, own.quantity_t):
        return [*same, *others], told
    return [own, *others], told


def _totals_differ(own: Held, total: float) -> list[Message]:
    filed = own.quantity_t
    if filed is None or abs(total - filed) <= 0.01 * max(total, filed):
        return []
    params = {"unit_t": filed, "tanks_t": round(total, 3), "used_t": max(filed, round(total, 3))}
    return [Message(code="grading.totals_differ", params=params)]


def _same_substance(a: Held, b: Held) -> bool:
    """Say whether two parts hold one substance: by what the tables know, else by the words."""
    first, second = _critical(a), _critical(b)
    if first is not None and second is not None:
        return (first.cas or first.name_zh) == (second.cas or second.name_zh)
    return (a.cas or a.substance) == (b.cas or b.substance) and (a.cas or a.substance) is not None


def _named_after(own: Held, tank: Held) -> Held:
    return replace(tank, substance=own.substance, cas=own.cas, hazard_class=own.hazard_class)


def _critical(held: Held) -> Critical | None:
    return critical.find(held.substance, held.cas, held.hazard_class)


def _row(held: Held) -> Row:
    found = _critical(held)
    where = held.name or held.id
    if found is None:
        unnamed = held.substance is None and held.cas is None
        code = "grading.no_substance" if unnamed else "grading.no_critical_quantity"
        params = {"where": where, "substance": held.substance or held.cas}
        return Row(held=held, critical=None, ratio=None, weighted=None,
                   missing=Message(code=code, params=params))  # fmt: skip
    if found.basis == "uncounted":
        return Row(held=held, critical=found, ratio=0.0, weighted=0.0)
    if held.quantity_t is None or found.critical_t is None or found.beta is None:
        params = {"where": where, "substance": held.substance or found.name_zh}
        return Row(held=held, critical=found, ratio=None, weighted=None,
                   missing=Message(code="grading.no_quantity", params=params))  # fmt: skip
    ratio = held.quantity_t / found.critical_t
    return Row(held=held, critical=found, ratio=ratio, weighted=found.beta * ratio)


def _row_notes(rows: Sequence[Row]) -> list[Message]:
    """Return what a reader must know of the coefficients: which were guessed, and how."""
    notes: dict[str, Message] = {}
    doubtful: dict[str, None] = {}
    for row in rows:
        found = row.critical
        if found is None:
            continue
        if found.alternatives:
            params = {"substance": found.name_zh, "rows": list(found.alternatives)}
            notes[found.name_zh] = Message(code="grading.form_unknown", params=params)
        if "mem" in found.critical_certainty + found.beta_certainty:
            doubtful[found.name_zh] = None
    if doubtful:
        params = {"substances": list(doubtful)}
        notes["mem"] = Message(code="grading.from_memory", params=params)
    return list(notes.values())

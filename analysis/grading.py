"""The grade of a major-hazard source by GB 18218-2018 (重大危险源辨识与分级). Pure.

S = sum(q / Q) over what one unit holds; S >= 1 makes it a major-hazard source. Then
R = alpha * sum(beta * q / Q), and R >= 100 is grade 1 (一级), >= 50 grade 2, >= 10 grade 3, less
grade 4. What is not known is never taken as 0: R then has a lower and an upper bound, and a grade
is said only where both bounds give the same one.

Coefficients: `layers.critical`. alpha (table 5) [mem 95%]: by residents within 500 m of the plant's
border.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache
from typing import Any, Literal

from analysis.holdings import Row, lines, reaches
from analysis.scenario import Message
from layers import critical
from layers.grading import LISTED_TARGETS, Nearby, Unit

VERSION = "1"
ALPHAS: tuple[tuple[int, float], ...] = ((100, 2.0), (50, 1.5), (30, 1.2), (1, 1.0), (0, 0.5))
Level = Literal["1", "2", "3", "4", "none"]
GRADES: tuple[tuple[float, Level], ...] = ((100.0, "1"), (50.0, "2"), (10.0, "3"), (0.0, "4"))
NOT_MAJOR: Level = "none"


@dataclass(frozen=True, kw_only=True)
class People:
    """How many live within 500 m, and the alpha between whose bounds the truth lies.

    `basis` is "filed", "counted" or "unknown"; `number` is None where unknown, and a lower bound
    where `unknown_targets` is not 0.
    """

    number: int | None
    basis: Literal["filed", "counted", "unknown"]
    counted: int
    unknown_targets: int
    alpha_low: float
    alpha_high: float


@dataclass(frozen=True, kw_only=True)
class Grading:
    """The grade with its working. `r_high` None is unbounded; `level` None is undecided."""

    unit: Unit
    rows: tuple[Row, ...]
    people: People
    s: float
    weighted: float
    r_low: float
    r_high: float | None
    level: Level | None
    missing: tuple[Message, ...]
    notes: tuple[Message, ...]

    @property
    def complete(self) -> bool:
        """Say whether every substance and quantity of the unit is known."""
        return bool(self.rows) and all(row.missing is None for row in self.rows)

    @property
    def differs(self) -> bool | None:
        """Say whether the computed grade is another than the filed one; None where undecided."""
        if self.level is None:
            return None
        return (self.unit.filed_grade or NOT_MAJOR) != self.level

    def to_json(self) -> dict[str, Any]:
        """Return the working as it is stored and shown."""
        return {
            "standard": critical.STANDARD,
            "version": VERSION,
            "level": self.level,
            "filed_grade": self.unit.filed_grade,
            "differs": self.differs,
            "s": self.s,
            "complete": self.complete,
            "weighted": self.weighted,
            "r": self.r_low if self.r_low == self.r_high else None,
            "r_low": self.r_low,
            "r_high": self.r_high,
            "rows": [row.to_json() for row in self.rows],
            "people": {
                **asdict(self.people),
                "filed": self.unit.filed_people,
                "within_m": 500,
                "boundary": self.unit.boundary,
                "targets": [asdict(target) for target in self.unit.nearby[:LISTED_TARGETS]],
                "target_count": len(self.unit.nearby),
            },
            "missing": [message.to_json() for message in self.missing],
            "notes": [message.to_json() for message in self.notes],
        }


def grade(unit: Unit) -> Grading:
    """Return the grade of one unit with its working.

    Returns
    -------
    Grading
        `level` is "1" to "4", "none" where S < 1, or None where what is known does not decide;
        `missing` then says what is lacking.
    """
    rows, notes = lines(unit)
    people = _people(unit)
    missing = [row.missing for row in rows if row.missing is not None]
    if not rows:
        missing.append(Message(code="grading.nothing_held"))
    complete = not missing
    s = sum(row.ratio or 0.0 for row in rows)
    weighted = sum(row.weighted or 0.0 for row in rows)
    r_low = people.alpha_low * weighted
    r_high = people.alpha_high * weighted if complete else None
    level = _decided(s, r_low, r_high, complete=complete)
    if people.alpha_low != people.alpha_high:
        missing.append(_people_missing(people))
    return Grading(
        unit=unit,
        rows=rows,
        people=people,
        s=s,
        weighted=weighted,
        r_low=r_low,
        r_high=r_high,
        level=level,
        missing=tuple(missing),
        notes=(*notes, *_people_notes(unit, people)),
    )


def inputs_sha256(unit: Unit) -> str:
    """Return the digest of everything that entered a grading, coefficients included."""
    parts = {"unit": asdict(unit), "version": VERSION, "coefficients": _coefficients()}
    text = json.dumps(parts, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def alpha_of(people: int) -> float:
    """Return the correction factor for residents within 500 m (table 5)."""
    return next(alpha for least, alpha in ALPHAS if people >= least)


def grade_of(r: float) -> Level:
    """Return the grade of an R of a unit whose S reaches 1 (table 6)."""
    return next(level for least, level in GRADES if reaches(r, least))


def _decided(s: float, r_low: float, r_high: float | None, *, complete: bool) -> Level | None:
    """Return the grade that every value between the bounds gives, or None."""
    if not reaches(s, 1.0):
        return NOT_MAJOR if complete else None
    lowest = grade_of(r_low)
    highest = "1" if r_high is None else grade_of(r_high)
    return lowest if lowest == highest else None


def _people(unit: Unit) -> People:
    """Return how many live within 500 m: the greater of what was filed and what is on record."""
    counted = sum(target.people or 0 for target in unit.nearby)
    unknown = sum(target.people is None for target in unit.nearby)
    filed = unit.filed_people
    given = {"counted": counted, "unknown_targets": unknown}
    if filed is not None and filed >= counted:
        alpha = alpha_of(filed)
        return People(number=filed, basis="filed", alpha_low=alpha, alpha_high=alpha, **given)
    if filed is None and not unit.surveyed:
        return People(number=None, basis="unknown", alpha_low=0.5, alpha_high=2.0, **given)
    low = alpha_of(counted)
    high = 2.0 if unknown else low
    return People(number=counted, basis="counted", alpha_low=low, alpha_high=high, **given)


def _people_missing(people: People) -> Message:
    if people.number is None:
        return Message(code="grading.people_unknown")
    return Message(code="grading.people_partly", params={"targets": people.unknown_targets})


def _people_notes(unit: Unit, people: People) -> list[Message]:
    filed = unit.filed_people
    if filed is None or alpha_of(filed) == alpha_of(people.counted) or not unit.surveyed:
        return []
    params = {"filed": filed, "counted": people.counted, "used": people.number}
    return [Message(code="grading.people_differ", params=params)]


@lru_cache(maxsize=1)
def _coefficients() -> str:
    """Return the digest of the tables, so that a corrected coefficient is a new input."""
    parts = [asdict(each) for each in critical.all_named()]
    parts += [asdict(each) for each in critical.classes().values()]
    return hashlib.sha256(json.dumps(parts, ensure_ascii=False).encode()).hexdigest()


def targets_within(grading: dict[str, Any], visible: Sequence[Nearby]) -> dict[str, Any]:
    """Return a working that lists only these targets; the counts stay."""
    people = {**grading["people"], "targets": [asdict(target) for target in visible]}
    return {**grading, "people": people}

"""Exposure limits: their schemes, levels and editions, and an AEGL for any length of exposure."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from layers.errors import InvalidInputError, OutOfRangeError

Scheme = Literal["AEGL", "ERPG", "PAC", "HJ169", "IDLH", "EPA_RMP"]
STANDARD_FIRST: tuple[Scheme, ...] = ("AEGL", "ERPG", "PAC")
HOUR_S = 3600.0


@dataclass(frozen=True, kw_only=True)
class Threshold:
    """One exposure limit. `value` None means the scheme gives none for this level ("NR").

    `level` is as the scheme prints it. AEGL, ERPG and PAC count upwards, 3 is the worst; HJ 169
    counts downwards: its end point 1 is PAC-3, its end point 2 PAC-2. `severity` says it in one
    way. `date` is the edition of the source.
    """

    scheme: Scheme
    level: int | None
    value: float | None
    unit: Literal["ppm", "mg/m3"]
    averaging_s: float | None
    source: str
    certainty: str
    date: str = ""

    @property
    def name(self) -> str:
        """Return the name as people write it: AEGL-2, AEGL-2 (10 min), PAC-3, HJ169-1, IDLH."""
        if self.level is None:
            return self.scheme
        timed = self.scheme == "AEGL" and self.averaging_s not in (None, HOUR_S)
        minutes = f" ({(self.averaging_s or 0.0) / 60:g} min)" if timed else ""
        return f"{self.scheme}-{self.level}{minutes}"

    @property
    def severity(self) -> int:
        """Return 3 life-threatening, 2 irreversible or escape-impairing, 1 discomfort.

        What this asks for: 3 rescue only, in heavy protection; 2 evacuate or shelter; 1 notify.
        """
        if self.level is None:
            return 3 if self.scheme == "IDLH" else 2  # the end point of RMP is an ERPG-2
        return {1: 3, 2: 2}[self.level] if self.scheme == "HJ169" else self.level


def aegl(known: Sequence[Threshold], level: int, duration_s: float, *, of: str) -> Threshold:
    """Return an AEGL for an exposure of any length between the published ones.

    Between two published durations C^n t is constant (ten Berge et al. 1986), n by their two
    published values: the way in which EPA itself scaled most of them. The source says so.

    Raises
    ------
    InvalidInputError
        No AEGL of this level.
    OutOfRangeError
        Shorter than the shortest or longer than the longest published exposure.
    """
    timed = sorted(
        (t for t in known if t.scheme == "AEGL" and t.level == level and t.value is not None),
        key=lambda t: t.averaging_s or 0.0,
    )
    if not timed:
        raise InvalidInputError(
            f"no AEGL-{level} of {of} is recommended",
            field="level",
            got=str(level),
            wanted=", ".join(sorted({t.name for t in known if t.scheme == "AEGL"})),
        )
    times = [t.averaging_s or 0.0 for t in timed]
    if not times[0] <= duration_s <= times[-1]:
        wanted = f"{times[0]:g} .. {times[-1]:g} s"
        raise OutOfRangeError(
            f"duration_s: got {duration_s:g}, wanted {wanted} (AEGL-{level} of {of})",
            field="duration_s",
            got=duration_s,
            wanted=wanted,
        )
    for threshold, time_s in zip(timed, times, strict=True):
        if time_s == duration_s:
            return threshold
    after = next(i for i, time_s in enumerate(times) if time_s > duration_s)
    return _between(timed[after - 1], timed[after], duration_s)


def _between(shorter: Threshold, longer: Threshold, duration_s: float) -> Threshold:
    """Return the value that lies on C^n t = constant through two published ones."""
    first, last = shorter.value or 0.0, longer.value or 0.0
    from_s, to_s = shorter.averaging_s or 1.0, longer.averaging_s or 1.0
    part = math.log(duration_s / from_s) / math.log(to_s / from_s)
    value = first * (last / first) ** part
    exponent = math.inf if last == first else math.log(to_s / from_s) / math.log(first / last)
    said = f"between {shorter.name} and {longer.name}: C^n t with n = {exponent:.3g}"
    worst = max(shorter, longer, key=lambda t: t.certainty != "sourced")
    return replace(
        longer,
        value=float(f"{value:.3g}"),
        averaging_s=duration_s,
        source=f"{longer.source}; {said}",
        certainty=worst.certainty if worst.certainty != "sourced" else "computed",
    )

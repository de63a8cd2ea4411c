"""The best answer within a time: OR-Tools' CP-SAT, begun from the greedy answer.

Two searches: what is unmet is made least first, and with that held, the cost. So no saving of
time is ever bought with something that could have been brought. The solver runs in this process,
on its own threads and without Python's lock; few at once (the server counts them), bounded in time
and memory. A model is checked before it is solved, and an answer before it is shown: what does not
hold, or is worse than the greedy one, is not taken.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from analysis.dispatch.greedy import improved
from analysis.dispatch.problem import Problem, Score, holds, score
from analysis.dispatch.program import Program, least_unmet

if TYPE_CHECKING:
    from ortools.sat.python import cp_model

LIMIT_S = 2.0
UNMET_SHARE = 0.3
WORKERS = 1
"""With one the answer is the same each time, and with the linear relaxation it needs no more."""

SEED = 1
MEMORY_MB = 1024

Status = Literal["optimal", "feasible", "greedy"]


@dataclass(frozen=True, kw_only=True)
class Optimum:
    """An answer and how good it is known to be.

    `status`: "optimal" (proven), "feasible" (the best found in the time), "greedy" (nothing better
    was found). `bound` is the least cost that is possible for what is met, in hundredths of
    weighted seconds; None where even the most that can be met is not proven. `gap` is the share of
    the cost that may still be saved.
    """

    amounts: dict[int, int]
    score: Score
    status: Status
    bound: int | None
    seconds: float

    @property
    def gap(self) -> float | None:
        """Return (cost - bound) / cost, 0 where there is no cost, None where nothing is proven."""
        if self.bound is None:
            return None
        if self.score.cost <= 0:
            return 0.0
        return max(0.0, (self.score.cost - self.bound) / self.score.cost)


def optimum(
    problem: Problem,
    begin: Mapping[int, int],
    *,
    limit_s: float = LIMIT_S,
    seed: int = SEED,
) -> Optimum:
    """Return the best answer found within `limit_s`; never worse than `begin`, which must hold.

    Where the search ends before the limit it gives the same answer each time.
    """
    start = time.perf_counter()
    # The import takes 0.4 s; a server that is never asked never pays it.
    from ortools.sat.python import cp_model

    first = {offer: amount for offer, amount in begin.items() if amount > 0}
    hint = improved(problem, first, seed=seed)
    best, met = _most_met(problem, hint, cp_model, limit_s=UNMET_SHARE * limit_s, seed=seed)
    program = Program(
        problem, cp_model, most_met=score(problem, best).unmet == least_unmet(problem)
    )
    if not program.most_met:
        program.hold(score(problem, best).unmet)
    left_s = limit_s - (time.perf_counter() - start)
    found = program.least(program.cost, best, _solver(cp_model, left_s, seed))
    best = _better(problem, best, found.amounts)
    better = score(problem, best) < score(problem, first)
    return Optimum(
        amounts=best,
        score=score(problem, best),
        status="optimal" if found.proven and met else "feasible" if better else "greedy",
        bound=found.bound if met else None,
        seconds=time.perf_counter() - start,
    )


def _most_met(
    problem: Problem, first: dict[int, int], cp_model: Any, *, limit_s: float, seed: int
) -> tuple[dict[int, int], bool]:
    """Return an answer that leaves least unmet, and whether that is proven."""
    if score(problem, first).unmet == least_unmet(problem):
        return first, True
    program = Program(problem, cp_model, most_met=False)
    found = program.least(program.unmet, first, _solver(cp_model, limit_s, seed))
    return _better(problem, first, found.amounts), found.proven


def _better(problem: Problem, one: dict[int, int], other: dict[int, int] | None) -> dict[int, int]:
    if other is None or not holds(problem, other):
        return one
    return other if score(problem, other) < score(problem, one) else one


def _solver(cp_model: Any, seconds: float, seed: int) -> cp_model.CpSolver:
    solver = cp_model.CpSolver()
    solver.parameters.max_time_in_seconds = max(seconds, 0.05)
    solver.parameters.num_workers = WORKERS
    solver.parameters.linearization_level = 2
    solver.parameters.random_seed = seed
    solver.parameters.max_memory_in_mb = MEMORY_MB
    solver.parameters.catch_sigint_signal = False
    return solver  # type: ignore[no-any-return]

"""The best answer is the best: by trying all, by another solver, and never worse than the first."""

from __future__ import annotations

import subprocess
import sys

import pytest

from analysis.dispatch.greedy import greedy
from analysis.dispatch.optimum import optimum
from analysis.dispatch.problem import Problem, holds, score
from tests.analysis.dispatch.oracles import by_milp, by_trying_all, random_problem


def _answered(problem: Problem):
    return optimum(problem, greedy(problem), limit_s=20.0)


@pytest.mark.parametrize("seed", range(25))
def test_small_dispatches_are_answered_as_well_as_by_trying_all(seed: int) -> None:
    problem = random_problem(seed, sources=3, needs=2, most=2)
    found = _answered(problem)
    assert found.status == "optimal"
    assert found.score == score(problem, found.amounts) == by_trying_all(problem)
    assert found.bound == found.score.cost
    assert found.gap == 0.0


@pytest.mark.parametrize("seed", range(100, 120))
def test_greater_dispatches_are_answered_as_well_as_by_another_solver(seed: int) -> None:
    problem = random_problem(seed, sources=6, needs=4, most=5)
    assert _answered(problem).score == by_milp(problem)


@pytest.mark.parametrize("seed", range(200, 240))
def test_every_answer_holds_and_the_best_is_never_worse_than_the_first(seed: int) -> None:
    problem = random_problem(seed, sources=7, needs=5, most=6)
    first = greedy(problem)
    assert holds(problem, first)
    for limit_s in (0.05, 20.0):
        found = optimum(problem, first, limit_s=limit_s)
        assert holds(problem, found.amounts)
        assert found.score <= score(problem, first)


def test_the_same_problem_has_the_same_answer() -> None:
    problem = random_problem(31, sources=6, needs=4, most=5)
    assert greedy(problem) == greedy(problem)
    assert _answered(problem).amounts == _answered(problem).amounts


def test_the_solver_is_not_loaded_before_it_is_asked() -> None:
    code = "import sys, analysis.dispatch.optimum; sys.exit('ortools' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0

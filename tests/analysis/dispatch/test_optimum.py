"""The best answer is the best: by trying all, by another solver, and never worse than the first."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace

import pytest

from analysis.dispatch.greedy import greedy, improved
from analysis.dispatch.optimum import optimum
from analysis.dispatch.problem import Need, Offer, Pool, Problem, Weights, holds, score
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


@pytest.mark.parametrize(
    "weights",
    [
        Weights(first=0.0, full=0.0, trip=0.0, cover_place_s=0.0, cover_person_s=0.0),
        Weights(first=1000.0, full=1000.0, trip=1000.0),
        Weights(first=0.0, full=1.0, trip=0.0),
    ],
)
def test_whatever_the_weights_are_the_answer_is_the_best(weights: Weights) -> None:
    for seed in range(300, 304):
        problem = replace(random_problem(seed, sources=3, needs=2, most=2), weights=weights)
        assert _answered(problem).score == by_trying_all(problem)


def test_a_problem_that_nobody_can_serve_has_an_answer_with_everything_unmet() -> None:
    problem = Problem(needs=(Need(incident=0, amount=5),), pools=(), offers=())
    found = _answered(problem)
    assert (found.amounts, found.score.cost, found.status) == ({}, 0, "optimal")
    assert found.score.unmet == problem.needs[0].worth * 5


def test_what_is_scarce_goes_to_the_incident_of_higher_priority() -> None:
    needs = (Need(incident=0, amount=4), Need(incident=1, amount=4, priority=3))
    offers = (Offer(0, 0, 60), Offer(0, 1, 900))
    problem = Problem(needs=needs, pools=(Pool(source=0, amount=5),), offers=offers)
    assert _answered(problem).amounts == {0: 1, 1: 4}


def test_an_answer_that_does_not_hold_is_not_taken() -> None:
    problem = Problem(
        needs=(Need(incident=0, amount=4), Need(incident=1, amount=4)),
        pools=(Pool(source=0, amount=5), Pool(source=0, amount=1, whole=True)),
        offers=(Offer(0, 0, 60), Offer(0, 1, 60), Offer(1, 1, 60)),
    )
    assert holds(problem, {0: 4, 1: 1})
    for wrong in ({0: 4, 1: 4}, {0: 5}, {0: -1}, {0: 2, 2: 1}, {1: 4, 2: 1}):
        assert not holds(problem, wrong)


@pytest.mark.parametrize("seed", range(400, 410))
def test_improving_a_first_answer_keeps_it_whole_and_never_makes_it_worse(seed: int) -> None:
    problem = random_problem(seed, sources=8, needs=6, most=5)
    first = greedy(problem)
    better = improved(problem, first)
    assert holds(problem, better)
    assert score(problem, better) <= score(problem, first)
    assert better == improved(problem, first)

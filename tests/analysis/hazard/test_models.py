"""What every model promises, whoever wrote it."""

import pkgutil

import pytest

import analysis.hazard
from analysis.hazard import MODELS

SUPPORT = {"inputs", "model", "physics"}
GROUPS = {"release", "air", "dispersion", "fire", "explosion", "effect", "spread"}


def test_every_module_is_one_model_of_its_own_name():
    modules = {each.name for each in pkgutil.iter_modules(analysis.hazard.__path__)}
    assert modules - SUPPORT == set(MODELS)


@pytest.mark.parametrize("model", MODELS.values(), ids=MODELS)
def test_a_model_says_what_it_takes_and_where_it_comes_from(model):
    assert model.group in GROUPS
    assert model.version
    assert model.coefficient_sets
    assert model.sources
    names = [each.name for each in model.inputs]
    assert len(names) == len(set(names))
    sets = [each.name for each in model.coefficient_sets]
    assert len(sets) == len(set(sets))
    for each in (*model.inputs, *model.receptor_inputs):
        assert each.choices or each.unit, each.name
        assert each.minimum <= each.maximum, each.name
        if each.typical is not None:
            assert each.minimum <= each.typical[0] <= each.typical[1] <= each.maximum, each.name
        if each.default is not None:
            each.read(each.default)


@pytest.mark.parametrize("model", MODELS.values(), ids=MODELS)
def test_a_number_is_bounded_so_that_nonsense_is_refused(model):
    open_ends = [
        each.name
        for each in (*model.inputs, *model.receptor_inputs)
        if not each.choices and (each.minimum == float("-inf") or each.maximum == float("inf"))
    ]
    assert not open_ends

"""What an input of a model takes, whatever was sent."""

import pytest

from analysis.hazard import MODELS, fire_spread, gaussian_plume
from analysis.hazard.inputs import MOST_NUMBERS, Input
from layers.errors import InvalidInputError

PLUME = {"release_kg_s": 1.0, "wind_speed_m_s": 2.0, "stability": "D"}


def test_an_integer_beyond_every_double_is_refused_and_not_an_error_of_ours():
    with pytest.raises(InvalidInputError) as refused:
        gaussian_plume.run({**PLUME, "release_kg_s": 10**3000})
    assert refused.value.details["field"] == "release_kg_s"


@pytest.mark.parametrize("given", ["Z" * 100_000, {"a": ["Z" * 100_000]}, 10**3000])
@pytest.mark.parametrize("name", ["stability", "wind_speed_m_s"])
def test_a_message_repeats_only_the_beginning_of_what_was_sent(name, given):
    with pytest.raises(InvalidInputError) as refused:
        gaussian_plume.run({**PLUME, name: given})
    assert len(str(refused.value)) < 500
    with pytest.raises(InvalidInputError) as unknown:
        gaussian_plume.run({**PLUME, str(given): 1.0})
    assert len(str(unknown.value)) < 500


def test_each_moment_of_a_fire_costs_a_look_at_every_cell_so_they_are_few():
    ground = {"elevation_m": [[0.0] * 3] * 3, "cell_size_m": 10.0}
    with pytest.raises(InvalidInputError) as refused:
        fire_spread.run({**ground, "source_row": 1, "source_column": 1, "times_min": [1.0] * 101})
    assert refused.value.details["field"] == "times_min"
    assert "at most 100" in str(refused.value)


def test_every_list_of_moments_or_thresholds_is_short_and_every_list_has_an_end():
    lists = [each for model in MODELS.values() for each in model.inputs if each.dimensions]
    assert all(0 < each.most <= MOST_NUMBERS for each in lists)
    assert all(each.most <= 100 for each in lists if each.name in {"times_min", "thresholds_kw_m2"})


def test_a_grid_holds_no_more_than_it_may():
    grid = Input(name="h_m", unit="m", minimum=0.0, maximum=9.0, dimensions=2, most=8)
    assert grid.read([[1.0, None], [2.0, 3.0]])[1] == [2.0, 3.0]
    with pytest.raises(InvalidInputError, match="9 numbers"):
        grid.read([[1.0] * 3] * 3)

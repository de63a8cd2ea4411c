"""Units convert within one dimension and never across."""

import pytest

from layers.errors import InvalidInputError
from layers.quantity import converted, same_dimension, unit


@pytest.mark.parametrize(
    ("amount", "source", "target", "result"),
    [
        (5, "t", "kg", 5000), (250, "kg", "吨", 0.25), (1.5, "m³", "L", 1500),
        (2, "ｍ3", "立方米", 2),
        (3, "人", "person", 3), (0.3, "t", "t", 0.3), (7, "套", "set", 7), (2, "km", "米", 2000),
        (4, " KG ", "Kg", 4), (9, "顶", "顶", 9),
    ],
)  # fmt: skip
def test_amounts_convert_within_a_dimension(amount, source, target, result):
    assert converted(amount, source, target) == pytest.approx(result, rel=1e-15)


@pytest.mark.parametrize(
    ("source", "target"),
    [("t", "m3"), ("L", "kg"), ("件", "套"), ("瓶", "L"), ("顶", "件"), ("人", "件"), ("m", "m2")],
)
def test_amounts_of_different_dimensions_never_convert(source, target):
    assert not same_dimension(source, target)
    with pytest.raises(InvalidInputError) as caught:
        converted(1.0, source, target)
    assert caught.value.code == "unit_dimension"


def test_a_unit_that_nobody_listed_is_a_dimension_of_its_own():
    assert unit("Ballen") == unit("ballen") and unit("ballen").factor == 1.0

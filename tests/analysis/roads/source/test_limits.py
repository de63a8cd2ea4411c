"""Heights, weights and durations as people write them."""

from __future__ import annotations

import pytest

from analysis.roads.source.limits import duration_s, height_m, weight_t


@pytest.mark.parametrize(
    ("text", "metres"),
    [
        ("3.8", 3.8), ("3.8 m", 3.8), ("3,8", 3.8), ("380 cm", 3.8), ("12'6\"", 3.81),
        ("12'", 3.6576), ("12 ft", 3.6576), ("12ft 6in", 3.81), ("150\"", 3.81), ("4.5;3.9", 3.9),
        ("below_default", 3.99), ("default", None), ("none", None), ("", None), (None, None),
        ("380", None), ("0", None), ("-3", None), ("low", None), ("1e1", None), ("NaN", None),
    ],
)  # fmt: skip
def test_a_height_is_read_in_its_unit(text: str | None, metres: float | None) -> None:
    assert height_m(text) == (None if metres is None else pytest.approx(metres))


@pytest.mark.parametrize(
    ("text", "tonnes"),
    [
        ("7.5", 7.5), ("7.5 t", 7.5), ("7.5t", 7.5), ("3500 kg", 3.5), ("5 st", 4.5359237),
        ("10 lt", 10.160469088), ("6000 lbs", 2.72155422), ("20|12", 12.0), ("none", None),
        ("0", None), ("5000", None), ("heavy", None), (None, None),
    ],
)  # fmt: skip
def test_a_weight_is_read_in_its_unit(text: str | None, tonnes: float | None) -> None:
    assert weight_t(text) == (None if tonnes is None else pytest.approx(tonnes))


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("20", 1200.0), ("00:20", 1200.0), ("01:30", 5400.0), ("1:30:10", 5410.0),
        ("PT20M", 1200.0), ("PT1H30M", 5400.0), ("P1DT1H", 90000.0), ("pt45s", 45.0),
        ("0", None), ("00:00", None), ("PT", None), ("P", None), ("soon", None), (None, None),
        ("-5", None), ("1:2:3:4", None),
    ],
)  # fmt: skip
def test_a_duration_is_read(text: str | None, seconds: float | None) -> None:
    assert duration_s(text) == seconds

"""Wind over height: power laws, the logarithmic law, roughness."""

import math

import pytest

from analysis.hazard import log_wind_profile, roughness, wind_profile
from analysis.hazard.physics.air.surface_layer import obukhov_m, shape
from layers.errors import OutOfRangeError

AT_100_M = {"wind_speed_10m_m_s": 3.0, "height_m": 100.0, "stability": "D"}
LOG = {"wind_speed_m_s": 5.0, "height_m": 50.0, "stability": "D"}


@pytest.mark.parametrize(
    ("name", "exponent"),
    [("irwin_rural", 0.15), ("isc3_rural", 0.15), ("isc3_urban", 0.25), ("gbt3840_rural", 0.15)],
)
def test_wind_grows_with_height_by_the_power_law(name, exponent):
    values = wind_profile.run(AT_100_M, name)["values"]
    assert values["wind_speed_m_s"] == pytest.approx(3.0 * 10**exponent)


@pytest.mark.parametrize(
    ("letter", "speed"),
    [
        ("A", 3.84699),
        ("B", 3.88259),
        ("C", 3.95477),
        ("D", 4.16027),
        ("E", 4.78764),
        ("F", 5.37182),
    ],
)
def test_aloha_from_1_m_to_10_m(letter, speed):
    # GasDispersion.jl test/utils/util_tests.jl, 3 m/s at 1 m.
    inputs = {
        "wind_speed_10m_m_s": 3.0,
        "reference_height_m": 1.0,
        "height_m": 10.0,
        "stability": letter,
    }
    values = wind_profile.run(inputs, "aloha")["values"]
    assert values["wind_speed_m_s"] == pytest.approx(speed, rel=1e-5)


def test_at_the_reference_height_the_wind_is_the_one_given():
    assert wind_profile.run({**AT_100_M, "height_m": 10.0})["values"]["wind_speed_m_s"] == 3.0
    for name in ("golder", "pasquill"):
        found = log_wind_profile.run({**LOG, "height_m": 10.0, "stability": "F"}, name)
        assert found["values"]["wind_speed_m_s"] == pytest.approx(5.0)


def test_a_profile_above_its_height_is_warned_of():
    high = wind_profile.run({**AT_100_M, "height_m": 300.0}, "gbt3840_rural")
    assert high["warnings"][0]["code"] == "hazard.above_profile"
    log = log_wind_profile.run({**LOG, "height_m": 150.0})
    assert log["warnings"][0]["code"] == "hazard.above_profile"


@pytest.mark.parametrize(
    ("letter", "length"),
    [("A", -11.60975), ("B", -26.81848), ("C", -129.91506), ("E", 129.91506), ("F", 26.81848)],
)
def test_pasquills_obukhov_lengths(letter, length):
    # GasDispersion.jl test/utils/util_tests.jl at z0 1.2 m.
    assert obukhov_m(letter, 1.2, rule="pasquill") == pytest.approx(length, rel=1e-6)


def test_golders_lengths_by_hand():
    # 1/L = 0.035 − 0.036 log10(0.1) = 0.071; −0.096 + 0.029 log10(0.1) = −0.125
    assert obukhov_m("F", 0.1, rule="golder") == pytest.approx(1.0 / 0.071)
    assert obukhov_m("A", 0.1, rule="golder") == pytest.approx(-8.0)
    assert math.isinf(obukhov_m("D", 0.1, rule="golder"))


def test_neutral_air_has_the_plain_logarithm():
    found = log_wind_profile.run({**LOG, "roughness_m": 0.1})["values"]
    assert found["wind_speed_m_s"] == pytest.approx(5.0 * math.log(501.0) / math.log(101.0))
    assert found["friction_velocity_m_s"] == pytest.approx(5.0 * 0.4 / math.log(101.0))


def test_the_unstable_profile_is_businger_and_paulson():
    # As GasDispersion.jl has it: a = (1 − 15 z/L)^¼, κ = 0.35
    z, z0, length = 10.0, 1.0, -11.4
    a = (1 - 15 * z / length) ** 0.25
    psi = 2 * math.log((1 + a) / 2) + math.log((1 + a * a) / 2) - 2 * math.atan(a) + math.pi / 2
    found = shape(z, roughness_m=z0, obukhov_m=length, rule="pasquill")
    assert found == pytest.approx((math.log(11.0) - psi) / 0.35)


def test_the_more_stable_the_air_the_steeper_the_profile():
    for name in ("golder", "pasquill"):
        speeds = [
            log_wind_profile.run({**LOG, "stability": letter}, name)["values"]["wind_speed_m_s"]
            for letter in "ABCDEF"
        ]
        assert speeds == sorted(speeds)


def test_davenports_classes_have_their_roughness():
    # WMO code table, after Wieringa 1992.
    printed = {"sea": 0.0002, "open": 0.03, "rough": 0.25, "closed": 1.0, "chaotic": 2.0}
    for word, length in printed.items():
        assert roughness.run({"terrain_class": word})["values"]["roughness_m"] == length


def test_no_roughness_is_refused():
    with pytest.raises(OutOfRangeError):
        log_wind_profile.run({**LOG, "roughness_m": 0.0})

"""Probits against the figures that their sources print, and their inverses."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import norm

from analysis.hazard.physics.effect.probits import BLAST, HEAT, PROBITS, TOXIC, of_substance
from analysis.hazard.physics.effect.toxic_dose import running_load
from analysis.hazard.probit import MODEL, run
from layers.errors import InvalidInputError, OutOfRangeError

PSI_PA = 6894.757


def values(chosen: str, **inputs):
    return run(inputs, chosen)["values"]


def codes(result):
    return {warning["code"] for warning in result["warnings"]}


# --- as printed


@pytest.mark.parametrize(
    ("chosen", "one", "fifty"),
    [("eisenberg", 960, 2380), ("tsao_perry", 420, 1046), ("lees_osd30", 828, 2670)],
)
def test_lethal_doses_of_heat_are_those_of_osd_30(chosen, one, fifty):
    """HSE OSD/30 table 17, (kW/m2)^(4/3) s; ours are in W/m2, 10^4 times as many."""
    for share, printed in ((0.01, one), (0.5, fifty)):
        found = values(chosen, share=share, exposure_s=20.0)["dose"] / 1e4
        assert found == pytest.approx(printed, rel=5e-3)


TABLE_18 = {10: (0, 5, 39), 20: (1, 53, 93), 30: (11, 87, 100), 40: (31, 97, 100),
            50: (53, 99, 100), 60: (71, 100, 100)}  # fmt: skip


@pytest.mark.parametrize("seconds", TABLE_18)
def test_tsao_and_perry_give_the_percentages_of_osd_30(seconds):
    """HSE OSD/30 table 18: 10, 20 and 30 kW/m2."""
    for flux, printed in zip((10.0, 20.0, 30.0), TABLE_18[seconds], strict=True):
        found = values("tsao_perry", heat_flux_kw_m2=flux, exposure_s=float(seconds))
        assert found["percent"] == pytest.approx(printed, abs=1.2)


LEES = [
    ("acrolein", 93, 16, 291, 48), ("ammonia", 15057, 6147, 28264, 11539),
    ("benzene", 18096, 7388, 22545, 9204), ("carbon_monoxide", 11810, 1968, 22169, 3695),
    ("chlorine", 173, 71, 613, 250), ("hydrogen_chloride", 3464, 577, 11106, 1851),
    ("hydrogen_sulfide", 897, 256, 1543, 441), ("nitrogen_dioxide", 160, 65, 367, 150),
    ("phosgene", 77, 13, 145, 24), ("sulfur_dioxide", 1241, 207, 3764, 627),
    ("hydrogen_fluoride", 19652, 3260, 39184, 6531), ("hydrogen_cyanide", 564, 161, 969, 277),
]  # fmt: skip


@pytest.mark.parametrize("row", LEES, ids=[row[0] for row in LEES])
def test_the_lethal_concentrations_of_lees_are_those_of_osd_30(row):
    """HSE OSD/30 table 2: LC1 and LC50 for 5 and 30 minutes, ppm."""
    name, *printed = row
    found = [
        values(f"lees_{name}", share=share, exposure_min=minutes)["concentration_ppm"]
        for share in (0.01, 0.5)
        for minutes in (5.0, 30.0)
    ]
    for ours, theirs in zip(found, printed, strict=True):
        assert ours == pytest.approx(theirs, rel=0.02, abs=1.0)


def test_carbon_monoxide_of_the_purple_book_example():
    """CPR 18E (1999) appendix 6.B step 4.3: 21,300 mg/m3 for 30 min gives Pr 5.97, P 0.835."""
    found = values("purple_book_carbon_monoxide", concentration_mg_m3=21_300.0, exposure_min=30.0)
    assert found["probit"] == pytest.approx(5.97, abs=5e-3)
    assert found["share"] == pytest.approx(0.835, abs=2e-3)


PURPLE_LC50 = {
    "ammonia": 5428, "chlorine": 1116, "carbon_monoxide": 8093, "hydrogen_sulfide": 986,
    "hydrogen_fluoride": 785, "sulfur_dioxide": 5803, "hydrogen_cyanide": 116, "phosgene": 81,
    "hydrogen_chloride": 3172, "ethylene_oxide": 4442, "nitrogen_dioxide": 235,
    "methyl_isocyanate": 55, "methyl_bromide": 3261, "phosphine": 67, "bromine": 1096,
    "acrolein": 299, "acrylonitrile": 2554,
}  # fmt: skip


@pytest.mark.parametrize("family", ["purple_book", "hj169"])
@pytest.mark.parametrize("name", PURPLE_LC50)
def test_the_lc50_that_the_constants_of_the_purple_book_give(family, name):
    found = values(f"{family}_{name}", share=0.5, exposure_min=30.0)["concentration_mg_m3"]
    assert found == pytest.approx(PURPLE_LC50[name], abs=0.6)


def test_constants_that_contradict_their_own_source_are_told():
    """The book prints an LC50 of 6164 mg/m3 for ammonia and 1017 for chlorine."""
    for name, printed in (("ammonia", 6164), ("chlorine", 1017)):
        result = run({"share": 0.5, "exposure_min": 30.0}, f"purple_book_{name}")
        (told,) = [w for w in result["warnings"] if w["code"] == "hazard.probit_mismatch"]
        assert told["params"]["printed"] == printed
    acid = run({"share": 0.5, "exposure_min": 30.0}, "purple_book_hydrogen_chloride")
    assert "hazard.probit_suspect" in codes(acid)
    clean = run({"share": 0.5, "exposure_min": 30.0}, "purple_book_carbon_monoxide")
    assert not {"hazard.probit_mismatch", "hazard.probit_suspect"} & codes(clean)


@pytest.mark.parametrize(
    ("minutes", "regular", "vulnerable"), [(10.0, 433.0, 173.0), (30.0, 250.0, 100.0)]
)
def test_chlorine_kills_half_where_withers_and_lees_say(minutes, regular, vulnerable):
    """Withers and Lees 1985: LC50 433 (173) ppm in 10 min, 250 (100) in 30 min."""
    for chosen, printed in (("withers_lees_chlorine", regular),
                            ("withers_lees_chlorine_vulnerable", vulnerable)):  # fmt: skip
        found = values(chosen, share=0.5, exposure_min=minutes)["concentration_ppm"]
        assert found == pytest.approx(printed, rel=6e-3)


@pytest.mark.parametrize(("percent", "psig"), [(1, 2.4), (50, 13.1), (95, 43.5)])
def test_the_overpressures_of_the_hsc_study(percent, psig):
    """HSE OSD/30, after equation 4a."""
    found = values("hse", share=percent / 100.0)["overpressure_pa"] / PSI_PA
    assert found == pytest.approx(psig, rel=0.01)


# --- what holds for every set


@pytest.mark.parametrize("chosen", [each.name for each in HEAT])
@given(flux=st.floats(0.5, 300.0), seconds=st.floats(1.0, 600.0))
@settings(max_examples=25, derandomize=True, deadline=None)
def test_a_share_of_heat_leads_back_to_its_flux(chosen, flux, seconds):
    share = values(chosen, heat_flux_kw_m2=flux, exposure_s=seconds)["share"]
    if 1e-6 < share < 1.0 - 1e-6:
        back = values(chosen, share=share, exposure_s=seconds)["heat_flux_kw_m2"]
        assert back == pytest.approx(flux, rel=1e-6)


@pytest.mark.parametrize("chosen", [each.name for each in TOXIC])
@given(concentration=st.floats(1.0, 1e5), minutes=st.floats(1.0, 240.0))
@settings(max_examples=10, derandomize=True, deadline=None)
def test_a_share_of_poison_leads_back_to_its_concentration(chosen, concentration, minutes):
    given_in = "mg_m3" if PROBITS[chosen].unit == "mg/m3" else "ppm"
    asked = {f"concentration_{given_in}": concentration, "exposure_min": minutes}
    share = run(asked, chosen)["values"]["share"]
    if 1e-6 < share < 1.0 - 1e-6:
        back = values(chosen, share=share, exposure_min=minutes)
        assert back[f"concentration_{given_in}"] == pytest.approx(concentration, rel=1e-6)


@pytest.mark.parametrize("chosen", [each.name for each in BLAST])
def test_a_share_of_blast_leads_back_to_its_overpressure(chosen):
    inputs = {"overpressure_pa": 60_000.0, "impulse_pa_s": 3_000.0}
    share = run(inputs, chosen)["values"]["share"]
    if 1e-9 < share < 1.0 - 1e-9:
        back = values(chosen, share=share, impulse_pa_s=3_000.0)["overpressure_pa"]
        assert back == pytest.approx(60_000.0, rel=1e-4)


@pytest.mark.parametrize("chosen", sorted(PROBITS))
def test_more_of_it_never_kills_fewer(chosen):
    probit = PROBITS[chosen]
    steps = {
        "thermal": [{"heat_flux_kw_m2": q, "exposure_s": 20.0} for q in (1.0, 10.0, 40.0, 150.0)],
        "overpressure": [
            {"overpressure_pa": p, "impulse_pa_s": p / 20.0} for p in (1e3, 1e4, 5e4, 3e5)
        ],
        "toxic": [
            {f"concentration_{'ppm' if probit.unit == 'ppm' else 'mg_m3'}": c, "exposure_min": 30.0}
            for c in (0.0, 10.0, 1e3, 1e5)
        ],
    }[probit.agent]
    shares = [run(step, chosen)["values"]["share"] for step in steps]
    assert shares == sorted(shares) and shares[0] >= 0.0 and shares[-1] <= 1.0


def test_the_share_is_the_normal_distribution_of_the_probit():
    found = values("eisenberg", heat_flux_kw_m2=17.0, exposure_s=33.0)
    assert found["share"] == pytest.approx(norm.cdf(found["probit"] - 5.0), rel=1e-12)


def test_a_steady_history_gives_what_the_constant_gives():
    steady = run(
        {"concentrations_mg_m3": [800.0] * 7, "times_s": [float(t) for t in range(0, 1801, 300)]},
        "purple_book_chlorine",
    )
    constant = values("purple_book_chlorine", concentration_mg_m3=800.0, exposure_min=30.0)
    assert steady["values"]["share"] == pytest.approx(constant["share"], rel=1e-12)
    shares = steady["intermediates"]["history"]["share"]
    assert shares == sorted(shares) and shares[0] == 0.0


@given(
    values_in=st.lists(st.floats(0.0, 1e4), min_size=2, max_size=9),
    exponent=st.floats(0.5, 4.0),
)
@settings(max_examples=50, derandomize=True, deadline=None)
def test_a_load_is_the_integral_that_quadrature_finds(values_in, exponent):
    times = np.arange(len(values_in)) * 60.0
    fine = np.linspace(0.0, times[-1], 20_001)
    line = np.interp(fine, times, values_in)
    expected = float(np.trapezoid(line**exponent, fine)) / 60.0
    found = running_load(times, np.array(values_in), exponent)[-1]
    assert found == pytest.approx(expected, rel=2e-3, abs=1e-9)


def test_ppm_and_mass_meet_at_the_molar_volume():
    by_ppm = values(
        "purple_book_chlorine",
        concentration_ppm=50.0,
        exposure_min=10.0,
        molar_mass_kg_mol=0.070906,
    )
    mass = 50.0 * 70.906 / 24.465
    by_mass = values("purple_book_chlorine", concentration_mg_m3=mass, exposure_min=10.0)
    assert by_ppm["probit"] == pytest.approx(by_mass["probit"], abs=1e-4)


def test_a_published_case_may_bring_its_own_constants():
    found = values(
        "eisenberg", heat_flux_kw_m2=10.0, exposure_s=30.0, probit_a=-36.38, probit_b=2.56
    )
    tsao = values("tsao_perry", heat_flux_kw_m2=10.0, exposure_s=30.0)
    assert found["probit"] == pytest.approx(tsao["probit"])


# --- bad input


@pytest.mark.parametrize(
    ("chosen", "inputs", "field"),
    [
        ("eisenberg", {"exposure_s": 10.0}, "heat_flux_kw_m2"),
        ("eisenberg", {"heat_flux_kw_m2": 10.0}, "exposure_s"),
        ("hse", {}, "overpressure_pa"),
        ("collapse", {"overpressure_pa": 1e4}, "impulse_pa_s"),
        ("purple_book_chlorine", {"exposure_min": 10.0}, "concentration_mg_m3"),
        ("purple_book_chlorine", {"concentration_ppm": 9.0, "exposure_min": 1.0},
         "molar_mass_kg_mol"),
        ("lees_chlorine", {"concentration_ppm": 9.0, "concentration_mg_m3": 9.0,
                           "exposure_min": 1.0}, "concentration_mg_m3"),
        ("lees_chlorine", {"concentrations_mg_m3": [1.0, 2.0], "molar_mass_kg_mol": 0.07},
         "times_s"),
        ("purple_book_chlorine", {"concentrations_mg_m3": [1.0, 2.0], "times_s": [5.0, 5.0]},
         "times_s"),
    ],
)  # fmt: skip
def test_what_a_set_needs_and_does_not_get_is_named(chosen, inputs, field):
    with pytest.raises(InvalidInputError) as caught:
        run(inputs, chosen)
    assert caught.value.details["field"] == field


@pytest.mark.parametrize("share", [0.0, 1.0, -0.1, 2.0])
def test_a_share_that_no_dose_gives_is_refused(share):
    with pytest.raises(OutOfRangeError):
        run({"share": share, "exposure_s": 10.0}, "eisenberg")


@pytest.mark.parametrize("flux", [math.nan, -1.0, 0.0, 12_500.0])
def test_nonsense_and_units_mixed_up_are_refused(flux):
    with pytest.raises((InvalidInputError, OutOfRangeError)) as caught:
        run({"heat_flux_kw_m2": flux, "exposure_s": 60.0}, "eisenberg")
    if flux == 12_500.0:
        assert "12.5 would fit" in str(caught.value)


def test_two_sets_of_a_substance_are_found_and_never_mixed():
    found = of_substance("7782-50-5")
    assert [each.name for each in found][:2] == ["purple_book_chlorine", "lees_chlorine"]
    assert len({each.name for each in MODEL.coefficient_sets}) == len(MODEL.coefficient_sets)


@pytest.mark.parametrize(
    "constants", [{"probit_b": 0.0}, {"probit_a": -1000.0}, {"probit_a": 976.0}]
)
def test_constants_that_no_dose_answers_are_refused(constants):
    with pytest.raises(OutOfRangeError) as refusal:
        run({"share": 0.5, "exposure_min": 10.0, **constants}, "lees_toluene")
    assert refusal.value.details["field"] == "probit_b"

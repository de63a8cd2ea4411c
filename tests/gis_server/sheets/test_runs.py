"""Every published case as a sheet: each number that was on the way stands on both prints."""

import datetime as dt
import html as escapes
import io
import json

import docx
import pytest

from analysis.hazard import MODELS
from benchmarks.validation import cases
from gis_server.model_face import jsonable
from gis_server.sheets import blocks, content, html, sheet, word
from gis_server.sheets.words import Words

NOW = dt.datetime(2026, 3, 1, tzinfo=dt.UTC)
FIRST = {case.model: case for case in reversed(list(cases()))}


def sheet_of(case):
    result = MODELS[case.model].run(case.inputs, getattr(case, "coefficients", None))
    told = content.of_run(json.loads(json.dumps(jsonable(result))))
    return result, told, sheet.unsaved(told, zone=dt.UTC, now=NOW)


@pytest.mark.parametrize("model", sorted(FIRST))
def test_every_step_of_a_published_case_stands_on_the_page_and_in_the_document(model):
    result, _, made = sheet_of(FIRST[model])
    words = Words("en", dt.UTC)
    page = escapes.unescape(html.render(made, language="en", zone=dt.UTC))
    document = docx.Document(io.BytesIO(word.render(made, language="en", zone=dt.UTC)))
    cells = {cell.text for table in document.tables for row in table.rows for cell in row.cells}
    for step in result["steps"]:
        value = words.value(step["value"])
        assert f">{step['equation']}<" in page and step["equation"] in cells
        assert f">{value}<" in page and value in cells
    for name, value in result["inputs"].items():
        if isinstance(value, float):
            assert f"<td>{blocks.number(value)}</td>" in page, name


@pytest.mark.parametrize("model", sorted(FIRST))
def test_a_case_that_is_run_again_has_the_same_hashes_and_prints(model):
    (_, first, one), (_, second, other) = (sheet_of(FIRST[model]) for _ in range(2))
    assert (first.input_hash, first.result_hash) == (second.input_hash, second.result_hash)
    assert one == other
    prints = {word.render(each, language="zh", zone=dt.UTC) for each in (one, other)}
    assert len(prints) == 1


def test_every_input_and_the_coefficients_are_in_the_hash():
    case = FIRST["gas_release"]
    plain = content.of_run(MODELS["gas_release"].run(case.inputs)).input_hash
    others = {content.of_run(MODELS["gas_release"].run(case.inputs, "slot")).input_hash}
    for name, value in case.inputs.items():
        changed = {**case.inputs, name: value * (1 + 1e-12)}
        others.add(content.of_run(MODELS["gas_release"].run(changed)).input_hash)
    assert plain not in others and len(others) == 1 + len(case.inputs)


def test_a_run_that_was_stored_without_its_steps_gets_them_from_the_same_version():
    case = FIRST["gas_release"]
    whole = MODELS["gas_release"].run(case.inputs)
    stored = {
        "name": "gas_release", "version": whole["version"], "inputs": dict(case.inputs),
        "coefficients": whole["coefficients"]["name"], "values": whole["values"],
        "sources": whole["sources"], "warnings": whole["warnings"],
    }  # fmt: skip
    assert content.complete(stored)["steps"] == whole["steps"]
    gone = {**stored, "version": "0"}
    assert content.complete(gone) is gone
    refused = {**stored, "inputs": {"nothing": 1.0}}
    assert content.complete(refused) is refused
    for run in (stored, gone, refused):
        told = content.Content(case={"title": "t"}, models=[content.complete(run)])
        made = sheet.unsaved(told, zone=dt.UTC, now=NOW)
        assert "gas_release" in html.render(made, language="zh", zone=dt.UTC)
        assert word.render(made, language="zh", zone=dt.UTC)


def test_a_long_history_is_printed_in_part_and_says_so():
    history = {"time_s": [float(n) for n in range(500)], "rate_kg_s": [1.0] * 499}
    run = {
        "model": "gas_release", "name": "gas_release", "version": "1", "inputs": {},
        "coefficients": "round", "values": {"places": [{"x_m": 1.0, "kg_m3": 2e-9}]},
        "intermediates": {"history": history}, "sources": [], "warnings": [],
    }  # fmt: skip
    made = sheet.unsaved(content.of_run(run), zone=dt.UTC, now=NOW)
    page = html.render(made, language="en", zone=dt.UTC)
    assert "some of 500 rows" in page and page.count("<tr>") < 40
    assert "<td>499</td>" in page and "2 × 10⁻⁹" in page


def test_runs_of_one_model_tell_once_what_they_share():
    case = FIRST["gas_release"]
    runs = [
        {
            **MODELS["gas_release"].run({**case.inputs, "hole_diameter_m": size}),
            "name": "gas_release",
        }
        for size in (0.01, 0.02, 0.04)
    ]
    made = sheet.unsaved(content.Content(case={"title": "t"}, models=runs), zone=dt.UTC, now=NOW)
    page = html.render(made, language="en", zone=dt.UTC)
    assert page.count(runs[0]["coefficients"]["source"]) == 2  # beside the set, and as a reference
    assert page.count("are those of 2.1") == 2
    words = Words("en", dt.UTC)
    for run in runs:
        assert f"<td>{words.value(run['values']['rate_kg_s'], 'kg/s')}</td>" in page


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("model", sorted(FIRST))
def test_every_quantity_on_a_sheet_has_words(model, language):
    result, _, _ = sheet_of(FIRST[model])
    words = Words(language, dt.UTC)
    names = {*result["inputs"], *result["values"], *result["intermediates"]}
    for held in (*result["values"].values(), *result["intermediates"].values()):
        first = held[0] if isinstance(held, list) and held else held
        names |= first.keys() if isinstance(first, dict) else set()
    for name in names:
        assert words.quantity(name) != name or len(name) < 3, name

"""The words: both languages say everything, and what the code says has words."""

import ast
import re
import string
from pathlib import Path

import pytest

from analysis.hazard import MODELS
from gis_server.faults import in_words
from gis_server.text import LANGUAGES, catalogue, rendered, say
from layers import catalog

ROOT = Path(__file__).parents[2]


def test_both_languages_have_the_same_keys():
    zh, en = (set(catalogue(language)) for language in ("zh", "en"))
    assert zh == en


def test_both_languages_name_the_same_parameters():
    def names(text):
        # A name may come in the reader's language: {name_zh} here is {name_en} there.
        found = (name for _, name, *_ in string.Formatter().parse(text) if name)
        return {re.sub("_(zh|en)$", "", name) for name in found}

    for key, text in catalogue("zh").items():
        assert names(text) == names(catalogue("en")[key]), key


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_layer_field_and_value_has_a_title(language):
    words = catalogue(language)
    for layer in catalog.layers():
        assert f"layer.{layer.name}" in words
        for field in layer.fields:
            assert {f"field.{layer.name}.{field.name}", f"field.{field.name}"} & words.keys()
            for value in field.spec.domain or ():
                keys = {f"value.{layer.name}.{field.name}.{value}", f"{field.name}.{value}"}
                assert keys & words.keys(), (layer.name, field.name, value)


def _codes():
    for folder in ("layers", "analysis", "tiles", "gis_server"):
        for path in (ROOT / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if not (isinstance(node, ast.Call) and "Error" in ast.unparse(node.func)):
                    continue
                for word in node.keywords:
                    if word.arg == "code" and isinstance(word.value, ast.Constant):
                        yield word.value.value, path.name


def test_every_error_that_the_code_raises_has_words():
    missing = {(code, file) for code, file in _codes() if f"error.{code}" not in catalogue("zh")}
    assert not missing


def test_a_message_is_rendered_wherever_it_lies():
    plan = {"steps": [{"reason": {"code": "needs_zones", "params": {}}}], "n": 1}
    assert rendered("zh", plan)["steps"][0]["reason"]["text"] == catalogue("zh")["needs_zones"]
    assert "text" not in plan["steps"][0]["reason"]


def test_a_message_without_words_shows_its_code_and_never_fails():
    assert rendered("en", {"code": "no.such", "params": {}})["text"] == "no.such"


def test_a_missing_parameter_shows_its_name():
    key = next(k for k, v in catalogue("en").items() if re.search(r"{\w+}", v))
    assert "{" in say("en", key, {})


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_model_and_each_of_its_inputs_has_words(language):
    words = catalogue(language)
    for model in MODELS.values():
        assert f"model.{model.name}" in words
        for each in (*model.inputs, *model.receptor_inputs):
            assert f"model.input.{each.name}" in words, (model.name, each.name)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("near", [[], None, ""])
def test_a_sentence_never_ends_on_a_list_of_nothing(language, near):
    key = "error.substance_unknown"
    assert say(language, key, {"got": "x", "near": near}) == catalogue(language)[
        f"{key}.no_near"
    ].format(got="x")
    assert "苯" in say(language, key, {"got": "x", "near": ["苯"]})


def test_what_a_rule_wanted_is_told_in_the_readers_language():
    fault = {"rule": "doubled", "field": "code", "got": "A1", "wanted": "3", "severity": "error"}
    fault |= {"code": "fault.doubled", "params": {**fault, "row": 7}}
    for language in LANGUAGES:
        (told,) = in_words(language, [fault])
        assert told["wanted"] == catalogue(language)["wanted.doubled"].format(wanted="3")
        assert told["wanted"] in told["text"]
    (listed,) = in_words("zh", [{**fault, "rule": "domain", "code": "fault.domain"}])
    assert listed["wanted"] == "3"


def test_a_stored_error_is_told_in_the_words_of_a_raised_one():
    stored = {"code": "no_file", "params": {}, "message": "no file was sent"}
    assert rendered("zh", stored)["text"] == catalogue("zh")["error.no_file"]

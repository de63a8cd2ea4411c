"""What JSON of strangers must be before anything else looks at it."""

import json
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gis_server.errors import MalformedError
from gis_server.strict_json import MAX_DEPTH, parse
from layers.errors import TooLargeError

LIMIT = 1 << 20


def read(text: str | bytes):
    return parse(text.encode() if isinstance(text, str) else text, max_bytes=LIMIT)


@pytest.mark.parametrize("text", ["NaN", "Infinity", "-Infinity", "1e999", "-1e999", '{"a": NaN}'])
def test_a_number_that_is_not_finite_is_refused(text):
    with pytest.raises(MalformedError) as caught:
        read(text)
    assert caught.value.code == "not_finite"


def test_a_key_given_twice_is_refused_by_name():
    with pytest.raises(MalformedError) as caught:
        read('{"lon": 1, "lat": 2, "lon": 3}')
    assert caught.value.details == {"key": "lon"}


def test_nesting_is_refused_before_the_parser_recurses():
    assert read("[" * MAX_DEPTH + "]" * MAX_DEPTH)
    for text in ("[" * 33 + "]" * 33, "[" * 100_000, '{"a":' * 100_000):
        with pytest.raises(MalformedError) as caught:
            read(text)
        assert caught.value.code == "too_deep"


def test_brackets_inside_strings_do_not_count_as_depth():
    assert read(json.dumps(["[" * 1000, '"[{\\' * 1000]))


def test_an_open_string_of_escapes_costs_one_pass():
    with pytest.raises(MalformedError) as caught:
        read(b'"' + b'\\"' * 400_000)
    assert caught.value.code == "bad_json"


def test_a_huge_integer_is_refused_instead_of_crashing_the_parser():
    with pytest.raises(MalformedError):
        read("1" * 5000)


def test_the_character_nul_is_refused_but_its_spelling_is_not():
    with pytest.raises(MalformedError):
        read(r'{"name": "a\\\u0000"}')
    assert read(r'{"name": "a\\u0000"}') == {"name": r"a\u0000"}


def test_half_a_character_is_refused_and_a_whole_pair_is_read():
    for text in (r'"\ud800"', r'{"a": ["\uDFFF x"]}', r'{"\udbff": 1}'):
        with pytest.raises(MalformedError) as caught:
            read(text)
        assert caught.value.code == "half_character"
    assert read(r'"\ud83d\udd25"') == "🔥"


def test_bytes_that_are_not_utf8_are_refused_with_their_place():
    with pytest.raises(MalformedError) as caught:
        read(b'{"name": "\xb0\xa1"}')
    assert caught.value.details == {"at": 10}


def test_a_body_over_the_cap_is_refused():
    with pytest.raises(TooLargeError):
        parse(b"[]" + b" " * 10, max_bytes=10)


texts = st.text(st.characters(exclude_characters="\0", codec="utf-8"))
json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=12,
)


@settings(max_examples=150, derandomize=True, deadline=None)
@given(json_values)
def test_what_is_accepted_reads_as_the_standard_parser_reads_it(value):
    text = json.dumps(value)
    assert read(text) == json.loads(text)


@settings(max_examples=300, derandomize=True, deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused_and_nothing_else(raw):
    with suppress(MalformedError):
        read(raw)

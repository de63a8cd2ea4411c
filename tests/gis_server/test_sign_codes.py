"""A site's own codes of signs: read from its folder, refused where they are none."""

import json

import pytest

from gis_server import sign_codes
from layers.errors import InvalidInputError


def test_a_site_without_a_table_writes_our_codes(tmp_path):
    assert sign_codes.read(tmp_path) == {}


def test_the_sites_codes_are_those_of_its_table(tmp_path):
    (tmp_path / sign_codes.FILE).write_text('{"command_post": "指-21"}', encoding="utf-8")
    assert sign_codes.read(tmp_path) == {"command_post": "指-21"}


@pytest.mark.parametrize(
    "given",
    [
        "{",
        "[1]",
        '{"command_post": 21}',
        '{"../../etc/passwd": "x"}',
        '{"fire": "a\\u0000b"}',
        json.dumps({"fire": "x" * 41}),
        json.dumps({f"s{'a' * n}": "1" for n in range(501)}),
        '{"fire": "' + "x" * sign_codes.SIZE_MAX_BYTES + '"}',
    ],
)
def test_what_is_no_table_of_codes_is_refused_with_a_reason(tmp_path, given):
    (tmp_path / sign_codes.FILE).write_text(given, encoding="utf-8")
    with pytest.raises(InvalidInputError) as refused:
        sign_codes.read(tmp_path)
    assert refused.value.code == "sign_codes"

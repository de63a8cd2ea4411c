"""The words of both languages: each is asked for somewhere, whole or by how it begins."""

from __future__ import annotations

import re
import subprocess
from functools import cache
from pathlib import Path

from gis_server.text import catalogue

ROOT = Path(__file__).parents[2]
CODE = ("analysis", "gis_server", "layers", "tiles", "webmap/src", "webmap/field")

SPOKEN_FOR = ("key.", "key.drawing.", "situation_report.")
"""Beginnings that one place puts before the rest of a key, which stands in the code alone."""

NAME = re.compile(r"[a-z][A-Za-z0-9_.,]*")
BUILT = re.compile(r"([a-z][a-z0-9_]*(?:\.[a-z0-9_]+)*[._])\$?\{")
"""How a key begins of which a value is the rest: `f"log.{op}"` here, `log.${op}` in the web map."""
JOINED = re.compile(r"""["']([a-z][a-z0-9_.]*\.)["'] ~""")
"""The same in a template of a page: `t("file." ~ owner)`."""
CODED = re.compile(r"""\bword\(\s*["']([a-z_.]+)["']""")
"""The web map's word for a code of data: `word("log.of", layer)`."""


@cache
def source() -> str:
    """Return the code of the program, without its words and its tests."""
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard", *CODE],
        cwd=ROOT, check=True, capture_output=True, text=True,
    ).stdout.split()  # fmt: skip
    wanted = (ROOT / name for name in listed if not name.startswith("gis_server/text/"))
    kinds = {".py", ".ts", ".sql", ".html"}
    return "\n".join(
        path.read_text(encoding="utf-8")
        for path in wanted
        if path.suffix in kinds and path.exists()
    )


@cache
def beginnings() -> frozenset[str]:
    """Return the beginnings of keys that the code puts together, `log.` not being one of `l`."""
    code = source()
    built = {*BUILT.findall(code), *JOINED.findall(code)}
    built |= {f"{name}." for name in CODED.findall(code)}
    return frozenset(each for each in built if "." in each or each.count("_") > 1)


@cache
def names() -> frozenset[str]:
    """Return every word of the code that could be a key."""
    return frozenset(NAME.findall(source()))


def used(key: str) -> bool:
    """Tell whether the code asks for a key."""
    # `gis_server.text` takes this one where a parameter is empty.
    whole = re.sub(r"\.no_[a-z_]+$", "", key)
    rests = [key, whole, *(key.removeprefix(each) for each in SPOKEN_FOR if key.startswith(each))]
    return any(
        rest in names() or any(rest.startswith(begin) for begin in beginnings()) for rest in rests
    )


def test_every_text_is_asked_for_somewhere():
    assert sorted(key for key in catalogue("zh") if not used(key)) == []


def test_a_text_that_nothing_asks_for_is_found():
    assert not used("nobody.asks.for_this")
    assert not used("situation_report.nobody_asks")
    assert used("log.incident.touched") and used("situation_report.head.case")

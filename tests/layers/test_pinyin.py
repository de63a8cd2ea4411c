"""Names by pinyin: the reading of phrases, and keys that are filled without a new version."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
import shapely
from pypinyin import lazy_pinyin
from sqlalchemy import select
from sqlalchemy.orm import Session

from layers import edit, pinyin
from layers.catalog import find
from layers.edit.derived import fill_pinyin
from layers.models import JournalRow
from layers.query import Scope
from tests.scatter import put

ALL = Scope(None)
TARGET = find("protection_target")
DATA = Path(os.environ.get("ONEMAP_REAL_DATA", "no-real-data"))


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("临港化工", "lghg linganghuagong"),
        ("重庆", "cq chongqing"),
        ("重大危险源", "zdwxy zhongdaweixianyuan"),
        ("六安市", "las luanshi"),
        ("中国银行", "zgyh zhongguoyinhang"),
        ("3号罐 A座", "3hgaz 3haoguanazuo"),
        ("ＡＢ罐", "abg abguan"),
        ("绿化", "lh lvhua"),
        ("", None),
        (None, None),
        ("Shell Haven", None),
        ("Škoda", None),
        ("——", None),
    ],
)
def test_a_name_is_read_by_its_phrases(name: str | None, key: str | None) -> None:
    assert pinyin.key(name) == key


def test_every_district_is_read_as_the_reference_implementation_reads_it() -> None:
    file = DATA / "admin" / "district.geojson"
    if not file.is_file():
        pytest.skip("the districts of the country are not here")
    names = [f["properties"]["name"] for f in json.loads(file.read_text("utf-8"))["features"]]
    read = {name: lazy_pinyin(name) for name in names if name}
    wanted = {
        name: "".join(word[0] for word in words) + " " + "".join(words)
        for name, words in read.items()
    }
    assert dict(zip(wanted, pinyin.keys(wanted), strict=True)) == wanted


@pytest.mark.parametrize(
    ("q", "asked"),
    [("LGHG", "lghg"), ("lin gang", "lingang"), ("xi'an", "xian"), ("lü", "lv"),
     ("临港", None), ("7782-50-5", None), ("110105", None), ("%", None), ("", None)],
)  # fmt: skip
def test_only_letters_are_asked_as_pinyin(q: str, asked: str | None) -> None:
    assert pinyin.asked(q) == asked


def _stored(session: Session, name: str) -> tuple[str | None, int]:
    table = TARGET.table
    row = session.execute(
        select(table.c.name_pinyin, table.c.version).where(table.c.name == name)
    ).one()
    return row[0], row[1]


def test_an_edit_keeps_the_pinyin_of_the_name(session: Session) -> None:
    made = edit.add(
        session, TARGET, scope=ALL,
        feature={"geometry": {"type": "Point", "coordinates": [120, 30]},
                 "properties": {"name": "东风中学", "kind": "school"}},
    )  # fmt: skip
    assert _stored(session, "东风中学") == ("dfzx dongfengzhongxue", 1)
    edit.change(session, TARGET, made["id"], {"properties": {"name": "临港中学"}},
                version=1, scope=ALL)  # fmt: skip
    assert _stored(session, "临港中学") == ("lgzx lingangzhongxue", 2)
    edit.change(session, TARGET, made["id"], {"properties": {"name": "Lingang"}},
                version=2, scope=ALL)  # fmt: skip
    assert _stored(session, "Lingang") == (None, 3)


def test_filling_keys_makes_no_version_and_no_journal_entry(session: Session) -> None:
    put(session, TARGET, [shapely.Point(0, 0)] * 3, kind=["school"] * 3,
        name=["东风中学", "Harbour School", None])  # fmt: skip
    before = session.scalars(select(JournalRow.entry)).all()
    assert fill_pinyin(session, among=[TARGET]) == 1
    assert _stored(session, "东风中学") == ("dfzx dongfengzhongxue", 1)
    assert session.scalars(select(JournalRow.entry)).all() == before
    assert fill_pinyin(session, among=[TARGET]) == 0


def test_keys_are_filled_part_by_part(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("layers.edit.derived._CHUNK", 3)
    unread = "\U00030000"  # a character that no dictionary reads
    put(session, TARGET, [shapely.Point(0, 0)] * 8, kind=["school"] * 8,
        name=["东风", unread, unread, unread, "西风", "南风", "North", "北风"])  # fmt: skip
    assert fill_pinyin(session) == 4
    assert fill_pinyin(session) == 0

"""Official documents: the page of the standard, and hostile words as nothing but words."""

from __future__ import annotations

import io
from collections.abc import Iterator
from html.parser import HTMLParser

import docx
import pytest
from docx.oxml.ns import qn
from docx.shared import Mm
from playwright.sync_api import Page, sync_playwright

from gis_server.config import Config
from gis_server.sheets import blocks, official

HOSTILE = [
    "<script>alert(1)</script><img src=x onerror=alert(2)>", "</style></table>'\"&amp;`${1}`",
    "{{ 7 * 7 }}{% raw %}", "🔥👩‍🚒\U0001f1e8\U0001f1f3", "مرحبا \u202eenod\u202c שלום",
    "\x00\x07\ufffe\udc80 x", "长" * 10_000, "w" * 10_000, "=cmd|' /C calc'!A0",
]  # fmt: skip
LINE_MM = 225 / 22


def _head(word: str) -> official.Head:
    return official.Head(
        organ=word, title=word, number=word, secrecy=word, urgency=word, to=word, cc=word,
        signer=word, date=word, attachments=[word, word], issued_by=word, issued_at=word,
        signed=[(word, word, word)], exercise=True, fictional=True,
    )  # fmt: skip


def _blocks(word: str) -> list[blocks.Block]:
    return [
        blocks.heading(word), blocks.heading(word, level=3), blocks.paragraphs([word]),
        blocks.lines([word, word]), blocks.lines([word], style="source"),
        blocks.facts([(word, word)]), blocks.table([word, "x"], [[word, "1"]]),
    ]  # fmt: skip


class _Tags(HTMLParser):
    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, tuple[str, ...]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, tuple(name for name, _ in attrs)))


@pytest.mark.parametrize("word", HOSTILE, ids=lambda word: ascii(word)[:24])
def test_words_of_people_are_words_on_the_page_and_in_the_document(word: str) -> None:
    page = official.html(_blocks(word), _head(word))
    plain = official.html(_blocks("x" * len(word)), _head("x" * len(word)))
    assert _Tags(page).found == _Tags(plain).found
    page.encode()
    document = docx.Document(io.BytesIO(official.docx(_blocks(word), _head(word))))
    said = {paragraph.text for paragraph in document.paragraphs}
    assert blocks.clean(word) in said
    cells = {cell.text for table in document.tables for row in table.rows for cell in row.cells}
    assert blocks.clean(word) in cells


def test_the_documents_page_is_that_of_the_standard() -> None:
    document = docx.Document(io.BytesIO(official.docx(_blocks("甲"), _head("甲"))))
    (section,) = document.sections
    edges = (section.top_margin, section.bottom_margin, section.left_margin, section.right_margin)
    assert [round(edge / Mm(1)) for edge in edges] == [37, 35, 28, 26]
    grid = section._sectPr.find(qn("w:docGrid"))
    assert int(grid.get(qn("w:linePitch"))) * 22 / 20 / 72 * 25.4 == pytest.approx(225, rel=0.005)
    fonts = {run.font.size.pt for each in document.paragraphs for run in each.runs if run.font.size}
    assert {16.0, 22.0, 34.0} <= fonts


@pytest.fixture
def paper() -> Iterator[Page]:
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=Config().chromium, args=["--no-sandbox"])
        yield browser.new_page(viewport={"width": 794, "height": 1123}, java_script_enabled=True)
        browser.close()


def test_a_line_holds_28_characters_and_a_page_22_lines(paper: Page) -> None:
    text = "应" * (28 * 22 - 2)
    paper.set_content(
        official.html([blocks.paragraphs([text])], official.Head(organ="甲", title="乙"))
    )
    paper.emulate_media(media="print")
    box = paper.locator("main > p").bounding_box()
    assert box is not None
    millimetres = {name: value / 96 * 25.4 for name, value in box.items()}
    assert millimetres["width"] == pytest.approx(156, abs=0.3)
    assert millimetres["height"] / LINE_MM == pytest.approx(22, abs=0.05)


def test_the_organ_stands_35_mm_below_the_type_areas_edge(paper: Page) -> None:
    for secrecy in ("", "机密"):
        head = official.Head(organ="临港新区应急管理局", title="乙", secrecy=secrecy, exercise=True)
        paper.set_content(official.html([], head))
        paper.emulate_media(media="print")
        edge, organ = (paper.locator(name).bounding_box() for name in ("body > header", ".organ"))
        assert edge is not None
        assert organ is not None
        # The letters are 34 points high in a line of 1.4 of them.
        lead_mm = 34 * 0.2 / 72 * 25.4
        assert (organ["y"] - edge["y"]) / 96 * 25.4 + lead_mm == pytest.approx(35, abs=1)


def test_who_issued_it_stands_at_the_foot_of_the_last_page(paper: Page) -> None:
    """GB/T 9704-2012, 7.4.1: the last line of 版记 is the lower edge of the type area."""
    head = official.Head(organ="甲", title="乙", issued_by="丙", issued_at="2026年11月22日")
    paper.set_content(official.html([blocks.paragraphs(["丁"])], head))
    paper.emulate_media(media="print")
    paper.evaluate(
        "() => { const { style, dataset } = document.documentElement;"
        " style.setProperty('--pages', '2'); dataset.foot = 'known'; }"
    )
    edge, foot, text = (
        paper.locator(name).bounding_box() for name in ("body", "footer", ".signature")
    )
    assert edge is not None
    assert foot is not None
    assert text is not None
    assert (foot["y"] + foot["height"] - edge["y"]) / 96 * 25.4 == pytest.approx(450, abs=0.5)
    assert text["y"] + text["height"] < foot["y"]
    plain = official.html([], official.Head(organ="甲", title="乙"))
    assert "data-foot" not in plain.split("<style>")[0]


def test_who_issued_it_is_framed_at_the_foot_in_the_document() -> None:
    head = official.Head(organ="甲", title="乙", cc="丁", issued_by="丙", issued_at="今日")
    document = docx.Document(io.BytesIO(official.docx([], head)))
    framed = [
        (line.text, line._element.pPr.find(qn("w:framePr")).get(qn("w:yAlign")))
        for line in document.paragraphs
        if line._element.pPr is not None and line._element.pPr.find(qn("w:framePr")) is not None
    ]
    assert [place for _, place in framed] == ["bottom", "bottom"]
    assert framed[0][0].endswith("丁")
    assert document.paragraphs[-1].text == "", "a frame is anchored to the paragraph after it"

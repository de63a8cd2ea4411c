"""Printing of pages that stand alone: what comes out, what is refused, what is left behind."""

from __future__ import annotations

import io
import os
import re
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import pytest
from PIL import Image

from gis_server import printing
from gis_server.printing import family, places, press
from layers.errors import BusyError, OneMapError, SetupError, TooLargeError

MEDIA_BOX = re.compile(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]")
POINTS_PER_MM = 72 / 25.4


def _sizes_mm(pdf: bytes) -> list[tuple[float, float]]:
    found = MEDIA_BOX.findall(pdf)
    return [(float(x) / POINTS_PER_MM, float(y) / POINTS_PER_MM) for x, y in found]


@pytest.mark.parametrize(
    ("paper", "landscape", "wanted"),
    [("A4", False, (210, 297)), ("A3", True, (420, 297))],
)
def test_a_page_is_printed_on_the_paper_that_was_asked_for(config, paper, landscape, wanted):
    printed = printing.pdf("<p>甲</p>", config=config, paper=paper, landscape=landscape)
    assert printed.startswith(b"%PDF-")
    (size,) = _sizes_mm(printed)
    assert size == pytest.approx(wanted, abs=0.3)


FOOT = "<html data-foot><style>{}</style><p>甲</p><p>乙</p>"


def test_a_page_with_a_foot_is_printed_knowing_its_pages_and_never_on_more(config):
    taller = "html[data-foot=known] p { min-height: calc(var(--pages) * 40mm) }"
    longer = "html[data-foot=known] p { break-after: page }"
    known = printing.pdf(FOOT.format(taller), config=config)
    refused = printing.pdf(FOOT.format(longer), config=config)
    plain = printing.pdf(FOOT.format("").replace(" data-foot", ""), config=config)
    assert [len(_sizes_mm(each)) for each in (known, refused, plain)] == [1, 1, 1]
    contents = [
        re.findall(rb"stream\r?\n(.*?)endstream", each, re.DOTALL)[0]
        for each in (known, refused, plain)
    ]
    assert contents[1] == contents[2]
    assert contents[0] != contents[2]


def test_a_card_is_a_picture_that_knows_its_size_on_paper(config):
    printed = printing.png("<p>乙</p>", config=config, width_mm=100, height_mm=50, dpi=192)
    with Image.open(io.BytesIO(printed)) as picture:
        assert picture.width == pytest.approx(100 / 25.4 * 192, abs=2)
        assert picture.info["dpi"] == pytest.approx((192, 192), abs=0.1)


def test_a_page_reaches_nothing_whatever_it_names(config, canary):
    address = canary.address
    names = [
        f"{address}/image", "http://169.254.169.254/latest/meta-data/", "file:///etc/passwd",
        f"{address.replace('127.0.0.1', 'localhost')}/name", "http://[::1]/six",
        "ftp://127.0.0.1/x", "//127.0.0.1/y", "http://0x7f000001/z", "gopher://127.0.0.1/",
    ]  # fmt: skip
    parts = "".join(
        f'<img src="{n}"><iframe src="{n}"></iframe><link rel=stylesheet href="{n}">'
        f'<link rel=preconnect href="{n}"><link rel=dns-prefetch href="{n}"><object data="{n}">'
        f'</object><embed src="{n}"><video src="{n}"></video>'
        f'<p style="background:url({n})">x</p>'
        for n in names
    )
    style = f"<style>@import '{address}/css';@font-face{{font-family:a;src:url({address}/font)}}"
    html = (
        f"<meta http-equiv=refresh content='0;url={address}/refresh'>{style}"
        f"body{{font-family:a}}</style>{parts}<script>fetch('{address}/script')</script>"
        f"<img src=x onerror=\"new Image().src='{address}/handler'\"><h1>whole</h1>"
    )
    assert printing.pdf(html, config=config).startswith(b"%PDF-")
    assert canary.asked == []


def test_a_script_of_a_page_does_not_run(config):
    marked = "<body><script>document.body.style.width='3000px'</script><p>x</p>"
    printed = printing.png(marked, config=config, width_mm=50, height_mm=20, dpi=96)
    with Image.open(io.BytesIO(printed)) as picture:
        assert picture.width < 250


def test_where_there_is_no_browser_the_error_names_what_to_install(config):
    lacking = config.model_copy(update={"chromium": Path("/nowhere/chromium")})
    with pytest.raises(SetupError, match="chromium") as caught:
        printing.pdf("<p>x</p>", config=lacking)
    assert caught.value.code == "no_printer"


def test_a_third_print_waits_and_is_then_told_to_come_again(config):
    with places.place(config.prints_dir), places.place(config.prints_dir):
        with pytest.raises(BusyError) as caught:
            printing.pdf("<p>x</p>", config=config, wait_s=0.1)
        assert caught.value.code == "print_busy"
    assert printing.pdf("<p>x</p>", config=config, wait_s=0.1)


def test_few_may_wait_for_a_print_and_the_rest_are_told_at_once(config):
    with ExitStack() as held:
        for _ in range(places.PLACES):
            held.enter_context(places.place(config.prints_dir))
        with ThreadPoolExecutor(places.WAITING) as pool:
            waiting = [pool.submit(_take, config, 5.0) for _ in range(places.WAITING)]
            time.sleep(0.3)
            began = time.monotonic()
            with pytest.raises(BusyError):
                _take(config, 60.0)
            assert time.monotonic() - began < 1.0
            held.close()
            assert [one.result() for one in waiting] == [None] * places.WAITING


def _take(config, wait_s):
    with places.place(config.prints_dir, wait_s=wait_s):
        pass


def test_a_page_too_large_is_refused_before_a_browser_is_started(config, monkeypatch):
    monkeypatch.setattr(press, "HTML_BYTES", 10)
    with pytest.raises(TooLargeError):
        printing.pdf("<p>eleven bytes</p>", config=config)


def _ours() -> set[int]:
    return set(family.members(os.getpid())) - {os.getpid()}


@pytest.mark.parametrize(
    ("limit", "value", "code"),
    [("GRACE_S", -3.5, "print_too_long"), ("MEMORY_BYTES", 1, "print_too_large")],
)
def test_a_print_over_its_bounds_is_stopped_with_all_that_it_started(
    config, monkeypatch, limit, value, code
):
    monkeypatch.setattr(press, limit, value)
    monkeypatch.setattr(press, "_WEIGH_S", 0.2)
    before = _ours()
    hurried = config.model_copy(update={"print_limit_s": 5.0})
    with pytest.raises(OneMapError) as caught:
        printing.pdf("<p>x</p>" * 200_000, config=hurried)
    assert caught.value.code == code
    assert _ended(_ours() - before)
    with places.place(config.prints_dir, wait_s=0.1):
        pass


def test_a_printing_process_that_is_killed_is_an_error_and_frees_its_place(config):
    before, faults = _ours(), []

    def run() -> None:
        try:
            printing.pdf("<p>x</p>" * 200_000, config=config)
        except OneMapError as error:
            faults.append(error.code)

    thread = threading.Thread(target=run)
    thread.start()
    started: set[int] = set()
    while len(started) < 3:
        started = _ours() - before
        time.sleep(0.05)
    os.kill(min(started), 9)
    thread.join()
    assert faults == ["print_failed"]
    assert _ended(started)
    with places.place(config.prints_dir, wait_s=0.1):
        pass


def _ended(pids: set[int]) -> bool:
    """Wait until processes are gone; one that is no child of ours any more is init's to bury."""
    for _ in range(100):
        if not any(_alive(pid) for pid in pids):
            return True
        time.sleep(0.05)
    return False


def _alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_bytes().rpartition(b")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state not in (b"Z", b"X")

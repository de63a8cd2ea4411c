"""Files from strangers who mean harm, or whose disk died: refused by reason, nothing touched."""

from __future__ import annotations

import ast
import io
import os
import resource
import subprocess
import sys
import tempfile
import traceback
import zipfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
import xlsxwriter

from gis_server.text import LANGUAGES, catalogue, say
from layers.errors import InvalidInputError, OneMapError
from layers.intake import child, files, formats
from layers.intake.files import Limits, look, read
from tests.layers.intake.conftest import Canary, Write
from tests.layers.intake.corpus.bombs import bombs
from tests.layers.intake.corpus.forking import Forks
from tests.layers.intake.corpus.hostile import entities, reaching_out, vrt, with_entity
from tests.layers.intake.corpus.mutations import malformed
from tests.layers.intake.corpus.seeds import xlsx, zipped

NIGHTLY = bool(os.environ.get("ONEMAP_NIGHTLY"))
SEED = int(os.environ.get("ONEMAP_SEED", "20260301"))
MALFORMED = 20_000 if NIGHTLY else 112
SHORT = Limits(cpu_s=10, wall_s=60)
BOMB_RSS_BYTES = 256 * 1024**2
BOMB_CPU_S = 2.0


def words(error: OneMapError) -> list[str]:
    """Return an error as it is told, in every language; nothing of it may be a bare key."""
    told = [say(language, f"error.{error.code}", error.details) for language in LANGUAGES]
    assert all(told), error.code
    assert not any("{" in text or "unreadable." in text for text in told if text), told
    assert told[0] != told[1]
    return [text for text in told if text]


def left_over() -> list[Path]:
    return list(Path(tempfile.gettempdir()).glob(f"{child.PREFIX}{os.getpid()}-*"))


@pytest.mark.timeout(4 * 3600 if NIGHTLY else 120)
def test_malformed_files_are_read_or_refused_with_words_and_never_crash_the_reader(
    write: Write, forks: Forks
) -> None:
    refused = 0
    for wrong in malformed(MALFORMED, seed=SEED):
        path = write(wrong.content)
        try:
            read(path, crs="4490", limits=SHORT)
        except OneMapError as error:
            refused += 1
            words(error)
        except Exception:
            pytest.fail(f"{wrong.name} (seed {SEED}): {traceback.format_exc()}")
        assert not forks.python_errors, (wrong.name, SEED, forks.python_errors)
    assert refused > MALFORMED / 3, "mutations that spoil nothing prove nothing"
    assert left_over() == []


def reasons() -> Iterator[str]:
    """Give the key of every reason that the readers' code gives."""
    prefixes = {"unreadable": "unreadable", "_refuse": "archive", "_unusable": "crashed"}
    for path in Path(child.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                words_ = [a.value for a in node.args[:2] if isinstance(a, ast.Constant)]
                if node.func.id in prefixes and words_:
                    reason = words_[1] if node.func.id == "_unusable" else words_[0]
                    yield f"{prefixes[node.func.id]}.{reason}"
    yield from (f"unreadable.{what}" for _, what in formats._KNOWN_BUT_UNREAD)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_reason_has_words(language: str) -> None:
    found = set(reasons())
    assert len(found) > 40
    assert not found - catalogue(language).keys()


def test_files_that_name_other_files_and_addresses_touch_neither(
    write: Write, canary: Canary, forks: Forks
) -> None:
    made = reaching_out(canary.url, canary.path)
    assert len(made) == 30
    for name, content in made.items():
        # What a file says of its own system is judged outside the child: so without one given.
        for way in (partial(read, crs="4326"), look):
            try:
                answer = str(way(write(content)))
            except OneMapError as error:
                answer = f"{error} {error.details} {words(error)} {getattr(error, '__notes__', '')}"
            assert canary.text not in answer, name
            assert canary.opened() == 0, name
    assert canary.hits == []
    assert not forks.python_errors


def test_without_the_guard_the_trap_works(canary: Canary, tmp_path: Path) -> None:
    trap = tmp_path / "trap.geojson"
    trap.write_text(vrt(str(canary.path)))
    code = f"import pyogrio; print(pyogrio.read_dataframe({str(trap)!r}).to_csv())"
    open_to_all = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code], capture_output=True, text=True, check=True
    )
    assert canary.text in open_to_all.stdout
    assert canary.opened() > 0
    one_driver = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code], capture_output=True, text=True, check=False,
        env=child.environment("gpkg"),
    )  # fmt: skip
    assert one_driver.returncode != 0 and canary.text not in one_driver.stdout
    assert canary.opened() == 0


@pytest.mark.parametrize("kind", ["gpkg", "shapefile", "flatgeobuf", "dxf"])
def test_the_child_has_one_driver(kind: files.Format) -> None:
    code = "import pyogrio; print(*pyogrio.list_drivers(), sep='|')"
    said = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True,
        env=child.environment(kind),
    )  # fmt: skip
    assert said.stdout.strip().split("|") == [child._DRIVERS[kind]]


def test_the_childs_network_is_gone(canary: Canary) -> None:
    port = int(canary.url.rpartition(":")[2])
    code = (
        "import socket\nfrom layers.intake.confinement import confine\n"
        "left = confine({}, kind='csv')\n"
        f"try: socket.create_connection(('127.0.0.1', {port}), 1); print('reached')\n"
        "except OSError: print('gone', *left)\n"
    )
    said = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True,
        env=child.environment("csv"),
    ).stdout  # fmt: skip
    if "network" in said:
        pytest.skip("this system lets no process leave its network; the report says so")
    assert said.startswith("gone")
    assert canary.hits == []


@pytest.mark.parametrize("name", bombs())
def test_an_archive_bomb_is_refused_soon_in_little_memory(
    write: Write, forks: Forks, name: str
) -> None:
    content, reason = bombs()[name]
    path = write(content)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_utime
    with pytest.raises(InvalidInputError) as caught:
        read(path, crs="4326", limits=Limits(cpu_s=2, file_bytes=20 * 1024**2))
    # Time of this process and a limit on the child's, not time on the wall.
    assert resource.getrusage(resource.RUSAGE_SELF).ru_utime - before < BOMB_CPU_S
    assert caught.value.details["got"]["code"] == reason
    words(caught.value)
    assert forks.peak_bytes < BOMB_RSS_BYTES
    assert left_over() == []


def repeated_rows(count: int, *, filler: int = 0) -> bytes:
    """Return a workbook whose sheet repeats one row; `filler` random bytes hide the ratio."""
    with zipfile.ZipFile(io.BytesIO(xlsx())) as archive:
        parts = {entry.filename: archive.read(entry) for entry in archive.infolist()}
    rows = b"<row><c/><c/><c/><c/><c/><c/><c/></row>" * count
    head = b'<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/'
    head += b'spreadsheetml/2006/main"><sheetData>'
    parts["xl/worksheets/sheet1.xml"] = head + rows + b"</sheetData></worksheet>"
    if filler:
        parts["xl/media/a.png"] = os.urandom(filler)
    return zipped(parts)


@pytest.mark.parametrize("filler", [0, 2_000_000])
def test_a_workbook_of_millions_of_equal_rows_is_refused_unread(
    write: Write, forks: Forks, filler: int
) -> None:
    content = repeated_rows(3_000_000, filler=filler)
    with pytest.raises(OneMapError) as caught:
        read(write(content), crs="4326", limits=Limits(cpu_s=5))
    assert caught.value.code == ("file_too_large" if filler else "unsafe_archive")
    words(caught.value)
    assert forks.peak_bytes < BOMB_RSS_BYTES


def test_a_workbook_with_one_cell_at_the_far_corner_is_refused(write: Write, forks: Forks) -> None:
    with zipfile.ZipFile(io.BytesIO(xlsx())) as archive:
        parts = {entry.filename: archive.read(entry) for entry in archive.infolist()}
    sheet = parts["xl/worksheets/sheet1.xml"].decode()
    parts["xl/worksheets/sheet1.xml"] = sheet.replace(
        "</sheetData>", '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
    ).encode()
    with pytest.raises(OneMapError) as caught:
        read(write(zipped(parts)), crs="4326", limits=SHORT)
    words(caught.value)


@pytest.mark.parametrize("kind", ["kml", "kmz", "gpx", "xlsx"])
def test_entities_are_neither_expanded_nor_fetched(
    write: Write, canary: Canary, forks: Forks, kind: str
) -> None:
    for name, doctype in entities(canary.url, canary.path).items():
        try:
            reading = read(write(with_entity(kind, doctype)), crs="4326", limits=Limits(cpu_s=2))
        except OneMapError as error:
            told = " ".join(words(error))
            assert kind == "xlsx" or "DOCTYPE" in told, (name, told)
        else:
            # A workbook's reader leaves entities alone: the text stays as it was written.
            assert kind == "xlsx"
            answer = str(reading.tables[0].columns)
            assert canary.text not in answer and "lollol" not in answer
        assert canary.opened() == 0
    assert canary.hits == [] and not forks.python_errors
    assert forks.peak_bytes < BOMB_RSS_BYTES


@pytest.mark.skipif(not NIGHTLY, reason="nightly")
def test_a_workbook_of_a_hundred_thousand_rows_is_read_within_a_minute(write: Write) -> None:
    packed = io.BytesIO()
    book = xlsxwriter.Workbook(packed, {"constant_memory": True})
    sheet = book.add_worksheet()
    for i, row in enumerate([["名称", "lon", "lat"], *(["站", 121.5, 29.9] for _ in range(10**5))]):
        sheet.write_row(i, 0, row)
    book.close()
    reading = read(write(packed.getvalue()), crs="4326", limits=Limits(cpu_s=60, wall_s=60))
    assert len(reading.tables[0]) == 10**5


def test_an_answer_that_makes_no_sense_is_the_files_fault(
    write: Write, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A reader that a file has taken over may say anything."""
    said = ['{"tables": 1, "open": []}', '{"tables": ["../../x"]}', "[1]", "x", "[" * 100_000,
            '{"error": 5}', '{"progress": 1}', '{"error": {}}']  # fmt: skip
    path = write("name,lon,lat\nA,1,2\n")
    for words_ in said:
        fake = tmp_path / "fake"
        fake.write_text(f"#!/bin/sh\ncat > /dev/null\nprintf '%s\\n' '{words_}'\n")
        fake.chmod(0o755)
        monkeypatch.setattr(child.sys, "executable", str(fake))
        with pytest.raises(InvalidInputError):
            read(path, crs="4326")

"""Pictures of strangers are drawn anew in a confined child, or refused."""

from __future__ import annotations

import io
import zipfile
import zlib
from pathlib import Path

import pytest
from PIL import Image

from layers.documents import kinds, pictures
from layers.errors import InvalidInputError

EXIF, GPS = 0x8769, 0x8825


def photo(size: tuple[int, int] = (40, 20), **save: object) -> bytes:
    image = Image.effect_noise(size, 60).convert("RGB")
    exif = Image.Exif()
    exif[0x0112] = 6  # lies on its side
    exif[0x010F] = "Camera of somebody"
    exif.get_ifd(EXIF)[36867] = "2026:03:01 08:30:00"
    exif.get_ifd(GPS).update({1: "N", 2: (30.0, 57.0, 0.0), 3: "E", 4: (121.0, 30.0, 36.0)})
    held = io.BytesIO()
    image.save(held, "JPEG", exif=exif, **save)
    return held.getvalue()


def draw(tmp_path: Path, content: bytes, picture: str) -> tuple[pictures.Picture, bytes]:
    source, target = tmp_path / "in", tmp_path / "out"
    source.write_bytes(content)
    told = pictures.redraw(source, target, picture=picture)
    return told, target.read_bytes()


def test_a_photo_is_upright_and_bare_and_its_time_and_place_are_kept_beside_it(
    tmp_path: Path,
) -> None:
    told, drawn = draw(tmp_path, photo() + b"<script>alert(1)</script>", "JPEG")
    assert (told.width_px, told.height_px) == (20, 40)
    assert told.taken_at == "2026-03-01T08:30:00"
    assert told.lon == pytest.approx(121.51)
    assert told.lat == pytest.approx(30.95)
    assert not Image.open(io.BytesIO(drawn)).getexif()
    assert b"script" not in drawn
    assert b"Camera" not in drawn


def test_a_drawing_stays_sharp(tmp_path: Path) -> None:
    image = Image.new("RGBA", (30, 10), (255, 0, 0, 128))
    held = io.BytesIO()
    image.save(held, "PNG")
    told, drawn = draw(tmp_path, held.getvalue(), "PNG")
    assert told.media_type == "image/png"
    assert Image.open(io.BytesIO(drawn)).convert("RGBA").tobytes() == image.tobytes()


def bomb(width: int, height: int) -> bytes:
    """Return a PNG that says it is this large, and holds one row."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return (
            len(body).to_bytes(4, "big") + kind + body + zlib.crc32(kind + body).to_bytes(4, "big")
        )

    head = width.to_bytes(4, "big") + height.to_bytes(4, "big") + bytes([8, 2, 0, 0, 0])
    rows = zlib.compress(bytes(3 * min(width, 1000) + 1))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    ("content", "picture", "code"),
    [
        (bomb(60_000, 60_000), "PNG", "picture_"),
        (bomb(8_000, 8_000), "PNG", "picture_pixels"),
        (photo()[:200], "JPEG", "picture_damaged"),
        (b"\xff\xd8\xff" + bytes(500), "JPEG", "picture_damaged"),
        (photo(), "PNG", "picture_damaged"),
    ],
)
def test_a_bomb_or_a_damaged_picture_is_refused(
    tmp_path: Path, content: bytes, picture: str, code: str
) -> None:
    with pytest.raises(InvalidInputError) as caught:
        draw(tmp_path, content, picture)
    assert caught.value.code.startswith(code)


def archive(*names: str) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as file:
        for name in names:
            file.writestr(name, "x")
    return held.getvalue()


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        (b"%PDF-1.7 ...", "application/pdf"),
        (photo(), "image/jpeg"),
        ("预案全文".encode(), "text/plain"),
        (
            archive("[Content_Types].xml", "word/document.xml"),
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        ),
    ],
)
def test_a_document_is_what_its_content_says(
    tmp_path: Path, content: bytes, media_type: str
) -> None:
    (tmp_path / "plan.exe").write_bytes(content)
    assert kinds.detect(tmp_path / "plan.exe").media_type == media_type


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "document_empty"),
        (b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>', "document_markup"),
        (b"\xef\xbb\xbf  <html><script>alert(1)</script>", "document_markup"),
        (b"MZ\x90\x00\x03\xff", "document_binary"),
        (b"\x7fELF\x02\x01\x01\x00", "document_binary"),
        (b"abc\x00def", "document_binary"),
        (archive("a.txt"), "document_zip"),
        (b"PK\x03\x04 broken", "document_zip"),
        (archive("[Content_Types].xml", "word/vbaProject.bin"), "document_macros"),
    ],
)
def test_what_could_run_or_is_unknown_is_refused(tmp_path: Path, content: bytes, code: str) -> None:
    (tmp_path / "harmless.pdf").write_bytes(content)
    with pytest.raises(InvalidInputError) as caught:
        kinds.detect(tmp_path / "harmless.pdf")
    assert caught.value.code == code

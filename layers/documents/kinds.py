"""What a document is, told from its content. A file's name proves nothing."""

from __future__ import annotations

import zipfile
from dataclasses import dataclass
from pathlib import Path

from layers.errors import InvalidInputError

READABLE = "PDF, PNG, JPEG, WebP, TIFF, BMP, Word, Excel and PowerPoint (.docx .xlsx .pptx), text"
_HEAD_BYTES = 65_536
_ENTRIES_MAX = 5_000
_PICTURES: tuple[tuple[bytes, str], ...] = (
    (b"\x89PNG\r\n\x1a\n", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"II*\x00", "TIFF"),
    (b"MM\x00*", "TIFF"),
    (b"BM", "BMP"),
)
_OFFICE = {
    "word/": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xl/": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "ppt/": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
}


@dataclass(frozen=True)
class Kind:
    """A media type, and Pillow's name of the format where it is a picture."""

    media_type: str
    picture: str | None = None


def detect(path: Path) -> Kind:
    """Return what a file is.

    Raises
    ------
    InvalidInputError
        It is empty, of a kind that is not kept, or an Office file with macros.
    """
    with path.open("rb") as file:
        head = file.read(_HEAD_BYTES)
    if not head:
        raise _refused("empty")
    if head.startswith(b"%PDF-"):
        return Kind("application/pdf")
    for magic, name in _PICTURES:
        if head.startswith(magic):
            return Kind(f"image/{name.lower()}", name)
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return Kind("image/webp", "WEBP")
    if head.startswith(b"PK\x03\x04"):
        return Kind(_office(path))
    return Kind(_text(path, head))


def _office(path: Path) -> str:
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, OSError, ValueError, RuntimeError):
        raise _refused("zip") from None
    if len(names) > _ENTRIES_MAX or "[Content_Types].xml" not in names:
        raise _refused("zip")
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        raise _refused("macros")
    for folder, media_type in _OFFICE.items():
        if any(name.startswith(folder) for name in names):
            return media_type
    raise _refused("zip")


def _text(path: Path, head: bytes) -> str:
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()[:1]
    if start == b"<":
        raise _refused("markup")  # HTML and SVG run scripts in a browser
    try:
        with path.open(encoding="utf-8") as file:
            for piece in iter(lambda: file.read(1 << 20), ""):
                if "\x00" in piece:
                    raise _refused("binary")
    except UnicodeDecodeError:
        raise _refused("binary") from None
    return "text/plain"


def _refused(why: str) -> InvalidInputError:
    return InvalidInputError(
        f"the document cannot be kept ({why}); kept are {READABLE}",
        code=f"document_{why}",
        field="file",
        wanted=READABLE,
    )

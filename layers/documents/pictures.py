"""Pictures of strangers, drawn anew by a confined child: `python -m layers.documents.pictures`.

The child reads the picture on standard input and writes a clean one on standard output: no
metadata, no second content behind the first, upright. What a photo said of its time and place is
told as one line of JSON on standard error.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import io
import json
import math
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from layers.errors import InvalidInputError

PIXELS_MAX = 50_000_000
TIMEOUT_S = 60
_LIMITS = {"memory_bytes": 2 << 30, "cpu_s": 30, "file_bytes": 512 << 20, "open_files": 64}
_JPEG_QUALITY = 90
_TIME_TAG, _GPS_TAG, _EXIF_TAG = 36867, 0x8825, 0x8769


@dataclass(frozen=True)
class Picture:
    """A picture drawn anew: its type and size, and what the old one said of time and place.

    `taken_at` is as the camera wrote it (no offset); `lon`, `lat` are degrees, WGS 84.
    """

    media_type: str
    width_px: int
    height_px: int
    taken_at: str | None
    lon: float | None
    lat: float | None


def redraw(source: Path, target: Path, *, picture: str) -> Picture:
    """Draw the picture of a file anew into another.

    Parameters
    ----------
    picture
        Pillow's name of the format; no other is tried.

    Raises
    ------
    InvalidInputError
        It is no such picture, damaged, or has more than 50 million pixels.
    """
    with source.open("rb") as file, target.open("wb") as drawn:
        try:
            done = subprocess.run(
                [sys.executable, "-m", "layers.documents.pictures", picture],
                stdin=file,
                stdout=drawn,
                stderr=subprocess.PIPE,
                timeout=TIMEOUT_S,
                check=False,
                cwd=Path(__file__).parents[2],
            )
        except subprocess.TimeoutExpired:
            raise _refused("slow") from None
    if done.returncode != 0:
        raise _refused("damaged")
    told = json.loads(done.stderr.decode().splitlines()[-1])
    if "refused" in told:
        raise _refused(told["refused"])
    return Picture(**told)


def _refused(why: str) -> InvalidInputError:
    return InvalidInputError(
        f"the picture cannot be kept ({why}); at most {PIXELS_MAX:,} pixels",
        code=f"picture_{why}",
        field="file",
        wanted=f"{PIXELS_MAX:,}",
    )


def _draw(picture: str) -> dict[str, Any]:
    from PIL import Image, ImageOps

    try:
        with Image.open(io.BytesIO(sys.stdin.buffer.read()), formats=[picture]) as image:
            width, height = image.size
            if width * height > PIXELS_MAX:
                return {"refused": "pixels"}
            told = _told(image)
            drawn = ImageOps.exif_transpose(image)
            clear = drawn.has_transparency_data
            drawn = drawn.convert("RGBA" if clear else "RGB")
    except (OSError, ValueError, SyntaxError, EOFError, Image.DecompressionBombError):
        return {"refused": "damaged"}
    clean = Image.frombytes(drawn.mode, drawn.size, drawn.tobytes())
    # A drawing has few colours and sharp lines, which JPEG smears; a photo is large as PNG.
    sharp = clear or picture in ("PNG", "BMP")
    clean.save(
        sys.stdout.buffer,
        format="PNG" if sharp else "JPEG",
        **({"optimize": False} if sharp else {"quality": _JPEG_QUALITY}),
    )
    return {
        "media_type": "image/png" if sharp else "image/jpeg",
        "width_px": clean.width,
        "height_px": clean.height,
        **told,
    }


def _told(image: Any) -> dict[str, Any]:
    """Return the time and place that a photo tells; what makes no sense is None."""
    told: dict[str, Any] = {"taken_at": None, "lon": None, "lat": None}
    try:
        exif = image.getexif()
        taken = exif.get_ifd(_EXIF_TAG).get(_TIME_TAG)
        place = exif.get_ifd(_GPS_TAG)
    except (OSError, ValueError, SyntaxError, TypeError, KeyError):
        return told
    with contextlib.suppress(ValueError):  # a camera tells no offset
        told["taken_at"] = dt.datetime.strptime(str(taken), "%Y:%m:%d %H:%M:%S").isoformat()
    lat, lon = _degrees(place, 1, 2, "S", 90), _degrees(place, 3, 4, "W", 180)
    if lat is not None and lon is not None:
        told["lon"], told["lat"] = lon, lat
    return told


def _degrees(place: Any, side: int, angle: int, negative: str, most: float) -> float | None:
    try:
        degrees, minutes, seconds = (float(part) for part in place[angle])
        value = degrees + minutes / 60 + seconds / 3600
        signed = -value if str(place[side]).strip("\x00 ").upper() == negative else value
    except (KeyError, TypeError, ValueError, ZeroDivisionError):
        return None
    return signed if math.isfinite(signed) and abs(signed) <= most else None


def main() -> None:
    """Draw the one picture on standard input."""
    from PIL import Image

    from layers.intake.confinement import confine

    Image.preinit()
    Image.init()  # every plug-in is loaded while its file is still readable
    Image.MAX_IMAGE_PIXELS = PIXELS_MAX
    confine(_LIMITS, kind="picture")
    try:
        told = _draw(sys.argv[1])
    except MemoryError:
        told = {"refused": "pixels"}
    sys.stderr.write(json.dumps(told) + "\n")


if __name__ == "__main__":
    main()

"""How a site writes the codes of signs: its own table, beside our names for them."""

from __future__ import annotations

import json
import re
from pathlib import Path

from layers.errors import InvalidInputError

FILE = "plot_symbols.json"
SIZE_MAX_BYTES = 64 * 1024
CODES_MAX = 500
_NAME = re.compile(r"[a-z][a-z_]{0,39}")
_CODE = re.compile(r"[^\x00-\x1f\x7f]{1,40}")


def read(var: Path) -> dict[str, str]:
    """Return the site's code of each sign by our name for it; none where it has no table.

    Parameters
    ----------
    var
        The program's folder. `plot_symbols.json` in it is one JSON object, for example
        `{"command_post": "21013"}`.

    Raises
    ------
    InvalidInputError
        The file is too large or is no such table.
    """
    path = var / FILE
    try:
        with path.open("rb") as file:
            given = file.read(SIZE_MAX_BYTES + 1)
    except FileNotFoundError:
        return {}
    if len(given) > SIZE_MAX_BYTES:
        raise _refused(f"{len(given)} B and more", f"at most {SIZE_MAX_BYTES} B")
    try:
        table = json.loads(given)
    except ValueError as error:
        raise _refused(str(error)[:80], "JSON in UTF-8") from None
    if not isinstance(table, dict) or len(table) > CODES_MAX:
        raise _refused(type(table).__name__, f"an object of at most {CODES_MAX} codes")
    for name, code in table.items():
        if not _NAME.fullmatch(name) or not isinstance(code, str) or not _CODE.fullmatch(code):
            raise _refused(f"{name[:40]}: {str(code)[:40]}", "a sign's name and a short code")
    return table


def _refused(got: str, wanted: str) -> InvalidInputError:
    return InvalidInputError(
        f"{FILE}: {got}", code="sign_codes", field=FILE, got=got, wanted=wanted
    )

"""The least that a tile server can do: a Flask view that answers bytes it holds."""

from __future__ import annotations

import json
import os
from pathlib import Path

from flask import Flask, Response

_FOLDER = Path(os.environ.get("BARE_VIEW", "."))
_INDEX = (
    json.loads((_FOLDER / "index.json").read_text()) if (_FOLDER / "index.json").exists() else {}
)
_BODIES = {path: (_FOLDER / name).read_bytes() for path, name in _INDEX.items()}

app = Flask(__name__)


@app.get("/tiles/<layer>/<revision>/<int:z>/<int:x>/<int:y>.mvt")
def tile(layer: str, revision: str, z: int, x: int, y: int) -> Response:
    """Answer what was kept under this address."""
    body = _BODIES[f"/tiles/{layer}/{revision}/{z}/{x}/{y}.mvt"]
    response = Response(body, mimetype="application/vnd.mapbox-vector-tile")
    response.headers["Content-Encoding"] = "gzip"
    return response

"""Make the vectors that hold both drawings of a plot together, the server's and the map's.

python -m data_samples.plot_vectors > data_samples/plots_vectors.json
"""

from __future__ import annotations

import json
import sys
from typing import Any

from shapely.geometry import mapping

from layers.plots import draw

PROVENANCE = (
    "computed by layers/plots (this program) with pyproj's geodesics on WGS 84; positions in "
    "degrees, EPSG:4326; another drawing agrees where each vertex lies within tolerance_deg"
)
TOLERANCE_DEG = 1e-7
HERE, THERE, FAR = [114.3, 30.6], [114.31, 30.607], [114.313, 30.612]

CASES: list[tuple[str, list[list[float]], dict[str, float]]] = [
    ("circle", [HERE], {"radius_m": 500.0}),
    ("circle", [[-70.6, -53.1]], {"radius_m": 25_000.0}),
    ("circle", [[179.995, 10.0]], {"radius_m": 2_000.0}),
    ("sector", [HERE], {"radius_m": 1_200.0, "from_deg": 20.0, "to_deg": 65.0}),
    ("sector", [HERE], {"radius_m": 800.0, "from_deg": 330.0, "to_deg": 30.0}),
    ("sector", [HERE], {"radius_m": 800.0, "from_deg": 30.0, "to_deg": -30.0}),
    ("rectangle", [HERE, THERE], {}),
    ("rectangle", [HERE, THERE], {"rotation_deg": 30.0}),
    ("rectangle", [THERE, HERE], {"rotation_deg": -75.0}),
    ("dimension", [HERE, THERE], {}),
    ("dimension", [HERE, THERE, [114.32, 30.6]], {}),
    ("arrow", [HERE, THERE], {}),
    ("arrow", [[179.999, 0.0], [-179.999, 0.001]], {}),
    ("curved_arrow", [HERE, [114.302, 30.605], THERE], {}),
    ("curved_arrow", [HERE, [114.302, 30.605], [114.306, 30.606], THERE, [114.315, 30.605]], {}),
    ("attack_arrow", [HERE, [114.302, 30.599], THERE], {}),
    ("attack_arrow", [[114.302, 30.599], HERE, [114.305, 30.605], [114.307, 30.61], FAR], {}),
]


def vectors() -> dict[str, Any]:
    """Return every case with its geometry and what is measured of it."""
    cases = []
    for kind, control, properties in CASES:
        drawn = draw(kind, control=control, properties=properties)
        cases.append({
            "kind": kind, "control": control, "properties": properties,
            "geometry": mapping(drawn.geometry), "measured": drawn.measured,
        })  # fmt: skip
    return {"provenance": PROVENANCE, "tolerance_deg": TOLERANCE_DEG, "cases": cases}


if __name__ == "__main__":
    json.dump(vectors(), sys.stdout, separators=(",", ":"))
    sys.stdout.write("\n")

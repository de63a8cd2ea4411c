"""pyELDQM's zones of one plume, timed in its own environment: peer_zones.py JSON.

Knows nothing of this program. The grid is the one of pyELDQM's own example, 800 x 800.
"""

import json
import sys
import time

from pyeldqm.core.dispersion_models.gaussian_model import calculate_gaussian_dispersion
from pyeldqm.core.utils.features import setup_computational_grid
from pyeldqm.core.utils.zone_extraction import extract_zones

CHLORINE_G_MOL = 70.906


def main() -> None:
    """Print the durations of every round, ms, and the reach of each zone, m."""
    asked = json.loads(sys.argv[1])
    durations = []
    for _ in range(asked["rounds"]):
        start = time.perf_counter()
        zones = _zones(asked)
        durations.append((time.perf_counter() - start) * 1000)
    print(json.dumps({"durations_ms": durations, "reach_m": _reach(zones, asked)}))


def _zones(asked: dict) -> dict:
    x, y, *_ = setup_computational_grid(10_000, 5_000, 800, 800)
    weather = {
        "wind_speed": asked["wind_m_s"],
        "wind_dir": asked["wind_from_deg"],
        "temperature_K": 298.15,
        "humidity": 0.5,
        "cloud_cover": 1.0,
    }
    field, *_ = calculate_gaussian_dispersion(
        weather,
        x,
        y,
        asked["lat"],
        asked["lon"],
        CHLORINE_G_MOL,
        asked["rate_g_s"],
        0.1,
        10.0,
        z_measurement=0.0,
        roughness="RURAL",
        mode="continuous",
    )
    return extract_zones(
        x,
        y,
        field,
        asked["thresholds"],
        asked["lat"],
        asked["lon"],
        asked["wind_from_deg"],
        verbose=False,
    )


def _reach(zones: dict, asked: dict) -> dict:
    metres_per_degree = 111_195.0
    return {
        name: round(
            max(
                ((lat - asked["lat"]) ** 2 + ((lon - asked["lon"]) * 0.8217) ** 2) ** 0.5
                for lon, lat in zone.exterior.coords
            )
            * metres_per_degree
        )
        for name, zone in zones.items()
        if zone is not None and not zone.is_empty
    }


main()

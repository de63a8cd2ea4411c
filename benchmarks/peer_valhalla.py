"""Road questions answered by Valhalla, timed in its own environment: peer_valhalla.py PBF JSON.

Knows nothing of this program. Valhalla builds its own graph of the same extract with its own costs,
so only the times it takes are compared, never its answers.
"""

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import valhalla


def main() -> None:
    """Print the durations, ms, of every question."""
    asked = json.loads(Path(sys.argv[2]).read_text())
    with tempfile.TemporaryDirectory() as folder:
        actor = built(Path(sys.argv[1]), Path(folder))
        found = {name: [took(actor, name, case) for case in cases] for name, cases in asked.items()}
    print(json.dumps(found))


def built(extract: Path, folder: Path) -> valhalla.Actor:
    """Return an actor on tiles of the extract, its limits lifted to what is asked here."""
    tiles = folder / "tiles"
    tiles.mkdir()
    config = valhalla.get_config(tile_extract="", tile_dir=str(tiles), verbose=False)
    limits = config["service_limits"]
    limits["auto"] |= {"max_matrix_location_pairs": 10_000, "max_locations": 1000}
    limits["max_exclude_polygons_length"] = 1_000_000
    config["mjolnir"]["concurrency"] = 2
    file = folder / "valhalla.json"
    file.write_text(json.dumps(config))
    builder = Path(valhalla.__file__).parent / "bin" / "valhalla_build_tiles"
    command = [str(builder) if builder.exists() else "valhalla_build_tiles"]
    done = subprocess.run(
        [*command, "-c", str(file), str(extract.resolve())],
        cwd=folder, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        raise RuntimeError(done.stderr[-500:] or done.stdout[-500:])
    return valhalla.Actor(str(file))


def took(actor: valhalla.Actor, name: str, case: dict) -> float:
    """Return how many milliseconds an answer takes."""
    ask = {"nearest": actor.matrix, "matrix": actor.matrix, "route": actor.route,
           "reach": actor.isochrone}[name]  # fmt: skip
    text = json.dumps(case)
    start = time.perf_counter()
    ask(text)
    return (time.perf_counter() - start) * 1000


main()

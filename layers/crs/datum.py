"""Old datums (Xian 1980, Beijing 1954) with the parameters of a place that a person gives.

Two ways of writing them are in use, which differ in the signs of the three rotations:

- `+towgs84=dx,dy,dz[,rx,ry,rz,ds]`, PROJ's: position vector rotation (EPSG method 9606);
- `+bursa=dx,dy,dz,rx,ry,rz,ds`, as Chinese handbooks print the Bursa-Wolf model (布尔莎七参数):
  coordinate frame rotation (EPSG method 9607).

Shifts are in metres, rotations in seconds of arc, the scale in millionths, always from the old
datum to WGS 84 or CGCS2000. Parameters of a place may be secret: no name, message or report
repeats them.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from layers.errors import UnknownCrsError

if TYPE_CHECKING:
    import pyproj

Parameters = tuple[float, float, float, float, float, float, float]

# EPSG codes of the geographic systems whose offset to WGS 84 differs from place to place.
LOCAL_DATUMS = {4610: "Xian 1980", 4214: "Beijing 1954", 4555: "New Beijing"}
_FORM = "3 or 7 numbers: metres, seconds of arc, millionths"
# No Chinese set is near these; metres given for kilometres or radians for seconds are.
_SHIFT_MAX_M, _ROTATION_MAX_ARCSEC, _SCALE_MAX_PPM = 1000.0, 60.0, 100.0


def split_parameters(text: str) -> tuple[str, Parameters | None]:
    """Return a system's text without its parameters, and these as `+towgs84` writes them.

    Raises
    ------
    UnknownCrsError
        The parameters are not 3 or 7 numbers of a possible size (`datum_parameters`).
    """
    for key, sign in (("+towgs84=", 1.0), ("+bursa=", -1.0)):
        at = text.lower().find(key)
        # A PROJ text (+proj=... +towgs84=...) is a definition of its own, not a name and more.
        if at > 0 and "+proj" not in text.lower() and "[" not in text:
            return text[:at].strip(), _parameters(text[at + len(key) :], sign)
    return text, None


def with_parameters(text: str, parameters: Parameters) -> str:
    """Return a system's text with its parameters, as `split_parameters` reads it."""
    return f"{text}+towgs84={','.join(str(number) for number in parameters)}"


def _parameters(text: str, sign: float) -> Parameters:
    try:
        numbers = [float(part) for part in text.split(",")]
    except ValueError:
        numbers = []
    if len(numbers) == 3:
        numbers += [0.0] * 4
    limits = [_SHIFT_MAX_M] * 3 + [_ROTATION_MAX_ARCSEC] * 3 + [_SCALE_MAX_PPM]
    if len(numbers) != 7 or not all(
        math.isfinite(n) and abs(n) <= limit for n, limit in zip(numbers, limits, strict=True)
    ):
        raise _refused(f"{len(numbers)} numbers" if len(numbers) != 7 else "a number out of range")
    if not any(numbers):
        raise _refused("nothing but zeros")
    dx, dy, dz, rx, ry, rz, ds = numbers
    return dx, dy, dz, sign * rx, sign * ry, sign * rz, ds


def _refused(got: str) -> UnknownCrsError:
    return UnknownCrsError(
        f"the datum's parameters: got {got}, wanted {_FORM}",
        code="datum_parameters",
        got=got,
        wanted=_FORM,
    )


def bound(found: pyproj.CRS, parameters: Parameters) -> pyproj.CRS:
    """Return a system of an old datum tied to WGS 84 by the parameters of the place.

    Raises
    ------
    UnknownCrsError
        The system's datum is not one that needs them (`datum_parameters`).
    """
    from pyproj.crs import CRS, BoundCRS
    from pyproj.crs.coordinate_operation import ToWGS84Transformation

    base = found.geodetic_crs
    code = base.to_epsg(min_confidence=70) if base is not None else None
    if base is None or code not in LOCAL_DATUMS:
        raise _refused(f"parameters for {found.name}, which needs none")
    tied = ToWGS84Transformation(base, *parameters)
    return BoundCRS(source_crs=found, target_crs=CRS.from_epsg(4326), transformation=tied)

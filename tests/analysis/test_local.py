"""The plane round a place: a second implementation of the projection says the same."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from pyproj import Transformer

from analysis.local import LocalPlane
from analysis.zones import place


@pytest.mark.parametrize("at", [(113.6, 34.7), (179.99, -17.0), (10.0, 89.0), (-75.0, 0.0)])
def test_the_plane_is_the_azimuthal_equidistant_projection(at):
    random = np.random.default_rng(5)
    lon, lat = (centre + random.uniform(-0.5, 0.5, 500) for centre in at)
    crs = f"+proj=aeqd +lon_0={at[0]} +lat_0={at[1]} +ellps=WGS84 +units=m"
    expected = Transformer.from_crs("EPSG:4326", crs, always_xy=True).transform(lon, lat)
    plane = LocalPlane(*at)
    here = plane.xy(lon, lat)
    np.testing.assert_allclose(here, expected, atol=1e-6)
    back_lon, back_lat = plane.lonlat(*here)
    np.testing.assert_allclose((back_lon - lon + 180.0) % 360.0, 180.0, atol=1e-9)
    np.testing.assert_allclose(back_lat, lat, atol=1e-9)


def test_a_zone_of_a_radius_is_that_disc_in_the_plane_of_its_source():
    plane = LocalPlane(113.6, 34.7)
    ring = shapely.get_coordinates(plane.to_plane(place.disc(113.6, 34.7, 8000.0)))
    np.testing.assert_allclose(np.hypot(ring[:, 0], ring[:, 1]), 8000.0, atol=1e-6)

"""What docs/standards.md and the conformance say of the doors is true of them."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from gis_server.ogc.conformance import CLASSES
from gis_server.ogc.systems import uris
from gis_server.views.docs import description
from layers import crs
from tests.gis_server import test_ogc_crs, test_ogc_features
from tests.gis_server.ogc_city import CHECKS

PAGE = Path(__file__).parents[2] / "docs" / "standards.md"
REAL = os.environ.get("ONEMAP_REAL_DATA")


def test_the_page_names_every_address(app):
    written = PAGE.read_text(encoding="utf-8")
    for path in description(app)["paths"]:
        if path.startswith(("/ogc", "/wmts")):
            assert f"`{path.rstrip('/')}`" in written, path


def test_the_page_names_every_class_that_is_claimed():
    written = PAGE.read_text(encoding="utf-8")
    for uri in CLASSES:
        assert re.search(rf"\b{re.escape(uri.rpartition('/')[2])}\b", written), uri


def test_the_zones_that_are_offered_are_all_of_cgcs2000():
    codes = sorted(int(uri.rpartition("/")[2]) for uri in uris()[4:])
    assert codes == sorted(zone.epsg for zone in crs.zones("cgcs2000"))


@pytest.mark.real
@pytest.mark.skipif(REAL is None, reason="ONEMAP_REAL_DATA names no folder")
def test_every_check_of_the_ogc_test_suite_is_made_by_a_test_that_carries_its_id():
    listed = Path(str(REAL)) / "conformance" / "ogcapi_features_checks.md"
    if not listed.is_file():
        pytest.skip("the list of checks is not there")
    rows = re.findall(r"^\| (\w+) \| (\w+) \|", listed.read_text(encoding="utf-8"), re.MULTILINE)
    ids = {f"{name}.{method}" for name, method in rows if name != "class"}
    assert len(ids) >= 80
    assert ids == set(CHECKS)
    tests = vars(test_ogc_features) | vars(test_ogc_crs)
    assert {test for made in CHECKS.values() for test in made} <= set(tests)

"""WMTS: what the capabilities say, images in both matrix sets, exceptions in XML."""

from __future__ import annotations

import io
import math
from typing import Any
from xml.etree import ElementTree as ET

import numpy as np
import pytest
from PIL import Image
from sqlalchemy.orm import Session

from layers import rasters
from layers.rasters import Told
from tests import map_service
from tests.gis_server.raster_files import NORTH, PIXEL, WEST, hills, photo, tif
from tiles.raster import plate

NAMES = {
    "": "http://www.opengis.net/wmts/1.0",
    "ows": "http://www.opengis.net/ows/1.1",
    "xlink": "http://www.w3.org/1999/xlink",
}
HOSTILE = "<b>&\"'\x0b]]>山"


@pytest.fixture
def keep(database, tmp_path):
    """Give a function: take a raster in and return the name of its layer."""

    def kept(values, **said):
        file = tmp_path / "raster.tif"
        file.write_bytes(tif(values))
        told = Told(**{"kind": "dem", "name": "hills", "source": "made for this test", **said})
        with Session(database) as session, session.begin():
            card = rasters.add(session, file, told)
        return f"raster-{card['id']}"

    return kept


def asked(client, **given):
    return client.get("/wmts", query_string=given)


def document(client):
    answer = asked(client, SERVICE="WMTS", REQUEST="GetCapabilities")
    assert answer.status_code == 200 and answer.mimetype == "application/xml"
    return ET.fromstring(answer.data)


def tile(client, layer, matrix_set, level, row, col, **more):
    return asked(client, **{
        "Service": "WMTS", "Request": "GetTile", "Version": "1.0.0", "Layer": layer,
        "Style": "default", "Format": "image/png", "TileMatrixSet": matrix_set,
        "TileMatrix": level, "TileRow": row, "TileCol": col, **more,
    })  # fmt: skip


def pixels(answer) -> Any:
    assert answer.status_code == 200, answer.text
    assert answer.mimetype == "image/png"
    return np.asarray(Image.open(io.BytesIO(answer.data)).convert("RGBA")).astype(int)


def mercator(lon, lat, level):
    x = (lon + 180) / 360 * 2**level
    y = (1 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2 * 2**level
    return int(y), int(x), y % 1, x % 1


def geographic(lon, lat, level):
    side = 360 / 2**level
    y, x = (90 - lat) / side, (lon + 180) / side
    return int(y), int(x), y % 1, x % 1


def refused(answer, code, locator=None, status=400):
    assert (answer.status_code, answer.mimetype) == (status, "application/xml")
    root = ET.fromstring(answer.data)
    assert root.tag == f"{{{NAMES['ows']}}}ExceptionReport"
    (exception,) = root.findall("ows:Exception", NAMES)
    assert exception.get("exceptionCode") == code
    assert locator is None or exception.get("locator") == locator
    assert exception.findtext("ows:ExceptionText", namespaces=NAMES)


# --- capabilities -----------------------------------------------------------------


def test_the_capabilities_tell_operations_layers_and_both_matrix_sets(client, keep):
    name = keep(hills())
    root = document(client)
    assert (root.tag, root.get("version")) == (f"{{{NAMES['']}}}Capabilities", "1.0.0")
    order = [child.tag.partition("}")[2] for child in root]
    assert order == [
        "ServiceIdentification",
        "OperationsMetadata",
        "Contents",
        "ServiceMetadataURL",
    ]
    operations = root.findall("ows:OperationsMetadata/ows:Operation", NAMES)
    assert {each.get("name") for each in operations} >= {"GetCapabilities", "GetTile"}
    (layer,) = root.findall("Contents/Layer", NAMES)
    assert layer.findtext("ows:Identifier", namespaces=NAMES) == name
    children = [child.tag.partition("}")[2] for child in layer]
    assert children == sorted(children, key=[
        "Title", "Abstract", "WGS84BoundingBox", "Identifier", "Style", "Format", "InfoFormat",
        "TileMatrixSetLink", "ResourceURL",
    ].index)  # fmt: skip
    assert layer.find("Style", NAMES).get("isDefault") == "true"
    linked = [each.findtext("TileMatrixSet", namespaces=NAMES)
              for each in layer.findall("TileMatrixSetLink", NAMES)]  # fmt: skip
    defined = {each.findtext("ows:Identifier", namespaces=NAMES): each
               for each in root.findall("Contents/TileMatrixSet", NAMES)}  # fmt: skip
    assert linked == list(defined) == ["GoogleMapsCompatible", "c"]
    crs = [each.findtext("ows:SupportedCRS", namespaces=NAMES) for each in defined.values()]
    assert crs == ["urn:ogc:def:crs:EPSG::3857", "urn:ogc:def:crs:EPSG::4490"]


def test_the_set_c_begins_with_two_tiles_of_180_degrees(client):
    root = document(client)
    (matrix, *_) = root.findall("Contents/TileMatrixSet", NAMES)[1].findall("TileMatrix", NAMES)
    told = {child.tag.partition("}")[2]: child.text for child in matrix}
    assert (told["Identifier"], told["TopLeftCorner"]) == ("1", "90.0 -180.0")
    assert (told["MatrixWidth"], told["MatrixHeight"]) == ("2", "1")
    # 07-057r7, 6.1: a pixel of 0.28 mm, 111319.49 m a degree
    resolution = float(told["ScaleDenominator"]) * 0.00028 / 111_319.49079327358
    assert resolution == pytest.approx(0.703125, rel=1e-12)


def test_the_limits_hold_the_tiles_of_a_layer_and_no_others(client, keep):
    keep(hills())
    layer = document(client).find("Contents/Layer", NAMES)
    for link, place in zip(layer.findall("TileMatrixSetLink", NAMES), (mercator, geographic),
                           strict=True):  # fmt: skip
        for limits in link.findall("TileMatrixSetLimits/TileMatrixLimits", NAMES):
            told = {child.tag.partition("}")[2]: int(child.text) for child in limits}
            level = told["TileMatrix"]
            north = place(WEST, NORTH, level)
            south = place(WEST + 240 * PIXEL, NORTH - 200 * PIXEL, level)
            assert (told["MinTileRow"], told["MinTileCol"]) == north[:2]
            assert (told["MaxTileRow"], told["MaxTileCol"]) == south[:2]


def test_words_of_strangers_stay_within_their_element(client, keep):
    keep(hills(), name=HOSTILE, source=HOSTILE)
    layer = document(client).find("Contents/Layer", NAMES)
    assert layer.findtext("ows:Title", namespaces=NAMES).startswith("<b>&\"']]>山")


def test_a_site_without_rasters_has_a_document_without_layers(client):
    assert document(client).findall("Contents/Layer", NAMES) == []


def test_both_ways_to_the_document_lead_to_the_same(client, keep):
    keep(hills())
    assert client.get("/wmts/1.0.0/WMTSCapabilities.xml").data == asked(
        client, service="wmts", request="GetCapabilities"
    ).data  # fmt: skip


# --- images ---------------------------------------------------------------------------


@pytest.mark.parametrize("level", [11, 12, 13])
def test_a_place_has_its_colour_in_both_matrix_sets(client, keep, level):
    """Red grows eastward and green southward over 160 x 120 pixels."""
    name = keep(photo(), kind="imagery", name="photo")
    for column, row in ((40, 30), (80, 60), (120, 100)):
        lon, lat = WEST + (column + 0.5) * PIXEL, NORTH - (row + 0.5) * PIXEL
        wanted = (column * 255 // 160, row * 255 // 120)
        for matrix_set, place in (("GoogleMapsCompatible", mercator), ("c", geographic)):
            y, x, down, along = place(lon, lat, level)
            image = pixels(tile(client, name, matrix_set, level, y, x))
            colour = image[int(down * 256), int(along * 256)]
            assert colour[3] == 255
            assert np.abs(colour[:2] - wanted).max() <= 4


def test_an_address_gives_the_same_image_as_key_and_value(client, keep):
    name = keep(hills())
    layer = document(client).find("Contents/Layer", NAMES)
    template = layer.find("ResourceURL", NAMES).get("template")
    y, x, *_ = geographic(WEST + 0.1, NORTH - 0.1, 12)
    values = {"Style": "hillshade", "TileMatrixSet": "c", "TileMatrix": 12, "TileRow": y,
              "TileCol": x}  # fmt: skip
    answer = client.get(template.format(**values))
    assert answer.status_code == 200
    assert answer.data == tile(client, name, "c", 12, y, x, Style="hillshade").data
    assert answer.data != tile(client, name, "c", 12, y, x, Style="slope").data


def test_where_there_is_nothing_a_clear_image_is_answered(client, keep):
    name = keep(hills())
    for matrix_set in ("GoogleMapsCompatible", "c"):
        assert pixels(tile(client, name, matrix_set, 12, 0, 0))[..., 3].max() == 0


def test_an_image_that_is_known_is_not_sent_again(client, keep):
    name = keep(hills())
    y, x, *_ = mercator(WEST + 0.1, NORTH - 0.1, 12)
    first = tile(client, name, "GoogleMapsCompatible", 12, y, x)
    again = client.get(first.request.full_path, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    assert first.headers["Cache-Control"] == "private, no-cache"


def test_the_value_at_a_pixel_is_that_of_the_raster(client, keep):
    name = keep(hills())
    lon, lat = WEST + 100.5 * PIXEL, NORTH - 60.5 * PIXEL
    for matrix_set, place in (("GoogleMapsCompatible", mercator), ("c", geographic)):
        y, x, down, along = place(lon, lat, 16)
        answer = asked(client, service="WMTS", request="GetFeatureInfo", version="1.0.0",
                       layer=name, tilematrixset=matrix_set, tilematrix=16, tilerow=y, tilecol=x,
                       i=int(along * 256), j=int(down * 256),
                       infoformat="application/json")  # fmt: skip
        assert answer.status_code == 200, answer.text
        assert answer.json["value"] == pytest.approx(float(hills()[60, 100]), abs=1.0)
        assert (answer.json["unit"], answer.json["reason"]) == ("m", None)


def test_an_image_has_no_values(client, keep):
    name = keep(photo(), kind="imagery")
    answer = asked(client, request="GetFeatureInfo", layer=name, tilematrixset="c", tilematrix=1,
                   tilerow=0, tilecol=0, i=0, j=0)  # fmt: skip
    refused(answer, "OperationNotSupported", status=501)


# --- map services of others ------------------------------------------------------------


@pytest.fixture
def service(sign_in):
    """Give a map service of others, set up under the name `tdt`."""
    with map_service.running() as running:
        admin = sign_in(("admin", ""), name="admin")
        told = {"name": "tdt", "title": HOSTILE[:3], "kind": "xyz", "attribution": "others",
                "address": f"{running.root}/{{z}}/{{x}}/{{y}}.png", "max_zoom": 12}  # fmt: skip
        assert admin.post("/api/v1/external", json=told).status_code == 201
        yield running


def test_a_map_service_of_others_is_offered_in_both_matrix_sets(client, service):
    layer = document(client).find("Contents/Layer", NAMES)
    assert layer.findtext("ows:Identifier", namespaces=NAMES) == "external-tdt"
    answer = tile(client, "external-tdt", "GoogleMapsCompatible", 5, 12, 26)
    assert answer.data == map_service.drawn(26, 12)
    answer = tile(client, "external-tdt", "c", 5, 5, 26)
    asked = [path for path in service.asked if path.startswith("/5/26/")]
    assert 1 < len(asked) <= 3  # what one tile shows lies in few of theirs
    wanted = plate.tile(5, 5, 26, draw=lambda z, x, y: map_service.drawn(x, y))
    assert (pixels(answer) == np.asarray(Image.open(io.BytesIO(wanted)).convert("RGBA"))).all()


def test_deeper_than_a_service_goes_there_is_no_tile(client, service):
    refused(tile(client, "external-tdt", "c", 13, 2000, 0), "TileOutOfRange")
    refused(tile(client, "external-nobody", "c", 3, 0, 0), "InvalidParameterValue", "layer")


# --- what is refused --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "code", "locator"),
    [
        ({"Layer": "unicorn"}, "InvalidParameterValue", "layer"),
        ({"Layer": "raster-x"}, "InvalidParameterValue", "layer"),
        ({"Layer": ""}, "MissingParameterValue", "layer"),
        ({"TileMatrixSet": "unicorn"}, "InvalidParameterValue", "tilematrixset"),
        ({"Style": "unicorn"}, "InvalidParameterValue", "style"),
        ({"Format": "image/jpeg"}, "InvalidParameterValue", "format"),
        ({"TileRow": "9999999"}, "TileOutOfRange", "tilerow"),
        ({"TileCol": "9999999"}, "TileOutOfRange", "tilecol"),
        ({"TileMatrix": "0"}, "TileOutOfRange", "tilematrix"),
        ({"TileMatrix": "31"}, "TileOutOfRange", "tilematrix"),
        ({"TileMatrix": "-1"}, "InvalidParameterValue", "tilematrix"),
        ({"TileRow": "nan"}, "InvalidParameterValue", "tilerow"),
        ({"TileRow": None}, "MissingParameterValue", "tilerow"),
        ({"Version": "2.0.0"}, "InvalidParameterValue", "version"),
        ({"Service": "WMS"}, "InvalidParameterValue", "service"),
        ({"Request": None}, "MissingParameterValue", "request"),
    ],
)
def test_what_cannot_be_answered_is_an_exception_that_names_the_parameter(
    client, keep, change, code, locator
):
    name = keep(hills())
    given = {name: value for name, value in change.items() if value is not None}
    left_out = {each for each, value in change.items() if value is None}
    whole = {"Service": "WMTS", "Request": "GetTile", "Version": "1.0.0", "Layer": name,
             "Style": "", "Format": "image/png", "TileMatrixSet": "c", "TileMatrix": 3,
             "TileRow": 0, "TileCol": 0}  # fmt: skip
    sent = {each: value for each, value in {**whole, **given}.items() if each not in left_out}
    refused(asked(client, **sent), code, locator)


def test_an_unknown_operation_is_not_supported(client):
    refused(asked(client, request="GetMap"), "OperationNotSupported", "request", 501)
    refused(asked(client, request=HOSTILE), "OperationNotSupported", "request", 501)


def test_a_raster_of_another_region_is_neither_listed_nor_drawn(client, keep, sign_in):
    name = keep(hills(), region="330102")
    reader = sign_in(("viewer", "330203"))
    assert document(reader).findall("Contents/Layer", NAMES) == []
    refused(tile(reader, name, "c", 3, 0, 0), "InvalidParameterValue", "layer")
    assert len(document(client).findall("Contents/Layer", NAMES)) == 1


def test_nobody_sees_anything_without_signing_in(app):
    answer = asked(app.test_client(), request="GetCapabilities")
    refused(answer, "NoApplicableCode", status=401)
    assert answer.headers["WWW-Authenticate"].startswith("Basic ")

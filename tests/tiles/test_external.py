"""Map services of others: asked as they want, shifted where they are, never beyond their host."""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from PIL import Image
from pyproj import Transformer

from layers.basemaps.external import External, check
from layers.crs import bd09_from_wgs84, gcj02_from_wgs84
from layers.errors import BusyError, InvalidInputError
from tests import map_service
from tests.map_service import SIDE, Service, drawn
from tiles import external
from tiles.external import fetch as external_fetch
from tiles.external.fetch import Fetched, Fetcher
from tiles.grid import Tile

WUHAN = Tile(15, 27098, 13519)
TO_LON_LAT = Transformer.from_crs(3857, 4326, always_xy=True)
TO_METRES = Transformer.from_crs(4326, 3857, always_xy=True)


def source(**changed: Any) -> External:
    """Return a service with some things changed."""
    told: dict[str, Any] = {"name": "s", "title": "T", "kind": "xyz", "attribution": "©",
                            "address": "https://tiles.example.org/{z}/{x}/{y}.png"}  # fmt: skip
    return External(**{**told, **changed})


@pytest.fixture
def service() -> Iterator[Service]:
    with map_service.running() as running:
        yield running


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({}, "https://tiles.example.org/5/10/12.png"),
        ({"address": "https://t{s}.example.org/{z}/{x}/{-y}", "subdomains": ("a", "b")},
         "https://ta.example.org/5/10/19"),
        ({"address": "https://e.org/{z}/{x}/{y}?tk={key}", "key": "a&b=c/ü"},
         "https://e.org/5/10/12?tk=a%26b%3Dc%2F%C3%BC"),
        ({"kind": "wmts", "layer": "vec", "matrix_set": "w", "format": "tiles", "key": "K",
          "address": "https://t0.tianditu.gov.cn/vec_w/wmts?tk={key}"},
         "https://t0.tianditu.gov.cn/vec_w/wmts?tk=K&SERVICE=WMTS&REQUEST=GetTile&VERSION=1.0.0"
         "&LAYER=vec&STYLE=default&TILEMATRIXSET=w&FORMAT=tiles&TILEMATRIX=5&TILEROW=12"
         "&TILECOL=10"),
        ({"kind": "wmts", "layer": "l", "matrix_set": "m", "style": "s",
          "address": "https://e.org/{Layer}/{Style}/{TileMatrixSet}/{TileMatrix}/{TileRow}/{TileCol}"},
         "https://e.org/l/s/m/5/12/10"),
        ({"kind": "wms", "layer": "a,b", "address": "https://e.org/wms?map=x"},
         "https://e.org/wms?map=x&SERVICE=WMS&REQUEST=GetMap&VERSION=1.3.0&LAYERS=a%2Cb&STYLES="
         "&CRS=EPSG%3A3857&WIDTH=256&HEIGHT=256&BBOX=-7514065.628546%2C3757032.814273"
         "%2C-6261721.357122%2C5009377.085697&FORMAT=image%2Fpng&TRANSPARENT=TRUE"),
    ],
)  # fmt: skip
def test_a_service_is_asked_in_its_own_way(changed: dict[str, Any], expected: str) -> None:
    told = source(**changed)
    check(told)
    assert external.address(told, 5, 10, 12) == expected


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"name": "../x"}, "name"), ({"name": ""}, "name"), ({"kind": "tms"}, "kind"),
        ({"address": "file:///etc/{z}{x}{y}"}, "address"),
        ({"address": "ftp://e.org/{z}/{x}/{y}"}, "address"),
        ({"address": "//e.org/{z}/{x}/{y}"}, "address"),
        ({"address": "https://me:secret@e.org/{z}/{x}/{y}"}, "address"),
        ({"address": "https://e.org:99999/{z}/{x}/{y}"}, "address"),
        ({"address": "https://e.org/{z}/{x}/{y}#a"}, "address"),
        ({"address": "https://{key}.org/{z}/{x}/{y}", "key": "k"}, "address"),
        ({"address": "https://e.org/{z}/{x}/{y}?tk=abcdef"}, "address"),
        ({"address": "https://e.org/{z}/{x}/{y}?Access_Token=abc"}, "address"),
        ({"address": "https://e.org/{z}/{x}/{y}\r\nHost: x"}, "address"),
        ({"address": "https://e.org/{z}/{x}/{y}/{0.__class__}"}, "address"),
        ({"address": "https://e.org/{z}/{x}"}, "address"),
        ({"address": "https://e.org/{z}/{x}/{y}", "key": "k"}, "key"),
        ({"address": "https://e.org/{z}/{x}/{y}?k={key}"}, "key"),
        ({"address": "https://{s}.org/{z}/{x}/{y}"}, "subdomains"),
        ({"address": "https://{s}.org/{z}/{x}/{y}", "subdomains": ("a/b",)}, "subdomains"),
        ({"kind": "wmts"}, "layer"), ({"kind": "wmts", "layer": "l"}, "matrix_set"),
        ({"kind": "wms", "layer": "l", "datum": "gcj02"}, "datum"),
        ({"datum": "moon"}, "datum"), ({"min_zoom": 9, "max_zoom": 3}, "max_zoom"),
        ({"opacity": 0.0}, "opacity"), ({"format": "text/html"}, "format"),
    ],
)  # fmt: skip
def test_a_service_that_cannot_be_meant_is_refused(changed: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidInputError) as caught:
        check(source(**changed))
    assert caught.value.details["field"] == field
    assert "abcdef" not in str(caught.value)
    assert "secret" not in str(caught.value)


def pixels(body: bytes) -> np.ndarray[Any, np.dtype[np.uint8]]:
    with Image.open(io.BytesIO(body)) as image:
        return np.asarray(image.convert("RGBA"))


def nearest(found: float, wanted: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Return how far numbers modulo 256 are from others, the short way round."""
    apart = np.abs(np.asarray(found, dtype=float) - wanted % 256)
    return np.minimum(apart, 256 - apart)


@pytest.mark.parametrize(
    ("datum", "turn"), [("gcj02", gcj02_from_wgs84), ("bd09", bd09_from_wgs84)]
)
@pytest.mark.parametrize("where", [WUHAN, Tile(18, 216_784, 108_152), Tile(9, 423, 211)])
def test_a_shifted_service_is_drawn_where_it_belongs_to_half_a_pixel(
    datum: Any, turn: Any, where: Tile
) -> None:
    asked: set[tuple[int, int]] = set()

    def ask(z: int, x: int, y: int) -> Fetched:
        assert z == where.z
        asked.add((x, y))
        return Fetched(drawn(x, y), "image/png")

    found = pixels(external.tile(source(datum=datum), where, ask).body)
    # Where each of our pixels lies in the service's system, by another library's projection.
    west, _, _, north = where.bounds
    centres = (np.arange(SIDE) + 0.5) * where.side_m / SIDE
    x_m, y_m = np.meshgrid(west + centres, north - centres)
    lon, lat = TO_LON_LAT.transform(x_m.ravel(), y_m.ravel())
    theirs_x, theirs_y = TO_METRES.transform(*turn(lon, lat))
    metres = 20_037_508.342789244
    scale = SIDE * 2**where.z / (2 * metres)
    column = ((np.asarray(theirs_x) + metres) * scale).reshape(SIDE, SIDE)
    row = ((metres - np.asarray(theirs_y)) * scale).reshape(SIDE, SIDE)
    assert nearest(found[..., 0] + 0.5, column).max() <= 0.5 + 1e-3
    assert nearest(found[..., 1] + 0.5, row).max() <= 0.5 + 1e-3
    blue = (np.floor(column / SIDE) % 16) * 16 + np.floor(row / SIDE) % 16
    assert (found[..., 2] == blue).mean() > 0.999
    assert 1 <= len(asked) <= 6


def test_a_service_that_lies_right_is_passed_on_as_it_is() -> None:
    sent = Fetched(b"as it came", "image/jpeg")
    assert external.tile(source(), WUHAN, lambda *_: sent) is sent


def test_a_grid_of_degrees_is_drawn_on_ours() -> None:
    told = source(kind="wmts", layer="vec", matrix_set="c", address="https://e.org/wmts")
    where = Tile(8, 211, 105)

    def ask(z: int, x: int, y: int) -> Fetched:
        """Return a tile that is as green as it is far north, as red as it is far east."""
        lat = 90 - (y + (np.arange(SIDE) + 0.5) / SIDE) * 360 / 2**z
        lon = (x + (np.arange(SIDE) + 0.5) / SIDE) * 360 / 2**z - 180
        image = np.zeros((SIDE, SIDE, 3), dtype=np.uint8)
        image[..., 1] = np.rint((lat - 25) * 20)[:, None]
        image[..., 0] = np.rint((lon - 115) * 40)[None, :]
        out = io.BytesIO()
        Image.fromarray(image, "RGB").save(out, "PNG")
        return Fetched(out.getvalue(), "image/png")

    found = pixels(external.tile(told, where, ask).body)
    west, _, _, north = where.bounds
    centres = (np.arange(SIDE) + 0.5) * where.side_m / SIDE
    lon, _ = TO_LON_LAT.transform(west + centres, np.zeros(SIDE))
    _, lat = TO_LON_LAT.transform(np.zeros(SIDE), north - centres)
    assert np.abs(found[..., 1] - ((lat - 25) * 20)[:, None]).max() <= 1.0
    assert np.abs(found[..., 0] - ((lon - 115) * 40)[None, :]).max() <= 1.0


@pytest.mark.parametrize(("name", "matrix"), [("c", 5), ("WorldCRS84Quad", 4), ("EPSG:4490", 4)])
def test_grids_of_degrees_number_their_levels_in_their_own_way(name: str, matrix: int) -> None:
    told = source(kind="wmts", layer="l", matrix_set=name, address="https://e.org/wmts")
    assert f"TILEMATRIX={matrix}&" in external.address(told, 5, 10, 12)


def test_an_image_is_fetched_and_known_by_its_content(service: Service) -> None:
    found = Fetcher().get(f"{service.root}/3/1/2.png", private=False)
    assert found == Fetched(drawn(1, 2), "image/png")


def test_where_the_service_has_nothing_nothing_is_drawn(service: Service) -> None:
    service.mode = "none"
    assert Fetcher().get(f"{service.root}/3/1/2.png", private=False).body == b""


def test_a_redirect_within_the_host_is_followed(service: Service) -> None:
    service.mode = "moved"
    assert Fetcher().get(f"{service.root}/3/1/2.png?a=1", private=False).body == drawn(1, 2)
    assert len(service.asked) == 2


@pytest.mark.parametrize(
    ("mode", "code"),
    [("html", "external_failed"), ("lying", "external_failed"), ("large", "external_failed"),
     ("bomb", "external_failed"), ("away", "external_failed"), ("circle", "external_failed"),
     ("file", "external_failed"), ("refused", "external_refused"), ("broken", "external_failed")],
)  # fmt: skip
def test_what_cannot_be_used_is_refused_and_the_key_is_in_no_word_of_it(
    service: Service, mode: str, code: str, caplog: pytest.LogCaptureFixture
) -> None:
    service.mode = mode
    with caplog.at_level(logging.DEBUG), pytest.raises(BusyError) as caught:
        Fetcher().get(f"{service.root}/3/1/2.png?tk=SECRETKEY", private=False)
    assert caught.value.code == code
    assert "SECRETKEY" not in f"{caught.value} {caught.value.details} {caplog.text}"
    assert not any("elsewhere" in path for path in service.asked)


def test_who_does_not_answer_in_time_is_away(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    service.mode = "slow"
    monkeypatch.setattr(external_fetch, "READ_S", 0.2)
    with pytest.raises(BusyError, match="cannot be reached"):
        Fetcher().get(f"{service.root}/3/1/2.png", private=False)
    with pytest.raises(BusyError, match="cannot be reached"):
        Fetcher().get("http://127.0.0.1:1/3/1/2.png", private=False)


def test_who_answers_drop_by_drop_is_away_when_its_time_is_over(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    service.mode = "drip"
    monkeypatch.setattr(external_fetch, "WHOLE_S", 0.2)
    with pytest.raises(BusyError, match="too slow"):
        Fetcher().get(f"{service.root}/3/1/2.png", private=False)
    assert service.dripped < 100  # of the thousands that it would go on with


def test_headers_that_cannot_be_read_bring_no_key_into_the_log(
    service: Service, caplog: pytest.LogCaptureFixture
) -> None:
    service.mode = "garbled"
    with caplog.at_level(logging.DEBUG):
        assert Fetcher().get(f"{service.root}/3/1/2.png?tk=SECRETKEY", private=False).body
    assert "SECRETKEY" not in caplog.text


def test_a_public_name_that_leads_to_this_network_reaches_nothing(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    import socket

    asked = socket.getaddrinfo

    def turned(host: Any, port: Any, *rest: Any, **more: Any) -> Any:
        return asked("127.0.0.1" if host == "tiles.example.org" else host, port, *rest, **more)

    monkeypatch.setattr(socket, "getaddrinfo", turned)
    address = f"http://tiles.example.org:{service.port}/3/1/2.png"
    with pytest.raises(BusyError, match="not public"):
        Fetcher().get(address, private=False)
    assert service.asked == []
    assert Fetcher().get(address, private=True).body == drawn(1, 2)  # the administrator said so


@pytest.mark.parametrize("host", ["169.254.169.254", "0.0.0.0", "[::ffff:169.254.169.254]"])
def test_an_address_that_no_map_lies_at_is_never_reached(host: str) -> None:
    from ipaddress import ip_address

    assert not external_fetch._may(ip_address(host.strip("[]")), private=True)

"""What phones share, and MGRS: read here, never fetched, each in its own system."""

import pytest

from layers.crs import gcj02_from_wgs84
from layers.crs.reading import read
from layers.crs.shared import shared
from layers.errors import InvalidInputError

# 113.6254, 34.7466 in each system (computed, see tests/layers/test_crs.py).
WGS = (113.6254, 34.7466)
GCJ = "113.631446664", "34.745417451"
BD = "113.637847355", "34.75172309"


@pytest.mark.parametrize(
    "text",
    [
        f"https://uri.amap.com/marker?position={GCJ[0]},{GCJ[1]}&name=park",
        f"https://uri.amap.com/marker?position={WGS[0]},{WGS[1]}&coordinate=wgs84",
        f"https://wb.amap.com/?p=B017304EX4,{GCJ[1]},{GCJ[0]},某厂,某路",
        f"https://wb.amap.com/?q={GCJ[1]},{GCJ[0]},某厂",
        f"androidamap://viewMap?sourceApplication=x&lat={GCJ[1]}&lon={GCJ[0]}&dev=0",
        f"https://apis.map.qq.com/uri/v1/marker?marker=coord:{GCJ[1]},{GCJ[0]};title:厂",
        f"http://map.qq.com/m/mark?pointx={GCJ[0]}&pointy={GCJ[1]}",
        f"http://api.map.baidu.com/marker?location={BD[1]},{BD[0]}&title=x&output=html",
        f"http://api.map.baidu.com/marker?location={GCJ[1]},{GCJ[0]}&coord_type=gcj02",
        f"https://maps.apple.com/?ll={GCJ[1]},{GCJ[0]}&q=x",
        f"[位置] 某厂\n某路 3 号\nhttps://uri.amap.com/marker?position={GCJ[0]},{GCJ[1]}",
        f"我在 {GCJ[1]},{GCJ[0]} https://surl.amap.com/abc",
    ],
)
def test_a_share_of_a_map_app_is_where_it_is_meant(text):
    place = read(text)
    assert (place.lon, place.lat) == pytest.approx(WGS, abs=2e-6)
    assert [note.code for note in place.notes] == ["crs.shared"]


def test_outside_china_apple_is_not_shifted():
    place = read("https://maps.apple.com/?ll=48.8584,2.2945")
    assert (place.lon, place.lat) == (2.2945, 48.8584)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("https://surl.amap.com/3xY", "share_short"),
        ("https://j.map.baidu.com/aa/bb", "share_short"),
        ("https://example.org/?q=30,120", "share_unknown"),
        ("https://notamap.com/?position=120,30", "share_unknown"),
        ("https://uri.amap.com/marker?position=120,99", "share_unknown"),
        ("https://uri.amap.com/marker?position=nan,inf", "share_unknown"),
        ("http://[abc", "share_unknown"),
        ("https://uri.amap.com/marker?" + "&".join(["a=1"] * 50), "share_unknown"),
        ("https://map.baidu.com/@13247019,3767038,19z", "share_unknown"),
        ("50SMK639121698", "mgrs"),
        ("99SMK6391216986", "mgrs"),
    ],
)
def test_what_holds_no_place_says_why(text, code):
    with pytest.raises(InvalidInputError) as error:
        read(text)
    assert error.value.code == code


@pytest.mark.parametrize(
    ("text", "lon", "lat", "metres"),
    [
        # DMA TM 8358.1: the Eiffel tower lies in 31U DQ 48251 11932.
        ("31U DQ 48251 11932", 2.29450, 48.85820, 1),
        ("31udq4825111932", 2.29450, 48.85820, 1),
        ("31UDQ 482 119", 2.2945, 48.8582, 100),
    ],
)
def test_an_mgrs_square_is_read_at_its_middle(text, lon, lat, metres):
    place = read(text)
    assert (place.lon, place.lat) == pytest.approx((lon, lat), abs=1.5e-5 * max(1, metres))
    (note,) = place.notes
    assert (note.code, note.params["metres"]) == ("crs.mgrs", metres)


def test_mgrs_is_what_a_second_implementation_says():
    from pyproj import Transformer

    east, north = Transformer.from_crs(4326, 32649, always_xy=True).transform(*WGS)
    squares = f"{int(east) % 100_000:05d}{int(north) % 100_000:05d}"
    import mgrs

    told = mgrs.MGRS().toMGRS(WGS[1], WGS[0])
    assert told[-10:] == squares
    place = read(told)
    assert (place.lon, place.lat) == pytest.approx(WGS, abs=1e-5)


def test_plain_coordinates_are_no_share():
    for text in ("113.6254, 34.7466", "北纬34°44′ 东经113°37′", "x" * 3000):
        assert shared(text) is None


def test_a_told_system_wins_over_the_apps():
    lon, lat = gcj02_from_wgs84(*WGS)
    from layers.crs import WGS84

    place = read(f"https://uri.amap.com/marker?position={float(lon)},{float(lat)}", crs=WGS84)
    assert place.lon == pytest.approx(float(lon))

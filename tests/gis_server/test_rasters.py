"""Rasters over HTTP: sent, read off the request, drawn, asked; for whom they are."""

from __future__ import annotations

import io
import shutil
import uuid

import numpy as np
import pytest
from affine import Affine
from sqlalchemy.orm import Session

from gis_server import raster_jobs
from gis_server.state import state_of
from gis_server.tiling.supply import supply_of
from layers import rasters
from layers.rasters import Told, queue
from tests.gis_server.raster_files import NORTH, PIXEL, WEST, hills, photo, picture, tif

MIDDLE = (WEST + 100.5 * PIXEL, NORTH - 60.5 * PIXEL)


@pytest.fixture
def send(client, database, config):
    """Give a function: send files with what is said of them; answer the upload when it is done."""

    def sent(*files, by=None, run=True, **said):
        data = {"kind": "dem", "source": "made for this test", **said}
        data["file"] = [(io.BytesIO(content), name) for name, content in files]
        answer = (by or client).post("/api/v1/rasters", data=data)
        if answer.status_code != 202 or not run:
            return answer
        raster_jobs.take(database, config, uuid.UUID(answer.json["id"]))
        return (by or client).get(answer.headers["Location"])

    return sent


@pytest.fixture
def keep(send, client):
    def kept(*files, by=None, **said):
        done = send(*files, by=by, **said).json
        assert done.get("status") == "done", done
        return (by or client).get(f"/api/v1/rasters/{done['raster']}").json

    return kept


@pytest.fixture
def forget(app, config):
    """Give a function: what was drawn is kept no more, so the next tile is drawn from the file."""

    def emptied():
        shutil.rmtree(config.tiles_dir, ignore_errors=True)
        state_of(app).supply = supply_of(config)

    return emptied


def tile_at(card, lon, lat, z):
    x = int((lon + 180.0) / 360.0 * 2**z)
    y = int((1.0 - np.arcsinh(np.tan(np.radians(lat))) / np.pi) / 2.0 * 2**z)
    return card["tiles"].format(z=z, x=x, y=y)


def test_a_sent_terrain_is_listed_drawn_and_asked(client, keep):
    card = keep(("hills.tif", tif(hills())), name="丘陵")
    assert (card["name"], card["unit"], card["kind"]) == ("丘陵", "m", "dem")
    assert client.get("/api/v1/rasters?kind=dem").json["rasters"] == [card]
    assert client.get("/api/v1/rasters?lon=0&lat=0").json["rasters"] == []
    answer = client.get(tile_at(card, *MIDDLE, card["maxzoom"]))
    assert (answer.status_code, answer.mimetype) == (200, "image/png")
    assert "immutable" in answer.headers["Cache-Control"]
    assert picture(answer.data).shape == (256, 256, 4)
    lon, lat = MIDDLE
    told = client.get(f"/api/v1/rasters/{card['id']}/value?lon={lon}&lat={lat}").json
    assert told["value"] == pytest.approx(float(hills()[60, 100]), abs=1e-3)
    assert (told["unit"], told["reason"], told["method"]) == ("m", None, "bilinear")


def test_a_tile_of_another_revision_is_answered_and_not_kept(client, keep):
    card = keep(("hills.tif", tif(hills())))
    address = tile_at(card, *MIDDLE, 12).replace(card["revision"], "00000000-1")
    assert client.get(address).headers["Cache-Control"] == "no-store"


def test_outside_a_raster_there_is_no_tile_and_a_dense_one_has_512_pixels(client, keep):
    card = keep(("hills.tif", tif(hills())))
    assert client.get(card["tiles"].format(z=12, x=1, y=1)).status_code == 204
    dense = tile_at(card, *MIDDLE, 12).replace(".png", "@2x.png")
    assert picture(client.get(dense).data).shape == (512, 512, 4)


NO_TILES = (
    "31/0/0.png", "-1/0/0.png", "nan/0/0.png", "3/8/0.png", "3/0/8.png", "23/0/0.png",
    "3/0/0.png?style=photo", "3/0/0.png?ramp=none", "3/0/0.png?style=slope&ramp=viridis",
    "3/0/0.png?style=ramp&ramp=viridis&low=9&high=3", "3/0/0.png?low=nan",
    "3/0/0.png?style=ramp&ramp=layered&low=3", "3/0/0.png?more=1",
)  # fmt: skip


def test_an_address_that_no_tile_has_is_refused(client, keep):
    card = keep(("hills.tif", tif(hills(20, 20))))
    root = card["tiles"].split("{z}")[0]
    for address in NO_TILES:
        answer = client.get(root + address)
        assert answer.status_code in (400, 404), (address, answer.data)
        assert answer.json["error"]["code"], address


def test_images_of_two_dates_are_listed_by_date_and_drawn_as_they_are(client, keep):
    after = keep(("b.tif", tif(photo(shade=200))), kind="imagery", taken_at="2024-07-09", name="b")
    before = keep(("a.tif", tif(photo(shade=90))), kind="imagery", name="a",
                  taken_at="2024-07-01T08:00:00+08:00")  # fmt: skip
    lon, lat = WEST + 80.5 * PIXEL, NORTH - 60.5 * PIXEL
    listed = client.get(f"/api/v1/rasters?kind=imagery&lon={lon}&lat={lat}").json["rasters"]
    assert [card["id"] for card in listed] == [before["id"], after["id"]]
    assert after["taken_at"].startswith("2024-07-0")
    for card, blue in ((before, 90), (after, 200)):
        seen = picture(client.get(tile_at(card, lon, lat, 13)).data)
        inside = seen[..., 3] == 255
        assert inside.any()
        assert abs(int(np.median(seen[inside][:, 2])) - blue) < 8
    refused = client.get(f"/api/v1/rasters/{after['id']}/value?lon={lon}&lat={lat}")
    assert (refused.status_code, refused.json["error"]["code"]) == (422, "raster_is_image")


def test_a_picture_with_its_world_file_is_laid_on_the_map(client, keep):
    from PIL import Image

    held = io.BytesIO()
    Image.fromarray(np.moveaxis(photo(), 0, -1)).save(held, "PNG")
    world = f"{PIXEL}\n0\n0\n-{PIXEL}\n{WEST + PIXEL / 2}\n{NORTH - PIXEL / 2}\n"
    card = keep(("map.png", held.getvalue()), ("map.pgw", world.encode()), kind="imagery",
                crs="EPSG:4490")  # fmt: skip
    assert card["bounds"] == pytest.approx([113.0, 34.88, 113.16, 35.0])


TURNED = Affine(0.1, 0.1, 113, 0.1, -0.1, 35)
REFUSED = (
    ([("a.tif", b"no tiff")], {}, "raster_damaged"),
    ([("a.tif", tif(hills(9, 9), crs=None))], {}, "raster_no_crs"),
    ([("a.png", b"PNG")], {}, "raster_picture"),
    ([("a.tif", tif(photo(9, 9)))], {}, "raster_which_band"),
    ([("a.tif", tif(hills(9, 9)))], {"kind": "imagery"}, "raster_depth"),
    ([("a.tif", tif(np.zeros((5, 9, 9), "uint8")))], {"kind": "imagery"}, "raster_bands"),
    ([("a.tif", tif(np.full((9, 9), np.nan, "float32")))], {}, "raster_empty"),
    ([("a.tif", tif(hills(9, 9), place=TURNED))], {}, "raster_turned"),
    ([("a.tif", tif(hills(9, 9))), ("a.wld", b"1 2 3")], {}, "raster_world_file"),
)


def test_a_file_that_cannot_be_taken_says_why_and_leaves_nothing(send, client, config):
    for files, said, code in REFUSED:
        failed = send(*files, **said).json
        assert (failed["status"], failed["error"]["code"]) == ("failed", code)
        assert "a." in failed["error"]["text"]
    assert client.get("/api/v1/rasters").json["rasters"] == []
    assert not any(config.uploads_dir.iterdir())


WRONGLY_SAID = (
    ([("a.exe", b"MZ")], {}, "file"),
    ([("a.tif", b"1"), ("b.tif", b"2")], {}, "file"),
    ([("a.wld", b"1")], {}, "file"),
    ([("a.tif", b"1")], {"kind": "grid"}, "unit"),
    ([("a.tif", b"1")], {"kind": "dem", "unit": "ft"}, "unit"),
    ([("a.tif", b"1")], {"kind": "photo"}, "kind"),
    ([("a.tif", b"1")], {"region": "a b"}, "region"),
    ([("a.tif", b"1")], {"taken_at": "0001-01-01"}, "body"),
    ([("a.tif", b"1")], {"source_date": "lately"}, "source_date"),
)


def test_what_is_said_of_a_file_is_refused_at_once(send):
    for files, said, field in WRONGLY_SAID:
        answer = send(*files, **said)
        assert answer.status_code == 422, (said, answer.json)
        assert answer.json["error"]["details"]["field"] == field, answer.json


def test_who_manages_a_region_sends_for_it_alone_and_others_do_not_see_it(
    client, sign_in, send, keep
):
    theirs = sign_in(("planner", "310000"), name="planner of Shanghai")
    stranger = sign_in(("viewer", "110000"), name="viewer of Beijing")
    assert send(("a.tif", tif(hills(9, 9))), by=theirs).status_code == 403
    card = keep(("a.tif", tif(hills(9, 9))), by=theirs, region="310115")
    assert stranger.get("/api/v1/rasters").json["rasters"] == []
    for path in ("", "/legend", "/value?lon=113&lat=35"):
        assert stranger.get(f"/api/v1/rasters/{card['id']}{path}").status_code == 404
    assert stranger.get(tile_at(card, *MIDDLE, 12)).status_code == 404
    assert stranger.get(f"/tiles/raster/{card['id']}.json").status_code == 404
    assert stranger.delete(f"/api/v1/rasters/{card['id']}").status_code == 403
    assert theirs.delete(f"/api/v1/rasters/{card['id']}").status_code == 204
    assert client.get(f"/api/v1/rasters/{card['id']}").status_code == 404


def test_the_file_to_draw_from_comes_back_when_it_is_lost(client, keep, config, database, forget):
    for said in ({"kind": "dem"}, {"kind": "imagery"}):
        values = hills(90, 90) if said["kind"] == "dem" else photo(90, 90)
        card = keep((f"{said['kind']}.tif", tif(values)), **said)
        address = tile_at(card, WEST + 40.5 * PIXEL, NORTH - 40.5 * PIXEL, 13)
        drawn = client.get(address).data
        file = config.rasters_dir / f"{card['id']}.tif"
        assert file.is_file()
        file.unlink()
        assert raster_jobs.tidy(database, config) == [uuid.UUID(card["id"])]
        forget()
        assert client.get(address).data == drawn
        assert raster_jobs.tidy(database, config) == []


@pytest.mark.parametrize("door", ["tiles", "wmts"])
def test_a_damaged_file_to_draw_from_is_a_503_and_then_made_anew(
    client, keep, config, door, forget
):
    card = keep(("dem.tif", tif(hills(90, 90))))
    address = tile_at(card, WEST + 40.5 * PIXEL, NORTH - 40.5 * PIXEL, 13)
    if door == "wmts":
        z, x, y = address.partition("?")[0].removesuffix(".png").split("/")[-3:]
        address = f"/wmts/raster-{card['id']}/default/GoogleMapsCompatible/{z}/{y}/{x}.png"
    drawn = client.get(address)
    assert drawn.status_code == 200
    file = config.rasters_dir / f"{card['id']}.tif"
    file.write_bytes(file.read_bytes()[:700])
    forget()
    damaged = client.get(address)
    assert damaged.status_code == 503
    assert int(damaged.headers["Retry-After"]) > 0
    assert client.get(address).data == drawn.data


def test_where_no_file_can_be_written_the_tile_is_a_503_with_the_reason(client, keep, config):
    card = keep(("dem.tif", tif(hills(90, 90))))
    (config.rasters_dir / f"{card['id']}.tif").unlink()
    config.rasters_dir.rename(config.rasters_dir.with_suffix(".away"))
    config.rasters_dir.write_bytes(b"in the way")
    refused = client.get(tile_at(card, WEST + 40.5 * PIXEL, NORTH - 40.5 * PIXEL, 13))
    assert refused.status_code == 503
    assert refused.json["error"]["code"] == "raster_unwritten"


def test_a_large_raster_whose_file_is_lost_says_that_it_is_being_made(
    client, keep, config, monkeypatch
):
    card = keep(("hills.tif", tif(hills(90, 90))))
    (config.rasters_dir / f"{card['id']}.tif").unlink()
    monkeypatch.setattr("gis_server.views.raster_tiles.MADE_AT_ONCE_PX", 100)
    answer = client.get(tile_at(card, *MIDDLE, 12))
    assert (answer.status_code, answer.json["error"]["code"]) == (503, "raster_preparing")
    assert answer.headers["Retry-After"]


def test_files_of_removed_rasters_are_swept_after_an_hour(client, keep, config, database):
    import os

    card = keep(("hills.tif", tif(hills(9, 9))))
    file = config.rasters_dir / f"{card['id']}.tif"
    client.delete(f"/api/v1/rasters/{card['id']}")
    raster_jobs.tidy(database, config)
    assert file.is_file()
    os.utime(file, (0, 0))
    raster_jobs.tidy(database, config)
    assert not file.exists()


def test_a_reader_that_dies_twice_fails_the_upload(send, database, config, client):
    sent = send(("a.tif", tif(hills(9, 9))), run=False).json
    upload_id = uuid.UUID(sent["id"])
    with Session(database) as session, session.begin():
        queue.held(session, upload_id).attempts = queue.ATTEMPTS
    raster_jobs.take(database, config, upload_id)
    told = client.get(f"/api/v1/raster-uploads/{upload_id}").json
    assert (told["status"], told["error"]["code"]) == ("failed", "raster_crashed")
    assert client.get("/api/v1/raster-uploads").json["uploads"][0]["id"] == sent["id"]


def test_the_legend_tells_what_colours_mean_in_the_readers_language(client, keep):
    card = keep(("hills.tif", tif(hills(40, 40))))
    slope = client.get(f"/api/v1/rasters/{card['id']}/legend?style=slope").json
    assert slope["entries"][0] == {
        "from": 0.0, "to": 2.0, "color": "#e8f5e1", "code": "raster.slope_flat", "label": "Level"
    }  # fmt: skip
    assert slope["entries"][-1]["to"] is None
    zh = client.get(f"/api/v1/rasters/{card['id']}/legend?style=slope&lang=zh").json
    assert zh["entries"][0]["label"] == "平地"
    ramp = client.get(
        f"/api/v1/rasters/{card['id']}/legend?style=ramp&ramp=viridis&low=0&high=80"
    ).json
    assert [entry["value"] for entry in ramp["entries"]] == [0.0, 20.0, 40.0, 60.0, 80.0]
    assert client.get("/api/v1/raster-ramps").json["ramps"][0]["name"] == "viridis"


def test_a_profile_and_an_area_are_asked_over_http(client, keep):
    card = keep(("hills.tif", tif(hills())))
    line = [[WEST + 0.01, NORTH - 0.05], [WEST + 0.2, NORTH - 0.05]]
    told = client.post(
        f"/api/v1/rasters/{card['id']}/profile", json={"line": line, "points": 50}
    ).json
    assert len(told["points"]) == 50
    assert told["points"][-1]["distance_m"] == pytest.approx(told["length_m"])
    assert told["low"] < told["high"]
    box = [[[113.0, 34.9], [113.1, 34.9], [113.1, 35.0], [113.0, 35.0], [113.0, 34.9]]]
    zonal = client.post(
        f"/api/v1/rasters/{card['id']}/zonal",
        json={"area": {"type": "Polygon", "coordinates": box}},
    ).json
    assert zonal["count"] == pytest.approx(100 * 100, rel=1e-6)
    assert zonal["covered_share"] == pytest.approx(1.0, abs=1e-3)
    assert zonal["mean"] == pytest.approx(float(hills()[:100, :100].mean()), abs=0.05)


CROSSED = [[[0, 0], [1, 1], [0, 1], [1, 0], [0, 0]]]
NONE = (
    ("profile", {"line": [[113.0, 35.0]]}),
    ("profile", {"line": [[113.0, 35.0], [113.0, 35.0]]}),
    ("profile", {"line": [[0.0, 0.0], [170.0, 0.0]]}),
    ("profile", {"line": [[113.0, 35.0], [113.1, 95.0]]}),
    ("profile", {"line": [[113.0, 35.0], [113.1, 35.0]], "points": 1}),
    ("zonal", {"area": {"type": "Point", "coordinates": [113.0, 35.0]}}),
    ("zonal", {"area": {"type": "Polygon", "coordinates": []}}),
    ("zonal", {"area": {"type": "Polygon", "coordinates": [[[1, 2], [3, 4]]]}}),
    ("zonal", {"area": {"type": "Polygon", "coordinates": CROSSED}}),
)


def test_a_line_or_an_area_that_is_none_is_refused(client, keep):
    card = keep(("hills.tif", tif(hills(9, 9))))
    for path, body in NONE:
        answer = client.post(f"/api/v1/rasters/{card['id']}/{path}", json=body)
        assert answer.status_code == 422, (body, answer.json)


def test_an_upload_that_waits_is_found_by_the_runner(send, database):
    sent = send(("a.tif", tif(hills(9, 9))), run=False).json
    assert sent["status"] == "waiting"
    with Session(database) as session:
        assert [str(each) for each in queue.moving(session)] == [sent["id"]]


def test_the_register_takes_the_same_file_once_for_each_region(session, tmp_path):
    file = tmp_path / "a.tif"
    file.write_bytes(tif(hills(9, 9)))
    for region in (None, "31", "11"):
        rasters.add(session, file, Told(kind="dem", name="a", source="x", region=region))
    assert len(rasters.listed(session)) == 3

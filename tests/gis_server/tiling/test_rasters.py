"""Tiles of rasters: drawn once for all who may see them, answered without a question, never old."""

import uuid
from datetime import UTC, datetime

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from gis_server.state import state_of
from layers import rasters
from layers.rasters import Told
from tests.gis_server.raster_files import NORTH, PIXEL, WEST, hills, picture, tif
from tests.gis_server.tiling.conftest import statements, until
from tests.tiles.raster_site import tile_at

MIDDLE = (WEST + 100.5 * PIXEL, NORTH - 60.5 * PIXEL)
HERE, NEAR, OUTSIDE = tile_at(*MIDDLE, 12), tile_at(*MIDDLE, 11), (12, 1, 1)


@pytest.fixture
def keep(database, tmp_path):
    """Give a function: register a raster, for a region or for all; return its card."""

    def kept(region=None):
        file = tmp_path / "hills.tif"
        file.write_bytes(tif(hills()))
        with Session(database) as session, session.begin():
            told = Told(kind="dem", name="hills", source="made for this test", region=region)
            return rasters.add(session, file, told)

    return kept


@pytest.fixture
def two(worker, visitor):
    """Give two processes and the same commander at both, recognised."""
    first, second = worker(), worker()
    one = visitor(first, ("commander", ""), name="boss")
    other = second.test_client()
    other.set_cookie("onemap_session", one.get_cookie("onemap_session").value)
    for client in (one, other):
        client.get("/tiles/team/0/0/0/0.mvt")
    return (first, one), (second, other)


def unasked(app, client, address):
    """Return what an address is answered with when nothing is asked of the database for it.

    Word of a new session or grant may still be on its way: who asks is then looked up once more.
    """
    seen = []

    def silent():
        with statements(app) as said:
            seen.append(client.get(address, headers={"Accept-Encoding": "gzip"}))
        return not said

    until(silent)
    return seen[-1]


def at(card, place=HERE, query=""):
    z, x, y = place
    return card["tiles"].format(z=z, x=x, y=y) + query


def test_a_warm_tile_is_answered_without_a_question_to_the_database(two, keep, settled):
    (first, one), (second, _) = two
    card = keep()
    settled(first, second)
    made = one.get(at(card))
    assert made.status_code == 200 and picture(made.data).shape == (256, 256, 4)
    assert "Content-Encoding" not in made.headers
    for app, client in two:
        answer = unasked(app, client, at(card))
        assert answer.data == made.data and answer.mimetype == "image/png"
        assert answer.headers["Cache-Control"] == "private, max-age=31536000, immutable"
        assert "Cookie" in answer.headers["Vary"] and "X-Onemap-Stale" not in answer.headers
        assert unasked(app, client, at(card, OUTSIDE)).status_code == 204


def test_what_one_process_has_drawn_the_other_does_not_draw_again(two, keep, settled, monkeypatch):
    (first, one), (second, other) = two
    card = keep()
    settled(first, second)
    made = one.get(at(card))
    monkeypatch.setattr("gis_server.raster_drawing.png", None)
    assert other.get(at(card)).data == made.data


def test_who_holds_a_tile_already_hears_only_that_it_is_the_same(two, keep, settled):
    (first, one), _ = two
    card = keep()
    settled(first)
    made = one.get(at(card))
    known = {"If-None-Match": made.headers["ETag"]}
    again = one.get(at(card), headers=known)
    assert (again.status_code, again.data) == (304, b"")
    assert one.get(at(card, NEAR), headers=known).status_code == 200


def test_a_tile_is_kept_for_ever_only_under_the_present_revision(two, keep, settled):
    (first, one), _ = two
    card = keep()
    settled(first)
    for place in (HERE, OUTSIDE):
        old = at(card, place).replace(card["revision"], "00000000-1")
        for _ in range(2):
            assert "immutable" in one.get(at(card, place)).headers["Cache-Control"]
            assert one.get(old).headers["Cache-Control"] == "no-store"


def test_each_way_to_draw_is_a_tile_of_its_own(two, keep, settled):
    (first, one), _ = two
    card = keep()
    settled(first)
    ways = ("", "?style=slope", "?style=hillshade", "?style=ramp", "?style=ramp&ramp=viridis",
            "?style=ramp&ramp=viridis&low=0&high=900")  # fmt: skip
    dense = at(card).replace(".png", "@2x.png")
    addresses = [*(at(card, query=way) for way in ways), dense]
    answers = [one.get(address) for address in addresses]
    assert {answer.status_code for answer in answers} == {200}
    drawn = [answer.data for answer in answers]
    assert len(set(drawn)) == len(ways) + 1 and picture(drawn[-1]).shape == (512, 512, 4)
    assert [one.get(address).data for address in addresses] == drawn


def test_ranges_of_ones_own_do_not_fill_the_shelf_of_what_all_ask_for(two, keep, settled):
    (first, one), _ = two
    card = keep()
    settled(first)
    supply = state_of(first).supply
    plain, filtered = len(supply._cache._held), len(supply._filtered._held)
    for high in range(900, 905):
        assert one.get(at(card, query=f"?style=ramp&ramp=viridis&high={high}")).status_code == 200
    for x in range(20):
        assert one.get(at(card, (12, x, 1))).status_code == 204  # beside it: nothing to keep
    assert len(supply._cache._held) == plain
    assert len(supply._filtered._held) == filtered + 5


def test_a_raster_of_a_region_is_shown_to_its_readers_alone_warm_or_not(
    two, keep, settled, visitor
):
    (first, _), (second, _) = two
    card = keep(region="310115")
    owner = visitor(first, ("viewer", "31"))
    stranger = visitor(first, ("viewer", "11"))
    settled(first, second)
    for _ in range(2):
        assert stranger.get(at(card)).status_code == 404
        assert stranger.get(at(card, OUTSIDE)).status_code == 404
        assert owner.get(at(card)).status_code == 200
        assert unasked(first, owner, at(card)).status_code == 200
    nobody = first.test_client()
    assert nobody.get(at(card)).status_code == 401


def test_a_raster_that_is_given_to_another_region_is_gone_for_the_first(
    two, keep, settled, visitor, database
):
    (first, _), (second, _) = two
    card = keep(region="31")
    before, after = visitor(first, ("viewer", "31")), visitor(first, ("viewer", "11"))
    settled(first, second)
    assert before.get(at(card)).status_code == 200
    with Session(database) as session, session.begin():
        session.execute(text("UPDATE raster SET region = '11'"))
    settled(first)
    assert before.get(at(card)).status_code == 404
    assert after.get(at(card)).status_code == 200


def test_a_raster_whose_values_are_said_otherwise_is_drawn_anew(two, keep, settled, database):
    (first, one), (second, other) = two
    card = keep()
    settled(first, second)
    way = at(card, query="?style=ramp&ramp=viridis")
    drawn = [one.get(way).data, other.get(way).data]
    with Session(database) as session, session.begin():
        session.execute(text("UPDATE raster SET maximum = 5000"))
    settled(first, second)
    anew = [one.get(way).data, other.get(way).data]
    assert len(set(drawn)) == len(set(anew)) == 1 and drawn != anew


def test_a_removed_raster_is_gone_in_another_process_within_a_second(two, keep, settled, sealed):
    (first, one), (second, other) = two
    card = keep()
    settled(first, second)
    assert other.get(at(card)).status_code == 200
    assert one.delete(f"/api/v1/rasters/{card['id']}").status_code == 204
    sealed()
    until(lambda: other.get(at(card)).status_code == 404, within_s=1.0)
    until(lambda: one.get(at(card)).status_code == 404, within_s=1.0)


def test_a_raster_that_no_process_has_heard_of_yet_is_shown(two, keep):
    (_, one), _ = two
    card = keep()  # not sealed
    answer = one.get(at(card))
    assert answer.status_code == 200 and "immutable" in answer.headers["Cache-Control"]
    assert one.get(at({"tiles": card["tiles"].replace(card["id"], str(uuid.uuid4()))})
                   ).status_code == 404  # fmt: skip


def test_while_the_database_is_away_what_was_drawn_is_served_and_marked(two, keep, settled):
    (first, one), (second, _) = two
    card = keep()
    settled(first, second)
    made = unasked(first, one, at(card))
    watch = state_of(first).supply.watch
    watch.stop()
    watch.away, watch._beat = True, -1e9  # as _run leaves it when it cannot connect
    with statements(first) as said:
        for place, status in ((HERE, 200), (OUTSIDE, 204)):
            answer = one.get(at(card, place))
            assert answer.status_code == status
            since = answer.headers["X-Onemap-Stale"].removeprefix("since=")
            assert datetime.fromisoformat(since).tzinfo == UTC
            assert answer.headers["Warning"].startswith("110")
            assert answer.headers["Cache-Control"] == "no-store"
        assert one.get(at(card)).data == made.data
        never = one.get(at(card, NEAR))
        unknown = one.get(at({"tiles": card["tiles"].replace(card["id"], str(uuid.uuid4()))}))
    assert not said
    for refused in (never, unknown):
        assert refused.status_code == 503 and int(refused.headers["Retry-After"]) > 0
        assert refused.json["error"]["code"] == "busy"

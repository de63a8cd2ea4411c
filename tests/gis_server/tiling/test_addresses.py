"""Addresses of tiles: what is asked for is understood whole, or refused with the reason."""

import json
import os
import random
from urllib.parse import quote

import mapbox_vector_tile
import pytest

from gis_server.state import state_of
from tests.gis_server.test_tiles import add_team

ASKED = int(os.environ.get("ONEMAP_NIGHTLY", "0")) * 4700 + 300


def where(**filters):
    return quote(json.dumps(filters))


@pytest.fixture
def teams(client, sealed):
    for number in range(6):
        client.post(
            "/api/v1/layers/team/features",
            json={"geometry": {"type": "Point", "coordinates": [120 + number / 1000, 30]},
                  "properties": {"name": f"team {number}", "kind": "fire", "people": number}},
        )  # fmt: skip
    sealed()
    return client


def people(answer):
    assert answer.status_code in (200, 204), answer.text
    if not answer.data:
        return []
    return sorted(
        f["properties"]["people"]
        for f in mapbox_vector_tile.decode(answer.data)["team"]["features"]
    )


def test_a_filter_holds_in_its_layer_and_is_kept_apart_from_the_whole(teams):
    place = "/tiles/team,incident/0/12/3413/1689.mvt"
    assert people(teams.get(place)) == [0, 1, 2, 3, 4, 5]
    for _ in range(2):
        assert people(teams.get(f"{place}?where={where(team='people > 3')}")) == [4, 5]
        assert people(teams.get(f"{place}?where={where(team='people < 1')}")) == [0]
    assert people(teams.get(place)) == [0, 1, 2, 3, 4, 5]


def test_the_same_filter_written_otherwise_is_the_same_tile(teams, app):
    place = "/tiles/team/0/12/3413/1689.mvt?where="
    teams.get(place + where(team="people > 3"))
    held = len(state_of(app).supply._filtered._held)
    teams.get(place + where(team="  people  >  3 "))
    assert len(state_of(app).supply._filtered._held) == held == 1


def test_filters_and_unknown_parameters_do_not_fill_the_shelf_of_plain_tiles(teams, app):
    plain = len(state_of(app).supply._cache._held)
    for number in range(30):
        place = f"/tiles/team/0/12/3413/1689.mvt?where={where(team=f'people > {number}')}"
        assert teams.get(place).status_code in (200, 204)
        assert teams.get(f"/tiles/team/0/12/3413/1689.mvt?cb={number}").status_code == 400
    assert len(state_of(app).supply._cache._held) == plain


def test_a_tile_of_an_earlier_moment_is_what_there_was(teams, sealed, database):
    from sqlalchemy.orm import Session

    from layers import journal

    with Session(database) as session:
        before = journal.high_water(session)
    add_team(teams)
    sealed()
    place = "/tiles/team/0/12/3413/1689.mvt"
    assert len(people_or_none(teams.get(place))) == 7
    for _ in range(2):
        assert people(teams.get(f"{place}?at={before}")) == [0, 1, 2, 3, 4, 5]
    assert people(teams.get(f"{place}?at=2000-01-01T00:00:00Z")) == []
    assert len(people_or_none(teams.get(f"{place}?at=2100-01-01T00:00:00%2B08:00"))) == 7


def people_or_none(answer):
    return [
        f["properties"].get("people")
        for f in mapbox_vector_tile.decode(answer.data)["team"]["features"]
    ]


@pytest.mark.parametrize(
    ("address", "field"),
    [
        ("/tiles/team/0/-1/0/0.mvt", "z"),
        ("/tiles/team/0/23/0/0.mvt", "z"),
        ("/tiles/team/0/31/0/0.mvt", "z"),
        ("/tiles/team/0/NaN/0/0.mvt", "z"),
        ("/tiles/team/0/1e3/0/0.mvt", "z"),
        ("/tiles/team/0/3/8/0.mvt", "x"),
        ("/tiles/team/0/3/0/8.mvt", "y"),
        ("/tiles/team/0/3/0/-0.5.mvt", "y"),
        ("/tiles/team/x/3/0/0.mvt", "revision"),
        ("/tiles/team/0/3/0/0.mvt?at=tomorrow", "at"),
        ("/tiles/team/0/3/0/0.mvt?at=999999", "at"),
        ("/tiles/team/0/3/0/0.mvt?at=2026-01-01T00:00:00", "at"),
        ("/tiles/team/0/3/0/0.mvt?where=x", None),
        ("/tiles/team/0/3/0/0.mvt?where=[]", "where"),
        ("/tiles/team/0/3/0/0.mvt?where=" + where(incident="TRUE"), "where"),
        ("/tiles/team/0/3/0/0.mvt?where=" + where(team=3), "where"),
        ("/tiles/team/0/3/0/0.mvt?where=" + where(team="nothing = 1"), "nothing"),
        ("/tiles/team/0/3/0/0.mvt?where=" + where(team="1=1; DROP TABLE team"), None),
        ("/tiles/team/0/3/0/0.mvt?where=" + where(team="name = 'x' OR pg_sleep(9) IS NULL"), None),
        ("/tiles/team/0/3/0/0.mvt?where=" + where(team="a" * 7000), "where"),
        ("/tiles/team/0/3/0/0.mvt?where=" + quote('{"team": "TRUE", "team": "FALSE"}'), None),
        ("/tiles/team/0/3/0/0.mvt?nonsense=1", "nonsense"),
        ("/tiles/basemap/0/3/0/0.mvt?where=" + where(road="TRUE"), "where"),
        ("/tiles/" + ",".join(["team"] * 61) + "/0/3/0/0.mvt", "layer"),
    ],
)
def test_an_address_that_no_tile_can_have_is_refused_with_the_reason(client, address, field):
    answer = client.get(address)
    assert answer.status_code == 400, answer.text
    error = answer.json["error"]
    assert set(error) == {"code", "message", "details"} and error["message"]
    if field is not None:
        assert field in (error["details"].get("field"), error["details"].get("got")), error


@pytest.mark.parametrize("name", ["unicorn", "team,unicorn", "u_", "u_x", "", "team%00", "%E4%BA"])
def test_a_layer_that_is_not_there_is_404(client, name):
    assert client.get(f"/tiles/{name}/0/0/0/0.mvt").status_code == 404


def test_random_addresses_get_a_tile_or_a_reason_and_never_a_fault(teams):
    chance = random.Random(6)
    odd = ["-1", "31", "32", "NaN", "inf", "1e9", "0x1", "99999999999999999999", "", "%00", "٣"]
    layers = ["team", "incident", "region", "road", "basemap", "team,road", "nothing", "u_a", "%27"]
    filters = ["TRUE", "people > 1", "people >", "x = 1", "name LIKE '%'", "INTERVAL", "(" * 500]

    def number(z):
        if chance.random() < 0.15:
            return chance.choice(odd)
        return str(chance.randrange(2 ** min(max(z, 0), 22) + (chance.random() < 0.1)))

    for _ in range(ASKED):
        z = chance.randrange(-1, 25)
        depth = str(z) if chance.random() < 0.9 else chance.choice(odd)
        label = chance.choice(["0", "7", "9" * 18, "00000000-1", "x", "1-1"])
        end = chance.choice([".mvt"] * 8 + [".pbf", "", ".json"])
        place = f"/tiles/{chance.choice(layers)}/{label}/{depth}/{number(z)}/{number(z)}{end}"
        if chance.random() < 0.3:
            place += f"?where={where(team=chance.choice(filters))}"
        elif chance.random() < 0.2:
            place += f"?at={chance.choice(['1', '0', '-1', '2026-01-01T00:00:00Z', 'x'])}"
        answer = teams.get(place)
        assert answer.status_code in (200, 204, 304, 400, 404, 503), (place, answer.text)
        assert len(answer.data) <= 500_000

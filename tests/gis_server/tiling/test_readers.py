"""No tile of one reader is ever another's: regions, restricted layers, rights that end."""

import itertools
import random

import mapbox_vector_tile
import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from gis_server.state import state_of
from tests.gis_server.tiling.conftest import statements, until

REGIONS = ("3301", "3302", "330102", "330203", None)
GRANTS = [
    (("viewer", ""),),
    (("viewer", "3301"),),
    (("viewer", "3302"),),
    (("viewer", "330102"),),
    (("viewer", "3301"), ("duty", "330203")),
    (("planner", "3302"), ("viewer", "3301")),
]


def may_see(grants, region):
    """Tell whether a row of a region is a reader's, said without the program's own code."""
    return any(
        place == "" or (region is not None and region.startswith(place)) for _, place in grants
    )


def names(answer):
    assert answer.status_code in (200, 204), answer.text
    if not answer.data:
        return set()
    layers = mapbox_vector_tile.decode(answer.data).values()
    return {f["properties"]["name"] for layer in layers for f in layer["features"]}


@pytest.fixture
def rows(database):
    """Give forty teams in five regions, at places of one tile and of others."""
    chance = random.Random(20)
    made = {}
    with Session(database) as session, session.begin():
        for number in range(40):
            region = REGIONS[number % len(REGIONS)]
            made[f"team {number}"] = region
            session.execute(
                text(
                    "INSERT INTO team (name, kind, region, geom) VALUES (:name, 'fire', :region, "
                    "ST_SetSRID(ST_MakePoint(:lon, :lat), 4326))"
                ),
                {"name": f"team {number}", "region": region,
                 "lon": chance.uniform(119, 121), "lat": chance.uniform(29, 31)},
            )  # fmt: skip
    return made


@pytest.mark.parametrize("seed", range(2))
def test_each_reader_gets_exactly_the_rows_of_their_regions_in_whatever_order_they_ask(
    worker, visitor, rows, settled, seed
):
    apps = [worker(), worker()]
    settled(*apps)
    readers = [(grants, [visitor(apps[0], *grants)]) for grants in GRANTS]
    for _, clients in readers:
        other = apps[1].test_client()
        other.set_cookie("onemap_session", clients[0].get_cookie("onemap_session").value)
        clients.append(other)
    asked = list(itertools.product(readers, (0, 1), ("0/0/0/0", "0/3/6/3"))) * 2
    random.Random(seed).shuffle(asked)
    for (grants, clients), which, place in asked:
        seen = names(clients[which].get(f"/tiles/team/{place}.mvt"))
        assert seen == {name for name, region in rows.items() if may_see(grants, region)}


def test_readers_of_the_same_regions_share_what_was_made(worker, visitor, rows, settled):
    app = worker()
    settled(app)
    one, other = visitor(app, ("viewer", "3301")), visitor(app, ("duty", "3301"))

    def recognised():
        with statements(app) as said:
            one.get("/tiles/team/0/1/0/0.mvt")
            other.get("/tiles/team/0/1/0/0.mvt")
        return not said

    until(recognised)  # word of a new session may still be on its way
    one.get("/tiles/team/0/0/0/0.mvt")
    with statements(app) as said:
        assert names(other.get("/tiles/team/0/0/0/0.mvt"))
    assert not said


def test_what_was_granted_for_a_time_ends_then_although_it_is_remembered(
    worker, visitor, rows, settled, database
):
    app = worker()
    reader = visitor(app, ("viewer", "3301"), ("viewer", "3302"), name="for a time")
    with Session(database) as session, session.begin():
        session.execute(
            text(
                "UPDATE role_grant SET until = clock_timestamp() + interval '3 s' "
                "WHERE region = '3302'"
            )
        )
    settled(app)
    both = {name for name, region in rows.items() if (region or "").startswith("330")}
    place = "/tiles/team/0/0/0/0.mvt"
    assert names(reader.get(place)) == both
    with statements(app) as said:
        assert names(reader.get(place)) == both
    assert not said  # remembered
    with Session(database) as session, session.begin():
        # The clock alone ends it: nothing is said by the database at that moment.
        session.execute(text("SELECT pg_sleep(3.1)"))
    left = {name for name, region in rows.items() if (region or "").startswith("3301")}
    assert names(reader.get(place)) == left


def test_a_session_that_ends_by_the_clock_is_not_remembered_beyond(
    worker, visitor, rows, settled, database
):
    app = worker()
    reader = visitor(app, ("viewer", ""), name="brief")
    with Session(database) as session, session.begin():
        session.execute(text("UPDATE session SET expires_at = clock_timestamp() + interval '2 s'"))
    settled(app)
    place = "/tiles/team/0/0/0/0.mvt"
    assert reader.get(place).status_code == 200
    until(lambda: reader.get(place).status_code == 401)


def test_a_layer_that_becomes_restricted_is_gone_for_others_within_a_second(
    worker, visitor, settled
):
    app = worker()
    owner = visitor(app, ("planner", ""), name="owner")
    other = visitor(app, ("commander", ""), name="other")
    made = owner.post(
        "/api/v1/user-layers", json={"title": "井盖", "geometry_type": "POINT", "fields": []}
    )
    name, version = made.json["name"], made.json["version"]
    feature = {"geometry": {"type": "Point", "coordinates": [120, 30]}, "properties": {}}
    owner.post(f"/api/v1/layers/{name}/features", json=feature)
    settled(app)
    until(lambda: name in state_of(app).supply.watch.own)
    place = f"/tiles/{name}/0/0/0/0.mvt"
    for _ in range(2):
        assert other.get(place).status_code == owner.get(place).status_code == 200
    changed = owner.patch(
        f"/api/v1/user-layers/{name}",
        json={"access": "restricted"}, headers={"If-Match": f'"{version}"'},
    )  # fmt: skip
    assert changed.status_code == 200, changed.json
    until(lambda: other.get(place).status_code == 404, within_s=1.0)
    assert owner.get(place).status_code == 200

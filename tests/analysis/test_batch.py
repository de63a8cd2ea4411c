"""Many cases at once: the same rows wherever they are computed, and one bad source stops none."""

import datetime as dt
from dataclasses import replace

import pytest
import shapely
from distributed import LocalCluster

from analysis import batch
from analysis.zones import zones
from layers.errors import InvalidInputError
from layers.models import HazardSource
from layers.query import Scope

AT = dt.datetime(2024, 6, 1, 3, tzinfo=dt.UTC)
WEATHER = {"wind_speed_m_s": 3.0, "stability": "D", "terrain": "rural"}


def source(name, substance, *, lon=113.6, **more):
    point = f"SRID=4326;POINT({lon} 34.7)"
    return HazardSource(name=name, substance=substance, geom=point, region="", **more)


@pytest.fixture
def cases(session):
    session.add_all([
        source("chlorine", "氯", quantity_t=50.0), source("propane", "丙烷", lon=113.7),
        source("nitrogen of unknown name", "一种没有的物质"), source("nothing said", None),
    ])  # fmt: skip
    session.flush()
    asked = {"scope": Scope(None), "winds": 4, "weather": WEATHER, "leak": "medium", "at": AT}
    return list(batch.cases_of(session, **asked))


def test_every_source_with_a_dangerous_substance_is_a_case_in_every_wind(cases):
    winds = {
        name: [c.weather["wind_from_deg"] for c in cases if c.name == name]
        for name in ("chlorine", "propane")
    }
    four = [0.0, 90.0, 180.0, 270.0]
    assert winds == {"chlorine": four, "propane": four}
    assert len(cases) == 8
    assert {case.kind for case in cases} == {"toxic_release", "flash_fire"}


def test_a_row_is_the_zone_that_the_chain_would_draw(cases):
    first = cases[0]
    rows = batch.compute([first])
    drawn = zones(first.scenario()).zones
    assert [row.area_m2 for row in rows] == [zone.area_m2 for zone in drawn]
    assert all(
        shapely.from_wkb(row.wkb).equals(zone.geometry)
        for row, zone in zip(rows, drawn, strict=True)
    )


def test_a_case_that_is_refused_says_why_and_the_others_are_computed(cases):
    broken = replace(cases[0], key="broken", lat=95.0)
    rows = batch.compute([broken, cases[1]])
    assert rows[0].key == "broken"
    assert "lat" in rows[0].error
    assert all(row.error is None for row in rows[1:])
    assert len(rows) > 2


def test_a_cluster_answers_what_one_process_answers_in_the_same_order(cases):
    alone = batch.run(cases)
    told = []
    with LocalCluster(
        n_workers=2, threads_per_worker=1, dashboard_address=None, host="127.0.0.1"
    ) as cluster:
        there = batch.run(cases, scheduler=cluster.scheduler_address, progress=told.append)
    assert there == alone
    assert told[-1] == len(cases)


def test_a_scheduler_that_does_not_answer_is_an_error_that_names_it(cases, monkeypatch):
    monkeypatch.setattr("analysis.batch.farm.CONNECT_S", 0.5)
    with pytest.raises(InvalidInputError, match=r"127\.0\.0\.1:9") as refused:
        batch.run(cases, scheduler="tcp://127.0.0.1:9")
    assert refused.value.code == "scheduler_unreachable"

"""A province's own road layer."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pytest
import shapely

from analysis.roads.network import compiled
from analysis.roads.source.layer_file import Choices, LayerRoads, read
from analysis.roads.source.layer_words import known_class
from layers.errors import InvalidInputError, UnknownCrsError

A, B, C, D = (114.0, 30.0), (114.01, 30.0), (114.02, 30.0), (114.01, 30.01)


def _layer(
    path: Path, rows: list[dict[str, Any]], *, crs: str = "EPSG:4490", name: str = "x.gpkg"
) -> Path:
    """Write rows as a layer; `line` is a geometry or a list of points."""
    lines = [
        shapely.LineString(row["line"]) if isinstance(row["line"], list) else row["line"]
        for row in rows
    ]
    columns = {key: [row.get(key) for row in rows] for key in rows[0] if key != "line"}
    gpd.GeoDataFrame(columns, geometry=lines, crs=crs).to_file(path / name)
    return path / name


def _ends(found: LayerRoads) -> list[tuple[int, int]]:
    return list(zip(found.edges.u.tolist(), found.edges.v.tolist(), strict=True))


def test_lines_meet_where_they_share_a_vertex(tmp_path: Path) -> None:
    path = _layer(
        tmp_path,
        [{"line": [A, B, C], "dj": "一级公路"}, {"line": [B, D], "dj": "县道"}],
    )
    found = read(path, Choices(columns={"class": "dj"}))
    assert len(found.edges) == 3
    (a, b), (b2, c), (b3, d) = _ends(found)
    assert b == b2 == b3
    assert len({a, b, c, d}) == 4
    assert found.edges.class_.tolist() == ["trunk", "trunk", "secondary"]
    assert found.edges.way.tolist() == [1, 1, 2]
    assert found.told["crossings"] == 0


def test_what_crosses_without_a_vertex_is_no_junction_and_is_told(tmp_path: Path) -> None:
    up, down = (114.005, 30.005), (114.005, 29.995)
    rows = [
        {"line": [A, B], "class": "primary", "桥梁": "否"},
        {"line": [up, down], "class": "primary", "桥梁": "是"},
        {"line": [(114.006, 30.005), (114.006, 29.995)], "class": "primary", "桥梁": "否"},
    ]
    found = read(_layer(tmp_path, rows), Choices())
    assert len(found.edges) == 3
    assert (found.told["crossings"], found.told["crossings_unexplained"]) == (2, 1)
    assert found.columns["bridge"] == "桥梁"
    assert found.edges.bridge.tolist() == [False, True, False]


def test_ends_within_the_tolerance_are_one_junction(tmp_path: Path) -> None:
    near = (B[0] + 3e-6, B[1])  # 0.29 m
    rows = [{"line": [A, B], "class": "primary"}, {"line": [near, C], "class": "primary"}]
    path = _layer(tmp_path, rows)
    found = read(path, Choices())
    assert _ends(found)[0][1] == _ends(found)[1][0]
    assert found.told["ends_joined"] == 1
    assert found.told["joined_over_m"] == pytest.approx(0.289, abs=0.01)
    apart = read(path, Choices(tolerance_m=0.1))
    assert _ends(apart)[0][1] != _ends(apart)[1][0]


def test_an_end_joins_the_vertex_of_another_line_near_by(tmp_path: Path) -> None:
    near = (B[0], B[1] + 2e-6)
    rows = [{"line": [A, B, C], "class": "primary"}, {"line": [near, D], "class": "primary"}]
    found = read(_layer(tmp_path, rows), Choices())
    assert len(found.edges) == 3
    assert len(compiled(found.edges).node_id) == 4


def test_an_end_on_the_middle_of_a_line_is_no_junction_and_is_told(tmp_path: Path) -> None:
    rows = [{"line": [A, C], "class": "primary"}, {"line": [B, D], "class": "primary"}]
    found = read(_layer(tmp_path, rows), Choices())
    assert len(found.edges) == 2
    assert found.told["ends_on_lines"] == 1


def test_bad_rows_are_listed_one_by_one_and_left_out(tmp_path: Path) -> None:
    line = [A, B]
    rows = [
        {"line": line, "class": "primary", "限速": 60.0},
        {"line": None, "class": "primary", "限速": 60.0},
        {"line": [A, A], "class": "primary", "限速": 60.0},
        {"line": [B, C], "class": "primary", "限速": 0.0},
        {"line": [B, C], "class": "primary", "限速": -30.0},
        {"line": [B, C], "class": "boulevard", "限速": 60.0},
        {"line": [B, C], "class": None, "限速": None},
        {"line": shapely.Point(A), "class": "primary", "限速": 60.0},
    ]
    found = read(_layer(tmp_path, rows), Choices())
    assert {(fault.row, fault.rule) for fault in found.faults} == {
        (2, "road_no_line"), (3, "road_no_length"), (4, "road_speed"), (5, "road_speed"),
        (6, "road_class"), (7, "road_class"), (8, "road_no_line"),
    }  # fmt: skip
    assert found.edges.way.tolist() == [1]
    assert found.edges.speed_kph.tolist() == [60.0]
    assert (found.told["rows"], found.told["rows_used"]) == (8, 1)


def test_a_person_says_what_a_word_means(tmp_path: Path) -> None:
    rows = [
        {"line": [A, B], "lx": "A1", "fx": "2"},
        {"line": [B, C], "lx": "A2", "fx": "3"},
    ]
    choices = Choices(
        columns={"class": "lx", "oneway": "fx"},
        codes=[("class", "A1", "primary"), ("class", "a2", "residential"),
               ("oneway", "2", "forward"), ("oneway", "3", "backward")],
    )  # fmt: skip
    found = read(_layer(tmp_path, rows), choices)
    assert found.edges.class_.tolist() == ["primary", "residential"]
    assert found.edges.forward.tolist() == [True, False]
    assert found.edges.backward.tolist() == [False, True]


@pytest.mark.parametrize(
    ("choices", "code"),
    [
        (Choices(columns={"class": "nothing"}), "unknown_road_column"),
        (Choices(columns={"colour": "dj"}), "unknown_road_field"),
        (Choices(codes=[("class", "x", "boulevard")], columns={"class": "dj"}), "unknown_code"),
        (Choices(codes=[("name", "x", "y")], columns={"class": "dj"}), "unknown_code"),
        (Choices(), "columns_missing"),
        (Choices(tolerance_m=-1.0), "tolerance"),
        (Choices(tolerance_m=1e6), "tolerance"),
    ],
)
def test_a_choice_that_cannot_be_is_refused(tmp_path: Path, choices: Choices, code: str) -> None:
    path = _layer(tmp_path, [{"line": [A, B], "dj": "国道", "zz": 1}])
    if code == "columns_missing":
        path = _layer(tmp_path, [{"line": [A, B], "zz": 1}], name="y.gpkg")
    with pytest.raises(InvalidInputError) as caught:
        read(path, choices)
    assert caught.value.code == code


def test_a_layer_without_class_takes_the_one_that_is_given(tmp_path: Path) -> None:
    path = _layer(tmp_path, [{"line": [A, B], "zz": 1}])
    assert read(path, Choices(class_="tertiary")).edges.class_.tolist() == ["tertiary"]


def test_a_layer_with_no_usable_row_says_so(tmp_path: Path) -> None:
    path = _layer(tmp_path, [{"line": [A, B], "class": "?"}])
    with pytest.raises(InvalidInputError) as caught:
        read(path, Choices())
    assert caught.value.code == "layer_without_roads"
    assert caught.value.details["faults"][0]["rule"] == "road_class"


def test_a_shapefile_in_gcj02_is_moved_to_where_it_lies(tmp_path: Path) -> None:
    rows = [{"line": [A, B], "class": "primary", "mc": "解放大道"}]
    path = _layer(tmp_path, rows, name="x.shp")
    path.with_suffix(".prj").unlink()
    with pytest.raises(UnknownCrsError):
        read(path, Choices())
    found = read(path, Choices(crs="GCJ-02"))
    # GCJ-02 lies 300 to 700 m off in Wuhan.
    assert 0.002 < abs(found.edges.lonlat[0] - np.array(A)).max() < 0.01
    assert found.edges.name.tolist() == ["解放大道"]
    assert found.crs == "GCJ-02"


def test_a_projected_layer_is_turned_into_degrees(tmp_path: Path) -> None:
    frame = gpd.GeoDataFrame({"class": ["primary"]}, geometry=[shapely.LineString([A, B])],
                             crs="EPSG:4490").to_crs("EPSG:4547")  # fmt: skip
    frame.to_file(tmp_path / "x.gpkg")
    found = read(tmp_path / "x.gpkg", Choices())
    assert np.allclose(found.edges.lonlat, [A, B], atol=1e-7)


def test_parts_of_a_line_are_roads_of_one_way_and_the_same_version_gives_the_same_nodes(
    tmp_path: Path,
) -> None:
    both = shapely.MultiLineString([[A, B], [C, D]])
    path = _layer(tmp_path, [{"line": both, "class": "primary"}])
    found = read(path, Choices())
    assert found.edges.way.tolist() == [1, 1]
    other = _layer(
        tmp_path,
        [{"line": [C, D], "class": "primary"}, {"line": [A, B], "class": "primary"}],
        name="y.gpkg",
    )
    again = read(other, Choices())
    assert set(_ends(again)) == set(_ends(found))


@pytest.mark.parametrize(
    ("word", "class_"),
    [
        ("高速公路", "motorway"), ("一级公路", "trunk"), ("二级", "primary"),
        ("三级公路", "secondary"), ("四级公路", "tertiary"), ("等外公路", "unclassified"),
        ("国道", "trunk"), ("省道", "primary"), ("一级/二级公路", None),
        ("县道", "secondary"), ("乡道", "tertiary"), ("村道", "unclassified"), ("快速路", "trunk"),
        ("主干路", "primary"), ("主干道", "primary"), ("次干路", "secondary"), ("支路", "tertiary"),
        ("高速匝道", "motorway_link"), ("匝道", "trunk_link"), ("机耕路", "track"),
        ("人行道", "footway"), ("轮渡", "ferry"), ("Primary", "primary"), ("420101", "trunk"),
        ("430501", "primary"), ("主次干路", None), ("420102", None), ("12", None), ("?", None),
        ("", None),
    ],
)  # fmt: skip
def test_classes_are_known_by_their_words(word: str, class_: str | None) -> None:
    found = known_class(word)
    assert (found.class_ if found else None) == class_


def test_a_footway_of_a_layer_is_walked_and_not_driven(tmp_path: Path) -> None:
    rows = [{"line": [A, B], "class": "footway"}, {"line": [B, C], "class": "motorway"}]
    edges = read(_layer(tmp_path, rows), Choices()).edges
    assert edges.access.tolist() == ["foot", "open"]
    assert edges.forward.tolist() == [False, True]
    assert edges.walk.tolist() == [True, False]

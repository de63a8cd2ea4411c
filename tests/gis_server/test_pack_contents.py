"""What is in a pack: exactly what its owner may see of its area, at one moment, in every part."""

from __future__ import annotations

import gzip
import hashlib
import itertools
import json
import math
import random
import shutil
import sqlite3
import subprocess
import uuid

import mapbox_vector_tile
import morecantile
import networkx as nx
import numpy as np
import pyogrio
import pytest
import shapely
from pmtiles.reader import MemorySource, Reader, all_tiles
from pmtiles.tile import zxy_to_tileid
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from analysis.roads import store
from analysis.roads.edges import RoadEdges, unlimited
from analysis.roads.source.intake import Choices, read
from gis_server import basemaps, packing
from layers.database import set_bulk
from layers.models import Assessment, Contact, Enterprise, Team
from tests.gis_server import pack_site
from tests.gis_server.pack_site import BBOX, contents, features, incident, made, path_of
from tiles.archive.writer import ArchiveWriter

TILES = morecantile.tms.get("WebMercatorQuad")
TRIANGLE = {"type": "Polygon", "coordinates": [[[120, 30], [120.2, 30], [120, 30.1], [120, 30]]]}


@pytest.fixture(autouse=True)
def _filled(database):
    pack_site.fill(database, teams=120)


def opened(client, database, config, **body):
    told = made(client, database, config, **body)
    parts = contents(path_of(config, told))
    return parts, json.loads(parts["manifest.json"])


def tiles(parts, name="layers.pmtiles"):
    """Return every tile of an archive, decoded by another reader than ours."""
    source = MemorySource(parts[name])
    return {
        place: mapbox_vector_tile.decode(gzip.decompress(body)) for place, body in all_tiles(source)
    }


def ids_in_tiles(drawn, layer):
    return {
        feature["properties"]["id"]
        for tile in drawn.values() for feature in tile.get(layer, {"features": []})["features"]
        if "id" in feature["properties"]
    }  # fmt: skip


def ids_in_table(parts, layer, tmp_path):
    path = tmp_path / "features.gpkg"
    path.write_bytes(parts["features.gpkg"])
    if layer not in [name for name, _ in pyogrio.list_layers(path)]:
        return set()
    return set(pyogrio.read_dataframe(path, layer=layer)["id"])


def ids_by_sql(database, area, codes):
    """Return the teams of some regions that meet an area, asked of the database itself."""
    with Session(database) as session:
        found = session.execute(
            text("SELECT id::text FROM team WHERE (region = ANY(:codes) OR :whole) "
                 "AND ST_Intersects(geom, ST_SetSRID(ST_GeomFromGeoJSON(:area), 4326))"),
            {"codes": list(codes), "whole": not codes, "area": json.dumps(area)},
        )  # fmt: skip
        return set(found.scalars())


@pytest.mark.parametrize(
    ("grant", "codes"),
    [
        (("planner", ""), ()),
        (("planner", "330102"), ("330102",)),
        (("duty", "330103"), ("330103",)),
    ],
)
@pytest.mark.parametrize("area", [TRIANGLE, shapely.geometry.mapping(shapely.box(*BBOX))])
def test_every_part_holds_the_rows_of_the_area_that_its_owner_may_see_and_no_other(
    sign_in, database, config, tmp_path, grant, codes, area
):
    parts, manifest = opened(sign_in(grant), database, config, area=json.loads(json.dumps(area)))
    wanted = ids_by_sql(database, area, codes)
    assert wanted
    drawn = tiles(parts)
    assert {row["id"] for row in features(parts, "team")} == wanted
    assert ids_in_table(parts, "team", tmp_path) == wanted
    assert ids_in_tiles(drawn, "team") == wanted
    counted = {layer["name"]: layer["count"] for layer in manifest["layers"]}
    assert counted["team"] == len(wanted)
    for body in (*parts.values(), *map(str, drawn.values())):
        raw = body if isinstance(body, bytes) else body.encode()
        with Session(database) as session:
            hidden = [str(id) for id in session.scalars(select(Team.id)) if str(id) not in wanted]
        assert not any(id.encode() in raw for id in hidden)


def test_no_count_tells_of_rows_that_the_owner_may_not_see(sign_in, database, config):
    with Session(database) as session, session.begin():
        set_bulk(session, uuid.uuid4())
        session.execute(
            text("INSERT INTO team (name, kind, people, region, geom) SELECT 'x' || n, 'fire', 1, "
                 "CASE n % 2 WHEN 0 THEN '330102' ELSE '330103' END, "
                 "ST_SetSRID(ST_MakePoint(120 + 0.2 * random(), 30 + 0.1 * random()), 4326) "
                 "FROM generate_series(1, 12000) n")
        )  # fmt: skip
    for codes in (("330102",), ("330102", "330103")):
        owner = sign_in(*(("planner", code) for code in codes), name="-".join(codes))
        parts, manifest = opened(owner, database, config, parts=["layers"], maxzoom=8)
        (team,) = [layer for layer in manifest["layers"] if layer["name"] == "team"]
        with Session(database) as session:
            wanted = session.scalar(
                text("SELECT count(*) FROM team WHERE region = ANY(:codes) "
                     "AND ST_X(geom) <= 120.2"), {"codes": list(codes)}
            )  # fmt: skip
        assert team["count"] == wanted
        for z in (0, 3, 8):
            cells = [
                feature["properties"]
                for (zoom, _, _), tile in tiles(parts).items() if zoom == z
                for feature in tile["team"]["features"]
            ]  # fmt: skip
            assert sum(cell.get("count", 1) for cell in cells) == wanted, z


def test_a_restricted_layer_is_in_no_pack_of_those_it_is_kept_from(
    client, sign_in, database, config
):
    owner = sign_in(("planner", ""), name="owner")
    layer = owner.post(
        "/api/v1/user-layers",
        json={"title": "密", "geometry_type": "POINT", "fields": [], "access": "restricted"},
    ).json["name"]
    owner.post(
        f"/api/v1/layers/{layer}/features",
        json={"geometry": {"type": "Point", "coordinates": [120.1, 30.05]},
              "properties": {"name": "密室"}},
    )  # fmt: skip
    seen, _ = opened(owner, database, config)
    assert len(features(seen, layer)) == 1
    hidden, manifest = opened(client, database, config)
    assert features(hidden, layer) == []
    assert layer not in json.dumps(manifest)
    assert all("密室".encode() not in body for body in hidden.values())
    asked = pack_site.ask(client, layers=[layer])
    assert (asked.status_code, asked.json["error"]["code"]) == (404, "unknown_layer")


def test_telephone_numbers_are_in_a_pack_only_as_far_as_its_owner_may_read_them(
    sign_in, database, config
):
    here = incident(database, "330102", 120.05)
    there = incident(database, "330103", 120.15)
    line = {"layer": "enterprise", "feature_id": None, "feature_name": "厂", "name": "王某某",
            "phone": "13912345678", "purpose": {"code": "call.duty", "params": {}}}  # fmt: skip
    with Session(database) as session, session.begin():
        factory = session.scalars(select(Enterprise)).one()
        session.add(Contact(layer="enterprise", feature_id=factory.id, phone="13912345678"))
        for id, region in ((here, "330102"), (there, "330103")):
            body = {"calls": [{**line, "feature_id": str(factory.id)}], "zones": {}}
            session.add(Assessment(incident_id=id, region=region, body=body))
    full, _ = opened(sign_in(("planner", ""), name="whole"), database, config)
    plans = json.loads(gzip.decompress(full["plans/incidents.json.gz"]))
    assert {each["id"] for each in plans["incidents"]} == {str(here), str(there)}
    assert all(each["plan"]["calls"][0]["phone"] == "13912345678" for each in plans["incidents"])
    part, _ = opened(sign_in(("planner", "330102"), name="part"), database, config)
    plans = json.loads(gzip.decompress(part["plans/incidents.json.gz"]))
    assert [each["id"] for each in plans["incidents"]] == [str(here)]
    for name, body in part.items():
        raw = gzip.decompress(body) if name.endswith(".gz") else body
        assert (b"13912345678" in raw) == (name == "plans/incidents.json.gz"), name


def test_the_command_line_covers_telephone_numbers_where_no_person_is_named(database, config):
    from gis_server import pack_extras
    from gis_server.pack_owner import PROGRAM_ITSELF

    id = incident(database, "330102", 120.05)
    line = {"layer": None, "feature_id": None, "name": "王某某", "phone": "13912345678",
            "purpose": {"code": "call.duty", "params": {}}}  # fmt: skip
    with Session(database) as session, session.begin():
        session.add(Assessment(incident_id=id, region="330102", body={"calls": [line]}))
    with Session(database) as session:
        (made_part,) = pack_extras.plans(
            session, shapely.box(*BBOX), config.var, owner=PROGRAM_ITSELF, as_of="", language="zh"
        )
    told = gzip.decompress(made_part.path.read_bytes()).decode()
    assert "13912345678" not in told
    assert "139******78" in told


def test_closed_incidents_and_those_elsewhere_stay_at_home(client, database, config):
    incident(database, "330102", 120.05, status="closed")
    incident(database, "330104", 120.25)
    active = incident(database, "330103", 120.15, exercise=True)
    parts, _ = opened(client, database, config)
    plans = json.loads(gzip.decompress(parts["plans/incidents.json.gz"]))
    (only,) = plans["incidents"]
    assert (only["id"], only["exercise"], only["plan"]) == (str(active), True, None)


def test_a_pack_is_of_one_moment_whatever_is_changed_while_it_is_made(
    client, database, config, monkeypatch, tmp_path
):
    real = packing.Parts.made
    before = ids_by_sql(database, TRIANGLE, ())

    def meanwhile(self):
        for made_part in real(self):
            yield made_part
            with Session(database) as session, session.begin():
                session.add(Team(name="晚到", kind="fire", region="330102",
                                 geom="SRID=4326;POINT(120.01 30.01)"))  # fmt: skip
                session.execute(text("DELETE FROM team WHERE ctid = (SELECT min(ctid) FROM team)"))

    monkeypatch.setattr(packing.Parts, "made", meanwhile)
    parts, manifest = opened(client, database, config, area=TRIANGLE)
    assert ids_by_sql(database, TRIANGLE, ()) != before
    assert {row["id"] for row in features(parts, "team")} == before
    assert ids_in_tiles(tiles(parts), "team") == before
    assert ids_in_table(parts, "team", tmp_path) == before
    with Session(database) as session:
        newest = session.scalar(text("SELECT max(seq) FROM journal"))
    assert manifest["revision"] == newest  # nothing of the meantime was sealed


def test_tiles_are_the_live_maps_where_the_area_does_not_cut_them(client, database, config, sealed):
    sealed()
    parts, _ = opened(client, database, config, bbox=[119, 29, 121, 31], maxzoom=10)
    drawn = tiles(parts)
    live = 0
    for (z, x, y), tile in drawn.items():
        if z == 10:
            label = client.get("/api/v1/layers/team").json["tiles"].split("/")[3]
            answer = client.get(f"/tiles/team/{label}/{z}/{x}/{y}.mvt")
            there = mapbox_vector_tile.decode(answer.data) if answer.data else {}
            assert tile.get("team") == there.get("team")
            live += "team" in there
    assert live


def test_every_tile_of_the_area_that_holds_something_is_there_and_no_empty_one(
    client, database, config
):
    parts, manifest = opened(client, database, config, minzoom=3, maxzoom=13)
    drawn = tiles(parts)
    assert all(any(layer["features"] for layer in tile.values()) for tile in drawn.values())
    assert {z for z, _, _ in drawn} == set(range(3, 14))
    for row in features(parts, "team"):
        lon, lat = row["geometry"]["coordinates"]
        for z in range(3, 14):
            x = int((lon + 180) / 360 * 2**z)
            y = int((1 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2 * 2**z)
            assert (z, x, y) in drawn
    header = Reader(MemorySource(parts["layers.pmtiles"])).header()
    assert (header["min_zoom"], header["max_zoom"]) == (3, 13)
    assert header["min_lon_e7"] == round(manifest["bounds"][0] * 1e7)
    told = Reader(MemorySource(parts["layers.pmtiles"])).metadata()
    assert "team" in [layer["id"] for layer in told["vector_layers"]]


def test_the_base_map_is_the_live_one(client, database, config):
    parts, _ = opened(client, database, config, parts=["basemap"])
    drawn = tiles(parts, "basemap.pmtiles")
    assert any("place" in tile for tile in drawn.values())
    assert {name for name in parts if name.startswith(("features", "layers", "plans"))} == set()
    for z, x, y in random.Random(1).sample(sorted(drawn), 5):
        live = client.get(f"/tiles/basemap/0/{z}/{x}/{y}.mvt")
        assert mapbox_vector_tile.decode(live.data) == drawn[z, x, y]


def test_a_base_map_that_the_site_has_made_is_cut_from_its_archive_as_deep_as_it_goes(
    client, database, config
):
    body = b"\x1a\x00"  # an empty source-layer: the bytes are what is compared
    shelf = basemaps.shelf(config)
    shelf.folder.mkdir()
    path = shelf.folder / "new"
    inside, outside = TILES.tile(120.1, 30.05, 7), TILES.tile(10.0, 10.0, 7)
    with ArchiveWriter(path) as writer:
        for number in sorted(zxy_to_tileid(7, t.x, t.y) for t in (inside, outside)):
            writer.put(number, body)
        writer.finish({"vector_layers": [{"id": "water"}], "attribution": "© X"},
                      bounds=(-180, -85, 180, 85))  # fmt: skip
    sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
    path.rename(shelf.path(sha256))
    shelf.serve(sha256, [sha256])
    parts, _ = opened(client, database, config, parts=["basemap"], maxzoom=9)
    reader = Reader(MemorySource(parts["basemap.pmtiles"]))
    assert {place for place, _ in all_tiles(reader.get_bytes)} == {(7, inside.x, inside.y)}
    assert gzip.decompress(reader.get(7, inside.x, inside.y)) == body
    assert reader.metadata()["attribution"] == "© X"
    assert reader.metadata()["vector_layers"] == [{"id": "water"}]


def test_an_area_without_anything_makes_a_pack_that_says_so(client, database, config):
    parts, manifest = opened(client, database, config, bbox=[10, 10, 10.1, 10.1])
    assert {part["name"] for part in manifest["parts"]} == {
        "forms.json", "plans/incidents.json.gz", "README.txt",
    }  # fmt: skip
    assert {layer["count"] for layer in manifest["layers"]} == {0}
    assert parts["README.txt"]


def test_a_district_is_cut_by_its_border_or_by_those_below_it(client, database, config):
    for region, codes in (("330102", {"330102"}), ("3301", {"330102", "330103"})):
        parts, manifest = opened(client, database, config, region=region, parts=["features"])
        rows = features(parts, "team")
        assert {row["properties"]["region"] for row in rows} == codes
        assert shapely.geometry.shape(manifest["area"]).area == pytest.approx(0.01 * len(codes))


def test_a_border_of_many_points_is_drawn_coarser_but_never_smaller():
    from tiles.pack.area import MAX_POINTS, coarser

    noise = random.Random(4)
    ring = [
        (120 + math.cos(a) * (1 + noise.random() * 0.01), 30 + math.sin(a))
        for a in (2 * math.pi * n / 40_000 for n in range(40_000))
    ]
    border = shapely.Polygon(ring).buffer(0)
    drawn = coarser(border)
    assert shapely.get_num_coordinates(drawn) <= MAX_POINTS
    assert drawn.is_valid
    assert drawn.covers(border)
    assert drawn.area < border.area * 1.05


def test_an_area_across_180_degrees_is_packed_on_both_sides(client, database, config):
    with Session(database) as session, session.begin():
        for lon in (179.95, -179.95):
            session.add(Team(name=f"{lon}", kind="fire", geom=f"SRID=4326;POINT({lon} 0.01)"))
    parts, manifest = opened(client, database, config, bbox=[179.9, -0.1, -179.9, 0.1], maxzoom=8)
    assert len(features(parts, "team")) == 2
    assert {x for z, x, _ in tiles(parts) if z == 8} == {0, 255}
    assert manifest["bounds"][0] == -180 and manifest["bounds"][2] == 180


def test_forms_tell_every_layer_in_both_languages(client, database, config):
    parts, _ = opened(client, database, config, layers=["team", "enterprise"])
    forms = {layer["name"]: layer for layer in json.loads(parts["forms.json"])["layers"]}
    assert set(forms) == {"team", "enterprise"}
    (kind,) = [field for field in forms["team"]["fields"] if field["name"] == "kind"]
    assert kind["required"] is True
    fire = next(each for each in kind["domain"] if each["value"] == "fire")
    assert fire["title"] != fire["title_en"]


def test_the_page_to_read_says_what_it_is_in_both_languages(client, database, config):
    parts, _ = opened(client, database, config, name="山区一号")
    page = parts["README.txt"].decode()
    assert "离线数据包：山区一号" in page
    assert "Offline pack: 山区一号" in page
    assert "features.gpkg" in page


def test_features_carry_what_offline_search_and_sync_need(client, database, config):
    parts, _ = opened(client, database, config)
    (row,) = features(parts, "enterprise")
    assert row["properties"]["version"] == 1
    assert row["properties"]["layer"] == "enterprise"
    assert {"fid", "updated_at", "name_pinyin", "employees"} <= row["properties"].keys()


def test_the_tables_have_chinese_titles_and_open_in_gdal(client, database, config, tmp_path):
    parts, _ = opened(client, database, config)
    path = tmp_path / "features.gpkg"
    path.write_bytes(parts["features.gpkg"])
    with sqlite3.connect(path) as file:
        assert file.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        named = dict(
            file.execute("SELECT column_name, title FROM gpkg_data_columns WHERE table_name='team'")
        )
    file.close()
    assert named["people"] == "人数"
    if shutil.which("ogrinfo") is None:
        pytest.skip("gdal-bin is not installed")
    said = subprocess.run(
        ["ogrinfo", "-so", str(path), "team"], capture_output=True, text=True, check=True
    )
    assert "ERROR" not in said.stderr
    assert "Feature Count: 80" in said.stdout


def test_the_roads_of_a_pack_are_read_back_as_the_network_that_they_are_of(
    client, database, config, tmp_path
):
    edges = grid(lon=120.0, lat=30.0, step=0.02, side=12)
    with Session(database) as session, session.begin():
        store.activate(session, store.save(session, edges, name="方格", source="test"))
    parts, _ = opened(client, database, config, parts=["roads"], area=TRIANGLE)
    (told,) = json.loads(parts["roads/networks.json"])["networks"]
    for name in (told["edges"], told["nodes"]):
        (tmp_path / name).write_bytes(parts[f"roads/{name}"])
    back = read(tmp_path / told["edges"], Choices()).edges
    area = shapely.geometry.shape(TRIANGLE)
    kept = shapely.intersects(area, edges.lines()) & (edges.forward | edges.backward)
    kept &= edges.access != "foot"
    assert 20 < kept.sum() < len(edges)
    assert told["roads"] == len(back) == kept.sum()
    here, there = arcs_of(edges, kept), arcs_of(back, np.ones(len(back), bool))
    assert here.edges == there.edges
    for pair, said in here.edges.items():
        assert there.edges[pair] == said


def grid(*, lon, lat, step, side):
    """Return a town of streets: some one-way, some drawn against their direction, some for feet."""
    noise = random.Random(8)
    ends, lines, ways = [], [], []
    for x, y in itertools.product(range(side), range(side)):
        for dx, dy in ((1, 0), (0, 1)):
            if x + dx < side and y + dy < side:
                ends.append((x * side + y, (x + dx) * side + y + dy))
                bend = (x + dx / 2 + 0.1, y + dy / 2 + 0.1)
                lines += [(x, y), bend, (x + dx, y + dy)]
                ways.append(noise.choice(["both", "both", "forward", "backward", "nobody"]))
    count = len(ends)
    ways = np.array(ways)
    lonlat = np.array(lines) * (step, step / 2) + (lon, lat)
    nothing = np.full(count, None, object)
    return RoadEdges(
        u=np.array(ends)[:, 0], v=np.array(ends)[:, 1], way=np.arange(count),
        class_=np.array([noise.choice(["primary", "residential", "service"]) for _ in ends]),
        name=np.array([f"路{n}" for n in range(count)], object), name_en=nothing, ref=nothing,
        access=np.where(np.arange(count) % 9 == 4, "foot", "open"),
        forward=np.isin(ways, ["both", "forward"]),
        backward=np.isin(ways, ["both", "backward"]),
        speed_kph=np.full(count, 50.0), length_m=np.array([noise.uniform(90, 2000) for _ in ends]),
        bridge=np.zeros(count, bool), tunnel=np.zeros(count, bool), level=np.zeros(count, np.int16),
        offset=np.arange(0, 3 * count + 1, 3), lonlat=lonlat, **unlimited(count),
    )  # fmt: skip


def arcs_of(edges, kept):
    """Return who may be driven to from where, as another library keeps it."""
    graph = nx.MultiDiGraph()
    for n in np.flatnonzero(kept):
        said = {"length": edges.length_m[n], "kind": str(edges.class_[n])}
        shape = tuple(map(tuple, edges.lonlat[edges.offset[n] : edges.offset[n + 1]].round(9)))
        for driven, start, end, line in (
            (edges.forward[n], edges.u[n], edges.v[n], shape),
            (edges.backward[n], edges.v[n], edges.u[n], shape[::-1]),
        ):
            if driven:
                graph.add_edge(int(start), int(end), key=line, **said)
    return graph

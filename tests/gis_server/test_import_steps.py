"""The steps of an import that a person sees: analysis, preview, adjusting, comparison, sheets."""

import io
import os
import uuid

import openpyxl
import pytest
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from gis_server import jobs, uploads
from layers.catalog import find
from layers.intake.load import begin
from layers.intake.merge import lock
from layers.models import Batch, Enterprise, Region, Team

IMPORTS = "/api/v1/imports"
SHEET = "名称,队伍类型,人数,经度,纬度\n一站,fire,30,120.1,30.1\n二站,fire,25,120.2,30.2\n"
BAD = SHEET + "三站,circus,-4,200,29\n=1+1,fire,2,120.3,30.3\n"
SQUARE = "SRID=4326;MULTIPOLYGON((({0} {1},{2} {1},{2} {3},{0} {3},{0} {1})))"


@pytest.fixture
def send(client, database, config):
    """Give a function: a file goes in and as far as it goes by itself; its address."""

    def sent(content, name="t.csv", by=client, **fields):
        data = content if isinstance(content, str) else None
        parts = (
            [(io.BytesIO(content.encode()), name)]
            if data is not None
            else [(io.BytesIO(part), each) for each, part in content.items()]
        )
        answer = by.post(IMPORTS, data={"file": parts, **fields})
        assert answer.status_code == 202, answer.json
        jobs.run(database, config, uuid.UUID(answer.json["id"]))
        return f"{IMPORTS}/{answer.json['id']}"

    return sent


@pytest.fixture
def check(client, database, config):
    """Give a function: a person says how a file is to be read; the batch after its check."""

    def checked(address, by=client, **body):
        answer = by.post(f"{address}/check", json=body)
        assert answer.status_code == 202, answer.json
        jobs.run(database, config, uuid.UUID(answer.json["id"]))
        return by.get(address).json

    return checked


@pytest.fixture
def regions(database):
    """Two counties side by side."""
    with Session(database) as session, session.begin():
        for code, west in (("330102", 120.0), ("330203", 121.0)):
            square = SQUARE.format(west, 30, west + 1, 31)
            session.add(Region(name=code, code=code, level="county", geom=square))


def test_a_file_without_a_layer_waits_for_a_person_with_what_it_seems_to_be(
    client, database, config
):
    data = {"file": (io.BytesIO(SHEET.encode("gb18030")), "消防队伍2024-03.csv")}
    id = client.post(IMPORTS, data=data).json["id"]
    jobs.run(database, config, uuid.UUID(id))
    batch = client.get(f"{IMPORTS}/{id}").json
    seen = batch["analysis"]
    assert batch["status"] == "analysed"
    assert (seen["format"], seen["size_bytes"]) == ("csv", len(SHEET.encode("gb18030")))
    assert seen["encoding"]["guessed"] == "gb18030"
    assert seen["crs"]["name"] == "EPSG:4326" and not seen["crs"]["certain"]
    assert all(reason["text"] for reason in seen["crs"]["reasons"])
    assert seen["proposed"]["layer"] == "team"
    assert seen["proposed"]["fields"] == {
        "name": "名称", "kind": "队伍类型", "people": "人数", "lon": "经度", "lat": "纬度",
    }  # fmt: skip
    (inside,) = seen["layers"]
    assert [field["name"] for field in inside["fields"]] == SHEET.splitlines()[0].split(",")
    assert inside["fields"][0]["examples"] == ["一站", "二站"]


def test_what_the_analysis_showed_is_what_is_checked_and_what_a_person_says_overrules_it(
    client, database, config
):
    data = {"file": (io.BytesIO(SHEET.encode()), "t.csv")}
    id = client.post(IMPORTS, data=data).json["id"]
    jobs.run(database, config, uuid.UUID(id))
    body = {"layer": "team", "fields": {"name": "名称", "kind": "队伍类型"}}
    for crs in (None, "GCJ-02"):
        answer = client.post(f"{IMPORTS}/{id}/check", json=body | ({"crs": crs} if crs else {}))
        assert answer.status_code == 202, answer.json
        assert answer.json["status"] == "checking"
        jobs.run(database, config, uuid.UUID(id))
        batch = client.get(f"{IMPORTS}/{id}").json
        assert batch["status"] == "staged", batch
        assert batch["report"]["crs"] == (crs or "EPSG:4326")
        assert batch["report"]["unmatched"] == ["人数"]
    client.post(f"{IMPORTS}/{id}/publish", json={})
    with Session(database) as session:
        assert session.scalar(select(func.min(func.ST_X(Team.geom)))) == pytest.approx(
            120.0954, abs=1e-3
        )
        assert session.scalars(select(Team.people)).all() == [None, None]


def test_a_file_that_could_not_be_checked_can_be_adjusted_and_checked_again(client, send, check):
    address = send(SHEET, layer="team")
    assert client.get(address).json["status"] == "failed"
    batch = check(address, crs="CGCS2000")
    assert (batch["status"], "error" in batch["report"]) == ("staged", False)


def test_a_preview_shows_twenty_rows_and_where_they_lie_in_the_system_asked_for(client, send):
    rows = "".join(f"队{i},fire,1,{120 + i / 1000},30\n" for i in range(600))
    address = send("名称,队伍类型,人数,经度,纬度\n" + rows)
    seen = client.get(f"{address}/preview").json
    assert seen["columns"] == ["名称", "队伍类型", "人数", "经度", "纬度"]
    assert len(seen["rows"]) == 20 and seen["rows"][1] == ["队1", "fire", "1", "120.001", "30"]
    assert len(seen["features"]["features"]) == 500
    assert seen["bbox"] == pytest.approx([120, 30, 120.499, 30])
    moved = client.get(f"{address}/preview?crs=BD-09").json
    assert 0.005 < 120 - moved["bbox"][0] < 0.02
    refused = client.get(f"{address}/preview?crs=EPSG:4610")
    assert refused.status_code == 422


def test_a_cell_mended_by_hand_is_checked_anew_and_told_in_the_report(client, send, check):
    address = send(BAD)
    batch = check(address, layer="team", crs="EPSG:4326")
    assert batch["report"]["layers"]["team"]["errors"] == 1
    batch = check(address, corrections=[
        {"row": 3, "field": "kind", "value": "fire"},
        {"row": 3, "field": "people", "value": 4},
        {"row": 3, "field": "geometry", "value": "东经120°24′, 北纬30°18′"},
    ])  # fmt: skip
    assert batch["report"]["layers"]["team"]["errors"] == 0, client.get(f"{address}/faults").json
    told = batch["report"]["corrected"]
    assert [(cell["row"], cell["field"], cell["after"]) for cell in told] == [
        (3, "kind", "fire"), (3, "people", "4"), (3, "geometry", "东经120°24′, 北纬30°18′"),
    ]  # fmt: skip
    assert told[0]["before"] == "circus"
    assert client.post(f"{address}/publish", json={}).json["status"] == "published"


@pytest.mark.parametrize(
    "cell",
    [
        {"field": "colour", "value": 1},
        {"field": "geometry", "value": "somewhere"},
        {"field": "name", "value": "A", "row": 99},
    ],
)
def test_a_correction_that_cannot_be_made_fails_the_check_and_says_why(send, check, cell):
    batch = check(send(BAD), layer="team", crs="4326", corrections=[{"row": 3, **cell}])
    assert batch["status"] == "failed"
    assert batch["report"]["error"]["text"]


def test_a_comparison_counts_and_shows_what_publishing_would_do(client, send, check):
    def staged(sheet):
        address = send(sheet)
        return address, check(address, layer="enterprise", crs="EPSG:4326", source="消防局")

    first, _ = staged("own_code,name,class,employees,lon,lat\nA,一站,gas,1,120.1,30.1\n"
                      "B,二站,gas,2,120.2,30.2\nC,三站,gas,3,120.3,30.3\n")  # fmt: skip
    client.post(f"{first}/publish", json={})
    address, _ = staged("own_code,name,class,employees,lon,lat\nA,一站,gas,9,120.1,30.1\n"
                        "B,二站,gas,2,120.2,30.2\nD,四站,gas,4,120.4,30.4\n")  # fmt: skip
    seen = client.get(f"{address}/changes?kind=changed").json
    assert seen["counts"]["enterprise"] == {"new": 1, "changed": 1, "unchanged": 1, "gone": 1}
    (change,) = seen["changes"]
    assert (change["row"], change["name"]) == (1, "一站")
    assert {"field": "employees", "before": 1, "after": 9} in change["fields"]
    for kind, name in (("new", "四站"), ("unchanged", "二站"), ("gone", "三站")):
        (change,) = client.get(f"{address}/changes?kind={kind}").json["changes"]
        assert change["name"] == name
    client.post(f"{address}/publish", json={"remove_gone": True})
    left = client.get("/api/v1/layers/enterprise/features").json["features"]
    assert {feature["properties"]["name"] for feature in left} == {"一站", "二站", "四站"}


@pytest.mark.parametrize(
    ("lang", "sheet", "word"), [("zh", "问题清单", "错误"), ("en", "Faults", "error")]
)
def test_the_fault_sheet_marks_the_bad_cells_and_can_be_mended_and_handed_in_again(
    client, send, check, lang, sheet, word
):
    address = send(BAD)
    check(address, layer="team", crs="EPSG:4326")
    answer = client.get(f"{address}/faults.xlsx?lang={lang}")
    assert answer.status_code == 200
    book = openpyxl.load_workbook(io.BytesIO(answer.data))
    rows, listed = book.worksheets
    assert listed.title == sheet
    assert {row[6].value for row in listed.iter_rows(min_row=2)} == {word}
    header = [cell.value for cell in rows[1]]
    (bad,) = rows.iter_rows(min_row=2)
    marked = {header[i]: cell for i, cell in enumerate(bad) if cell.comment}
    assert len(marked) == 4  # kind, people, lon, lat
    assert {str(cell.value) for cell in marked.values()} == {"circus", "-4", "200", "29"}
    assert all(cell.fill.fgColor.rgb == "FFF8B4B4" for cell in marked.values())
    good = {"circus": "fire", "-4": 4, "200": 120.4, "29": 30.4}
    for cell in marked.values():
        cell.value = good[str(cell.value)]
    mended = io.BytesIO()
    book.save(mended)
    batch = check(send({"mended.xlsx": mended.getvalue()}), layer="team")
    assert batch["status"] == "staged", batch
    counted = batch["report"]["layers"]["team"]
    assert (counted["rows"], counted["new"], counted["errors"]) == (1, 1, 0)


def test_a_formula_in_a_file_never_becomes_one_in_the_fault_sheet(client, send, check):
    sheet = "名称,队伍类型,人数,经度,纬度\n=1+1,circus,2,120.3,30.3\n@x,fire,=2+2,120.3,30.3\n"
    address = send(sheet)
    check(address, layer="team", crs="EPSG:4326")
    book = openpyxl.load_workbook(io.BytesIO(client.get(f"{address}/faults.xlsx").data))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert "f" not in {cell.data_type for cell in cells}
    assert {"=1+1", "=2+2"} <= {cell.value for cell in cells}


def test_a_template_is_given_for_a_layer_in_the_readers_language(client):
    for lang, header in (("zh", "名称"), ("en", "Name")):
        answer = client.get(f"/api/v1/layers/team/template.xlsx?lang={lang}")
        book = openpyxl.load_workbook(io.BytesIO(answer.data))
        assert book.worksheets[0].cell(1, 1).value == header
    assert client.get("/api/v1/layers/unicorn/template.xlsx").status_code == 404


def test_the_loose_parts_of_a_shapefile_come_in_together(client, send, check, tmp_path):
    import geopandas
    import shapely

    frame = geopandas.GeoDataFrame(
        {"名称": ["一站"], "队伍类型": ["fire"]}, geometry=[shapely.Point(120.1, 30.1)], crs=4490
    )
    frame.to_file(tmp_path / "站点.shp", encoding="gb18030")
    parts = {f"../{p.name}": p.read_bytes() for p in tmp_path.iterdir() if p.suffix != ".cpg"}
    address = send(parts)
    batch = client.get(address).json
    assert batch["file_name"] == "站点.shp"
    assert batch["analysis"]["format"] == "shapefile"
    batch = check(address, layer="team")
    assert batch["report"]["layers"]["team"]["new"] == 1, batch
    client.post(f"{address}/publish", json={})
    (feature,) = client.get("/api/v1/layers/team/features").json["features"]
    assert feature["properties"]["name"] == "一站"


def test_several_files_that_are_no_shapefile_are_refused(client):
    parts = [(io.BytesIO(b"x"), "a.csv"), (io.BytesIO(b"x"), "b.csv")]
    answer = client.post(IMPORTS, data={"file": parts})
    assert (answer.status_code, answer.json["error"]["code"]) == (422, "several_files")


def test_whoever_may_write_in_one_region_imports_into_it_and_no_further(
    sign_in, send, check, regions, database
):
    county = sign_in(("planner", "330102"))
    sheet = SHEET + "三站,fire,1,121.5,30.5\n四站,fire,1,119,29\n"
    address = send(sheet, by=county)
    batch = check(address, by=county, layer="team", crs="EPSG:4326")
    assert batch["report"]["layers"]["team"]["errors"] == 2
    faults = county.get(f"{address}/faults").json["faults"]
    assert [(f["row"], f["rule"], f["got"]) for f in faults] == [
        (3, "outside_regions", "330203"), (4, "outside_regions", None),
    ]  # fmt: skip
    assert all(fault["text"] for fault in faults)
    assert county.get(f"{address}/changes?kind=gone").status_code == 403
    assert county.post(f"{address}/publish", json={"remove_gone": True}).status_code == 403
    done = county.post(f"{address}/publish", json={"good_rows_only": True})
    assert done.json["status"] == "published"
    with Session(database) as session:
        assert set(session.scalars(select(Team.region))) == {"330102"}


def test_a_row_that_would_change_a_feature_of_another_region_is_outside(
    sign_in, send, check, regions, client, database
):
    for at, region in (("121.5,30.5", "330203"), ("100,20", None)):
        theirs = send(f"own_code,name,class,lon,lat\nX{region},theirs,gas,{at}\n",
                      layer="enterprise", crs="EPSG:4326")  # fmt: skip
        assert client.post(f"{theirs}/publish", json={}).json["status"] == "published"
        county = sign_in(("planner", "330102"), name=f"county{region}")
        mine = send(f"own_code,name,class,lon,lat\nX{region},mine,gas,120.5,30.5\n", by=county)
        batch = check(mine, by=county, layer="enterprise", crs="EPSG:4326")
        assert batch["report"]["layers"]["enterprise"]["errors"] == 1
        assert county.post(f"{mine}/publish", json={}).status_code == 422
    with Session(database) as session:
        assert set(session.scalars(select(Enterprise.name))) == {"theirs"}


def test_a_batch_is_not_published_under_rights_other_than_those_it_was_checked_for(
    sign_in, send, check, regions, database
):
    county = sign_in(("planner", "330102"), name="li")
    address = send(SHEET, by=county)
    check(address, by=county, layer="team", crs="EPSG:4326")
    with Session(database) as session, session.begin():
        batch = session.scalars(select(Batch)).one()
        batch.options = {**batch.options, "regions": ["330203"]}
    answer = county.post(f"{address}/publish", json={})
    assert (answer.status_code, answer.json["error"]["code"]) == (409, "regions_changed")


def test_a_large_batch_is_published_off_the_request(client, send, database, config, monkeypatch):
    from gis_server.views import imports

    monkeypatch.setattr(imports, "ROWS_AT_ONCE", 1)
    address = send(SHEET, layer="team", crs="EPSG:4326")
    answer = client.post(f"{address}/publish", json={})
    assert (answer.status_code, answer.json["status"]) == (202, "publishing")
    assert client.post(f"{address}/check", json={}).status_code == 409
    jobs.run(database, config, uuid.UUID(answer.json["id"]))
    assert client.get(address).json["status"] == "published"
    with Session(database) as session:
        assert session.scalar(select(func.count()).select_from(Team)) == 2
        actor = session.scalar(text("SELECT actor FROM journal WHERE layer = 'team' LIMIT 1"))
    assert actor == "commander"


def test_a_publish_that_was_cut_short_at_its_end_is_done_again_without_its_file(
    client, send, database, config, monkeypatch
):
    from gis_server.views import imports

    monkeypatch.setattr(imports, "ROWS_AT_ONCE", 1)
    address = send(SHEET, layer="team", crs="EPSG:4326")
    id = uuid.UUID(client.post(f"{address}/publish", json={}).json["id"])
    uploads.forget_file(config, id)
    assert jobs.next_batch(database, config) == id
    jobs.run(database, config, id)
    assert client.get(address).json["status"] == "published"


def test_a_file_is_deleted_once_it_is_true_that_its_batch_is_published(
    client, send, database, config, monkeypatch
):
    from gis_server.views import imports

    monkeypatch.setattr(imports, "ROWS_AT_ONCE", 1)
    address = send(SHEET, layer="team", crs="EPSG:4326")
    id = uuid.UUID(client.post(f"{address}/publish", json={}).json["id"])
    seen = []

    def forget(config, batch_id):
        with Session(database) as session:
            seen.append(session.get(Batch, batch_id).status)

    monkeypatch.setattr(jobs, "forget_file", forget)
    jobs.run(database, config, id)
    assert seen == ["published"]


def test_while_another_load_works_a_publish_waits_off_the_request_and_an_edit_is_told_to_come_again(
    client, send, database, config
):
    first, second = (send(SHEET, layer="team", crs="EPSG:4326") for _ in range(2))
    client.post(f"{first}/publish", json={})
    (team, *_) = client.get("/api/v1/layers/team/features").json["features"]
    with Session(database) as other, other.begin():
        begin(other, uuid.uuid4())
        lock(other, find("team"))
        answer = client.post(f"{second}/publish", json={})
        assert (answer.status_code, answer.json["status"]) == (202, "publishing")
        held = client.post(f"{first}/take-back", json={})
        edited = client.patch(
            f"/api/v1/layers/team/features/{team['id']}",
            json={"properties": {"people": 7}}, headers={"If-Match": '"1"'},
        )  # fmt: skip
        for refused in (held, edited):
            assert (refused.status_code, refused.json["error"]["code"]) == (503, "busy")
            assert refused.json["error"]["message"] and refused.headers["Retry-After"]
        assert client.get("/api/v1/layers/team/features").status_code == 200
    jobs.run(database, config, uuid.UUID(answer.json["id"]))
    assert client.get(second).json["status"] == "published"


def test_an_analysis_proposes_no_layer_that_is_kept_from_whoever_handed_the_file_in(
    sign_in, send, check
):
    zhang, li, root = (sign_in((role, ""), name=name) for role, name in
                       (("planner", "zhang"), ("planner", "li"), ("admin", "root")))  # fmt: skip
    sheet = "井号,埋深,经度,纬度\nA,1,120.1,30.1\n"
    address = send(sheet, name="井.csv", by=zhang)
    wanted = {"title": "秘密水井", "access": "restricted"}
    check(address, by=zhang, new_layer=wanted, crs="EPSG:4326")
    published = zhang.post(f"{address}/publish", json={}).json
    name = published["options"]["made"]
    again = send(sheet, name="井.csv", by=zhang)
    check(again, by=zhang, layer=name, crs="EPSG:4326")
    assert zhang.post(f"{again}/publish", json={}).json["status"] == "published"
    for by, told in ((li, False), (zhang, True), (root, True)):
        seen = by.get(send(sheet, name="井.csv", by=by)).json["analysis"]["proposed"]
        assert (name in str(seen)) is told
        assert (seen["layer"] == name) is told


def test_uploads_that_waited_too_long_are_deleted_and_their_batches_end(
    client, send, database, config
):
    waiting, staged = send(SHEET), send(SHEET, layer="team", crs="EPSG:4326")
    for address in (waiting, staged):
        os.utime(uploads.folder_of(config, uuid.UUID(address.rpartition("/")[2])), (0, 0))
    assert jobs.sweep(database, config) == 2
    batch = client.get(waiting).json
    assert (batch["status"], batch["report"]["error"]["code"]) == ("failed", "upload_expired")
    assert client.post(f"{waiting}/check", json={"layer": "team"}).status_code == 409
    assert client.get(f"{waiting}/preview").status_code == 409
    assert client.post(f"{staged}/publish", json={}).json["status"] == "published"


def test_a_published_batch_is_taken_back_whole_or_with_what_was_edited_since_left(
    client, send, database
):
    address = send(SHEET, layer="team", crs="EPSG:4326")
    client.post(f"{address}/publish", json={})
    (first, _) = client.get("/api/v1/layers/team/features").json["features"]
    edited = f"/api/v1/layers/team/features/{first['id']}"
    patch = {"properties": {"people": 99}}
    assert client.patch(edited, json=patch, headers={"If-Match": '"1"'}).status_code == 200
    refused = client.post(f"{address}/take-back", json={})
    assert (refused.status_code, refused.json["error"]["code"]) == (409, "edited_since")
    (row,) = refused.json["error"]["details"]["edited_since"]
    assert (row["layer"], row["id"]) == ("team", first["id"])
    done = client.post(f"{address}/take-back", json={"keep_edited": True}).json
    assert (done["removed"], len(done["edited_since"])) == (1, 1)
    assert client.get(address).json["status"] == "taken_back"
    assert client.post(f"{address}/take-back", json={"keep_edited": True}).json == done
    assert client.post(f"{address}/publish", json={}).status_code == 409
    with Session(database) as session:
        assert session.scalars(select(Team.people)).all() == [99]


def test_how_a_file_was_read_is_proposed_for_the_next_one_of_its_source(client, send, check):
    def sheet(name):
        return {name: "单位,类,甲,乙\n一站,fire,120.1,30.1\n".encode()}

    fields = {"name": "单位", "kind": "类", "lon": "甲", "lat": "乙"}
    address = send(sheet("台账2024-03.csv"))
    assert client.get(address).json["analysis"]["proposed"]["source_remembered"] is False
    check(address, layer="team", crs="GCJ-02", fields=fields)
    client.post(f"{address}/publish", json={})
    address = send(sheet("台账2024-06.csv"))
    seen = client.get(address).json["analysis"]
    assert seen["proposed"]["source_remembered"] is True
    assert (seen["proposed"]["layer"], seen["proposed"]["fields"]) == ("team", fields)
    assert seen["crs"]["name"] == "GCJ-02"
    assert check(address, layer="team")["report"]["layers"]["team"]["errors"] == 0
    (source,) = client.get("/api/v1/import-sources").json["sources"]
    assert (source["source"], source["layer"]) == ("台账", "team")
    assert client.delete(f"/api/v1/import-sources/{source['id']}").status_code == 204
    assert client.delete(f"/api/v1/import-sources/{source['id']}").status_code == 404
    seen = client.get(send(sheet("台账2024-09.csv"))).json["analysis"]
    assert seen["proposed"]["source_remembered"] is False


def test_a_file_that_fits_no_layer_becomes_a_layer_of_its_own(client, sign_in, send, check):
    text = "点位名称,水深 (m),经度,纬度\n一号,1.5,120.1,30.1\n二号,2,120.2,30.2\n"
    other = sign_in(("viewer", ""))
    address = send(text)
    wanted = {"title": "水位点", "access": "open", "style": {"color": "#0055aa"}}
    batch = check(address, new_layer=wanted, crs="EPSG:4326")
    assert batch["status"] == "staged", batch
    (name,) = batch["report"]["layers"]
    assert name.startswith("u_") and batch["report"]["layers"][name]["new"] == 2
    known = {each["name"] for each in other.get("/api/v1/layers").json["layers"]}
    assert name not in known
    batch = check(address, new_layer=wanted | {"title": "水深点"}, crs="EPSG:4326")
    (again,) = batch["report"]["layers"]
    mine = {each["name"] for each in client.get("/api/v1/layers").json["layers"]}
    assert again in mine and name not in mine
    assert client.post(f"{address}/publish", json={}).json["status"] == "published"
    assert again in {each["name"] for each in other.get("/api/v1/layers").json["layers"]}
    features = other.get(f"/api/v1/layers/{again}/features").json["features"]
    assert {feature["properties"]["name"] for feature in features} == {"一号", "二号"}
    taken = client.post(f"{address}/take-back", json={}).json
    assert taken["removed"] == 2


def test_a_layer_that_was_made_for_a_rejected_file_goes_with_it(client, send, check):
    address = send(SHEET)
    batch = check(address, new_layer={"title": "临时"}, crs="EPSG:4326")
    (name,) = batch["report"]["layers"]
    client.post(f"{address}/reject", json={})
    assert client.get(f"/api/v1/layers/{name}").status_code == 404


@pytest.mark.parametrize(
    "fault",
    [
        "二站,fire,-4,120.2,30.2",
        "二站,fire,25,999,30.2",
        "二站,circus,25,120.2,30.2",
        ",fire,-4,120.2,30.2",
    ],
)
def test_a_row_that_the_file_holds_with_an_error_is_not_gone(client, send, database, fault):
    told = {"layer": "team", "crs": "EPSG:4326", "source": "市局"}
    client.post(f"{send(SHEET, **told)}/publish", json={})
    again = send(SHEET.replace("二站,fire,25,120.2,30.2", fault), **told)
    assert client.get(again).json["report"]["layers"]["team"]["gone"] == 0
    assert client.get(f"{again}/changes?kind=gone").json["changes"] == []
    client.post(f"{again}/publish", json={"good_rows_only": True, "remove_gone": True})
    with Session(database) as session:
        assert session.scalar(select(func.count()).select_from(Team)) == 2

"""The layers of the full list come in by the door, refer to each other and keep their rules."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from layers.catalog import find
from layers.intake import pipeline
from layers.intake.pipeline import Options
from layers.intake.quality import check_record


def staged(session: Session, path: Path, content: str, **options: Any) -> Any:
    path.write_text(content, encoding="utf-8")
    batch = pipeline.start(session, path.name, Options(crs="4326", **options))
    pipeline.analyse(session, batch, path)
    return batch


def rows(session: Session, sql: str) -> list[Any]:
    return [tuple(row) for row in session.execute(text(sql))]


def test_parks_enterprises_units_and_tanks_find_each_other_by_code_and_name(
    session: Session, tmp_path: Path
) -> None:
    for layer, content in (
        ("park", "name,code,lon,lat\n临港园区,P-1,121.6,29.9\n"),
        ("enterprise", "name,park,class,lon,lat\n甲厂,P-1,non_coal_mine,121.6,29.9\n"),
        ("hazard_source", "name,enterprise,substance,lon,lat\n罐区一,甲厂,液氯,121.6,29.9\n"),
        (
            "tank",
            "name,tag,重大危险源,substance,quantity_t,hazard_class,lon,lat\n"
            "一号,V-1,罐区一,液氯,50,,121.6,29.9\n二号,V-2,罐区一,添加剂,3,W5.4,121.6,29.9\n"
            "三号,V-3,罐区九,液氯,50,,121.6,29.9\n四号,V-4,罐区一,液氯,50,W99,121.6,29.9\n",
        ),
    ):
        batch = staged(session, tmp_path / f"{layer}.csv", content, layer=layer)
        if layer == "tank":
            told = {(f["row"], f["rule"], f["got"]) for f in pipeline.faults(session, batch)}
            assert {(3, "reference", "罐区九"), (4, "domain", "W99")} <= told
        pipeline.publish(session, batch, good_rows_only=True)
    chain = """
        SELECT t.tag, t.cas, t.hazard_class, h.name, e.name, p.name FROM tank t
        JOIN hazard_source h ON h.id = t.hazard_source_id
        JOIN enterprise e ON e.id = h.enterprise_id JOIN park p ON p.id = e.park_id ORDER BY t.tag
    """
    assert rows(session, chain) == [
        ("V-1", "7782-50-5", None, "罐区一", "甲厂", "临港园区"),
        ("V-2", None, "w5.4", "罐区一", "甲厂", "临港园区"),
    ]


def test_an_expert_needs_no_place_and_brings_tags_and_a_telephone(
    session: Session, tmp_path: Path
) -> None:
    content = "name,专家标签,contact_phone,lon,lat\n张工,液氯;堵漏,0574-87650001,,\n"
    titles = {"field.tags": "专家标签"}
    path = tmp_path / "experts.csv"
    path.write_text(content, encoding="utf-8")
    batch = pipeline.start(session, path.name, Options(layer="expert", crs="4326"))
    pipeline.analyse(session, batch, path, titles=(titles,))
    assert pipeline.publish(session, batch)["expert"].inserted == 1
    assert rows(session, "SELECT name, tags, geom IS NULL FROM expert") == [
        ("张工", ["液氯", "堵漏"], True)
    ]
    assert rows(session, "SELECT layer, phone FROM contact") == [("expert", "0574-87650001")]


def test_the_vehicles_of_a_team_come_with_it_and_a_second_file_replaces_them(
    session: Session, tmp_path: Path
) -> None:
    head = "name,kind,fleet,lon,lat\n一站,fire,"
    for fleet in ("泡沫消防车=3; 指挥车=1 (浙B0001应急)", "泡沫消防车=4"):
        batch = staged(session, tmp_path / "teams.csv", f"{head}{fleet},121.6,29.9\n", layer="team")
        pipeline.publish(session, batch)
    assert rows(session, "SELECT kind, count, plate FROM vehicle") == [("泡沫消防车", 4, None)]


@pytest.mark.parametrize(
    "url",
    [
        "rtsp://10.1.2.3:554/live/7", "https://video.example.cn/play?id=3", "RTSPS://host/a",
        "https://视频.example/1",
    ],
)  # fmt: skip
def test_the_address_of_a_camera_may_be_a_stream(url: str) -> None:
    record, faults = check_record(find("video_point"), {"url": url})
    assert (record["url"], faults) == (url, [])


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)", "file:///etc/passwd", "http://plain.example/1", "rtsp://",
        "//host/x", "rtsp://user:secret@10.1.2.3/live", "https://host/a b", "data:text/html,x",
        "10.1.2.3",
        "https://user@host/",
    ],
)  # fmt: skip
def test_the_address_of_a_camera_is_no_other_address_and_has_no_password(url: str) -> None:
    _, faults = check_record(find("video_point"), {"url": url})
    assert [fault.rule for fault in faults] == ["stream_url"]
    assert "secret" not in str(faults[0].got)


def test_a_column_of_addresses_is_judged_as_single_ones_are(
    session: Session, tmp_path: Path
) -> None:
    content = "name,url,lon,lat\n一,rtsp://a/1,121.6,29.9\n二,rtsp://u:p@a/1,121.6,29.9\n"
    batch = staged(session, tmp_path / "cameras.csv", content, layer="video_point")
    told = [(f["row"], f["field"], f["rule"], f["got"]) for f in pipeline.faults(session, batch)]
    assert told == [(2, "url", "stream_url", "rtsp://***@a/1")]

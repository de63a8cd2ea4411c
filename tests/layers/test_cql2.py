"""CQL2: read as the reference reads it, answered as a slow evaluator in Python answers it."""

from __future__ import annotations

import datetime as dt
import json
import math
import re
from pathlib import Path
from typing import Any

import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from layers.catalog import Layer, find, layers
from layers.errors import InvalidInputError, OutOfRangeError
from layers.query import cql2
from layers.query.cql2.text import parse
from tests.scatter import put

SOURCE = find("hazard_source")

# --- a second implementation of the semantics, row by row ---------------------------------------


def _evaluate(node: Any, row: dict[str, Any]) -> Any:
    """Return the value of a node for a row; None is unknown."""
    if isinstance(node, bool | int | float | str):
        return node
    if isinstance(node, list):
        return [_evaluate(item, row) for item in node]
    if "property" in node:
        return row[node["property"]]
    if "date" in node:
        return dt.date.fromisoformat(node["date"])
    if "timestamp" in node:
        return dt.datetime.fromisoformat(node["timestamp"])
    if "interval" in node:
        ends = zip(node["interval"], (dt.date.min, dt.date.max), strict=True)
        return tuple(open_ if end == ".." else dt.date.fromisoformat(end) for end, open_ in ends)
    if "coordinates" in node:
        return shapely.geometry.shape(node)
    if "bbox" in node:
        return shapely.box(*node["bbox"])
    op, args = node["op"], node["args"]
    if op in ("and", "or"):
        values = [_evaluate(arg, row) for arg in args]
        stop = op == "or"
        return stop if stop in values else None if None in values else not stop
    if op == "isNull":
        return _evaluate(args[0], row) is None
    if op == "in":
        either = [{"op": "=", "args": [args[0], one]} for one in args[1]]
        return _evaluate({"op": "or", "args": either}, row)
    if op == "between":
        value, low, high = args
        both = [{"op": ">=", "args": [value, low]}, {"op": "<=", "args": [value, high]}]
        return _evaluate({"op": "and", "args": both}, row)
    values = [_evaluate(arg, row) for arg in args]
    return None if any(value is None for value in values) else _known(op, values)


def _known(op: str, values: list[Any]) -> Any:
    """Return the value of an operation whose arguments are all known."""
    a = values[0]
    b = values[-1]
    if op.startswith("t_"):
        return _TIMES[op](*(v if isinstance(v, tuple) else (v, v) for v in values))
    if op.startswith("s_"):
        return getattr(shapely, op[2:])(a, b)
    if op in ("/", "div", "%"):
        if b == 0:
            return None
        quotient = a / b
        whole = float(math.trunc(quotient))
        return {"/": quotient, "div": whole, "%": a - b * whole}[op]
    return {
        "not": lambda: not a, "casei": lambda: a.lower(), "like": lambda: _like(a, b),
        "=": lambda: a == b, "<>": lambda: a != b, "<": lambda: a < b, "<=": lambda: a <= b,
        ">": lambda: a > b, ">=": lambda: a >= b, "+": lambda: a + b, "-": lambda: a - b,
        "*": lambda: a * b, "a_equals": lambda: set(a) == set(b),
        "a_contains": lambda: set(a) >= set(b), "a_containedBy": lambda: set(a) <= set(b),
        "a_overlaps": lambda: bool(set(a) & set(b)),
    }[op]()  # fmt: skip


_TIMES = {
    "t_after": lambda a, b: a[0] > b[1],
    "t_before": lambda a, b: a[1] < b[0],
    "t_during": lambda a, b: a[0] > b[0] and a[1] < b[1],
    "t_disjoint": lambda a, b: a[0] > b[1] or a[1] < b[0],
    "t_equals": lambda a, b: a == b,
    "t_intersects": lambda a, b: a[0] <= b[1] and a[1] >= b[0],
    "t_startedBy": lambda a, b: a[0] == b[0] and a[1] > b[1],
    "t_finishes": lambda a, b: a[0] > b[0] and a[1] == b[1],
    "t_meets": lambda a, b: a[1] == b[0],
    "t_overlaps": lambda a, b: a[0] < b[0] < a[1] < b[1],
}


def _like(value: str, pattern: str) -> bool:
    parts = re.findall(r"\\.|%|_|.", pattern, re.DOTALL)
    form = "".join({"%": ".*", "_": "."}.get(p) or re.escape(p[-1]) for p in parts)
    return re.fullmatch(form, value, re.DOTALL) is not None


# --- random filters -----------------------------------------------------------------------------

NAMES = ["氯", "液氯储罐", "Ammonia", "ammonia 2", "50%", "a_b", "苯", ""]
SHAPES = [shapely.Point(x, y) for x in range(4) for y in range(4)]
SHAPES += [shapely.box(x, y, x + 2, y + 1) for x in range(2) for y in range(2)]

texts = st.one_of(st.sampled_from([{"property": "name"}, {"property": "substance"}]),
                  st.sampled_from(NAMES))  # fmt: skip
texts = st.one_of(texts, texts.map(lambda t: {"op": "casei", "args": [t]}))
numbers = st.recursive(
    st.one_of(st.just({"property": "quantity_t"}), st.sampled_from([0, 1, 2.5, -3, 10])),
    lambda inner: st.builds(
        lambda op, a, b: {"op": op, "args": [a, b]},
        st.sampled_from(["+", "-", "*", "/", "%", "div"]), inner, inner,
    ),
    max_leaves=3,
)  # fmt: skip
days = [dt.date(2026, 1, n) for n in range(1, 6)]
dates = st.sampled_from([{"property": "source_date"}, *({"date": str(day)} for day in days)])
spans = st.one_of(dates, st.sampled_from([
    {"interval": ["2026-01-02", "2026-01-04"]}, {"interval": ["..", "2026-01-03"]},
    {"interval": ["2026-01-02", ".."]},
]))  # fmt: skip
shapes = st.sampled_from([
    {"property": "geom"}, {"bbox": [0, 0, 2, 2]}, {"type": "Point", "coordinates": [1, 1]},
    {"type": "LineString", "coordinates": [[-1, 1], [4, 1]]},
    {"type": "Polygon", "coordinates": [[[1, 0], [3, 0], [3, 2], [1, 2], [1, 0]]]},
])  # fmt: skip
patterns = st.sampled_from(["%", "a%", "%_b", "50\\%", "a\\_b", "液%", "_", "%2", "A%"])
compared = st.sampled_from(["=", "<>", "<", "<=", ">", ">="])


def _op(op: Any, *args: Any) -> Any:
    return st.builds(lambda o, *a: {"op": o, "args": list(a)}, op, *args)


predicates = st.one_of(
    _op(compared, texts, texts),
    _op(compared, numbers, numbers),
    _op(compared, dates, dates),
    _op(st.sampled_from(["=", "<>"]), st.just({"property": "candidate"}), st.booleans()),
    _op(st.just("like"), texts, patterns),
    _op(st.just("between"), numbers, numbers, numbers),
    _op(st.just("between"), texts, texts, texts),
    _op(st.just("in"), texts, st.lists(texts, min_size=1, max_size=3)),
    _op(st.just("in"), numbers, st.lists(numbers, min_size=1, max_size=3)),
    _op(st.just("isNull"), st.one_of(texts, numbers, dates)),
    _op(st.sampled_from(sorted(_TIMES)), spans, spans),
    _op(st.sampled_from(["s_intersects", "s_disjoint", "s_within", "s_contains", "s_touches",
                         "s_crosses", "s_overlaps", "s_equals"]), shapes, shapes),
    st.booleans(),
    st.just({"property": "candidate"}),
)  # fmt: skip
filters = st.recursive(
    predicates,
    lambda inner: st.one_of(
        _op(st.just("not"), inner),
        st.builds(lambda op, parts: {"op": op, "args": parts}, st.sampled_from(["and", "or"]),
                  st.lists(inner, min_size=1, max_size=3)),
    ),
    max_leaves=5,
)  # fmt: skip


@pytest.fixture(scope="module")
def rows() -> list[dict[str, Any]]:
    """120 hazard sources over every combination that matters, with unknowns."""
    import random

    draw = random.Random(5)
    return [
        {
            "name": draw.choice([*NAMES, None]),
            "substance": draw.choice([*NAMES, None]),
            "quantity_t": draw.choice([None, 0.0, 1.0, 2.5, 7.0, 10.0]),
            "candidate": draw.random() < 0.5,
            "source_date": draw.choice([None, *days]),
            "geom": draw.choice(SHAPES),
        }
        for _ in range(120)
    ]


def _found(session: Session, layer: Layer, tree: Any) -> list[Any]:
    table = layer.table
    statement = select(table.c.id).where(cql2.clause(layer, tree)).order_by(table.c.fid)
    return list(session.scalars(statement))


def _stored(session: Session, rows: list[dict[str, Any]]) -> list[Any]:
    columns = {name: [row[name] for row in rows] for name in rows[0] if name != "geom"}
    return put(session, SOURCE, [row["geom"] for row in rows], **columns)


@settings(max_examples=300, deadline=None, derandomize=True,
          suppress_health_check=[HealthCheck.function_scoped_fixture])  # fmt: skip
@given(tree=filters)
def test_random_filters_find_what_the_slow_evaluator_finds(
    session: Session, rows: list[dict[str, Any]], tree: Any
) -> None:
    ids = session.info.get("ids") or session.info.setdefault("ids", _stored(session, rows))
    wanted = {id for id, row in zip(ids, rows, strict=True) if _evaluate(tree, row) is True}
    assert set(_found(session, SOURCE, json.loads(json.dumps(tree)))) == wanted


def test_lists_are_compared_as_sets(session: Session) -> None:
    layer = find("resource")
    held = [["burns", "poisoning"], ["burns"], ["burns", "burns"], [], None]
    ids = put(session, layer, [shapely.Point(0, 0)] * 5, kind=["hospital"] * 5, specialties=held)
    for op in ("a_equals", "a_contains", "a_containedBy", "a_overlaps"):
        for asked in (["burns"], ["poisoning", "burns"], []):
            tree = {"op": op, "args": [{"property": "specialties"}, asked]}
            pairs = zip(ids, held, strict=True)
            wanted = [id for id, has in pairs if _evaluate(tree, {"specialties": has})]
            assert _found(session, layer, tree) == wanted, (op, asked)


def test_instants_are_compared_across_offsets(session: Session) -> None:
    layer = find("incident")
    at = dt.datetime(2026, 1, 31, 6, 0, tzinfo=dt.UTC)
    ids = put(session, layer, [shapely.Point(0, 0)] * 2, kind=["other"] * 2, title=["a", "b"],
              occurred_at=[at, at + dt.timedelta(hours=2)])  # fmt: skip
    asked = "T_AFTER(occurred_at, TIMESTAMP('2026-01-31T15:00:00+08:00'))"
    assert _found(session, layer, cql2.read(asked)) == [ids[1]]
    asked = "occurred_at = TIMESTAMP('2026-01-31T06:00:00Z')"
    assert _found(session, layer, cql2.read(asked)) == [ids[0]]


def test_a_distance_is_measured_on_the_earth(session: Session) -> None:
    places = [shapely.Point(120, 30), shapely.Point(120.1, 30), shapely.Point(-179.99, 0)]
    ids = put(session, SOURCE, places)
    found = _found(session, SOURCE, cql2.read("S_DWITHIN(geom, POINT(120 30), 9000)"))
    assert found == ids[:1]
    found = _found(session, SOURCE, cql2.read("S_DWITHIN(geom, POINT(120 30), 10000)"))
    assert found == ids[:2]
    assert _found(session, SOURCE, cql2.read("S_DWITHIN(geom, POINT(179.99 0), 3000)")) == ids[2:]


# --- text -----------------------------------------------------------------------------------------

TEXTS = [
    "a=1 OR b=2 AND c=3", "NOT (a=1 OR b=2)", "name='it''s'", "a - 1 - 2 = 3", "(a+1)*2 = 3",
    "T_DURING(at, INTERVAL('2020-01-01','..'))", "A_CONTAINS(tags,('a','b'))",
    "CASEI(name) LIKE CASEI('x%')", "-a+2*3^2 > 4", "x NOT IN (1,2)", "x IS NOT NULL",
    "S_INTERSECTS(geom,POINT(1 2))", "S_INTERSECTS(geom,BBOX(1,2,3,4))", "not b", "TRUE",
    "a BETWEEN 1 AND 2 AND b=3", "d = DATE('2020-01-01')", "a DIV 2 = 1", '"a name"=1',
    "S_WITHIN(geom,MULTIPOLYGON(((0 0,1 0,1 1,0 0))))", "S_EQUALS(geom,MULTIPOINT((1 2),(3 4)))",
    "S_CROSSES(geom,LINESTRING(0 0,-1.5 10))", r"n LIKE 'a\%b'", "A_EQUALS(tags,('a'))",
    "((((a=1))))", "a=1 AND b=1 AND (c=2 OR d=3 OR e=4)", "a <> b AND NOT c LIKE '%x'",
    "at > TIMESTAMP('2020-01-01T00:00:00Z')", "n = ''", "名称 = '氯'", "a % 2 = 1 or b / 2 >= 0.5",
]  # fmt: skip


@pytest.mark.parametrize("text", TEXTS)
def test_a_text_is_read_as_the_reference_implementation_reads_it(text: str) -> None:
    reference = pytest.importorskip("cql2")
    assert parse(text) == reference.parse_text(text).to_json()


@pytest.mark.parametrize(
    "text",
    ["", "   ", "a", "a =", "= 1", "a = 1 AND", "a == 1", "a = 1;", "a = 1 b = 2", "(a = 1",
     "a = 1)", "a = 'x", 'a = "x', "a IN ()", "a IN (1", "a BETWEEN 1", "a IS", "NOT", "NOT NOT a",
     "a LIKE", "POINT(1 2)", "S_INTERSECTS(geom)", "S_INTERSECTS(geom, POINT(1))",
     "S_INTERSECTS(geom, POINT EMPTY)", "S_INTERSECTS(geom, POLYGON((0 0, 1 1, 0 0)))",
     "S_INTERSECTS(geom, GEOMETRYCOLLECTION(POINT(0 0)))", "S_INTERSECTS(geom, POINT(200 0))",
     "S_INTERSECTS(geom, POLYGON((0 0,1 1,1 0,0 1,0 0)))", "S_INTERSECTS(geom, POINT(1e999 0))",
     "S_INTERSECTS(geom, BBOX(1,2,3))", "S_INTERSECTS(geom, BBOX(1,2,1,2))",
     "S_DWITHIN(geom, POINT(0 0), -1)", "S_DWITHIN(geom, name, 5)", "quantity_t = 1e999",
     "quantity_t = " + "9" * 5000, "quantity_t = 'many'", "name = 1", "name > TRUE",
     "candidate > TRUE", "candidate", "name", "name LIKE 1", "name LIKE name", r"name LIKE 'a\'",
     "source_date = '2026-01-01'", "source_date = DATE('2026-13-01')", "id = 'x'",
     "source_date > TIMESTAMP('2026-01-01T00:00:00Z')", "T_AFTER(source_date, 1)",
     "T_AFTER(updated_at, TIMESTAMP('2026-01-01T00:00:00'))",
     "T_AFTER(updated_at, DATE('2026-01-01'))",
     "T_DURING(source_date, INTERVAL('2026-01-01','2026-01-01T00:00:00Z'))", "geom = POINT(0 0)",
     "geom IS 1", "A_CONTAINS(name, ('a'))", "pg_sleep(9) = 1", "name = upper('a')",
     "ACCENTI(name) = 'a'",
     "nosuch = 1", "geom_3857 IS NULL", "entry = 1", "name_pinyin = 'a'", "tableoid = 1", "🙂 = 1",
     "name = '\x00'", "quantity_t + name = 1", "INCLUDE", "name ILIKE 'a'"],
)  # fmt: skip
def test_what_is_no_filter_of_this_layer_is_refused(session: Session, text: str) -> None:
    if text == "candidate":  # a boolean property is a condition
        cql2.clause(SOURCE, cql2.read(text))
        return
    with pytest.raises(InvalidInputError) as refused:
        session.execute(select(SOURCE.table.c.id).where(cql2.clause(SOURCE, cql2.read(text))))
    assert refused.value.details


@pytest.mark.parametrize(
    "given",
    [{}, {"op": "="}, {"op": "=", "args": []}, {"op": "=", "args": [1]}, {"op": 1, "args": []},
     {"op": "=", "args": {"a": 1}}, {"op": "and", "args": []}, {"op": "in", "args": [1, 2]},
     {"op": "nosuch", "args": [1]}, {"op": "=", "args": [{"property": ["a"]}, 1]}, [], 1, None,
     {"property": {"property": "name"}}, {"op": "=", "args": [{"property": "name"}, None]},
     {"function": {"name": "pg_sleep", "args": [9]}}, {"op": "=", "args": [{"date": 5}, 1]},
     {"op": "t_after", "args": [{"interval": 5}, {"interval": [1, 2, 3]}]},
     {"op": "s_within", "args": [{"property": "geom"}, {"type": "Circle", "coordinates": [0, 0]}]},
     {"op": "s_within", "args": [{"property": "geom"}, {"bbox": "0,0,1,1"}]},
     {"op": "a_contains", "args": [{"property": "name"}, [1]]}, {"op": "not", "args": [1]},
     {"op": "=", "args": [1, 1], "extra": 1}, {"op": "like", "args": [{"property": "name"}, {}]}],
)  # fmt: skip
def test_json_of_another_shape_is_refused(given: Any) -> None:
    with pytest.raises((InvalidInputError, OutOfRangeError)):
        cql2.clause(SOURCE, cql2.read(given))


@pytest.mark.parametrize(
    "text", ["{", '{"op": NaN}', '{"op": "and", "op": "or"}', '{"a":' * 5000, "{" + "[" * 90_000]
)
def test_broken_json_is_refused(text: str) -> None:
    with pytest.raises(InvalidInputError):
        cql2.read(text)


def test_an_unknown_property_is_named_with_those_that_there_are() -> None:
    with pytest.raises(InvalidInputError, match="quantity_t") as refused:
        cql2.clause(SOURCE, cql2.read("quantty = 1"))
    assert refused.value.code == "unknown_field"
    with pytest.raises(InvalidInputError, match="t_during") as refused:
        cql2.clause(SOURCE, cql2.read("SOUNDEX(name, 'a')"))
    assert refused.value.code == "filter_operator"


# --- limits ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    ["(" * 33 + "a=1" + ")" * 33, "(" * 50_000, "a=1" + " OR a=1" * 5000, "a=" + "-" * 50_000 + "1",
     "a IN (" + "1," * 300 + "1)", "'" * 99_999, "a='" + "x" * 100_000 + "'", "f(" * 40_000,
     "\\" * 90_000, "a='" + "\\'" * 40_000, "NOT (" * 20_000],
)  # fmt: skip
def test_a_filter_over_the_limits_is_refused_at_once(text: str) -> None:
    with pytest.raises(InvalidInputError):
        cql2.read(text)


def test_the_limits_themselves_are_taken() -> None:
    nested: Any = {"property": "candidate"}
    for _ in range(15):
        nested = {"op": "not", "args": [nested]}
    cql2.clause(SOURCE, cql2.read(nested))
    with pytest.raises(InvalidInputError) as refused:
        for _ in range(17):
            nested = {"op": "not", "args": [nested]}
        cql2.read(nested)
    assert refused.value.code == "filter_too_large"


# --- injection ------------------------------------------------------------------------------------

PAYLOADS = [
    "' OR 1=1 --", "'; DROP TABLE hazard_source; --", "') OR ('1'='1", "\"; SELECT 1; --", "$1",
    "%(id)s", "%s", "{0}", ":name", "\\'; --", "/* */", "-- ", "';SELECT pg_sleep(9);--", "$$x$$",
    "1; SELECT 1", "name'||'x", "' UNION SELECT password_hash FROM user_account --", "%", "_", "\\",
    "'||chr(65)||'", "E'\\x41'", "U&'\\0041'", "1) OR (1=1", "NULL", "true", "${x}", "{{7*7}}",
    "<script>", "../../etc/passwd", "`id`", "$(id)", "\u2019 OR 1=1", "\uff07 OR 1=1", "' ' '",
    "\t\n", "\u202e", "a\u0000b".replace("\u0000", "\u0001"), "🙂", "𠮷",
]  # fmt: skip
PLACES = ["value", "property", "operator", "text literal", "bare text"]


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("payload", PAYLOADS)
def test_what_a_person_writes_is_a_value_and_never_sql(
    session: Session, payload: str, place: str
) -> None:
    ids = put(session, SOURCE, [shapely.Point(0, 0)] * 2, name=["plain", payload])
    doubled = payload.replace("'", "''")
    asked: dict[str, Any] = {
        "value": {"op": "=", "args": [{"property": "name"}, payload]},
        "property": {"op": "=", "args": [{"property": payload}, "plain"]},
        "operator": {"op": payload, "args": [{"property": "name"}, "plain"]},
        "text literal": f"name = '{doubled}'",
        "bare text": f"name = {payload}",
    }
    try:
        found = _found(session, SOURCE, cql2.read(asked[place], language=_language(asked[place])))
    except InvalidInputError:
        assert place != "value"
        assert place != "text literal" or "\\" in payload
        return
    # What is quoted already is a text that no row holds.
    assert found == ([] if place == "bare text" else ids[1:])
    assert place not in ("property", "operator")


def _language(given: Any) -> Any:
    return "cql2-text" if isinstance(given, str) else None


def test_every_filter_of_the_documentation_is_understood() -> None:
    page = (Path(__file__).parents[2] / "docs" / "query.md").read_text("utf-8")
    (block,) = re.findall(r"\n\n```\n(.*?)```", page, re.DOTALL)
    for line in block.splitlines():
        tree = cql2.read(line)
        assert any(_understands(layer, tree) for layer in layers()), line


def _understands(layer: Layer, tree: Any) -> bool:
    try:
        cql2.clause(layer, tree)
    except InvalidInputError:
        return False
    return True

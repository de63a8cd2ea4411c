"""The import rules of docs/architecture.md."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
OURS = ("layers", "analysis", "tiles", "gis_server", "data_samples")
MAY = {
    "layers": {"layers"},
    "analysis": {"analysis", "layers"},
    "tiles": {"tiles", "layers"},
    "data_samples": {"data_samples", "layers"},
    "gis_server": set(OURS),
}


@cache
def imports(path):
    """Return every module that a file imports, at its top or inside a function."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: a relative import"
            found |= {f"{node.module}.{alias.name}" for alias in node.names} | {node.module}
    return found


def files(folder):
    return sorted((ROOT / folder).rglob("*.py"))


def every():
    return [path for folder in OURS for path in files(folder)]


@pytest.mark.parametrize("folder", OURS)
def test_imports_point_one_way(folder):
    for path in files(folder):
        ours = {name.partition(".")[0] for name in imports(path)} & set(OURS)
        assert ours <= MAY[folder], path


def test_only_the_server_knows_flask():
    for path in every():
        if "flask" in {name.partition(".")[0].partition("_")[0] for name in imports(path)}:
            assert path.is_relative_to(ROOT / "gis_server"), path


def test_only_the_server_commits():
    # A restore works on whole databases, beside any transaction of the program.
    whole_databases = {ROOT / "layers" / "backup.py"}
    for folder in set(OURS) - {"gis_server"}:
        for path in set(files(folder)) - whole_databases:
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                called = isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
                assert not (called and node.func.attr == "commit"), path


def test_models_of_hazard_know_of_the_layers_only_the_errors():
    for path in files("analysis/hazard"):
        ours = {n for n in imports(path) if n.startswith(("layers", "analysis", "sqlalchemy"))}
        own = {n for n in ours if n.startswith(("analysis.hazard", "layers.errors"))}
        assert ours - own <= {"analysis", "layers"}, path


def test_the_road_search_knows_neither_the_database_nor_the_layers():
    for name in ("adjacency", "search", "states", "index"):
        known = imports(ROOT / f"analysis/roads/{name}.py") - {"layers.errors"}
        foreign = ("layers", "sqlalchemy", "geoalchemy2")
        assert not {n for n in known if n.startswith(foreign) and "layers.errors." not in n}, name


def test_there_is_no_circle():
    modules = {".".join(path.relative_to(ROOT).with_suffix("").parts): path for path in every()}
    modules = {name.removesuffix(".__init__"): path for name, path in modules.items()}
    top = {name: _top_level(path) & modules.keys() for name, path in modules.items()}
    done, under_way = set(), []

    def visit(name):
        assert name not in under_way, " -> ".join([*under_way[under_way.index(name) :], name])
        if name not in done:
            under_way.append(name)
            for other in sorted(top[name] - {name}):
                visit(other)
            done.add(under_way.pop())

    for name in sorted(modules):
        visit(name)


def _top_level(path):
    """Return what a module imports when it is loaded: not what only a type checker reads."""
    found = set()
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.ImportFrom):
            whole = {f"{node.module}.{alias.name}" for alias in node.names}
            known = {n for n in whole if _is_module(n)}
            found |= known | ({node.module} if whole - known else set())
        elif isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
    return found


def _is_module(name):
    path = ROOT.joinpath(*name.split("."))
    return path.with_suffix(".py").is_file() or (path / "__init__.py").is_file()


def test_only_the_map_folder_imports_leaflet():
    source = ROOT / "webmap" / "src"
    if not source.is_dir():
        pytest.skip("the web map is not here")
    for path in source.rglob("*.ts"):
        named = re.findall(r"""(?:from|import)\s*\(?\s*["']([^"']+)["']""", path.read_text())
        if any(name.startswith(("leaflet", "maplibre-gl", "@maplibre")) for name in named):
            assert path.is_relative_to(source / "map"), path


def test_no_file_is_two_nouns():
    long = {
        str(path.relative_to(ROOT)): lines
        for path in every()
        if (lines := len(path.read_text(encoding="utf-8").splitlines())) > 330
    }
    assert not long


def test_no_catch_all_modules():
    names = {"utils", "util", "helpers", "helper", "common", "misc", "manager", "service"}
    assert not [path for path in every() if path.stem in names]


def test_words_for_people_are_data_and_not_code():
    """Chinese stands in docstrings and comments, never in a string that the code speaks."""
    for path in [*files("gis_server"), *files("tiles")]:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        documented = {
            id(node.body[0].value)
            for node in ast.walk(tree)
            if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
            and ast.get_docstring(node, clean=False) is not None
        }
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                spoken = id(node) not in documented and re.search(r"[\u4e00-\u9fff]", node.value)
                assert not spoken, (path, node.value[:40])

"""What the README and the lock files promise is so."""

from __future__ import annotations

import configparser
import re
import subprocess
from pathlib import Path

import pytest

from gis_server.cli import COMMANDS
from gis_server.config import Config

ROOT = Path(__file__).parents[2]
READMES = ("README.md", "README.zh.md")


def _pins(name: str) -> dict[str, str]:
    text = (ROOT / name).read_text()
    found = re.findall(r"^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==([^ ;\\]+)", text, re.MULTILINE)
    return {re.sub(r"[-_.]+", "-", package).lower(): version for package, version in found}


def _wanted(section: str, key: str) -> set[str]:
    setup = configparser.ConfigParser()
    setup.read(ROOT / "setup.cfg")
    lines = setup[section][key].split()
    names = (re.match(r"[A-Za-z0-9._-]+", line) for line in lines)
    return {re.sub(r"[-_.]+", "-", name[0]).lower() for name in names if name}


def test_every_dependency_is_locked_with_hashes() -> None:
    assert _wanted("options", "install_requires") <= set(_pins("requirements.lock"))
    assert _wanted("options.extras_require", "test") <= set(_pins("requirements-test.lock"))
    for name in ("requirements.lock", "requirements-test.lock", "requirements-build.lock"):
        text = (ROOT / name).read_text()
        assert text.count("==") == len(re.findall(r"==[^\n]*\\\n    --hash=sha256:", text))


def test_the_program_is_tested_at_the_versions_that_it_ships() -> None:
    shipped, tested = _pins("requirements.lock"), _pins("requirements-test.lock")
    assert {name: tested.get(name) for name in shipped} == shipped
    assert _pins("requirements-build.lock").items() <= tested.items()


@pytest.mark.parametrize("name", READMES)
def test_a_readme_opens_with_the_two_commands(name: str) -> None:
    first_block = (ROOT / name).read_text().split("```")[1]
    commands = [line.split()[0] for line in first_block.strip().splitlines()]
    assert commands == ["script/server", "script/test"]


@pytest.mark.parametrize("name", [*READMES, "docs/install.md"])
def test_every_command_and_file_that_is_named_exists(name: str) -> None:
    text = (ROOT / name).read_text()
    for script in re.findall(r"\bscript/[a-z-]+", text):
        assert (ROOT / script).exists(), script
    for command in re.findall(r"^(?:sudo )?onemap ([a-z]+)", text, re.MULTILINE):
        assert command in COMMANDS
    for command in re.findall(r"`onemap ([a-z]+)", text):
        assert command in COMMANDS
    for link in re.findall(r"\]\(([^)#:]+)\)", text):
        assert ((ROOT / name).parent / link).exists(), link


def test_both_readmes_have_the_same_chapters_and_commands() -> None:
    english, chinese = ((ROOT / name).read_text() for name in READMES)
    assert english.count("\n## ") == chinese.count("\n## ")
    code = [re.findall(r"^(?:script/|onemap )[^#\n]*", text, re.M) for text in (english, chinese)]
    assert [line.strip() for line in code[0]] == [line.strip() for line in code[1]]


def test_every_setting_in_the_install_page_exists_and_has_its_default() -> None:
    text = (ROOT / "docs" / "install.md").read_text()
    named = set(re.findall(r"`ONEMAP_([A-Z_]+)`", text)) - {"PYTHON"}
    assert {name.lower() for name in named} <= set(Config.model_fields)
    kit = (ROOT / "script" / "kit" / "onemap.env").read_text()
    for setting in re.findall(r"^ONEMAP_([A-Z_]+)=", kit, re.MULTILINE):
        assert setting.lower() in Config.model_fields


def test_the_bundle_never_starts_in_demo_mode() -> None:
    kit = ROOT / "script" / "kit"
    assert "ONEMAP_DEMO" not in (kit / "onemap.env").read_text()
    # systemd lets EnvironmentFile win over Environment, so the word must be in the command.
    command = re.search(r"^ExecStart=(.*)$", (kit / "onemap.service").read_text(), re.M)
    assert command and "ONEMAP_DEMO=false" in command[1]
    for name in ("onemap-run", "onemap-admin"):
        text = (kit / name).read_text()
        assert text.index("/etc/onemap/onemap.env\nset") < text.index("export ONEMAP_DEMO=false")


def test_caddy_passes_events_on_at_once_and_says_who_asks() -> None:
    caddyfile = (ROOT / "script" / "kit" / "Caddyfile.in").read_text()
    assert "flush_interval -1" in caddyfile
    assert "tls internal" in caddyfile
    assert "ONEMAP_TRUSTED_PROXIES=1" in (ROOT / "script" / "kit" / "onemap.env").read_text()


def test_the_licence_is_apache_2() -> None:
    licence = (ROOT / "LICENSE").read_text()
    assert "Apache License" in licence
    assert "Version 2.0, January 2004" in licence


def test_the_wheel_carries_every_data_file() -> None:
    setup = configparser.ConfigParser()
    setup.read(ROOT / "setup.cfg")
    tracked = subprocess.run(
        ["git", "ls-files", "layers", "analysis", "tiles", "gis_server", "data_samples"],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    if tracked.returncode:
        pytest.skip("not a git work tree")
    patterns = {
        f"{package}/{pattern.strip()}"
        for package, listed in setup["options.package_data"].items()
        for pattern in listed.split(",")
    }
    for name in tracked.stdout.split():
        path = Path(name)
        if path.suffix != ".py" and path.exists():
            assert any(path.match(pattern) for pattern in patterns), name

"""The scripts are sound, do only what is needed, and say what to do when they cannot."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
EXECUTABLE = ("setup", "server", "test", "bench", "bundle", "bundle-test", "lock",
              "kit/install", "kit/onemap-run", "kit/onemap-admin")  # fmt: skip
SOURCED = sorted((ROOT / "script" / "parts").glob("*.sh"))
ALL = [*(ROOT / "script" / name for name in EXECUTABLE), *SOURCED, ROOT / ".ci" / "run"]


def _bash(code: str, folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["bash", "-c", code],
        cwd=folder,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=60,
    )


def _with_parts(folder: Path, code: str) -> subprocess.CompletedProcess[str]:
    """Run code after the parts, as script/setup has them, in a folder of its own."""
    shutil.copytree(ROOT / "script", folder / "script", dirs_exist_ok=True)
    sources = "".join(
        f". script/parts/{name}.sh\n" for name in ("steps", "debian", "python", "web")
    )
    return _bash(f"set -euo pipefail\nroot={folder}\n{sources}{code}", folder)


@pytest.mark.parametrize("path", ALL, ids=lambda path: path.name)
def test_a_script_is_sound_bash(path: Path) -> None:
    assert subprocess.run(["bash", "-n", str(path)], capture_output=True).returncode == 0
    if path not in SOURCED:
        assert os.access(path, os.X_OK)
        assert "set -euo pipefail" in path.read_text()
    # The parts are read where they are sourced: by script/setup and script/bundle.
    if path not in SOURCED and shutil.which("shellcheck"):
        told = subprocess.run(
            [
                "shellcheck",
                "--severity=warning",
                "--external-sources",
                "-P",
                "SCRIPTDIR",
                str(path),
            ],
            capture_output=True,
            text=True,
        )
        assert told.stdout == ""


def test_continuous_integration_runs_the_test_script(tmp_path: Path) -> None:
    (tmp_path / ".ci").mkdir()
    (tmp_path / "script").mkdir()
    shutil.copy(ROOT / ".ci" / "run", tmp_path / ".ci" / "run")
    called = tmp_path / "script" / "test"
    called.write_text('#!/bin/sh\necho "asked for: $*"\nexit 7\n')
    called.chmod(0o755)
    done = _bash(".ci/run style", tmp_path)
    assert (done.returncode, done.stdout) == (7, "asked for: style\n")


def test_a_step_that_fails_says_which_why_and_what_to_do(tmp_path: Path) -> None:
    done = _with_parts(tmp_path, 'step "Making bread" "buy flour" bash -c "echo no flour; exit 3"')
    assert done.returncode == 1
    for words in (
        "FAILED: Making bread",
        "code 3",
        "no flour",
        "buy flour",
        "run the same command",
    ):
        assert words in done.stderr


def test_a_step_stops_at_the_first_command_that_fails(tmp_path: Path) -> None:
    done = _with_parts(tmp_path, 'work() { false; touch went-on; }\nstep "Work" "rest" work')
    assert done.returncode == 1
    assert not (tmp_path / "went-on").exists()


def test_a_stamp_holds_only_for_what_it_was_made_of(tmp_path: Path) -> None:
    (tmp_path / "lock").write_text("one")
    code = """
    stamped stamp "$(hash_of lock)" && echo early
    stamp stamp "$(hash_of lock)"
    stamped stamp "$(hash_of lock)" && echo done
    printf two >lock
    stamped stamp "$(hash_of lock)" && echo stale
    exit 0
    """
    assert _with_parts(tmp_path, code).stdout == "done\n"


def test_the_web_map_is_built_again_only_when_its_sources_change(tmp_path: Path) -> None:
    (tmp_path / "webmap" / "node_modules").mkdir(parents=True)
    (tmp_path / "gis_server" / "text").mkdir(parents=True)
    (tmp_path / "webmap" / "a.ts").write_text("1")
    code = "web_hash; touch webmap/node_modules/new; web_hash; printf 2 >webmap/a.ts; web_hash"
    first, same, changed = _with_parts(tmp_path, code).stdout.split()
    assert first == same != changed


def test_two_set_ups_take_turns(tmp_path: Path) -> None:
    code = """
    ( take_turn; sleep 0.7; echo first >>order ) &
    sleep 0.2
    take_turn
    echo second >>order
    wait
    cat order
    """
    done = _with_parts(tmp_path, code)
    assert done.stdout.split() == ["first", "second"]
    assert "waiting" in done.stderr


def test_without_rights_it_names_the_missing_packages_and_the_command(tmp_path: Path) -> None:
    code = """
    installed() { [ "$1" = fonts-noto-cjk ]; }
    as_root() { :; }
    need_debian_packages postgresql-15-postgis-3 fonts-noto-cjk chromium
    """
    done = _with_parts(tmp_path, code)
    assert done.returncode == 1
    wanted = "apt-get install --no-install-recommends postgresql-15-postgis-3 chromium"
    assert wanted in done.stderr


def test_on_another_system_it_lists_what_is_missing_and_installs_nothing(tmp_path: Path) -> None:
    code = """
    ls() { return 2; }
    command() { return 1; }
    apt() { echo installing; }
    need_programs test
    """
    done = _with_parts(tmp_path, code)
    assert done.returncode == 1
    for words in ("PostGIS", "PostgreSQL 15", "Chinese font", "chromium", "not Debian 12"):
        assert words in done.stderr
    assert "installing" not in done.stdout


def test_an_old_node_is_refused_with_the_way_to_a_newer_one(tmp_path: Path) -> None:
    for version, fits in (
        ("18.20.4", False),
        ("20.18.0", False),
        ("20.19.0", True),
        ("22.1.0", True),
    ):
        programs = tmp_path / version
        programs.mkdir()
        node = programs / "node"
        node.write_text(
            '#!/usr/bin/env bash\n[ "$1" = --version ] && echo v' + version + " && exit\n"
            f"process_versions_node={version}\n"
            'IFS=. read -r a b _ <<<"$process_versions_node"\n'
            '[ "$a" -gt 20 ] || { [ "$a" = 20 ] && [ "$b" -ge 19 ]; }\n'
        )
        npm = programs / "npm"
        npm.write_text("#!/bin/sh\n")
        node.chmod(0o755)
        npm.chmod(0o755)
        done = _with_parts(tmp_path, f'PATH="{programs}:$PATH"; need_node; echo fits')
        assert ("fits" in done.stdout) is fits
        if not fits:
            assert f"v{version}" in done.stderr
            assert "nodejs.org" in done.stderr


FAKE = """#!/bin/sh
# Stands for the program: says who it is and what it was given, and writes what it shall.
id -un
for word; do
    if [ -f "$word" ]; then printf '%s: %s\\n' "${word##*/}" "$(cat "$word")"; else echo "$word"; fi
done
case "$*" in *--fail) exit 3 ;; esac
if [ "$1" = backup ]; then printf whole >"$2"; fi
"""


@pytest.fixture
def admin(tmp_path: Path) -> Iterator[Callable[..., subprocess.CompletedProcess[str]]]:
    """Give the bundle's command with `nobody` as the site's account, called from root's home."""
    if os.geteuid() != 0:
        pytest.skip("only root can act as the site's account")
    site = Path(tempfile.mkdtemp(prefix="onemap-admin-"))
    site.chmod(0o755)
    shutil.chown(site, "nobody")
    (site / "settings").write_text("ONEMAP_PORT=8000\n")
    (site / "program").write_text(FAKE)
    (site / "program").chmod(0o755)
    text = (ROOT / "script" / "kit" / "onemap-admin").read_text()
    text = text.replace("/etc/onemap/onemap.env", str(site / "settings"))
    for name, value in {"account": "nobody", "home": site, "program": site / "program"}.items():
        text, count = re.subn(rf"^{name}=/?\w.*$", f"{name}={value}", text, flags=re.MULTILINE)
        assert count == 1
    command = site / "onemap"
    command.write_text(text)
    home = tmp_path / "home"
    home.mkdir(mode=0o700)

    def run(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["bash", str(command), *words], cwd=home, capture_output=True, text=True, timeout=60
        )

    yield run
    left = {path.name for path in site.iterdir()}
    shutil.rmtree(site)
    assert left == {"settings", "program", "onemap"}


def test_files_of_roots_home_reach_the_sites_account(
    admin: Callable[..., subprocess.CompletedProcess[str]], tmp_path: Path
) -> None:
    for name, content in (("a file.csv", "rows"), ("m.toml", "map"), ("team", "trap")):
        (tmp_path / "home" / name).write_text(content)
        (tmp_path / "home" / name).chmod(0o600)
    done = admin("import", "--layer", "team", "--map=m.toml", "--good-rows", "a file.csv")
    assert done.stderr == ""
    mapped = done.stdout.splitlines()[4]
    assert done.stdout.splitlines() == [
        "nobody", "import", "--layer", "team", mapped, "--good-rows", "a file.csv: rows"
    ]  # fmt: skip
    assert mapped.startswith("--map=/")
    assert mapped.endswith("/m.toml")
    assert "m.toml: map" in admin("import", "--map", "m.toml", "a file.csv").stdout


def test_a_backup_lands_in_roots_home_for_root_alone(
    admin: Callable[..., subprocess.CompletedProcess[str]], tmp_path: Path
) -> None:
    done = admin("backup", "site.backup")
    assert (done.returncode, done.stderr) == (0, "")
    assert "nobody" in done.stdout
    kept = tmp_path / "home" / "site.backup"
    assert kept.read_text() == "whole"
    assert kept.stat().st_mode & 0o777 == 0o600
    assert kept.owner() == "root"
    assert [path.name for path in kept.parent.iterdir()] == ["site.backup"]


def test_a_backup_that_fails_leaves_the_old_one(
    admin: Callable[..., subprocess.CompletedProcess[str]], tmp_path: Path
) -> None:
    kept = tmp_path / "home" / "site.backup"
    kept.write_text("old")
    done = admin("backup", "site.backup", "--json", "extra", "--fail")
    assert done.returncode == 3
    assert kept.read_text() == "old"
    assert [path.name for path in kept.parent.iterdir()] == ["site.backup"]

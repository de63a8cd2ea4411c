"""The private cluster: durable, shared, and back on its feet after whatever was killed."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import psycopg
import pytest

from layers import cluster, installation, postmaster, roles
from layers.cluster import Urls
from layers.errors import SetupError

ROOT = Path(__file__).parents[2]
PROGRAM = """
import sys
from pathlib import Path
from layers import cluster
with cluster.running(Path(sys.argv[1])) as urls:
    print(urls.app, flush=True)
    sys.stdin.readline()
"""


def ask(url: str, query: str) -> object:
    with psycopg.connect(roles.conninfo(url), autocommit=True) as connection:
        return connection.execute(query.encode()).fetchall()[0][0]


def tell(url: str, statement: str) -> None:
    with psycopg.connect(roles.conninfo(url), autocommit=True) as connection:
        connection.execute(statement.encode())


def eventually(condition: Callable[[], bool]) -> None:
    for _ in range(1000):
        if condition():
            return
        time.sleep(0.02)
    pytest.fail("it never came true")


@pytest.fixture(scope="module")
def made(var_dir: Path) -> Path:
    """A site's folder whose cluster was made, durably, and stopped again."""
    site = var_dir / "made"
    with cluster.running(site):
        pass
    return site


@pytest.fixture
def site(made: Path) -> Iterator[Path]:
    yield made
    cluster.place(made).stop()


class Program:
    """Another program that uses the cluster until it is told to leave."""

    def __init__(self, site: Path) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", PROGRAM, str(site)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    @property
    def stdout(self) -> IO[str]:
        assert self.process.stdout is not None
        return self.process.stdout

    def wait_until_in(self) -> str:
        url = self.stdout.readline().strip()
        assert url, "the program died"
        return url

    def leave(self) -> None:
        self.process.communicate("\n", timeout=60)
        assert self.process.returncode == 0

    def kill(self) -> None:
        self.process.kill()
        self.process.communicate()


@contextmanager
def program(site: Path) -> Iterator[Program]:
    running = Program(site)
    try:
        yield running
    finally:
        running.kill()


def is_up(site: Path) -> bool:
    return cluster.place(site).pid() is not None


def test_a_cluster_is_durable_utf8_utc_and_on_a_socket_only(site: Path) -> None:
    with cluster.running(site) as urls:
        settings = {
            name: ask(urls.app, f"SHOW {name}")
            for name in (
                "fsync", "full_page_writes", "synchronous_commit", "data_checksums",
                "server_encoding", "lc_collate", "timezone", "listen_addresses", "jit",
            )
        }  # fmt: skip
        assert ask(urls.app, "SELECT count(*) FROM pg_extension WHERE extname = 'postgis'") == 1
    assert settings == {
        "fsync": "on",
        "full_page_writes": "on",
        "synchronous_commit": "on",
        "data_checksums": "on",
        "server_encoding": "UTF8",
        "lc_collate": "C.UTF-8",
        "timezone": "UTC",
        "listen_addresses": "",
        "jit": "off",
    }
    assert not is_up(site)


def test_the_program_is_neither_superuser_nor_owner(site: Path) -> None:
    with cluster.running(site) as urls:
        assert ask(urls.app, "SELECT current_user") == "onemap_app"
        assert (
            ask(
                urls.app,
                "SELECT rolsuper OR rolcreatedb OR rolcreaterole OR rolbypassrls FROM pg_roles "
                "WHERE rolname = current_user",
            )
            is False
        )
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            tell(urls.app, "CREATE TABLE mine ()")


def test_a_stranger_on_the_machine_is_refused(site: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root can act as somebody else")
    with cluster.running(site) as urls:
        # The folder keeps strangers out; opened, the server still asks the kernel who calls.
        folder = Path(urls.app.partition("host=")[2])
        folder.chmod(0o755)
        answer = subprocess.run(
            [str(installation.binaries(site / "postgres") / "psql"), "-h", str(folder),
             "-U", "onemap_app", "onemap", "-c", "SELECT 1"],
            user="nobody", cwd="/", capture_output=True, text=True,
        )  # fmt: skip
        assert "Peer authentication failed" in answer.stderr


def test_startup_refuses_a_server_that_forgets(var_dir: Path, template: Urls) -> None:
    with pytest.raises(SetupError, match=r"fsync is off.*full_page_writes is off"):
        roles.refuse_unsafe(template.app)


def test_startup_refuses_a_superuser(template: Urls) -> None:
    with pytest.raises(SetupError, match="superuser"):
        roles.refuse_unsafe(template.superuser)


def test_programs_share_one_server_and_the_last_one_stops_it(site: Path) -> None:
    with program(site) as first, program(site) as second:
        assert first.wait_until_in() == second.wait_until_in()
        first.leave()
        assert is_up(site)
        second.leave()
        assert not is_up(site)


def test_programs_that_start_at_one_moment_make_one_cluster(var_dir: Path) -> None:
    site = var_dir / "together"
    with program(site) as a, program(site) as b, program(site) as c:
        assert len({a.wait_until_in(), b.wait_until_in(), c.wait_until_in()}) == 1
        for each in (a, b, c):
            each.leave()
    assert not is_up(site)


def test_the_server_of_a_killed_program_is_taken_over_and_stopped(site: Path) -> None:
    with program(site) as first:
        first.wait_until_in()
        before = cluster.place(site).pid()
        first.kill()
    assert cluster.place(site).pid() == before
    with cluster.running(site) as urls:
        assert cluster.place(site).pid() == before
        assert ask(urls.app, "SELECT 1") == 1
    assert not is_up(site)


def test_a_killed_server_comes_back_by_itself_with_all_that_was_committed(site: Path) -> None:
    with cluster.running(site) as urls:
        tell(urls.migrator, "CREATE TABLE kept AS SELECT 42 AS answer")
        killed = cluster.place(site).pid()
        assert killed is not None
        os.kill(killed, signal.SIGKILL)
        eventually(lambda: cluster.place(site).pid() not in (None, killed))
        cluster.place(site).wait_ready()
        assert ask(urls.migrator, "SELECT answer FROM kept") == 42
        tell(urls.migrator, "DROP TABLE kept")


def test_a_server_starts_after_everything_was_killed(site: Path) -> None:
    with program(site) as first:
        first.wait_until_in()
        server = cluster.place(site).pid()
        assert server is not None
        first.kill()
        os.kill(server, signal.SIGKILL)
        assert (site / "postgres" / "postmaster.pid").exists()
    with cluster.running(site) as urls:
        assert ask(urls.app, "SELECT 1") == 1


def test_a_server_starts_past_a_zombie_that_nobody_reaps(site: Path) -> None:
    with cluster.running(site):
        pass
    place = cluster.place(site)
    place.start()  # this test is the parent, and does not reap before the end
    pid = place.pid()
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    eventually(lambda: postmaster.process_state(pid) == "Z")
    with cluster.running(site) as urls:
        assert postmaster.process_state(pid) == "Z"
        assert ask(urls.app, "SELECT 1") == 1
    assert place.child is not None
    place.child.wait()


def test_a_server_starts_past_a_pid_file_whose_id_is_another_program_now(site: Path) -> None:
    with program(site) as first:
        first.wait_until_in()
        server = cluster.place(site).pid()
        assert server is not None
        first.kill()
        os.kill(server, signal.SIGKILL)
    with subprocess.Popen(["sleep", "60"], **cluster.place(site).owner.identity()) as other:
        pid_file = site / "postgres" / "postmaster.pid"
        lines = pid_file.read_text().splitlines()
        pid_file.write_text("\n".join([str(other.pid), *lines[1:]]) + "\n")
        with cluster.running(site) as urls:
            assert ask(urls.app, "SELECT 1") == 1
        assert other.poll() is None, "a stranger was hurt"
        other.kill()


def test_a_forked_worker_that_ends_does_not_stop_the_server(site: Path) -> None:
    forker = PROGRAM.replace(
        "    print(urls.app, flush=True)",
        "    import os\n"
        "    child = os.fork()\n"
        "    if not child: sys.exit(0)\n"
        "    os.waitpid(child, 0)\n"
        "    import psycopg; from layers.roles import conninfo\n"
        "    print(psycopg.connect(conninfo(urls.app)).execute('SELECT 41 + 1').fetchone()[0])",
    )
    answer = subprocess.run(
        [sys.executable, "-c", forker, str(site)],
        cwd=ROOT, input="\n", capture_output=True, text=True,
    )  # fmt: skip
    assert (answer.stdout, answer.returncode) == ("42\n", 0), answer.stderr


def test_a_half_made_cluster_is_made_anew(var_dir: Path) -> None:
    site = var_dir / "half"
    (site / "postgres.new" / "base").mkdir(parents=True)
    with cluster.running(site, durable=False) as urls:
        assert ask(urls.app, "SELECT 1") == 1


def test_data_moves_out_of_a_folder_that_the_server_may_not_enter(var_dir: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root runs the server as somebody else")
    home = var_dir / "home"
    home.mkdir(mode=0o700)
    site = home / "var"
    data = cluster.place(site.resolve()).data
    try:
        assert data.is_relative_to("/var/lib/onemap-private")
        assert data.parent.stat().st_mode & 0o777 == 0o755
        with cluster.running(site, durable=False) as urls:
            assert ask(urls.app, "SELECT 1") == 1
        home.chmod(0o755)
        assert cluster.place(site).data == data, "opened later, the folder must not split the data"
    finally:
        shutil.rmtree(data, ignore_errors=True)


def test_a_long_path_does_not_break_the_socket(var_dir: Path) -> None:
    site = var_dir / ("很长的路径" * 10) / "var"
    with cluster.running(site, durable=False) as urls:
        assert ask(urls.app, "SELECT 1") == 1


def test_a_socket_lies_where_nobody_else_can_take_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    owner = installation.Owner("onemap", 990, 990)
    monkeypatch.setattr(os, "geteuid", lambda: owner.uid)
    data = Path("/var/lib/onemap/postgres")
    assert installation.runtime_folder(data, owner).is_relative_to(data)
    for odd in ("a,b", "a b", "a'b", "a%20b", "a+b", "a&b"):
        folder = installation.runtime_folder(Path("/srv") / odd, owner)
        assert folder.is_relative_to("/tmp")
    for length in range(1, 160):
        long = Path("/srv") / ("x" * length)
        socket = installation.runtime_folder(long, owner) / ".s.PGSQL.5432"
        assert len(os.fsencode(socket)) < 100


@pytest.mark.parametrize("squatted", ["open", "foreign", "link"])
def test_a_squatted_socket_folder_is_refused(tmp_path: Path, squatted: str) -> None:
    owner = installation.Owner.of(os.geteuid())
    folder = tmp_path / "socket"
    installation.make_private(folder, owner)
    installation.make_private(folder, owner)
    if squatted == "open":
        folder.chmod(0o777)
    elif squatted == "foreign":
        owner = installation.Owner("somebody", owner.uid + 1, owner.gid)
    else:
        folder.rename(tmp_path / "elsewhere")
        folder.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(SetupError, match="for the database's socket, should be a folder of"):
        installation.make_private(folder, owner)


def test_without_postgresql_the_message_names_the_packages(
    monkeypatch: pytest.MonkeyPatch, var_dir: Path
) -> None:
    monkeypatch.setattr(installation, "DEBIAN_FOLDER", Path("/nowhere"))
    monkeypatch.setenv("PATH", "/nowhere")
    with (
        pytest.raises(SetupError, match="apt-get install postgresql-15 postgresql-15-postgis-3"),
        cluster.running(var_dir / "without"),
    ):
        pass


def test_a_server_that_does_not_start_is_quoted(var_dir: Path) -> None:
    site = var_dir / "broken"
    with cluster.running(site, durable=False):
        pass
    (site / "postgres" / "postgresql.conf").write_text("nonsense = 1\n")
    with (
        pytest.raises(SetupError, match='unrecognized configuration parameter "nonsense"'),
        cluster.running(site, durable=False),
    ):
        pass


def test_a_server_that_was_told_to_forget_is_refused_and_stopped(site: Path) -> None:
    with cluster.running(site) as urls:
        tell(urls.superuser, "ALTER SYSTEM SET synchronous_commit = off")
    with (
        pytest.raises(SetupError, match="synchronous_commit is off"),
        cluster.running(site),
    ):
        pass
    assert not is_up(site)
    (site / "postgres" / "postgresql.auto.conf").write_text("")


def test_a_prepared_server_needs_nothing(template: Urls) -> None:
    assert roles.check(template.app) == []


def test_what_a_foreign_server_lacks_is_told_as_sql(template: Urls) -> None:
    tell(template.superuser, "CREATE DATABASE bare TEMPLATE template0")
    bare = template.superuser.replace("/onemap?", "/bare?")
    assert roles.check(bare) == [
        'ALTER DATABASE "bare" OWNER TO onemap_migrator;',
        "CREATE EXTENSION postgis;",
        "CREATE EXTENSION pg_trgm;",
    ]


def test_a_server_out_of_reach_is_an_error_that_carries_all_of_the_sql() -> None:
    with pytest.raises(SetupError, match="CREATE ROLE onemap_migrator") as caught:
        roles.check("postgresql://onemap_app@127.0.0.1:1/onemap")
    assert "CREATE EXTENSION IF NOT EXISTS postgis;" in caught.value.details["sql"]

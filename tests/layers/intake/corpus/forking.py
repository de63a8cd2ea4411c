"""Many files through the reader without starting Python for each: a process that forks children.

Each file is still read by `reader.answer` in a process of its own, confined as always; only the
half second of imports is shared. Run as a module it is that process; `Forks.ask` stands in for
`child.ask`.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import traceback
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from layers.intake import child
from layers.intake.child import Limits

PYTHON_ERROR = 70


class Forks:
    """Processes that read by forking, one for each environment."""

    def __init__(self) -> None:
        self._processes: dict[str, subprocess.Popen[str]] = {}
        self.python_errors: list[str] = []
        self.crashes: list[str] = []
        self.peak_bytes = 0

    def ask(
        self,
        request: Mapping[str, Any],
        *,
        limits: Limits,
        progress: Callable[[int], None] | None = None,
    ) -> dict[str, Any]:
        """Answer as `child.ask` does, through a process that was started before."""
        bounds = {name: value for name, value in vars(limits).items() if name != "wall_s"}
        process = self._process(request)
        assert process.stdin and process.stdout
        process.stdin.write(json.dumps({**request, "limits": bounds}) + "\n")
        process.stdin.flush()
        said = json.loads(process.stdout.readline())
        self.peak_bytes = max(self.peak_bytes, said["peak_bytes"])
        stderr = Path(request["path"]).parent / "stderr"
        if said["code"] == PYTHON_ERROR:
            self.python_errors.append(stderr.read_text())
        if said["answer"] is None:
            self.crashes.append(f"{request['format']} {said['code']}")
            raise child._crashed(said["code"], stderr)
        return child.checked(said["answer"])

    def _process(self, request: Mapping[str, Any]) -> subprocess.Popen[str]:
        kind = request["format"]
        if kind not in self._processes:
            environment = child.environment(kind) | {"FORKING_KIND": kind}
            self._processes[kind] = subprocess.Popen(
                [sys.executable, "-m", "tests.layers.intake.corpus.forking"],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment, text=True,
            )  # fmt: skip
        return self._processes[kind]

    def close(self) -> None:
        for process in self._processes.values():
            assert process.stdin and process.stdout
            process.stdin.close()
            process.stdout.close()
            process.wait()


def _read_one(request: dict[str, Any]) -> None:
    """Be the child: answer into a file and end."""
    from layers.intake import reader

    folder = Path(request["path"]).parent
    os.chdir(folder)
    errors = os.open(folder / "stderr", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o666)
    os.dup2(errors, 1)
    os.dup2(errors, 2)
    out = (folder / "answer").open("w")

    def say(line: Mapping[str, Any]) -> None:
        if "progress" not in line:
            json.dump(line, out, default=str)
            out.flush()

    signal.alarm(60)
    try:
        reader.answer(request, say)
    except BaseException:
        traceback.print_exc()
        os._exit(PYTHON_ERROR)
    os._exit(0)


def main() -> None:
    from layers.intake import confinement, opening, reader  # noqa: F401

    confinement._import_readers(os.environ["FORKING_KIND"])
    for line in sys.stdin:
        request = json.loads(line)
        pid = os.fork()
        if pid == 0:
            _read_one(request)
        _, status, usage = os.wait4(pid, 0)
        code = os.waitstatus_to_exitcode(status)
        path = Path(request["path"]).parent / "answer"
        said = path.read_text() if path.exists() else ""
        answer = json.loads(said) if code == 0 and said else None
        told = {"answer": answer, "code": code, "peak_bytes": usage.ru_maxrss * 1024}
        print(json.dumps(told), flush=True)


if __name__ == "__main__":
    main()

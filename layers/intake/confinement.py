"""What the reading child may not do: grow, run on, reach the network, or act as root."""

from __future__ import annotations

import ctypes
import os
import resource
import signal
from collections.abc import Mapping

import numpy

_PR_SET_PDEATHSIG = 1
_PR_SET_NO_NEW_PRIVS = 38
_CLONE_NEWUSER = 0x10000000
_CLONE_NEWNET = 0x40000000
_NOBODY = 65534
_LIMITS = {
    "memory_bytes": resource.RLIMIT_AS,
    "cpu_s": resource.RLIMIT_CPU,
    "file_bytes": resource.RLIMIT_FSIZE,
    "open_files": resource.RLIMIT_NOFILE,
}


def confine(limits: Mapping[str, int], *, kind: str) -> list[str]:
    """Give up what reading a file of this format does not need; return the doors left open.

    A door that this system does not let us close (no user namespaces, not root) stays open and is
    named, so that `onemap check` and the batch's report can tell.
    """
    _import_readers(kind)
    for name, value in limits.items():
        resource.setrlimit(_LIMITS[name], (value, value))
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    left = []
    namespaces = _CLONE_NEWNET if os.geteuid() == 0 else _CLONE_NEWUSER | _CLONE_NEWNET
    if libc.unshare(namespaces) != 0:
        left.append("network")
    if not _become_nobody():
        left.append("user")
    return left


def _import_readers(kind: str) -> None:
    """Load the libraries while their files are still readable."""
    if kind in ("gpkg", "shapefile", "flatgeobuf", "dxf"):
        import pyogrio

        pyogrio.list_drivers()
    if kind == "parquet":
        import pyarrow.parquet  # noqa: F401
    if kind == "osm_pbf":
        import osmium  # noqa: F401
    if kind == "xlsx":
        import python_calamine  # noqa: F401


def _become_nobody() -> bool:
    """Drop root for the user nobody where Python and the program stay readable to it.

    A Python below /root is not, and what it loads late (codecs) would be missing without a word.
    """
    if os.geteuid() != 0:
        return True
    os.seteuid(_NOBODY)
    needed = (__file__, os.__file__, numpy.__file__)
    readable = all(os.access(str(file), os.R_OK, effective_ids=True) for file in needed)
    os.seteuid(0)
    if not readable:
        return False
    os.setgroups([])
    os.setgid(_NOBODY)
    os.setuid(_NOBODY)
    return True

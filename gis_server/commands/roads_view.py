"""What `onemap roads` shows of a file that it read, on standard error: for people."""

from __future__ import annotations

from typing import Any

from gis_server.commands.console import note


def reading(found: Any, *, shown: int) -> None:
    """Show what was taken for what, what was counted, and the first rows that are faulty."""
    from gis_server.faults import in_words
    from gis_server.text import say

    if found.crs:
        note(f"coordinate system: {found.crs}")
    if found.columns:
        note("columns: " + ", ".join(f"{field} = {name}" for field, name in found.columns.items()))
    for key, count in found.told.items():
        if count:
            note(say("en", f"roads_told.{key}", {"count": count}) or f"{key}: {count}")
    faults = [
        {**fault.to_json(), "code": f"fault.{fault.rule}", "params": fault.to_json()}
        for fault in found.faults[:shown]
    ]
    for fault in in_words("en", faults):
        note(f"row {fault['row']}: {fault.get('text') or fault['rule']}")
    left = len(found.faults) - shown
    if left > 0:
        note(f"... and {left} more")

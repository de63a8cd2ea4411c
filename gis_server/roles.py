"""Who may do what: the one table of roles and permissions, printed in docs/permissions.md."""

from __future__ import annotations

from layers.models import ROLES

PUBLIC = "public"
SIGNED_IN = "signed_in"

PERMISSIONS: dict[str, str] = {
    "layers.read": "the list of layers, their fields and counts",
    "layers.write": "define layers of one's own; change and remove them",
    "features.read": "features, search, what lies around a place, tiles, the event stream",
    "features.write": "add, change and remove features",
    "features.export": "take features out as a file",
    "themes.write": "keep and share theme maps",
    "contacts.read": "names and full telephone numbers of whom to call (masked without it)",
    "analysis.run": "nearest, route, reach, models and zones of a case that is not stored",
    "incidents.read": "incidents, their assessments, their call sheet and their log",
    "incidents.report": "report an incident; give observations",
    "incidents.write": "change an incident, assess it, note the result of a call",
    "plots.write": "draw in an incident: plots, their versions, the one-key plot",
    "decisions.approve": "approve or refuse a decision that another has drafted",
    "reports.sign": "sign bulletins and handovers; set the table of deadlines",
    "hall.control": "say what a wall shows: views, playlists, flights, highlights",
    "sheets.sign": "keep the calculation sheet of a plan; sign it as prepared, checked or reviewed",
    "sheets.approve": "approve a calculation sheet, which locks it",
    "roads.close": "close roads and open them again: barriers, bridges, floods",
    "roads.manage": "load, use and remove road networks; set their speeds",
    "tasks.order": "propose and order tasks, change their demand, cancel them",
    "tasks.report": "say how far a task has come: accepted, departed, arrived, done",
    "positions.report": "report positions of vehicles and people",
    "positions.read": "where vehicles are, their tracks and alerts; people's with contacts.read",
    "documents.write": "keep documents of features, lay plan images on the map",
    "imports.write": "upload files, see their faults, publish or reject them",
    "rasters.manage": "add and remove rasters and images",
    "basemaps.manage": "make base maps; set up map services of others",
    "packs.make": "make packs of a region to take along",
    "users.read": "changes of users and of what they were granted, in the event stream",
}

_VIEWER = frozenset({"layers.read", "features.read", "incidents.read"})
_FIELD = _VIEWER | {
    "incidents.report", "analysis.run", "tasks.report", "positions.report", "positions.read",
}  # fmt: skip
_DUTY = _FIELD | {
    "incidents.write",
    "plots.write",
    "reports.sign",
    "hall.control",
    "roads.close",
    "tasks.order",
    "sheets.sign",
    "contacts.read",
    "documents.write",
    "features.export",
    "themes.write",
    "packs.make",
}
_PLANNER = _VIEWER | {
    "analysis.run",
    "roads.close",
    "roads.manage",
    "positions.read",
    "sheets.sign",
    "layers.write",
    "features.write",
    "features.export",
    "themes.write",
    "documents.write",
    "imports.write",
    "contacts.read",
    "rasters.manage",
    "packs.make",
}

GRANTS: dict[str, frozenset[str]] = {
    "viewer": _VIEWER,
    "field": _FIELD,
    "duty": _DUTY,
    "planner": _PLANNER,
    "commander": _DUTY | _PLANNER | {"sheets.approve", "decisions.approve"},
    "admin": frozenset(PERMISSIONS),
}

OPENED = GRANTS | {"wall": _VIEWER | {"positions.read"}}
"""What each role opens; `wall` is granted to nobody: a screen has it by the key of its wall."""


def table() -> str:
    """Return the table as Markdown, one row a permission, one column a role."""
    head = "| permission | what it opens | " + " | ".join(ROLES) + " |"
    rule = "|---|---|" + "---|" * len(ROLES)
    rows = [
        f"| `{name}` | {meaning} | "
        + " | ".join("yes" if name in GRANTS[role] else "" for role in ROLES)
        + " |"
        for name, meaning in PERMISSIONS.items()
    ]
    return "\n".join([head, rule, *rows])

"""Print docs/permissions.md from the table in force: python -m gis_server.permissions_page."""

from __future__ import annotations

from gis_server.roles import table

HEAD = """# Who may do what

A grant is a role over a region and everything below it, until a time if one is set. A permission
holds where the role that carries it was granted: a planner of one county changes features there
and nowhere else. Every address of the server declares the permission that it needs; a test fails
on one that does not.

"""

TAIL = """

- **Regions.** A right over a code of GB/T 2260 holds for what its digits lead to, zeros at the end
  being filling: 330000 for 330100 and 330102, 330100 for 330102 and the town 330102001 but not for
  330200. A right over any other code holds for that code and those that go on after a dot; one over
  a country's (CN) also for its subdivisions (CN-ZJ). A right can be given over codes that have to
  do with a district on record; before there is any, over every code.
- **What a region hides.** Layers of the `ground` group (base map, districts, roads) are open to
  every reader. A row of any other layer is seen, counted, drawn and announced only where the
  reader's regions hold it; a row without a region only to readers of the whole tree.
- **Layers of a user's own** are `open` (every reader sees every row), `region` (as above) or
  `restricted`: for the roles and users that they name, within their regions, for their owner and
  for administrators of the whole tree. For everybody else there is no such layer: not in lists,
  searches, counts, tiles or the event stream. Only the owner and administrators of the whole tree
  change or remove one; what is removed can be brought back for 30 days.
- **Granting.** `onemap user grant NAME ROLE` gives a role, over `--region` and to the end of
  `--until` (a date or a time) where they are given; once more, it changes the end, also of a right
  that has ended. `onemap user revoke` takes back one right. `onemap user disable` shuts a person
  out: every session ends, and what was granted waits for `onemap user enable`.
- **Walls.** `POST /api/v1/walls/{name}/keys` makes a key for a screen that nobody sits at. Who
  opens the page that it names is that wall for as long as the key is in force: it changes nothing,
  sees no other wall, and reads features, incidents and vehicles of the regions in which the key's
  maker holds `hall.control` now. It ends when it is taken back, on its day, and with its maker's
  account. A wall is of the region of whoever first drove it or made a key for it: only who holds
  `hall.control` there says what it shows, and lists, makes or takes back its keys.
- **Contacts.** Without `contacts.read`, names and telephone numbers are covered everywhere: in a
  feature's card, in the call sheet, in a stored plan and in the log. The permission counts where
  it was granted: a duty officer of one county reads no number of another.
- **Plans** are computed over what their maker may see. Who may see less gets an excerpt: targets,
  exposed features, arrivals, routes and calls of other regions are left out and every count is
  taken again over what is left; `warnings` says so. Zones, distances and points stay. `scope` in
  the plan says which regions it was made over, null for all.
- **Calculation sheets** are signed by four: prepared, checked and reviewed with `sheets.sign`,
  approved with `sheets.approve`; who prepared one signs nothing else of it. Whoever may read the
  incident may read its sheet.
- **Rasters** of terrain, fuel and people are ground, open to every reader: the residents that they
  give in a zone are the same for all, also in an excerpt. They are added on the server alone.
- **Imports**: whoever holds `imports.write` for a part of the tree imports into that part; a row
  that lies elsewhere, or would change a feature that does, has an error. They see and decide on
  batches of their own, and nobody else's, and remove nothing that a file no longer holds.
- **Demo mode** signs a visitor of this machine in as commander. It starts on loopback only, and
  refuses requests with a forwarding header or a host other than localhost and 127.0.0.1.

This page is printed by `python -m gis_server.permissions_page`.
"""


def page() -> str:
    """Return the page."""
    return HEAD + table() + TAIL


if __name__ == "__main__":
    print(page(), end="")

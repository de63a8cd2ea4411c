"""Bulletins (首报 续报 终报): one gathering of what is known, worded in both languages, frozen.

`facts` gathers, `items` puts each into words, `body` keeps them as text that can be hashed and
edited item by item, `printed` lays them out as an official document.
"""

from gis_server.bulletins.body import Edit, composed, edited, opened, renewed
from gis_server.bulletins.facts import Facts, gathered
from gis_server.bulletins.printed import document, number

__all__ = [
    "Edit", "Facts", "composed", "document", "edited", "gathered", "number", "opened", "renewed",
]  # fmt: skip

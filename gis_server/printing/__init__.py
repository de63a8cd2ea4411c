"""Pages on paper: Chromium in a process of its own prints documents, cards and the map.

Nothing that is printed can reach a network: documents have no script and no request is answered;
the map's page gets its bytes from this server alone, through `gate.Gate`. See docs/printing.md.
"""

from gis_server.printing.paper import PAPERS, Paper, sheet
from gis_server.printing.press import MapOrder, map_print, no_room, pdf, png

__all__ = ["PAPERS", "MapOrder", "Paper", "map_print", "no_room", "pdf", "png", "sheet"]

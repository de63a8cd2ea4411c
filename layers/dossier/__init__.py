"""One enterprise, one file (一企一档), and one park, one file (一园一档): all that is known of it.

Every section is what the reader may see, read in the same transaction. Nothing here is stored.
"""

from layers.dossier.enterprise import enterprise_file
from layers.dossier.park import park_file

__all__ = ["enterprise_file", "park_file"]

"""From files of strangers and the tables of other tools to roads between junctions."""

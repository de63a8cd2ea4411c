"""From facts to answers: hazard zones, exposure, roads, the response chain. Knows no HTTP."""

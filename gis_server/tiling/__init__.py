"""How a tile is answered: from what was made before where that still holds, else from the rows."""

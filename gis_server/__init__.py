"""HTTP only: parse, call, serialise. The only folder that imports Flask and that commits."""

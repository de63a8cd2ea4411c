"""The schema's history; `layers.database.migrate` walks it."""

"""Base maps of a site (底图) and map services of others (外部底图): what is on record of them."""

from layers.basemaps.register import Entry, contents, put, registered, remove

__all__ = ["Entry", "contents", "put", "registered", "remove"]

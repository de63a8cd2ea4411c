"""How a file is to be read, as far as a person has said; kept with its batch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Any

from sqlalchemy.orm import Session

from layers.catalog import find
from layers.crs import parse_crs
from layers.intake import mapping
from layers.intake.places import PLACE_KEYS


@dataclass(frozen=True, kw_only=True)
class Options:
    """What a person says of a file. Needed for a check: `layer`, `map_text` or `new_layer`.

    `map_text` is the text of a mapping file, `source_layer` the layer or sheet inside the file,
    `source` who says what the file says (the file's name by default) and `source_date` as of
    when. `fields` are `{field: column}`, with the columns that say where under `lon` and `lat` or
    `wkt`; None lets the columns' names tell. `corrections` are cells mended by hand. `regions`
    are those outside which whoever imports may not write; None is the whole tree. `new_layer` is
    what a layer of the user's own is to be (title, style, access), `made` the one made for it.
    """

    layer: str | None = None
    crs: str | None = None
    encoding: str | None = None
    map_text: str | None = None
    source_layer: str | None = None
    source: str | None = None
    source_date: str | None = None
    timezone: str = "Asia/Shanghai"
    fields: Mapping[str, str] | None = None
    constants: Mapping[str, Any] = field(default_factory=dict)
    corrections: Sequence[Mapping[str, Any]] = ()
    regions: Sequence[str] | None = None
    new_layer: Mapping[str, Any] | None = None
    made: str | None = None

    @property
    def decided(self) -> bool:
        """Whether it is said what the file is for."""
        return any(way is not None for way in (self.layer, self.map_text, self.new_layer))

    @property
    def place(self) -> dict[str, str] | None:
        """The columns that say where, if a person named them."""
        fields = self.fields or {}
        return {key: fields[key] for key in PLACE_KEYS if key in fields} or None

    @property
    def own_fields(self) -> dict[str, str] | None:
        """The columns of the layer's fields, if a person named them."""
        if self.fields is None:
            return None
        return {name: column for name, column in self.fields.items() if name not in PLACE_KEYS}


_NAMES = tuple(each.name for each in fields(Options))


def stored(options: Mapping[str, Any]) -> Options:
    """Return the options that a batch keeps."""
    return Options(**{name: options[name] for name in _NAMES if name in options})


def settled(session: Session, options: Options, said: Mapping[str, Any]) -> Options:
    """Return options with what a person said now; of the ways to a layer the last one holds.

    Raises
    ------
    NotFoundError, InvalidInputError
        A layer, field, coordinate system or mapping that cannot be.
    """
    made = replace(options, **said)
    if said.get("new_layer"):
        made = replace(made, layer=None, map_text=None)
    elif said.get("layer"):
        made = replace(made, map_text=None, new_layer=None)
    verify(session, made)
    return made


def verify(session: Session, options: Options) -> None:
    """Refuse options that name what does not exist: better told before the file is read."""
    if options.map_text is not None:
        mapping.parse(options.map_text)
    if options.crs is not None:
        parse_crs(options.crs)
    if options.layer is not None:
        layer = find(options.layer, session)
        mapping.check_fields(layer, options.own_fields or {})
        mapping.check_fields(layer, options.constants)

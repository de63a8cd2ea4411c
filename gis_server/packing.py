"""Making one pack: one moment of the database, every part, one signed file."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, func, select, text
from sqlalchemy.orm import Session

from gis_server import basemaps, pack_extras, pack_words
from gis_server.config import Config
from gis_server.pack_owner import Owner
from layers import catalog, journal, site
from layers.catalog import Layer, set_reader
from layers.packs import sealing, signing
from layers.packs.sealing import Made, Sealed, too_large
from tiles.pack import PARTS, Content, Parts
from tiles.pack.area import area_of

MAX_ZOOM = 16
DEFAULT_ZOOM = 14

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What somebody wants in a pack, as it is stored until it is made.

    One of `area` (GeoJSON), `region` (a code) and `bbox` is given. `layers` None is every layer
    but the ground's that the owner may know of. `demo`: a visitor of demo mode asks, no user.
    """

    area: dict[str, Any] | None = None
    region: str | None = None
    bbox: tuple[float, ...] | None = None
    layers: tuple[str, ...] | None = None
    minzoom: int = 0
    maxzoom: int = DEFAULT_ZOOM
    parts: tuple[str, ...] = PARTS
    language: str = "zh"
    demo: bool = False

    def to_json(self) -> dict[str, Any]:
        """Return it as the register keeps it."""
        return {name: list(value) if isinstance(value, tuple) else value
                for name, value in vars(self).items()}  # fmt: skip

    @classmethod
    def of(cls, stored: dict[str, Any]) -> Asked:
        """Return what the register keeps."""
        told: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value
            for name, value in stored.items()
        }
        return cls(**told)


@dataclass(frozen=True, kw_only=True)
class Label:
    """What a pack is called, by which id, and until when it may be used."""

    id: uuid.UUID
    name: str
    expires_at: dt.datetime


def content_of(session: Session, config: Config, asked: Asked, owner: Owner) -> Content:
    """Return what a pack is to hold; refuses an area or a layer that there is not.

    Raises
    ------
    InvalidInputError, NotFoundError, TooLargeError
        See `tiles.pack.area.area_of`, `layers.catalog.find`.
    """
    area = area_of(session, geometry=asked.area, region=asked.region, bbox=asked.bbox)
    layers = _layers(session, asked)
    served = basemaps.shelf(config).served()
    return Content(
        area=area,
        layers=layers,
        minzoom=asked.minzoom,
        maxzoom=asked.maxzoom,
        parts=frozenset(asked.parts),
        scope=owner.scope,
        headings=pack_words.headings(layers),
        attribution=", ".join(site.describe(session)["attribution"]) or None,
        archive=served.archive if served else None,
    )


def _layers(session: Session, asked: Asked) -> list[Layer]:
    if asked.layers is None:
        return pack_extras.chosen(catalog.layers(session))
    found = [catalog.find(name, session) for name in asked.layers]
    return list({layer.name: layer for layer in found}.values())


@contextmanager
def moment(engine: Engine, owner: Owner) -> Iterator[Session]:
    """Give a session that sees one moment of the database as the owner does, and changes nothing.

    Nothing of it is limited in time: each tile is, and whoever works may be stopped.
    """
    options = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
    with (
        engine.connect().execution_options(**options) as connection,
        Session(connection, expire_on_commit=False) as session,
    ):
        set_reader(session, owner.reader)
        for setting in ("statement_timeout", "idle_in_transaction_session_timeout"):
            session.execute(text(f"SET LOCAL {setting} = 0"))
        # Thousands of small statements: compiling one takes longer than running it.
        session.execute(text("SET LOCAL jit = off"))
        yield session
        session.rollback()


def make(
    engine: Engine,
    config: Config,
    asked: Asked,
    owner: Owner,
    label: Label,
    target: Path,
    *,
    progress: Progress,
) -> tuple[Sealed, dict[str, Any]]:
    """Make a pack as the file `target`, whole or not at all; return it and what it says of itself.

    Raises
    ------
    TooLargeError
        The area has too many tiles or rows, or the pack more bytes than the site allows.
    SetupError
        The disk is full, or the site's key cannot be used.
    """
    key = signing.site_key(config.keys_dir, given=config.pack_key)
    target.parent.mkdir(parents=True, exist_ok=True)
    with sealing.workshop(target.parent, target.name) as folder:
        with moment(engine, owner) as session:
            content = content_of(session, config, asked, owner)
            parts = Parts(session, content, folder, progress=_bounded(progress, folder, config))
            said = _said(session, config, asked, owner, label, parts)
            made = [*parts.made(), *_extras(session, asked, owner, content, folder, said)]
        made.append(pack_words.forms(content.layers, folder))
        made.append(pack_words.readme(said, made, folder))
        sealed = sealing.seal(
            target, made, said, key=key, site=said["site"], max_bytes=config.pack_max_bytes,
            progress=progress,
        )  # fmt: skip
    return sealed, said


def _extras(
    session: Session, asked: Asked, owner: Owner, content: Content, folder: Path,
    said: dict[str, Any],
) -> Sequence[Made]:  # fmt: skip
    made: list[Made] = []
    if "roads" in content.parts:
        made += pack_extras.roads(session, content.area, folder)
    if "plans" in content.parts:
        made += pack_extras.plans(
            session, content.area, folder, owner=owner, as_of=said["made_at"],
            language=asked.language,
        )  # fmt: skip
    return made


def _said(
    session: Session, config: Config, asked: Asked, owner: Owner, label: Label, parts: Parts
) -> dict[str, Any]:
    """Return what the manifest says; the first question also fixes the moment."""
    content = parts.content
    revisions = catalog.revisions(session, [layer.name for layer in content.layers])
    about = site.describe(session, name=config.site_name, name_en=config.site_name_en)
    made_at: dt.datetime = session.execute(select(func.now())).scalar_one()
    return {
        "id": str(label.id),
        "name": label.name,
        "made_at": made_at.isoformat(),
        "expires_at": label.expires_at.isoformat(),
        "made_by": owner.name,
        "epoch": str(journal.epoch(session)),
        "revision": journal.high_water(session),
        "fictional": about["fictional"],
        "site": about["name"],
        "attribution": about["attribution"],
        "bounds": [round(edge, 6) for edge in content.bounds],
        "area": pack_extras.bounded(content.area),
        "minzoom": asked.minzoom,
        "maxzoom": asked.maxzoom,
        "language": asked.language,
        "layers": [
            pack_words.layer_entry(each.layer, each.count)
            | {"revision": revisions[each.layer.name]}
            for each in parts.held
        ],
    }


def _bounded(progress: Progress, folder: Path, config: Config) -> Progress:
    """Return a progress that also stops a pack that has grown too large before it is sealed."""
    asked = 0

    def tell(step: str, done: int, whole: int) -> None:
        nonlocal asked
        asked += 1
        if asked % 200 == 0:
            size = sum(path.stat().st_size for path in folder.iterdir() if path.is_file())
            if size > config.pack_max_bytes:
                raise too_large(size, config.pack_max_bytes)
        progress(step, done, whole)

    return tell

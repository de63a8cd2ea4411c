"""onemap pack."""

from __future__ import annotations

import datetime as dt
import json
import re
from pathlib import Path
from typing import Any

import click

from gis_server.commands.console import answer, json_option, progress

_SPAN = re.compile(r"(\d{1,3})d")


@click.group(invoke_without_command=True)
@click.option("--region", metavar="CODE", help="A district whose border is on record.")
@click.option("--area", type=click.Path(exists=True, dir_okay=False, path_type=Path),
              help="A GeoJSON file with one polygon or several.")  # fmt: skip
@click.option("--bbox", metavar="W,S,E,N", help="A box in degrees.")
@click.option("--layers", metavar="A,B", help="Layers (all but those of the base map).")
@click.option("--zoom", metavar="FROM-TO", default="0-14", show_default=True, help="Zooms.")
@click.option("--parts", metavar="A,B",
              help="Of basemap, layers, features, gpkg, roads, plans (all).")  # fmt: skip
@click.option("--name", help="What the pack is called (the district, or the file of the area).")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path),
              help="Write it there; else the site keeps it, as those of the web page.")  # fmt: skip
@click.option("--expires", metavar="30d", default="30d", show_default=True,
              help="For how many days it may be used.")  # fmt: skip
@click.option("--user", metavar="NAME", help="For whose eyes (all regions, contacts covered).")
@click.option("--lang", type=click.Choice(["zh", "en"]), default="zh", show_default=True,
              help="The language of the plans in it.")  # fmt: skip
@json_option
@click.pass_context
def pack(context: click.Context, /, as_json: bool, **given: Any) -> None:
    """Make a pack of a region: one file that a phone or an office can carry and open offline.

    It holds what --user may see, signed with the site's key. `onemap pack verify FILE` checks one.
    """
    if context.invoked_subcommand is not None:
        return
    if sum(given[way] is not None for way in ("region", "area", "bbox")) != 1:
        raise click.UsageError("give one of --region, --area and --bbox")
    result, words = _make(given)
    answer(result, as_json=as_json, words=words)


@pack.command("list")
@json_option
def listed(as_json: bool) -> None:
    """List the packs that were made, newest first."""
    from gis_server.config import Config
    from gis_server.pack_jobs import file_of
    from gis_server.site import opened
    from layers.packs import register

    with opened(Config()) as site, site.work("packs") as session:
        found: list[dict[str, Any]] = [
            {"id": str(row.id), "name": row.name, "owner": row.owner, "status": row.status,
             "bytes": row.size_bytes, "sha256": row.sha256, "revision": row.revision,
             "created_at": row.created_at, "expires_at": row.expires_at,
             "file": _there(file_of(site.config, row.id))}
            for row in register.listed(session)
        ]  # fmt: skip
    lines = [
        f"{each['id']}  {each['created_at']:%Y-%m-%d %H:%M}  {each['status']:8}  "
        f"{_megabytes(each['bytes'])}  {each['name']}  ({each['owner'] or 'onemap'})"
        for each in found
    ]
    answer({"packs": found}, as_json=as_json, words="\n".join(lines) or "no pack yet")


@pack.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--key", "keys", multiple=True, help="A public key that is believed, in base64.")
@click.option("--any-signer", is_flag=True, help="Believe whoever signed it: look for damage only.")
@json_option
def verify(file: Path, keys: tuple[str, ...], any_signer: bool, as_json: bool) -> None:
    """Check a pack: every byte of it, who signed it, its date.

    Without --key the key of this site is believed.
    """
    from gis_server.config import Config
    from layers.packs import signing, verification

    trusted: set[str] | None = None if any_signer else set(keys)
    if not keys and not any_signer:
        config = Config()
        own = signing.site_key(config.keys_dir, given=config.pack_key)
        trusted = {signing.public(own)}
    with progress(f"pack {file.name}") as tell:
        found = verification.verify(file, now=dt.datetime.now(dt.UTC), trusted=trusted,
                                    progress=tell)  # fmt: skip
    body = found.body
    result = {
        "ok": True, "id": str(found.id), "name": found.name, "made_at": found.made_at,
        "expires_at": found.expires_at, "made_by": body.get("made_by"),
        "revision": body["revision"], "epoch": body["epoch"], "site": found.site,
        "key": found.key, "fingerprint": signing.fingerprint(found.key),
        "fictional": body.get("fictional"), "parts": [part.to_json() for part in found.parts],
    }  # fmt: skip
    words = (
        f"{found.name}: whole, {len(found.parts)} parts, signed by {found.site or 'a site'} "
        f"({signing.fingerprint(found.key)}), revision {body['revision']}, "
        f"to be used until {found.expires_at:%Y-%m-%d %H:%M} UTC"
    )
    answer(result, as_json=as_json, words=words)


@pack.command()
@json_option
def key(as_json: bool) -> None:
    """Tell the public key of this site's packs; made now where there is none yet."""
    from gis_server.config import Config
    from layers.packs import signing

    config = Config()
    own = signing.public(signing.site_key(config.keys_dir, given=config.pack_key))
    said = signing.fingerprint(own)
    answer({"key": own, "fingerprint": said}, as_json=as_json, words=f"{own}  ({said})")


def _make(given: dict[str, Any]) -> tuple[dict[str, Any], str]:
    """Make a pack and put it on the register; at `--out` the site keeps no copy."""
    from gis_server import pack_jobs
    from gis_server.config import Config
    from gis_server.pack_owner import owner_named
    from gis_server.packing import Label, make
    from gis_server.site import opened
    from layers.packs import register

    asked = _asked(given)
    name = given["name"] or given["region"] or (given["area"] and given["area"].stem) or "pack"
    until = dt.datetime.now(dt.UTC) + _days(given["expires"])
    with opened(Config()) as site, progress(f"pack {name}") as tell:
        with site.work("packs") as session:
            owner = owner_named(session, given["user"])
        with site.work(owner.name or "onemap") as session:
            # On the register first: what leaves the house is in the journal, finished or not.
            row = register.ask(session, name=name, owner=owner.name, asked=asked.to_json(),
                               scope=owner.scope, expires_at=until)  # fmt: skip
            row.status = "by_command"
        kept = pack_jobs.file_of(site.config, row.id)
        target = given["out"] or kept
        label = Label(id=row.id, name=name, expires_at=until)
        try:
            sealed, said = make(
                site.engine, site.config, asked, owner, label, target,
                progress=lambda step, done, whole: tell(step, done),
            )  # fmt: skip
        except BaseException as error:
            with site.work(owner.name or "onemap") as session:
                pack_jobs.give_up(session, row.id, error)
            raise
        with site.work(owner.name or "onemap") as session:
            found = register.find(session, row.id)
            register.finish(session, found, sealed, report=pack_jobs.counted(said))
    result = {
        "id": str(row.id), "file": str(target), "bytes": sealed.size, "sha256": sealed.sha256,
        "revision": said["revision"], "expires_at": until,
        "layers": pack_jobs.counted(said)["layers"],
    }  # fmt: skip
    return result, f"{target}: {_megabytes(sealed.size)}, revision {said['revision']}"


def _asked(given: dict[str, Any]) -> Any:
    from gis_server.packing import MAX_ZOOM, Asked
    from tiles.pack import PARTS

    low, dash, high = given["zoom"].partition("-")
    if not (low.isdigit() and (high.isdigit() or not dash)):
        raise click.BadParameter(f"{given['zoom']!r} is not FROM-TO", param_hint="--zoom")
    minzoom, maxzoom = int(low), int(high or low)
    if not minzoom <= maxzoom <= MAX_ZOOM:
        raise click.BadParameter(f"wanted 0-0 to 0-{MAX_ZOOM}", param_hint="--zoom")
    parts = _words(given["parts"]) or PARTS
    if strange := set(parts) - set(PARTS):
        raise click.BadParameter(f"{', '.join(sorted(strange))}: wanted some of "
                                 f"{', '.join(PARTS)}", param_hint="--parts")  # fmt: skip
    return Asked(
        area=None if given["area"] is None else _geometry(given["area"]),
        region=given["region"],
        bbox=None if given["bbox"] is None else _box(given["bbox"]),
        layers=_words(given["layers"]),
        minzoom=minzoom,
        maxzoom=maxzoom,
        parts=parts,
        language=given["lang"],
    )


def _words(text: str | None) -> tuple[str, ...] | None:
    return None if text is None else tuple(word.strip() for word in text.split(",") if word.strip())


def _box(text: str) -> tuple[float, ...]:
    try:
        numbers = tuple(map(float, text.split(",")))
    except ValueError:
        numbers = ()
    if len(numbers) != 4:
        raise click.BadParameter(f"{text!r} is not W,S,E,N", param_hint="--bbox")
    return numbers


def _geometry(path: Path) -> dict[str, Any]:
    """Return the one geometry of a GeoJSON file; several features' are put together."""
    try:
        read = json.loads(path.read_text("utf-8"))
    except (ValueError, RecursionError) as error:
        raise click.BadParameter(f"{path.name} is no JSON: {error}", param_hint="--area") from error
    features = read.get("features", [read]) if isinstance(read, dict) else []
    shapes = [each.get("geometry", each) for each in features if isinstance(each, dict)]
    polygons: list[Any] = []
    for shape in shapes:
        kind = shape.get("type") if isinstance(shape, dict) else None
        if kind not in ("Polygon", "MultiPolygon"):
            raise click.BadParameter(f"{path.name} holds a {kind}, wanted polygons",
                                     param_hint="--area")  # fmt: skip
        polygons += [shape["coordinates"]] if kind == "Polygon" else shape["coordinates"]
    return {"type": "MultiPolygon", "coordinates": polygons}


def _days(text: str) -> dt.timedelta:
    found = _SPAN.fullmatch(text.strip())
    if found is None or not 1 <= int(found[1]) <= 366:
        raise click.BadParameter(f"{text!r}: wanted 1d to 366d", param_hint="--expires")
    return dt.timedelta(days=int(found[1]))


def _there(path: Path) -> str | None:
    return str(path) if path.is_file() else None


def _megabytes(size: int | None) -> str:
    return "       -" if size is None else f"{size / 1e6:6.1f} MB"

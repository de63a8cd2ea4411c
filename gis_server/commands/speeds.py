"""onemap speeds."""

from __future__ import annotations

import csv
from pathlib import Path

import click

from gis_server.commands.console import answer, json_option

BYTES_MOST = 4 * 1024**2


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--network", required=True, help="The name of the road network.")
@click.option("--source", required=True, help="Who says so, and from what; shown beside the times.")
@json_option
def speeds(file: Path, network: str, source: str, as_json: bool) -> None:
    """Slow the roads of a network by the hour, as FILE (CSV) says; it replaces what was said.

    Columns: road_class, day_kind (workday or weekend), hour (0 to 23, the place's own clock),
    factor (share of the free speed, 0.05 to 2). A file with a head alone takes everything back.
    """
    from gis_server.config import Config
    from gis_server.site import opened
    from layers import speeds as store
    from layers.errors import InvalidInputError, TooLargeError

    if file.stat().st_size > BYTES_MOST:
        raise TooLargeError(
            f"{file.name} has {file.stat().st_size} bytes, at most {BYTES_MOST} are taken",
            got=file.stat().st_size, wanted=BYTES_MOST,
        )  # fmt: skip
    with file.open(encoding="utf-8-sig", newline="") as lines:
        try:
            table = csv.DictReader(lines, strict=True)
            rows = list(table)
            missing = [name for name in store.COLUMNS if name not in (table.fieldnames or ())]
        except (csv.Error, UnicodeDecodeError) as error:
            raise InvalidInputError(
                f"{file.name} is no CSV in UTF-8: {error}", code="speeds_file", file=file.name,
                reason=str(error),
            ) from None  # fmt: skip
    if missing:
        raise InvalidInputError(
            f"columns are missing: {', '.join(missing)}", code="columns_missing",
            missing=", ".join(missing),
        )  # fmt: skip
    with opened(Config()) as site, site.work("speeds") as session:
        count = store.replace(session, network, rows, source=source)
    answer(
        {"network": network, "rows": count, "source": source},
        as_json=as_json,
        words=f"network {network}: {count} speeds by the hour, from {source}",
    )

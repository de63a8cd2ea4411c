"""What is drawn in an incident: operations on plots, their fields, the questions for them."""

from __future__ import annotations

import hashlib
import json
import math
import re
import uuid
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, ConfigDict, Field, model_validator

from gis_server.wire.base import Query, SentFile, Wire
from gis_server.wire.incident import IncidentPath
from layers.plots import SHAPE, Op

OPS_MAX = 200
Kind = Literal[
    "point", "line", "polygon", "circle", "sector", "rectangle", "text", "dimension", "arrow",
    "curved_arrow", "attack_arrow", "evacuation", "cordon", "roadblock",
]  # fmt: skip
_COLOUR = r"^#[0-9a-fA-F]{6}$"
_DASH = r"^[0-9]{1,3}([ ,][0-9]{1,3}){0,7}$"
_NAME = r"^[a-zA-Z0-9][a-zA-Z0-9_.:/-]{0,63}$"
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def _legible(text: str) -> str:
    if _CONTROLS.search(text):
        raise ValueError("text without control characters and marks that turn its direction")
    return text


def _finite(value: Any) -> Any:
    left = [value]
    while left:
        each = left.pop()
        if isinstance(each, list):
            left += each
        elif isinstance(each, float) and not math.isfinite(each):
            raise ValueError("finite numbers")
    return value


Line = Annotated[str, Field(max_length=200), AfterValidator(_legible)]
Lines = Annotated[str, Field(max_length=2000), AfterValidator(_legible)]
Colour = Annotated[str, Field(pattern=_COLOUR)]
Degrees = Annotated[float, Field(ge=-360, le=360)]


class PlotFields(Wire):
    """What an operation sets; null takes a property off, what is left out stays.

    `control` (positions lon, lat) or `geometry` (GeoJSON) says the shape, never both. Bearings are
    degrees clockwise from north, `size` and `width_px` are pixels on a screen of 96 a inch.
    """

    kind: Kind | None = None
    control: Annotated[list[Any] | None, AfterValidator(_finite)] = None
    geometry: dict[str, Any] | None = None
    order: Annotated[int, Field(ge=-(10**9), le=10**9)] | None = None
    locked: bool | None = None
    group: uuid.UUID | None = None
    symbol: Annotated[str, Field(pattern=_NAME)] | None = None
    code: Annotated[str, Field(pattern=_NAME)] | None = None
    label: Line | None = None
    note: Lines | None = None
    text: Lines | None = None
    colour: Colour | None = None
    width_px: Annotated[float, Field(ge=0.5, le=40)] | None = None
    fill: Colour | None = None
    fill_opacity: Annotated[float, Field(ge=0, le=1)] | None = None
    dash: Annotated[str, Field(pattern=_DASH)] | None = None
    rotation_deg: Degrees | None = None
    size: Annotated[float, Field(ge=4, le=400)] | None = None
    radius_m: Annotated[float, Field(gt=0, le=1_000_000)] | None = None
    from_deg: Degrees | None = None
    to_deg: Degrees | None = None
    cordon: Literal["hot", "warm", "cold"] | None = None

    @model_validator(mode="after")
    def _one_shape(self) -> Self:
        if self.control is not None and self.geometry is not None:
            raise ValueError("either control or geometry")
        return self

    def fields(self) -> dict[str, Any]:
        """Return what is set, control points and geometry as the one field that they are."""
        given = self.model_dump(mode="json", exclude_unset=True)
        control, geometry = given.pop("control", None), given.pop("geometry", None)
        if control is not None:
            given[SHAPE] = {"control": control}
        if geometry is not None:
            given[SHAPE] = {"geometry": geometry}
        if given.get("kind") is None:
            given.pop("kind", None)
        return given


class PlotOp(Wire):
    """One operation; `base` is the version it was made on, none for a new plot."""

    model_config = ConfigDict(populate_by_name=True)

    op_id: uuid.UUID
    op: Literal["put", "delete", "restore", "resolve"]
    plot: uuid.UUID
    base: Annotated[int, Field(ge=1, lt=2**62)] | None = None
    fields: Annotated[PlotFields, Field(alias="set")] = PlotFields()
    undoes: uuid.UUID | None = None
    version: Annotated[int, Field(ge=1, lt=2**62)] | None = None
    conflict: uuid.UUID | None = None
    take: Literal["mine", "theirs"] | None = None

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if self.op == "resolve" and (self.conflict is None or self.take is None):
            raise ValueError("conflict and take, to resolve")
        return self

    def asked(self) -> Op:
        """Return it as the plots take it."""
        said = self.model_dump(mode="json", by_alias=True, exclude_unset=True)
        text = json.dumps(said, sort_keys=True, ensure_ascii=False, allow_nan=False)
        return Op(
            op_id=self.op_id, op=self.op, plot=self.plot, base=self.base,
            digest=hashlib.sha256(text.encode()).digest(), fields=self.fields.fields(),
            undoes=self.undoes, version=self.version, conflict=self.conflict, take=self.take,
        )  # fmt: skip


class PlotOps(Wire):
    """Operations that are done together or not at all; `client` is the browser's tab."""

    client: uuid.UUID | None = None
    ops: Annotated[list[PlotOp], Field(min_length=1, max_length=OPS_MAX)]

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        if len({op.op_id for op in self.ops}) < len(self.ops):
            raise ValueError("each operation once")
        return self


class Press(Wire):
    """One press of the one key: its id, sent twice done once, and the browser's tab."""

    id: uuid.UUID = Field(default_factory=uuid.uuid4)
    client: uuid.UUID | None = None


class PlotPath(IncidentPath):
    """Which plot of an incident."""

    plot: uuid.UUID


class PlotsQuery(Query):
    """All plots as they are; `at`: as they were after a seq; `after`: what changed since one."""

    at: Annotated[int, Field(ge=0, lt=2**62)] | None = None
    after: Annotated[int, Field(ge=0, lt=2**62)] | None = None

    @model_validator(mode="after")
    def _one_question(self) -> Self:
        if self.at is not None and self.after is not None:
            raise ValueError("either at or after")
        return self


class VersionsQuery(Query):
    """Which versions: those before one, newest first."""

    before: Annotated[int, Field(ge=1, lt=2**62)] | None = None
    limit: Annotated[int, Field(ge=1, le=200)] = 50


class RemovedQuery(Query):
    """How many removed plots, the last to go first."""

    limit: Annotated[int, Field(ge=1, le=500)] = 100


class PlotFilePath(IncidentPath):
    """In which format."""

    format: Literal["geojson", "kml", "gpkg"]


class PlotFile(Press):
    """A file whose shapes become plots; with one id it is taken once."""

    model_config = ConfigDict(extra="forbid", arbitrary_types_allowed=True)

    file: SentFile

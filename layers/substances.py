"""What is known of a substance: identity, constants, exposure thresholds, first-minute distances.

The tables in `layers/data` are the only place for these numbers. Every number carries its source
and its certainty, and both reach the screen: "sourced" was read in the source named, "computed"
was calculated, "mem NN%" is from memory with that certainty and waits for a check against the
standard before anybody relies on it.
"""

from __future__ import annotations

import csv
import difflib
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.resources import files
from types import MappingProxyType
from typing import Literal

from layers.errors import InvalidInputError, NotFoundError
from layers.thresholds import HOUR_S, STANDARD_FIRST, Scheme, Threshold
from layers.thresholds import aegl as timed_aegl

__all__ = [
    "MOLAR_VOLUME_25C_L",
    "STANDARD_FIRST",
    "Constant",
    "Distance",
    "Scheme",
    "State",
    "Substance",
    "Threshold",
    "all_substances",
    "cas_is_valid",
    "find",
]

State = Literal["gas", "liquid", "solid", "explosive"]  # at 15 °C and 1 atm; how it is handled
MOLAR_VOLUME_25C_L = 24.465  # L/mol at 25 °C and 1 atm: turns ppm into mg/m³


@dataclass(frozen=True, kw_only=True)
class Constant:
    """One physical constant in SI units, with where it comes from."""

    value: float
    unit: str
    source: str
    certainty: str


@dataclass(frozen=True, kw_only=True)
class Distance:
    """One row of a first-minute table: isolation all round, protection downwind, in metres.

    `beyond` is true where the table prints an open end ("11.0+ km"). `container` and `wind` are
    set only for ERG table 3 (`wind` "low" under 10 km/h, "moderate", "high" over 20 km/h).
    `spill` "small" is up to 208 L (55 US gallons), "fire" is a tank in or near a fire.
    """

    table: str
    edition: str
    spill: Literal["small", "large", "fire"]
    container: str | None
    wind: Literal["low", "moderate", "high"] | None
    isolation_m: float
    protection_day_m: float
    protection_night_m: float
    beyond: bool
    source: str
    certainty: str


@dataclass(frozen=True, kw_only=True)
class Substance:
    """One substance. `constants` by name (`molar_mass`, `boiling_point`, ...), SI units."""

    cas: str
    un: str | None
    name_zh: str
    name_en: str
    formula: str | None
    aliases: tuple[str, ...] = ()
    toxic: bool = False
    flammable: bool = False
    state: State = "liquid"
    constants: Mapping[str, Constant] = field(default_factory=lambda: MappingProxyType({}))
    thresholds: tuple[Threshold, ...] = ()
    distances: tuple[Distance, ...] = ()

    def constant(self, name: str) -> Constant:
        """Return a constant that a model needs.

        Raises
        ------
        InvalidInputError
            `code="constant_unknown"`: the tables do not give it for this substance.
        """
        try:
            return self.constants[name]
        except KeyError:
            raise InvalidInputError(
                f"the tables give no {name} for {self.name_en} ({self.cas})",
                code="constant_unknown",
                constant=name,
                cas=self.cas,
                name_zh=self.name_zh,
                name_en=self.name_en,
            ) from None

    def levels(self, scheme: str | None = None) -> tuple[Threshold, ...]:
        """Return the thresholds that draw zones, the worst first.

        For exposures of an hour, of one scheme: the one named, else AEGL, else ERPG, else PAC.
        Empty where there are none.
        """
        for each in STANDARD_FIRST if scheme is None else (scheme,):
            found = [
                t
                for t in self.thresholds
                if t.scheme == each
                and t.value is not None
                and (t.scheme != "AEGL" or t.averaging_s == HOUR_S)
            ]
            if found:
                return tuple(sorted(found, key=lambda t: -t.severity))
        return ()

    def aegl(self, level: int, duration_s: float) -> Threshold:
        """Return an AEGL for an exposure of any length between the published ones.

        As `layers.thresholds.aegl`, with its errors.
        """
        return timed_aegl(self.thresholds, level, duration_s, of=self.name_en)

    def kg_m3(self, threshold: Threshold) -> float:
        """Return a threshold as a mass concentration, kg/m³, at 25 °C and 1 atm."""
        if threshold.value is None:
            raise InvalidInputError(f"{threshold.name} of {self.name_en} is not recommended")
        if threshold.unit == "mg/m3":
            return threshold.value * 1e-6
        molar_mass_g = self.constant("molar_mass").value * 1000.0
        return threshold.value * molar_mass_g / MOLAR_VOLUME_25C_L * 1e-6


def all_substances() -> tuple[Substance, ...]:
    """Return every substance of the tables, in the order of the file."""
    return _library()[0]


def find(text: str) -> Substance:
    """Return the substance that a person named.

    `text` is a Chinese or English name or alias, a CAS number ("7782-50-5", also without dashes)
    or a UN number ("1017", "UN1017", "UN 1017"); case, width and outer space do not matter.

    Raises
    ------
    NotFoundError
        `code="substance_unknown"`; `details["near"]` lists names that look like it.
    InvalidInputError
        `code="cas_check_digit"`: the shape of a CAS number with a wrong check digit.
    """
    key = _key(text)
    index = _library()[1]
    for word in (key, re.sub(r"\s*[(\[].*$", "", key)):  # "Methanol [wood spirit]", "苯(纯)"
        if word in index:
            return index[word]
    if re.fullmatch(r"\d{2,7}-\d{2}-\d", key) and not cas_is_valid(key):
        raise InvalidInputError(
            f"{key} is not a CAS number: the check digit is wrong", code="cas_check_digit", got=key
        )
    near = difflib.get_close_matches(key, index, n=12, cutoff=0.6)
    names = list(dict.fromkeys(index[name].name_zh for name in near))[:5]
    raise NotFoundError(
        f"no substance {text.strip()[:80]!r}" + (f"; near: {', '.join(names)}" if names else ""),
        code="substance_unknown",
        got=text.strip()[:80],
        near=names,
    )


def cas_is_valid(cas: str) -> bool:
    """Say whether a CAS number's check digit holds (sum of digit times place, modulo 10)."""
    if not re.fullmatch(r"\d{2,7}-\d{2}-\d", cas):
        return False
    *digits, check = (int(c) for c in cas if c != "-")
    return sum(place * digit for place, digit in enumerate(reversed(digits), 1)) % 10 == check


def _key(text: str) -> str:
    folded = unicodedata.normalize("NFKC", text).strip().casefold()
    folded = re.sub(r"\s+", " ", folded)
    un = re.fullmatch(r"un\s*(?:no\.?)?\s*(\d{4})", folded)
    return un.group(1) if un else folded


@lru_cache(maxsize=1)
def _library() -> tuple[tuple[Substance, ...], Mapping[str, Substance]]:
    constants: dict[str, dict[str, Constant]] = {}
    for row in _rows("constants.csv"):
        constants.setdefault(row["cas"], {})[row["name"]] = Constant(
            value=float(row["value"]),
            unit=row["unit"],
            source=row["source"],
            certainty=row["certainty"],
        )
    thresholds: dict[str, list[Threshold]] = {}
    for row in _rows("thresholds.csv"):
        thresholds.setdefault(row["cas"], []).append(_threshold(row))
    distances: dict[str, list[Distance]] = {}
    for row in _rows("distances.csv"):
        distances.setdefault(row["cas"], []).append(_distance(row))
    substances = tuple(
        Substance(
            cas=row["cas"],
            un=row["un"] or None,
            name_zh=row["name_zh"],
            name_en=row["name_en"],
            formula=row["formula"] or None,
            aliases=tuple(filter(None, row["aliases"].split("|"))),
            toxic=row["toxic"] == "1",
            flammable=row["flammable"] == "1",
            state=row["state"],  # type: ignore[arg-type]
            constants=MappingProxyType(constants.get(row["cas"], {})),
            thresholds=tuple(thresholds.get(row["cas"], ())),
            distances=tuple(distances.get(row["cas"], ())),
        )
        for row in _rows("substances.csv")
    )
    index: dict[str, Substance] = {}
    for substance in substances:
        for word in (
            substance.cas,
            substance.cas.replace("-", ""),
            substance.un or "",
            substance.name_zh,
            substance.name_en,
            substance.formula or "",
            *substance.aliases,
        ):
            if word:
                index.setdefault(_key(word), substance)
    return substances, MappingProxyType(index)


def _rows(name: str) -> list[dict[str, str]]:
    text = files("layers").joinpath("data", name).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


def _threshold(row: Mapping[str, str]) -> Threshold:
    return Threshold(
        scheme=row["scheme"],  # type: ignore[arg-type]
        level=int(row["level"]) if row["level"] else None,
        value=float(row["value"]) if row["value"] else None,
        unit=row["unit"],  # type: ignore[arg-type]
        averaging_s=float(row["averaging_s"]) if row["averaging_s"] else None,
        source=row["source"],
        certainty=row["certainty"],
        date=row["date"],
    )


def _distance(row: Mapping[str, str]) -> Distance:
    return Distance(
        table=row["table"],
        edition=row["edition"],
        spill=row["spill"],  # type: ignore[arg-type]
        container=row["container"] or None,
        wind=row["wind"] or None,  # type: ignore[arg-type]
        isolation_m=float(row["isolation_m"]),
        protection_day_m=float(row["protection_day_m"]),
        protection_night_m=float(row["protection_night_m"]),
        beyond=row["beyond"] == "1",
        source=row["source"],
        certainty=row["certainty"],
    )

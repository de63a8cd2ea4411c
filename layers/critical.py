"""Critical quantities of substances by GB 18218-2018 (重大危险源辨识), and their factors β.

Table 1 names substances; one that it does not name takes the critical quantity of its hazard
class (table 2), the least of them where it has several. The correction factor β is table 3's for
the toxic gases named there, else the class's (table 4), the greatest where there are several.
Every number carries its certainty (layers/data/SOURCES.md), which reaches the screen.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Literal

from layers import substances
from layers.errors import OneMapError

STANDARD = "GB 18218-2018"
UNCOUNTED = "none"

Basis = Literal["named", "class", "declared", "uncounted"]


@dataclass(frozen=True, kw_only=True)
class HazardClass:
    """One class of tables 2 and 4: its meaning in the standard's words, Q in t, β."""

    name: str
    meaning: str
    critical_t: float
    beta: float
    certainty: str


@dataclass(frozen=True, kw_only=True)
class Critical:
    """The critical quantity Q (t) and the correction factor β of one substance.

    `basis` is "named" (table 1, in `row`), "class" (by classes that we hold for it), "declared"
    (by the class that a person stated) or "uncounted" (outside the standard; Q and β None).
    `alternatives` are the other rows of table 1 that its CAS number fits: Q is then the least.
    """

    basis: Basis
    name_zh: str
    name_en: str
    cas: str | None
    row: int | None
    classes: tuple[str, ...]
    critical_t: float | None
    beta: float | None
    critical_source: str
    critical_certainty: str
    beta_source: str
    beta_certainty: str
    alternatives: tuple[int, ...] = ()


def find(
    substance: str | None = None, cas: str | None = None, hazard_class: str | None = None
) -> Critical | None:
    """Return what the standard says of a substance, or None where that is not known.

    Parameters
    ----------
    substance
        A name of table 1 or any that `layers.substances.find` knows.
    cas
        CAS number; wins over the name where both are given, but for a name of table 1.
    hazard_class
        The class that a person declared: "j1" to "w11", or "none" for a substance outside the
        standard, which wins over the tables.
    """
    if hazard_class == UNCOUNTED:
        return _uncounted(substance or cas or "", substance or cas or "", cas, "declared")
    by_name, by_cas = _tables()
    name = (substance or "").strip()
    if name in by_name:
        return by_name[name]
    number = cas or _cas_of(name)
    rows = by_cas.get(number or "", ())
    if hazard_class is not None and len(rows) > 1:
        rows = tuple(row for row in rows if hazard_class in row.classes) or rows
    if rows:
        return _least(rows)
    if hazard_class is None:
        return None
    return _of_classes(name or hazard_class, name or hazard_class, cas, (hazard_class,), "declared")


@lru_cache(maxsize=1)
def classes() -> dict[str, HazardClass]:
    """Return the hazard classes of tables 2 and 4, by name."""
    return {
        row["hazard_class"]: HazardClass(
            name=row["hazard_class"],
            meaning=row["meaning"],
            critical_t=float(row["critical_t"]),
            beta=float(row["beta"]),
            certainty=row["certainty"],
        )
        for row in _rows("hazard_classes.csv")
    }


def all_named() -> tuple[Critical, ...]:
    """Return every substance of our tables, in the order of the standard's table 1."""
    return tuple(_tables()[0].values())


def _cas_of(name: str) -> str | None:
    """Return the CAS number of a substance by name, where our tables know it."""
    if not name:
        return None
    try:
        return substances.find(name).cas
    except OneMapError:
        return None


def _least(rows: tuple[Critical, ...]) -> Critical:
    """Return the row with the least Q; the others are told as alternatives."""
    least = min(rows, key=lambda row: row.critical_t or float("inf"))
    others = tuple(row.row for row in rows if row is not least and row.row is not None)
    if not others:
        return least
    return Critical(**{**vars(least), "alternatives": others})


@lru_cache(maxsize=1)
def _tables() -> tuple[dict[str, Critical], dict[str, tuple[Critical, ...]]]:
    """Return our substances by the standard's name and by CAS number."""
    by_name: dict[str, Critical] = {}
    by_cas: dict[str, tuple[Critical, ...]] = {}
    for row in _rows("critical_quantities.csv"):
        made = _made(row)
        by_name[made.name_zh] = made
        if made.cas:
            by_cas[made.cas] = (*by_cas.get(made.cas, ()), made)
    return by_name, by_cas


def _made(row: dict[str, str]) -> Critical:
    names = tuple(row["classes"].split("|"))
    cas = row["cas"] or None
    if names == (UNCOUNTED,):
        return _uncounted(row["name_zh"], row["name_en"], cas, row["q_certainty"])
    classed = _of_classes(row["name_zh"], row["name_en"], cas, names, "class")
    found = vars(classed) | {
        "critical_certainty": row["q_certainty"],
        "beta_certainty": row["beta_certainty"],
    }
    if row["beta"]:
        found |= {"beta": float(row["beta"]), "beta_source": f"{STANDARD}, table 3"}
    if row["row"]:
        found |= {
            "basis": "named",
            "row": int(row["row"]),
            "critical_t": float(row["critical_t"]),
            "critical_source": f"{STANDARD}, table 1, row {row['row']}",
        }
    return Critical(**found)


def _of_classes(
    name_zh: str, name_en: str, cas: str | None, names: tuple[str, ...], basis: Basis
) -> Critical:
    """Return a substance by its classes: the least Q and the greatest β of them."""
    known = [classes()[name] for name in names]
    strict = min(known, key=lambda each: each.critical_t)
    strong = max(known, key=lambda each: each.beta)
    return Critical(
        basis=basis,
        name_zh=name_zh,
        name_en=name_en,
        cas=cas,
        row=None,
        classes=names,
        critical_t=strict.critical_t,
        beta=strong.beta,
        critical_source=f"{STANDARD}, table 2, {strict.name.upper()}",
        critical_certainty=strict.certainty,
        beta_source=f"{STANDARD}, table 4, {strong.name.upper()}",
        beta_certainty=strong.certainty,
    )


def _uncounted(name_zh: str, name_en: str, cas: str | None, certainty: str) -> Critical:
    return Critical(
        basis="uncounted",
        name_zh=name_zh,
        name_en=name_en,
        cas=cas,
        row=None,
        classes=(),
        critical_t=None,
        beta=None,
        critical_source=STANDARD,
        critical_certainty=certainty,
        beta_source=STANDARD,
        beta_certainty=certainty,
    )


def _rows(name: str) -> list[dict[str, str]]:
    text = files("layers").joinpath("data", name).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))

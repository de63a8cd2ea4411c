"""Unified social credit codes (统一社会信用代码) with a right check digit."""

from __future__ import annotations

import numpy as np

# GB 32100-2015: 31 characters without I O S V Z; weights 3^i mod 31 over the first 17.
ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_WEIGHTS = tuple(pow(3, i, 31) for i in range(17))
# GB 11714: the organisation code's own check character.
_ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)


def credit_check(first17: str) -> str:
    """Return the check character of a credit code's first 17 characters."""
    total = sum(w * ALPHABET.index(c) for w, c in zip(_WEIGHTS, first17, strict=True))
    return ALPHABET[(31 - total % 31) % 31]


def organisation_check(first8: str) -> str:
    """Return the check character of an organisation code's first 8 characters."""
    total = sum(w * int(c, 36) for w, c in zip(_ORGANISATION_WEIGHTS, first8, strict=True))
    rest = 11 - total % 11
    return {10: "X", 11: "0"}.get(rest, str(rest))


def credit_code(rng: np.random.Generator, *, region: str) -> str:
    """Return a valid code: 9 (industry and commerce), 1 (enterprise), region, organisation."""
    characters = list("0123456789ABCDEFGHJKLMNPQRTUWXY")
    first8 = "MA" + "".join(rng.choice(characters, size=6))
    first17 = "91" + region + first8 + organisation_check(first8)
    return first17 + credit_check(first17)

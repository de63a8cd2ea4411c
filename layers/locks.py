"""The advisory locks of a site's database: every key in one place, so that no two meet."""

from __future__ import annotations

from enum import IntEnum

_SITE = 0x6F6E656D6170 << 8  # "onemap"


class Lock(IntEnum):
    """What an advisory lock keeps to one at a time."""

    MIGRATION = _SITE + 1
    SEALER = _SITE + 2
    LOAD = _SITE + 3
    SAMPLE_WEATHER = _SITE + 4
    GRADING = _SITE + 5
    PINYIN = _SITE + 6
    PAIRS = _SITE + 7
    POSITION_DAYS = _SITE + 20  # named by number in onemap_make_position_days
    FOLLOWING = _SITE + 21
    SPEEDS = _SITE + 22
    FOLLOWER = _SITE + 23
    PACKS = _SITE + 30
    TILE_UPKEEP = _SITE + 31
    DEADLINES = _SITE + 40
    BULLETIN_NUMBER = _SITE + 41
    PROPOSALS = _SITE + 42


# Locks of two numbers are apart from those of one: (this, a hash of the road network's name).
NETWORK_NAME = 0x6F6E6D72
# The same for counted cells: (this, a hash of the layer's name), named by number in 10_cells.sql.
# One plot at a time: (this, a hash of the plot's id), whether the plot is there or not yet.
PLOT = 0x6F6E6D70

"""Tables of documents: how a line is shared among its columns."""

import json
import random
from pathlib import Path

from gis_server.sheets import blocks

TEXT = Path(blocks.__file__).parents[1] / "text" / "en"
LINE = 78


def _letters(table):
    return [share * LINE / 100 for share in table["widths"]]


def test_no_column_is_narrower_than_its_longest_word_where_all_find_room():
    table = blocks.table(
        ["Organisation", "Instrument", "Note"],
        [["Harbour", "PID", "a long note of many words that would take the whole line " * 4]],
    )
    organisation, instrument, note = _letters(table)
    assert (organisation, instrument) > (len("Organisation"), len("Instrument"))
    assert note > 40
    assert sum(table["widths"]) == 100


def test_the_heads_of_a_handover_in_english_stand_whole():
    words = json.loads((TEXT / "incident_file.json").read_text())
    heads = [said for key, said in sorted(words.items()) if key.startswith("duty.column.")]
    assert len(heads) > 5
    row = ["2026-11-22 14:05", "Chlorine: toxic release at the harbour plant", "", "", "", "", ""]
    table = blocks.table(heads, [row[: len(heads)] + [""] * (len(heads) - len(row))])
    for head, letters in zip(heads, _letters(table), strict=True):
        assert letters >= max(map(len, head.split())), head


def test_what_finds_no_room_is_shared_by_need():
    table = blocks.table(["antidisestablishmentarianism"] * 6, [["x"] * 6])
    assert sum(table["widths"]) == 100
    assert max(table["widths"]) - min(table["widths"]) <= 5


def test_shares_are_whole_percents_of_any_table():
    random.seed(7)
    for _ in range(300):
        columns = random.randint(1, 12)
        said = [
            "x" * random.randint(0, 60) + " " + "字" * random.randint(0, 30) for _ in range(columns)
        ]
        widths = blocks.table(said, [said[::-1]])["widths"]
        assert sum(widths) == 100
        assert min(widths) > 0


def test_a_table_of_heads_alone_is_shared_too():
    assert sum(blocks.table(["input", "value", "unit"], [])["widths"]) == 100

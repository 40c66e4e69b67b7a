"""Tables and JSON."""

import json

import pytest

from penstock.cli.output import as_json, as_table, listing
from penstock.kernel.texts import Text

SHAPES = [
    {"id": 7, "name": "Ada", "counts": {"active": 1}},
    {"id": 12, "name": None, "counts": {"active": 0}},
]
COLUMNS = {"id": Text("Id"), "name": Text("Name"), "counts.active": Text("Active")}


def test_a_listing_is_a_table_or_json(capsys: pytest.CaptureFixture[str]) -> None:
    listing(SHAPES, COLUMNS, Text("nothing"), json=True)
    assert json.loads(capsys.readouterr().out) == SHAPES
    listing(SHAPES, COLUMNS, Text("nothing"), json=False)
    printed = capsys.readouterr().out
    assert "Active" in printed
    assert "Ada" in printed
    assert "None" not in printed


def test_a_listing_of_nothing_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    listing([], COLUMNS, Text("nothing"), json=False)
    assert capsys.readouterr().out == "nothing\n"
    listing([], COLUMNS, Text("nothing"), json=True)
    assert json.loads(capsys.readouterr().out) == []


def test_what_strangers_wrote_neither_steers_the_terminal_nor_marks_up(
    capsys: pytest.CaptureFixture[str],
) -> None:
    as_table([Text("Name")], [["\x1b]0;owned\x07[red]x[/red]\x9b"]], Text("nothing"))
    printed = capsys.readouterr().out
    assert "\x1b" not in printed
    assert "\x9b" not in printed
    assert "[red]x[/red]" in printed


def test_nothing_is_cut_off_where_the_output_is_no_terminal(
    capsys: pytest.CaptureFixture[str],
) -> None:
    as_table([Text("Name")], [["x" * 200]], Text("nothing"))
    assert "x" * 200 in capsys.readouterr().out


def test_json_keeps_letters_as_they_are(capsys: pytest.CaptureFixture[str]) -> None:
    as_json({"name": "Åsa"})
    assert '"Åsa"' in capsys.readouterr().out

"""Names of items: what ``pandian.items`` says last of each."""

from __future__ import annotations

import orjson
import pytest

from models.data.names import names_in_file
from models.exceptions import DataError
from models.source import read_names

RECORDS = [
    {"item_id": "a", "name": "hat"},
    {"item_id": "b", "name": "scarf"},
    {"item_id": 7, "name": "glove"},
    {"item_id": "c", "name": "  "},
    {"item_id": "d", "name": 3},
    {"item_id": "e"},
    {"item_id": "b", "name": None, "price": 2},
    {"item_id": "a", "name": "red hat"},
]


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "items.jsonl"
    path.write_bytes(b"\n".join(orjson.dumps(value) for value in RECORDS))
    return path


def test_the_last_line_of_an_item_counts(file) -> None:
    assert names_in_file(file) == {"a": "red hat", "7": "glove"}
    assert read_names(("clicks.csv",), str(file)) == names_in_file(file)


def test_files_without_names_have_none(tmp_path) -> None:
    assert read_names(("clicks.csv",), None) is None
    with pytest.raises(DataError, match="cannot be read"):
        read_names(("clicks.csv",), str(tmp_path / "none"))

"""A mapping of names travels with an entry, checked as its other files are."""

from __future__ import annotations

import numpy as np
import pytest

from export.files import write_files
from export.registry import Entry, EntryError
from export.text import TEXT, TextError, TextMapping, open_text

MAPPING = TextMapping(np.ones(6, np.float32), np.eye(6, 3, dtype=np.float32))
SAID = {"encoder": "an encoder 1.0", "least": 0.25}


@pytest.fixture
def written(first_entry, tmp_path):
    """Writes an entry with a mapping and a card that says something of it."""

    def write(said, data: bytes = MAPPING.encode()):
        files = {name: first_entry.read(name) for name in first_entry.files if name != "card.json"}
        return write_files(tmp_path / "entry", {**first_entry.card, "text": said}, {**files, TEXT: data})

    return write


def test_it_is_read_as_it_was_written(written) -> None:
    entry = Entry.open(written(SAID).path)
    found = open_text(entry)
    assert (found.encoder, found.least) == ("an encoder 1.0", 0.25)
    np.testing.assert_array_equal(found.mapping.weights, MAPPING.weights)


def test_an_entry_without_one_says_none(first_entry) -> None:
    assert open_text(first_entry) is None


def test_a_file_that_was_changed_refuses_the_entry(written) -> None:
    entry = written(SAID)
    path = entry.path / TEXT
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    with pytest.raises(EntryError, match=TEXT):
        Entry.open(entry.path)
    with pytest.raises(EntryError, match=TEXT):
        open_text(entry)


@pytest.mark.parametrize(
    "said", [None, {}, {"encoder": 3, "least": 0.1}, {**SAID, "least": 2}, {**SAID, "least": "x"}]
)
def test_a_card_that_does_not_say_whose_it_is(written, said) -> None:
    with pytest.raises(TextError, match="must name the encoder"):
        open_text(written(said))


def test_a_file_that_is_no_mapping(written) -> None:
    with pytest.raises(TextError, match="must be what was exported"):
        open_text(written(SAID, b"no"))

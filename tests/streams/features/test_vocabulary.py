"""Items as small numbers, a bounded number of them."""

from __future__ import annotations

from streams.features.vocabulary import Vocabulary


def test_an_item_keeps_its_number() -> None:
    vocabulary = Vocabulary(10)
    assert [vocabulary.number(item) for item in "abacb"] == [0, 1, 0, 2, 1]
    assert vocabulary.items == ["a", "b", "c"]
    assert len(vocabulary) == 3
    assert vocabulary.changed() == [(0, "a"), (1, "b"), (2, "c")]
    assert vocabulary.changed() == []


def test_there_is_no_room_for_too_many() -> None:
    vocabulary = Vocabulary(2)
    assert [vocabulary.number(item) for item in "abca"] == [0, 1, None, 0]


def test_restored_numbers_that_nothing_uses_are_free() -> None:
    vocabulary = Vocabulary(3)
    vocabulary.restore([(0, "a"), (1, "gone"), (2, "c"), (9, "beyond")], [True, False, True])
    assert vocabulary.all() == [(0, "a"), (2, "c")]
    assert (vocabulary.number("c"), vocabulary.number("gone")) == (2, 1)
    assert vocabulary.changed() == [(1, "gone")]
    assert vocabulary.number("other") is None


def test_cleared() -> None:
    vocabulary = Vocabulary(3)
    vocabulary.number("a")
    vocabulary.clear()
    assert (vocabulary.all(), vocabulary.changed(), vocabulary.numbers) == ([], [], {})

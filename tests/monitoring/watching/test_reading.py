"""A label that is written twice counts once, however many counts of labels somebody begins."""

from __future__ import annotations

from monitoring.watching.reading import Places


def test_a_count_that_goes_on_is_known_however_many_others_begin() -> None:
    places = Places(most=3)
    assert places.is_new(0, "ours", 1)
    for number in range(10):
        assert places.is_new(1, f"made up {number}", 1)
        assert not places.is_new(0, "ours", 1)
        assert places.is_new(0, "ours", number + 2)
        assert not places.is_new(0, "ours", 1)
    assert len(places.state()) == 3


def test_what_is_remembered_survives() -> None:
    places, other = Places(), Places()
    places.is_new(3, "s", 7)
    other.restore(places.state())
    assert [other.is_new(3, "s", place) for place in (6, 7, 8)] == [False, False, True]
    assert other.is_new(4, "s", 7)
    assert all(
        other.is_new(3, *said) for said in (("s", None), ("s", 0), ("s", True), (None, 7)) for _ in "12"
    )

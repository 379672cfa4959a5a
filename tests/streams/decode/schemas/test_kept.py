"""A bounded memory: what was not used for longest goes first."""

from __future__ import annotations

from streams.decode.schemas.kept import Kept


def test_what_was_not_used_for_longest_goes_first() -> None:
    kept: Kept[str, int] = Kept(3)
    for name in "abc":
        kept.put(name, ord(name))
    assert kept.get("a") == 97
    kept.put("d", 100)
    assert [kept.get(name) for name in "abcd"] == [97, None, 99, 100]
    kept.drop("a")
    kept.drop("a")
    kept.put("e", 101)
    assert [kept.get(name) for name in "acde"] == [None, 99, 100, 101]


def test_weights_add_up_and_one_that_is_too_heavy_is_alone() -> None:
    kept: Kept[int, str] = Kept(100)
    for key in range(1_000):
        kept.put(key % 7, "x", key % 60)
        assert len(kept) == 1 or sum(weight for _, weight in kept._values.values()) <= 100
        assert kept._weight == sum(weight for _, weight in kept._values.values())
    kept.put(9, "y", 1_000)
    assert len(kept) == 1
    assert kept.get(9) == "y"

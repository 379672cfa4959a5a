"""What the model sees of values: bounded, finite, the same for the same values, whatever they are."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pandian.types import gazetteer, ngrams, statistics
from pandian.types.features import CLIP, DRAW, DRAWS, draws, features


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(st.text(max_size=300), st.integers(1, 10**12)), min_size=1, max_size=DRAW))
def test_any_values(draw: list[tuple[str, int]]) -> None:
    found = features(draw, {"a": 0.5}, ["a", "b"])
    assert found.hashed.shape == (3 * ngrams.BUCKETS,)
    assert found.dense.shape == (statistics.SIZE + gazetteer.SIZE,)
    assert found.forms.tolist() == [0.5, 0.0]
    assert np.isfinite(found.hashed).all()
    assert np.isfinite(found.dense).all()
    again = features(draw, {"a": 0.5}, ["a", "b"])
    assert np.array_equal(found.hashed, again.hashed)


@pytest.mark.parametrize(
    "text", ["1e400", "nan", "-inf", "9" * 400, "1_000", "\ud800", "\x00", "٣٤", "1" * 10_000]
)
def test_hostile_values(text: str) -> None:
    found = features([(text, 1)], {}, [])
    assert np.isfinite(found.dense).all()


def test_blocks_have_length_one() -> None:
    blocks = ngrams.hashed(["Berlin", "12 High Street"]).reshape(3, -1)
    assert np.linalg.norm(blocks, axis=1) == pytest.approx([1, 1, 1], abs=1e-6)
    assert not ngrams.hashed([]).any()


def test_shapes_forget_which_letters_and_digits() -> None:
    one, other = (ngrams.hashed([text]).reshape(3, -1) for text in ("AB-123", "XY-987"))
    assert np.array_equal(one[2], other[2])
    assert not np.array_equal(one[0], other[0])


def test_pieces_are_those_of_the_plain_way() -> None:
    """As many different pieces as there are, counted one by one; buckets rarely collide for so few."""
    text = "\nabcab\n"
    pieces = {text[start : start + size] for size in range(1, 5) for start in range(len(text) - size + 1)}
    assert np.count_nonzero(ngrams.hashed(["abcab"])[: ngrams.BUCKETS]) == len(pieces)


def test_what_is_far_into_a_value_does_not_count() -> None:
    one, other = (features([("x" * CLIP + tail, 1)], {}, []) for tail in ("", "abc"))
    assert np.array_equal(one.hashed, other.hashed)


@pytest.mark.parametrize("size", [0, 1, 5, 6, 7, 12, 13, 100, 256])
def test_draws_are_different_values_from_all_over(size: int) -> None:
    samples = [(str(place), 1) for place in range(size)]
    taken = draws(samples)
    flat = [sample for draw in taken for sample in draw]
    assert len(taken) <= DRAWS
    assert all(1 <= len(draw) <= DRAW for draw in taken)
    assert len(set(flat)) == len(flat) == min(size, DRAW * DRAWS)
    if size > 100:
        assert max(int(text) for text, _ in flat) > 0.7 * size


def test_the_gazetteer_knows_people_and_towns() -> None:
    people, towns, words = (
        dict(
            zip(
                ("given", "family", "city", "region", "street"),
                gazetteer.found(texts)[:-1].reshape(5, 4),
                strict=True,
            )
        )
        for texts in (["Jane Smith", "Hans Müller"], ["Berlin", "Palo Alto"], ["zxqv", "wvut"])
    )
    assert people["given"][1] == 1
    assert people["family"][2] == 1
    assert towns["city"][0] == 1
    assert not any(figures.any() for figures in words.values())
    assert gazetteer.found(["Jane Smith", "x"])[-1] == pytest.approx(0.5)


def test_the_gazetteer_holds_sorted_hashes_only() -> None:
    for hashes in gazetteer.gazetteer().values():
        assert hashes.dtype == np.uint32
        assert (np.diff(hashes.astype(np.int64)) > 0).all()

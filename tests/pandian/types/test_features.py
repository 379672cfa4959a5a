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
    found = features([draw], [{"a": 0.5, "of no model": 1.0}], ["a", "b"])
    assert found.hashed.shape == (1, 3 * ngrams.BUCKETS)
    assert found.dense.shape == (1, statistics.SIZE + gazetteer.SIZE)
    assert found.forms.tolist() == [[0.5, 0.0]]
    assert np.isfinite(found.hashed).all()
    assert np.isfinite(found.dense).all()
    again = features([draw], [{"a": 0.5}], ["a", "b"])
    assert np.array_equal(found.hashed, again.hashed)


@settings(max_examples=100, deadline=None)
@given(
    st.lists(
        st.lists(st.tuples(st.text(max_size=20) | st.floats().map(str), st.integers(1, 99)), min_size=1, max_size=DRAW),
        min_size=2,
        max_size=5,
    )
)  # fmt: skip
def test_what_else_is_described_changes_nothing(batch: list[list[tuple[str, int]]]) -> None:
    together = features(batch, [{}] * len(batch), [])
    for place, draw in enumerate(batch):
        alone = features([draw], [{}], [])
        assert np.array_equal(together.hashed[place], alone.hashed[0])
        assert together.dense[place] == pytest.approx(alone.dense[0], rel=1e-6, abs=1e-6)


def test_statistics_are_those_of_the_plain_way() -> None:
    texts = ["-1.50", "2", "1e3", "7 kg", "Über Ab", "北京"]
    found = dict(enumerate(statistics.statistics([["x"], texts], [1.0, 20.0])[1].tolist()))
    lengths = np.array([len(text) for text in texts])
    expected = np.log1p([5, 10, lengths.mean(), 1, lengths.max(), lengths.std(), 8 / 6, 1, 2])
    assert [found[place] for place in range(9)] == pytest.approx(expected.tolist(), rel=1e-6)
    joined = "".join(texts)
    kinds = [
        sum(map(kind, joined)) for kind in (str.isdigit, str.isalpha, str.isupper, str.islower, str.isspace)
    ]
    assert [found[9 + place] * len(joined) for place in range(7)] == pytest.approx(
        [*kinds, 2, len(joined) / 6], rel=1e-6
    )
    signs = len(statistics.SIGNS)
    dot = statistics.SIGNS.index(".")
    assert (found[16 + dot], found[16 + signs + dot]) == pytest.approx((1 / len(joined), 1 / 6))
    numbers = np.array([-1.5, 2.0, 1000.0])
    quantiles = np.quantile(numbers, [0, 0.25, 0.5, 0.75, 1])
    assert [found[16 + 2 * signs + place] for place in range(16)] == pytest.approx(
        [
            0.5,
            *(np.sign(quantiles) * np.log1p(abs(quantiles))),
            *(2 / 3, 1 / 3, 2 / 3, 2 / 3, 2 / 3, 2 / 3),
            2 / 6,
            2,
            np.std([2, 0, 0, 0, 0, 0]),
            np.log1p(numbers.std()),
        ],
        rel=1e-6,
    )


@pytest.mark.parametrize(
    "text", ["1e400", "nan", "-inf", "9" * 400, "1_000", "\ud800", "\x00", "٣٤", "1" * 10_000]
)
def test_hostile_values(text: str) -> None:
    found = features([[(text, 1)]], [{}], [])
    assert np.isfinite(found.dense).all()


def test_blocks_have_length_one() -> None:
    blocks = ngrams.hashed([["Berlin", "12 High Street"]]).reshape(3, -1)
    assert np.linalg.norm(blocks, axis=1) == pytest.approx([1, 1, 1], abs=1e-6)
    assert not ngrams.hashed([[]]).any()


def test_shapes_forget_which_letters_and_digits() -> None:
    one, other = (ngrams.hashed([[text]]).reshape(3, -1) for text in ("AB-123", "XY-987"))
    assert np.array_equal(one[2], other[2])
    assert not np.array_equal(one[0], other[0])


def test_pieces_are_those_of_the_plain_way() -> None:
    """As many different pieces as there are, counted one by one; buckets rarely collide for so few."""
    text = "\nabcab\n"
    pieces = {text[start : start + size] for size in range(1, 5) for start in range(len(text) - size + 1)}
    assert np.count_nonzero(ngrams.hashed([["abcab"]])[0, : ngrams.BUCKETS]) == len(pieces)


def test_what_is_far_into_a_value_does_not_count() -> None:
    one, other = (features([[("x" * CLIP + tail, 1)]], [{}], []) for tail in ("", "abc"))
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
                gazetteer.found([texts])[0, :-1].reshape(5, 4),
                strict=True,
            )
        )
        for texts in (["Jane Smith", "Hans Müller"], ["Berlin", "Palo Alto"], ["zxqv", "wvut"])
    )
    assert people["given"][1] == 1
    assert people["family"][2] == 1
    assert towns["city"][0] == 1
    assert not any(figures.any() for figures in words.values())
    assert gazetteer.found([["Jane Smith", "x"]])[0, -1] == pytest.approx(0.5)


def test_the_gazetteer_holds_sorted_hashes_only() -> None:
    for hashes in gazetteer.gazetteer().values():
        assert hashes.dtype == np.uint32
        assert (np.diff(hashes.astype(np.int64)) > 0).all()

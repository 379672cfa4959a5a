"""The best of a head are those of a full sort of exact logits, whatever the vectors."""

from __future__ import annotations

import numpy as np
import pytest

from export.head.bounded import NARROW, WIDE, ZERO, Head

N_ITEMS, SIZE = 5_000, 24


def multiplier(whole):
    """Multiply as onnxruntime does, the plain way."""
    return lambda wholes: (wholes.astype(np.int32) - ZERO) @ whole.T.astype(np.int32)


def drawn(kind: str):
    random = np.random.default_rng(3)
    vectors = random.standard_normal((N_ITEMS, SIZE)).astype(np.float32)
    if kind == "equal":
        vectors = vectors[random.integers(0, 60, N_ITEMS)]
    elif kind == "one is long":
        vectors[17] *= 40
    elif kind == "nothing":
        vectors[:] = 0
    return vectors, random.standard_normal((6, SIZE)).astype(np.float32)


def sorted_(vectors, offsets, hidden):
    logits = (vectors.astype(np.float64) * hidden).sum(1) + (0.0 if offsets is None else offsets)
    logits = logits.astype(np.float32)
    return np.lexsort((np.arange(len(logits)), -logits)), logits


@pytest.mark.parametrize("largest", [NARROW, WIDE])
@pytest.mark.parametrize("with_offsets", [False, True])
@pytest.mark.parametrize("kind", ["drawn", "equal", "one is long", "nothing"])
def test_the_best_are_those_of_a_full_sort(kind, with_offsets, largest) -> None:
    vectors, hidden = drawn(kind)
    offsets = np.random.default_rng(4).normal(0, 3, N_ITEMS).astype(np.float32) if with_offsets else None
    head = Head(vectors, offsets, multiplier, largest)
    for row, one in zip(hidden, head.of(hidden), strict=True):
        order, logits = sorted_(vectors, offsets, row.astype(np.float64))
        assert one.lowest() == logits.min()
        for count in (1, 20, 100, N_ITEMS):
            columns, found = one.best(count)
            assert columns.tolist() == order[:count].tolist()
            assert found.tolist() == logits[order[:count]].tolist()
        assert one.at(np.array([5, 3])).tolist() == logits[[5, 3]].tolist()
        gone = order[:30:2].tolist()
        one.drop(gone)
        left = [column for column in order.tolist() if column not in gone]
        assert one.best(40)[0].tolist() == left[:40]
        assert one.best(N_ITEMS)[0].tolist() == left


def test_that_few_are_multiplied_exactly() -> None:
    vectors, hidden = drawn("drawn")
    (one, *_) = Head(vectors, None, multiplier, WIDE).of(hidden)
    one.best(20)
    assert 20 <= one.looked < 200


@pytest.mark.parametrize("bad", [np.nan, np.inf, 1e38])
def test_what_is_no_number_costs_only_its_own_answer(bad) -> None:
    vectors, hidden = drawn("drawn")
    hidden[1, 4] = bad
    found = Head(vectors, None, multiplier).of(hidden)
    assert found[1] is None
    assert (
        found[2].best(5)[0].tolist() == sorted_(vectors, None, hidden[2].astype(np.float64))[0][:5].tolist()
    )

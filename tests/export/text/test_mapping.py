"""Items that nobody has touched are placed by their names where they belong."""

from __future__ import annotations

import numpy as np
import pytest

from export.text import TextError, TextMapping, nearness
from export.text.mapping import unit

DRAW = np.random.default_rng(5)
KINDS, TEXT, DIMENSIONS = 8, 64, 16


def planted(items: int):
    """Return names and vectors of items: what an item goes with is a small part of what its name says."""
    kinds = DRAW.integers(KINDS, size=items)
    said = np.random.default_rng(1).normal(size=(KINDS, TEXT))
    goes = np.random.default_rng(2).normal(size=(KINDS, DIMENSIONS))
    common = np.random.default_rng(3).normal(size=TEXT) * 4
    noise = DRAW.normal(size=(items, TEXT))
    noise[:, :48] *= 2.5  # says much of the item, and nothing of what it goes with
    texts = unit((common + said[kinds] + noise).astype(np.float32))
    vectors = (goes[kinds] + 0.3 * DRAW.normal(size=(items, DIMENSIONS))).astype(np.float32)
    return kinds, texts, vectors


def share_of_kind(kinds, history_kind, scores):
    return float((kinds[np.argsort(-scores)[:10]] == history_kind).mean())


def test_new_items_stand_near_what_they_go_with():
    known_kinds, texts, vectors = planted(1_500)
    mapping = TextMapping.fit(texts, vectors, np.full(1_500, 5))
    kinds, new, _ = planted(400)
    mapped, by_name = [], []
    for kind in range(KINDS):
        history = np.flatnonzero(known_kinds == kind)[:5]
        mapped.append(share_of_kind(kinds, kind, nearness(mapping(new), unit(vectors[history]))))
        by_name.append(share_of_kind(kinds, kind, nearness(new, texts[history])))
    assert np.mean(mapped) > 0.9
    assert np.mean(mapped) > np.mean(by_name) + 0.2


def test_fewer_items_than_dimensions_and_names_that_say_nothing():
    _, texts, vectors = planted(20)
    texts[3], vectors[4] = 0, 0
    counts = np.full(20, 7)
    mapping = TextMapping.fit(texts, vectors, counts)
    kept = np.delete(np.arange(20), [3, 4])
    again = TextMapping.fit(texts[kept], vectors[kept], counts[kept])
    np.testing.assert_array_equal(mapping.weights, again.weights)
    mapped = mapping(texts)
    assert not mapped[3].any()
    np.testing.assert_allclose(np.linalg.norm(np.delete(mapped, 3, 0), axis=1), 1, rtol=1e-5)


def test_what_many_people_touched_counts_more():
    _, texts, vectors = planted(40)
    counts = np.ones(40, np.int64)
    counts[0] = 10**6
    at_first = (TextMapping.fit(texts, vectors, counts)(texts[:1]) @ unit(vectors[:1]).T).item()
    alike = (TextMapping.fit(texts, vectors, np.ones(40, np.int64))(texts[:1]) @ unit(vectors[:1]).T).item()
    assert at_first > 0.98 > alike


@pytest.mark.parametrize(("items", "vectors"), [(0, 0), (3, 2), (2, 2)])
def test_nothing_to_learn_from(items, vectors):
    zeros = np.zeros((items, TEXT), np.float32), np.zeros((vectors, DIMENSIONS), np.float32)
    with pytest.raises(ValueError, match=r"0 of use|shape|broadcast"):
        TextMapping.fit(*zeros, np.ones(items, np.int64))


def test_the_newest_item_of_a_history_counts_most_and_zeros_nothing():
    new = np.eye(3, dtype=np.float32)
    history = np.stack([new[0], new[1]])
    scores = nearness(new, history)
    assert scores[1] > scores[0] > scores[2] == 0
    padded = np.concatenate([history, np.zeros((2, 3), np.float32)])
    np.testing.assert_array_equal(nearness(new, padded), scores)
    assert nearness(new, np.zeros((0, 3), np.float32)).tolist() == [0, 0, 0]


def test_it_travels_as_a_file():
    _, texts, vectors = planted(50)
    mapping = TextMapping.fit(texts, vectors, np.ones(50, np.int64))
    again = TextMapping.decode(mapping.encode())
    np.testing.assert_array_equal(again(texts), mapping(texts))


@pytest.mark.parametrize("spoil", [lambda data: data[:-40], lambda data: b"", lambda data: b"PK" + data])
def test_a_file_that_is_none_is_refused(spoil):
    _, texts, vectors = planted(50)
    data = TextMapping.fit(texts, vectors, np.ones(50, np.int64)).encode()
    with pytest.raises(TextError, match="must be what was exported"):
        TextMapping.decode(spoil(data))


@pytest.mark.parametrize(
    "mapping",
    [
        TextMapping(np.zeros(3, np.float32), np.zeros((4, 2), np.float32)),
        TextMapping(np.full(3, np.nan, np.float32), np.zeros((3, 2), np.float32)),
        TextMapping(np.zeros(3, np.float64), np.zeros((3, 2), np.float32)),
    ],
)
def test_a_mapping_that_cannot_be_used_is_refused(mapping):
    with pytest.raises(TextError):
        TextMapping.decode(mapping.encode())

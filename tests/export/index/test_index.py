"""Both indexes keep one contract; the approximate one finds nearly all; files that are not theirs are refused."""

from __future__ import annotations

import io
import sys

import numpy as np
import pytest

from export.index import open_index
from export.index.approximate import ApproximateIndex, build, recall
from export.index.exact import ExactIndex
from export.index.files import INDEX, VECTORS, index_files
from export.registry import Entry, EntryError, ExportError
from export.shrink.entry import shrink_entry
from tests.export import hostile
from tests.support import entries

N_ITEMS, SIZE = 3_000, 16


def some_vectors(n_items=N_ITEMS, size=SIZE):
    """Return vectors in clusters, as those of items are, of any length; the last item has none."""
    random = np.random.default_rng(5)
    centres = random.normal(size=(40, size))
    vectors = centres[random.integers(40, size=n_items)] + 0.6 * random.normal(size=(n_items, size))
    vectors *= random.uniform(0.1, 5, (n_items, 1))
    vectors[-1] = 0
    return vectors.astype(np.float32)


@pytest.fixture(scope="module")
def vectors():
    return some_vectors()


@pytest.fixture(scope="module", params=[ExactIndex, lambda vectors: ApproximateIndex(build(vectors))])
def index(request, vectors):
    return request.param(vectors)


def plain(vectors, column, k):
    """Return cosines the plain way."""
    unit = vectors.astype(np.float64)
    unit /= np.maximum(np.linalg.norm(unit, axis=1, keepdims=True), 1e-12)
    cosines = unit @ unit[column]
    cosines[column] = -np.inf
    order = np.argsort(-cosines, kind="stable")[:k]
    return order, cosines[order]


def test_neighbours_are_those_of_the_plain_way(index, vectors):
    columns = np.array([0, 17, 2_998])
    found, cosines = index.neighbours(columns, 12)
    assert found.dtype == np.int64
    assert cosines.dtype == np.float32
    for column, near, how_near in zip(columns, found, cosines, strict=True):
        expected, expected_cosines = plain(vectors, column, 12)
        assert len(np.intersect1d(near, expected)) >= 11
        np.testing.assert_allclose(how_near[:5], expected_cosines[:5], atol=2e-3)
        assert column not in near
        assert (np.diff(how_near) <= 0).all()
        assert len(set(near)) == 12


def test_asked_alone_or_together_the_answer_is_the_same(index):
    columns = np.arange(0, 3_000, 7)
    together, _ = index.neighbours(columns, 5)
    for column, near in list(zip(columns, together, strict=True))[::50]:
        np.testing.assert_array_equal(index.neighbours(np.array([column]), 5)[0][0], near)


def test_an_item_about_which_nothing_is_known(index):
    found, cosines = index.neighbours(np.array([N_ITEMS - 1]), 3)
    assert found.shape == (1, 3)
    assert np.abs(cosines).max() < 1e-6


def test_nothing_asked_and_too_much(index):
    assert index.neighbours(np.zeros(0, np.int64), 5)[0].shape == (0, 5)
    for columns, k in ((np.array([N_ITEMS]), 5), (np.array([-1]), 5), (np.array([0]), 0)):
        with pytest.raises(ValueError, match="must be"):
            index.neighbours(columns, k)


@pytest.mark.parametrize("n_items", [1, 2, 4])
def test_small_catalogues_give_what_there_is(n_items):
    vectors = np.eye(4, dtype=np.float32)[:n_items]
    for index in (ExactIndex(vectors), ApproximateIndex(build(vectors))):
        found, _ = index.neighbours(np.array([0]), 10)
        # All are equally near: the first of the catalogue comes first.
        np.testing.assert_array_equal(found, [np.arange(1, n_items)])


def test_the_approximate_one_finds_nearly_all_and_is_the_same_each_time(vectors):
    exact, made = ExactIndex(vectors), build(vectors)
    assert recall(exact, ApproximateIndex(made)) > 0.97
    assert made == build(vectors)


def test_recall_tells_a_bad_index(vectors):
    other = ApproximateIndex(build(np.roll(vectors, 1, axis=0)))
    assert recall(ExactIndex(vectors), other) < 0.1


@pytest.fixture(scope="module")
def entry(tmp_path_factory):
    folder = tmp_path_factory.mktemp("indexed") / "entry"
    return entries.make_entry(folder, items=entries.catalogue(400), vectors=some_vectors(400))


def test_an_entry_carries_its_index(entry):
    assert entry.card["index"] == {"kind": "exact", "dimensions": SIZE}
    index = open_index(Entry.open(entry.path))
    assert index.kind == "exact"
    np.testing.assert_array_equal(
        index.neighbours(np.arange(5), 3)[0],
        [plain(some_vectors(400).astype(np.float16), column, 3)[0] for column in range(5)],
    )


def test_an_entry_without_vectors_has_none(first_entry):
    assert open_index(first_entry) is None
    assert "index" not in first_entry.card


def test_a_smaller_entry_keeps_it(entry, tmp_path):
    small = shrink_entry(entry, tmp_path / "small", "float16", lambda *_: np.ones(3))
    assert small.files[VECTORS] == entry.files[VECTORS]
    assert open_index(small) is not None


def test_large_catalogues_get_an_approximate_one_too(tmp_path, monkeypatch):
    monkeypatch.setattr("export.entry.index_files", lambda *asked: index_files(*asked, least=300))
    made = entries.make_entry(tmp_path / "entry", items=entries.catalogue(400), vectors=some_vectors(400))
    assert made.card["index"]["kind"] == "approximate"
    assert 0.95 < made.card["index"]["recall@10"] <= 1
    assert open_index(made).kind == "approximate"
    monkeypatch.setitem(sys.modules, "voyager", None)
    monkeypatch.setattr("export.index.files.find_spec", lambda _: None)
    assert open_index(made).kind == "exact"


@pytest.mark.parametrize(
    "wrong", [np.ones((399, 4)), np.ones(400), np.full((400, 4), np.nan), np.full((400, 4), np.inf)]
)
def test_vectors_that_are_not_one_an_item_are_refused(wrong):
    with pytest.raises(ExportError, match="must be finite, and 400, one an item"):
        index_files(wrong, 400)


def saved(array):
    file = io.BytesIO()
    np.save(file, array)
    return file.getvalue()


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        (VECTORS, b"nothing", "must be vectors of numpy"),
        (VECTORS, saved(np.ones((399, 4), np.float16)), r"must be float16 \[400"),
        (VECTORS, saved(np.ones((400, 4))), r"must be float16 \[400"),
        (INDEX, b"nothing", "must be an index of voyager"),
        (INDEX, build(some_vectors(400))[:-5_000], "must be an index of voyager"),
        (INDEX, build(some_vectors(300)), "300 items: must be 400"),
    ],
)
def test_files_that_are_something_else_are_refused(entry, tmp_path, name, data, said):
    folder = hostile.copy(entry, tmp_path / "copy")
    hostile.forge(folder, name, data)
    with pytest.raises(EntryError, match=said):
        open_index(Entry.open(folder))


def test_tampered_files_are_refused(entry, tmp_path):
    folder = hostile.copy(entry, tmp_path / "copy")
    with (folder / VECTORS).open("r+b") as file:
        file.seek(200)
        file.write(b"\1\2\3")
    with pytest.raises(EntryError, match=VECTORS):
        Entry.open(folder)


def test_vectors_of_items_are_of_length_1(index, vectors) -> None:
    columns = np.array([5, 0, N_ITEMS - 1, 5])
    wanted = vectors[columns] / np.maximum(np.linalg.norm(vectors[columns], axis=1, keepdims=True), 1e-12)
    np.testing.assert_allclose(index.vectors(columns), wanted, atol=1e-6)
    assert index.vectors(np.zeros(0, np.int64)).shape == (0, SIZE)
    with pytest.raises(ValueError, match="columns"):
        index.vectors(np.array([N_ITEMS]))

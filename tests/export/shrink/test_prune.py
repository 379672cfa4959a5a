"""Items that go are known no longer; what is said of the others stays, but for a constant of each history."""

from __future__ import annotations

import numpy as np
import orjson
import pytest

from export.index import open_index
from export.registry import Entry, ExportError
from export.registry.exceptions import QualityError
from export.runtime import OnnxModel, open_session
from export.shrink import living as other_files
from export.shrink.entry import Living, shrink_entry
from export.shrink.prune import prune
from tests.export.shrink.networks import N_ITEMS
from tests.support import entries

LENGTH = entries.MAX_LENGTH
KEPT = np.sort(np.random.default_rng(1).permutation(N_ITEMS)[:150])


@pytest.fixture
def graph(whole):
    return whole.model, whole.read("model.onnx")


@pytest.fixture
def entry(made):
    return made("sasrec")


def asked(batch=4, length=7):
    """Return histories of the items that are kept, in both numberings."""
    items = np.random.default_rng(batch).integers(1, len(KEPT) + 1, (batch, length))
    items[0, :3] = 0
    return items, np.where(items > 0, np.concatenate([[0], KEPT + 1])[items], 0)


@pytest.mark.parametrize("through_shares", [True, False])
def test_what_is_said_of_the_others_stays_what_it_was(graph, through_shares):
    kind, whole = graph
    smaller = open_session(prune(whole, KEPT, through_shares=through_shares))
    for batch, length in ((1, 1), (1, LENGTH), (4, 7)):
        new, old = asked(batch, length) if length > 3 else (np.array([[5]]), np.array([[KEPT[4] + 1]]))
        before = open_session(whole).run(None, {"items": old})[0][:, KEPT]
        found = smaller.run(None, {"items": new})[0]
        assert np.ptp(found - before, axis=1).max() < 1e-4
        if kind == "sasrec" and through_shares:
            # Logarithms of shares among those that are left.
            np.testing.assert_allclose(np.exp(found.astype(float)).sum(1), 1, atol=1e-4)
            assert (found - before).min() > 0.1
        else:
            np.testing.assert_allclose(found, before, atol=1e-4)


def test_vectors_of_items_that_go_are_not_kept(graph):
    kind, whole = graph
    ratio = len(prune(whole, KEPT)) / len(whole)
    assert ratio < {"sequential": 0.75, "blend": 0.75, "sasrec": 0.75}.get(kind, 9)


def level(*_):
    return np.ones(10)


RULE = {"untouched": 440, "gone": 10}


@pytest.mark.parametrize("precision", ["float32", "int8"])
def test_an_entry_of_fewer_items(entry, tmp_path, precision):
    small = shrink_entry(entry, tmp_path / "small", precision, level, Living(KEPT, RULE))
    model, before = OnnxModel(Entry.open(small.path)), OnnxModel(entry)
    assert list(model.catalogue) == [before.catalogue[column] for column in KEPT]
    assert small.card["pruned"] == {"items": 450, "of": N_ITEMS, **RULE}
    index, whole = open_index(small), open_index(entry)
    for column in (0, 17, 149):
        near = whole.neighbours(KEPT[[column]], N_ITEMS)[0][0]
        expected = [np.searchsorted(KEPT, one) for one in near if one in set(KEPT.tolist())][:5]
        np.testing.assert_array_equal(index.neighbours(np.array([column]), 5)[0][0], expected)
    history = model.encode([[before.catalogue[0], before.catalogue[KEPT[3]], "item-unknown"]])
    assert (history > 0).sum() == (1 if 0 not in KEPT else 2)


def test_the_gate_is_told_which_items_are_left(entry, tmp_path):
    told = []

    def gains(_, kept):
        told.append(kept)
        return np.full(10, 0.5 if kept is None else 0.4)

    with pytest.raises(QualityError, match=r"of 150 items: NDCG@10 0\.4000 instead of 0\.5000"):
        shrink_entry(entry, tmp_path / "small", "float32", gains, Living(KEPT, RULE))
    assert told[0] is None
    np.testing.assert_array_equal(told[1], KEPT)
    assert not list(tmp_path.iterdir())


def test_a_graph_that_says_something_else_is_refused(entry, monkeypatch):
    def other(graph, kept, *, through_shares):
        return prune(graph, (kept + 1) % N_ITEMS, through_shares=through_shares)

    monkeypatch.setattr(other_files, "prune", other)
    probes = [(np.array([[3, 4]]), np.zeros((1, N_ITEMS), np.float32))]
    with pytest.raises(ExportError, match="150 items: logits off by"):
        other_files.pruned_graph(entry.read("model.onnx"), probes, KEPT)


def test_an_entry_that_keeps_all_is_not_pruned(entry, tmp_path):
    small = shrink_entry(entry, tmp_path / "small", "float16", level, Living(np.arange(N_ITEMS), RULE))
    assert "pruned" not in small.card
    assert len(orjson.loads(b"[" + b",".join(small.read("items.txt").splitlines()) + b"]")) == N_ITEMS

"""Every precision keeps the promises of an entry: any batch and length, each history by itself, no surprise written."""

from __future__ import annotations

import itertools

import numpy as np
import onnx
import pytest
import torch

from export.onnx import to_onnx
from export.registry import Entry, EntryError, ExportError, ParityError, RegistryError
from export.registry.exceptions import QualityError
from export.runtime import OnnxModel, open_session
from export.shrink import shrink_graph
from export.shrink.entry import ALLOWED, shrink_entry
from export.shrink.graph import Graph
from tests.export import hostile
from tests.export.shrink.networks import N_ITEMS
from tests.support import entries

#: How far logits may be off, of the spread of all of them.
OFF = {"float32": 1e-6, "float16": 2e-3, "int8": 0.04}
#: How much smaller the graphs of networks with vectors must be.
SMALLER = {"float32": 1, "float16": 1.8, "int8": 2.5}


def level(*_):
    """Judge all alike."""
    return np.ones(100)


def drawn(batch, length):
    random = np.random.default_rng(batch * 100 + length)
    items = random.integers(1, N_ITEMS + 1, (batch, length))
    for row in items:
        row[: random.integers(0, length + 1)] = 0
    return items


@pytest.mark.parametrize("precision", list(OFF))
def test_any_batch_and_length_give_nearly_what_float32_gives(whole, precision):
    before = OnnxModel(whole)
    session = open_session(shrink_graph(whole.read("model.onnx"), precision))
    for batch, length in itertools.product((1, 2, 3, 8), (1, 2, 5, entries.MAX_LENGTH)):
        items = drawn(batch, length)
        logits, found = before.logits(items), session.run(["logits"], {"items": items})[0]
        assert found.shape == logits.shape
        assert found.dtype == np.float32
        assert np.abs(found - logits).max() <= OFF[precision] * max(1.0, np.ptp(logits))


@pytest.mark.parametrize("precision", list(OFF))
def test_a_history_is_answered_the_same_whatever_is_asked_beside_it(sequential, precision):
    session = open_session(shrink_graph(sequential.read("model.onnx"), precision))
    items = drawn(8, 7)
    together = session.run(["logits"], {"items": items})[0]
    for row, logits in zip(items, together, strict=True):
        alone = session.run(["logits"], {"items": row[None]})[0][0]
        np.testing.assert_allclose(logits, alone, rtol=0, atol=1e-4)


@pytest.mark.parametrize("precision", list(OFF))
def test_it_is_smaller(sequential, precision):
    graph = sequential.read("model.onnx")
    assert len(graph) / len(shrink_graph(graph, precision)) >= SMALLER[precision]


def test_vectors_of_items_are_kept_once_and_multiplied_as_integers(sequential):
    graph = onnx.load_from_string(shrink_graph(sequential.read("model.onnx"), "int8")).graph
    kinds = [node.op_type for node in graph.node]
    assert kinds.count("MatMulInteger") == 1
    vectors = [list(table.dims) for table in graph.initializer if table.dims[:1] == [N_ITEMS + 1]]
    assert sorted(vectors) == [[N_ITEMS + 1, 1], [N_ITEMS + 1, 32]]


def test_products_are_those_of_numpy(sequential):
    """Also where both sides are as large as they can be, which 16 bits would not hold."""
    graph = onnx.load_from_string(shrink_graph(sequential.read("model.onnx"), "int8"))
    (product,) = [node for node in graph.graph.node if node.op_type == "MatMulInteger"]
    names = {
        product.output[0]: onnx.TensorProto.INT32,
        **dict.fromkeys(product.input[:2], onnx.TensorProto.UINT8),
    }
    for name, kind in names.items():
        graph.graph.output.append(onnx.helper.make_tensor_value_info(name, kind, None))
    found, left, right = open_session(graph.SerializeToString()).run(list(names), {"items": drawn(5, 9)})
    assert np.abs(left.astype(int) - 128).max() == 127 == np.abs(right.astype(int) - 128).max()
    np.testing.assert_array_equal(found, (left.astype(int) - 128) @ (right.astype(int) - 128))


def test_whole_numbers_take_fewer_bytes(made):
    assert list(Graph(made("item-to-item").read("model.onnx")).tables(np.int64, 512))
    small = Graph(shrink_graph(made("item-to-item").read("model.onnx"), "float16"))
    assert not list(small.tables(np.int64, 512))


def test_numbers_beyond_half_precision_stay_as_they_are(tmp_path):
    network = entries.Popular(N_ITEMS)
    network.counts.mul_(1e6)
    graph = to_onnx(network, N_ITEMS, 12)
    items = np.array([[1, 2]])
    found = open_session(shrink_graph(graph, "float16")).run(None, {"items": items})[0]
    np.testing.assert_array_equal(found, open_session(graph).run(None, {"items": items})[0])


class Shares(entries.Popular):
    """Says the logarithm of shares, of which the smallest is nothing in half precision."""

    def __init__(self, least: float) -> None:
        super().__init__(N_ITEMS)
        self.counts.copy_(torch.logspace(np.log10(least), -3, N_ITEMS))

    def forward(self, items: torch.Tensor) -> torch.Tensor:
        return super().forward(items).log()


def test_shares_too_small_for_half_precision_stay_above_nothing():
    graph = to_onnx(Shares(1e-10), N_ITEMS, 12)
    asked = {"items": np.array([[1, 2]])}
    before = open_session(graph).run(None, asked)[0]
    for precision in ("float16", "int8"):
        np.testing.assert_array_equal(
            open_session(shrink_graph(graph, precision)).run(None, asked)[0], before
        )


def test_logits_that_are_no_numbers_are_refused(made, tmp_path, monkeypatch):
    entry = made("popularity")
    endless = hostile.perturbed(entry.read("model.onnx"), float("inf"))
    monkeypatch.setattr("export.shrink.entry.shrink_graph", lambda *_: endless)
    with pytest.raises(QualityError, match=r"in int8: logits: must be finite numbers"):
        shrink_entry(entry, tmp_path / "small", "int8", level)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("precision", ["float16", "int8"])
def test_an_entry_in_another_precision_is_whole_and_says_what_it_cost(sequential, tmp_path, precision):
    small = shrink_entry(sequential, tmp_path / "small", precision, level)
    model = OnnxModel(Entry.open(small.path))
    assert model.logits(drawn(2, 3)).shape == (2, N_ITEMS)
    card = small.card
    assert card["precision"] == precision
    said = card["shrunk"]
    assert said["from"] == sequential.version != small.version
    assert said["bytes"]["before"] == sequential.files["model.onnx"].bytes
    assert said["bytes"]["after"] == small.files["model.onnx"].bytes
    assert min(said["latency_ms"].values()) > 0
    assert said["ndcg@10"] == {"before": 1.0, "after": 1.0, "loss": 0.0, "allowed": ALLOWED}
    assert 0.5 < said["overlap@10"]["least"] <= said["overlap@10"]["mean"] <= 1
    kept = {
        key: value for key, value in card.items() if key not in ("created", "version", "precision", "shrunk")
    }
    assert kept == {key: sequential.card[key] for key in kept}
    assert sorted(path.name for path in tmp_path.iterdir()) == ["small"]


@pytest.mark.parametrize(("loss", "taken"), [(0.0019, True), (0.0021, False), (float("nan"), False)])
def test_more_than_a_little_loss_is_refused(sequential, tmp_path, loss, taken):
    losses = iter((0.0, loss))

    def gains(*_):
        return np.full(50, 0.5) - next(losses)

    if taken:
        assert shrink_entry(sequential, tmp_path / "small", "int8", gains).card["shrunk"]["targets"] == 50
        return
    with pytest.raises(
        QualityError, match=r"int8: NDCG@10 .* instead of 0\.5000 on 50 targets.* of the 10 best"
    ):
        shrink_entry(sequential, tmp_path / "small", "int8", gains)
    assert not list(tmp_path.iterdir())


def test_what_is_small_already_is_not_shrunk_again(sequential, tmp_path):
    small = shrink_entry(sequential, tmp_path / "small", "float16", level)
    with pytest.raises(QualityError, match="float16: must be in float32"):
        shrink_entry(small, tmp_path / "smaller", "int8", level)


def test_weights_that_are_no_number_are_refused(sequential, tmp_path):
    network = entries.Sequential(N_ITEMS, size=32)
    with torch.no_grad():
        network.places.weight[5, 3] = float("nan")
    with pytest.raises(ExportError, match=r"Sequential: 1 of the weights places\.weight are no number"):
        entries.make_entry(tmp_path / "entry", network, entries.catalogue(N_ITEMS), model="sasrec")
    wrong = hostile.perturbed(sequential.read("model.onnx"), float("nan"))
    for precision in ("float16", "int8"):
        with pytest.raises(ExportError, match=r"items\.weight: 1 weights are no number"):
            shrink_graph(wrong, precision)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("size", [100, 30_000])
def test_a_full_disk_leaves_nothing_behind(sequential, tmp_path, small_disk, size):
    with small_disk(size), pytest.raises(RegistryError, match="cannot be written"):
        shrink_entry(sequential, tmp_path / "small", "int8", level)
    assert not list(tmp_path.iterdir())


def test_a_wrong_weight_is_found_also_in_int8(sequential, tmp_path):
    small = shrink_entry(sequential, tmp_path / "small", "int8", level)
    folder = hostile.copy(small, tmp_path / "copy")
    graph = onnx.load_from_string(small.read("model.onnx"))
    table = next(one for one in graph.graph.initializer if one.name.startswith("small.items.weight.int8"))
    table.raw_data = table.raw_data[32:] + table.raw_data[:32]
    hostile.forge(folder, "model.onnx", graph.SerializeToString())
    with pytest.raises(ParityError, match=r"within 0\.05"):
        OnnxModel(Entry.open(folder))


def test_an_unknown_precision_in_a_card(sequential, tmp_path):
    folder = hostile.copy(sequential, tmp_path / "copy")
    hostile.forge_card(folder, precision="int4")
    with pytest.raises(EntryError, match=r"precision 'int4'.*float32, float16, int8"):
        Entry.open(folder)

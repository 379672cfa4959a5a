"""Exporting: what torch computes is what onnxruntime computes at any size, or nothing is written."""

from __future__ import annotations

import itertools
import re
import stat
from pathlib import Path

import numpy as np
import orjson
import pytest
import torch
from torch import nn
from torch.nn import functional

from export.entry import write_entry
from export.onnx import OPSET, to_onnx
from export.parity import expected_logits, histories, largest_difference
from export.registry import Entry, EntryError, ExportError, ParityError, RegistryError
from export.runtime import OnnxModel
from tests.export import hostile
from tests.support import entries

N_ITEMS = 30
NETWORKS = {
    "popularity": lambda: entries.Popular(N_ITEMS),
    "item-to-item": lambda: entries.ItemToItem(N_ITEMS),
    "sasrec": lambda: entries.Sequential(N_ITEMS),
    "blend": lambda: entries.Blend(entries.Sequential(N_ITEMS, layers=1), entries.ItemToItem(N_ITEMS)),
}


@pytest.fixture(scope="module", params=list(NETWORKS))
def exported(request, tmp_path_factory):
    """Each kind of network, with its entry."""
    network = NETWORKS[request.param]()
    items = entries.catalogue(N_ITEMS)
    folder = tmp_path_factory.mktemp("exported") / "entry"
    return network, entries.make_entry(folder, network, items, model=request.param)


def test_any_batch_and_length_give_what_torch_gives(exported):
    network, entry = exported
    model = OnnxModel(entry)
    random = np.random.default_rng(7)
    for batch, length in itertools.product((1, 2, 3, 8), range(1, entries.MAX_LENGTH + 1)):
        items = random.integers(1, N_ITEMS + 1, (batch, length))
        for row in items:
            row[: random.integers(0, length + 1)] = 0
        np.testing.assert_allclose(model.logits(items), expected_logits(network, items), rtol=0, atol=1e-4)


def test_only_padding_and_a_batch_of_one(exported):
    network, entry = exported
    for length in (1, 2, entries.MAX_LENGTH):
        items = np.zeros((1, length), np.int64)
        found = OnnxModel(entry).logits(items)
        assert np.isfinite(found).all()
        np.testing.assert_allclose(found, expected_logits(network, items), rtol=0, atol=1e-4)


def test_an_entry_is_complete(exported):
    _, entry = exported
    assert sorted(path.name for path in entry.path.iterdir()) == sorted([*entry.files, "manifest.json"])
    assert re.fullmatch(r"\d{8}-\d{6}-[0-9a-f]{6}", entry.version)
    assert entry.card["opset"] == OPSET
    assert 0 <= entry.card["parity"]["largest"] <= 1e-4
    assert [orjson.loads(line) for line in entry.read("items.txt").splitlines()] == entries.catalogue(N_ITEMS)
    assert Entry.open(entry.path) == entry
    assert [path.name for path in entry.path.parent.iterdir()] == ["entry"]
    assert stat.S_IMODE(entry.path.stat().st_mode) == 0o755


def test_a_graph_does_not_say_on_whose_machine_it_was_made(exported):
    _, entry = exported
    graph = entry.read("model.onnx")
    for telling in (b".py", str(Path.cwd()).encode(), b"site-packages"):
        assert telling not in graph


def test_a_network_is_exported_as_it_answers_and_stays_as_it_is(tmp_path):
    network = entries.Sequential(10, layers=1).train()
    before = {name: value.clone() for name, value in network.state_dict().items()}
    entry = entries.make_entry(tmp_path / "entry", network, entries.catalogue(10), model="sasrec")
    assert network.training
    assert all(torch.equal(before[name], value) for name, value in network.state_dict().items())
    items = np.array([[0, 1, 2]])
    np.testing.assert_allclose(OnnxModel(entry).logits(items), expected_logits(network, items), atol=1e-4)


def test_probes_that_were_given_are_kept(tmp_path):
    probes = (np.array([[1, 2, 3], [0, 0, 4]]), np.arange(1, 21).reshape(1, 20))
    entry = entries.make_entry(tmp_path / "entry", probes=probes)
    with np.load(entry.path / "probes.npz") as kept:
        np.testing.assert_array_equal(kept["items_0"], probes[0])
        np.testing.assert_array_equal(kept["items_1"], probes[1][:, -entries.MAX_LENGTH :])
        assert len(kept.files) > 4


@pytest.mark.parametrize("max_length", [1, 2])
def test_short_histories(tmp_path, max_length):
    network = entries.Sequential(5, max_length=max_length, layers=1)
    entry = entries.make_entry(
        tmp_path / "entry", network, entries.catalogue(5), model="sasrec", max_length=max_length
    )
    assert OnnxModel(entry).logits(np.array([[1, 2, 3]])).shape == (1, 5)


def test_a_catalogue_of_one(tmp_path):
    entry = entries.make_entry(tmp_path / "entry", items=["only"])
    assert OnnxModel(entry).logits(np.array([[1]])).shape == (1, 1)


class Restless(nn.Module):
    """Drops out also when it answers: no two answers are alike."""

    def forward(self, items):
        return functional.dropout(torch.ones(items.shape[0], 20), 0.5, training=True)


class Overflowing(nn.Module):
    """Its logits are not finite for padding."""

    def forward(self, items):
        return torch.log(items[:, -1:].float()).expand(-1, 20)


@pytest.mark.parametrize(("network", "said"), [(Restless(), "off by"), (Overflowing(), "not finite")])
def test_a_graph_that_gives_something_else_is_refused(tmp_path, network, said):
    with pytest.raises(ParityError, match=said):
        entries.make_entry(tmp_path / "entry", network)
    assert not list(tmp_path.iterdir())


def test_the_difference_that_is_let_pass():
    network = entries.Popular(20)
    compared = [(items, expected_logits(network, items)) for items in histories(20, 12)]
    graph = to_onnx(network, 20, 12)
    assert largest_difference(graph, compared) == 0
    assert largest_difference(hostile.perturbed(graph, 5e-5), compared) == pytest.approx(5e-5, rel=1e-2)
    with pytest.raises(ParityError, match=r"off by 0\.00015.*at most 0\.0001"):
        largest_difference(hostile.perturbed(graph, 1.5e-4), compared)
    with pytest.raises(ParityError, match="cannot run"):
        largest_difference(graph[:-100], compared)


def test_a_network_that_cannot_be_exported_is_named_and_nothing_else_is_said(tmp_path, capfd):
    class Torch(nn.Module):
        def __init__(self):
            super().__init__()
            layer = nn.TransformerEncoderLayer(8, 2, batch_first=True)
            self.embedding, self.encoder = nn.Embedding(21, 8), nn.TransformerEncoder(layer, 1)

        def forward(self, items):
            mask = torch.full((items.shape[1], items.shape[1]), -1e9).triu(1)
            return self.encoder(self.embedding(items), mask=mask)[:, -1] @ self.embedding.weight[1:].T

    with pytest.raises(ExportError, match=r"^Torch: .*data-dependent.*docs/models\.md"):
        entries.make_entry(tmp_path / "entry", Torch())
    assert not list(tmp_path.iterdir())
    assert capfd.readouterr() == ("", "")


def test_an_export_says_nothing(tmp_path, capfd, recwarn):
    entries.make_entry(tmp_path / "entry")
    assert capfd.readouterr() == ("", "")
    assert not recwarn.list


def test_a_graph_of_fixed_sizes_is_refused(tmp_path):
    class Fixed(nn.Module):
        def forward(self, items):
            return torch.ones(len(items), 20) * (2 if len(items) == 2 else 3)

    with pytest.raises((ParityError, ExportError)):
        entries.make_entry(tmp_path / "entry", Fixed())
    assert not list(tmp_path.iterdir())


def test_a_folder_with_something_in_it_is_left_alone(tmp_path):
    (tmp_path / "entry").mkdir()
    (tmp_path / "entry" / "mine").write_text("dear")
    (tmp_path / "file").write_text("dear")
    for name in ("entry", "file"):
        with pytest.raises(RegistryError, match=rf"{name}: is there already"):
            entries.make_entry(tmp_path / name)
    assert (tmp_path / "entry" / "mine").read_text() == (tmp_path / "file").read_text() == "dear"
    (tmp_path / "entry" / "mine").unlink()
    assert entries.make_entry(tmp_path / "entry").model == "popularity"


@pytest.mark.parametrize("size", [100, 5_000])
def test_a_full_disk_leaves_nothing_behind(tmp_path, small_disk, size):
    with small_disk(size), pytest.raises(RegistryError, match=r"cannot be written \(File too large\)"):
        entries.make_entry(tmp_path / "entry")
    assert not list(tmp_path.iterdir())


def test_a_place_that_cannot_be_written(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(RegistryError, match="cannot be written"):
        entries.make_entry(tmp_path / "file" / "entry")


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"model": "../up"}, "model"),
        ({"model": "live"}, "model"),
        ({"seen": "sometimes"}, "seen"),
        ({"max_length": 0}, "max_length"),
        ({"max_length": True}, "max_length"),
        ({"metrics": None}, "metrics"),
        ({"calibration": {"slope": -1, "offset": 0}}, "calibration"),
        ({"calibration": {"slope": float("nan"), "offset": 0}}, "calibration"),
        ({"calibration": {"offset": 0}}, "calibration"),
        ({"score_edges": [0.1] * 1023}, "score_edges"),
        ({"score_edges": [0.1, 0.2]}, "score_edges"),
        ({"created": "yesterday"}, "created"),
    ],
)
def test_a_card_must_say_what_serving_needs(tmp_path, changes, said):
    with pytest.raises(EntryError, match=said):
        entries.make_entry(tmp_path / "entry", **changes)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("items", [[], ["a", "a"], ["a", ""]])
def test_a_catalogue_has_each_item_once(tmp_path, items):
    with pytest.raises(EntryError, match="each once"):
        write_entry(tmp_path / "entry", entries.Popular(2), items, entries.card())


def test_a_catalogue_of_another_size_is_refused(tmp_path):
    with pytest.raises(EntryError):
        write_entry(tmp_path / "entry", entries.Popular(5), entries.catalogue(6), entries.card())
    assert not list(tmp_path.iterdir())

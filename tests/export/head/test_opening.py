"""The head of a real graph gives what the whole graph gives; where there is none, or a wrong one, there is no head."""

from __future__ import annotations

import numpy as np
import pytest
from torch import nn

from export.head import opening
from export.head.graph import cut
from export.head.opening import open_head
from export.registry.base import GRAPH
from export.runtime import OnnxModel
from tests.support import entries

N_ITEMS = 6_000


class Told(nn.Module):
    """A sequential model whose items have a bias, and a prior besides."""

    def __init__(self) -> None:
        super().__init__()
        self.inner = entries.Sequential(N_ITEMS)
        self.bias = nn.Parameter(nn.init.normal_(nn.Parameter(entries.torch.empty(N_ITEMS))))
        self.register_buffer("prior", entries.torch.linspace(1, -1, N_ITEMS))

    def forward(self, items):
        return self.inner(items) + self.bias + self.prior


@pytest.fixture(scope="module", params=[entries.Sequential, Told])
def model(request, tmp_path_factory) -> OnnxModel:
    network = request.param(N_ITEMS) if request.param is entries.Sequential else request.param()
    folder = tmp_path_factory.mktemp("head") / "entry"
    return OnnxModel(entries.make_entry(folder, network, entries.catalogue(N_ITEMS), model="sasrec"))


def test_it_gives_what_the_whole_graph_gives(model) -> None:
    head = open_head(model, least=1)
    items = np.random.default_rng(1).integers(0, N_ITEMS + 1, (5, 9))
    for logits, bounded in zip(model.logits(items), head.run(items), strict=True):
        order = np.lexsort((np.arange(N_ITEMS), -logits))
        columns, found = bounded.best(30)
        assert columns.tolist() == order[:30].tolist()
        assert found == pytest.approx(logits[order[:30]], abs=1e-5)
        assert bounded.lowest() == pytest.approx(float(logits.min()), abs=1e-5)


def test_a_small_catalogue_needs_none(model) -> None:
    assert open_head(model) is None


@pytest.mark.parametrize("network", [entries.Popular, entries.ItemToItem])
def test_a_graph_that_ends_in_no_product_has_none(tmp_path, network) -> None:
    entry = entries.make_entry(tmp_path / "entry", network(N_ITEMS), entries.catalogue(N_ITEMS))
    assert cut(entry.read(GRAPH)) is None
    assert open_head(OnnxModel(entry), least=1) is None


def test_one_that_gives_others_is_not_taken(model, monkeypatch) -> None:
    right = model.logits
    monkeypatch.setattr(model, "logits", lambda items: right(items)[:, ::-1])
    assert open_head(model, least=1) is None


def test_a_processor_that_adds_in_16_bits_gets_smaller_weights(monkeypatch) -> None:
    assert opening._largest() in (opening.NARROW, opening.WIDE)
    monkeypatch.setattr(
        opening, "_multiplier", lambda whole: lambda wholes: np.full((len(wholes), 64), 32_767)
    )
    assert opening._largest() == opening.NARROW

"""What is learned by is what answers, and no target is told by its own edge."""

from dataclasses import replace

import pytest
import torch

from models.lightgcn.graph import Graph
from models.lightgcn.network import Spreading
from models.lightgcn.recency import Recency
from models.lightgcn.settings import LightgcnSettings
from tests.support.interactions import chains, log_of

LOG = log_of(chains(20, 6, 12))
SETTINGS = LightgcnSettings(size=8, layers=2)
ITEMS = torch.tensor([[0, 0, 3, 5], [1, 2, 3, 4], [0, 0, 0, 0]])


def network(log=LOG):
    torch.manual_seed(0)
    found = Spreading(torch.zeros(log.n_items), SETTINGS)
    found.graph = Graph(log)
    return found.eval()


def test_what_is_asked_for_does_not_reach_who_is_asked():
    """Other items of the users of a batch, its targets among them, change nothing that is expected of them."""
    asked = torch.tensor([2, 7])
    took_others = LOG.items.copy()
    took_others[(LOG.users == 2) | (LOG.users == 7)] = 0
    first, second = network(), network(replace(LOG, items=took_others))
    with torch.inference_mode():
        assert not torch.allclose(first(ITEMS), second(ITEMS), atol=1e-3)
        with first.without(asked), second.without(asked):
            assert torch.equal(first.hidden(ITEMS), second.hidden(ITEMS))
            assert torch.equal(first.told(), second.told())
        assert not torch.allclose(first(ITEMS), second(ITEMS), atol=1e-3)


def test_what_answers_says_what_was_learned():
    learned = network()
    with torch.inference_mode():
        assert torch.allclose(learned.reader()(ITEMS), learned(ITEMS), atol=1e-5)
        assert torch.allclose(learned.hidden(ITEMS)[:, -1], learned.last(ITEMS), atol=1e-5)


@pytest.mark.parametrize(("share", "floor"), [(0.5, 0.1), (0.99, 0.001), (0.01, 0.9)])
def test_the_newest_counts_most_and_what_comes_later_nothing(share, floor):
    with torch.inference_mode():
        weights = Recency(share, floor)(torch.arange(-2, 50))
    assert weights[:2].tolist() == [0, 0]
    assert weights[2] == 1
    assert weights[3] == pytest.approx(floor + (1 - floor) * share)
    assert (weights[3:] <= weights[2:-1]).all()
    assert (weights[2:] >= floor * 0.999).all()

"""What the ranker knows of candidates, and that it learns to order them."""

import numpy as np
import pytest
import torch
from torch import nn

from models.base import Run, Shares
from models.blend.mean import Mean
from models.config import TrainConfig
from models.data.histories import Targets
from models.ranker.columns import columns
from models.ranker.features import features, names
from models.ranker.learning import learn, lists
from models.ranker.network import Network, Scorer, ramp
from models.ranker.settings import RankerSettings
from tests.support.interactions import chains, log_of

N_ITEMS = 20


class Fixed(Shares):
    """The same shares for everybody."""

    def __init__(self, values):
        super().__init__()
        self.register_buffer("values", torch.as_tensor(values, dtype=torch.float32))

    def shares(self, items):
        return self.values.unsqueeze(0).expand(items.shape[0], -1)


def network_of(shares, candidates=10, values=None):
    known = (
        torch.zeros(N_ITEMS, 1) if values is None else torch.as_tensor(values, dtype=torch.float32)[:, None]
    )
    blend = Mean([Fixed(shares)], [1.0], 1.0)
    scorer = Scorer(len(names(["one"], ["column"])), 8, 0.0)
    return Network(blend, known, scorer, candidates).eval()


def targets_of(histories, items):
    ends = np.cumsum([len(history) for history in histories])
    starts = ends - [len(history) for history in histories]
    pool = np.concatenate([np.asarray(history, np.int64) for history in histories])
    return Targets(pool, starts, ends, np.array(items), np.arange(len(items)))


def test_features_are_those_that_are_named():
    shares = torch.tensor([[0.1, 0.2, 0.4, 0.3]])
    items = torch.tensor([[0, 0, 2, 1, 2, 3]])
    found = features(items, [shares], torch.tensor([[5.0], [6.0], [7.0], [8.0]]), torch.tensor([[2, 1, 3]]))
    named = dict(zip(names(["one"], ["column"]), found[0].T, strict=True))
    log = np.log1p
    assert found.shape == (1, 3, len(named))
    assert named["one expects"].tolist() == pytest.approx(np.log([0.4, 0.2, 0.3]))
    assert named["one expects, of its most"].tolist() == pytest.approx(np.log([1, 0.5, 0.75]), abs=1e-6)
    assert named["times in the history"].tolist() == pytest.approx(log([1, 2, 0]))
    assert named["in the history"].tolist() == [1, 1, 0]
    assert named["is the newest"].tolist() == [1, 0, 0]
    assert named["is the one before"].tolist() == [0, 1, 0]
    # What was never there is as if it had been just before the history.
    assert named["steps since"].tolist() == pytest.approx(log([0, 1, 4]))
    assert named["length of the history"].tolist() == pytest.approx(log([4, 4, 4]))
    assert named["different items of the history"].tolist() == pytest.approx(log([3, 3, 3]))
    assert named["column"].tolist() == [7, 6, 8]


def test_columns_have_the_same_names_whatever_the_log_is():
    log = log_of(chains())
    found, earlier = columns(log), columns(log.before(int(np.median(log.times))))
    assert list(found) == list(earlier)
    assert all(values.shape == (log.n_items,) and np.isfinite(values).all() for values in found.values())


def test_before_it_learns_it_is_the_blend():
    network = network_of(np.arange(N_ITEMS, 0, -1))
    items = torch.tensor([[0, 1, 2], [3, 4, 5]])
    assert torch.equal(network(items), network.blend(items))


def test_something_is_added_to_the_best_only_and_nothing_to_the_last_of_them():
    network = network_of(np.exp(-np.arange(N_ITEMS)), 5)
    nn.init.ones_(network.scorer.last.weight)
    items = torch.tensor([[0, 1, 2]])
    added = (network(items) - network.blend(items))[0]
    assert (added[:4].abs() > 1e-3).all()
    assert (added[4:] == 0).all()


def test_the_ramp_begins_at_the_last_candidate():
    assert ramp(torch.tensor([[3.0, 1.5, 1.25, 1.0]]))[0].tolist() == pytest.approx([1, 0.5, 0.25, 0])


@pytest.mark.parametrize(("repeated", "kept"), [(True, True), (False, False)])
def test_items_of_the_history_are_candidates_where_people_come_back(repeated, kept):
    network = network_of(np.arange(N_ITEMS, 0, -1))
    given = lists(network, targets_of([[0, 1], [2, 3]], [1 if repeated else 5, 4]), 10)
    assert (given.base > -1e8).all().item() == kept
    assert given.right.tolist() == [1 if repeated else 5, 4]


def test_targets_beyond_the_candidates_are_left_out():
    given = lists(network_of(np.arange(N_ITEMS, 0, -1), 10), targets_of([[0], [1], [2]], [3, 15, -1]), 10)
    assert given.right.tolist() == [3]
    assert given.known.shape[:2] == (1, 10)


def test_it_learns_what_a_column_says_and_the_blend_does_not():
    """The right item is the one of the ten best that the column names; the blend expects all of them alike."""
    random = np.random.default_rng(0)
    value = np.arange(N_ITEMS) % 10 == 7
    shares = np.where(np.arange(N_ITEMS) < 10, 1.0 + 0.01 * np.arange(N_ITEMS), 1e-3)
    network = network_of(shares, 12, value)
    histories = random.integers(0, 10, (100, 4))
    right = np.where(random.random(100) < 0.9, 7, random.integers(0, 10, 100))
    given = lists(network, targets_of(histories, right), 10)
    learn(
        network.scorer, given, RankerSettings(epochs=8, batch=32, learning_rate=0.02), 0, Run(TrainConfig())
    )
    with torch.inference_mode():
        logits = network(torch.tensor([[1, 2, 3], [0, 4, 5]]))
        assert (logits.argmax(1) == 7).all()
        assert (network.blend(torch.tensor([[1, 2, 3]])).argmax(1) == 9).all()


def test_without_targets_nothing_is_added():
    network = network_of(np.arange(N_ITEMS, 0, -1))
    given = lists(network, targets_of([[0]], [-1]), 10)
    learn(network.scorer, given, RankerSettings(), 0, Run(TrainConfig()))
    assert (network.scorer.last.weight == 0).all()

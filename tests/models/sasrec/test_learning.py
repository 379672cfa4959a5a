import math
import time

import numpy as np
import pytest
import torch

from models.base import Run
from models.config import TrainConfig
from models.covisits import Covisits
from models.data.histories import Histories
from models.exceptions import TrainingError
from models.sasrec import SASRec
from models.sasrec.batches import Batches
from models.sasrec.learning import Best, Learner, Schedule
from models.sasrec.network import Network
from models.sasrec.start import near_items, place_new, vectors
from tests.support.interactions import chains, log_of

CONFIG = TrainConfig(size=16, epochs=3, batch_rows=256, max_length=12, threads=1, warmup_steps=5)


def network(n_items=30, **other):
    torch.manual_seed(0)
    return (
        Network(torch.zeros(n_items), 16, 2, 2, 12, 0.1).train(**other)
        if other
        else Network(torch.zeros(n_items), 16, 2, 2, 12, 0.1)
    )


def learner(config=CONFIG, net=None, deadline=math.inf):
    log = log_of(chains())
    batches = Batches(Histories(log), 12, 256, 0.0)
    run = Run(config, None, deadline)
    return Learner(net or network(log.n_items), batches, run, Schedule(1e-3, 0), 0)


def test_no_position_knows_what_comes_after_it():
    net = network().eval()
    items = torch.randint(1, 31, (4, 12))
    changed = items.clone()
    changed[:, 7:] = torch.randint(1, 31, (4, 5))
    with torch.inference_mode():
        first, second = net.hidden(items), net.hidden(changed)
    assert torch.allclose(first[:, :7], second[:, :7], atol=1e-6)
    assert not torch.allclose(first[:, 7:], second[:, 7:], atol=1e-3)


def test_order_matters():
    net = network().eval()
    with torch.no_grad():
        for layer in net.layers:
            layer.distances.normal_(std=2)
        logits = net(torch.tensor([[1, 2, 3, 4], [2, 1, 3, 4]]))
    assert not torch.allclose(logits[0], logits[1], atol=1e-4)


def test_a_loss_that_is_no_number_is_tried_again_with_smaller_steps_and_then_said():
    log = log_of(chains())
    with pytest.raises(TrainingError, match=r"learning_rate 0\.1: a loss that is no number") as raised:
        model = SASRec(CONFIG.model_copy(update={"learning_rate": 1.0, "warmup_steps": 0}))
        poisoned = model._first_network(log, Histories(log))
        with torch.no_grad():
            poisoned.bias[0] = math.nan
        model._first_network = lambda *_: poisoned
        model.fit(log, Run(CONFIG))
    assert "smaller learning_rate" in raised.value.fix


def test_smaller_steps_rescue_a_training(monkeypatch):
    tried = []

    def loss(self, hidden, targets):
        tried.append(self._schedule.rate)
        right = torch.nn.functional.cross_entropy(self._network.scores(hidden), targets)
        return right * math.nan if self._schedule.rate > 1e-3 else right

    monkeypatch.setattr(Learner, "_loss", loss)
    model = SASRec(CONFIG)
    model.fit(log_of(chains()), Run(CONFIG))
    assert tried[0] == CONFIG.learning_rate
    assert model.settings()["learning_rate"] == pytest.approx(CONFIG.learning_rate / 10)
    assert all(torch.isfinite(weight).all() for weight in model.network().parameters())


def test_the_best_epoch_is_kept_and_patience_ends_it():
    values = iter([0.1, 0.3, 0.2, 0.1, 0.0, 0.9])
    seen = []

    def validate(net):
        seen.append({name: value.clone() for name, value in net.state_dict().items()})
        return next(values)

    config = CONFIG.model_copy(update={"epochs": 50, "patience": 3})
    model = SASRec(config)
    model.fit(log_of(chains()), Run(config, validate))
    assert len(seen) == 5
    state = model.network().state_dict()
    assert all(torch.equal(state[name], seen[1][name]) for name in state)
    assert model.epochs == pytest.approx(2)


def test_time_ends_it():
    config = CONFIG.model_copy(update={"epochs": 10_000})
    began = time.monotonic()
    SASRec(config).fit(log_of(chains()), Run(config, lambda _: 0.0, began + 0.5))
    assert time.monotonic() - began < 5
    late = learner(deadline=0)
    assert late.epoch() is False
    assert late.seen == 0


def test_few_drawn_items_stand_for_all():
    """The sampled loss is close to the whole one on the average, and so is where it leads."""
    net = network(400)
    hidden, targets = torch.randn(200, 16) / 4, torch.randint(0, 400, (200,))
    whole = learner(net=net)._loss(hidden, targets).item()
    sampled = learner(CONFIG.model_copy(update={"negatives": 150}), net)
    drawn = [sampled._loss(hidden, targets).item() for _ in range(30)]
    assert np.mean(drawn) == pytest.approx(whole, rel=0.02)
    assert np.std(drawn) > 0
    assert learner(CONFIG.model_copy(update={"negatives": 200}), net)._loss(hidden, targets).item() == whole


def test_steps_rise_and_fall():
    level, falling = Schedule(1.0, 3), Schedule(1.0, 0, 10)
    assert [level.at(step) for step in range(5)] == [0.25, 0.5, 0.75, 1.0, 1.0]
    assert [falling.at(step) for step in (0, 5, 10, 11)] == [1.0, 0.5, 0.0, 0.0]


def test_best_without_any_look_changes_nothing():
    net = network()
    before = net.bias.clone()
    Best(net).restore()
    assert torch.equal(net.bias, before)


def test_vectors_of_items_that_follow_each_other_are_near():
    log = log_of(chains(noise=0.1))
    found = vectors(near_items(Histories(log), log.n_items), log.n_items, 8, torch.Generator().manual_seed(0))
    assert found.norm(dim=1).mean() == pytest.approx(1, abs=0.1)
    place = {name: number for number, name in enumerate(log.item_ids)}
    unit = found / found.norm(dim=1, keepdim=True)
    near = np.mean([float(unit[place[f"i{n}"]] @ unit[place[f"i{n + 1}"]]) for n in range(20)])
    far = np.mean([float(unit[place[f"i{n}"]] @ unit[place[f"i{(n + 15) % 30}"]]) for n in range(20)])
    assert near > far + 0.3


def test_new_items_are_put_amid_what_they_were_found_with():
    table = torch.tensor([[1.0, 0.0], [0.0, 1.0], [9.0, 9.0], [5.0, 5.0]])
    pairs = Covisits(np.array([2, 2, 3]), np.array([0, 1, 2]), np.array([3.0, 1.0, 1.0]))
    place_new(table, torch.tensor([False, False, True, True]), pairs)
    assert table.tolist() == [[1, 0], [0, 1], [0.75, 0.25], [5, 5]]

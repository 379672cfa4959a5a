import math
import time

import numpy as np
import pytest
import torch

from export import parity
from export.onnx import to_onnx
from models.base import Run, scorer
from models.config import TrainConfig
from models.covisits import Covisits
from models.data.histories import Histories, make_targets
from models.evaluation import rank
from models.exceptions import TrainingError
from models.sasrec.batches import Batches
from models.sasrec.learning import Best, Learner, Schedule
from models.sasrec.model import SASRec
from models.sasrec.network import Network
from models.sasrec.settings import SasrecSettings
from models.sasrec.start import near_items, place_new, vectors
from tests.support.interactions import chains, log_of

CONFIG = TrainConfig(
    max_length=12,
    threads=1,
    sasrec=SasrecSettings(size=16, epochs=3, batch_rows=256, warmup_steps=5),
)


def settings(**changed):
    return CONFIG.model_copy(update={"sasrec": CONFIG.sasrec.model_copy(update=changed)})


def network(n_items=30, **changed):
    torch.manual_seed(0)
    return Network(torch.zeros(n_items), settings(**changed).sasrec, 12)


def learner(config=CONFIG, net=None, deadline=math.inf):
    log = log_of(chains())
    batches = Batches(Histories(log), 12, config.sasrec, 0.0)
    run = Run(config, None, deadline)
    return Learner(net or network(log.n_items), batches, run, Schedule(1e-3, 0), 0, config.sasrec)


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
        model = SASRec(settings(learning_rate=1.0, warmup_steps=0))
        poisoned = model.first_network(log, Histories(log))
        with torch.no_grad():
            poisoned.bias[0] = math.nan
        model.first_network = lambda *_: poisoned
        model.fit(log, Run(CONFIG))
    assert "smaller learning_rate" in raised.value.fix


def test_smaller_steps_rescue_a_training(monkeypatch):
    tried = []

    gradients = Learner._gradients

    def broken(self, *batch):
        tried.append(self._schedule.rate)
        return gradients(self, *batch) * (math.nan if self._schedule.rate > 1e-3 else 1)

    monkeypatch.setattr(Learner, "_gradients", broken)
    model = SASRec(CONFIG)
    model.fit(log_of(chains()), Run(CONFIG))
    assert tried[0] == CONFIG.sasrec.learning_rate
    assert model.settings()["learning_rate"] == pytest.approx(CONFIG.sasrec.learning_rate / 10)
    assert all(torch.isfinite(weight).all() for weight in model.network().parameters())


def test_the_best_epoch_is_kept_and_patience_ends_it():
    values = iter([0.1, 0.3, 0.2, 0.1, 0.0, 0.9])
    seen = []

    def validate(net):
        seen.append({name: value.clone() for name, value in net.state_dict().items()})
        return next(values)

    config = settings(epochs=50, patience=3)
    model = SASRec(config)
    model.fit(log_of(chains()), Run(config, validate))
    assert len(seen) == 5
    state = model.network().state_dict()
    assert all(torch.equal(state[name], seen[1][name]) for name in state)
    assert model.epochs == pytest.approx(2)


def test_time_ends_it():
    config = settings(epochs=10_000)
    began = time.monotonic()
    SASRec(config).fit(log_of(chains()), Run(config, lambda _: 0.0, began + 0.5))
    assert time.monotonic() - began < 5
    late = learner(deadline=0)
    assert late.epoch() is False
    assert late.seen == 0


def test_steps_rise_and_fall():
    level = Schedule(1.0, 3)
    assert [level.at(step, 9) for step in range(5)] == [0.25, 0.5, 0.75, 1.0, 1.0]
    for falls, half in (("linear", 0.5), ("cosine", 0.5)):
        falling = Schedule(1.0, 0, falls, 100)
        assert [falling.at(9, seen) for seen in (0, 50, 100, 110)] == pytest.approx([1.0, half, 0.0, 0.0])
    assert Schedule(1.0, 0, "cosine", 100).at(9, 25) == pytest.approx((1 + math.cos(math.pi / 4)) / 2)


@pytest.mark.parametrize(
    "changed",
    [
        {"residual": "gated", "feed": "swiglu"},
        {"loss": "softmax"},
        {"loss": "sampled", "negatives": 12},
        {"loss": "gbce", "negatives": 12},
        {"loss": "bce"},
        {"prior": False, "start": "drawn", "learning_rate": 1e-2},
        {"windows": "one", "ema": 0.9, "schedule": "cosine", "beta2": 0.98},
        {"precision": "bfloat16"},
        {"accumulate": 3},
    ],
    ids=str,
)
def test_whatever_is_set_it_learns_what_follows(changed):
    """A chain's next item is among the first three for most, where popularity finds a tenth."""
    log = log_of(chains(noise=0.1))
    config = settings(epochs=25, size=32, **changed)
    model = SASRec(config)
    model.fit(log, Run(config))
    histories = Histories(log)
    rows = np.flatnonzero(histories.lasts == np.arange(len(histories)) + 1)
    targets = make_targets(histories, rows, rows)
    found = rank(scorer(model.network()), targets, log.n_items, 12)
    assert (found.keep < 3).mean() > 0.6


def test_gated_layers_are_exported_as_they_are():
    net = network(residual="gated", feed="swiglu").eval()
    with torch.no_grad():
        for weight in net.parameters():
            weight.add_(torch.randn_like(weight) * 0.1)
        compared = [(items, net(torch.from_numpy(items)).numpy()) for items in parity.histories(30, 12)]
    assert parity.largest_difference(to_onnx(net, 30, 12), compared) < 1e-4


def test_the_device_is_one_that_is_there():
    config = settings(device="auto", epochs=1)
    model = SASRec(config)
    model.fit(log_of(chains()), Run(config))
    model.refit(log_of(chains()), Run(config))
    assert next(model.network().parameters()).device.type == "cpu"
    if not torch.cuda.is_available():
        with pytest.raises(TrainingError, match='device = "cuda": must be there'):
            SASRec(settings(device="cuda")).fit(log_of(chains()), Run(config))


def test_gradients_of_several_batches_are_those_of_one():
    """Without dropout, a step of many small batches is as one of all at once."""
    whole, halves = (
        learner(settings(batch_rows=size, accumulate=count), network(dropout=0.0))
        for size, count in ((10_000_000, 1), (256, 10_000))
    )
    halves._network.load_state_dict(whole._network.state_dict())
    assert whole.epoch() and halves.epoch()
    assert whole.step == halves.step == 1
    assert whole.loss == pytest.approx(halves.loss, rel=1e-5)
    for one, other in zip(whole._network.parameters(), halves._network.parameters(), strict=True):
        assert torch.allclose(one, other, atol=2e-5)


def test_the_mean_follows_the_weights():
    config = settings(ema=0.9)
    mean = learner(config)
    before = mean.mean.bias.clone()
    mean.epoch()
    assert mean.mean is not mean._network
    assert not torch.equal(mean.mean.bias, before)
    assert not torch.equal(mean.mean.bias, mean._network.bias)
    plain = learner(settings(ema=0.0))
    assert plain.mean is plain._network


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

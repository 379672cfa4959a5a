import math

import numpy as np
import pytest
import torch
from torch.nn import functional

from models.sasrec import losses
from models.sasrec.losses import Bce, GeneralisedBce, Sampled, Softmax, make_loss
from models.sasrec.network import Network
from models.sasrec.settings import SasrecSettings

SMALL = SasrecSettings(size=16)


@pytest.fixture
def network():
    torch.manual_seed(0)
    found = Network(torch.log_softmax(torch.randn(400), 0), SMALL, 12)
    with torch.no_grad():
        found.items.weight.mul_(0.3)
        found.bias.normal_(std=0.1)
    return found


@pytest.fixture
def asked():
    torch.manual_seed(1)
    return torch.randn(200, 16, requires_grad=True), torch.randint(0, 400, (200,))


def gradients(network, hidden, loss):
    network.zero_grad()
    hidden.grad = None
    loss.backward()
    return [hidden.grad.clone(), network.items.weight.grad.clone(), network.bias.grad.clone()]


@pytest.mark.parametrize("logits", [4_000_000, 400 * 7])
def test_softmax_in_chunks_is_softmax_and_so_are_its_gradients(network, asked, logits, monkeypatch):
    monkeypatch.setattr(losses, "_CHUNK_LOGITS", logits)
    monkeypatch.setattr(losses, "_LEAST_ROWS", 1)
    hidden, targets = asked
    chunked = Softmax()(network, hidden, targets, None) / 200
    plain = functional.cross_entropy(network.scores(hidden), targets)
    assert chunked.item() == pytest.approx(plain.item(), rel=1e-5)
    for one, other in zip(
        gradients(network, hidden, chunked), gradients(network, hidden, plain), strict=True
    ):
        assert torch.allclose(one, other, atol=1e-6)


def test_softmax_of_many_targets_holds_few_logits_at_a_time(network, monkeypatch):
    largest = []
    made = torch.addmm
    monkeypatch.setattr(torch, "addmm", lambda *parts: largest.append(made(*parts)) or largest[-1])
    monkeypatch.setattr(losses, "_CHUNK_LOGITS", 4_000)
    Softmax()(network, torch.randn(1_000, 16), torch.zeros(1_000, dtype=torch.long), None)
    assert max(logits.numel() for logits in largest) <= 16 * 400


def test_few_drawn_items_stand_for_all(network, asked):
    """The sampled loss is close to the whole one on the average, and so are its gradients."""
    hidden, targets = asked
    whole = Softmax()(network, hidden, targets, None) / 200
    exact = gradients(network, hidden, whole)[0]
    loss, values, sums = Sampled(150, network.prior), [], torch.zeros_like(exact)
    for seed in range(60):
        drawn = loss.draw(torch.Size((200,)), np.random.default_rng(seed))
        found = loss(network, hidden, targets, drawn) / 200
        values.append(found.item())
        sums += gradients(network, hidden, found)[0] / 60
    assert np.mean(values) == pytest.approx(whole.item(), rel=0.02)
    assert np.std(values) > 0
    assert functional.cosine_similarity(sums.ravel(), exact.ravel(), dim=0) > 0.98


def test_popular_items_are_drawn_more_often_and_all_are_drawn(network):
    loss = Sampled(200_000, network.prior)
    drawn = loss.draw(torch.Size((1,)), np.random.default_rng(0))
    counts = torch.bincount(drawn, minlength=400).double()
    assert (counts > 0).all()
    expected = loss._often.double().exp()
    assert torch.allclose(counts, expected, rtol=0.25)
    assert counts[network.prior.argmax()] > 3 * counts[network.prior.argmin()]


def test_gbce_is_the_paper_s(network, asked):
    hidden, targets = asked
    k, t = 40, 0.75
    loss = GeneralisedBce(k, t)
    numbers = loss.draw(torch.Size((200,)), np.random.default_rng(0))
    found = loss(network, hidden, targets, numbers)
    scores = network.scores(hidden).detach().double()
    alpha = k / 399
    beta = alpha * (t * (1 - 1 / alpha) + 1 / alpha)
    expected = 0.0
    for row, target in enumerate(targets.tolist()):
        expected -= beta * math.log(torch.sigmoid(scores[row, target]))
        for item in (numbers % 400).tolist():
            if item != target:
                expected -= math.log(1 - torch.sigmoid(scores[row, item]))
    assert found.item() == pytest.approx(expected, rel=1e-4)


def test_gbce_without_correction_is_bce_of_as_many(network, asked):
    hidden, targets = asked
    plain = GeneralisedBce(1, 0.0)
    number = torch.tensor([7])
    each = Bce()(network, hidden, targets, number.expand(200))
    assert plain(network, hidden, targets, number).item() == pytest.approx(each.item(), rel=1e-6)


def test_bce_draws_one_item_for_each_target(network):
    drawn = Bce().draw(torch.Size((5, 7)), np.random.default_rng(0))
    assert drawn.shape == (5, 7)
    assert drawn.unique().numel() == 35


@pytest.mark.parametrize(
    ("asked_for", "n_items", "kind"),
    [
        ("auto", 8_192, Softmax),
        ("auto", 8_193, Sampled),
        ("softmax", 9_000, Softmax),
        ("sampled", 10, Sampled),
        ("gbce", 10, GeneralisedBce),
        ("bce", 10, Bce),
        ("gbce", 1, GeneralisedBce),
    ],
)
def test_the_loss_that_is_asked_for(asked_for, n_items, kind):
    settings = SMALL.model_copy(update={"loss": asked_for})
    net = Network(torch.zeros(n_items), settings, 12)
    loss = make_loss(settings, net)
    assert type(loss) is kind
    targets = torch.zeros(3, dtype=torch.long)
    drawn = loss.draw(torch.Size((3,)), np.random.default_rng(0))
    assert torch.isfinite(loss(net, torch.randn(3, 16), targets, drawn))

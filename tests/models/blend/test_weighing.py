"""What each source of a blend counts."""

import numpy as np
import pytest
import torch
from torch import nn

from models.base import Shares
from models.blend.mean import Mean, powered, shares
from models.blend.settings import BlendSettings
from models.blend.weighing import Asked, ask, weigh
from models.data.histories import Targets

N_ITEMS = 20


class Fixed(Shares):
    """The same shares for everybody."""

    def __init__(self, values):
        super().__init__()
        self.register_buffer("values", torch.as_tensor(values, dtype=torch.float32))

    def shares(self, items):
        return self.values.unsqueeze(0).expand(items.shape[0], -1)


class Logits(nn.Module):
    """The same logits for everybody."""

    def __init__(self, values):
        super().__init__()
        self.register_buffer("values", torch.as_tensor(values, dtype=torch.float32))

    def forward(self, items):
        return self.values.unsqueeze(0).expand(items.shape[0], -1)


def drawn_from(mixture, components, targets=4_000, seed=0):
    """Return what components expect of targets that are drawn from a mixture of them, each of another history."""
    random = np.random.default_rng(seed)
    expected = random.dirichlet(np.full(N_ITEMS, 0.3), (targets, components))
    together = np.einsum("tsn,s->tn", expected, mixture)
    right = [random.choice(N_ITEMS, p=row / row.sum()) for row in together]
    return Asked(
        torch.from_numpy(expected.transpose(0, 2, 1).astype(np.float32)),
        torch.tensor(right, dtype=torch.int64),
    )


def test_the_weights_of_a_mixture_are_found():
    found = weigh(drawn_from((0.6, 0.3, 0.1), 3), BlendSettings(powers=(1.0,)))
    assert found.sources == (0, 1, 2)
    assert found.weights == pytest.approx((0.6, 0.3, 0.1), abs=0.05)
    assert found.sharpness == pytest.approx(1, abs=0.1)
    assert sum(found.weights) == pytest.approx(1)


def test_a_source_that_adds_nothing_is_left_out():
    found = weigh(drawn_from((0.7, 0.0, 0.3), 3), BlendSettings(powers=(1.0,)))
    assert found.sources == (0, 2)
    assert found.weights == pytest.approx((0.7, 0.3), abs=0.05)


def test_no_more_than_may_be_are_taken():
    found = weigh(drawn_from((0.5, 0.3, 0.2), 3), BlendSettings(powers=(1.0,), most=2))
    assert found.sources == (0, 1)


def test_the_likeliest_power_is_taken():
    """Targets that all sources must expect are drawn from the product of the shares: a small power is likelier."""
    random = np.random.default_rng(1)
    expected = random.dirichlet(np.full(N_ITEMS, 0.3), (4_000, 2)) + 1e-4
    product = np.sqrt(expected.prod(1))
    right = [random.choice(N_ITEMS, p=row / row.sum()) for row in product]
    asked = Asked(torch.from_numpy(expected.transpose(0, 2, 1).astype(np.float32)), torch.tensor(right))
    assert weigh(asked, BlendSettings()).power == 0.25
    assert weigh(drawn_from((0.5, 0.5), 2), BlendSettings()).power == 1.0


def test_the_same_targets_give_the_same_weights():
    asked = drawn_from((0.5, 0.3, 0.2), 3, 500)
    assert weigh(asked, BlendSettings()) == weigh(asked, BlendSettings())


def test_without_targets_all_count_the_same():
    found = weigh(Asked(torch.zeros(0, 5, 2), torch.zeros(0, dtype=torch.int64)), BlendSettings())
    assert (found.sources, found.weights) == ((0, 1), (0.5, 0.5))


def targets_of(histories, items):
    ends = np.cumsum([len(history) for history in histories])
    starts = ends - [len(history) for history in histories]
    pool = np.concatenate([np.asarray(history, np.int64) for history in histories])
    return Targets(pool, starts, ends, np.array(items), np.arange(len(items)))


def test_candidates_are_those_that_all_together_expect_most():
    networks = [Fixed(np.arange(N_ITEMS, 0, -1)), Logits(np.zeros(N_ITEMS))]
    targets = targets_of([[3], [4], [5]], [3, 4, 19])
    found = ask(networks, targets, N_ITEMS, 10, 6)
    # The last one is not among the six: it is left out.
    assert found.shares.shape == (2, 6, 2)
    assert found.right.tolist() == [3, 4]
    assert found.shares[0, :, 0].sum() == pytest.approx(sum(range(15, 21)) / 210)
    assert found.shares[0, :, 1] == pytest.approx(1 / N_ITEMS)


def test_where_nobody_comes_back_items_of_the_history_are_no_candidates():
    network = Fixed(np.arange(N_ITEMS, 0, -1))
    found = ask([network], targets_of([[0, 1], [2]], [3, 4]), N_ITEMS, 10, 3)
    # 0 and 1 are known, so that the first three are 2, 3 and 4; then 0, 1 and 3: 4 is not among them.
    assert found.right.tolist() == [1]


def test_a_mean_of_one_is_what_it_says():
    logits = torch.randn(N_ITEMS, generator=torch.Generator().manual_seed(0))
    for power in (1.0, 0.5, 0.25, 0.3):
        mean = Mean([Logits(logits)], [1.0], power)(torch.zeros(2, 3, dtype=torch.long))
        assert torch.allclose(mean, torch.log_softmax(logits, -1).expand(2, -1), atol=1e-4)


def test_a_mean_is_of_powers_of_shares():
    first, second = Fixed([3.0, 1.0]), Logits(np.log([0.2, 0.8]))
    items = torch.zeros(1, 1, dtype=torch.long)
    assert shares(first, items)[0].tolist() == pytest.approx([0.75, 0.25])
    mean = Mean([first, second], [0.4, 0.6], 0.5, 2.0)(items)[0]
    assert mean.tolist() == pytest.approx(
        [4 * np.log(0.4 * 0.75**0.5 + 0.6 * 0.2**0.5), 4 * np.log(0.4 * 0.25**0.5 + 0.6 * 0.8**0.5)], abs=1e-5
    )


@pytest.mark.parametrize("power", [1.0, 0.5, 0.25, 0.7])
def test_roots_are_powers(power):
    values = torch.tensor([0.0, 1e-9, 0.3, 1.0])
    assert torch.allclose(powered(values, power), values**power)

import numpy as np
import pytest

from models import covisits
from models.covisits import Counting, Covisits, count
from models.data.histories import Histories
from models.followers import nearest
from tests.support.interactions import baskets, chains, log_of


def plain(log, counting):
    """Return what each pair counts, the plain way."""
    histories = Histories(log)
    found = {}
    for late in range(len(histories)):
        for early in range(max(0, late - counting.window), late):
            if histories.users[early] != histories.users[late]:
                continue
            together = histories.times[early] == histories.times[late]
            near = (
                counting.decay ** (late - early - 1)
                if counting.power is None
                else (late - early) ** -counting.power
            )
            weight = near * (counting.same_moment if together else 1)
            back = near * (counting.same_moment if together else counting.backward)
            pair = int(histories.items[early]), int(histories.items[late])
            found[pair] = found.get(pair, 0) + weight
            if pair[0] != pair[1]:
                found[pair[::-1]] = found.get(pair[::-1], 0) + back
    return found


@pytest.mark.parametrize("table", [1 << 24, 0])
@pytest.mark.parametrize("rows", [chains(10, 5, 8), baskets(10, 3, n_items=12), [("u", "a", 1)]])
@pytest.mark.parametrize(
    "counting",
    [Counting(3, 0.5, 0.25, 0.5), Counting(50, 1.0, 1.0, 1.0), Counting(4, backward=0.2, power=1.5)],
)
def test_sums_are_those_of_the_plain_way(rows, counting, table, monkeypatch):
    monkeypatch.setattr(covisits, "_TABLE", table)
    monkeypatch.setattr(covisits, "_HELD", 40)
    log = log_of(rows)
    found = count(Histories(log), log.n_items, counting)
    pairs = list(zip(found.first.tolist(), found.second.tolist(), strict=True))
    assert pairs == sorted(set(pairs))
    expected = {pair: weight for pair, weight in plain(log, counting).items() if weight}
    assert dict(zip(pairs, found.weight.tolist(), strict=True)) == pytest.approx(expected)


def test_large_logs_look_less_far(monkeypatch):
    monkeypatch.setattr(covisits, "_PAIRS", 100)
    log = log_of(chains(10, 5, 8))
    short = count(Histories(log), log.n_items, Counting(window=20))
    assert short.weight.sum() == count(Histories(log), log.n_items, Counting(window=2)).weight.sum()


def test_the_nearest_are_those_that_weigh_most():
    first, second = np.divmod(np.arange(12), 4)
    weight = np.array([1, 4, 3, 2, 0.5, 0.1, 9, 0.2, 7, 7, 7, 7.0])
    near, weights = nearest(Covisits(first, second, weight), 4, 2)
    assert near.shape == (5, 2)
    assert near[1:4].tolist() == [[1, 2], [2, 0], [0, 1]]
    assert weights[0].tolist() == weights[4].tolist() == [0, 0]
    assert weights[1:4].sum() == pytest.approx(3)
    assert weights[2, 0] / weights[2, 1] == pytest.approx(18)


def test_no_pairs_have_no_neighbours():
    nothing = Covisits(np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0))
    near, weights = nearest(nothing, 3, 5)
    assert near.shape == weights.shape == (4, 1)
    assert not weights.any()

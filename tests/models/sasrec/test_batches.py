import numpy as np
import pytest

from models.data.histories import Histories
from models.sasrec.batches import Batches, _rounded
from models.sasrec.settings import SasrecSettings
from tests.support.interactions import baskets, chains, log_of


def epoch(rows, length, size, next_moment=0.0, seed=0, windows="pieces"):
    histories = Histories(log_of(rows))
    batches = Batches(histories, length, SasrecSettings(batch_rows=size, windows=windows), next_moment)
    return histories, list(batches.epoch(np.random.default_rng(seed)))


@pytest.mark.parametrize("length", [1, 3, 100])
@pytest.mark.parametrize("rows", [chains(20, 9, 12), baskets(20, 3)])
def test_every_row_but_the_first_is_a_target_once(rows, length):
    histories, found = epoch(rows, length, 64)
    targets = np.concatenate([target.numpy().ravel() for _, target, _ in found])
    expected = histories.items[np.arange(len(histories)) > histories.firsts]
    assert sorted(targets[targets >= 0].tolist()) == sorted(expected.tolist())


def test_a_target_follows_its_item():
    rows = [("u", f"i{number}", number) for number in range(10)] + [("v", "i3", 0), ("v", "i7", 1)]
    log_items = log_of(rows).item_ids
    _, found = epoch(rows, 4, 8)
    for items, targets, _ in found:
        for item, target in zip(items.numpy().ravel(), targets.numpy().ravel(), strict=True):
            assert (item == 0) == (target < 0)
            if item:
                before, after = (int(log_items[code][1:]) for code in (item - 1, target))
                assert after in (before + 1, 7)


def test_a_batch_says_whose_its_pieces_are():
    histories, found = epoch(chains(20, 9, 12), 4, 64)
    took = {user: set(histories.items[histories.users == user].tolist()) for user in range(20)}
    for items, targets, users in found:
        assert not items[len(users) :].any()
        for line, following, user in zip(items, targets, users.tolist(), strict=False):
            assert line.any()
            assert {*(line[line > 0] - 1).tolist(), *following[following >= 0].tolist()} <= took[user]


def test_batches_are_full_but_not_too_full_and_padded_on_the_left():
    _, found = epoch(chains(50, 9, 12), 5, 40)
    assert all(items.numel() <= 40 for items, _, _ in found)
    for items, _, _ in found:
        real = items.numpy() > 0
        assert (np.diff(real.astype(int), axis=1) >= 0).all()


def test_a_piece_longer_than_a_batch_is_one_of_its_own():
    _, found = epoch([("u", f"i{number}", number) for number in range(30)], 20, 4)
    assert all(len(items) == 1 for items, _, _ in found)


def test_one_window_of_each_history_half_of_them_the_newest():
    rows = [("long", f"i{number}", number) for number in range(30)]
    rows += [("short", f"i{number}", number) for number in range(4)]
    starts = []
    for seed in range(300):
        _, found = epoch(rows, 7, 1000, seed=seed, windows="one")
        windows = [line[line > 0].tolist() for items, _, _ in found for line in items.numpy() if line.any()]
        assert sorted(map(len, windows)) == [3, 7]
        long = max(windows, key=len)
        starts.append(long[0] - 1)
        assert long == list(range(long[0], long[0] + 7))
    assert 0.4 < np.mean(np.array(starts) == 22) < 0.65
    assert set(starts) == set(range(23))


def test_shapes_are_few_however_often_the_data_is_cut():
    rows = chains(300, 3, 90)
    shapes = [set(), set()]
    for seed in range(12):
        shapes[seed > 5] |= {tuple(items.shape) for items, _, _ in epoch(rows, 60, 512, seed=seed)[1]}
    assert len(shapes[0] | shapes[1]) < 60
    assert len(shapes[1] - shapes[0]) < 12


@pytest.mark.parametrize("size", [*range(1, 300), 2_047, 2_048, 2_049])
def test_sizes_are_rounded_up_by_a_quarter_at_most(size):
    assert size <= _rounded(size) <= size * 1.25
    assert _rounded(_rounded(size)) == _rounded(size)


def test_each_epoch_cuts_elsewhere_and_the_same_seed_alike():
    rows = [("u", f"i{number}", number) for number in range(50)]
    shapes = [[items.tolist() for items, _, _ in epoch(rows, 7, 100, seed=seed)[1]] for seed in (0, 0, 1)]
    assert shapes[0] == shapes[1]
    assert shapes[0] != shapes[2]


def test_the_next_moment_is_what_is_drawn_from():
    rows = [("u", f"{visit}-{number}", visit) for visit in range(4) for number in range(3)]
    log = log_of(rows)
    seen = set()
    for seed in range(30):
        for items, targets, _ in epoch(rows, 100, 100, 1.0, seed)[1]:
            for item, target in zip(items.numpy().ravel(), targets.numpy().ravel(), strict=True):
                visit = int(log.item_ids[item - 1].split("-")[0])
                if visit == 3:
                    assert target == -1
                else:
                    assert int(log.item_ids[target].split("-")[0]) == visit + 1
                    seen.add(target)
    assert len(seen) == 9


@pytest.mark.parametrize("rows", [[], [("u", "a", 1)], [("u", "a", 1), ("v", "a", 2)]])
def test_nothing_to_learn_from(rows):
    assert epoch(rows, 5, 10)[1] == []

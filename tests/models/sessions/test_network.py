"""The network finds the neighbours that the plain way finds, at any size, and in ONNX too."""

import numpy as np
import pytest
import torch

from export.onnx import to_onnx
from export.parity import largest_difference
from models.data.histories import Histories
from models.data.sessions import cut
from models.sessions.network import Network, Weighing
from models.sessions.settings import SessionsSettings
from models.sessions.tables import make_tables
from tests.support.interactions import START, chains, log_of

WEIGHING = Weighing(decay=0.7, match=0.4, distance=0.8, before=0.3, same=0.6, rare=0.5, popularity=0.01)


def network_of(log, weighing=WEIGHING, gap_s=None, **settings):
    histories, asked = Histories(log), SessionsSettings(**settings)
    tables = make_tables(histories, cut(histories, gap_s), log.n_items, asked)
    return Network(tables, np.full(log.n_items, 1 / log.n_items), weighing, asked)


def plain(log, history, weighing, settings):
    """Return what is expected, session by session."""
    histories = Histories(log)
    visited = {}
    for user, item, when in zip(histories.users, histories.items, histories.times, strict=True):
        items, _ = visited.setdefault(user, ([], 0))
        if item in items:
            items.remove(item)
        visited[user] = ([*items, int(item)], when)
    ended = sorted((when, user) for user, (_, when) in visited.items())
    sessions = [visited[user][0][-settings.session_length :] for _, user in ended]
    sessions = [items for items in sessions if len(items) > 1]
    counts = np.zeros(log.n_items)
    for items in sessions:
        counts[items] += 1
    asked = {}
    for age, item in enumerate(history[::-1][: settings.length]):
        asked.setdefault(item, age)
    like, met = {}, {}
    for item, age in asked.items():
        with_item = [number for number, items in enumerate(sessions) if item in items]
        for number in with_item[-settings.per_item :]:
            like[number] = like.get(number, 0) + round(10_000 * weighing.decay**age)
            if number not in met or asked[met[number]] > age:
                met[number] = item
    best = sorted(like, key=lambda number: (-like[number], -number))[: settings.neighbours]
    sums = np.zeros(log.n_items)
    for number in best:
        items = sessions[number]
        for place, item in enumerate(items):
            steps = place - items.index(met[number])
            far = max(1, abs(steps)) ** -weighing.distance
            near = far if steps > 0 else weighing.same if steps == 0 else weighing.before * far
            rarity = max(0.1, np.log(len(sessions) / counts[item])) ** weighing.rare
            age = asked[met[number]]
            sums[item] += like[number] / 10_000 * weighing.match**age * near * rarity
    return sums / max(sums.sum(), 1e-6) + weighing.popularity / log.n_items


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"per_item": 3, "neighbours": 4},
        {"length": 2, "session_length": 3},
        {"length": 1, "neighbours": 1},
    ],
)
def test_neighbours_are_those_of_the_plain_way(settings):
    log = log_of(chains(40, 7, 12, noise=0.4))
    network, asked = network_of(log, **settings), SessionsSettings(**settings)
    random = np.random.default_rng(3)
    for length in (1, 2, 5, 9):
        history = random.integers(0, log.n_items, length)
        with torch.inference_mode():
            found = network.shares(torch.from_numpy(history + 1).unsqueeze(0))[0].numpy()
        assert found == pytest.approx(plain(log, history.tolist(), WEIGHING, asked), abs=1e-5)


def test_the_newest_of_equal_sessions_are_taken_and_onnx_takes_the_same():
    """Each session has the same two items in common with the history, so all are equally like it."""
    rows = []
    for session in range(30):
        rows += [
            (f"s{session}", item, START + session * 1000 + place)
            for place, item in enumerate(("a", "b", f"x{session}"))
        ]
    log = log_of(rows)
    network = network_of(log, neighbours=5).eval()
    history = np.array([[log.item_ids.index("a") + 1, log.item_ids.index("b") + 1]])
    with torch.inference_mode():
        shares = network.shares(torch.from_numpy(history))[0].numpy()
        compared = [(history, network(torch.from_numpy(history)).numpy())]
    expected = {log.item_ids[item] for item in np.argsort(-shares)[:7]}
    assert expected == {"a", "b", *(f"x{number}" for number in range(25, 30))}
    assert largest_difference(to_onnx(network, log.n_items, 12), compared) < 1e-5


def test_rows_beyond_what_is_kept_are_those_of_the_oldest_sessions():
    log = log_of(chains(30, 6, 10))
    histories = Histories(log)
    sessions = cut(histories, None)
    everything = make_tables(histories, sessions, log.n_items, SessionsSettings())
    few = make_tables(histories, sessions, log.n_items, SessionsSettings(rows=50))
    assert 40 < len(few.items) <= 50
    assert few.items.tolist() == everything.items[-len(few.items) :].tolist()
    assert few.postings.max() == few.count - 1


def test_sessions_of_one_item_say_nothing():
    log = log_of([("u", "a", 1), ("u", "a", 2), ("v", "b", 3)])
    histories = Histories(log)
    assert make_tables(histories, cut(histories, None), log.n_items, SessionsSettings()).count == 0
    with torch.inference_mode():
        shares = network_of(log).shares(torch.tensor([[1], [2], [0]]))
    assert shares.numpy() == pytest.approx(np.full((3, 2), 0.005))


def test_sessions_end_at_gaps():
    """Of one user who has four items on two days, only those of one day go together."""
    rows = [("u", item, START + when) for item, when in (("a", 0), ("b", 9), ("c", 10**8), ("d", 10**8 + 9))]
    log = log_of(rows)
    with torch.inference_mode():
        for gap_s, follower in ((3600.0, 0.0), (None, 0.1)):
            network = network_of(log, Weighing(before=1.0, distance=0.0, popularity=1e-6), gap_s)
            shares = network.shares(torch.tensor([[log.item_ids.index("a") + 1]]))[0]
            assert (shares[log.item_ids.index("d")] > 0.01) == (follower > 0)

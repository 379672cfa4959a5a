import numpy as np
import pyarrow as pa

from models.data.log import InteractionLog
from tests.support.interactions import log_of

ROWS = [("u1", "b", 30), ("u2", "a", 10), ("u1", "a", 10), ("u2", "c", 20)]


def test_rows_are_sorted_by_time_then_user_and_stay_in_order_within_one():
    log = log_of([*ROWS, ("u1", "z", 10), ("u1", "c", 10)])
    assert log.times.tolist() == [10, 10, 10, 10, 20, 30]
    assert [log.user_ids[code] for code in log.users] == ["u1", "u1", "u1", "u2", "u2", "u1"]
    assert [log.item_ids[code] for code in log.items] == ["a", "z", "c", "a", "c", "b"]
    assert (log.n_users, log.n_items) == (2, 4)


def test_how_users_are_mixed_says_nothing():
    """Partitions of a topic are fetched in another order each time; each user's rows stay in theirs."""
    random = np.random.default_rng(0)
    rows = [
        (f"u{user}", f"i{random.integers(9)}", int(random.integers(5))) for user in range(9) for _ in range(7)
    ]
    log = log_of(rows)
    for seed in range(3):
        partitions = np.random.default_rng(seed).permutation(9)
        other = log_of([row for user in partitions for row in rows if row[0] == f"u{user}"])
        assert (other.user_ids, other.item_ids) == (log.user_ids, log.item_ids)
        assert (other.users == log.users).all()
        assert (other.items == log.items).all()


def test_before_keeps_the_codes():
    log = log_of(ROWS)
    early = log.before(20)
    assert len(early) == 2
    assert early.item_ids is log.item_ids
    assert early.n_items == 3
    assert early.counts().tolist() == [2, 0, 0]


def test_the_same_user_item_and_time_counts_once():
    log = log_of([*ROWS, ROWS[0], ("u1", "b", 31), ROWS[2]]).distinct()
    assert len(log) == 5
    assert log.distinct().users.tolist() == log.users.tolist()


def test_the_fingerprint_does_not_depend_on_order_but_on_content():
    first = log_of(ROWS).fingerprint
    assert log_of(ROWS[::-1]).fingerprint == first
    assert log_of([*ROWS[:-1], ("u2", "c", 21)]).fingerprint != first
    assert log_of([*ROWS[:-1], ("u2", "a", 20)]).fingerprint != first
    assert log_of([*ROWS[:-1], ("u1", "c", 20)]).fingerprint != first


def test_the_fingerprint_is_of_the_rows_that_are_there():
    log = log_of(ROWS)
    assert log.before(20).fingerprint == log_of([row for row in ROWS if row[2] < 20]).fingerprint


def test_empty_and_arrow():
    assert len(log_of([])) == 0
    assert len(log_of([]).distinct()) == 0
    assert log_of([]).fingerprint
    arrow = InteractionLog.of(pa.array(["u", "v"]), pa.array(["a", "a"]), np.array([2, 1]))
    assert arrow.user_ids == ("v", "u")

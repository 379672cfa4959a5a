"""Next clicks of sessions on a slice: VMIS-kNN as published, what is asked, and that what is served learns."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks import sessions
from benchmarks.base import Skipped
from benchmarks.vmis import Vmis, places
from models.config import TrainConfig
from models.data.histories import Targets
from models.ease.settings import EaseSettings
from models.evaluation import MISS
from models.ranker.settings import RankerSettings
from models.sasrec.settings import SasrecSettings
from models.towers.settings import TowersSettings
from tests.support.data import needs_data
from tests.support.interactions import log_of


@needs_data
def test_a_slice_is_learned_surely_better_than_popularity(tmp_path, monkeypatch):
    monkeypatch.setattr(sessions, "_M", (500,))
    monkeypatch.setattr(sessions, "_NEIGHBOURS", (100, 500))
    config = TrainConfig(
        order="rows",
        threads=1,
        k=(10, 20),
        max_length=20,
        validation_targets=100,
        ease=EaseSettings(penalties=(200.0,)),
        two_tower=TowersSettings(size=8, inner=8, epochs=1, batch_rows=500),
        sasrec=SasrecSettings(size=16, epochs=2, batch_rows=500),
        ranker=RankerSettings(epochs=3),
    )
    result = sessions.measure(sessions.read(600), config, lambda _: None)
    assert result["over"]["popularity"]["hr@20"]["low"] > 0
    assert result["over"]["popularity"]["mrr@20"]["low"] > 0
    sessions.write(tmp_path / sessions.RESULT, result)
    rows = list(sessions.run(sessions.Sizes(folder=tmp_path)))
    assert [row.name for row in rows] == ["sessions_hr20", "sessions_mrr20"]
    told = result["test"]
    assert rows[0].value == pytest.approx(told[result["served"]]["hr@20"] / told["vmis-knn"]["hr@20"])
    assert {"popularity", "item-to-item", "sasrec", "vmis-knn"} <= set(rows[0].detail)


@needs_data
def test_every_click_but_the_first_of_a_test_session_is_asked_for_from_those_before():
    data = sessions.read(200)
    assert len(np.unique(data.test.users)) <= 200
    assert (np.bincount(data.test.users)[np.unique(data.test.users)] >= 1).all()
    firsts = np.unique(data.test.users, return_index=True)[1]
    whole = sessions.read(200)
    assert (whole.test.items == data.test.items).all()
    assert (data.test.lengths[firsts] <= 1).all()


def targets_of(histories, items):
    ends = np.cumsum([len(history) for history in histories])
    starts = ends - [len(history) for history in histories]
    pool = np.concatenate([np.asarray(history, np.int64) for history in histories])
    return Targets(pool, starts, ends, np.array(items), np.arange(len(items)))


def test_vmis_gives_what_its_paper_says():
    """Worked out by hand: three sessions, a history of two items."""
    clicks = [("s", "a"), ("s", "b"), ("t", "b"), ("t", "c"), ("u", "d"), ("u", "a")]
    log = log_of([(who, what, 1_000 * number) for number, (who, what) in enumerate(clicks)])
    a, b, c, d = (log.item_ids.index(item) for item in "abcd")
    found = Vmis(log, 10, 10).scores([a, b])
    # b is the newest, so it counts 1 and a counts 1/2; a session counts a tenth less where a is the newest in common.
    s, t, u = 1.5, 1.0, 0.5 * 0.9
    once, twice = np.log(3), np.log(1.5)
    assert found[a] == pytest.approx((s + u) * twice)
    assert found[b] == pytest.approx((s + t) * twice)
    assert found[c] == pytest.approx(t * once)
    assert found[d] == pytest.approx(u * once)
    asked = targets_of([[a, b], [a, b], [c]], [c, d, a])
    order = sorted(found, key=found.get, reverse=True)
    assert places(Vmis(log, 10, 10), asked).tolist() == [order.index(c), order.index(d), MISS]


def test_of_the_sessions_of_an_item_the_newest_are_taken():
    clicks = [("s", "a"), ("s", "b"), ("t", "a"), ("t", "c")]
    log = log_of([(who, what, 1_000 * number) for number, (who, what) in enumerate(clicks)])
    found = Vmis(log, 1, 10).scores([log.item_ids.index("a")])
    assert set(found) == {log.item_ids.index("a"), log.item_ids.index("c")}


def test_without_results_the_command_is_named(tmp_path):
    with pytest.raises(Skipped, match=r"python -m benchmarks\.sessions"):
        list(sessions.run(sessions.Sizes(folder=tmp_path)))

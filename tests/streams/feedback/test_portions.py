"""Labels that a leap in time makes due all at once: made in portions, exact whoever dies between two of them."""

from __future__ import annotations

import orjson
import pytest
from faust.types import TP

from monitoring.edges import default_edges
from monitoring.measures import Measures, Quota
from pandian import topics
from pandian.events import Feedback
from streams.feedback import actions
from streams.feedback.base import JoinPolicy
from streams.feedback.join import PartitionJoin, Resume
from streams.feedback.state import PartitionState
from streams.stages import joining
from streams.stages.joining import JoinedPartition
from streams.transport.batches import Batch
from tests.streams.feedback.logs import Logged, impression, interaction
from tests.support.topics import Record

POLICY = JoinPolicy(1_000, 100, 100_000)
#: Broker time between two records: the first actions are old by it too when the leap comes.
STEP_MS = 1_000
SHOWN = [Logged(orjson.dumps(impression(n, f"u{n % 7}", f"x{n % 5}", n)), n * STEP_MS) for n in range(900)]
ACTED = [
    *(
        Logged(orjson.dumps(interaction(f"u{n % 7}", f"x{n % 5}", n + 3)), (900 + n) * STEP_MS)
        for n in range(0, 900, 3)
    ),
    *(
        Logged(orjson.dumps(interaction("v", "y", time)), (2_000 + time // 1_000) * STEP_MS)
        for time in (10_000_000, 10_000_050)
    ),
]


def joined(most: int | None, dies: int | None) -> list[Feedback]:
    """Return all labels, made at most so many at a time; it dies after so many portions, and goes on."""
    join, labels, portions = PartitionJoin(POLICY), list[Feedback](), 0
    while join.actions_end < len(ACTED):
        for at in range(join.impressions_end, len(SHOWN)):
            join.impression(at, SHOWN[at].arrived, SHOWN[at].value)
        at = join.actions_end
        join.act(at, ACTED[at].arrived, ACTED[at].value)
        while join.settling:
            assert join.settle(most) <= (most or len(SHOWN))
            labels += join.labelled
            join.labelled.clear()
            portions += 1
            if portions == dies:
                join = PartitionJoin(POLICY, join.resume())
                break
    assert not join.waiting
    return labels


@pytest.mark.parametrize("dies", [None, 1, *range(300, 315)])
def test_labels_made_in_portions_are_those_made_at_once(
    dies: int | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(actions, "_BLOCK", 16)
    assert joined(70, dies) == joined(None, None)


def test_no_more_labels_are_made_than_may_wait_to_be_written(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(joining, "_MOST_LABELS", 100)
    state = PartitionState("", "", Measures(Quota.of(1)), Resume())
    ends = {topics.IMPRESSIONS: len(SHOWN), topics.INTERACTIONS: len(ACTED)}
    one = JoinedPartition(
        0,
        state,
        POLICY,
        lambda _: default_edges(),
        lambda _: True,
        lambda tp: (ends[tp.topic], 1 << 62),
    )
    for lane, records in ((one.shown, SHOWN), (one.acted, ACTED)):
        lane.begin(1, 0)
        raw = [Record(0, at, None, record.value, record.arrived, ()) for at, record in enumerate(records)]
        assert one.put(Batch(TP(lane.tp.topic, 0), 1, 0, raw, len(raw)))
    found: list[Feedback] = []
    while one.advance(50) or one.is_full:
        if one.is_full:
            assert one.advance(50) == 0
            labels = one.take_labels()
            assert len(labels) < 150
            if len(found) % 200 == 0:
                one.give_up(labels)
                labels = one.freeze().labels
            found += labels
    found += one.freeze().labels
    assert found == joined(None, None)

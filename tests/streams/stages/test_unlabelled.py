"""Impressions without a label are told in the log: once, by reason, and no more often than people read."""

from __future__ import annotations

import orjson
from faust.types import TP

from monitoring.edges import default_edges
from monitoring.measures import Measures, Quota
from streams.feedback import incoming
from streams.feedback.base import JoinPolicy
from streams.feedback.join import Resume
from streams.feedback.state import PartitionState
from streams.stages.joining import NO_EDGES, JoinedPartition
from streams.stages.unlabelled import _WORDS, Unlabelled
from streams.transport.batches import Batch
from tests.streams.feedback.logs import impression
from tests.support.topics import Record

#: Broker time of all records.
ARRIVED = 1_000


def test_each_is_told_once_and_none_of_before_a_restart() -> None:
    state = PartitionState("", "", Measures(Quota.of(1)), Resume(rejected={"bad-json": 7, "repeat": 1}))
    one = JoinedPartition(
        0, state, JoinPolicy(100, 10, 100), lambda _: default_edges(), lambda _: True, lambda _: None
    )
    good = impression(1, "u", "x", 5)
    found = [b"\xff", orjson.dumps({**good, "score": 1.5}), orjson.dumps(good), orjson.dumps(good), b"[]"]
    one.shown.begin(1, 0)
    one.acted.begin(1, 0)
    records = [Record(0, at, None, value, ARRIVED, ()) for at, value in enumerate(found)]
    assert one.put(Batch(TP(one.shown.tp.topic, 0), 1, 0, records, len(records)))
    assert not one.rejected()
    one.advance(100)
    said: list[str] = []
    unlabelled = Unlabelled(said.append)
    unlabelled.tell(0.0)
    unlabelled.add(one.rejected())
    unlabelled.tell(1.0)
    assert said == [
        "records of pandian.impressions get no label: 2 bad-json (no JSON object); 1 bad-score (score is no number"
        " from 0 to 1); 1 repeat (impression_id was there before). docs/feedback.md says what an impression has to be"
    ]
    unlabelled.add(one.rejected())
    unlabelled.tell(100.0)
    assert len(said) == 1


def test_what_comes_within_a_minute_is_told_together() -> None:
    said: list[str] = []
    unlabelled = Unlabelled(said.append)
    for second in range(100):
        unlabelled.add({"late": 1_000})
        unlabelled.tell(float(second))
    assert [one.split(": ")[1].split()[0] for one in said] == ["1,000", "60,000"]


def test_every_reason_has_its_words() -> None:
    codes = {
        value
        for name, value in vars(incoming).items()
        if name.isupper() and type(value) is str and value not in (incoming.TAKEN, incoming.INVALID)
    }
    assert codes - {incoming.CHAMPION, incoming.CHALLENGER} | {NO_EDGES} == _WORDS.keys()

"""Where extraction begins and by which mapping: as the log of states says, or anew."""

from __future__ import annotations

import asyncio
from collections import Counter
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest
from faust.types import TP

from streams.counting.base import Source
from streams.interactions.base import FieldMapping
from streams.interactions.items import ItemsReader
from streams.interactions.override import Overrides, TopicRule
from streams.interactions.settling import CALM_SECONDS
from streams.interactions.state import ExtractionState, state_key
from streams.inventory.masking import ShapeMasker
from streams.stages.beginnings import Beginnings
from streams.stages.extracting import Extracting
from tests.streams.interactions.assets import fields_of
from tests.streams.stages.test_mappings import ID, Inventory, clicks_asset, of
from tests.support.clock import FakeClock

TOPIC = TP("clicks", 0)
SOURCE = Source(ID, 0)


class Bench:
    """Beginnings over an inventory of one topic, with a log of states and starts of logs that the test says."""

    def __init__(self, asset: dict[str, Any], clock: FakeClock, overrides: Overrides | None = None) -> None:
        self.inventory = Inventory(asset)
        self.stored: dict[bytes, bytes] = {}
        self.start, self.asked = 0, 0
        context: Any = SimpleNamespace(admin=self, settings=None)
        states: Any = SimpleNamespace(partitions=8)
        items = ItemsReader(ShapeMasker())
        self.beginnings = Beginnings(context, states, of(self.inventory, overrides), items, clock)
        beginnings: Any = self.beginnings
        beginnings._stored = self._stored  # no broker is asked

    async def _stored(self, _topics: Any) -> dict[bytes, bytes]:
        self.asked += 1
        return self.stored

    async def starts(self, keys: Any) -> dict[Any, int]:
        """Answer as the cluster would."""
        return dict.fromkeys(keys, self.start)

    def store(self, state: ExtractionState) -> None:
        """Put a state into the log."""
        self.stored[state_key(state.source)] = state.encode()

    def begin(self, topic_id: UUID = ID, origin: int = 0, counting: bool = True) -> list[Extracting]:
        """Begin the one partition."""
        counter = SimpleNamespace(topic_id=topic_id, origin=origin, counting=counting)
        source: Any = SimpleNamespace(tp=TOPIC, counter=counter, highwater=99)
        return asyncio.run(self.beginnings.begin([source]))

    def mapping(self) -> FieldMapping:
        """Return what the inventory says of the topic."""
        found = of(self.inventory).of("clicks", self.inventory.document()["assets"][0])
        assert isinstance(found, FieldMapping)
        return found


@pytest.fixture(scope="module")
def asset(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    return {**clicks_asset(tmp_path_factory.mktemp("asset")), "records": 5_000}


@pytest.fixture
def bench(asset: dict[str, Any], clock: FakeClock) -> Bench:
    return Bench(asset, clock)


def test_anew_from_where_the_profile_began(bench: Bench) -> None:
    bench.start = 30
    (one,) = bench.begin(origin=20)
    assert (one.state.end, one.log_start, one.written, one.highwater) == (20, 30, -1, 99)
    assert not one.state.pinned
    assert fields_of(one.state.mapping)["user"] == "user_id"
    assert one.pass_over(one.log_start) == 10


def test_on_from_what_the_log_of_states_says(bench: Bench) -> None:
    state = ExtractionState("clicks", SOURCE, bench.mapping(), 4_000, Counter({"interaction": 3_999}), True)
    bench.store(state)
    assert [one.state for one in bench.begin()] == [state]


def test_not_before_the_mapping_is_settled(asset: dict[str, Any], clock: FakeClock) -> None:
    bench = Bench({**asset, "records": 10}, clock)
    assert bench.begin() == []
    clock.advance(CALM_SECONDS / 2)
    assert bench.begin() == []
    clock.advance(CALM_SECONDS / 2)
    assert len(bench.begin()) == 1
    assert bench.asked == 1


def test_not_a_topic_of_the_name_that_was_nor_one_that_is_begun_again(bench: Bench) -> None:
    assert bench.begin(topic_id=UUID(int=8)) == []
    assert bench.begin(counting=False) == []
    assert bench.asked == 0


def other(bench: Bench) -> FieldMapping:
    """Return another mapping than the inventory's."""
    mine = bench.mapping()
    return FieldMapping(mine.target, {**mine.parts, "user": mine.parts["item"]}, mine.action)


def test_a_mapping_that_something_was_sent_by_stays(bench: Bench) -> None:
    # Also where nothing is known to have come of it: what was sent and not yet written is there all the same.
    state = ExtractionState("clicks", SOURCE, other(bench), 0, pinned=True)
    bench.store(state)
    assert [one.state for one in bench.begin()] == [state]


def test_one_that_nothing_was_sent_by_is_given_up(bench: Bench) -> None:
    bench.store(ExtractionState("clicks", SOURCE, other(bench), 700, Counter({"no-user": 700})))
    (one,) = bench.begin()
    assert (one.state.end, one.state.outcomes) == (0, {})
    assert one.state.mapping.same_as(bench.mapping())


def test_a_file_counts_from_where_extraction_is(asset: dict[str, Any], clock: FakeClock) -> None:
    bench = Bench(asset, clock, Overrides({"clicks": TopicRule(user="item_id", item="user_id")}))
    bench.store(ExtractionState("clicks", SOURCE, bench.mapping(), 700, Counter({"interaction": 700}), True))
    (one,) = bench.begin()
    assert (one.state.end, one.state.outcomes["interaction"]) == (700, 700)
    assert fields_of(one.state.mapping) == {"user": "item_id", "item": "user_id"}


@pytest.mark.parametrize("value", [b"{}", b"\xff", b'{"format": 99, "topic": "clicks", "partition": 0}'])
def test_a_state_that_cannot_be_read_is_said_and_waits(
    bench: Bench, clock: FakeClock, value: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    bench.stored[state_key(SOURCE)] = value
    for _ in range(5):
        assert bench.begin() == []
    assert bench.asked == 1
    assert caplog.text.count("clicks[0] is not extracted") == 1
    clock.advance(60.0)
    bench.stored.clear()
    assert len(bench.begin()) == 1


def test_it_ends_when_a_field_turns_out_to_be_personal(bench: Bench, asset: dict[str, Any]) -> None:
    (one,) = bench.begin()
    assert bench.beginnings.may_go_on(one)
    bench.inventory.put({**asset, "fields": [{**field, "masked": True} for field in asset["fields"]]})
    assert not bench.beginnings.may_go_on(one)
    assert bench.begin() == []

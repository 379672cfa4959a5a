"""What every worker says of extraction, from the states on the log."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest

from pandian.settings import Settings
from streams.counting.base import Source
from streams.interactions.base import FieldMapping, Part
from streams.interactions.state import ExtractionState, state_key
from streams.stages.extractions import ExtractionsPart
from tests.streams.stages.test_mappings import ID, Inventory, clicks_asset

MAPPING = FieldMapping("interactions", {"user": Part("user_id", "so"), "item": Part("item_id", "-")}, "click")


@pytest.fixture(scope="module")
def asset(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    partitions = {"0": {"next_offset": 100}, "1": {"next_offset": 50}}
    return clicks_asset(tmp_path_factory.mktemp("asset"), partitions=partitions)


def part(*assets: dict[str, Any]) -> tuple[ExtractionsPart, Inventory]:
    inventory: Any = Inventory(*assets)
    context: Any = SimpleNamespace(settings=Settings(broker="nowhere:1"), app=None, admin=None)
    return ExtractionsPart(context, inventory), inventory


def state(partition: int, end: int, topic_id: UUID = ID, **outcomes: int) -> ExtractionState:
    return ExtractionState("clicks", Source(topic_id, partition), MAPPING, end, Counter(outcomes), True)


def take(one: ExtractionsPart, *states: ExtractionState) -> None:
    records = [SimpleNamespace(key=state_key(each.source), value=each.encode()) for each in states]
    one._take(0, records)


def test_before_extraction_has_begun(asset: dict[str, Any]) -> None:
    one, _ = part(asset)
    (found,) = one.document()["topics"]
    assert (found["topic"], found["target"], found["why_not"]) == ("clicks", "interactions", None)
    assert found["mapping"]["user"]["field"] == "user_id"
    assert found["mapping"]["action"]["value"] == "click"
    assert (found["outcomes"], found["lag"]) == ({}, 150)


def test_partitions_add_up(asset: dict[str, Any]) -> None:
    one, _ = part(asset)
    first = state(0, 90, interaction=80)
    first.outcomes["no-user"] = 10
    take(one, first, state(1, 50, interaction=50))
    (found,) = one.document()["topics"]
    assert found["outcomes"] == {"interaction": 130, "no-user": 10}
    assert found["lag"] == 10
    assert found["mapping"] == {
        "user": {"field": "user_id", "why": "so"},
        "item": {"field": "item_id", "why": "-"},
        "action": {
            "value": "click",
            "why": "no field says so: by the kind of the records, or the name of the topic",
        },
        "time": {"value": "broker", "why": "no field says so: the time of the record"},
    }


def test_a_late_state_of_a_worker_that_lost_its_partition_changes_nothing(asset: dict[str, Any]) -> None:
    one, _ = part(asset)
    take(one, state(0, 100, interaction=100), state(0, 60, interaction=60))
    assert one.document()["topics"][0]["outcomes"] == {"interaction": 100}


def test_another_mapping_begins_again(asset: dict[str, Any]) -> None:
    one, _ = part(asset)
    again = state(0, 5, interaction=5)
    again.mapping = FieldMapping("interactions", {**MAPPING.parts, "user": Part("session", "-")})
    take(one, state(0, 100), again)
    assert one.document()["topics"][0]["outcomes"] == {"interaction": 5}


def test_the_topic_of_the_name_that_was_does_not_count(asset: dict[str, Any]) -> None:
    one, _ = part(asset)
    take(one, state(0, 100, UUID(int=9), interaction=100))
    (found,) = one.document()["topics"]
    assert (found["outcomes"], found["lag"]) == ({}, 150)


def test_states_that_are_removed_or_cannot_be_read(asset: dict[str, Any]) -> None:
    one, _ = part(asset)
    take(one, state(0, 100, interaction=100), state(1, 50, interaction=50))
    one._take(0, [SimpleNamespace(key=state_key(Source(ID, 0)), value=None)])
    assert one.document()["topics"][0]["outcomes"] == {"interaction": 50}
    one._take(0, [SimpleNamespace(key=state_key(Source(ID, 1)), value=b'{"format": 99}')])
    assert one.document()["topics"][0]["outcomes"] == {}


def test_why_a_topic_gives_nothing_or_nothing_more(asset: dict[str, Any]) -> None:
    users = {**asset, "kind": "users", "source": {**asset["source"], "topic": "people"}}
    one, inventory = part(asset, users)
    take(one, state(0, 100, interaction=100))
    clicks, people = one.document()["topics"]
    assert (people["target"], people["why_not"], people["lag"]) == (None, "its rows are about people", 0)
    assert clicks["why_not"] is None
    inventory.put({**asset, "fields": [{**field, "masked": True} for field in asset["fields"]]})
    (clicks,) = one.document()["topics"]
    assert clicks["why_not"] == "user_id has turned out to be personal"
    assert (clicks["target"], clicks["mapping"], clicks["lag"]) == (None, {}, 0)
    assert clicks["outcomes"] == {"interaction": 100}


def test_assets_that_are_no_topics_are_left_out(asset: dict[str, Any], tmp_path: Path) -> None:
    one, _ = part({**asset, "source": {"file": str(tmp_path)}})
    assert one.document() == {"topics": []}

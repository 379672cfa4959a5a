"""The mapping of each topic as of now: worked out once for each change, and not for a topic of the name that was."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from streams.interactions.base import FieldMapping, NoMapping
from streams.interactions.mapping import mapping_of
from streams.interactions.override import Overrides, TopicRule
from streams.stages.mappings import Mappings
from tests.streams.interactions.assets import asset_of_rows, fields_of

ID = UUID(int=7)


class Inventory:
    """Assets, as the follower of the inventory gives them: the same document while nothing changed."""

    def __init__(self, *assets: dict[str, Any]) -> None:
        self._document = {"assets": list(assets)}

    def document(self) -> dict[str, Any]:
        return self._document

    def put(self, *assets: dict[str, Any]) -> None:
        self._document = {"assets": list(assets)}


def clicks_asset(folder: Path, topic: str = "clicks", topic_id: UUID = ID, **source: Any) -> dict[str, Any]:
    """Return the inventory's document of a topic of clicks."""
    rows = [
        {"user_id": f"u{n % 50}", "item_id": f"sku-{n % 70}", "time": 1_700_000_000 + n} for n in range(300)
    ]
    asset = asset_of_rows(folder, topic, rows)
    asset["source"] = {"topic": topic, "topic_id": str(topic_id), "partitions": {}, **source}
    return asset


def of(inventory: Inventory, overrides: Overrides | None = None) -> Mappings:
    followed: Any = inventory
    return Mappings(followed, overrides or Overrides())


@pytest.fixture(scope="module")
def asset(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    return clicks_asset(tmp_path_factory.mktemp("asset"))


def test_the_inventory_decides_and_a_file_goes_before_it(asset: dict[str, Any]) -> None:
    found = of(Inventory(asset)).of("clicks", asset)
    assert isinstance(found, FieldMapping)
    assert fields_of(found) == {"user": "user_id", "item": "item_id", "time": "time"}
    rules = Overrides({"cl*": TopicRule(user="item_id", item="user_id")})
    found = of(Inventory(asset), rules).of("clicks", asset)
    assert isinstance(found, FieldMapping)
    assert fields_of(found) == {"user": "item_id", "item": "user_id"}


def test_a_topic_that_the_inventory_does_not_know_waits_also_for_the_file(asset: dict[str, Any]) -> None:
    rules = Overrides({"*": TopicRule(user="u", item="i")})
    some = of(Inventory(asset), rules)
    assert some.asset("other", ID) is None
    assert some.asset("clicks", UUID(int=8)) is None
    assert some.asset("clicks", ID) is asset
    assert some.of("other", None) == NoMapping("the inventory does not know it yet")


def test_it_is_worked_out_once_for_each_change(
    asset: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[Any] = []

    def counted(one: Any, key: str | None) -> Any:
        calls.append(one)
        return mapping_of(one, key)

    monkeypatch.setattr("streams.stages.mappings.mapping_of", counted)
    inventory = Inventory(asset)
    some = of(inventory)
    first = some.of("clicks", some.assets()["clicks"])
    assert some.of("clicks", some.assets()["clicks"]) is first
    assert len(calls) == 1
    inventory.put({**asset, "fields": [one for one in asset["fields"] if one["field"] != "item_id"]})
    assert isinstance(some.of("clicks", some.assets()["clicks"]), NoMapping)
    assert len(calls) == 2
    inventory.put()
    assert some.assets() == {}


def test_a_mapping_in_use_ends_when_a_field_of_it_turns_out_to_be_personal(asset: dict[str, Any]) -> None:
    inventory = Inventory(asset)
    some = of(inventory)
    mapping = some.of("clicks", asset)
    assert isinstance(mapping, FieldMapping)
    assert some.why_no_longer("clicks", some.assets()["clicks"], mapping) is None
    masked = [{**one, "masked": one["field"] == "user_id"} for one in asset["fields"]]
    inventory.put({**asset, "fields": masked})
    assert (
        some.why_no_longer("clicks", some.assets()["clicks"], mapping)
        == "user_id has turned out to be personal"
    )
    assert some.why_no_longer("clicks", None, mapping) is None

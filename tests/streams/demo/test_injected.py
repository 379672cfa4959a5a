"""What is injected, that it is found by the code that a worker counts with, and that it is said."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import islice
from typing import Any

import numpy as np
import orjson
import pytest

from streams.decode.registry import BatchDecoder
from streams.demo.acts import FIRST_LINES
from streams.demo.dataset import OrderLine, order_lines
from streams.demo.injected import INJECTIONS, LEAST_LINES, are_noticed, inject
from streams.demo.noticed import in_words, injected, noticed, told_of
from streams.demo.notices import Notices
from streams.demo.progress import Progress
from streams.demo.replay import RATE
from streams.demo.shop import ORDERS, Shop
from streams.interactions.base import FieldMapping
from streams.interactions.mapping import mapping_of
from streams.inventory.assembly import topic_documents
from streams.inventory.policy import default_policy
from streams.inventory.profile import BatchMeta, PartitionProfile
from streams.transport.partitioning import partition_of

_BATCH = 2_000
_BEGAN_MS = 1_700_000_000_000
ALL = {one.name: 1 for one in INJECTIONS}
GIFTS, PENCE = INJECTIONS


def orders(shop: Shop) -> Iterator[tuple[OrderLine, int, bytes]]:
    """Yield each order line with the partition and the value of its record."""
    for line in order_lines():
        event = shop.events(line)[-1]
        yield line, partition_of(event.key, ORDERS.partitions), event.value


class Counted:
    """The orders of the whole file, counted as two partitions that come as fast as the demo sends them."""

    def __init__(self, shop: Shop) -> None:
        values: list[list[bytes]] = [[] for _ in range(ORDERS.partitions)]
        times: list[list[int]] = [[] for _ in values]
        self.first: dict[str, list[int]] = {one.name: [0] * len(values) for one in INJECTIONS}
        """By injection and partition: the offset of the first changed record."""
        for number, (line, place, value) in enumerate(orders(shop)):
            for one in INJECTIONS:
                if one.holds(line) and not self.first[one.name][place]:
                    self.first[one.name][place] = len(values[place])
            values[place].append(value)
            times[place].append(_BEGAN_MS + round(1000 * number / RATE))
        policy = default_policy(100)
        profiles = [
            _profile(part, time, PartitionProfile(ORDERS.name, policy), BatchDecoder(max_fields=100))
            for part, time in zip(values, times, strict=True)
        ]
        found = topic_documents(profiles, ORDERS.name, {"topic": ORDERS.name}, policy, now_ms=times[0][-1])
        self.document: dict[str, Any] = {"assets": [*found.values()]}


def _profile(
    values: list[bytes], times: list[int], profile: PartitionProfile, decoder: BatchDecoder
) -> PartitionProfile:
    for start in range(0, len(values), _BATCH):
        batch = values[start : start + _BATCH]
        meta = BatchMeta(
            sum(map(len, batch)),
            0,
            offsets=np.arange(start, start + len(batch)),
            timestamps=np.array(times[start : start + len(batch)]),
        )
        profile.add(decoder.decode(batch, None, profile.kinds), meta)
    return profile


@pytest.fixture(scope="module")
def changed() -> Counted:
    return Counted(Shop(inject))


@pytest.fixture(scope="module")
def plain() -> Counted:
    return Counted(Shop())


def test_both_are_noticed_where_they_began_at_the_demos_full_speed(changed: Counted) -> None:
    appeared, drifted = (told_of(one, changed.document) for one in INJECTIONS)
    assert appeared
    assert drifted
    # Of a partition this fast one window in eight is tested.
    reach = 8_000
    assert 0 <= appeared["offset"] - min(changed.first["gift-wrap"]) <= reach
    assert appeared["share"] == 1.0
    assert appeared["log10_chance"] < -1_000
    assert 0 <= drifted["since"]["offset"] - min(changed.first["pence"]) <= reach
    assert drifted["evidence"] > drifted["threshold"]
    assert drifted["effect"]["low"] > 0.1
    assert drifted["partitions"] == {"changed": 2, "watching": 2}


def test_nothing_else_is_noticed_in_the_orders(changed: Counted) -> None:
    found = noticed(changed.document)
    assert [one["field"] for one in found.schema_changes] == ["GiftWrap"]
    assert [(one["field"], one["aspect"]) for one in found.drifts] == [("UnitPrice", "values")]


def test_without_an_injection_there_is_nothing_to_notice(plain: Counted) -> None:
    found = noticed(plain.document)
    assert (found.schema_changes, found.drifts) == ([], [])
    assert [one["noticed"] for one in injected(plain.document, ALL)] == [None, None]


def test_no_interaction_is_made_of_what_is_changed(plain: Counted, changed: Counted) -> None:
    before, after = (mapping_of(one.document["assets"][0]) for one in (plain, changed))
    assert isinstance(before, FieldMapping)
    assert isinstance(after, FieldMapping)
    assert after.same_as(before)
    read = {part.field for part in after.parts.values()}
    assert {"CustomerID", "StockCode", "InvoiceDate", "Quantity"} <= read
    assert read.isdisjoint(one.field for one in INJECTIONS)


@pytest.mark.parametrize(
    ("first", "held"),
    [
        (190_208, {"gift-wrap": 500}),
        (208_529, {"gift-wrap": 1_000, "pence": 500}),
        (264_174, {"gift-wrap": 1_000, "pence": 500}),
    ],
)
def test_only_orders_of_their_time_are_changed_and_only_in_their_field(
    first: int, held: dict[str, int]
) -> None:
    differing = Counter[str]()
    plain, other = Shop(), Shop(inject)
    for line in islice(order_lines(), first, first + 1_000):
        before, after = (shop.events(line) for shop in (plain, other))
        assert before[:-1] == after[:-1]
        was, now = (orjson.loads(events[-1].value) for events in (before, after))
        for one in INJECTIONS:
            if one.holds(line):
                differing[one.name] += 1
                now.pop(one.field)
                was.pop(one.field, None)
        assert was == now
    assert differing == held


def test_pence_are_whole_and_a_missing_price_stays_missing() -> None:
    line = next(order_lines(1))._replace(InvoiceDate="2011-06-01 08:00:00", UnitPrice="2.55")
    prices = []
    for cell in ("2.55", "", "-11062.06", "n/a"):
        (*_, event) = Shop(inject).events(line._replace(UnitPrice=cell))
        prices.append(orjson.loads(event.value)["UnitPrice"])
    assert prices == [255, None, -1106206, "n/a"]


def test_they_begin_after_the_model_has_learnt_and_end_where_it_is_said() -> None:
    dates = [line.InvoiceDate for line in order_lines()]
    assert dates[FIRST_LINES] < GIFTS.since < PENCE.since < PENCE.until
    assert dates[LEAST_LINES - 1] < PENCE.until <= dates[LEAST_LINES]
    assert are_noticed()
    assert are_noticed(LEAST_LINES)
    assert not are_noticed(LEAST_LINES - 1)


def test_each_is_announced_and_then_said_to_be_noticed_once(changed: Counted) -> None:
    said: list[str] = []
    notices = Notices(320_705, said.append)
    empty: dict[str, Any] = {"assets": []}
    notices.begin()
    notices.look(Progress(), changed.document, 1.0)
    assert said == [], "something was noticed before it was announced"
    for seconds in (2.0, 3.0):
        notices.look(Progress(injected={"pence": 209_029}), empty, seconds)
    assert len(said) == 1
    assert "injected by this demo into shop.orders" in said[0]
    assert PENCE.words in said[0]
    for seconds in (9.5, 10.0):
        notices.look(Progress(injected={"pence": 209_029}), changed.document, seconds)
    assert len(said) == 2
    found = told_of(PENCE, changed.document)
    assert found
    assert "7.5 s after" in said[1]
    assert f"{found['since']['offset']:,}" in said[1]
    assert f"10^{found['evidence']:.1f}" in said[1]
    assert f"size {found['effect']['size']:.2f}" in said[1]


def test_a_short_replay_is_said_to_be_too_short() -> None:
    said: list[str] = []
    notices = Notices(5_000, said.append)
    notices.begin()
    assert not notices.injecting
    assert "too short" in said[0]


def test_only_what_was_announced_is_told_as_injected(changed: Counted) -> None:
    assert injected(changed.document, {}) == []
    (one,) = injected(changed.document, {"gift-wrap": 190_708})
    assert (one["asset"], one["field"], one["what"], one["until"]) == (
        "shop.orders", "GiftWrap", "appeared", None
    )  # fmt: skip
    assert one["noticed"] == told_of(GIFTS, changed.document)


def test_words_cannot_command_the_terminal(changed: Counted) -> None:
    found = told_of(PENCE, changed.document)
    assert found
    assert in_words(PENCE, {**found, "before": "\x1b[2J"}).isprintable()


def test_noticed_of_an_empty_inventory_and_of_one_whose_sections_are_unknown() -> None:
    assert noticed({"assets": []}).document() == {
        "schema_changes": [], "drifts": [], "relations": [], "masked": []
    }  # fmt: skip
    bare: dict[str, Any] = {
        "asset": "a",
        "fields": [],
        "schema_changes": None,
        "drift": None,
        "relations": None,
    }
    assert noticed({"assets": [bare]}).document() == noticed({"assets": []}).document()


def test_a_relation_that_both_assets_tell_of_is_one() -> None:
    relation = {
        "from": {"asset": "a", "field": "x"},
        "to": {"asset": "b", "field": "y"},
        "share": {"estimate": 1.0},
    }
    assets = [{"asset": name, "fields": [], "relations": [relation]} for name in "ab"]
    assert noticed({"assets": assets}).relations == [relation]

"""Duplicates of contents and of identifiers: exact counts with their places, through batches, merges and restarts."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import orjson
import pytest

from streams.decode.base import RowGroup
from streams.decode.registry import BatchDecoder
from streams.inventory.duplicates import (
    ContentDuplicates,
    DuplicateCounts,
    IdDuplicates,
    Window,
    content_hashes,
)
from streams.inventory.masking import ShapeMasker
from streams.inventory.profile.batch import BatchMeta
from streams.inventory.profile.codec import BlobReader, BlobWriter
from streams.inventory.profile.field import FieldProfile
from tests.support.data import needs_data, online_retail_lines


def meta(start: int, count: int) -> BatchMeta:
    offsets = np.arange(start, start + count)
    return BatchMeta(0, 0, timestamps=1_000_000 + offsets, offsets=offsets)


def count_ids(part: IdDuplicates, records: list[dict[str, Any]], start: int = 0, size: int = 100) -> None:
    for first in range(0, len(records), size):
        batch = [orjson.dumps(record) for record in records[first : first + size]]
        for group in BatchDecoder().decode(batch).groups:
            part.add(group, fields(group.columns), meta(start + first, len(batch)))


def fields(columns: Any) -> Mapping[str, FieldProfile]:
    return {column.path: FieldProfile(ShapeMasker()) for column in columns}


class Contents:
    """An asset's part with the window that whoever reads the partition keeps."""

    def __init__(self, window: int = 1_000_000) -> None:
        self.window = Window(window)
        self.part = ContentDuplicates()

    def add(self, values: list[bytes], about: BatchMeta) -> None:
        assert about.offsets is not None
        repeated = self.window.add(content_hashes(values), about.offsets)
        group = RowGroup("json", range(len(values)), [])
        self.part.add(group, {}, replace(about, repeated=repeated))

    def document(self) -> dict[str, Any]:
        return self.part.counts.document()


@needs_data
@pytest.mark.parametrize("size", [999, 50_000])
def test_equal_order_lines(size: int) -> None:
    lines = [line.encode() for line in online_retail_lines(50_000)][1:]
    content = Contents()
    for start in range(0, len(lines), size):
        batch = lines[start : start + size]
        content.add(batch, meta(start, len(batch)))
    document = content.document()
    assert document["count"] == document["low"] == len(lines) - len(set(lines)) > 500
    assert document["records"] == 50_000
    first = next(place for place, line in enumerate(lines) if line in set(lines[:place]))
    assert document["first"] == {"time_ms": 1_000_000 + first, "offset": first}


def test_counting_goes_on_after_a_restart() -> None:
    values = [b"%d" % (number * number % 700) for number in range(3_000)]
    whole = Contents(1_000)
    whole.add(values, meta(0, 3_000))
    before = Contents(1_000)
    before.add(values[:1_234], meta(0, 1_234))
    after = Contents(1_000)
    after.part.restore(orjson.loads(orjson.dumps(before.part.state(BlobWriter()))), BlobReader(b""))
    start = after.window.rewind(1_234)
    after.window.add(content_hashes(values[start:1_234]), np.arange(start, 1_234))
    after.add(values[1_234:], meta(1_234, 3_000 - 1_234))
    assert after.part.counts.records == whole.part.counts.records == 3_000
    assert after.document() == whole.document()


def test_what_is_not_looked_for_is_not_counted() -> None:
    part = ContentDuplicates()
    part.add(RowGroup("json", [0, 1], []), {}, meta(0, 2))
    assert part.counts.records == 0


def test_each_asset_counts_its_own_and_a_record_of_several_rows_once() -> None:
    one, other = ContentDuplicates(), ContentDuplicates()
    about = replace(meta(10, 4), repeated=np.array([False, True, True, True]))
    one.add(RowGroup("json", [0, 2], []), {}, about)
    other.add(RowGroup("jsonl", [1, 1, 1, 3], [], numbers=[0, 1, 2, 0]), {}, about)
    assert (one.counts.records, one.counts.document()["count"]) == (2, 1)
    assert (other.counts.records, other.counts.document()["count"]) == (2, 2)


def test_chance_is_taken_off() -> None:
    counts = DuplicateCounts()
    mask = np.zeros(1_000, np.bool_)
    mask[[3, 7, 9]] = True
    counts.add(mask, range(1_000), meta(0, 1_000), 0.001)
    document = counts.document()
    # One is expected by chance; four or more come in 2 % of cases, five or more in .4 %.
    assert (document["low"], document["high"], document["share"]) == (0, 3, pytest.approx(0.002))
    counts.add(mask, range(1_000), meta(1_000, 1_000), 0.5)
    assert counts.document()["low"] == 0
    assert counts.document()["share"] == 0


def test_merging_adds_and_keeps_the_earliest_place() -> None:
    one, other = Contents(), Contents()
    one.add([b"x", b"x"], meta(50, 2))
    other.add([b"x", b"y", b"y"], meta(7, 3))
    one.part.merge(other.part)
    assert one.document()["count"] == 2
    assert one.document()["first"]["offset"] == 9
    assert one.document()["latest"]["offset"] == 51


def events(count: int, copies: Mapping[int, int]) -> list[dict[str, Any]]:
    """Return events of which those at the keys are sent again at the values."""
    rows = [{"event_id": f"e-{number}", "user": number % 7} for number in range(count)]
    for source, place in copies.items():
        rows[place] = {"event_id": f"e-{source}", "user": 99}
    return rows


@pytest.mark.parametrize("size", [1, 7, 5_000])
def test_an_identifier_that_comes_again(size: int) -> None:
    part = IdDuplicates()
    count_ids(part, events(2_000, {5: 6, 10: 1_500}), size=size)
    found = part.document()
    assert list(found) == ["event_id"]
    assert (found["event_id"]["count"], found["event_id"]["records"]) == (2, 2_000)
    assert found["event_id"]["first"]["offset"] == 6
    assert found["event_id"]["latest"]["offset"] == 1_500


@pytest.mark.parametrize("size", [1, 100, 3_000])
def test_what_repeats_too_often_is_no_identifier(size: int) -> None:
    part = IdDuplicates()
    uuid = "018f7d1e-9a0c-7cc3-98c4-{:012x}"
    count_ids(part, [{"visit": uuid.format(number // 3)} for number in range(3_000)], size=size)
    assert part.document() == {}
    assert part.rewind(3_000) == 3_000
    fields_state = part.state(BlobWriter())["fields"]
    assert [(path, counts[0], over) for path, counts, over in fields_state] == [("visit", 1_024, True)]


def test_absent_and_odd_identifiers() -> None:
    part = IdDuplicates()
    rows: list[dict[str, Any]] = [
        {"event_id": None},
        {"event_id": 12},
        {"a": 1},
        {"event_id": "12"},
        {"event_id": "\ud800"},
        {"event_id": {"event_id": "z"}},
        {"event_id": True},
    ]
    batch = [json.dumps(row).encode() for row in rows]
    decoded = BatchDecoder().decode(batch)
    for group in decoded.groups:
        part.add(group, fields(group.columns), meta(0, len(batch)))
    assert part.document()["event_id"]["count"] == 1


def test_a_personal_identifier_is_let_go() -> None:
    part = IdDuplicates()
    count_ids(part, events(100, {5: 6}))
    part.hide("event_id", "national_id")
    count_ids(part, events(100, {5: 6}), start=100)
    assert part.document() == {}
    twin = IdDuplicates()
    count_ids(twin, events(100, {5: 6}))
    twin.merge(part)
    assert twin.document() == {}


def test_state_and_warming_of_identifiers() -> None:
    rows = events(3_000, {number: number + 350 for number in range(0, 2_000, 100)})
    whole = IdDuplicates(1_000)
    count_ids(whole, rows)
    before = IdDuplicates(1_000)
    count_ids(before, rows[:1_300])
    after = IdDuplicates(1_000)
    after.restore(orjson.loads(orjson.dumps(before.state(BlobWriter()))), BlobReader(b""))
    start = after.rewind(1_300)
    for group in BatchDecoder().decode([orjson.dumps(row) for row in rows[start:1_300]]).groups:
        after.warm(group, meta(start, 1_300 - start))
    count_ids(after, rows[1_300:], start=1_300)
    mine, theirs = after.document()["event_id"], whole.document()["event_id"]
    assert mine.pop("expected_false") == pytest.approx(theirs.pop("expected_false"))
    assert {**mine, "share": None} == {**theirs, "share": None}
    assert after.document()["event_id"]["count"] == 20

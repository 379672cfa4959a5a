"""Counting on the stream: exact, and the same whatever the batches, restarts and merges."""

from __future__ import annotations

import random
from itertools import pairwise
from typing import Any

import numpy as np
import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streams.decode.registry import BatchDecoder
from streams.inventory.cleaning import CleaningPart, FieldPlan
from streams.inventory.masking import ShapeMasker
from streams.inventory.profile.codec import BlobReader, BlobWriter
from streams.inventory.profile.field import FieldProfile
from streams.inventory.profile.policy import BatchMeta
from tests.support.data import needs_data, online_retail_rows

Records = list[dict[str, Any]]


class Run:
    """A profile with a cleaning part, fed in batches."""

    def __init__(self, masked: str | None = None) -> None:
        self.part = CleaningPart()
        self.fields: dict[str, FieldProfile] = {}
        self.masked = masked
        self.end = 0

    def add(self, records: Records) -> None:
        offsets = np.arange(self.end, self.end + len(records))
        self.end += len(records)
        meta = BatchMeta(0, 0, timestamps=offsets + 7, offsets=offsets)
        for group in BatchDecoder().decode([orjson.dumps(one) for one in records]).groups:
            for column in group.columns:
                if column.path not in self.fields:
                    self.fields[column.path] = FieldProfile(ShapeMasker(), self.masked)
                self.fields[column.path].add(column)
            self.part.add(group, self.fields, meta)

    def restarted(self) -> Run:
        """Return what goes on after a restart: fields with what they held, the part from its state."""
        other = Run(self.masked)
        other.fields, other.end = {path: field.copy() for path, field in self.fields.items()}, self.end
        other.part.restore(orjson.loads(orjson.dumps(self.part.state(BlobWriter()))), BlobReader(b""))
        return other

    def found(self) -> dict[str, dict[str, Any]]:
        return {
            path: {name: one.document() for name, one in counts.found.items()}
            for path, counts in self.part.fields.items()
            if counts.found
        }


def plainly(records: Records, plan: FieldPlan | None = None) -> dict[str, dict[str, Any]]:
    """Count as a person would: record by record."""
    cleaner = (plan or FieldPlan({})).cleaner(typed=False, missing=False)
    found: dict[str, dict[str, Any]] = {}
    for offset, record in enumerate(records):
        for path, value in record.items():
            names = list(cleaner.clean_text(value)[1]) if isinstance(value, str) else []
            number = value if isinstance(value, int | float) else _number(value)
            if number is not None and number <= 0:
                names.append("negative" if number < 0 else "zero")
            for name in names:
                place = {"time_ms": offset + 7, "offset": offset}
                one = found.setdefault(path, {}).setdefault(name, {"count": 0, "first": place})
                one["count"] += 1
                one["latest"] = place
    return found


def _number(value: Any) -> float | None:
    try:
        return (
            float(value) if isinstance(value, str) and value[:1] in "-0" and value.strip() == value else None
        )
    except ValueError:
        return None


VALUES = st.sampled_from(
    [
        "a",
        " a",
        "a  b",
        "&amp;",
        "Ａ",
        "",
        "-5",
        "0",
        "0.0",
        "x" * 300 + " ",
        "ann@example.com  x",
        "[email]",
        3,
        -1,
        0,
        None,
        "é",
    ]
)


@settings(max_examples=80, deadline=None)
@given(
    st.lists(st.fixed_dictionaries({}, optional={"t": VALUES, "u": VALUES}), min_size=1, max_size=40),
    st.lists(st.integers(1, 39), max_size=4),
    st.booleans(),
)
def test_any_batches_and_restarts(records: Records, cuts: list[int], restarts: bool) -> None:
    run = Run()
    bounds = sorted({0, len(records), *(cut for cut in cuts if cut < len(records))})
    for start, end in pairwise(bounds):
        run.add(records[start:end])
        if restarts:
            run = run.restarted()
    assert run.found() == plainly(records)


@needs_data
@pytest.mark.parametrize("size", [700, 12_000])
def test_order_lines_beyond_what_a_profile_holds(size: int) -> None:
    records: Records = [dict(row) for row in online_retail_rows(24_000)]
    run = Run()
    for start in range(0, len(records), size):
        run.add(records[start : start + size])
    assert run.found() == plainly(records)
    assert not run.fields["Description"].kept()[1]
    assert run.found()["Description"]["whitespace"]["count"] > 1_000


def test_a_plan_counts_from_when_it_is_learned() -> None:
    run = Run()
    rows: Records = [{"d": "13/1/2011"}, {"d": " 1/2/2011"}]
    run.add(rows)
    run.part.learn({"d": FieldPlan({"date": "dmy"}, ("why",)), "unseen": FieldPlan({})})
    run.part.learn({"d": FieldPlan({"date": "mdy"})})
    run = run.restarted()
    run.add(rows)
    told = run.part.document()["d"]
    assert (told["texts"], told["planned"], told["notes"]) == (4, 2, ["why"])
    assert {name: one["count"] for name, one in told["found"].items()} == {"date": 2, "whitespace": 2}
    assert run.part.plans()["d"].settings == {"date": "dmy"}


def test_merging() -> None:
    chance = random.Random(1)
    rows: Records = [{"t": chance.choice(["a", " b", "c&lt;", "-1"])} for _ in range(300)]
    parts = []
    for start in range(0, 300, 100):
        run = Run()
        run.end = start
        run.add(rows[start : start + 100])
        parts.append(run.part)
    whole = CleaningPart()
    for part in reversed(parts):
        whole.merge(part)
    assert {name: one.document() for name, one in whole.fields["t"].found.items()} == plainly(rows)["t"]


def test_a_personal_field_is_counted_and_keeps_no_value() -> None:
    secret = " ann.smith@example.com"
    run = Run("email")
    run.add([{"mail": secret}] * 3)
    assert run.found()["mail"]["whitespace"]["count"] == 3
    late = Run()
    late.add([{"mail": secret}] * 3)
    late.part.hide("mail", "email")
    late.fields["mail"].mask("email")
    late.add([{"mail": secret}] * 2)
    assert late.found()["mail"]["whitespace"]["count"] == 5
    for counts in (run.part.fields["mail"], late.part.fields["mail"]):
        assert not counts._cache and not counts._known
        assert "ann" not in repr(counts.state())


def test_memory_is_bounded() -> None:
    run = Run()
    for start in range(0, 60_000, 10_000):
        run.add([{"t": f" {number} " + "x" * (number % 50)} for number in range(start, start + 10_000)])
    counts = run.part.fields["t"]
    assert counts.found["whitespace"].count == 60_000
    assert len(counts._cache) <= 8_192
    assert len(counts._known) <= 8_192


def test_arrays_and_mixed_types() -> None:
    run = Run()
    run.add([{"a": [" x", "y"]}, {"a": []}, {"a": [" x"], "b": 1}, {"b": " z"}, {"b": True}, {"b": -2}])
    found = run.found()
    assert found["a[]"]["whitespace"] == {"count": 2, "first": None, "latest": None}
    assert found["b"]["whitespace"]["first"]["offset"] == 3
    assert found["b"]["negative"]["first"]["offset"] == 5

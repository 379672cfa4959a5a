"""Columns of records as rules see them: what is made together is what is made alone."""

from __future__ import annotations

from collections import Counter, OrderedDict
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from streams.inventory.quality.memory import MAX_CODES, CodeMemory
from streams.inventory.quality.rows import Rows
from streams.inventory.quality.rules import dependency
from streams.inventory.quality.rules.base import Rule, proposal

VALUES = st.one_of(
    st.none(),
    st.sampled_from(["", " ", "N/A", "a", "b", "12", "1.50", "true", "\ud800"]),
    st.integers(-3, 3),
    st.just(2**70),
    st.floats(),
    st.booleans(),
)


@given(st.lists(st.tuples(VALUES, VALUES, VALUES), max_size=30))
def test_codes_made_together_are_those_made_alone(records: list[tuple[Any, ...]]) -> None:
    columns = dict(zip("xyz", (list(column) for column in zip(*records, strict=True)), strict=False))
    columns["texts"] = [value if isinstance(value, str) else None for value in columns.get("x", [])]
    together = Rows(len(records), columns, {}, coded=columns)
    for path, values in columns.items():
        alone = Rows(len(records), {path: values}, {})
        assert together.codes(path).tolist() == alone.codes(path).tolist()
        assert [code != 0 for code in alone.codes(path)] == [text is not None for text in alone.texts(path)]
        numbers = [np.isfinite(number) for number in alone.numbers(path)]
        assert all(
            is_number or not isinstance(value, int) or isinstance(value, bool)
            for is_number, value in zip(numbers, values, strict=True)
        )


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32), st.sampled_from([0.0, 0.3]), st.integers(8, 120))
def test_fields_that_decide_others_are_those_found_pair_by_pair(seed: int, gaps: float, size: int) -> None:
    chance = np.random.default_rng(seed)
    codes = chance.integers(0, 6, size)
    columns: dict[str, list[str | None]] = {
        "code": [f"c{code}" for code in codes],
        "name": [f"n{code % 4}" if chance.random() > 0.02 else "other" for code in codes],
        "same": [f"c{code}" for code in codes],
        "free": [f"f{chance.integers(0, 5)}" for _ in codes],
    }
    for values in columns.values():
        values[:] = [None if chance.random() < gaps else value for value in values]
    rows = Rows(size, columns, {})
    found = {one.rule.fields: one for one in dependency.propose(rows)}
    varied = [path for path in columns if len(set(columns[path]) - {None}) >= 3]
    for one in varied:
        for other in varied:
            expected = _proposed(columns[one], columns[other]) if one != other else None
            told = found.get((one, other))
            assert (None if told is None else (told.bound, told.evidence)) == expected


def _proposed(ones: list[str | None], others: list[str | None]) -> tuple[float, float] | None:
    pairs = [
        (one, other) for one, other in zip(ones, others, strict=True) if one is not None and other is not None
    ]
    kept, again = _repeats(pairs)
    if again < 8 or kept < 0.9 * again or all(one == other for one, other in pairs):
        return None
    names = [name for _, name in pairs]
    chances = []
    for turn in range(1, 5):
        by = len(pairs) * turn // 5
        shifted = zip((code for code, _ in pairs), names[-by:] + names[:-by], strict=True)
        chances.append(_repeats(list(shifted))[0] / again)
    rule = Rule("dependency", "decides", ("", ""))
    told = proposal(rule, kept, again, sum(chances) / len(chances))
    return None if told is None else (told.bound, told.evidence)


def _repeats(pairs: list[tuple[str, str]]) -> tuple[int, int]:
    names: dict[str, Counter[str]] = {}
    for code, name in pairs:
        names.setdefault(code, Counter())[name] += 1
    kept = sum(max(counts.values()) - 1 for counts in names.values())
    return kept, sum(counts.total() - 1 for counts in names.values())


def test_a_memory_forgets_the_codes_that_were_seen_longest_ago() -> None:
    chance = np.random.default_rng(7)
    codes = chance.zipf(1.3, 20_000) % 3_000 + 1
    units = np.arange(len(codes)) // 32
    memory, seen, again = CodeMemory(), OrderedDict[int, int](), 0
    for start in range(0, len(codes), 300):
        part = slice(start, start + 300)
        memory.add(codes[part].astype(np.uint32), np.full(len(codes[part]), 5, np.uint32), units[part])
    for code, unit in zip(codes.tolist(), units.tolist(), strict=True):
        if seen.get(code) == unit:
            continue
        again += code in seen
        seen[code] = unit
        seen.move_to_end(code)
        if len(seen) > MAX_CODES:
            seen.popitem(last=False)
    assert (memory.again, memory.kept) == (again, again)

"""The suite that every envelope must pass. A new envelope adds a case to ``samples.CASES``."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Sequence
from typing import Any

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from streams.decode.base import Envelope, Headers, Opened, Row
from streams.decode.envelopes import ENVELOPES
from streams.decode.envelopes.base import MAX_TEXT
from tests.streams.decode.envelopes.samples import CASES, ORDINARY, Case, Sample

FACTS = {"operation", "source", "producer", "subject"}
#: What the samples say of people, in their payloads and their attributes.
PERSONAL = (
    "Anne",
    "Kretchmar",
    "annek",
    "Peter",
    "peter",
    "AiUGstSDIg",
    "anna",
    "4711",
    "108.0.78.21",
    "Bob",
    "pw@",
)

scalars = st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.floats() | st.text(max_size=20)
operations = st.sampled_from(("c", "u", "d", "t", "m", "1.0", "track", "alias", "struct", "base64"))
contents = st.sampled_from(("{}", "[1]", "eyJ9", "//@:", '{"$set":1}', '{"a":{"$date":{}}}'))
words = operations | contents
values = st.recursive(
    scalars | words,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8) | words, inner, max_size=3)
    ),
    max_leaves=8,
)
samples = [(case, sample) for case in CASES for sample in case.samples]


@pytest.fixture(params=CASES, ids=lambda case: case.name)
def case(request: pytest.FixtureRequest) -> Case:
    return request.param


def opened(envelope: Envelope, chosen: Sequence[Sample]) -> Opened:
    return envelope.open([one.row for one in chosen], [one.headers for one in chosen])


def comparable(found: Opened) -> Any:
    """Bring into a form in which 1, 1.0, True and NaN are told apart."""
    facts = {name: list(said) for name, said in found.facts.items()}
    return repr((list(found.payloads), list(found.kinds), sorted(facts.items()), list(found.times)))


def check(found: Opened, rows: int) -> None:
    """Assert what holds of all that is taken out of an envelope, whatever was in it."""
    assert len(found.payloads) == len(found.kinds) == len(found.times) == rows
    assert all(
        type(payload) is dict and all(type(name) is str for name in payload) for payload in found.payloads
    )
    assert set(found.facts) <= FACTS
    for said in found.facts.values():
        assert len(said) == rows
        assert all(one is None or is_line(one) for one in said)
    assert all(kind == "" or is_line(kind) for kind in found.kinds)
    assert all(time is None or (type(time) is int and 0 < time < 253_402_300_800_000) for time in found.times)


def is_line(text: Any) -> bool:
    return type(text) is str and 0 < len(text) <= MAX_TEXT and text.isprintable() and text == text.strip()


def test_every_envelope_has_a_case() -> None:
    assert [case.envelope for case in CASES] == list(ENVELOPES)
    assert all(case.envelope.name for case in CASES)


def test_matches_its_own(case: Case) -> None:
    for sample in case.samples:
        assert case.envelope.matches(sample.row, sample.headers)
        assert case.envelope.needs <= sample.row.keys()


def test_is_the_first_of_all_that_matches(case: Case) -> None:
    for sample in case.samples:
        first = next(one for one in ENVELOPES if one.matches(sample.row, sample.headers))
        assert first is case.envelope


def test_leaves_what_only_looks_like_it(case: Case) -> None:
    for row in case.near_misses:
        assert not case.envelope.matches(row, ())


@pytest.mark.parametrize("row", ORDINARY, ids=lambda row: ",".join(row)[:40])
def test_no_envelope_takes_ordinary_records(row: Row) -> None:
    assert [one.name for one in ENVELOPES if one.matches(row, (("traceparent", b"00-0af7"),))] == []


def test_takes_payload_kind_facts_and_time(case: Case) -> None:
    for sample in case.samples:
        found = opened(case.envelope, [sample])
        check(found, 1)
        assert found.payloads == [sample.payload]
        assert list(found.kinds) == [sample.kind]
        assert {name: said[0] for name, said in found.facts.items()} == sample.facts
        assert list(found.times) == [sample.time]


def test_a_batch_is_its_rows_in_order(case: Case) -> None:
    chosen = [*case.samples, *case.samples[::-1], *case.samples]
    whole = opened(case.envelope, chosen)
    check(whole, len(chosen))
    for size in (1, 2, 5):
        parts = [opened(case.envelope, chosen[start : start + size]) for start in range(0, len(chosen), size)]
        together = Opened(
            [payload for part in parts for payload in part.payloads],
            [kind for part in parts for kind in part.kinds],
            {name: [one for part in parts for one in part.facts[name]] for name in whole.facts},
            [time for part in parts for time in part.times],
        )
        assert comparable(together) == comparable(whole)


def test_what_was_in_an_envelope_is_in_none_of_the_same_kind(case: Case) -> None:
    for payload in opened(case.envelope, case.samples).payloads:
        assert not any(one.matches(payload, ()) for one in ENVELOPES)


def test_rows_stay_as_they_were(case: Case) -> None:
    rows = [sample.row for sample in case.samples]
    before = copy.deepcopy(rows)
    opened(case.envelope, case.samples)
    assert rows == before


def test_facts_and_kinds_say_nothing_of_people(case: Case) -> None:
    found = opened(case.envelope, case.samples)
    said = " ".join(filter(None, [*found.kinds, *(one for facts in found.facts.values() for one in facts)]))
    assert not [word for word in PERSONAL if word in said]


def test_headers_may_be_absent(case: Case) -> None:
    chosen = [sample for sample in case.samples if case.envelope.matches(sample.row, ())]
    assert chosen or not case.envelope.needs
    check(case.envelope.open([sample.row for sample in chosen], None), len(chosen))


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the path of everything within a JSON value."""
    yield path
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, one in inside:
        yield from places(one, (*path, name))


def changed(row: Row, path: tuple[Any, ...], value: Any, remove: bool) -> Row:
    """Return a copy with another value at a path, or with nothing there."""
    result = copy.deepcopy(row)
    inside: Any = result
    for name in path[:-1]:
        inside = inside[name]
    if remove:
        del inside[path[-1]]
    else:
        inside[path[-1]] = copy.deepcopy(value)
    return result


@st.composite
def spoilt(draw: st.DrawFn) -> tuple[Case, Row, Headers]:
    """Draw a row of an envelope of which some parts are gone or something else."""
    case, sample = draw(st.sampled_from(samples))
    row = sample.row
    for _ in range(draw(st.integers(1, 4))):
        paths = list(places(row))[1:]
        if not paths:
            break
        row = changed(row, draw(st.sampled_from(paths)), draw(values), draw(st.booleans()))
    headers = draw(st.permutations(sample.headers)) if draw(st.booleans()) else sample.headers
    return case, row, headers


@settings(max_examples=1500, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(spoilt())
def test_never_raises_whatever_a_part_is(drawn: tuple[Case, Row, Headers]) -> None:
    _, row, headers = drawn
    for envelope in ENVELOPES:
        if envelope.matches(row, headers):
            assert envelope.needs <= row.keys()
            check(envelope.open([row, row], [headers, headers]), 2)


@settings(max_examples=500, deadline=None)
@given(st.dictionaries(st.text(max_size=8) | words, values, max_size=6))
def test_never_raises_for_rows_of_any_kind(row: Row) -> None:
    for envelope in ENVELOPES:
        if envelope.matches(row, ()):
            check(envelope.open([row], None), 1)


@settings(max_examples=200, deadline=None)
@given(st.lists(spoilt(), min_size=1, max_size=12))
def test_a_bad_row_changes_none_of_its_neighbours(drawn: list[tuple[Case, Row, Headers]]) -> None:
    for envelope in ENVELOPES:
        chosen = [(row, headers) for _, row, headers in drawn if envelope.matches(row, headers)]
        if not chosen:
            continue
        whole = envelope.open([row for row, _ in chosen], [headers for _, headers in chosen])
        for place, (row, headers) in enumerate(chosen):
            alone = envelope.open([row], [headers])
            assert repr(alone.payloads) == repr(whole.payloads[place : place + 1])
            assert list(alone.kinds) == [whole.kinds[place]] and list(alone.times) == [whole.times[place]]
            assert {name: said[0] for name, said in alone.facts.items()} == {
                name: said[place] for name, said in whole.facts.items()
            }


def deep(levels: int) -> Any:
    return orjson.loads(b'{"a":' * levels + b"[" * 10 + b"]" * 10 + b"}" * levels)


HOSTILE = {
    "a megabyte of text": "x" * 1_000_000,
    "a megabyte of slashes": "/" * 1_000_000,
    "a megabyte of JSON text": '{"a":"' + "x" * 1_000_000 + '"}',
    "a megabyte of brackets": "[" * 1_000_000,
    "1,000 nested objects": deep(1_000),
    "1,000 nested objects as text": orjson.dumps(deep(240)).decode().replace("[]", '{"$date":{"$date":1}}'),
    "100,000 names": {f"k{number}": number for number in range(100_000)},
    "100,000 elements": [{"key": f"k{number}", "value": {"int_value": number}} for number in range(100_000)],
    "control characters": "\x00\n\u202e\u2028" * 10,
    "a lone surrogate": "\ud800" * 10,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_parts(case: Case, name: str) -> None:
    sample = case.samples[0]
    for path in [path for path in places(sample.row) if 0 < len(path) <= 2]:
        row = (
            changed(sample.row, path, HOSTILE[name], remove=False)
            if name[0] != "1"
            else swapped(sample.row, path, HOSTILE[name])
        )
        for envelope in ENVELOPES:
            if envelope.matches(row, sample.headers):
                check(envelope.open([row, row], [sample.headers] * 2), 2)


def swapped(row: Row, path: tuple[Any, ...], value: Any) -> Row:
    """As :func:`changed`, for values that are too deep to be copied."""
    if len(path) == 1:
        return {**row, path[0]: value}
    inside = row[path[0]]
    if isinstance(inside, list):
        return {**row, path[0]: [value]}
    return {**row, path[0]: {**inside, path[1]: value}}

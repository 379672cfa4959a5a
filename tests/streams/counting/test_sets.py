from __future__ import annotations

import os
from uuid import UUID

import pytest

from pandian.errors import FormatVersionError
from streams.counting.base import Gone, SetHeader, Source
from streams.counting.codec import encode_key, encode_pieces
from streams.counting.sets import SetStore

SOURCE = Source(UUID(int=1), 0)
OTHER = Source(UUID(int=1), 1)

Records = list[tuple[bytes, bytes]]


def pieces(name: bytes, end: int, *, gone: int = 0, source: Source = SOURCE, version: int = 1) -> Records:
    header = SetHeader("shop", end=end, gone=Gone().add(0, gone), state_format=version)
    return encode_pieces(source, name * 8, header, name * 3 + os.urandom(30), piece_bytes=20)


def store_of(*sets: Records) -> SetStore:
    store = SetStore(1)
    for records in sets:
        for key, value in records:
            store.add(key, value)
    return store


def best_name(store: SetStore) -> bytes | None:
    best = store.best(SOURCE)
    return best.name[:1] if best else None


def test_a_set_counts_when_its_last_piece_has_come_in_any_order():
    records = pieces(b"a", 10)
    assert len(records) > 2
    store = SetStore(1)
    answers = [store.add(key, value) for key, value in reversed(records)]
    assert answers[:-1] == [None] * (len(records) - 1)
    assert answers[-1] is not None
    assert answers[-1] == store.best(SOURCE)
    assert answers[-1].body().startswith(b"aaa")


def test_the_same_piece_twice_does_not_make_a_set_complete():
    records = pieces(b"a", 10)
    assert best_name(store_of(records[:1] * 5)) is None
    assert best_name(store_of(records[:1] * 5, records[1:])) == b"a"


def test_the_furthest_wins_then_the_least_gone():
    assert best_name(store_of(pieces(b"b", 9), pieces(b"a", 10, gone=5), pieces(b"c", 8))) == b"a"
    assert (
        best_name(store_of(pieces(b"a", 10, gone=5), pieces(b"b", 10, gone=4), pieces(b"c", 10, gone=6)))
        == b"b"
    )


def test_an_incomplete_higher_set_does_not_hide_the_best():
    store = store_of(pieces(b"a", 10), pieces(b"b", 20)[:-1])
    assert best_name(store) == b"a"
    assert set(store.known(SOURCE)) == {b"a" * 8, b"b" * 8}


def test_sources_are_apart():
    store = store_of(pieces(b"a", 10), pieces(b"b", 20, source=OTHER))
    assert best_name(store) == b"a"
    assert set(store.sources()) == {SOURCE, OTHER}
    assert store.best(Source(UUID(int=2), 0)) is None


def test_a_tombstone_takes_the_name_but_not_the_figure():
    first = pieces(b"a", 10)
    store = store_of(first)
    for key, _ in first:
        store.add(key, None)
    assert store.known(SOURCE) == {}
    assert best_name(store) == b"a"
    assert best_name(store_of(first, [(first[0][0], None)], pieces(b"b", 11))) == b"b"


def test_a_tombstone_before_the_last_piece_leaves_the_set_incomplete():
    first = pieces(b"a", 10)
    assert best_name(store_of(first[:1], [(first[0][0], None)], first[1:])) is None


def test_known_sets_give_the_keys_that_stand_in_the_log():
    records = pieces(b"a", 10)
    known = store_of(records[1:]).known(SOURCE)[b"a" * 8]
    assert known.keys == tuple(key for key, _ in records[1:])
    assert known.rank == (10, 0, b"a" * 8)


def test_bodies_of_superseded_sets_are_let_go():
    big = SetHeader("shop", end=1)
    store = SetStore(1)
    for end in range(1, 200):
        header = SetHeader(big.topic, end=end)
        for key, value in encode_pieces(SOURCE, end.to_bytes(8), header, os.urandom(1_000)):
            store.add(key, value)
    kept = sum(len(body) for seen in store._sources[SOURCE].seen.values() for body in seen.slices.values())
    assert kept == 0
    assert sum(map(len, store.best(SOURCE).slices)) < 1_200


def test_bodies_of_incomplete_sets_below_the_best_are_let_go():
    store = store_of(pieces(b"a", 5)[:-1], pieces(b"b", 10), pieces(b"c", 7)[:-1])
    assert all(not seen.slices for seen in store._sources[SOURCE].seen.values())


def test_a_reader_that_keeps_no_bodies_gets_each_once():
    store = SetStore(1, keep_bodies=False)
    *_, complete = [store.add(key, value) for key, value in pieces(b"a", 10)]
    assert complete.body().startswith(b"aaa")
    assert store.best(SOURCE).slices == ()
    assert store.best(SOURCE).header == complete.header


@pytest.mark.parametrize("first", ["newer", "older"])
def test_one_piece_of_a_newer_format_refuses_the_source_and_no_other(first: str):
    sets = [pieces(b"n", 5, version=2)[:1], pieces(b"a", 10)]
    store = store_of(*(sets if first == "newer" else reversed(sets)), pieces(b"o", 3, source=OTHER))
    assert isinstance(store.refusal(SOURCE), FormatVersionError)
    assert store.refusal(OTHER) is None
    assert best_name(store) == b"a"
    assert b"n" * 8 not in store.known(SOURCE)


def test_a_newer_format_that_was_tombstoned_refuses_nothing():
    newer = pieces(b"n", 5, version=2)
    assert store_of(newer, [(key, None) for key, _ in newer]).refusal(SOURCE) is None


def test_a_newer_format_is_read_by_code_that_knows_it():
    store = SetStore(2)
    for key, value in pieces(b"a", 10) + pieces(b"n", 11, version=2):
        store.add(key, value)
    assert store.refusal(SOURCE) is None
    assert best_name(store) == b"n"


def test_a_newer_key_refuses_everything_as_nothing_about_it_is_known():
    store = store_of([(b"PDN\x02????", b"?")])
    assert isinstance(store.refusal(SOURCE), FormatVersionError)


def test_rubbish_is_counted_and_passed_over():
    (key, value), *rest = pieces(b"a", 10)
    damaged = value[:-5] + bytes([value[-5] ^ 1]) + value[-4:]
    store = store_of([(b"user-17", b"{}"), (None, b"x"), (key, b"{}"), (key, damaged), (key, value), *rest])
    assert store.malformed == 4
    assert best_name(store) == b"a"


def test_pieces_that_contradict_each_other_make_no_set():
    first, second = pieces(b"a", 10), pieces(b"a", 11)
    store = store_of([first[0]], second[1:], [(encode_key(SOURCE, b"a" * 8, 2), first[1][1])])
    assert best_name(store) is None
    assert store.malformed == len(second)


def test_a_set_of_which_nothing_can_be_read_ranks_below_all_and_can_be_tombstoned():
    key = pieces(b"a", 10)[0][0]
    known = store_of([(key, b"rubbish")]).known(SOURCE)[b"a" * 8]
    assert known.keys == (key,)
    assert known.rank < (0, 0, b"")


def test_retiring_a_topic_gives_all_its_keys_and_forgets_it():
    mine, other = pieces(b"a", 10), pieces(b"b", 20, source=OTHER)
    alive = pieces(b"c", 1, source=Source(UUID(int=2), 0))
    store = store_of(mine, other[:1], alive)
    assert sorted(store.retire(SOURCE.topic_id)) == sorted(key for key, _ in [*mine, other[0]])
    assert set(store.sources()) == {Source(UUID(int=2), 0)}
    assert store.retire(SOURCE.topic_id) == []

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

import pytest
from counting_sim.states import RecordBag

from pandian.errors import FormatVersionError
from streams.counting.base import (
    Gone,
    LogRange,
    Position,
    Reload,
    ReloadReason,
    SetHeader,
    Source,
    Span,
    Window,
)
from streams.counting.codec import decode_key, decode_value, encode_pieces
from streams.counting.exceptions import ProtocolError, SourceTruncatedError
from streams.counting.protocol import Frozen, PartitionCounter
from streams.counting.sets import SetStore

ID, OTHER_ID = UUID(int=1), UUID(int=2)
SOURCE = Source(ID, 3)
LOG = LogRange(0, 100)

Counter = PartitionCounter[list[int]]


def stored(*sets: tuple[bytes, SetHeader, list[int]], version: int = 1) -> SetStore:
    store = SetStore(version)
    for name, header, state in sets:
        for key, value in encode_pieces(SOURCE, name * 8, header, RecordBag(1).dump(state)):
            store.add(key, value)
    return store


def new_counter() -> Counter:
    return PartitionCounter("shop.orders", 3, RecordBag(1))


def begun(*sets: tuple[bytes, SetHeader, list[int]], log: LogRange = LOG) -> Counter:
    counter = new_counter()
    counter.begin(ID, stored(*sets), log)
    return counter


def count(counter: Counter, start: int, end: int) -> Reload | None:
    offsets = range(start, end)
    return counter.merge(Span(start, end, len(offsets)), lambda state: state.extend(offsets))


def frozen_of(counter: Counter) -> Frozen:
    frozen = counter.freeze()
    assert isinstance(frozen, Frozen)
    return frozen


def checkpoint(counter: Counter) -> tuple[list[tuple[bytes, bytes]], list[bytes], int]:
    frozen = frozen_of(counter)
    assert counter.acknowledged(frozen) is None
    pieces, keys = counter.pieces(frozen, ID), counter.written(frozen)
    offset = counter.tombstoned(frozen)
    assert isinstance(pieces, list) and isinstance(keys, list) and isinstance(offset, int)
    return pieces, keys, offset


def is_dropped(counter: Counter, answer: object, reason: ReloadReason) -> bool:
    return isinstance(answer, Reload) and answer.reason is reason and not counter.counting


# Start


def test_begins_with_nothing_at_the_earliest():
    counter = new_counter()
    assert counter.begin(ID, SetStore(1), LOG) == Position(0, resumed=False, expired=None)
    assert (counter.state, counter.end, counter.gone, counter.dirty) == ([], 0, Gone(), False)
    assert counter.source == SOURCE


def test_begins_with_nothing_where_it_is_told_and_writes_that_down():
    counter = new_counter()
    assert counter.begin(ID, SetStore(1), LOG, origin=100).offset == 100
    assert counter.dirty
    pieces, _, _ = checkpoint(counter)
    header = decode_value(pieces[0][1], state_format=1).header
    assert (header.origin, header.end, header.gone) == (100, 100, Gone())


def test_goes_on_from_the_best_set_whatever_origin_is_asked_for():
    counter = new_counter()
    sets = stored((b"a", SetHeader("s", end=7), [1]), (b"b", SetHeader("s", end=9, origin=2), [1, 2]))
    assert counter.begin(ID, sets, LOG, origin=50) == Position(9, resumed=True, expired=None)
    assert (counter.state, counter.end, counter.dirty) == ([1, 2], 9, False)
    assert count(counter, 9, 10) is None
    assert decode_value(checkpoint(counter)[0][0][1], state_format=1).header.origin == 2


def test_adds_what_expired_meanwhile_to_gone():
    counter = new_counter()
    sets = stored((b"a", SetHeader("s", end=10, gone=Gone(2, ((0, 2),))), [5]))
    assert counter.begin(ID, sets, LogRange(30, 100)) == Position(30, True, LogRange(10, 30))
    assert (counter.end, counter.gone, counter.dirty) == (30, Gone(22, ((0, 2), (10, 30))), True)


def test_sets_of_another_id_or_partition_are_nothing_to_it():
    counter = new_counter()
    assert not counter.begin(OTHER_ID, stored((b"a", SetHeader("s", end=10), [5])), LOG).resumed
    assert counter.state == []


def test_refuses_a_newer_format_in_one_line():
    counter = begun()
    with pytest.raises(FormatVersionError) as caught:
        counter.begin(ID, stored((b"a", SetHeader("s", end=1, state_format=2), [])), LOG)
    assert "\n" not in str(caught.value)
    assert not counter.counting


def test_says_when_the_broker_lost_what_was_counted():
    counter = new_counter()
    with pytest.raises(SourceTruncatedError, match=r"shop\.orders\[3\] ends at offset 99.*100 were counted"):
        counter.begin(ID, stored((b"a", SetHeader("s", end=100), [])), LogRange(0, 99))
    assert not counter.counting
    assert counter.begin(ID, stored((b"a", SetHeader("s", end=100), [])), LOG).offset == 100


# Read


def test_state_and_end_move_together_and_gaps_are_not_gone():
    counter = begun()
    assert count(counter, 0, 4) is None
    assert count(counter, 9, 12) is None
    assert (counter.state, counter.end, counter.gone) == ([0, 1, 2, 3, 9, 10, 11], 12, Gone())
    assert counter.dirty


@pytest.mark.parametrize(("start", "end"), [(3, 8), (0, 4), (9, 8)])
def test_a_batch_below_the_end_or_backwards_drops_the_memory(start: int, end: int):
    counter = begun()
    count(counter, 0, 4)
    answer = counter.merge(Span(start, end), lambda _: pytest.fail("the batch was counted"))
    assert is_dropped(counter, answer, ReloadReason.OVERLAP)


def test_a_batch_that_fails_half_way_drops_the_memory():
    counter = begun()

    def fail(state: list[int]) -> None:
        state.append(0)
        raise KeyError("half way")

    with pytest.raises(KeyError):
        counter.merge(Span(0, 4), fail)
    assert is_dropped(counter, count(counter, 4, 5), ReloadReason.BATCH_FAILED)


def test_before_a_start_nothing_is_counted():
    counter = new_counter()
    assert is_dropped(counter, count(counter, 0, 1), ReloadReason.NOT_STARTED)
    assert is_dropped(counter, counter.freeze(), ReloadReason.NOT_STARTED)
    assert is_dropped(counter, counter.check(ID), ReloadReason.NOT_STARTED)
    with pytest.raises(ProtocolError, match="was not started"):
        counter.end  # noqa: B018 - the property itself is what raises


# Checkpoints


def test_a_checkpoint_holds_the_state_of_the_freeze_and_commits_its_end():
    counter = begun()
    count(counter, 0, 4)
    frozen = frozen_of(counter)
    count(counter, 4, 6)
    counter.acknowledged(frozen)
    pieces = counter.pieces(frozen, ID)
    assert isinstance(pieces, list)
    assert counter.written(frozen) == []
    assert counter.tombstoned(frozen) == frozen.end == 4
    again = SetStore(1)
    for key, value in pieces:
        assert decode_key(key).source == SOURCE
        again.add(key, value)
    resumed = new_counter()
    assert resumed.begin(ID, again, LOG).offset == 4
    assert resumed.state == [0, 1, 2, 3]
    assert counter.dirty and not resumed.dirty


def test_each_checkpoint_tombstones_the_one_before_and_what_ranks_below():
    sets = [(b"a", SetHeader("s", end=2), [0]), (b"b", SetHeader("s", end=3), [0, 1])]
    counter = begun(*sets)
    count(counter, 3, 5)
    pieces, keys, _ = checkpoint(counter)
    assert {decode_key(key).name for key in keys} == {b"a" * 8, b"b" * 8}
    count(counter, 5, 6)
    assert checkpoint(counter)[1] == [key for key, _ in pieces]


def test_an_incomplete_set_further_on_or_with_less_gone_is_left_alone():
    store = stored((b"a", SetHeader("s", end=2, gone=Gone(2, ((0, 2),))), []))
    for name, end in ((b"f", 9), (b"l", 5)):
        first = encode_pieces(SOURCE, name * 8, SetHeader("s", end=end), b"x" * 9, piece_bytes=4)[0]
        store.add(*first)
    counter = new_counter()
    counter.begin(ID, store, LOG)
    count(counter, 2, 5)
    assert {decode_key(key).name for key in checkpoint(counter)[1]} == {b"a" * 8}
    count(counter, 5, 6)
    assert b"l" * 8 in {decode_key(key).name for key in checkpoint(counter)[1]}
    count(counter, 6, 10)
    assert b"f" * 8 in {decode_key(key).name for key in checkpoint(counter)[1]}


def test_every_set_has_a_new_name():
    counter = begun()
    names = set()
    for offset in range(50):
        count(counter, offset, offset + 1)
        names.add(decode_key(checkpoint(counter)[0][0][0]).name)
    assert len(names) == 50


def test_the_window_is_what_came_since_the_checkpoint_before():
    counter = begun()
    counter.merge(Span(0, 4, 3, 10, 20), lambda _: None)
    assert frozen_window(counter) == Window(0, 3, 10, 20)
    counter.merge(Span(6, 9, 2, 15, 18), lambda _: None)
    assert frozen_window(counter) == Window(4, 2, 15, 18)
    assert frozen_window(counter) == Window(9)


def frozen_window(counter: Counter) -> Window:
    return decode_value(checkpoint(counter)[0][0][1], state_format=1).header.window


@pytest.mark.parametrize("now", [OTHER_ID, None])
def test_a_topic_made_again_or_deleted_is_found_at_the_write_and_when_idle(now: UUID | None):
    counter = begun()
    count(counter, 0, 4)
    frozen = frozen_of(counter)
    counter.acknowledged(frozen)
    answer = counter.pieces(frozen, now)
    assert is_dropped(counter, answer, ReloadReason.TOPIC_RECREATED)
    assert isinstance(answer, Reload) and answer.detail.startswith("shop.orders[3]: the topic was deleted")
    idle = begun()
    assert idle.check(ID) is None
    assert is_dropped(idle, idle.check(now), ReloadReason.TOPIC_RECREATED)


Step = Callable[[Counter, Frozen], object]
STEPS: tuple[Step, ...] = (
    lambda counter, frozen: counter.acknowledged(frozen),
    lambda counter, frozen: counter.pieces(frozen, ID),
    lambda counter, frozen: counter.written(frozen),
    lambda counter, frozen: counter.tombstoned(frozen),
)


@pytest.mark.parametrize("done", range(len(STEPS) + 1))
@pytest.mark.parametrize("wrong", range(len(STEPS)))
def test_any_other_order_is_refused_and_drops_the_memory(done: int, wrong: int):
    if done == wrong:
        return
    counter = begun()
    count(counter, 0, 4)
    frozen = frozen_of(counter)
    for step in STEPS[:done]:
        step(counter, frozen)
    with pytest.raises(ProtocolError):
        STEPS[wrong](counter, frozen)
    assert not counter.counting


def test_one_checkpoint_at_a_time():
    counter = begun()
    counter.freeze()
    with pytest.raises(ProtocolError, match="while one is under way"):
        counter.freeze()
    assert not counter.counting


@pytest.mark.parametrize("done", range(len(STEPS)))
def test_a_checkpoint_stops_by_itself_when_the_memory_was_dropped(done: int):
    counter = begun()
    count(counter, 0, 4)
    frozen = frozen_of(counter)
    for step in STEPS[:done]:
        step(counter, frozen)
    counter.failed("a piece")
    assert is_dropped(counter, STEPS[done](counter, frozen), ReloadReason.SEND_FAILED)
    counter.begin(ID, SetStore(1), LOG)
    assert isinstance(STEPS[done](counter, frozen), Reload)
    assert counter.counting
    assert counter.state == []


@pytest.mark.parametrize("done", range(len(STEPS)))
def test_a_checkpoint_can_be_given_up_at_any_step_and_the_next_holds_all(done: int):
    counter = begun()
    counter.merge(Span(0, 4, 4, 10, 20), lambda state: state.extend(range(4)))
    frozen = frozen_of(counter)
    for step in STEPS[:done]:
        step(counter, frozen)
    assert counter.abandon(frozen) is None
    written_already = done == 3
    assert counter.dirty is not written_already
    counter.merge(Span(4, 6, 2, 5, 15), lambda state: state.extend(range(4, 6)))
    pieces, keys, offset = checkpoint(counter)
    header = decode_value(pieces[0][1], state_format=1).header
    assert offset == header.end == 6
    assert header.window == (Window(4, 2, 5, 15) if written_already else Window(0, 6, 5, 20))
    # Pieces that were sent before it was given up may stand in the log, and are removed.
    assert {decode_key(key).name for key in keys} == ({frozen.name} if done >= 2 else set())
    with pytest.raises(ProtocolError):
        counter.abandon(frozen)


def test_giving_up_after_the_memory_was_dropped_changes_nothing():
    counter = begun()
    count(counter, 0, 4)
    frozen = frozen_of(counter)
    counter.revoke()
    assert is_dropped(counter, counter.abandon(frozen), ReloadReason.REVOKED)


# What ends a memory


@pytest.mark.parametrize(
    ("end", "reason"),
    [
        (Counter.failed, ReloadReason.SEND_FAILED),
        (Counter.out_of_range, ReloadReason.OUT_OF_RANGE),
        (Counter.revoke, ReloadReason.REVOKED),
    ],
)
def test_what_drops_the_memory(end: Callable[[Counter], Reload], reason: ReloadReason):
    counter = begun()
    count(counter, 0, 4)
    assert is_dropped(counter, end(counter), reason)
    assert is_dropped(counter, count(counter, 4, 5), reason)
    assert not counter.dirty
    assert counter.begin(ID, SetStore(1), LOG).offset == 0

from __future__ import annotations

from streams.counting.base import MAX_RANGES, Gone, SetHeader, Span, Window, rank


def test_gone_joins_what_touches_and_counts_the_rest():
    gone = Gone().add(0, 10).add(10, 15).add(20, 22)
    assert gone == Gone(17, ((0, 15), (20, 22)))
    assert gone.add(30, 30) is gone


def test_gone_names_the_newest_ranges_and_counts_all():
    gone = Gone()
    for start in range(0, 1_000, 10):
        gone = gone.add(start, start + 3)
    assert gone.offsets == 300
    assert len(gone.ranges) == MAX_RANGES
    assert gone.ranges[-1] == (990, 993)
    assert gone.ranges[0] == (1_000 - 10 * MAX_RANGES, 1_003 - 10 * MAX_RANGES)


def test_window_adds_records_and_spans_their_times():
    window = Window(5).add(Span(5, 9, records=3, first_time=20, last_time=40))
    window = window.add(Span(9, 10, records=1)).add(Span(12, 14, records=2, first_time=10, last_time=30))
    assert window == Window(5, records=6, first_time=10, last_time=40)


def test_rank_prefers_the_furthest_end_then_the_least_left_out():
    near = rank(SetHeader("t", end=10), b"b")
    far = rank(SetHeader("t", end=11, gone=Gone(9, ((0, 9),))), b"a")
    skipped = rank(SetHeader("t", end=11, origin=8), b"a")
    assert near < far < skipped
    assert rank(SetHeader("t", end=11), b"a") < rank(SetHeader("t", end=11), b"b")

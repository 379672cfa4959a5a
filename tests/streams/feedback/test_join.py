"""Labels are what the topics hold, whatever the order of reading and whoever dies while reading them."""

from __future__ import annotations

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pandian.actions import Action
from streams.feedback import actions, shown
from streams.feedback.base import FUTURE_MS, JoinPolicy
from streams.feedback.join import PartitionJoin
from tests.streams.feedback.logs import (
    ARRIVED,
    POLICY,
    WAITS,
    Logged,
    Reader,
    drawn,
    expected,
    expected_actions,
    impression,
    interaction,
    logged,
    read,
)

#: Actions with a window of their own.
OWN_MS: list[dict[Action, int]] = [{}, {"purchase": 90, "view": 0}, {"view": 30, "cart": 10}]


@pytest.fixture(autouse=True)
def _small_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    """Forget in small steps and at once, so that a few records show what millions would."""
    monkeypatch.setattr(actions, "_BLOCK", 3)
    monkeypatch.setattr(actions, "_REMEMBER_MS", -1)
    monkeypatch.setattr(shown, "_REPEAT_MS", 0)


class TestRule:
    """What counts for an impression."""

    @pytest.mark.parametrize(
        ("time", "label"), [(999, 0), (1_000, 1), (1_050, 1), (1_100, 1), (1_101, 0)], ids=str
    )
    def test_the_window_has_both_its_ends(self, time: int, label: int) -> None:
        _, found = read(
            [impression(1, "u", "x", 1_000)], [interaction("u", "x", time), interaction("v", "y", 1_120)]
        )
        assert found == {"i1": label}

    @pytest.mark.parametrize(("newest", "known"), [(1_119, False), (1_120, True)])
    def test_a_label_is_known_when_the_watermark_is_due(self, newest: int, known: bool) -> None:
        join, found = read([impression(1, "u", "x", 1_000)], [interaction("v", "y", newest)])
        assert found == ({"i1": 0} if known else {})
        assert join.waiting == (not known)

    @pytest.mark.parametrize("action", ["refund", "remove", "search", "other"])
    def test_only_positive_actions_count(self, action: str) -> None:
        _, found = read(
            [impression(1, "u", "x", 1_000)],
            [interaction("u", "x", 1_010, action), interaction("v", "y", 2_000, action)],
        )
        assert found == {"i1": 0}

    @pytest.mark.parametrize(
        ("action", "time", "label"),
        [
            ("purchase", 1_300, 1),
            ("purchase", 1_301, 0),
            ("view", 1_010, 0),
            ("cart", 1_100, 1),
            ("cart", 1_101, 0),
        ],
    )
    def test_an_action_may_have_a_window_of_its_own(self, action: str, time: int, label: int) -> None:
        join = PartitionJoin(JoinPolicy(100, 20, 10_000, {"purchase": 300, "view": 0}))
        for offset, one in enumerate([interaction("u", "x", time, action), interaction("v", "y", 1_319)]):
            join.interaction(offset, ARRIVED, orjson.dumps(one))
        join.impression(0, ARRIVED, orjson.dumps(impression(1, "u", "x", 1_000)))
        assert not join.labelled, "all windows must be over"
        join.interaction(2, ARRIVED, orjson.dumps(interaction("v", "y", 1_320)))
        assert [one.label for one in join.labelled] == [label]

    def test_another_user_or_item_does_not_count(self) -> None:
        _, found = read(
            [impression(1, "u", "x", 1_000)],
            [interaction("u", "y", 1_010), interaction("v", "x", 1_010), interaction("w", "w", 2_000)],
        )
        assert found == {"i1": 0}

    def test_the_strongest_action_is_named_whatever_comes_first(self) -> None:
        acted = [
            interaction("u", "x", 1_050, "purchase"),
            interaction("u", "x", 1_040, "cart"),
            interaction("u", "x", 1_060, "view"),
            interaction("v", "y", 1_120),
        ]
        for order in (("shown", "acted"), ("acted", "shown")):
            reader = Reader(POLICY, logged([impression(1, "u", "x", 1_000)]), logged(acted))
            for step in order:
                reader.show() if step == "shown" else reader.act(4)
            (label,) = reader.join.labelled
            assert (label.label, label.action, label.time, label.matured_at) == (1, "purchase", 1_000, 1_120)

    def test_an_action_that_comes_when_the_label_is_known_changes_nothing(self) -> None:
        acted = [interaction("v", "y", 1_120), interaction("u", "x", 1_010)]
        for order in ((1, 2), (2, 1)):
            reader = Reader(POLICY, logged([impression(1, "u", "x", 1_000)]), logged(acted))
            for step in order:
                reader.show() if step == 1 else reader.act(2)
            assert reader.finish() == {"i1": 0}
            assert reader.join.interactions == {"taken": 1, "late": 1}

    def test_repeats_of_impressions_and_interactions_change_nothing(self) -> None:
        shown = [impression(1, "u", "x", 1_000, 0.25), impression(1, "u", "x", 1_000, 0.75)]
        acted = [interaction("u", "x", 1_010)] * 3 + [interaction("v", "y", 2_000)] * 2
        reader = Reader(POLICY, logged(shown), logged(acted))
        reader.show(2)
        reader.act(5)
        (label,) = reader.join.labelled
        assert (label.label, label.score) == (1, 0.25)
        assert reader.join.rejected == {"repeat": 1}

    def test_who_and_what_nobody_knows_is_joined_all_the_same(self) -> None:
        _, found = read(
            [impression(1, "nobody", "nothing", 5)],
            [interaction("nobody", "nothing", 6), interaction("a", "b", 200)],
        )
        assert found == {"i1": 1}


class TestClocks:
    """Clocks that are off."""

    def test_an_event_from_the_future_makes_nothing_due(self) -> None:
        join = PartitionJoin(POLICY)
        join.impression(0, 1_000, orjson.dumps(impression(1, "u", "x", 1_000)))
        join.interaction(0, 1_001, orjson.dumps(interaction("v", "y", 1_001 + FUTURE_MS + 1)))
        assert (join.waiting, join.interactions) == (1, {"future": 1})

    def test_a_clock_that_is_hours_ahead_moves_the_watermark_to_the_brokers_time_only(self) -> None:
        join = PartitionJoin(POLICY)
        join.impression(0, 1_000, orjson.dumps(impression(1, "u", "x", 1_000)))
        join.interaction(0, 1_030, orjson.dumps(interaction("v", "y", 5 * 3_600_000)))
        assert (join.waiting, join.watermark) == (1, 1_030)
        join.interaction(1, 1_040, orjson.dumps(interaction("u", "x", 1_035)))
        join.interaction(2, 1_130, orjson.dumps(interaction("v", "y", 1_130)))
        (label,) = join.labelled
        assert label.label == 1

    def test_a_clock_that_is_hours_behind_holds_nothing_up(self) -> None:
        join = PartitionJoin(POLICY)
        join.interaction(0, 20_000_000, orjson.dumps(interaction("v", "y", 20_000_000)))
        join.interaction(1, 20_000_001, orjson.dumps(interaction("u", "x", 20_000_000 - 5 * 3_600_000)))
        assert (join.watermark, join.interactions) == (20_000_000, {"taken": 1, "late": 1})

    def test_without_interactions_the_brokers_clock_tells(self) -> None:
        join = PartitionJoin(POLICY)
        for number, arrived in enumerate((5_000, 5_010, 5_100)):
            join.impression(number, arrived, orjson.dumps(impression(number, "u", f"x{number}", 4_000)))
        join.interaction(0, 5_011, orjson.dumps(interaction("u", "x1", 4_050)))
        join.nothing_came(5_119)
        assert not join.labelled
        join.nothing_came(5_130)
        assert [(one.impression_id, one.label) for one in join.labelled] == [("i0", 0), ("i1", 1)]
        assert (join.waiting, join.idle) == (1, 2)

    def test_an_impression_whose_actions_are_forgotten_is_late(self) -> None:
        shown = [impression(1, "u", "x", 1_000), impression(1, "u", "x", 1_000)]
        acted = [interaction("u", "x", 1_010)] * 3 + [interaction("v", "y", 1_000_000 + n) for n in range(9)]
        reader = Reader(POLICY, logged(shown), logged(acted))
        reader.act(10)
        reader.show(2)
        assert reader.finish() == {}
        assert sum(reader.join.rejected.values()) == 2
        assert reader.join.rejected["late"] >= 1


class TestBounds:
    """Memory is bounded, whatever comes."""

    def test_the_oldest_is_labelled_early_when_too_many_wait(self) -> None:
        policy = JoinPolicy(100, 20, most=5)
        join = PartitionJoin(policy)
        join.interaction(0, ARRIVED, orjson.dumps(interaction("u", "x0", 1_005)))
        for number in range(8):
            join.impression(number, ARRIVED, orjson.dumps(impression(number, "u", f"x{number}", 1_000)))
        assert (join.waiting, join.early, join.is_full) == (5, 3, True)
        assert [(one.impression_id, one.label) for one in join.labelled] == [("i0", 1), ("i1", 0), ("i2", 0)]

    def test_one_that_waits_for_long_holds_up_a_bounded_number(self) -> None:
        policy = JoinPolicy(100, 20, most=5)
        join = PartitionJoin(policy)
        join.impression(0, ARRIVED, orjson.dumps(impression(0, "u", "far", 9_000_000)))
        for number in range(1, 60):
            join.impression(number, ARRIVED, orjson.dumps(impression(number, "u", "x", number * 1_000)))
            join.interaction(number, ARRIVED, orjson.dumps(interaction("v", "y", number * 1_000 + 500)))
        assert join.resume().impressions_low >= 60 - 4 * policy.most
        assert join.early == 1

    def test_actions_are_forgotten_beyond_the_most(self) -> None:
        policy = JoinPolicy(1_000_000, 0, most=10)
        reader = Reader(
            policy,
            logged([impression(1, "u", "x3", 3), impression(2, "u", "x95", 95)]),
            logged([interaction("u", f"x{n}", n) for n in range(100)]),
        )
        reader.act(100)
        assert len(reader.join._actions) <= 10
        reader.show(2)
        assert reader.join.rejected == {"late": 1}
        assert reader.join.waiting == 1


@st.composite
def histories(draw: st.DrawFn) -> tuple[int, int, list[tuple[str, int]]]:
    """Return a seed, how far out of order things come, and what is done in which order."""
    steps = st.tuples(st.sampled_from(["show", "act", "keep", "die"]), st.integers(1, 12))
    return draw(st.integers(0, 10_000)), draw(st.integers(0, 60)), draw(st.lists(steps, max_size=60))


@settings(max_examples=400, deadline=None)
@given(history=histories())
def test_any_order_and_any_death_give_the_same_labels(
    history: tuple[int, int, list[tuple[str, int]]],
) -> None:
    seed, disorder, steps = history
    shown, acted = drawn(seed, 40, disorder)
    # Nothing is forgotten within these 400 ms, so nothing can be late.
    policy = JoinPolicy(60, 20, 10_000, OWN_MS[seed % len(OWN_MS)])
    reader = Reader(policy, logged(shown), logged(acted))
    for step, count in steps:
        if step in ("show", "act"):
            getattr(reader, step)(count)
        else:
            getattr(reader, step)()
    found = reader.finish()
    wanted = expected_actions(policy, shown, acted)
    assert reader.told() == {name: deed for name, deed in wanted.items() if deed != WAITS}
    assert reader.told().keys() == found.keys()
    assert all(found[name] == (deed is not None) for name, deed in reader.told().items())
    assert reader.join.waiting == list(wanted.values()).count(WAITS)


@settings(max_examples=300, deadline=None)
@given(history=histories())
def test_what_was_forgotten_gives_no_wrong_label(history: tuple[int, int, list[tuple[str, int]]]) -> None:
    seed, disorder, steps = history
    shown, acted = drawn(seed, 60, disorder)
    policy = _Short(attribution_ms=60, lateness_ms=20, most=10_000)
    reader = Reader(policy, logged(shown), logged(acted))
    for step, count in steps:
        if step in ("show", "act"):
            getattr(reader, step)(count)
        else:
            getattr(reader, step)()
    found = reader.finish()
    wanted = expected(policy, shown, acted)
    assert found.items() <= wanted.items()
    known = sum(label is not None for label in wanted.values())
    assert len(found) + reader.join.rejected["late"] + reader.join.rejected[
        "repeat"
    ] + reader.join.waiting == len(shown)
    assert len(found) <= known


class _Short(JoinPolicy):
    """Forgets actions after 100 ms, so that some impressions come too late."""

    @property
    def keep_ms(self) -> int:
        return self.window_ms + 20


def test_counters_count_once_whoever_dies() -> None:
    shown, acted = drawn(5, 200, 30)
    shown[10]["score"] = 7
    values = logged(acted)
    values[20] = Logged(b"rubbish")
    quiet = Reader(POLICY, logged(shown), values)
    quiet.finish()
    hunted = Reader(POLICY, logged(shown), values)
    for number in range(60):
        hunted.show(7)
        hunted.act(7)
        if number % 4 == 0:
            hunted.keep()
        if number % 5 == 0:
            hunted.die()
    hunted.finish()
    assert hunted.join.rejected == quiet.join.rejected
    assert hunted.join.interactions.total() == quiet.join.interactions.total() == 200
    assert hunted.join.interactions["invalid"] == 1
    assert {one.impression_id: one for one in hunted.labels} == {
        one.impression_id: one for one in quiet.labels
    }


def test_who_goes_on_knows_how_late_it_was() -> None:
    policy = _Short(attribution_ms=60, lateness_ms=20, most=10_000)
    acted = [*[interaction("v", "y", 1_000, "search")] * 3, interaction("u", "x", 940)]
    reader = Reader(policy, logged([impression(1, "u", "x", 900)]), logged(acted))
    reader.act(4)
    reader.keep()
    assert reader.join.resume().actions_low == 3
    reader.die()
    assert reader.finish() == {"i1": 0}


def test_what_is_read_again_is_bounded_by_the_window() -> None:
    policy = _Short(attribution_ms=60, lateness_ms=20, most=10_000)
    shown, acted = drawn(6, 3_000, 20)
    reader = Reader(policy, logged(shown), logged(acted))
    reader.merge()
    kept = reader.join.resume()
    assert kept.impressions_low > len(shown) - 100
    assert kept.actions_low > len(acted) - 100
    assert not reader.join.rejected["late"]

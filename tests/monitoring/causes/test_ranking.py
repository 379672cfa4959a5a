"""Which of several suspects is the likelier: by role, evidence, size and time, and by what brings what about."""

from __future__ import annotations

from dataclasses import replace

import pytest

from monitoring.causes import Alarm, Features, Mapped, lineage_of
from monitoring.causes.base import Signal
from monitoring.causes.lineage import UNREAD
from monitoring.causes.ranking import CAP, changed, near, rank

HOUR = 3_600_000
ALARM = Alarm("sasrec@1", 100 * HOUR, 104 * HOUR, 0.05)
MAPPED = {
    "orders": Mapped("interactions", {"user": "who", "item": "what", "time": "when"}),
    "items": Mapped("items", {"item": "sku", "category": "group", "price": "price"}),
}
LINEAGE = lineage_of(MAPPED, Features("sasrec@1", items={"category": 0.5}), {})
SIGNAL = Signal("orders", "what", "orphans", 100 * HOUR, 1_000, 9.0, 0.5, "90 %", "40 %")


def first(*signals: Signal) -> tuple[str, str]:
    found = rank(signals, ALARM, LINEAGE, 100)[0].cause
    return found.asset, found.field


def test_what_a_model_reads_goes_before_what_it_does_not() -> None:
    other = replace(SIGNAL, field="note", size=1.0)
    assert first(other, SIGNAL) == ("orders", "what")
    assert len(rank([other, SIGNAL], ALARM, LINEAGE, 100)) == 2
    assert LINEAGE.of(("items", "group")).weight == pytest.approx(UNREAD + (1 - UNREAD) / 2)
    assert LINEAGE.of(("items", "price")).weight == UNREAD
    assert LINEAGE.of(("items", "group")).path == (
        "items.group", "category of items", "features of items", "sasrec@1",
    )  # fmt: skip


def test_the_currency_of_a_price_counts_as_the_price_does() -> None:
    document = {"fields": [{"field": "money", "semantic_type": "currency"}]}
    found = lineage_of(MAPPED, Features("sasrec@1"), {"items": document})
    assert found.of(("items", "money")).weight == found.of(("items", "price")).weight
    assert found.of(("items", "money")).role == "currency"


def test_a_cause_begins_before_its_effect_or_with_it() -> None:
    at, before, after = (
        near(replace(SIGNAL, since=ALARM.since + hours * HOUR), ALARM) for hours in (0, -3, 3)
    )
    assert at == 1.0
    assert before > 3 * after
    assert near(replace(SIGNAL, since=ALARM.since + 3 * HOUR, error_ms=9 * HOUR), ALARM) > after


def test_evidence_makes_sure_but_not_ever_surer() -> None:
    assert changed(2.0, 100) == pytest.approx(0.5)
    assert changed(CAP, 100) == changed(300.0, 100) < 1.0


def test_size_and_time_tell_equals_apart() -> None:
    assert first(SIGNAL, replace(SIGNAL, field="who", size=0.9)) == ("orders", "who")
    assert first(SIGNAL, replace(SIGNAL, field="who", since=0)) == ("orders", "what")


def test_what_others_bring_about_counts_less() -> None:
    twice = replace(SIGNAL, field="", kind="duplicates", size=0.5)
    fewer = replace(SIGNAL, kind="distinct", size=0.5)
    alone, beside = (
        next(one.score for one in rank(signals, ALARM, LINEAGE, 100) if one.cause.field == "what")
        for signals in ([fewer], [fewer, twice])
    )
    assert beside == pytest.approx(alone / 10)
    assert first(fewer, twice) == ("orders", "")


def test_another_mix_of_known_values_is_behaviour_and_one_that_leads_nowhere_is_not() -> None:
    mix = replace(SIGNAL, kind="values")
    (turned,) = rank([mix], ALARM, LINEAGE, 100)
    (broken,) = rank([mix, SIGNAL], ALARM, LINEAGE, 100)
    assert turned.behaviour
    assert not broken.behaviour
    assert turned.score < broken.score


def test_of_one_kind_only_the_heaviest_counts() -> None:
    again = replace(SIGNAL, log10_evidence=5.0)
    assert rank([SIGNAL, again], ALARM, LINEAGE, 100)[0].score == rank([SIGNAL], ALARM, LINEAGE, 100)[0].score


def test_further_evidence_says_what_was_before_and_what_is_since() -> None:
    fresh = replace(
        SIGNAL, kind="fresh", log10_evidence=1.0, before="0.4% had never come before", after="15.1%"
    )
    cause = rank([SIGNAL, fresh], ALARM, LINEAGE, 100)[0].cause
    assert cause.evidence.endswith(", 0.4% had never come before → 15.1%")


def test_of_identifiers_it_is_told_how_they_are_written_now() -> None:
    others = replace(SIGNAL, kind="strange", size=1.0)
    mix = replace(others, kind="values", size=0.9, before="up to 9 30.0%", after="up to 9 0.0%")
    longer = replace(SIGNAL, kind="written", size=0.2, before="5 characters on average", after="8")

    def said(*signals: Signal) -> str:
        return rank(signals, ALARM, LINEAGE, 100)[0].cause.before

    assert said(others, mix, longer) == longer.before
    assert said(others, longer) == longer.before
    assert said(others, mix) == mix.before
    assert said(others, mix, replace(longer, size=0.05)) == mix.before
    groups = [replace(one, asset="items", field="group") for one in (others, mix, longer)]
    assert said(*groups) == mix.before, "names of groups say more than their length"

"""Signals of which values come how often, how they are written, how old times are and how many records come."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from monitoring.causes import Mapped, Mappings, observe
from monitoring.causes.counted import signals
from tests.monitoring.causes.observations import MINUTE_MS, document

#: Periods before and after something happens, and the values of each.
BEFORE, AFTER, EACH = 16, 6, 400
START_MS = 1_700_000_000_000


def told(
    period: Callable[[int, np.random.Generator], Sequence[Any]], kind: str = "category"
) -> dict[str, tuple[float, str, str]]:
    """Return size and words by kind, of a field whose values of each period are given."""
    chance, values = np.random.default_rng(3), list[Any]()
    documents = []
    for number in range(BEFORE + AFTER):
        values += period(number, chance)
        documents.append(document(records=len(values), fields=[field(values, kind)]))
    seen = [observe(one, START_MS + MINUTE_MS * place) for place, one in enumerate(documents)]
    return {one.kind: (one.size, one.before, one.after) for one in signals(seen, documents[-1])}


def field(values: Sequence[Any], kind: str) -> Mapping[str, Any]:
    names, counts = np.unique(np.array([str(one) for one in values]), return_counts=True)
    order = np.argsort(-counts)[:20]
    texts = [one for one in values if isinstance(one, str)]
    numbers = [one for one in values if not isinstance(one, str)]
    sizes = list(map(len, texts))
    return {
        "field": "code", "semantic_type": kind, "masked": False, "count": len(values), "missing": 0,
        "missing_spelled": 0, "types": {"string": len(texts), "number": len(numbers)}, "numbers": len(numbers),
        "sum": float(np.sum(numbers)) if len(numbers) > len(texts) else None,
        "distinct": {"estimate": len(names), "low": 0, "high": 0},
        "top": [{"value": names[one], "count": int(counts[one])} for one in order],
        "lengths": {"min": min(sizes), "mean": sum(sizes) / len(sizes), "max": max(sizes)} if sizes else None,
        "cleaning": {"rules": {"whitespace": {"count": sum(one != one.strip() for one in texts)}}},
    }  # fmt: skip


def some(chance: np.random.Generator, names: Sequence[str], odds: Sequence[float]) -> list[str]:
    return [str(one) for one in chance.choice(names, EACH, p=odds)]


KINDS, ODDS = ("手机", "衣服", "热水器", "平板", "书籍"), (0.3, 0.3, 0.2, 0.1, 0.1)


def test_one_value_that_takes_from_all_others_is_told_apart_from_another_mix() -> None:
    def stuck(number: int, chance: np.random.Generator) -> list[str]:
        usual = some(chance, KINDS, ODDS)
        return usual if number < BEFORE else ["unknown"] * 120 + usual[120:]

    def mixed(number: int, chance: np.random.Generator) -> list[str]:
        return some(chance, KINDS, ODDS if number < BEFORE else (0.1, 0.1, 0.2, 0.3, 0.3))

    size, before, after = told(stuck)["stuck"]
    assert 0.25 < size < 0.35
    assert (before, after) == ("unknown 0.0%", f"unknown {size:.1%}")
    found = told(mixed)
    assert "stuck" not in found
    assert found["values"][0] > 0.25
    assert not {"stuck", "values"} & {*told(lambda _, chance: some(chance, KINDS, ODDS))}


def test_people_who_come_and_go_are_no_change_of_the_mix() -> None:
    def churn(number: int, chance: np.random.Generator) -> list[str]:
        # Of forty people one leaves in each period, and another one comes.
        return [f"u{number + one:03d}" for one in chance.integers(0, 40, EACH)]

    assert "values" not in told(churn, "user_id")


def test_longer_texts_and_blanks_at_their_ends_are_told() -> None:
    def blank(number: int, chance: np.random.Generator) -> list[str]:
        usual = [f"SP{one:05d}" for one in chance.integers(0, 90_000, EACH)]
        return usual if number < BEFORE else [f"{one} " for one in usual]

    found = told(blank, "item_id")["written"]
    assert found[0] == 1.0


def test_numbers_that_mean_times_are_told_when_they_are_hours_old() -> None:
    def late(number: int, chance: np.random.Generator) -> list[float]:
        ages = chance.exponential(2.0, EACH) + (8 * 3_600 if number >= BEFORE else 0)
        return [float(one) for one in START_MS + (60 * number - ages - 30) * 1_000]

    size, before, after = told(late, "timestamp")["late"]
    assert size > 0.99
    assert before.startswith("dated 2.0 s before")
    assert after.startswith("dated 8.0 h before")
    assert not {"early", "late"} & {*told(lambda number, chance: late(min(number, 3), chance), "number")}


def test_how_rows_were_read_before_a_change_is_remembered() -> None:
    known = Mappings(2)
    assert known.before(5) == {}
    first, second = (
        {"a": Mapped("items", {"item": "x", "price": "p"})},
        {"a": Mapped("items", {"item": "x"})},
    )
    for time, mapped in ((10, first), (20, first), (30, second)):
        known.add(mapped, time)
    assert known.before(5) == known.before(29) == first
    assert known.copy().before(30) == second
    known.add(first, 40)
    assert known.before(10) == second

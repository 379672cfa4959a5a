"""What follows when a code is this or begins so: the sign of a number, and whether a field is there at all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from streams.inventory.profile.clip import shown
from streams.inventory.quality.rows import Bools, Rows
from streams.inventory.quality.rules.base import (
    NO_CODES,
    NO_MEASURES,
    Names,
    Proposal,
    Rule,
    Verdict,
    found,
    proposal,
)

name = "conditional"

#: A field with at most so many different values is asked for each of them.
_FEW = 12
_MOST = 96
#: Rare conditions matter: returns are one row in fifty.
_LEAST = 4
#: A field that is there in less, or in more than the rest of this share of records, is no "sometimes".
_SOMETIMES = 0.05

_SIGNS = {"negative": "is below 0", "positive": "is above 0", "zero": "is 0"}
_THERE = {"there": "is there", "missing": "is missing"}


class _Condition(NamedTuple):
    path: str
    how: str
    """``is`` or ``begins``."""
    value: str
    holds: Bools


def propose(sample: Rows) -> list[Proposal]:
    """Return what holds under a condition in a sample, and does not hold elsewhere."""
    conditions = list(_conditions(sample))[:_MOST]
    outcomes = list(_outcomes(sample))[:_MOST]
    if not conditions or not outcomes:
        return []
    holds = np.array([one.holds for one in conditions], dtype=np.float64)
    applies = np.array([one.applies for _, _, one in outcomes], dtype=np.float64)
    kept = np.array([one.kept & one.applies for _, _, one in outcomes], dtype=np.float64)
    inside, inside_kept = holds @ applies.T, holds @ kept.T
    outside, outside_kept = applies.sum(axis=1) - inside, kept.sum(axis=1) - inside_kept
    proposals = []
    for place, outcome in np.argwhere((inside >= _LEAST) & (inside_kept >= 0.9 * inside)).tolist():
        condition, (path, form, _) = conditions[place], outcomes[outcome]
        if path == condition.path or outside[place, outcome] < _LEAST:
            continue
        rule = Rule(name, f"{condition.how} {form}", (condition.path, path), condition.value)
        chance = float(outside_kept[place, outcome] / outside[place, outcome])
        kept_here, here = int(inside_kept[place, outcome]), int(inside[place, outcome])
        trials = int(outside[place, outcome])
        proposals.append(proposal(rule, kept_here, here, chance, _LEAST, trials))
    return found(proposals)


def _conditions(sample: Rows) -> Iterator[_Condition]:
    for path in sample.paths:
        if sample.types.get(path) in NO_CODES:
            continue
        texts = sample.texts(path)
        counts = Counter(text for text in texts if text is not None)
        if len(counts) < 2:
            continue
        if len(counts) <= _FEW:
            for value, count in counts.items():
                if count >= _LEAST and len(value) <= 40:
                    yield _Condition(path, "is", value, np.array([text == value for text in texts]))
        else:
            yield from _beginnings(path, texts)


def _beginnings(path: str, texts: list[str | None]) -> Iterator[_Condition]:
    """Yield the letters that codes begin with, where most begin with a digit."""
    starts = [text[0] if text else "" for text in texts]
    counts = Counter(filter(None, starts))
    digits = sum(count for start, count in counts.items() if start.isdigit())
    if 2 * digits < counts.total():
        return
    for start, count in counts.items():
        if start.isalpha() and count >= _LEAST:
            yield _Condition(path, "begins", start, np.array([one == start for one in starts]))


def _outcomes(sample: Rows) -> Iterator[tuple[str, str, Verdict]]:
    for path in sample.paths:
        share = float(sample.present(path).mean())
        if _SOMETIMES <= share <= 1 - _SOMETIMES:
            for form in _THERE:
                yield path, form, _outcome(path, form, sample)
        if sample.types.get(path) not in NO_MEASURES and np.isfinite(sample.numbers(path)).any():
            for form in _SIGNS:
                yield path, form, _outcome(path, form, sample)


def _outcome(path: str, form: str, rows: Rows) -> Verdict:
    if form in _THERE:
        present = rows.present(path)
        return Verdict(np.ones(rows.size, dtype=np.bool_), present if form == "there" else ~present)
    numbers = rows.numbers(path)
    kept = {"negative": numbers < 0, "positive": numbers > 0, "zero": numbers == 0}[form]
    return Verdict(np.isfinite(numbers), kept)


def judge(rule: Rule, rows: Rows) -> Verdict:
    """Say which records of the condition have the outcome."""
    how, form = rule.form.split(" ")
    texts = rows.texts(rule.fields[0])
    if how == "is":
        holds = np.array([text == rule.value for text in texts], dtype=np.bool_)
    else:
        holds = np.array([text is not None and text[:1] == rule.value for text in texts], dtype=np.bool_)
    outcome = _outcome(rule.fields[1], form, rows)
    return Verdict(holds & outcome.applies, outcome.kept)


def say(rule: Rule, names: Names) -> str:
    """Return ``Quantity is below 0 when InvoiceNo begins with "C"``."""
    how, form = rule.form.split(" ")
    code, path = map(names, rule.fields)
    condition = f'{code} is "{shown(rule.value)}"' if how == "is" else f'{code} begins with "{rule.value}"'
    return f"{path} {(_SIGNS | _THERE)[form]} when {condition}"

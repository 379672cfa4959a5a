"""Amounts that follow from others: ``Amount = Quantity x UnitPrice``, with discounts, taxes and shipping.

A rule is judged where it says something: a product of which no factor is 0 or 1, a sum without a zero. Else every
column would be "itself plus a column of zeros". It is kept when both sides differ by no more than half a unit in
the last decimal that the amount is written with (and by what doubles cannot tell apart).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from heapq import nsmallest
from itertools import combinations
from typing import NamedTuple

import numpy as np

from streams.inventory.quality.evidence import KEPT, outer_chance
from streams.inventory.quality.rows import Bools, Floats, Rows, decimals_of
from streams.inventory.quality.rules.base import (
    LEAST,
    NO_MEASURES,
    Names,
    Proposal,
    Rule,
    Verdict,
    by_presence,
    found,
    proposal,
    varied,
)

name = "arithmetic"

#: Fields that are tried with each other; their number goes into the work with the third power.
MOST = 20
#: Records of the sample on which forms of three, and of four fields are tried before the others are asked.
_SCREENED, _PROBES = 64, 16
#: Combinations of three, and of four fields that are tried on all of the sample.
_TRIED = 256
#: Least share of probes that must agree.
_AGREE = 0.75
_MAX_DECIMALS = 6
_RELATIVE = 1e-9


class _Candidate(NamedTuple):
    disagree: float
    """The share of the probes that agree, negative: the best are the smallest."""
    form: str
    target: int
    inputs: tuple[int, ...]


class _Form(NamedTuple):
    says: str
    make: Callable[..., Floats]
    tells: Callable[..., Bools]
    """Where it is more than trivial."""


def _factors(*values: Floats) -> Bools:
    return np.asarray(np.logical_and.reduce([(value != 0) & (value != 1) for value in values]))


def _terms(*values: Floats) -> Bools:
    return np.asarray(np.logical_and.reduce([value != 0 for value in values]))


_FORMS: dict[str, _Form] = {
    "product": _Form("{} x {}", lambda b, c: b * c, _factors),
    "sum": _Form("{} + {}", lambda b, c: b + c, _terms),
    "less_share": _Form("{} x (1 - {})", lambda b, c: b * (1 - c), lambda b, c: _terms(b, c) & (abs(c) < 1)),
    "plus_share": _Form("{} x (1 + {})", lambda b, c: b * (1 + c), lambda b, c: _terms(b, c) & (abs(c) < 1)),
    "less_percent": _Form(
        "{} x (1 - {} / 100)", lambda b, c: b * (1 - c / 100), lambda b, c: _terms(b, c) & (abs(c) <= 100)
    ),
    "plus_percent": _Form(
        "{} x (1 + {} / 100)", lambda b, c: b * (1 + c / 100), lambda b, c: _terms(b, c) & (abs(c) <= 100)
    ),
    "product_plus": _Form("{} x {} + {}", lambda b, c, d: b * c + d, _terms),
    "product_less": _Form("{} x {} - {}", lambda b, c, d: b * c - d, _terms),
    "product_less_share": _Form("{} x {} x (1 - {})", lambda b, c, d: b * c * (1 - d), _terms),
    "sum_plus": _Form("{} + {} + {}", lambda b, c, d: b + c + d, _terms),
    "sum_less": _Form("{} + {} - {}", lambda b, c, d: b + c - d, _terms),
}
_SYMMETRIC = ("product", "sum")
_DIRECTED = ("less_share", "plus_share", "less_percent", "plus_percent")


def propose(sample: Rows) -> list[Proposal]:
    """Return the sums and products that hold in a sample."""
    paths = [path for path in sample.paths if sample.types.get(path) not in NO_MEASURES]
    paths = [path for path in paths if _is_measure(sample, path)]
    paths = by_presence(sample, varied(sample, paths, 3), MOST)
    if len(paths) < 3:
        return []
    table = _Table(sample, paths)
    with np.errstate(all="ignore"):
        # The best ones of each: whatever the numbers are, the work is bounded.
        candidates = [*nsmallest(_TRIED, _of_three(table)), *nsmallest(_TRIED, _of_four(table))]
        return _simplest(found(_proposed(table, *one[1:]) for one in candidates), table)


def _is_measure(sample: Rows, path: str) -> bool:
    numbers = int(np.isfinite(sample.numbers(path)).sum())
    return numbers >= LEAST and 10 * numbers >= 9 * int(sample.present(path).sum())


class _Table:
    def __init__(self, sample: Rows, paths: list[str]) -> None:
        self.paths = paths
        self.numbers = np.array([sample.numbers(path) for path in paths])
        self.decimals = [_decimals(sample, path) for path in paths]
        self.slack = _slack(self.numbers, np.array(self.decimals)[:, None])


def _decimals(sample: Rows, path: str) -> int:
    """Return with how many decimals 95 % of the numbers are written."""
    counts = sorted(decimals_of(text) for text in sample.texts(path) if text is not None)
    return min(counts[int(0.95 * (len(counts) - 1))], _MAX_DECIMALS)


def _slack(numbers: Floats, decimals: Floats | int) -> Floats:
    return np.asarray(0.51 * 10.0 ** -np.asarray(decimals, dtype=np.float64) + _RELATIVE * np.abs(numbers))


def _of_three(table: _Table) -> Iterator[_Candidate]:
    step = max(1, table.numbers.shape[1] // _SCREENED)
    numbers, slack = table.numbers[:, ::step], table.slack[:, ::step]
    inputs = np.broadcast_arrays(numbers[:, None, :], numbers[None, :, :])
    for form in (*_SYMMETRIC, *_DIRECTED):
        made, tells = _FORMS[form].make(*inputs), _FORMS[form].tells(*inputs)
        near = (np.abs(numbers[:, None, None, :] - made) <= slack[:, None, None, :]) & tells
        agree, told = near.sum(axis=3), tells.sum(axis=2)
        for target, one, other in np.argwhere((agree >= 2) & (agree >= _AGREE * told)).tolist():
            if len({target, one, other}) == 3 and (form not in _SYMMETRIC or one < other):
                share = agree[target, one, other] / told[one, other]
                yield _Candidate(-float(share), form, target, (one, other))


def _of_four(table: _Table) -> Iterator[_Candidate]:
    places = range(len(table.paths))
    if len(places) < 4:
        return
    complete = np.isfinite(table.numbers)
    for one, other in combinations(places, 2):
        both = np.flatnonzero(complete[one] & complete[other] & (table.numbers[one] != 0))[:_PROBES]
        if len(both) < LEAST:
            continue
        probes, slack = table.numbers[:, both], table.slack[:, both]
        product, total = probes[one] * probes[other], probes[one] + probes[other]
        for form, rest in (
            ("product_plus", probes - product),
            ("product_less", product - probes),
            ("product_less_share", 1 - probes / np.where(product == 0, np.nan, product)),
            ("sum_plus", probes - total),
            ("sum_less", total - probes),
        ):
            # A share has to be as near as the amount's last decimal says.
            near = slack / np.abs(product) if form == "product_less_share" else slack
            agree = (np.abs(rest[:, None, :] - probes[None, :, :]) <= near[:, None, :]).mean(axis=2)
            for target, third in np.argwhere(agree >= _AGREE).tolist():
                if len({one, other, target, third}) == 4:
                    yield _Candidate(-float(agree[target, third]), form, target, (one, other, third))


def _proposed(table: _Table, form: str, target: int, inputs: tuple[int, ...]) -> Proposal | None:
    rule = Rule(
        name, form, tuple(table.paths[place] for place in (target, *inputs)), str(table.decimals[target])
    )
    columns = [table.numbers[place] for place in inputs]
    amounts = table.numbers[target]
    made = _FORMS[form].make(*columns)
    rows = np.flatnonzero(_FORMS[form].tells(*columns) & np.isfinite(amounts + made))
    near = np.abs(amounts[rows] - made[rows]) <= table.slack[target][rows]
    if len(rows) < LEAST or np.count_nonzero(near) < KEPT * len(rows):
        return None
    if any(len(np.unique(column[rows])) < 3 for column in (amounts, *columns[:2])):
        return None
    kept = np.abs(amounts[rows][:, None] - made[rows][None, :]) <= table.slack[target][rows][:, None]
    return proposal(rule, int(np.diagonal(kept).sum()), len(rows), outer_chance(kept))


def _simplest(proposals: list[Proposal], table: _Table) -> list[Proposal]:
    """Leave out what says the same again: a = b - c is c = b - a; the greater one is told by the others."""
    sizes = dict(zip(table.paths, np.nanmean(np.abs(table.numbers), axis=1).tolist(), strict=True))
    kept: dict[tuple[str, frozenset[str]], Proposal] = {}
    for one in sorted(proposals, key=lambda one: (-sizes[one.rule.fields[0]], one.rule)):
        form, fields = one.rule.form, one.rule.fields
        turned = form in ("sum_less", "product_less")
        kept.setdefault((form if turned else f"{form} {fields[0]}", frozenset(fields)), one)
    return list(kept.values())


def judge(rule: Rule, rows: Rows) -> Verdict:
    """Say which amounts are what the others make."""
    amounts, *inputs = (rows.numbers(path) for path in rule.fields)
    form = _FORMS[rule.form]
    with np.errstate(all="ignore"):
        made = form.make(*inputs)
        applies = np.isfinite(amounts) & np.isfinite(made) & form.tells(*inputs)
        return Verdict(applies, np.abs(amounts - made) <= _slack(amounts, int(rule.value)))


def say(rule: Rule, names: Names) -> str:
    """Return ``Amount = Quantity x UnitPrice``."""
    target, *inputs = map(names, rule.fields)
    return f"{target} = {_FORMS[rule.form].says.format(*inputs)}"

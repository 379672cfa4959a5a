"""Team-draft interleaving: one page made of two models' items, so that every user compares them."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import NamedTuple, TypeVar

import numpy as np

from monitoring.experiments.assignment import bits
from monitoring.experiments.base import Estimate, Floats, Interval, Whole
from monitoring.experiments.boundary import interval
from monitoring.experiments.groups import LEAST_GROUPS, LEAST_OF_A_KIND, summed, variance

#: The two teams, as answers and impressions name them.
CHAMPION, CHALLENGER = "champion", "challenger"
#: On the scale from -1 to 1: a win rate of some .52 is found soonest.
SCALE = 0.05

Item = TypeVar("Item")


def draft(
    champion: Sequence[Item],
    challenger: Sequence[Item],
    k: int,
    seed: str,
    name: Callable[[Item], Hashable],
) -> list[tuple[Item, str | None]]:
    """Return a page of at most ``k`` items with the team that each was drafted by.

    Team-draft interleaving (F. Radlinski, M. Kurup, T. Joachims, *How does clickthrough data reflect retrieval
    quality?*, CIKM 2008): in each round a coin says which team drafts first, and each takes its best item that is not
    on the page yet. So both have as many items, one at most more, and each place is either's with the same chance:
    users who click wherever they look make no winner. An item that both would take counts for the one that took it.

    Once one of the two has nothing left, the champion fills the page, for no team: such a click says nothing.

    Args:
        champion: its items, the best first, none twice.
        challenger: its items.
        k: items of the page.
        seed: the coins; equal seeds give equal pages, so that a request that is answered again shows the same.
        name: what makes two items the same.
    """
    coins = bits(seed)
    page: list[tuple[Item, str | None]] = []
    taken: set[Hashable] = set()
    left = {CHAMPION: iter(champion), CHALLENGER: iter(challenger)}
    while len(page) < k:
        order = (CHALLENGER, CHAMPION) if next(coins) else (CHAMPION, CHALLENGER)
        round_: list[tuple[Item, str | None]] = []
        for team in order:
            item = next((one for one in left[team] if name(one) not in taken), None)
            if item is not None:
                taken.add(name(item))
                round_.append((item, team))
        if len(round_) < len(order):
            page += [(item, None) for item, team in round_ if team == CHAMPION]
            page += [(item, None) for item in left[CHAMPION] if name(item) not in taken]
            break
        page += round_
    return page[:k]


class Pages(NamedTuple):
    """Interleaved pages that were decided: one team got more clicks than the other. Of one length."""

    groups: Whole
    """Of the users."""
    won: Whole
    """1 where the challenger did, -1 where the champion did."""


def win_rate(pages: Pages, alpha: float) -> Interval:
    """Return the share of decided pages that the challenger won, with an interval that holds at all times.

    Where users prefer neither it is .5.
    """
    decided = len(pages.won)
    if decided < LEAST_OF_A_KIND:
        return Interval(None, reason=f"{decided:,} pages decided, {LEAST_OF_A_KIND} are needed")
    pages_of = summed(pages.groups, np.ones(decided))
    groups = int((pages_of > 0).sum())
    mean = float(pages.won.mean())
    if groups < LEAST_GROUPS:
        return Interval((1 + mean) / 2, reason=f"{groups} groups of users, {LEAST_GROUPS} are needed")
    influences: Floats = (summed(pages.groups, pages.won) - mean * pages_of) / decided
    spread = variance(influences, groups)
    if not spread:
        return Interval((1 + mean) / 2, reason="all groups of users are alike")
    found = interval(Estimate(mean, spread), alpha, SCALE)
    assert found.low is not None  # noqa: S101 - an interval of an estimate has both ends
    assert found.high is not None  # noqa: S101
    return Interval((1 + mean) / 2, max(0.0, (1 + found.low) / 2), min(1.0, (1 + found.high) / 2))


def decided(page: Whole, groups: Whole, clicks: Whole) -> Pages:
    """Return the decided pages of labels.

    Args:
        page: [labels] number of the page that each label is of.
        groups: [labels] of the user.
        clicks: [labels] 1: acted on an item of the challenger's team, -1: of the champion's, 0: not acted on.
    """
    numbers, first, of = np.unique(page, return_index=True, return_inverse=True)
    balance = np.bincount(of, weights=clicks, minlength=len(numbers)).astype(np.int64)
    found = balance != 0
    return Pages(groups[first][found], np.sign(balance[found]))

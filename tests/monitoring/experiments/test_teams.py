"""Team drafts are fair, and the better team wins."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from monitoring.experiments.base import Interval
from monitoring.experiments.teams import CHALLENGER, CHAMPION, Pages, decided, draft, win_rate

ALPHA = 0.05


def page(champion: str, challenger: str, k: int, seed: str) -> list[tuple[str, str | None]]:
    return draft(champion, challenger, k, seed, name=str)


def test_each_team_drafts_its_best_item_that_is_left() -> None:
    for seed in map(str, range(50)):
        drafted = page("abcdef", "cbxyzw", 6, seed)
        items = [item for item, _ in drafted]
        assert len(set(items)) == 6
        assert Counter(team for _, team in drafted) == {CHAMPION: 3, CHALLENGER: 3}
        for team, ranking in ((CHAMPION, "abcdef"), (CHALLENGER, "cbxyzw")):
            places = [ranking.index(item) for item, its in drafted if its == team]
            assert places == sorted(places)
        assert drafted == page("abcdef", "cbxyzw", 6, seed)
    assert len({tuple(page("abcdef", "cbxyzw", 6, str(seed))) for seed in range(50)}) > 4


def test_where_one_has_nothing_left_the_champion_fills_the_page_for_nobody() -> None:
    for seed in map(str, range(20)):
        drafted = page("abcde", "xa", 5, seed)
        assert {item for item, _ in drafted} >= {"x"}
        assert len({item for item, _ in drafted}) == 5
        assert Counter(team for _, team in drafted)[CHALLENGER] in (1, 2)
        assert drafted[-1][1] is None
        # No page is shorter than the champion's own, and the challenger alone makes none.
        assert {item for item, _ in page("ab", "xyzw", 5, seed)} >= {"a", "b"}
        assert page("", "xyzw", 5, seed) == []
        assert [item for item, _ in page("abc", "", 5, seed)] == ["a", "b", "c"]
    assert page("", "", 5, "seed") == []


def test_users_who_click_by_place_alone_make_no_winner() -> None:
    places = np.zeros((2, 5))
    for seed in range(4_000):
        for place, (_, team) in enumerate(page("abcdefgh", "hgfedcba", 5, str(seed))):
            places[int(team == CHALLENGER), place] += 1
    assert np.abs(places / 4_000 - 0.5).max() < 0.03


def test_equal_teams_are_told_apart_with_less_than_the_stated_chance_however_often_one_looks() -> None:
    random = np.random.default_rng(5)
    runs, looks, pages = 200, 60, 100
    wrong = plain = 0
    for _ in range(runs):
        groups = random.integers(0, 1_024, looks * pages)
        # Users have a lasting taste for one of the two, and none for both together.
        tastes = np.clip(0.5 + 0.1 * random.standard_normal(1_024), 0, 1)
        won = np.where(random.random(looks * pages) < tastes[groups], 1, -1)
        found = [win_rate(Pages(groups[: n * pages], won[: n * pages]), ALPHA) for n in range(1, looks + 1)]
        wrong += any(map(excludes_half, found))
        plain += any(
            abs(one.value - 0.5) > 0.98 / np.sqrt(n * pages) for n, one in enumerate(found, 1) if one.value
        )
    assert wrong <= ALPHA * runs
    assert plain > 3 * ALPHA * runs


def excludes_half(found: Interval) -> bool:
    return found.low is not None and found.high is not None and not found.low <= 0.5 <= found.high


def test_the_better_team_is_found() -> None:
    random = np.random.default_rng(6)
    groups = random.integers(0, 1_024, 5_000)
    won = np.where(random.random(5_000) < 0.55, 1, -1)
    assert win_rate(Pages(groups, won), ALPHA).low > 0.5
    assert win_rate(Pages(groups, -won), ALPHA).high < 0.5


def test_a_page_is_won_by_the_team_with_more_clicks() -> None:
    page_of = np.array([7, 7, 7, 3, 3, 9, 5])
    groups = np.array([1, 1, 1, 2, 2, 3, 4])
    clicks = np.array([1, 1, -1, 1, -1, 0, -1])
    found = decided(page_of, groups, clicks)
    assert (found.groups.tolist(), found.won.tolist()) == ([4, 1], [-1, 1])


@pytest.mark.parametrize("pages", [0, 49])
def test_few_pages_say_nothing_and_why(pages: int) -> None:
    found = win_rate(Pages(np.arange(pages), np.ones(pages, np.int64)), ALPHA)
    assert found.reason == f"{pages} pages decided, 50 are needed"

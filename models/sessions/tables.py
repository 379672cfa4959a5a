"""Which sessions each item was in, and which items each session had."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from models.data.histories import Histories
from models.data.log import Codes
from models.data.sessions import Sessions
from models.sessions.settings import SessionsSettings


@dataclass(frozen=True)
class Tables:
    """Sessions in order of the time at which they ended, without those that are left out.

    Both tables are flat: what belongs to item ``i + 1``, or to session ``s``, stands from ``starts[i]`` on.
    """

    items: Codes
    """Items of the sessions, one session after the other, in the order in which they were last touched [rows]."""
    session_starts: Codes
    """[sessions + 1]"""
    postings: Codes
    """Sessions of each item, the newest first [rows kept]."""
    places: Codes
    """Where in its session each item of ``postings`` stands, from 0 [rows kept]."""
    item_starts: Codes
    """[n_items + 2]; item 0 is padding and has none."""

    @property
    def count(self) -> int:
        """Return how many sessions there are."""
        return len(self.session_starts) - 1


def make_tables(histories: Histories, sessions: Sessions, n_items: int, settings: SessionsSettings) -> Tables:
    """Return the tables of the newest sessions, as many as the settings let be.

    A session of one item says nothing of what goes with what, and is left out.
    """
    numbers, items, places = _last_touches(histories, sessions, n_items, settings.session_length)
    sizes = np.bincount(numbers, minlength=sessions.count)
    # From the newest on: sessions, while their rows are no more than may be kept.
    together = np.cumsum(np.where(sizes > 1, sizes, 0)[::-1])[::-1]
    kept = (sizes > 1) & (together <= settings.rows)
    renumbered = np.cumsum(kept) - 1
    rows = kept[numbers]
    numbers, items, places = renumbered[numbers[rows]], items[rows], places[rows]
    session_starts = np.concatenate([[0], np.cumsum(np.bincount(numbers, minlength=int(kept.sum())))])
    order = np.lexsort((-numbers, items))
    counts = np.bincount(items, minlength=n_items)
    within = np.arange(len(items)) - np.repeat(np.cumsum(counts) - counts, counts)
    order = order[within < settings.per_item]
    counts = np.minimum(counts, settings.per_item)
    item_starts = np.concatenate([[0, 0], np.cumsum(counts)])
    return Tables(items, session_starts, numbers[order], places[order], item_starts)


def _last_touches(
    histories: Histories, sessions: Sessions, n_items: int, longest: int
) -> tuple[Codes, Codes, Codes]:
    """Return session, item and place of the newest different items of each session, each where it stands last."""
    pairs = sessions.numbers * n_items + histories.items
    order = np.argsort(pairs, kind="stable")
    last = np.ones(len(order), bool)
    last[:-1] = pairs[order][1:] != pairs[order][:-1]
    rows = np.sort(order[last])
    order = np.argsort(sessions.numbers[rows], kind="stable")
    rows = rows[order]
    numbers = sessions.numbers[rows]
    sizes = np.bincount(numbers, minlength=sessions.count)
    ends = np.cumsum(sizes)[numbers]
    back = ends - 1 - np.arange(len(rows))
    kept = back < longest
    places = np.minimum(sizes[numbers], longest) - 1 - back
    return numbers[kept], histories.items[rows[kept]], places[kept]

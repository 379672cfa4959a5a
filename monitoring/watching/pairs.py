"""Labels that a detector may take for independent of each other: of a page but one that was acted on.

What is acted on on one page is of one user at one moment: eight such labels say little more than one does, and evidence
that took them for eight would cry wolf. Which one of them it is is drawn by the page's name and not by a score, so what
is left orders about as all labels do, each page counting once. Labels that were not acted on all stay: each is compared
with but one positive label, of another page.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import Any
from zlib import crc32

import numpy as np

from monitoring.watching.base import Flags, Seen, joined

#: Labels of one page that are held; longer pages are several.
_LONGEST = 1_000


class WholePages:
    """Holds the newest page of each partition until another one begins, as labels of one page come in a row."""

    def __init__(self) -> None:
        self._open: dict[int, Seen] = {}

    def take(self, partition: int, seen: Seen) -> Seen:
        """Return the labels of the pages that are over. One that names no page stands for itself."""
        held = self._open.pop(partition, None)
        whole = seen if held is None else joined([held, seen])
        end = _last_begins(whole)
        if end < len(whole):
            self._open[partition] = whole.part(end, len(whole))
        return whole.part(0, end)

    def state(self) -> list[Any]:
        """Return JSON values."""
        return [[partition, seen.encode()] for partition, seen in self._open.items()]

    def restore(self, stored: Sequence[Any]) -> None:
        """Take over what :meth:`state` gave."""
        self._open = {int(partition): Seen.decode(seen) for partition, seen in stored}


def _request(seen: Seen, place: int) -> str | None:
    page = seen.pages[place]
    return page[0] if page else None


def _last_begins(seen: Seen) -> int:
    """Return where the page begins that may go on; the number of labels where there is none."""
    end = len(seen)
    last = _request(seen, end - 1) if end else None
    if last is None:
        return end
    while end and _request(seen, end - 1) == last:
        end -= 1
    return end if len(seen) - end < _LONGEST else len(seen)


def one_of_a_page(seen: Seen) -> Flags:
    """Tell, (n,), of which labels evidence is: of all negative ones, and of one positive one of each page.

    Args:
        seen: n labels of whole pages, page by page.
    """
    chosen = np.ones(len(seen), np.bool_)
    positive = np.flatnonzero(seen.positive).tolist()
    for request, places in groupby(positive, lambda place: _request(seen, place)):
        of_page = list(places)
        if request is None or len(of_page) == 1:
            continue
        chosen[of_page] = False
        chosen[of_page[crc32(request.encode()) % len(of_page)]] = True
    return chosen

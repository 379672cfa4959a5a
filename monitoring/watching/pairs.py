"""Labels that a detector may take for independent of each other: of a page but one that was acted on.

What is acted on on one page is of one user at one moment: eight such labels say little more than one does, and evidence
that took them for eight would cry wolf. Labels that were not acted on all stay: each is compared with but one positive
label, of another page.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from monitoring.watching.base import Flags, Seen


class OneOfAPage:
    """Chooses of each page the first label that was acted on; the labels of one come from one partition in a row."""

    def __init__(self) -> None:
        self._acted: dict[int, str] = {}
        """By partition, the request of the newest page with an action."""

    def choose(self, partition: int, seen: Seen) -> Flags:
        """Return which labels to take, (n,). One that names no page stands for itself."""
        chosen = np.ones(len(seen), np.bool_)
        for place in np.flatnonzero(seen.positive).tolist():
            page = seen.pages[place]
            if page is None:
                continue
            if self._acted.get(partition) == page[0]:
                chosen[place] = False
            self._acted[partition] = page[0]
        return chosen

    def state(self) -> list[list[int | str]]:
        """Return JSON values."""
        return [[partition, request] for partition, request in self._acted.items()]

    def restore(self, stored: Sequence[Sequence[int | str]]) -> None:
        """Take over what :meth:`state` gave."""
        self._acted = {int(partition): str(request) for partition, request in stored}

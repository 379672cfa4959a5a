"""How many values of a field have not the form of its type, and where the first and the latest of them are.

The form is that of the type which the field had by the last sample (see :mod:`.discovery`), so what was counted is told
for that type only. Each different value of the checked records is judged once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Self

import numpy as np

from streams.inventory.masking.tags import TAGS
from streams.inventory.profile.missing import is_spelled_missing
from streams.inventory.quality.base import Malformed
from streams.inventory.quality.forms import FORMS
from streams.inventory.quality.places import Places, Span
from streams.inventory.quality.rows import Rows


class Judged:
    """What was found in one field.

    Args:
        semantic_type: whose form is looked for.
    """

    def __init__(self, semantic_type: str) -> None:
        self.semantic_type = semantic_type
        self.checked = 0
        self.wrong = 0
        self.span = Span()
        """Of the wrong ones."""

    def add(self, path: str, rows: Rows, places: Places, start: int) -> None:
        """Judge the values of checked records; ``start`` is the place of the first one in its group."""
        texts = rows.texts(path)
        different = [text for text in set(texts) if text is not None]
        if not different:
            return
        right = FORMS[self.semantic_type].right(different)
        self.checked += len(texts) - texts.count(None)
        if right.all():
            return
        bad = {different[place] for place in np.flatnonzero(~right).tolist()}
        wrong = [row for row, text in enumerate(texts) if text in bad]
        self.wrong += len(wrong)
        self.span = self.span.union(places.span(wrong, start))

    def merge(self, other: Judged) -> None:
        """Add what another one counted; of another type, the one that judged more values stays."""
        if self.semantic_type == other.semantic_type:
            self.checked += other.checked
            self.wrong += other.wrong
            self.span = self.span.union(other.span)
        elif (other.checked, other.semantic_type) > (self.checked, self.semantic_type):
            self.semantic_type, self.checked = other.semantic_type, other.checked
            self.wrong, self.span = other.wrong, other.span

    def state(self) -> list[Any]:
        """Return JSON values."""
        return [self.semantic_type, self.checked, self.wrong, self.span.state()]

    @classmethod
    def restored(cls, state: Sequence[Any]) -> Self:
        """Return what :meth:`state` was taken of."""
        judged = cls(state[0])
        judged.checked, judged.wrong, judged.span = state[1], state[2], Span.restored(state[3])
        return judged


def malformed(
    semantic_type: str, counts: Mapping[str, int], exact: bool, judged: Judged | None
) -> Malformed | None:
    """Return what has not the form of its type in a field; None where that cannot be known.

    Args:
        semantic_type: of the field.
        counts: its values that are counted one by one.
        exact: whether these are all it has; else what the checked records say stands for all.
        judged: what the checked records say, for the type that the field had there.
    """
    form = FORMS.get(semantic_type)
    if form is None:
        return None
    if not exact:
        if judged is None or judged.semantic_type != semantic_type or not judged.checked:
            return None
        return _malformed(judged.wrong, judged.checked, exact=False)
    texts = [text for text in counts if not is_spelled_missing(text) and text not in TAGS]
    if not texts:
        return None
    right = form.right(texts).tolist()
    wrong = sum(counts[text] for text, fits in zip(texts, right, strict=True) if not fits)
    return _malformed(wrong, sum(counts[text] for text in texts), exact=True)


def _malformed(wrong: int, checked: int, *, exact: bool) -> Malformed | None:
    """Return the same; None where most are wrong: then it is rather the type that is."""
    return None if 2 * wrong > checked else Malformed(wrong, checked, exact)

"""AUCs that fall while no data moves: for another model, or because people act otherwise on the same scores.

The scores are those of a real, if plain, model: how often an item was taken among the earliest interactions of a
replay, on a scale of logarithms. What is done to them is what happens to models.
"""

from __future__ import annotations

import math
import random
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import islice

from benchmarks.causes import Case, Watched
from benchmarks.causes_faults import Fault
from benchmarks.causes_shops import Sent, Shop
from monitoring.causes import Scores
from monitoring.causes.base import Verdict

_BUCKETS, _STEPS = 64, 8
#: Upper end of the interval of an AUC that is well, and of one that ranks the wrong way round.
_WELL, _WRONG = 0.74, 0.41


def unmoved(
    shop: Shop, sent: Sequence[Sent], watched: Watched, onset: int, after: int, chance: random.Random
) -> Iterator[Case]:
    """Yield an alarm for each thing that happens while the data goes on as it did.

    Args:
        shop: whose topics are replayed.
        sent: what is sent, in order.
        watched: the replay, as it is at the alarm.
        onset: interactions before the beginning.
        after: and from then to the alarm.
        chance: by how much the beginning is missed.
    """
    model = Counter(_items(shop, sent, 0, onset // 2))
    before = _scores(model, _items(shop, sent, onset // 2, onset))
    since = _scores(model, _items(shop, sent, onset, onset + after))
    # A model whose scores have half the spread: one that was trained on less, or whose features no longer arrive.
    flat = [*(a + b for a, b in zip(since[::2], since[1::2], strict=True)), *[0] * (_BUCKETS // 2)]
    happened: Sequence[tuple[str, Verdict, int, Scores | None]] = (
        ("a new version", "model", onset + after // 50, None),
        ("another model in its place", "model", 0, Scores(before, flat, _WELL)),
        ("scores inverted", "model", 0, Scores(before, since[::-1], _WRONG)),
        ("other labels for the same scores", "behaviour", 0, Scores(before, since, _WELL)),
    )
    for name, verdict, version, scores in happened:
        what = Fault(name, "", (), lambda record: [record], verdict=verdict)
        yield Case(shop.name, what, onset, watched.asked(onset, after, chance, scores, version))


def _items(shop: Shop, sent: Sequence[Sent], begin: int, end: int) -> list[str]:
    return [
        record[shop.item]
        for together in islice(sent, begin, end)
        for topic, record in together
        if topic == shop.acts
    ]


def _scores(model: Counter[str], items: Sequence[str]) -> list[int]:
    counts = Counter(min(int(_STEPS * math.log2(1 + model[item])), _BUCKETS - 1) for item in items)
    return [counts[bucket] for bucket in range(_BUCKETS)]

"""Labels as ``pandian.feedback`` has them, of scores that say more or less."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from pandian.events import Feedback


def labels(
    count: int, sharp: float = 1.0, first: int = 1, version: str = "1", seed: int = 1, **more: object
) -> Iterator[Feedback]:
    """Yield labels whose scores tell a part of what decides them; ``sharp``: how much, and 0 tells nothing."""
    random = np.random.default_rng(seed)
    odds = random.normal(-1.0, 1.2, count)
    happened = random.random(count) < 1 / (1 + np.exp(-odds))
    shown = sharp * odds + (1 - sharp) * random.permutation(odds)
    for place in range(count):
        number = first + place
        yield Feedback(
            f"r{number // 4}:{number % 4}",
            f"u{number % 97}",
            f"i{number % 31}",
            int(happened[place]),
            "purchase" if happened[place] and number % 3 == 0 else "click" if happened[place] else None,
            float(1 / (1 + math.exp(-shown[place]))),
            "shop",
            version,
            1_000 * number,
            1_000 * number + 60,
            request_id=f"r{number // 4}",
            position=number % 4,
            segments={"user": "new" if number % 5 == 0 else "known"},
            series="s",
            place=number,
            **more,  # type: ignore[arg-type]
        )

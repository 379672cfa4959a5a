"""Labels of an experiment as ``pandian.feedback`` has them."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from pandian.events import Feedback, ShadowScore, Trial, encode


def shadowed(
    champion: str, challenger: str, labels: int, better: float = 0.0, seed: int = 1, first: int = 0
) -> Iterator[bytes]:
    """Yield labels that both models scored, each shown by the champion or by the challenger.

    Args:
        champion: model and version.
        challenger: model and version.
        labels: how many, of 600 users.
        better: how much less noise the challenger's scores have.
        seed: of what is drawn.
        first: number of the first impression.
    """
    random = np.random.default_rng(seed)
    truth = random.standard_normal(labels)
    happened = random.random(labels) < 1 / (1 + np.exp(1.5 - truth))
    before, after = (
        1 / (1 + np.exp(-truth - sigma * random.standard_normal(labels))) for sigma in (1.0, 1.0 - better)
    )
    names = (_named(champion), _named(challenger))
    for number in range(labels):
        own, other = names if number % 3 else names[::-1]
        scores = (before[number], after[number]) if number % 3 else (after[number], before[number])
        yield encode(
            Feedback(
                f"r{first + number}:0",
                f"user-{random.integers(0, 600)}",
                "item",
                int(happened[number]),
                "view" if happened[number] else None,
                float(scores[0]),
                *own,
                1_000 + number,
                2_000 + number,
                ShadowScore(*other, float(scores[1])),
            )
        )


def tried(
    champion: str,
    challenger: str,
    pages: int,
    rates: tuple[float, float],
    *,
    interleaved: bool,
    seed: int = 1,
) -> Iterator[bytes]:
    """Yield labels of pages of four items: every user sees one model's, or, interleaved, two items of each."""
    random = np.random.default_rng(seed)
    for page in range(pages):
        user = int(random.integers(0, 1_500))
        for place in range(4):
            side = (place + page) % 2 if interleaved else user % 2
            model, version = _named((champion, challenger)[side])
            label = int(random.random() < rates[side])
            arm = ("champion", "challenger")[side]
            yield encode(
                Feedback(
                    f"p{page}:{place}",
                    f"user-{user}",
                    f"item-{place}",
                    label,
                    "view" if label else None,
                    0.5,
                    model,
                    version,
                    1_000 + page,
                    2_000 + page,
                    None,
                    Trial(champion, challenger, arm, interleaved),
                )
            )


def _named(text: str) -> tuple[str, str]:
    model, _, version = text.partition("@")
    return model, version

"""Items that a model will not have seen: whether their names place them well enough to be recommended, measured.

Some of the known items are held out as if they were new. What maps names to vectors learns from the others, and the
targets of the test that are held-out items are looked for among them, as a worker looks for new items. The model itself
has seen them; what is measured is the mapping of names.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

import numpy as np
import numpy.typing as npt

from export.text import LONGEST, SentenceEncoder, TextError, TextMapping, nearness, unit
from models.data.histories import Targets
from models.data.log import Codes, InteractionLog

Vectors = npt.NDArray[np.float32]
Counts = npt.NDArray[np.int64]

#: Named items that a mapping learns from: fewer teach it nothing, and of more the most touched are enough.
LEAST_ITEMS: Final = 50
MOST_ITEMS: Final = 20_000
#: Names that are encoded for each second that a training may take beyond some: 1,000 to 3,000 of them take one second,
#: and reading the encoder takes two or three.
_NAMES_A_SECOND: Final = 50
_SECONDS: Final = 20.0
#: Share of the items that is held out, and the most of them; and targets that are asked for among them.
_HELD: Final = 0.2
_MOST_HELD: Final = 2_000
_LEAST_TARGETS: Final = 20
_MOST_TARGETS: Final = 2_000
#: A new item is proposed when it is as near to a history as one in ten held-out items is.
_NEAR: Final = 0.9
_K: Final = 10
#: Hits must be above chance by so many standard errors.
_SURELY: Final = 2.0


class Encoder(Protocol):
    """Texts as vectors: see :class:`export.text.SentenceEncoder`."""

    name: str

    def encode(self, texts: list[str], /) -> Vectors:
        """Return a vector of length 1 for each text; of one that says nothing, zeros."""


@dataclass(frozen=True)
class ColdItems:
    """What is known of placing items by their names."""

    card: Mapping[str, Any]
    """What was measured, or ``why`` there is no mapping."""
    columns: Codes = field(default_factory=lambda: np.zeros(0, np.int64))
    """Items that a mapping learns from, as codes of the log."""
    texts: Vectors = field(default_factory=lambda: np.zeros((0, 0), np.float32))
    """Of their names [columns, text dimensions]."""

    @property
    def line(self) -> str:
        """Say it to people."""
        if "why" in self.card:
            return f"new items are not placed by their names: {self.card['why']}"
        found = self.card
        return (
            f"new items are placed by their names: hit@10 {found['hit@10']:.3f} of {found['held_out']:,} held-out items"
            f" (chance {found['chance_hit@10']:.3f}, by how popular they were {found['popular_hit@10']:.3f})"
        )

    def fit(self, vectors: Vectors | None, log: InteractionLog) -> TextMapping | None:
        """Return what maps names to vectors of the model that is served; None when names are not good enough.

        Args:
            vectors: of the items [n_items, dimensions].
            log: all that the model learned from.
        """
        if vectors is None or not len(self.columns):
            return None
        return TextMapping.fit(self.texts, vectors[self.columns], _counts(log)[self.columns])


def cold_items(
    names: Mapping[str, str] | None,
    vectors: Vectors | None,
    past: InteractionLog,
    test: Targets,
    *,
    seed: int,
    max_seconds: float | None = None,
    encoder: Callable[[], Encoder] = SentenceEncoder,
) -> ColdItems:
    """Measure how well names place items.

    Args:
        names: of items, as far as they are known; None: nobody has said any.
        vectors: of the items by a model that knows of ``past`` only [n_items, dimensions]; None: it has none.
        past: what was before the test.
        test: targets, in codes of the same log.
        seed: of the items that are held out.
        max_seconds: of the whole training: encoding names takes a twentieth of it at most.
        encoder: makes one.
    """
    try:
        columns, texts, name = _encoded(names, vectors, past, max_seconds, encoder)
        assert vectors is not None  # noqa: S101 - there are none without
        found = _measured(columns, texts, vectors, _counts(past), test, seed)
    except (_UselessError, TextError) as error:
        return ColdItems({"why": str(error)})
    card = {"encoder": name, "items": len(columns), **found}
    return ColdItems(card) if "why" in found else ColdItems(card, columns, texts)


class _UselessError(Exception):
    """Why nothing can be said of names, in words."""


def _encoded(
    names: Mapping[str, str] | None,
    vectors: Vectors | None,
    past: InteractionLog,
    max_seconds: float | None,
    encoder: Callable[[], Encoder],
) -> tuple[Codes, Vectors, str]:
    """Return the items that have names and vectors, as codes, their names as vectors, and who encoded them."""
    if not names:
        raise _UselessError("no names of items were given")
    if vectors is None:
        raise _UselessError("this kind of model has no vectors of items")
    most = MOST_ITEMS
    if max_seconds is not None:
        most = min(most, int(_NAMES_A_SECOND * (max_seconds - _SECONDS)))
    if most < LEAST_ITEMS:
        raise _UselessError(f"{max_seconds:g} s are too few for encoding names")
    encodes = encoder()
    counts = _counts(past)
    usable = np.array([item in names for item in past.item_ids], bool) & (counts > 0) & vectors.any(axis=1)
    columns = np.flatnonzero(usable)
    columns = np.sort(columns[np.argsort(-counts[columns], kind="stable")][:most])
    texts = encodes.encode([names[past.item_ids[column]] for column in columns])
    columns, texts = columns[texts.any(axis=1)], texts[texts.any(axis=1)]
    if len(columns) < LEAST_ITEMS:
        raise _UselessError(f"{len(columns):,} items have names: {LEAST_ITEMS} are needed at least")
    return columns, texts, encodes.name


def _counts(log: InteractionLog) -> Counts:
    return np.bincount(log.items, minlength=log.n_items)


def _measured(
    columns: Codes, texts: Vectors, vectors: Vectors, counts: Counts, test: Targets, seed: int
) -> dict[str, Any]:
    """Return the figures of some of the items held out; with ``why`` when they speak against it."""
    drawn = np.random.default_rng(seed).permutation(len(columns))
    size = min(_MOST_HELD, int(_HELD * len(columns)))
    held, rest = np.sort(drawn[:size]), np.sort(drawn[size:])
    mapping = TextMapping.fit(texts[rest], vectors[columns[rest]], counts[columns[rest]])
    placed = mapping(texts[held])
    found: dict[str, Any] = {"held_out": len(held)}
    found |= _neighbours(
        placed, unit(vectors[columns[held]]), unit(vectors[columns[rest]]), counts[columns[rest]]
    )
    asked = _Asked.of(columns[held], unit(vectors), test, seed)
    found["targets"] = len(asked.targets)
    if len(asked.targets) < _LEAST_TARGETS:
        return {
            **found,
            "why": f"{len(asked.targets):,} targets of the test are held-out items: {_LEAST_TARGETS} are needed",
        }
    hits, least = asked.hits(placed)
    by_count = np.argsort(np.argsort(-counts[columns[held]], kind="stable"))
    # Whatever is told of them, one in ten is near enough.
    chance = min(_K / len(held), 1 - _NEAR)
    found |= {
        "hit@10": float(hits.mean()),
        "popular_hit@10": float((by_count[asked.targets] < _K).mean()),
        "chance_hit@10": chance,
        "least": least,
    }
    surely = _surely(hits, asked.targets)
    if surely <= chance:
        found["why"] = f"hit@10 is not surely above that of chance, {chance:.4f}: it may be {surely:.4f}"
    return found


def _surely(hits: npt.NDArray[np.bool_], targets: Codes) -> float:
    """Return what the mean of the hits is at least: each item counts once, as all its targets fare alike."""
    _, items, asked = np.unique(targets, return_inverse=True, return_counts=True)
    means = np.bincount(items, hits) / asked
    return float(means.mean() - _SURELY * means.std() / np.sqrt(len(means)))


def _neighbours(placed: Vectors, true: Vectors, others: Vectors, counts: Counts) -> dict[str, float]:
    """Return how many of the ten nearest items of each held-out item are found by its name, and by popularity."""
    wanted = _best(true @ others.T)
    found = _best(placed @ others.T)
    popular = np.argsort(-counts, kind="stable")[:_K]
    shares = [len(np.intersect1d(*pair)) for pair in zip(wanted, found, strict=True)]
    by_count = [len(np.intersect1d(one, popular)) for one in wanted]
    return {
        "recall@10": float(np.mean(shares)) / wanted.shape[1],
        "popular_recall@10": float(np.mean(by_count)) / wanted.shape[1],
    }


def _best(scores: npt.NDArray[np.floating]) -> Codes:
    return np.argsort(-scores, axis=1, kind="stable")[:, :_K]


@dataclass(frozen=True)
class _Asked:
    """Targets that are held-out items, each with the vectors of the newest of its history that are not."""

    targets: Codes
    """Which of the held-out items [targets]."""
    histories: list[Vectors]
    """Oldest first; one vector at least."""

    @classmethod
    def of(cls, held: Codes, vectors: Vectors, test: Targets, seed: int) -> _Asked:
        place = np.full(len(vectors), -1)
        place[held] = np.arange(len(held))
        wanted = test.take(np.flatnonzero((test.items >= 0) & (place[test.items] >= 0)))
        known = np.where((place < 0) & vectors.any(axis=1), np.arange(len(vectors)), -1)
        # Of the targets only the histories are translated: the items are what is held out.
        histories = wanted.translate(known)
        rows = np.flatnonzero(histories.lengths > 0)
        if len(rows) > _MOST_TARGETS:
            rows = np.sort(np.random.default_rng(seed).choice(rows, _MOST_TARGETS, replace=False))
        starts = np.maximum(histories.starts, histories.ends - LONGEST)
        pools = [histories.pool[starts[row] : histories.ends[row]] for row in rows]
        return cls(place[wanted.items[rows]], [vectors[pool] for pool in pools])

    def hits(self, placed: Vectors) -> tuple[npt.NDArray[np.bool_], float]:
        """Tell which targets are among the ten held-out items that are nearest, as a worker finds them.

        Returns:
            Hits [targets], and the cosine to the nearest item of the history that is asked of an item.
        """
        nearest = np.stack([(history @ placed.T).max(axis=0) for history in self.histories])
        least = float(np.quantile(nearest, _NEAR))
        scores = np.stack([nearness(placed, history) for history in self.histories])
        scores[nearest < least] = -np.inf
        own = scores[np.arange(len(self.targets)), self.targets]
        places = (scores >= own[:, None]).sum(axis=1) - 1
        return (places < _K) & np.isfinite(own), round(least, 6)

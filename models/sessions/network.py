"""The network of the session neighbours: look-ups, whole numbers that are sorted, and one sum."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from models.base import Shares
from models.sessions.settings import SessionsSettings
from models.sessions.tables import Tables

Weights = npt.NDArray[np.float64]

#: Likeness is counted in whole numbers, of which this is 1: sums of them are exact, so torch and onnxruntime take the
#: same neighbours.
_ONE = 10_000


@dataclass(frozen=True, slots=True)
class Weighing:
    """How sessions and their items are weighed; all are chosen in validation."""

    decay: float = 0.6
    """What the item before the newest counts when sessions are looked for, and so on."""
    match: float = 0.6
    """What a session counts whose newest item in common with the history is the one before the newest, and so on."""
    distance: float = 0.5
    """How much less items of a session count that stand far from the item in common: power of the distance."""
    before: float = 0.5
    """What items count that stand before the item in common, of those behind it."""
    same: float = 1.0
    """What the item in common counts itself."""
    rare: float = 1.0
    """How much more items count that are in few sessions: power of the logarithm of sessions by theirs (idf)."""
    popularity: float = 0.001
    """Share of popularity among what is expected: it decides between items that nothing else tells apart."""


class Network(Shares):
    """VMIS-kNN (Kersbergen, Sprangers and Schelter, Serenade, SIGMOD 2022), with distances as in STAN (Garg et al.,
    SIGIR 2019).

    Of each of the newest items of the history, the newest sessions with it are found; what the items count is summed by
    session; of the sessions that are most like the history, the newest of equal ones, items count as much as the
    session is like it. No step takes longer the more sessions there are.
    """

    item_starts: Tensor
    postings: Tensor
    session_starts: Tensor
    items: Tensor
    likeness: Tensor
    matches: Tensor
    distances: Tensor
    rarity: Tensor
    popular: Tensor

    def __init__(
        self, tables: Tables, shares: Weights, weighing: Weighing, settings: SessionsSettings
    ) -> None:
        super().__init__()
        self.length, self.width = settings.length, settings.session_length
        self.sessions = max(1, tables.count)
        sizes = np.diff(tables.item_starts)
        self.per_item = max(1, int(sizes.max(initial=1)))
        self.neighbours = min(settings.neighbours, self.length * self.per_item)
        ages = np.arange(self.length)[::-1]
        likeness = np.maximum(1, np.rint(_ONE * weighing.decay**ages))
        steps = np.arange(1 - self.width, self.width)
        far = np.maximum(1, np.abs(steps)) ** -weighing.distance
        distances = np.where(steps < 0, weighing.before * far, np.where(steps == 0, weighing.same, far))
        counts = np.bincount(tables.items, minlength=len(shares))
        rarity = np.log(self.sessions / np.maximum(1, counts)).clip(0.1) ** weighing.rare
        # One entry more, for what is looked up beyond the end.
        postings = np.append(tables.postings * self.width + tables.places, 0)
        self._keep("item_starts", tables.item_starts, np.int64)
        self._keep("postings", postings, np.int64 if postings.max() > np.iinfo(np.int32).max else np.int32)
        # Without any session there is an empty one.
        self._keep("session_starts", np.resize(tables.session_starts, self.sessions + 1), np.int64)
        self._keep("items", np.append(tables.items, 0), np.int32)
        self._keep("likeness", likeness, np.int64)
        self._keep("matches", weighing.match**ages / _ONE, np.float32)
        self._keep("distances", distances, np.float32)
        self._keep("rarity", rarity, np.float32)
        self._keep("popular", weighing.popularity * shares, np.float32)

    def _keep(self, name: str, values: npt.NDArray[np.generic], kind: type) -> None:
        self.register_buffer(name, torch.from_numpy(np.ascontiguousarray(values.astype(kind))))

    def shares(self, items: Tensor) -> Tensor:
        """Return what is expected next, in shares that are 1 together, but for popularity's [batch, n_items]."""
        sessions, places, weights = self._neighbours(self._newest(items))
        first = self.session_starts[sessions].unsqueeze(-1)
        steps = torch.arange(self.width)
        found = first + steps
        there = found < self.session_starts[sessions + 1].unsqueeze(-1)
        which = self.items[found * there].to(torch.int64)
        counted = self.distances[steps + self.width - 1 - places.unsqueeze(-1)] * self.rarity[which]
        counted = counted * weights.unsqueeze(-1) * there
        sums = torch.zeros(items.shape[0], self.popular.shape[0]).scatter_add(
            1, which.flatten(1), counted.flatten(1)
        )
        total = counted.flatten(1).sum(1, keepdim=True)
        return sums / total.clamp_min(1e-6) + self.popular

    def _newest(self, items: Tensor) -> Tensor:
        """Return the newest items [batch, length], each once, where it stands last; 0 where there is none."""
        padded = torch.nn.functional.pad(items, (self.length, 0))[:, items.shape[1] :]
        later = torch.ones(self.length, self.length, dtype=torch.bool).triu(1)
        again = ((padded.unsqueeze(2) == padded.unsqueeze(1)) & later).any(2)
        return padded * ~again

    def _neighbours(self, newest: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Return sessions, the place of the item in common in each, and what each counts [batch, neighbours]."""
        # A key is session, place in the history and place in the session; in order, a session's keys are together.
        first, steps = self.item_starts[newest].unsqueeze(-1), torch.arange(self.per_item)
        found = first + steps
        there = found < self.item_starts[newest + 1].unsqueeze(-1)
        posting = self.postings[found * there].to(torch.int64)
        session = torch.div(posting, self.width, rounding_mode="floor")
        key = (
            session * self.length + torch.arange(self.length).unsqueeze(-1)
        ) * self.width + posting % self.width
        key = torch.where(there, key, -1).flatten(1).sort(1)[0]
        real = key.clamp_min(0)
        session = torch.where(key < 0, -1, torch.div(real, self.length * self.width, rounding_mode="floor"))
        age = torch.div(real, self.width, rounding_mode="floor") % self.length
        like = self.likeness[age] * (key >= 0)
        sums = like
        for back in range(1, self.length):
            same = session[:, back:] == session[:, :-back]
            sums = sums + torch.nn.functional.pad(like[:, :-back] * same, (back, 0))
        last = torch.nn.functional.pad(session[:, 1:] != session[:, :-1], (0, 1), value=True) & (key >= 0)
        order = torch.where(last, sums * self.sessions + session, -1)
        best, where = order.topk(self.neighbours, 1)
        chosen = best.clamp_min(0)
        weights = torch.div(chosen, self.sessions, rounding_mode="floor").to(torch.float32)
        weights = weights * self.matches[age.gather(1, where)] * (best >= 0)
        return chosen % self.sessions, real.gather(1, where) % self.width, weights

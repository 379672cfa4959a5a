"""The interactions that a model learns from, as columns."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

Codes = npt.NDArray[np.int64]


@dataclass(frozen=True)
class InteractionLog:
    """Interactions in the order of their times; those of one time by user, those of one user as they came.

    So a log does not depend on how the rows of different users are mixed: a topic is read in another order each time.
    Rows are only ever taken away (:meth:`before`): codes of users and items stay what they are, so that what was
    learned from the first part of a log fits the whole of it.
    """

    users: Codes
    """Who [rows], as places in ``user_ids``."""
    items: Codes
    """What [rows], as places in ``item_ids``."""
    times: Codes
    """When [rows], epoch milliseconds, rising."""
    user_ids: tuple[str, ...] = field(repr=False)
    item_ids: tuple[str, ...] = field(repr=False)
    read: int = field(default=0, compare=False)
    """Records that were read for it, those that were left out included."""

    @classmethod
    def of(
        cls,
        users: Sequence[str] | pa.Array,
        items: Sequence[str] | pa.Array,
        times: npt.ArrayLike,
        read: int | None = None,
    ) -> InteractionLog:
        """Make a log of columns in any order, each row one interaction.

        Args:
            users: identifiers.
            items: identifiers.
            times: epoch milliseconds.
            read: records that were read for it; None: as many as there are rows.
        """
        when = np.asarray(times, np.int64)
        users, items = _texts(users), _texts(items)
        order = np.lexsort((pc.rank(users, tiebreaker="dense").to_numpy(), when))
        user_codes, user_ids = _encoded(users, order)
        item_codes, item_ids = _encoded(items, order)
        read = len(when) if read is None else read
        return cls(user_codes, item_codes, when[order], user_ids, item_ids, read)

    def __len__(self) -> int:
        return len(self.times)

    @property
    def n_items(self) -> int:
        """Size of the catalogue, with items that no row (any more) has."""
        return len(self.item_ids)

    @property
    def n_users(self) -> int:
        """Users that have a row."""
        return len(np.unique(self.users))

    def before(self, time: int) -> InteractionLog:
        """Return the rows of earlier than ``time`` (epoch milliseconds), with the same codes."""
        end = int(np.searchsorted(self.times, time, "left"))
        return InteractionLog(
            self.users[:end], self.items[:end], self.times[:end], self.user_ids, self.item_ids, self.read
        )

    def where(self, kept: npt.NDArray[np.bool_]) -> InteractionLog:
        """Return the rows that are marked [rows], with the same codes."""
        return InteractionLog(
            self.users[kept], self.items[kept], self.times[kept], self.user_ids, self.item_ids, self.read
        )

    def distinct(self) -> InteractionLog:
        """Return it with each user, item and time once: the first of them."""
        order = np.lexsort((np.arange(len(self)), self.items, self.users, self.times))
        same = np.ones(len(self), bool)
        same[:1] = False
        for column in (self.users, self.items, self.times):
            same[1:] &= np.diff(column[order]) == 0
        kept = np.sort(order[~same])
        return InteractionLog(
            self.users[kept], self.items[kept], self.times[kept], self.user_ids, self.item_ids, self.read
        )

    def counts(self, weights: npt.NDArray[np.float64] | None = None) -> npt.NDArray[np.float64]:
        """Return how often each item occurs [n_items], or the sum of ``weights`` [rows]."""
        return np.bincount(self.items, weights, self.n_items).astype(np.float64)

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 of who did what when, the same in whatever order the rows came."""
        users, user_ids = _by_name(self.users, self.user_ids)
        items, item_ids = _by_name(self.items, self.item_ids)
        order = np.lexsort((items, users, self.times))
        content = hashlib.sha256()
        for names in (user_ids, item_ids):
            content.update("\n".join([*map(repr, names), ""]).encode())
        for column in (users, items, self.times):
            content.update(column[order].astype("<i8").tobytes())
        return content.hexdigest()


def _texts(values: Sequence[str] | pa.Array) -> pa.Array:
    return values if isinstance(values, pa.Array) else pa.array(values, pa.string())


def _encoded(values: pa.Array, order: Codes) -> tuple[Codes, tuple[str, ...]]:
    """Return codes by first appearance in ``order``, and what they stand for."""
    coded = values.take(pa.array(order)).dictionary_encode()
    codes = coded.indices.to_numpy(zero_copy_only=False).astype(np.int64)
    return codes, tuple(coded.dictionary.to_pylist())


def _by_name(codes: Codes, names: Sequence[str]) -> tuple[Codes, list[str]]:
    """Return codes in the order of the names that occur."""
    used = np.unique(codes)
    found = [names[code] for code in used]
    order = sorted(range(len(found)), key=found.__getitem__)
    place = np.empty(len(names), np.int64)
    place[used[order]] = np.arange(len(order))
    return place[codes], [found[index] for index in order]

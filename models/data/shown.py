"""What was shown to whom, and whether it was acted on: the newest labels of ``pandian.feedback``."""

from __future__ import annotations

from array import array
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import orjson
import pyarrow as pa
import pyarrow.compute as pc

from models.data.histories import Histories, Targets
from models.data.log import Codes, InteractionLog
from pandian.settings import Settings
from pandian.topics import FEEDBACK
from pandian.whole_topics import partitions, reading, to_the_end

#: Labels that are read, at most: the newest of each partition.
MOST = 200_000


@dataclass(frozen=True)
class Pages:
    """What was shown, by page: to one user at one time."""

    asked: Targets
    """A page each, with what its user had done before it; there is nothing to be found, so items are -1."""
    places: Codes
    """Of which page each label is [labels]."""
    items: Codes
    """What was shown [labels]."""
    acted: npt.NDArray[np.bool_]
    """Whether it was acted on [labels]."""

    def __len__(self) -> int:
        return len(self.places)


@dataclass(frozen=True)
class ShownItems:
    """Labels, each once, in any order."""

    users: pa.Array
    items: pa.Array
    models: pa.Array
    """Who showed it, such as ``sasrec@20260301-101500-3fa9c1``."""
    times: Codes
    """When it was shown, epoch milliseconds."""
    scores: npt.NDArray[np.float64]
    """The probability that the model gave."""
    acted: npt.NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.times)

    def of(self, model: str) -> ShownItems:
        """Return what one model showed with a probability."""
        right = (self.scores >= 0) & (self.scores <= 1)  # false of what is no number
        return self._where(right & pc.equal(self.models, model).to_numpy(zero_copy_only=False))

    def since(self, time: int) -> ShownItems:
        """Return what was shown from a time on, epoch milliseconds."""
        return self._where(self.times >= time)

    def _where(self, kept: npt.NDArray[np.bool_]) -> ShownItems:
        mask = pa.array(kept)
        users, items, models = (one.filter(mask) for one in (self.users, self.items, self.models))
        return ShownItems(users, items, models, self.times[kept], self.scores[kept], self.acted[kept])

    def pages(self, log: InteractionLog, since: int, most: int, seed: int) -> Pages:
        """Return what was shown from a time on, of items that occur before that time.

        Args:
            log: all interactions: those of a user before a page are its history.
            since: epoch milliseconds: a model that has learned from what was before knows nothing of these labels.
            most: pages, at most; they are drawn.
            seed: of what is drawn.
        """
        known = log.before(since).counts() > 0
        items = _codes(self.items, log.item_ids)
        kept = np.flatnonzero((self.times >= since) & (items >= 0) & known[items])
        users, names = pc.dictionary_encode(self.users.take(pa.array(kept))), log.user_ids
        users, of_log = users.indices.to_numpy(), _codes(users.dictionary, names)
        _, firsts, places = np.unique(
            np.column_stack((users, self.times[kept])), axis=0, return_index=True, return_inverse=True
        )
        places = places.ravel()
        chosen = np.arange(len(firsts))
        if len(firsts) > most:
            chosen = np.sort(np.random.default_rng(seed).choice(len(firsts), most, replace=False))
        page = np.full(len(firsts), -1)
        page[chosen] = np.arange(len(chosen))
        drawn = page[places] >= 0
        starts, ends, pool = _before(log, of_log[users[firsts[chosen]]], self.times[kept][firsts[chosen]])
        asked = Targets(pool, starts, ends, np.full(len(chosen), -1), users[firsts[chosen]].astype(np.int64))
        return Pages(asked, page[places[drawn]], items[kept[drawn]], self.acted[kept[drawn]])


def read_shown(settings: Settings, topic: str = FEEDBACK) -> ShownItems | None:
    """Return the newest labels; None: there are none.

    Raises:
        SettingError: when no broker is set.
        BrokerError: when the broker does not answer.
    """
    rows = _Rows()
    with reading(settings) as consumer:
        found = partitions(consumer, topic)
        for records in to_the_end(consumer, found, settings, newest=MOST // max(1, len(found))):
            for record in records:
                rows.add(record.value)
    return rows.shown()


class _Rows:
    """Columns of labels; one that was written twice, as by a crash, counts once."""

    def __init__(self) -> None:
        self._known: set[int] = set()
        self._names: tuple[list[str], list[str], list[str]] = ([], [], [])
        self._times, self._scores, self._acted = array("q"), array("d"), array("b")

    def add(self, value: bytes | None) -> None:
        """Take a record; what is no label is passed over."""
        try:
            found = orjson.loads(value or b"")
            names = str(found["user_id"]), str(found["item_id"]), f"{found['model']}@{found['version']}"
            row = int(found["time"]), float(found["score"]), bool(found["label"])
            name = hash(str(found["impression_id"]))
        except (ValueError, LookupError, TypeError, OverflowError):
            return
        if name in self._known:
            return
        self._known.add(name)
        for column, one in zip(self._names, names, strict=True):
            column.append(one)
        self._times.append(row[0])
        self._scores.append(row[1])
        self._acted.append(row[2])

    def shown(self) -> ShownItems | None:
        """Return them."""
        if not self._times:
            return None
        users, items, models = (pa.array(names, pa.string()) for names in self._names)
        return ShownItems(
            users,
            items,
            models,
            np.asarray(self._times, np.int64),
            np.asarray(self._scores, np.float64),
            np.asarray(self._acted, np.bool_),
        )


def _codes(values: pa.Array, names: tuple[str, ...]) -> Codes:
    """Return where each value stands in ``names``, -1 where it does not."""
    found = pc.index_in(values, value_set=pa.array(names, pa.string()))
    codes: Codes = pc.fill_null(found, -1).to_numpy().astype(np.int64)
    return codes


def _before(log: InteractionLog, users: Codes, times: Codes) -> tuple[Codes, Codes, Codes]:
    """Return where the history of each user before a time begins and ends, and the items of all histories.

    Args:
        log: the interactions.
        users: by their code; -1: one who is not in the log, and has done nothing.
        times: epoch milliseconds.
    """
    histories = Histories(log)
    moments = np.unique(log.times)
    width = len(moments) + 1
    keys = histories.users * width + np.searchsorted(moments, histories.times)
    starts = np.searchsorted(histories.users, users)
    ends = np.searchsorted(keys, users * width + np.searchsorted(moments, times))
    nobody = users < 0
    return np.where(nobody, 0, starts), np.where(nobody, 0, ends), histories.items

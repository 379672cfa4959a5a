"""Which two fields together are unique per record: counted on the records that :mod:`..quality.blocks` chooses.

An order line is told apart by its order and its item, and by neither alone. Of four fields that may be keys, the first
two and then those whose names say so, all pairs are looked at; those that repeat in more than a fifth of a block are
dropped, and hardly any is left.

Repetitions within a block of neighbours are counted, and give a share with its interval. Of two records far from each
other both are looked at with a chance of q² only, where q is the share that is looked at: that few were seen, or none,
bounds how many there are, if they are spread as the records are, and the more loosely the more records there are.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from itertools import combinations
from typing import Any, Final, TypeAlias

import numpy as np
import numpy.typing as npt

from streams.decode.base import RowGroup
from streams.inventory.duplicates.hashing import value_hashes
from streams.inventory.profile.batch import BatchMeta
from streams.inventory.profile.codec import BlobReader, BlobWriter
from streams.inventory.profile.field import FieldProfile
from streams.inventory.quality.blocks import BLOCK, checked
from streams.inventory.relations.base import REFERRING, VAGUE, Interval, Key
from streams.inventory.relations.bounds import repeats_at_most, share_of
from streams.inventory.relations.keys import UNIQUE
from streams.inventory.relations.naming import identifies
from streams.inventory.relations.sketch import keyable

Hashes: TypeAlias = npt.NDArray[np.uint64]

#: Fields of which all pairs are looked at, and how many of them are just the first ones.
_FIELDS: Final = 4
_FIRST: Final = 2
#: Hashes of pairs that are kept of each; of more than so many, those below a threshold.
_MOST: Final = 4_096
#: A pair that repeats more often, within the records of a block or among all, is no key.
_REPEATED: Final = 0.2
_PRESENT: Final = 0.99
#: Types of fields that may be part of a key.
_TYPES: Final = REFERRING - VAGUE | {"position"}
_NONE: Final = np.empty(0, np.uint64)


class _Pair:
    """How often the values of two fields were the same in two records that were looked at."""

    def __init__(self) -> None:
        self.records = 0
        """Records looked at that have both."""
        self.bits = 0
        """Hashes are kept that begin with so many zeros."""
        self._block: Hashes = _NONE
        """Hashes of the records of the block that is being looked at."""
        self._hashes: Hashes = _NONE
        """Of the blocks before: each hash once for every block that has it."""
        self._counts: npt.NDArray[np.int64] = np.empty(0, np.int64)
        """How often that block has it."""

    def add(self, hashes: Hashes) -> None:
        """Count records of the block that is being looked at."""
        self.records += len(hashes)
        kept = hashes[hashes <= self._limit] if self.bits else hashes
        self._block = np.concatenate([self._block, kept])

    def close(self) -> None:
        """End the block."""
        hashes, counts = np.unique(self._block, return_counts=True)
        self._block = _NONE
        self._take(hashes, counts)

    def _take(self, hashes: Hashes, counts: npt.NDArray[np.int64]) -> None:
        self._hashes = np.concatenate([self._hashes, hashes])
        self._counts = np.concatenate([self._counts, counts])
        self._cut()
        while len(self._hashes) > _MOST:
            self.bits += 1
            self._cut()

    @property
    def _limit(self) -> np.uint64:
        return np.uint64((1 << 64 - self.bits) - 1)

    def _cut(self) -> None:
        kept = self._hashes <= self._limit
        self._hashes, self._counts = self._hashes[kept], self._counts[kept]

    def merge(self, other: _Pair) -> None:
        """Add what was found in another partition; blocks that are not complete end there."""
        self.close()
        self.records += other.records
        self.bits = max(self.bits, other.bits)
        self._take(other._hashes, other._counts)
        hashes, counts = np.unique(other._block, return_counts=True)
        self._take(hashes, counts)

    @property
    def kept(self) -> int:
        """Records of complete blocks whose hashes are kept."""
        return int(self._counts.sum())

    @property
    def near(self) -> int:
        """Of these, those that repeat one of the same block."""
        return self.kept - len(self._hashes)

    @property
    def far(self) -> int:
        """Of these, those that repeat one of another block."""
        ordered = np.sort(self._hashes)
        return int(np.count_nonzero(ordered[1:] == ordered[:-1]))

    def unique(self, records: int) -> Interval:
        """Return the share of ``records`` that are the first of their values, with its interval."""
        kept = max(self.kept, 1)
        near = share_of(self.near, kept, max(records, kept))
        seen = kept / max(records, kept)
        # Of a repetition far away the second record is looked at with the chance of any record.
        looked = self.records / max(records, self.records, 1)
        far = repeats_at_most(self.far) / (seen * looked) / max(records, 1) if self.records < records else 0.0
        share = 1 - (self.near + self.far) / kept
        low = 1 - near.high - far if self.records < records else share
        return Interval(share, min(max(low, 0.0), share), max(1 - near.low, share))

    def state(self, blobs: BlobWriter) -> list[Any]:
        """Return the state as JSON values; hashes go to ``blobs``."""
        return [
            self.records,
            self.bits,
            blobs.put(self._block.astype("<u8").tobytes()),
            blobs.put(self._hashes.astype("<u8").tobytes()),
            blobs.put(self._counts.astype("<u2").tobytes()),
        ]

    @classmethod
    def restored(cls, state: Sequence[Any], blobs: BlobReader) -> _Pair:
        """Return the pair whose :meth:`state` this is."""
        pair = cls()
        pair.records, pair.bits = state[:2]
        pair._block = np.frombuffer(blobs.get(state[2]), "<u8").astype(np.uint64)
        pair._hashes = np.frombuffer(blobs.get(state[3]), "<u8").astype(np.uint64)
        pair._counts = np.frombuffer(blobs.get(state[4]), "<u2").astype(np.int64)
        return pair


class PairsPart:
    """Pairs of fields that may be keys together; see :class:`streams.inventory.profile.part.AssetPart`."""

    def __init__(self) -> None:
        self.records = 0
        self.checked = 0
        self._fields: list[str] = []
        self._pairs: dict[tuple[str, str], _Pair] = {}
        self._dropped: set[tuple[str, str]] = set()

    def add(self, group: RowGroup, fields: Mapping[str, FieldProfile], meta: BatchMeta) -> None:
        """Look at some of the records of one format in one batch."""
        del meta
        start = self.records
        self.records += group.records
        for low, high in checked(start, group.records):
            self._look(group, fields, slice(low, high))

    def _look(self, group: RowGroup, fields: Mapping[str, FieldProfile], part: slice) -> None:
        if not self.checked:
            self._choose(group, fields, part.start)
        wanted = {path for pair in self._open() for path in pair}
        columns = {column.path: column.values for column in group.columns if column.path in wanted}
        missing: dict[str, npt.NDArray[np.bool_]] = {}
        hashes: dict[str, Hashes] = {}
        for path, found in columns.items():
            # A column without gaps is in the order of the records already.
            values = found[part] if len(found) == group.records else group.aligned(path, part)
            if None in values:
                missing[path] = np.array([value is None for value in values])
                values = ["" if value is None else value for value in values]
            hashes[path] = value_hashes(values)
        for first, second in self._open():
            if first in columns and second in columns:
                mixed = _mixed(hashes[first], hashes[second])
                gaps = [missing[path] for path in (first, second) if path in missing]
                pair = self._pairs.setdefault((first, second), _Pair())
                pair.add(mixed[~np.logical_or.reduce(gaps)] if gaps else mixed)
        self.checked += part.stop - part.start
        if self.checked % BLOCK == 0:
            self._close()

    def _choose(self, group: RowGroup, fields: Mapping[str, FieldProfile], place: int) -> None:
        """Choose fields by the first record: which they are must not depend on how records were cut into batches."""
        fit = []
        for column in group.columns:
            path, field = column.path, fields.get(column.path)
            if "[]" in path or field is None or field.masked_as is not None:
                continue
            (value,) = group.aligned(path, slice(place, place + 1))
            if value is not None and keyable([_text(value)]):
                fit.append(path)
        likely = sorted(range(len(fit)), key=lambda at: (at >= _FIRST, not identifies(fit[at]), at))[:_FIELDS]
        self._fields = [fit[at] for at in sorted(likely)]

    def _open(self) -> list[tuple[str, str]]:
        return [pair for pair in combinations(self._fields, 2) if pair not in self._dropped]

    def _close(self) -> None:
        """End a block: what repeats too often in it is no key."""
        for name, pair in list(self._pairs.items()):
            pair.close()
            if pair.near + pair.far > _REPEATED * max(pair.kept, 1):
                self._dropped.add(name)
                del self._pairs[name]

    def hide(self, path: str, semantic_type: str) -> None:
        """Let go of a personal field."""
        del semantic_type
        for pair in combinations(self._fields, 2):
            if path in pair:
                self._dropped.add(pair)
                self._pairs.pop(pair, None)

    def merge(self, other: PairsPart) -> None:
        """Add what another one counted in other records; it is left as it was."""
        self.records += other.records
        self.checked += other.checked
        self._fields += [path for path in other._fields if path not in self._fields]
        self._dropped |= other._dropped
        for name, theirs in other._pairs.items():
            self._pairs.setdefault(name, _Pair()).merge(theirs)
        for name in self._dropped:
            self._pairs.pop(name, None)

    def keys(self, names: Mapping[str, str], types: Mapping[str, str], alone: Collection[str]) -> list[Key]:
        """Return the pairs that tell the records apart, the surest first; none with a field that does so alone.

        Args:
            names: what CSV columns are called; other fields are called by their paths.
            types: the semantic types of the fields, so called: where all records differ, so do any two numbers.
            alone: the fields, so called, that are keys by themselves.
        """
        found = []
        for name, pair in self._pairs.items():
            first, second = (names.get(path, path) for path in name)
            fit = all(types.get(path) in _TYPES and path not in alone for path in (first, second))
            if fit and pair.records >= _PRESENT * self.checked:
                present = pair.records / max(self.checked, 1)
                found.append(Key((first, second), pair.unique(self.records), present))
        sure = [key for key in found if key.unique.estimate >= UNIQUE]
        return sorted(sure, key=lambda key: (-key.unique.estimate, key.fields))

    def state(self, blobs: BlobWriter) -> list[Any]:
        """Return the state as JSON values; hashes go to ``blobs``."""
        return [
            self.records,
            self.checked,
            self._fields,
            sorted(self._dropped),
            [[*name, pair.state(blobs)] for name, pair in self._pairs.items()],
        ]

    def restore(self, state: Sequence[Any], blobs: BlobReader) -> None:
        """Take over what :meth:`state` gave."""
        self.records, self.checked, fields, dropped, pairs = state
        self._fields = list(fields)
        self._dropped = {(first, second) for first, second in dropped}
        self._pairs = {(first, second): _Pair.restored(pair, blobs) for first, second, pair in pairs}


def _text(value: object) -> str:
    return value if isinstance(value, str) else "." if isinstance(value, bool) else str(value)


def _mixed(first: Hashes, second: Hashes) -> Hashes:
    """Return a hash of each pair (the last steps of MurmurHash3, Appleby 2011)."""
    mixed = first * np.uint64(0x9E3779B97F4A7C15) + (second ^ (second >> np.uint64(29)))
    mixed ^= mixed >> np.uint64(33)
    mixed *= np.uint64(0xFF51AFD7ED558CCD)
    mixed ^= mixed >> np.uint64(33)
    mixed *= np.uint64(0xC4CEB9FE1A85EC53)
    mixed ^= mixed >> np.uint64(33)
    return mixed

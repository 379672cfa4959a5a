"""What is counted of an asset to say how good its records are: gaps, wrong values, delays, rules and their exceptions.

What is looked at are the records that :mod:`.blocks` chooses by their number; all figures are those of the records
checked.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np

from streams.decode.base import Column, RowGroup
from streams.inventory.base import Classifier, Masker
from streams.inventory.profile.batch import BatchMeta
from streams.inventory.profile.codec import BlobReader, BlobWriter
from streams.inventory.profile.field import FieldProfile
from streams.inventory.profile.paths import kept_paths
from streams.inventory.quality.blocks import checked
from streams.inventory.quality.delays import Delays
from streams.inventory.quality.discovery import MEANT, Discovery
from streams.inventory.quality.findings import Findings
from streams.inventory.quality.forms import FORMS
from streams.inventory.quality.gaps import Gaps
from streams.inventory.quality.judged import Judged
from streams.inventory.quality.places import Places
from streams.inventory.quality.rows import Rows

#: Formats of one asset that are told apart; further ones are not judged.
_FORMATS = 8
_EVENT = "timestamp"


class _Stream:
    """The records of one format: their fields bear the same paths, and their order is that of the partition."""

    def __init__(self, classifier: Classifier, masker: Masker) -> None:
        self._masker = masker
        self.records = 0
        self.searches = 0
        """Partitions that looked for rules, each on its own."""
        self.gaps = Gaps()
        self.discovery = Discovery(classifier, masker)
        self.judged: dict[str, Judged] = {}
        self.delays = Delays()
        self._event = ""
        """The field with the time of the event."""
        self._names: dict[str, str] = {}
        """What CSV columns are called, by the first header line."""

    def add(self, group: RowGroup, fields: Mapping[str, FieldProfile], meta: BatchMeta) -> None:
        places = Places(group.indexes, meta)
        if group.layout and not self._names:
            renamed = kept_paths(group.layout, self._masker)
            kept = [renamed.get(name, name) for name in group.layout]
            self._names = {f"c{number}": name for number, name in enumerate(kept, 1)}
        start = self.records
        self.gaps.add(group, fields, start, places)
        self.records += group.records
        for low, high in checked(start, group.records):
            columns = [
                column
                for column in group.columns
                if "[]" not in column.path and (field := fields.get(column.path)) and field.masked_as is None
            ]
            done = low
            while done < high:
                stop = min(high, done + self.discovery.left)
                self._check(group, columns, places, done, stop, start + done)
                done = stop

    def _check(
        self,
        group: RowGroup,
        columns: Sequence[Column],
        places: Places,
        low: int,
        high: int,
        number: int,
    ) -> None:
        wanted = {*self.discovery.paths, *self.judged, self._event}
        sample = self.discovery.sample
        values = {
            column.path: _part(group, column, low, high)
            for column in columns
            if column.path in wanted or sample.wants(column.path)
        }
        rows = Rows(high - low, values, self.discovery.types, self.discovery.coded)
        turn = self.discovery.turn
        self.discovery.add(rows, places, low, number, self._names)
        for path, judged in self.judged.items():
            judged.add(path, rows, places, low)
        self._see_delays(group, rows, places, low)
        if self.discovery.turn != turn:
            self._learn()

    def _see_delays(self, group: RowGroup, rows: Rows, places: Places, low: int) -> None:
        if group.times is not None:
            times = group.times[low : low + rows.size]
            events = np.array([np.nan if time is None else time / 1000 for time in times], dtype=np.float64)
            self.delays.add(events, places, low)
        elif self._event:
            self.delays.add(rows.times(self._event), places, low)

    def _learn(self) -> None:
        """Take over what the fields mean by the last sample: another meaning is counted from here on."""
        for path, semantic_type in self.discovery.types.items():
            judged = self.judged.get(path)
            room = judged is not None or len(self.judged) < MEANT
            if semantic_type in FORMS and room and (judged is None or judged.semantic_type != semantic_type):
                self.judged[path] = Judged(semantic_type)
            if semantic_type == _EVENT and not self._event:
                self._event = path

    def merge(self, other: _Stream) -> None:
        """Add what another one found. No more records are to be added: a sample is of one partition."""
        self.records += other.records
        self.searches += other.searches
        self.gaps.merge(other.gaps)
        self.discovery.merge(other.discovery)
        self.delays.merge(other.delays)
        for path, judged in other.judged.items():
            self.judged.setdefault(path, Judged(judged.semantic_type)).merge(judged)

    def tell(self, found: Findings, names: Mapping[str, str]) -> None:
        for path in self.gaps.spans:
            found.add_gap(names.get(path, path), self.gaps.of(path))
        for path, judged in self.judged.items():
            found.add_judged(names.get(path, path), judged)
        found.delays.merge(self.delays)
        for watched in self.discovery.rules.values():
            found.add_rule(watched, names)

    def hide(self, path: str) -> None:
        self.discovery.hide(path)
        self.judged.pop(path, None)
        if self._event == path:
            self._event = ""

    def state(self, blobs: BlobWriter) -> list[Any]:
        return [
            [self.records, self.searches],
            self.gaps.state(),
            self.discovery.state(blobs),
            [[path, judged.state()] for path, judged in self.judged.items()],
            self.delays.state(),
            self._event,
            self._names,
        ]

    def restore(self, state: Sequence[Any], blobs: BlobReader) -> None:
        self.records, self.searches = state[0]
        self.gaps.restore(state[1])
        self.discovery.restore(state[2], blobs)
        self.judged = {path: Judged.restored(judged) for path, judged in state[3]}
        self.delays.restore(state[4])
        self._event, self._names = state[5], dict(state[6])


def _part(group: RowGroup, column: Column, low: int, high: int) -> Sequence[Any]:
    # A column without gaps is in the order of the records already.
    if len(column.values) == group.records:
        return column.values[low:high]
    return group.aligned(column.path, slice(low, high))


class QualityPart:
    """How good the records of an asset are; see :class:`streams.inventory.profile.part.AssetPart`.

    Args:
        classifier: says what sampled fields mean.
        masker: masks what is certainly personal inside sampled values.
    """

    def __init__(self, classifier: Classifier, masker: Masker) -> None:
        self._make = partial(_Stream, classifier, masker)
        self._streams: dict[str, _Stream] = {}

    def add(self, group: RowGroup, fields: Mapping[str, FieldProfile], meta: BatchMeta) -> None:
        """Judge the records of one format in one batch."""
        key = f"{group.format}/{group.envelope}"
        stream = self._streams.get(key)
        if stream is None:
            if len(self._streams) >= _FORMATS:
                return
            stream = self._streams[key] = self._make()
            stream.searches = 1
        stream.add(group, fields, meta)

    def hide(self, path: str, semantic_type: str) -> None:
        """Drop a personal field: its sampled values, all rules about it, and what was wrong with it."""
        del semantic_type
        for stream in self._streams.values():
            stream.hide(path)

    def merge(self, other: QualityPart) -> None:
        """Add what another one counted in other records; it is left as it was."""
        for key, theirs in other._streams.items():
            if key not in self._streams:
                self._streams[key] = self._make()
            self._streams[key].merge(theirs)

    def findings(self, names: Mapping[str, str], masked: Collection[str] = ()) -> Findings:
        """Return what was found.

        Args:
            names: what CSV columns are called; other fields are called by their paths.
            masked: fields, so called, of which no values may be shown.
        """
        found = Findings()
        for stream in self._streams.values():
            stream.tell(found, names)
        found.settle(sum(stream.searches for stream in self._streams.values()), masked)
        return found

    def state(self, blobs: BlobWriter) -> list[Any]:
        """Return the state as JSON values; hashes go to ``blobs``."""
        return [[key, stream.state(blobs)] for key, stream in self._streams.items()]

    def restore(self, state: Sequence[Any], blobs: BlobReader) -> None:
        """Take over what :meth:`state` gave."""
        for key, stream in state:
            self._streams[key] = self._make()
            self._streams[key].restore(stream, blobs)

"""Everything counted about one asset."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Mapping, Sequence
from itertools import islice
from typing import Any

from streams.decode.base import Column, RowGroup
from streams.inventory.base import UNKNOWN, Classification, FieldEvidence
from streams.inventory.profile.batch import BatchMeta
from streams.inventory.profile.codec import BlobReader, BlobWriter
from streams.inventory.profile.distinct import DistinctSketch
from streams.inventory.profile.evidence import evidence_of, evidence_of_column, united
from streams.inventory.profile.field import FieldProfile
from streams.inventory.profile.layout import Layouts
from streams.inventory.profile.lineage import Lineage
from streams.inventory.profile.part import AssetPart
from streams.inventory.profile.paths import kept_paths
from streams.inventory.profile.policy import ProfilePolicy
from streams.inventory.profile.timespan import TimeSpan

#: Other fields shown to the classifier beside those it is asked about: enough to tell what kind of record it is, and a
#: bound on the work when fields appear one by one. Samples of one of which is not known what it tells.
_SIBLINGS = 32
_SIBLING_SAMPLES = 16
#: Fields that have grown are looked at again together, after at least this growth of the asset's records.
_GROWTH = 1.1
#: Confidence from which the meaning of a field is clear.
_SURE = 0.8


class AssetProfile:
    """The mergeable profile of one kind of record in one topic.

    Args:
        policy: how fields are classified, masked and bounded.
    """

    def __init__(self, policy: ProfilePolicy) -> None:
        self._policy = policy
        self.records = 0
        """Records that were read, CSV header lines included."""
        self.header_records = 0
        self.bytes = 0
        self.formats: Counter[str] = Counter()
        """Records by format."""
        self.fields: dict[str, FieldProfile] = {}
        """By path as decoded; a CSV column is ``c1``, ``c2`` ... (see :meth:`named_fields`)."""
        self.overflow_values = 0
        """Values and nulls of fields beyond the policy's ``max_fields``, and those that decoding left out."""
        self.overflow_names = DistinctSketch()
        """The paths of those fields, as hashes; long ones of what decoding left out as hashes of hashes."""
        self._look_at = 0.0
        self._tells: dict[str, str] = {}
        self.layouts = Layouts()
        self.times = TimeSpan()
        self.lineage = Lineage()
        self.parts: dict[str, AssetPart] = {name: make() for name, make in policy.parts.items()}
        """What else is counted, by name."""

    def add(self, group: RowGroup, meta: BatchMeta) -> None:
        """Count the records of one format in one batch.

        Args:
            group: the records.
            meta: of the whole batch, which the group's indexes refer to.
        """
        self._add_fields(group)
        self.lineage.add(group)
        for part in self.parts.values():
            part.add(group, self.fields, meta)

    def _add_fields(self, group: RowGroup) -> None:
        self.records += group.records
        self.header_records += group.header_records
        self.formats[group.format] += group.records
        self.overflow_values += group.dropped_values
        if group.dropped_paths:
            self.overflow_names.add(group.dropped_paths)
        if group.layout:
            self._see_layout(group)
        fields = self.fields
        look = self.records >= self._look_at
        considered: list[Column] = []
        for column in group.columns:
            field = fields.get(column.path)
            if field is None:
                considered.append(column)
                continue
            seen = field.seen
            if seen + len(column.values) >= field.check_at and (look or not seen):
                considered.append(column)
            else:
                field.add(column)
        if considered:
            self._consider(considered)
        if look and considered:
            self._look_at = self.records * _GROWTH

    def add_meta(self, meta: BatchMeta) -> None:
        """Count what is known of a batch besides its values."""
        self.bytes += meta.bytes
        if meta.timestamps is not None:
            self.times.add(meta.timestamps, meta.now_ms)

    def _see_layout(self, group: RowGroup) -> None:
        renamed = kept_paths(group.layout, self._policy.masker)
        layout = tuple(renamed.get(name, name) for name in group.layout)
        if self.layouts.add(layout, group.header_records):
            # A name tells much about a column: look again.
            self._look_at = 0
            for number in range(1, len(layout) + 1):
                field = self.fields.get(f"c{number}")
                if field is not None and field.masked_as is None:
                    field.check_at = 0

    def _consider(self, columns: list[Column]) -> None:
        """Count columns of fields that are new or have grown; decide before whether they are personal."""
        by_path = self._by_kept_path(columns)
        asked = [path for path, same in by_path.items() if self._is_due(path, same)]
        decisions = self._classify(asked, by_path) if asked else {}
        due = set(asked)
        for path, same in by_path.items():
            field = self.fields.get(path)
            if field is None:
                field = self.fields[path] = FieldProfile(self._policy.masker)
            decision = decisions.get(path)
            if decision is not None and decision.masked:
                self._mask(path, field, decision.semantic_type)
            for column in same:
                field.add(column)
            if path in due:
                field.schedule(sure=decision is None or decision.confidence >= _SURE)

    def _mask(self, path: str, field: FieldProfile, semantic_type: str) -> None:
        field.mask(semantic_type)
        for part in self.parts.values():
            part.hide(path, semantic_type)

    def _is_due(self, path: str, columns: list[Column]) -> bool:
        values = sum(len(column.values) for column in columns)
        field = self.fields.get(path)
        return values > 0 and (field is None or field.seen + values >= field.check_at)

    def _classify(self, asked: list[str], columns: Mapping[str, list[Column]]) -> dict[str, Classification]:
        """Return what fields mean, by path, from the values at hand and those counted before.

        A field that shows nothing new is left out where it may wait.
        """
        names = self.layouts.names()
        at_hand = {
            path: [evidence_of_column(names.get(path, path), column) for column in columns[path]]
            for path in asked
        }
        asked = [path for path in asked if not self._shows_nothing_new(path, at_hand[path])]
        if not asked:
            return {}
        evidence = [one for path in asked for one in at_hand[path]]
        evidence += [
            evidence_of(names.get(path, path), self.fields[path]) for path in asked if path in self.fields
        ]
        siblings = list(islice((path for path in self.fields if path not in columns), _SIBLINGS))
        named = {names.get(path, path) for path in asked}
        evidence += [self._sibling(path, names.get(path, path), named) for path in siblings]
        decisions = self._policy.classifier.fields(united(evidence))
        for path in (*asked, *siblings):
            if (decided := decisions.get(names.get(path, path))) is not None:
                self._tells[path] = decided.tells
        return {path: decisions.get(names.get(path, path), UNKNOWN) for path in asked}

    def _shows_nothing_new(self, path: str, at_hand: Sequence[FieldEvidence]) -> bool:
        field = self.fields.get(path)
        if field is None or not field.may_wait:
            return False
        kept, _ = field.kept()
        return all(one.distinct <= len(one.samples) for one in at_hand) and all(
            text in kept for one in at_hand for text, _ in one.samples
        )

    def _sibling(self, path: str, name: str, asked: Container[str]) -> FieldEvidence:
        """Return what a field tells about those beside it; a column named as one of those is part of what it is."""
        field = self.fields[path]
        tells = self._tells.get(path) if field.masked_as is None else field.masked_as
        if tells is None or name in asked:
            return evidence_of(name, field, _SIBLING_SAMPLES)
        return FieldEvidence(name, {}, (), 0, 0.0, tells=tells)

    def _by_kept_path(self, columns: list[Column]) -> dict[str, list[Column]]:
        """Sort columns by the path they are kept under; those there is no room for are counted as overflow.

        A path can hold a person's data (a key made of an email address or a phone number):
        see :func:`kept_paths`. Several columns may fall into one field; then their counts are added.
        """
        renamed = kept_paths([column.path for column in columns], self._policy.masker)
        room = self._policy.max_fields - len(self.fields)
        by_path: dict[str, list[Column]] = {}
        beyond: list[Column] = []
        for column in columns:
            path = renamed.get(column.path, column.path)
            if path in by_path:
                by_path[path].append(column)
            elif path in self.fields:
                by_path[path] = [column]
            elif room > 0:
                by_path[path] = [column]
                room -= 1
            else:
                beyond.append(column)
        self.overflow_values += sum(len(column.values) + column.nulls for column in beyond)
        self.overflow_names.add(renamed.get(column.path, column.path) for column in beyond)
        return by_path

    def named_fields(self) -> dict[str, FieldProfile]:
        """Return the fields by the names that people know: CSV columns by their header, where one was seen.

        A CSV column whose header names a field that other records have as JSON is merged with it (in a copy).
        """
        names = self.layouts.names()
        named: dict[str, FieldProfile] = {}
        for path, field in self.fields.items():
            name = names.get(path, path)
            if name in named:
                both = named[name].copy()
                both.merge(field)
                named[name] = both
            else:
                named[name] = field
        return named

    def copy(self) -> AssetProfile:
        """Return an independent profile of the same records."""
        twin = AssetProfile(self._policy)
        twin.merge(self)
        return twin

    def merge(self, other: AssetProfile) -> None:
        """Add what another profile of the asset counted in other records."""
        self.records += other.records
        self.header_records += other.header_records
        self.bytes += other.bytes
        self.formats.update(other.formats)
        self.layouts.merge(other.layouts)
        self.times.merge(other.times)
        self.overflow_values += other.overflow_values
        self.overflow_names.merge(other.overflow_names)
        self.lineage.merge(other.lineage)
        for path, field in other.fields.items():
            mine = self.fields.get(path)
            if mine is None:
                self.fields[path] = field.copy()
            else:
                mine.merge(field)
        for name, part in self.parts.items():
            part.merge(other.parts[name])
            for path, field in self.fields.items():
                if field.masked_as is not None:
                    part.hide(path, field.masked_as)
        if len(self.fields) > self._policy.max_fields:
            self._drop_rarest()

    def _drop_rarest(self) -> None:
        ranked = sorted(self.fields, key=lambda path: (-self.fields[path].occurrences, path))
        dropped = ranked[self._policy.max_fields :]
        self.overflow_names.add(dropped)
        for path in dropped:
            field = self.fields.pop(path)
            self.overflow_values += field.seen + field.nulls

    def state(self, blobs: BlobWriter) -> dict[str, Any]:
        """Return the state as JSON values; sketches go to ``blobs``."""
        return {
            "records": self.records,
            "header_records": self.header_records,
            "bytes": self.bytes,
            "formats": dict(self.formats),
            "fields": [[path, field.state(blobs)] for path, field in self.fields.items()],
            "overflow": [self.overflow_values, blobs.put(self.overflow_names.to_bytes())],
            "layouts": [[list(names), count] for names, count in self.layouts.counts.items()],
            "times": self.times.state(blobs),
            "lineage": self.lineage.state(),
            "parts": {name: part.state(blobs) for name, part in self.parts.items()},
        }

    @classmethod
    def restored(cls, state: Mapping[str, Any], blobs: BlobReader, policy: ProfilePolicy) -> AssetProfile:
        """Return the profile whose :meth:`state` this is."""
        asset = cls(policy)
        asset.records = state["records"]
        asset.header_records = state["header_records"]
        asset.bytes = state["bytes"]
        asset.formats = Counter(state["formats"])
        asset.fields = {
            path: FieldProfile.restored(field, blobs, policy.masker) for path, field in state["fields"]
        }
        asset.overflow_values = state["overflow"][0]
        asset.overflow_names.restore(blobs.get(state["overflow"][1]))
        asset.layouts.counts = Counter({tuple(names): count for names, count in state["layouts"]})
        asset.times.restore(state["times"], blobs)
        asset.lineage.restore(state.get("lineage", {}))
        for name, part in state.get("parts", {}).items():
            # What this version does not count any more is dropped; what it counts anew begins now.
            if name in asset.parts:
                asset.parts[name].restore(part, blobs)
        return asset

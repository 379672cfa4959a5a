"""Watches the windows of an asset in one source partition for drift and for changes of its schema."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, Self

from streams.decode.base import RowGroup
from streams.inventory.base import Masker
from streams.inventory.profile.batch import BatchMeta
from streams.inventory.profile.codec import BlobReader, BlobWriter
from streams.inventory.profile.field import FieldProfile
from streams.inventory.windows.findings import Findings, Standing
from streams.inventory.windows.lane import Lane

#: Formats of an asset that are watched, each on its own: their fields have other paths, and in a batch the order
#: between records of two formats is not known.
MOST_LANES: Final = 8


class WindowPart:
    """See :class:`streams.inventory.profile.part.AssetPart`.

    What is merged into it counts for :meth:`findings` only; its own windows go on as they were.

    Args:
        masker: tells which values must not be kept.
    """

    def __init__(self, masker: Masker) -> None:
        self._masker = masker
        self._lanes: dict[str, Lane] = {}
        self._found = Findings()

    def add(self, group: RowGroup, fields: Mapping[str, FieldProfile], meta: BatchMeta) -> None:
        """Count the records of one format in one batch."""
        key = _key(group)
        lane = self._lanes.get(key)
        if lane is None:
            if len(self._lanes) >= MOST_LANES:
                return
            lane = self._lanes[key] = Lane(self._masker)
        drifts, changes = lane.add(group, fields, meta)
        if drifts or changes:
            self._found.add(drifts, changes)

    def findings(self) -> Findings:
        """Return what was noticed in this partition and in those that were merged into it, with the evidence now."""
        findings = Findings()
        findings.merge(self._found)
        for lane in self._lanes.values():
            for path in lane.watched:
                standing = Standing(1) if path not in lane.evidence else Standing(1, lane.evidence[path])
                findings.standing.setdefault(path, Standing()).merge(standing)
        return findings

    def hide(self, path: str, semantic_type: str) -> None:  # noqa: ARG002 - the protocol's; nothing is kept of it
        """Let go of all values of a field; later ones are not kept either."""
        for lane in self._lanes.values():
            lane.hide(path)
        self._found.hide(path)

    def merge(self, other: Self) -> None:
        """Add what another one noticed in other records; it is left as it was."""
        self._found.merge(other.findings())

    def state(self, blobs: BlobWriter) -> Any:
        """Return the state as JSON values; numbers go to ``blobs``."""
        return {
            "lanes": [[key, lane.state(blobs)] for key, lane in self._lanes.items()],
            "found": self._found.state(),
        }

    def restore(self, state: Any, blobs: BlobReader) -> None:
        """Take over what :meth:`state` gave."""
        self._lanes = {key: Lane.restored(lane, blobs, self._masker) for key, lane in state["lanes"]}
        self._found.restore(state["found"])


def _key(group: RowGroup) -> str:
    """Return what tells the lanes apart: within one, a batch has one group.

    Lines of CSV of another width are groups of their own; such a group has a column for each cell.
    """
    width = len(group.columns) if group.format.partition(".")[0] == "csv" else ""
    return f"{group.format}/{group.envelope}/{width}"

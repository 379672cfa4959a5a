"""What a worker says about itself, and the inventory it shows."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pandian.settings import Settings
from streams.app import PandianApp
from streams.stages.extraction import ExtractionPart
from streams.stages.follower import InventoryFollower
from streams.stages.merge import MergeStage
from streams.stages.profile import ProfileStage
from streams.stages.sequences import SequencesPart

_RATE_SECONDS = 2.0


@dataclass(slots=True)
class OwnedAssets:
    """The assets that this worker merges: a merged figure is exported as a metric by its owner only."""

    merge: MergeStage | None = None

    def version(self) -> int:
        """Return a number that changes with the documents."""
        return self.merge.version if self.merge else 0

    def owned(self) -> Sequence[Mapping[str, Any]]:
        """Return their documents."""
        return list(self.merge.owned.values()) if self.merge else []


@dataclass(slots=True)
class WorkerStatus:
    """The :class:`~streams.web.base.InventorySource` of a worker."""

    app: PandianApp
    settings: Settings
    roles: frozenset[str]
    embedded: bool
    profile: ProfileStage | None
    follower: InventoryFollower | None
    """None when this worker does not serve the inventory."""
    extraction: ExtractionPart | None = None
    """None when this worker extracts nothing."""
    sequences: SequencesPart | None = None
    """None when this worker does not recommend."""
    _measured: tuple[float, int] = field(default_factory=lambda: (time.monotonic(), 0))
    _rate: float = 0.0

    def document(self) -> Mapping[str, Any]:
        """Return the whole inventory document."""
        return self.follower.document() if self.follower else {"assets": []}

    def asset(self, name: str) -> Mapping[str, Any] | None:
        """Return one asset."""
        return self.follower.asset(name) if self.follower else None

    def version(self) -> int:
        """Return a number that changes with the document."""
        return self.follower.version() if self.follower else 0

    def readiness(self) -> tuple[bool, str]:
        """Return whether this worker does its part, and if not, why."""
        if not self.app.started or self.app.rebalancing:
            return False, "joining the consumer group"
        if self.profile and any(source.epoch is None for source in self.profile.sources.values()):
            return False, "some partitions are not read yet: see the log for why"
        if self.follower and not self.follower.caught_up:
            return False, "reading the inventory"
        return self.sequences.readiness() if self.sequences else (True, "ready")

    def status(self) -> Mapping[str, str | int | float | bool | None]:
        """Return flat facts."""
        stage = self.profile
        sources = list(stage.sources.values()) if stage else []
        return {
            "broker": self.settings.broker,
            "embedded": self.embedded,
            "roles": ",".join(sorted(self.roles)),
            "topics": len({source.tp.topic for source in sources}),
            "partitions": len(sources),
            "records_read": stage.read if stage else 0,
            "records_per_s": round(self._records_per_s(), 1),
            "lag": sum(source.lag for source in sources),
            "quarantined": stage.quarantined if stage else 0,
            **(self.extraction.facts() if self.extraction else {}),
            **(self.sequences.facts() if self.sequences else {}),
        }

    def _records_per_s(self) -> float:
        """Return the rate since the last measurement that is at least two seconds old."""
        read = self.profile.read if self.profile else 0
        then, before = self._measured
        passed = time.monotonic() - then
        if passed >= _RATE_SECONDS:
            self._rate = (read - before) / passed
            self._measured = (time.monotonic(), read)
        return self._rate

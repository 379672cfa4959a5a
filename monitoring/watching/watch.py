"""All versions of all models, and from where to read on: one state, written and restored in whole."""

from __future__ import annotations

import zlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import orjson

from monitoring.detection.base import Labels
from monitoring.detection.famine import FamineDetector
from monitoring.edges import Edges
from monitoring.measures import Name, least_missed
from monitoring.watching.base import Seen
from monitoring.watching.reading import Places, read
from monitoring.watching.version import Standing, VersionWatch, WatchSettings
from pandian.events import AUC_DROP, AUC_DROP_SEGMENT, CALIBRATION, LABEL_FAMINE

#: Kinds of alerts that it raises.
KINDS = (AUC_DROP, AUC_DROP_SEGMENT, CALIBRATION, LABEL_FAMINE)
#: Whom an alarm about labels that stop is about.
EVERYBODY = "all models"
#: Versions that are watched; of one more, the one that is least missed goes.
MAX_VERSIONS = 8
FORMAT = 3


class WatchStateError(ValueError):
    """A state that cannot be gone on from; it says why in words."""


class ModelWatch:
    """Figures and alarms of all versions.

    It has one owner, who gives it the records of each partition of ``pandian.feedback`` in order. It takes a label
    once, however often it was written.

    Args:
        edges: returns the edges of a version's scores; the same for as long as the version is watched.
        settings: how versions are watched.
    """

    def __init__(self, edges: Callable[[Name], Edges], settings: WatchSettings | None = None) -> None:
        self._edges = edges
        self._settings = settings or WatchSettings()
        self._versions: dict[Name, VersionWatch] = {}
        self._labelled: dict[Name, int] = {}
        """Labels of all versions that had been read with the newest one of each."""
        self._places = Places()
        self._famine = FamineDetector(self._settings.famine)
        self.outcomes: Counter[str] = Counter()
        """What became of the records."""
        self.positions: dict[int, int] = {}
        """Offset behind the last record taken, by partition."""

    def take(self, partition: int, values: Sequence[bytes | None], end: int, arrived: int) -> None:
        """Take records of a partition.

        Args:
            partition: its number.
            values: of the records, in order.
            end: offset behind the last of them.
            arrived: broker time of the last of them, epoch milliseconds. Whether labels come is told by when they
                come, which is long after what they are of was shown.
        """
        found, crowded = read(partition, values, self._places, self.outcomes, self._versions)
        for name, seen in found.items():
            self._version(name).add(partition, seen)
            self._feed(seen, arrived)
            self._labelled[name] = self._famine.read
        if len(crowded):
            self._feed(crowded, arrived)  # of nobody who is watched, but labels came
        self.positions[partition] = end

    def _feed(self, seen: Seen, arrived: int) -> None:
        if self._famine.alarm is not None and seen.positive.any():
            self._famine.reset()
        came = np.full(len(seen), arrived)
        self._famine.add_shown(Labels(seen.scores, seen.positive, came), np.minimum(seen.times, came))

    def _version(self, name: Name) -> VersionWatch:
        found = self._versions.get(name)
        if found is None:
            if len(self._versions) >= MAX_VERSIONS:
                read = self._famine.read
                gone = least_missed(
                    (one, known.labels, read - self._labelled[one]) for one, known in self._versions.items()
                )
                del self._versions[gone], self._labelled[gone]
            found = self._versions[name] = VersionWatch("@".join(name), self._edges(name), self._settings)
        return found

    def tick(self, now: int) -> None:
        """Say what time it is, epoch milliseconds, for labels that do not come."""
        self._famine.tick(now)

    def version(self, name: str | None) -> VersionWatch | None:
        """Return what is watched of a version, ``model@version``; None where there is none."""
        return next((one for one in self._versions.values() if one.name == name), None)

    def about(self, subject: str) -> VersionWatch | None:
        """Return what is watched of the version that an alarm is about, in whole or in part; None: there is none."""
        found = (one for one in self._versions.values() if f"{subject} ".startswith(f"{one.name} "))
        # Names are anybody's: one may be the beginning of another.
        return max(found, key=lambda one: len(one.name), default=None)

    def standing(self) -> Iterator[Standing]:
        """Yield the alarms that stand, but not of versions that answer no more.

        Such a version has no label among the newest of all, as many as a window has.
        """
        for name, version in self._versions.items():
            if self._famine.read - self._labelled[name] < self._settings.window:
                yield from version.standing()
        if self._famine.alarm is not None:
            yield Standing(LABEL_FAMINE, EVERYBODY, self._famine.alarm)

    def documents(self) -> dict[Name, Mapping[str, Any]]:
        """Return the figures of each version as JSON values."""
        return {name: version.document() for name, version in self._versions.items()}

    def state(self) -> bytes:
        """Return all there is to know."""
        document = {
            "format": FORMAT,
            "settings": repr(self._settings),
            "positions": list(self.positions.items()),
            "places": self._places.state(),
            "famine": self._famine.state(),
            "outcomes": dict(self.outcomes),
            "versions": [
                [*name, self._labelled[name], version.state()] for name, version in self._versions.items()
            ],
        }
        return zlib.compress(orjson.dumps(document), 1)

    def restore(self, data: bytes) -> None:
        """Take over what :meth:`state` gave.

        Raises:
            WatchStateError: it is something else, or of other settings.
        """
        try:
            stored = orjson.loads(zlib.decompress(data))
            if stored["format"] != FORMAT:
                raise WatchStateError(f"its format is {stored['format']!r}, this one reads {FORMAT}")
            if stored["settings"] != repr(self._settings):
                raise WatchStateError("it was made with other settings (PANDIAN_WATCH_…)")
            versions = {
                (model, version): VersionWatch.restored(f"{model}@{version}", one, self._settings)
                for model, version, _, one in stored["versions"]
            }
            labelled = {(model, version): int(at) for model, version, at, _ in stored["versions"]}
            famine = FamineDetector(self._settings.famine)
            famine.restore(stored["famine"])
        except WatchStateError:
            raise
        except (zlib.error, ValueError, LookupError, TypeError, AttributeError) as error:
            raise WatchStateError(f"{type(error).__name__}: {error}") from error
        self._versions, self._labelled, self._famine = versions, labelled, famine
        self._places.restore(stored["places"])
        self.outcomes = Counter(stored["outcomes"])
        self.positions = {int(partition): int(offset) for partition, offset in stored["positions"]}

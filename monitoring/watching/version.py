"""All that labels say of one version: figures in whole and by segment, and what its detectors found."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from monitoring.auc import auc
from monitoring.detection.base import Alarm, Detector, Labels
from monitoring.detection.calibration import CalibrationDetector, CalibrationSettings
from monitoring.detection.discrimination import AucDetector, AucSettings
from monitoring.detection.famine import FamineSettings
from monitoring.detection.segments import threshold
from monitoring.edges import Edges, default_edges
from monitoring.watching.base import Seen, Whole
from monitoring.watching.course import Course
from monitoring.watching.figures import Figures
from monitoring.watching.pages import Listed
from monitoring.watching.pairs import WholePages, one_of_a_page
from monitoring.watching.segments import Segment, Segments
from monitoring.watching.windows import Windows
from pandian.events import AUC_DROP, AUC_DROP_SEGMENT, CALIBRATION

#: Buckets of a segment's scores at most: each takes some 80 bytes.
_COARSE = 1_024
#: Segments of a version that are watched, so that the run length of all of them together is known beforehand.
_WATCHED = 18

#: With fewer labels a window does not tell that a segment is as it was.
_LEAST = 200


@dataclass(frozen=True, slots=True)
class WatchSettings:
    """How a version is watched."""

    window: int = 5_000
    """Labels of a window; figures are given of the last whole one."""
    auc: AucSettings = field(default_factory=AucSettings)
    """Of the version in whole and all its segments together."""
    calibration: CalibrationSettings = field(default_factory=CalibrationSettings)
    """Of a version whose scores are probabilities: one that the registry has."""
    famine: FamineSettings = field(default_factory=FamineSettings)
    """Of labels that stop, whichever version they are of."""


@dataclass(frozen=True, slots=True)
class Standing:
    """An alarm that stands."""

    kind: str
    subject: str
    alarm: Alarm
    version: str | None = None
    """Model and version; None: of no one alone."""


class VersionWatch:
    """Figures and alarms of one version.

    Args:
        name: model and version, such as ``sasrec@20260301-101500-3fa9c1``.
        edges: between the buckets of its scores.
        settings: how it is watched.
    """

    def __init__(self, name: str, edges: Edges, settings: WatchSettings) -> None:
        self.name, self.edges = name, edges
        self._coarse = _coarser(edges)
        self._settings = settings
        self._whole = Windows(edges.buckets)
        self._segments = Segments()
        self._parts: dict[Segment, Windows] = {}
        self._pages = WholePages()
        self._course = Course()
        # Half of the false alarms may be of the version in whole, the other half of any of its segments.
        self._auc = AucDetector(edges, _rarer(settings.auc, 2))
        self._of_segments: dict[Segment, AucDetector] = {}
        self._calibration = (
            None if edges.id == default_edges().id else CalibrationDetector(settings.calibration)
        )
        self.first = self.last = 0
        """Times of the earliest and the latest impression with a label, epoch milliseconds."""

    @property
    def labels(self) -> int:
        """How many labels it has."""
        return self._whole.total.histogram.labels

    def add(self, partition: int, seen: Seen) -> None:
        """Take labels of one partition, in the order in which they became known."""
        if not len(seen):
            return
        times = int(seen.times.min()), int(seen.times.max())
        self.first, self.last = min(self.first or times[0], times[0]), max(self.last, times[1])
        for start, end in self._windows(len(seen)):
            part = seen.part(start, end)
            self._count(part)
            self._detect(part, self._pages.take(partition, part))

    def _windows(self, labels: int) -> Iterator[tuple[int, int]]:
        """Yield the parts of a batch that end no later than the window; the next one begins behind each that does."""
        start = 0
        while start < labels:
            room = self._settings.window - self._whole.filled
            end = min(labels, start + room)
            yield start, end
            if end - start == room:
                self._roll()
            start = end

    def _roll(self) -> None:
        for one in (self._whole, *self._parts.values()):
            one.roll()
        last = self._whole.last
        assert last is not None  # noqa: S101 - a window has just ended
        self._course.roll(last)
        self._look_back(last)

    def _count(self, seen: Seen) -> None:
        self._whole.add(self.edges.codes(seen.scores), seen)
        self._course.count(seen.times)
        codes = self._coarse.codes(seen.scores)
        for segment, places in self._segments.split(seen.segments).items():
            self._part(segment).add(codes, seen, places)

    def _part(self, segment: Segment) -> Windows:
        found = self._parts.get(segment)
        if found is None:
            found = self._parts[segment] = Windows(self._coarse.buckets)
        return found

    def _detect(self, seen: Seen, over: Seen) -> None:
        """Feed the detectors with new labels, and with those of the pages that are over."""
        if self._calibration is not None:
            self._calibration.add(Labels(seen.scores, seen.positive, seen.times))
        listed, chosen = Listed.of(over), one_of_a_page(over)
        self._whole.add_pages(listed)
        self._auc.add(_labels(over, np.flatnonzero(chosen)))
        for segment, places in self._segments.split(over.segments).items():
            self._part(segment).add_pages(listed.part(places, len(over)))
            watched = self._watched(segment)
            if watched is not None:
                watched.add(_labels(over, places[chosen[places]]))

    def _watched(self, segment: Segment) -> AucDetector | None:
        """Return the detector of a segment; None where there are too many segments already."""
        if segment not in self._of_segments and len(self._of_segments) < _WATCHED:
            self._of_segments[segment] = AucDetector(self._coarse, _rarer(self._settings.auc, 2 * _WATCHED))
        return self._of_segments.get(segment)

    def _detectors(self) -> Iterator[Detector]:
        yield self._auc
        if self._calibration is not None:
            yield self._calibration

    def _look_back(self, last: Figures) -> None:
        """Take back what the last whole window no longer says."""
        _take_back(self._auc, last)
        for segment, detector in self._of_segments.items():
            part = self._parts.get(segment)
            if part is not None and part.last is not None:
                _take_back(detector, part.last)
        calibration = self._calibration
        if calibration is not None and _is_of_before(calibration, last):
            ratio, tolerance = last.calibration, self._settings.calibration.tolerance
            if ratio is not None and abs(ratio - 1) <= tolerance:
                calibration.reset()

    def standing(self) -> Iterator[Standing]:
        """Yield the alarms that stand."""
        if self._auc.alarm is not None:
            yield Standing(AUC_DROP, self.name, self._auc.alarm, self.name)
        for segment, detector in self._of_segments.items():
            if detector.alarm is not None:
                yield Standing(AUC_DROP_SEGMENT, self._subject(segment), detector.alarm, self.name)
        if self._calibration is not None and self._calibration.alarm is not None:
            yield Standing(CALIBRATION, self.name, self._calibration.alarm, self.name)

    def last_window(self, subject: str) -> Figures | None:
        """Return the figures of the last whole window of whom an alarm is about: the version, or one of its segments.

        None: it has no labels, or not as many as a window has.
        """
        if subject == self.name:
            return self._whole.last
        return next((part.last for one, part in self._parts.items() if self._subject(one) == subject), None)

    def floor(self, subject: str) -> float | None:
        """Return the AUC below which that of an alarm's subject has fallen; None: nobody knows yet."""
        segments = (one for name, one in self._of_segments.items() if self._subject(name) == subject)
        found = self._auc if subject == self.name else next(segments, None)
        return None if found is None else found.floor

    def _subject(self, segment: Segment) -> str:
        """Return how an alarm calls a segment."""
        return f"{self.name} {'='.join(segment)}"

    def falls(self) -> Iterator[tuple[Segment, float, float, int]]:
        """Yield of each segment by how much the AUC of its last window is below that of all its labels.

        With it the lower end of its interval, that of all labels less the upper one of the window, and the labels of
        the window.
        """
        for segment, part in self._parts.items():
            total, last = auc(part.total.histogram), auc(part.newest.histogram)
            if total.value is None or last.value is None or total.low is None or last.high is None:
                continue
            yield segment, total.value - last.value, total.low - last.high, last.positive + last.negative

    def scores(self) -> tuple[list[int], list[int], float | None]:
        """Return how many scores are in each bucket: of all but the last window, and of that window.

        With them the upper end of the interval of that window's AUC; None where it has too few labels.
        """
        whole, last = (one.histogram for one in (self._whole.total, self._whole.newest))
        counts = [one.counts.sum(axis=0) for one in (whole, last)]
        return (counts[0] - counts[1]).tolist(), counts[1].tolist(), auc(last).high

    def document(self) -> dict[str, Any]:
        """Return the figures as JSON values: in whole, by segment, and how sure the detectors are."""
        return {
            **self._whole.document(),
            "first": self.first or None,
            "course": self._course.document(),
            "segments": [
                {"segment": segment[0], "value": segment[1], **part.document(curve=False)}
                for segment, part in sorted(self._parts.items())
            ],
            "evidence": {
                "auc": self._auc.evidence,
                "threshold": _rarer(self._settings.auc, 2).run_length,
                "floor": self._auc.floor,
            },
            "alarms": [
                {"kind": one.kind, "subject": one.subject, **one.alarm.document()} for one in self.standing()
            ],
        }

    def state(self) -> dict[str, Any]:
        """Return all there is to know as JSON values."""
        return {
            "edges": self.edges.encode().hex(),
            "whole": self._whole.state(),
            "names": self._segments.state(),
            "parts": [[*segment, part.state()] for segment, part in self._parts.items()],
            "pages": self._pages.state(),
            "detectors": [one.state() for one in self._detectors()],
            "of_segments": [[*segment, one.state()] for segment, one in self._of_segments.items()],
            "course": self._course.state(),
            "first": self.first,
            "last": self.last,
        }

    @classmethod
    def restored(cls, name: str, stored: Mapping[str, Any], settings: WatchSettings) -> VersionWatch:
        """Return what :meth:`state` gave.

        Raises:
            DetectorStateError, LookupError, TypeError, ValueError: it is something else, or of other settings.
        """
        found = cls(name, Edges.decode(bytes.fromhex(stored["edges"])), settings)
        found._whole.restore(stored["whole"])
        found._segments.restore(stored["names"])
        for segment, value, part in stored["parts"]:
            found._part((segment, value)).restore(part)
        found._pages.restore(stored["pages"])
        if "course" in stored:  # older states have none
            found._course.restore(stored["course"])
        found.first, found.last = stored["first"], stored["last"]
        for detector, state in zip(found._detectors(), stored["detectors"], strict=True):
            detector.restore(state)
        for segment, value, state in stored["of_segments"]:
            watched = found._watched((segment, value))
            if watched is not None:
                watched.restore(state)
        return found


def _labels(seen: Seen, places: Whole) -> Labels:
    return Labels(seen.scores[places], seen.positive[places], seen.times[places])


def _coarser(edges: Edges) -> Edges:
    step = -(-len(edges.values) // _COARSE)
    return edges if step == 1 else Edges(edges.values[::step])


def _rarer(settings: AucSettings, times: int) -> AucSettings:
    return replace(settings, run_length=threshold(settings.run_length, times))


def _is_of_before(detector: Detector, last: Figures) -> bool:
    """Tell whether an alarm stands that was raised before the first label of a window which has just ended.

    A detector takes at most as many labels as the window has.
    """
    return detector.alarm is not None and detector.read - last.histogram.labels >= detector.alarm.at


def _take_back(detector: AucDetector, last: Figures) -> None:
    """Take an alarm back when the AUC of a whole window is where it was before: at or above the floor."""
    if detector.floor is None or last.histogram.labels < _LEAST or not _is_of_before(detector, last):
        return
    value = auc(last.histogram).value
    if value is not None and value >= detector.floor:
        detector.reset()

"""What detectors read, what they say, and what all of them do."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import asdict, dataclass
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from monitoring.detection.exceptions import DetectorStateError, LabelsError

Floats = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]


class Labels:
    """A batch of matured labels in the order in which they became known.

    Args:
        scores: (n,), probabilities between 0 and 1.
        labels: (n,), 0 or 1.
        times: (n,), of the impressions, epoch milliseconds; they need not ascend.

    Raises:
        LabelsError: lengths differ, a score is NaN or outside of 0 to 1, or a label is neither 0 nor 1.
    """

    __slots__ = ("positive", "scores", "times")

    def __init__(self, scores: npt.ArrayLike, labels: npt.ArrayLike, times: npt.ArrayLike) -> None:
        self.scores: Floats = np.asarray(scores, np.float64)
        given = np.asarray(labels)
        self.times: Whole = np.asarray(times, np.int64)
        shapes = self.scores.shape, given.shape, self.times.shape
        if len(self.scores.shape) != 1 or len(set(shapes)) > 1:
            raise LabelsError(
                f"arrays of shapes {shapes}",
                "scores, labels and times must be vectors of one length",
                "give one of each a label",
            )
        # NaN compares false to everything, so it is outside.
        self._refuse(~((self.scores >= 0) & (self.scores <= 1)), "score", "between 0 and 1")
        self._refuse(~((given == 0) | (given == 1)), "label", "0 or 1")
        self.positive: Flags = given.astype(np.bool_)
        """(n,), whether the label is 1."""

    def __len__(self) -> int:
        return len(self.scores)

    @staticmethod
    def _refuse(wrong: Flags, what: str, rule: str) -> None:
        if wrong.any():
            raise LabelsError(
                f"{int(wrong.sum())} of {len(wrong)} labels, the first at place {int(wrong.argmax())}",
                f"a {what} must be {rule}",
                "leave such labels out and count them before they come to a detector",
            )


@dataclass(frozen=True, slots=True)
class Alarm:
    """What was found."""

    detector: str
    """Its name."""
    evidence: float
    """Of the e-process when it reached the threshold; of a gap, in parts of what was allowed."""
    threshold: float
    run_length: float
    """Without a change an alarm comes after so many on average, or later."""
    unit: str
    """What the run length counts."""
    at: int
    """Labels read when it was raised."""
    since: int
    """Label with which the change began, as estimated; counted from 0."""
    since_time: int
    """Its time, epoch milliseconds."""
    reference: float
    """The figure before: AUC, mean predicted probability, or the share of positive labels."""
    value: float | None
    """The same figure since then; None while it cannot be told."""
    low: float | None
    """Of the 95 % interval of ``value``, taken as if the start of the change had been known beforehand."""
    high: float | None
    fall: float | None = None
    """Of the AUC: ``reference`` less ``value``."""
    fall_low: float | None = None
    """Of its interval: DeLong's deviation of both, 3.5 times, as an alarm picks the worst stretch of labels."""
    fall_high: float | None = None
    lag: int = 0
    """What brought the change about may have been so much earlier than ``since_time``, milliseconds."""

    def document(self) -> dict[str, Any]:
        """Return it as JSON values."""
        return asdict(self)

    @classmethod
    def of(cls, document: dict[str, Any] | None) -> Alarm | None:
        """Return what :meth:`document` gave."""
        return None if document is None else cls(**document)


class Detector(ABC):
    """Reads labels and raises an alarm, which stands until :meth:`reset`.

    It has one owner, who gives it all labels of a stream in one order. Batches change nothing: fed at once, in pieces,
    or saved and restored in between, the state is the same to the last bit. Memory is bounded whatever comes in.
    """

    name: ClassVar[str]

    def __init__(self) -> None:
        self.alarm: Alarm | None = None
        """The alarm that stands."""
        self.read = 0
        """Labels read."""

    def add(self, labels: Labels) -> Alarm | None:
        """Read labels.

        Returns:
            The alarm that began with one of them, if one did.
        """
        before = self.alarm
        self._add(labels)
        return self.alarm if before is None else None

    def tick(self, now: int) -> Alarm | None:  # noqa: ARG002 - most care for labels alone
        """Say what time it is (epoch milliseconds), for what shows in there being no labels.

        Returns:
            The alarm that began with it, if one did.
        """
        return None

    @abstractmethod
    def _add(self, labels: Labels) -> None:
        """Read labels; set ``alarm`` and ``read``."""

    @abstractmethod
    def reset(self) -> None:
        """Take the alarm back and gather evidence anew, against the same reference."""

    def state(self) -> dict[str, Any]:
        """Return all there is to know as JSON values."""
        return {
            "detector": self.name,
            "read": self.read,
            "alarm": None if self.alarm is None else self.alarm.document(),
            **self._state(),
        }

    def restore(self, stored: dict[str, Any]) -> None:
        """Take over what :meth:`state` gave; settings have to be those of then.

        Raises:
            DetectorStateError: it is something else.
        """
        if stored.get("detector") != self.name:
            raise DetectorStateError(
                f"state of {stored.get('detector')!r}",
                f"this is a detector of {self.name}",
                "let it begin anew without a state",
            )
        try:
            self._restore(stored)
            self.read, self.alarm = int(stored["read"]), Alarm.of(stored["alarm"])
        except (KeyError, TypeError, ValueError, IndexError) as error:
            raise DetectorStateError(
                f"state of a detector of {self.name}",
                f"it cannot be read: {error}",
                "let it begin anew without a state",
            ) from error

    @abstractmethod
    def _state(self) -> dict[str, Any]:
        """Return what is special to it."""

    @abstractmethod
    def _restore(self, stored: dict[str, Any]) -> None:
        """Take that over."""

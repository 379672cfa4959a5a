"""What an alarm says to people as it begins, and as it ends."""

from __future__ import annotations

from monitoring.auc import auc
from monitoring.detection.base import Alarm
from monitoring.finding import Finding
from monitoring.watching.version import Standing
from monitoring.watching.watch import ModelWatch
from pandian.events import AUC_DROP, AUC_DROP_SEGMENT, CALIBRATION, LABEL_FAMINE
from pandian.moments import moment

#: An interval as wide as this says nothing.
_WIDE = 0.5


def finding(one: Standing) -> Finding:
    """Return an alarm in words: what fell, since when, by how much, and how sure that is."""
    alarm, kind = one.alarm, one.kind
    if kind in (AUC_DROP, AUC_DROP_SEGMENT):
        said, size = _of_auc(alarm), alarm.fall or 0.0
        text = f"The AUC of {one.subject} has fallen. {said}."
    elif kind == CALIBRATION:
        said, size = _of_calibration(alarm), abs((alarm.value or 0.0) - alarm.reference)
        text = f"The probabilities of {one.subject} are off. {said}."
    else:
        said, size = _of_famine(alarm), alarm.evidence
        text = f"Feedback has stopped. {said}."
    return Finding(
        kind, one.subject, said, round(size, 6), text, f"docs/runbooks/{kind}.md", alarm.since_time or None
    )


def ended(watch: ModelWatch, kind: str, subject: str) -> str:
    """Return what the end of an alert says: how well the newest window of labels is, or why nobody looks any more.

    Args:
        watch: in which it does not stand any more.
        kind: of the alert.
        subject: whom it was about.
    """
    if kind == LABEL_FAMINE:
        return "Feedback comes again: a label is positive."
    over = f"The alert {kind} of {subject} is over"
    version = watch.about(subject)
    if version is None:
        return f"{over}."
    if any((one.kind, one.subject) == (kind, subject) for one in version.standing()):
        return f"{over}: {version.name} answers no more."
    last, floor = version.last_window(subject), version.floor(subject)
    newest = "" if last is None else f"of its newest {last.histogram.labels:,} labels"
    if kind == CALIBRATION and last is not None:
        said = f"{newest} {last.calibration or 0:.2f} times as many are positive as it says"
        return f"The probabilities of {subject} are right again: {said}."
    value = None if last is None else auc(last.histogram).value
    if value is None or floor is None:
        return f"{over}."
    return f"The AUC of {subject} is no longer too low: {value:.3f} {newest}, where {floor:.3f} is asked for."


def _of_auc(alarm: Alarm) -> str:
    low, value, high = alarm.low, alarm.value, alarm.high
    if value is None or low is None or high is None or high - low > _WIDE:
        now = "of too few labels to tell"
    else:
        now = f"{value:.3f} ({low:.3f} to {high:.3f})"
    return (
        f"AUC since the change: {now}; before: {alarm.reference:.3f}; evidence {alarm.evidence:,.0f}, where"
        f" {alarm.threshold:,.0f} is asked for and comes of chance once in as many {alarm.unit} on average"
    )


def _of_calibration(alarm: Alarm) -> str:
    if alarm.value is None:
        return f"The mean probability is {alarm.reference:.4f}"
    return (
        f"Of the labels since the change {alarm.value:.4f} ({alarm.low:.4f} to {alarm.high:.4f}) are positive, where"
        f" the model says {alarm.reference:.4f}; evidence {alarm.evidence:,.0f} of {alarm.threshold:,.0f}"
    )


def _of_famine(alarm: Alarm) -> str:
    if alarm.value is None:
        return f"No label has come since {moment(alarm.since_time)}, and no pause that is usual is as long"
    return (
        f"{alarm.at - alarm.since:,} labels in a row are not positive, where {alarm.reference:.4f} of them were: that"
        f" comes of chance once in {alarm.run_length:,.0f} {alarm.unit} on average"
    )

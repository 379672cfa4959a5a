"""An explanation in a few sentences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from monitoring.causes.base import Alarm, Fall, Lineage, Suspect, What
from monitoring.causes.verdict import Judgement
from pandian.moments import moment

#: What began: where its subject was named just before, where it was not, and with its name.
_BEGAN: Mapping[What, tuple[str, str, str]] = {
    "fall": ("its AUC began to fall", "the AUC began to fall", "the AUC of {} began to fall"),
    "calibration": (
        "its probabilities went off",
        "the probabilities went off",
        "the probabilities of {} went off",
    ),
    "famine": ("feedback stopped",) * 3,
}
#: Suspects, and segments, that are told in sentences.
_TOLD = 3


def sentences(
    alarm: Alarm, found: Judgement, suspects: Sequence[Suspect], segments: Sequence[Fall], lineage: Lineage
) -> str:
    """Return what an explanation says, for people."""
    said = [_verdict(alarm, found, suspects, lineage)]
    if suspects and found.verdict in ("data", "behaviour") and not found.why:
        said.append(_first(suspects[0]))
    near = [one for one in suspects[1:_TOLD] if one.score >= suspects[0].score / 2]
    far = [one for one in suspects[1:_TOLD] if suspects[0].score / 10 <= one.score < suspects[0].score / 2]
    for words, others in (("Nearly as likely", near), ("Less likely", far)):
        if others:
            said.append(f"{words}: {', '.join(map(_place, others))}.")
    if segments:
        names = ", ".join(f"{one.segment} {one.value} (-{one.size:.3f})" for one in segments[:_TOLD])
        said.append(f"The drop sits in {names}; on the whole it is {alarm.size:.3f}.")
    return " ".join(said)


def _verdict(alarm: Alarm, found: Judgement, suspects: Sequence[Suspect], lineage: Lineage) -> str:
    since, subject = moment(alarm.since), alarm.subject
    began = moment(lineage.since or alarm.since)
    its, the, whose = _BEGAN[alarm.what]
    reads = "models read" if alarm.what == "famine" else f"{subject} reads"
    said = {
        "data": f"The data that {reads} changed about when {its}, {since}.",
        "behaviour": f"The data is as it was, but what people do changed about when {the}, {since}.",
        "labels": f"Neither the data that {reads} nor its scores moved when {its}, {since}:"
        " people act otherwise on what they are shown.",
        "version": f"The version itself is new: {subject} began to answer at {began}, about when {the}, {since}.",
        "inverted": f"Nothing that {reads} moved, and since {since} its scores rank the wrong way round:"
        " the model, or how its scores are read, is at fault.",
        "scores": f"Nothing that {reads} moved, but its scores did when {its}, {since}:"
        " the model, or how it is served, is at fault.",
    }
    if found.verdict != "unknown":
        return said[found.why or found.verdict]
    nothing = (
        "Nothing that the model reads is known to have moved"
        if suspects
        else "Nothing is known to have moved"
    )
    return f"{nothing} about when {whose.format(subject)}, {since}."


def _first(one: Suspect) -> str:
    role = f" (the {one.path[1]})" if len(one.path) > 1 and one.cause.field else ""
    return (
        f"Most likely it is {_place(one)}{role}, since {moment(one.since)}."
        f" Before: {one.cause.before}. Since then: {one.cause.after}."
    )


def _place(one: Suspect) -> str:
    return f"{one.cause.asset}.{one.cause.field}" if one.cause.field else f"the records of {one.cause.asset}"

"""From an alarm to its explanation."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable

from monitoring.causes import counted, dating, told
from monitoring.causes.base import Alarm, Document, Explanation, Fall, Lineage, Signal
from monitoring.causes.dating import Ages
from monitoring.causes.observation import Observation, observe
from monitoring.causes.ranking import rank
from monitoring.causes.verdict import judge
from monitoring.causes.words import sentences

#: Suspects that are told.
MOST = 10
#: A segment is told when it surely fell by so many times as much as the whole.
_MORE = 1.25
#: Periods into which the time from the beginning of a fall to its alarm is cut, and how much shorter they may be.
_PERIODS, _SPACING = 8, 0.75
#: Things looked at in a field, and in an asset as a whole: what the evidence has to outweigh.
_PER_FIELD, _PER_ASSET = 9, 5


def explain(
    alarm: Alarm,
    documents: Collection[Document],
    lineage: Lineage,
    earlier: Iterable[Observation] = (),
    ages: Collection[Ages] = (),
) -> Explanation:
    """Return why an AUC fell, or what else an alarm is about began, as far as the data tells.

    Args:
        alarm: what happened.
        documents: of all assets, as they are now.
        lineage: what the model takes from which field.
        earlier: what was kept of the documents before (:class:`monitoring.causes.observation.Memory`), also of times
            after the fall began; without them only drift, changes of the schema and silence are known.
        ages: of records that labels are made of.

    Guarantees: pure; the same input gives the same explanation. No value of a masked field is told.
    """
    by_asset: dict[str, list[Observation]] = defaultdict(list)
    together: Counter[int] = Counter({alarm.time: sum(one["records"] for one in documents)})
    for one in earlier:
        by_asset[one.asset].append(one)
        if one.time != alarm.time:
            together[one.time] += one.records
    signals: list[Signal] = []
    tests = 0
    for document in documents:
        observations = [*spaced(by_asset[document["asset"]], alarm), observe(document, alarm.time)]
        signals += told.signals(document, alarm.time)
        others = {one.time: together[one.time] - one.records for one in observations}
        signals += counted.signals(observations, document, others)
        tests += _PER_ASSET + _PER_FIELD * len(document["fields"])
    dated = [signal for some in ages for signal in dating.signals(some)]
    # What the inventory tells of the same clock is of fewer records, and does not say how far it is off.
    known = {(one.place, one.kind) for one in dated}
    signals = [*(one for one in signals if (one.place, one.kind) not in known), *dated]
    tests += len(ages)
    suspects = rank(signals, alarm, lineage, tests)[:MOST]
    found = judge(suspects, alarm, lineage)
    segments = _segments(alarm)
    text = sentences(alarm, found, suspects, segments, lineage)
    return Explanation(found.verdict, suspects, segments, text)


def spaced(observations: Iterable[Observation], alarm: Alarm) -> list[Observation]:
    """Return observations of one asset from before an alarm, oldest first, so far apart that some eight fall into it.

    Closer ones would make periods of so few records that chance hides what is in them. Where it may have begun long
    before it is said to have, they are as far apart as for that.
    """
    least = _SPACING * max(alarm.time - alarm.since, alarm.uncertainty_ms or 0) / _PERIODS
    found: list[Observation] = []
    # From the newest back: what is kept of long ago is further apart anyhow.
    last = alarm.time
    for one in sorted(observations, key=lambda one: -one.time):
        if last - one.time >= least and one.time < alarm.time:
            found.append(one)
            last = one.time
    return found[::-1]


def _segments(alarm: Alarm) -> list[Fall]:
    """Return the segments in which the AUC surely fell more than on the whole."""
    found = [one for one in alarm.falls if one.low > alarm.size and one.size >= _MORE * alarm.size]
    return sorted(found, key=lambda one: (-one.size, one.segment, one.value))

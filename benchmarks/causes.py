"""Which data moved when an AUC fell: faults in replays of real data, each to be named by ``monitoring.causes``.

    python -m benchmarks.causes [--sets NAME,…] [--onsets N,…] [--after N] [--share P] [--show]

Each data set is replayed through the real inventory (``benchmarks.causes_replay``); at one moment one thing goes wrong,
and some thousand interactions later an alarm asks for the causes. The alarm knows when the fall began as well as a
sequential test does: off by a normal error of its own uncertainty. A case counts as first when the first cause names
the field, or the records, that the fault changed. Replays without a fault say how often data is blamed for nothing.
"""

from __future__ import annotations

import argparse
import random
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path

from benchmarks.base import Row, real_data
from benchmarks.causes_faults import Fault, apply, decoy, fashion, faults
from benchmarks.causes_replay import Document, Replay, policy
from benchmarks.causes_shops import SHOPS, START_MS, Sent, Shop
from monitoring.causes import (
    Alarm,
    Explanation,
    Features,
    Mapped,
    Mappings,
    Memory,
    Scores,
    explain,
    lineage_of,
)
from streams.interactions.base import FieldMapping
from streams.interactions.mapping import mapping_of

_FIRST, _THREE = 0.85, 1.0
_SUBJECT = "sasrec@20260101-000000-abcdef"
#: Where nothing goes wrong an alarm asks all the same after so many, once there were as many as are least.
_QUIET = 2_500


@dataclass(frozen=True)
class Sizes:
    """How much is measured."""

    repeat: int = 1
    """The outcome is the same each time."""
    sets: Sequence[str] = tuple(SHOPS)
    onsets: Sequence[int] = (40_000, 55_000)
    """Interactions before something goes wrong."""
    after: int = 8_000
    """And from then to the alarm."""
    share: float = 1.0
    """Of the records that a fault changes: how many it does change. A silent source is silent."""
    names: Sequence[str] = ()
    """Of faults; none: all."""
    look: int = 1_000
    """A worker looks at the documents after so many interactions."""
    least: int = 20_000
    """Interactions before the first alarm without a fault."""


@dataclass(frozen=True, slots=True)
class Case:
    """One replay, and what was said of it."""

    shop: str
    fault: Fault | None
    onset: int
    explanation: Explanation
    decoyed: bool = False
    """Whether a field that no model reads broke at the same time."""

    @property
    def place(self) -> int:
        """The place of the true cause among those told, from 1; 0: it is not among them."""
        assert self.fault is not None
        for place, one in enumerate(self.explanation.causes, 1):
            if one.asset == self.fault.topic and one.field in self.fault.fields:
                return place
        return 0


def run(sizes: Sizes | None = None) -> Iterator[Row]:
    """Yield how often the true cause is first, and among the first three, and how often data is blamed for nothing.

    Raises:
        Skipped: the real data are not there.
    """
    sizes = sizes or Sizes()
    folder = real_data()
    yield from rows([case for name in sizes.sets for case in cases(SHOPS[name], folder, sizes)])


def rows(found: Sequence[Case]) -> Iterator[Row]:
    """Yield the rows of so many cases."""
    faulty = [one for one in found if one.fault is not None and one.fault.verdict == "data"]
    alone, decoyed = ([one for one in faulty if one.decoyed is which] for which in (False, True))
    how = f"{len(alone)} faults in replays of {len({one.shop for one in found})} real data sets"
    yield Row(
        "cause_first",
        share_of(alone, is_first),
        "of the faults",
        how,
        (">=", _FIRST),
        {"not": missed_of(alone)},
    )
    yield Row("cause_top3", share_of(alone, is_among_three), "of the faults", how, (">=", _THREE))
    yield Row("cause_verdict", share_of(alone, is_right), "of the faults are called data", how)
    if decoyed:
        how = f"{len(decoyed)} faults, while a field that no model reads broke at the same time"
        first, detail = share_of(decoyed, is_first), {"not": missed_of(decoyed)}
        yield Row("cause_first_beside_another", first, "of the faults", how, None, detail)
    turned = [one for one in found if one.fault is not None and one.fault.verdict == "behaviour"]
    how = f"{len(turned)} replays in which people turn to other items"
    yield Row("cause_behaviour", share_of(turned, is_right), "are called behaviour", how)
    right = [one for one in found if one.fault is None]
    blamed = share_of(right, lambda one: one.explanation.verdict == "data")
    yield Row("cause_false", blamed, "of alarms without a fault blame data", f"{len(right)} alarms")


def share_of(found: Sequence[Case], holds: Callable[[Case], bool]) -> float:
    return sum(map(holds, found)) / max(len(found), 1)


def is_first(case: Case) -> bool:
    return case.place == 1


def is_among_three(case: Case) -> bool:
    return case.place in (1, 2, 3)


def is_right(case: Case) -> bool:
    return case.fault is not None and case.explanation.verdict == case.fault.verdict


def missed_of(found: Sequence[Case]) -> dict[str, int]:
    """Return how often the cause was not first, by fault."""
    missed = [one for one in found if one.place != 1 and one.fault is not None]
    return dict(Counter(f"{one.shop}: {one.fault.name} {one.fault.topic}" for one in missed if one.fault))


def _tuned(shop: Shop, sent: Sequence[Sent]) -> Iterator[Fault]:
    yield from faults(shop)
    yield fashion(shop, sent)


def cases(
    shop: Shop,
    folder: Path,
    sizes: Sizes,
    known: Callable[[Shop, Sequence[Sent]], Iterable[Fault]] = _tuned,
) -> Iterator[Case]:
    """Yield a case for each fault and each moment, and one without a fault.

    Args:
        shop: whose topics are replayed.
        folder: of the real data.
        sizes: how much is measured.
        known: returns the faults of a shop, given what is sent before the first of them begins.
    """
    chance = random.Random(shop.name)
    sent = list(shop.sent(folder, max(sizes.onsets) + sizes.after))
    watched, begun, beside = Watched(Replay(policy()), shop.step_ms, sizes.look), 0, decoy(shop)
    possible = [
        one if one.whole else replace(one, share=one.share * sizes.share)
        for one in known(shop, sent[: min(sizes.onsets)])
    ]
    wrong = [[one] for one in possible if not sizes.names or one.name in sizes.names]
    if beside is not None:
        wrong += [[one, beside] for (one,) in wrong if one.verdict == "data"]
    for onset in sizes.onsets:
        for end in range(begun + _QUIET, onset + 1, _QUIET):
            watched.play(sent, end - _QUIET, end, [], chance)
            if end > sizes.least:
                yield Case(shop.name, None, end, watched.asked(end - sizes.after, sizes.after, chance))
        begun = onset
        for several in wrong:
            other = watched.fork()
            other.play(sent, onset, onset + sizes.after, several, chance)
            yield Case(
                shop.name, several[0], onset, other.asked(onset, sizes.after, chance), len(several) > 1
            )


@dataclass
class Watched:
    """A replay whose documents are looked at now and then, as a worker does."""

    replay: Replay
    step_ms: int
    look: int
    memory: Memory = field(default_factory=Memory)
    mappings: Mappings = field(default_factory=Mappings)
    documents: list[Document] = field(default_factory=list)

    def fork(self) -> Watched:
        """Return another one that goes on from here."""
        return Watched(self.replay.fork(), self.step_ms, self.look, self.memory.copy(), self.mappings.copy())

    def play(
        self, sent: Sequence[Sent], begin: int, end: int, wrong: Sequence[Fault], chance: random.Random
    ) -> None:
        """Send interactions and what comes with them, and look at the documents now and then."""
        for start in range(begin, end, self.look):
            batch = []
            for place, together in enumerate(islice(sent, start, min(start + self.look, end)), start):
                for topic, record in together:
                    changed = [record]
                    for fault in wrong:
                        changed = [new for old in changed for new in apply(fault, topic, old, chance)]
                    batch += [(START_MS + place * self.step_ms, topic, one) for one in changed]
            self.replay.send(batch)
            now = START_MS + min(start + self.look, end) * self.step_ms
            self.documents = self.replay.documents(now)
            self.memory.add(self.documents, now)
            self.mappings.add(_mapped(self.documents), now)

    def asked(
        self,
        onset: int,
        after: int,
        chance: random.Random,
        scores: Scores | None = None,
        version: int | None = None,
    ) -> Explanation:
        """Return the causes of an alarm that knows the beginning about as well as it says.

        Args:
            onset: interactions before the beginning.
            after: and from then to the alarm.
            chance: by how much the beginning is missed.
            scores: what the version answered; None: not known.
            version: interactions before the version began to answer; None: not known.
        """
        began, now = START_MS + onset * self.step_ms, START_MS + (onset + after) * self.step_ms
        error = after * self.step_ms / 8
        since = min(round(began + chance.gauss(0, error)), now)
        alarm = Alarm(_SUBJECT, since, now, 0.05, round(error), scores=scores)
        began_ms = None if version is None else START_MS + version * self.step_ms
        named = {one["asset"]: one for one in self.documents}
        before = self.mappings.before(alarm.settled)
        lineage = lineage_of(_mapped(self.documents), Features(_SUBJECT, began_ms), named, before)
        return explain(alarm, self.documents, lineage, self.memory.observations())


def _mapped(documents: Sequence[Document]) -> dict[str, Mapped]:
    return {
        one["asset"]: Mapped(found.target, {role: part.field for role, part in found.parts.items()})
        for one in documents
        if isinstance(found := mapping_of(one), FieldMapping)
    }


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--sets", default=",".join(SHOPS))
    parser.add_argument("--onsets", default=",".join(map(str, Sizes.onsets)))
    parser.add_argument("--after", type=int, default=Sizes.after)
    parser.add_argument("--share", type=float, default=1.0, help="of the records that a fault changes")
    parser.add_argument("--show", action="store_true", help="print what is said of each case")
    options = parser.parse_args()
    onsets = [int(one) for one in options.onsets.split(",")]
    sizes = Sizes(sets=options.sets.split(","), onsets=onsets, after=options.after, share=options.share)
    folder = real_data()
    found = []
    for name in sizes.sets:
        for case in cases(SHOPS[name], folder, sizes):
            found.append(case)
            if options.show:
                show(case)
    for row in rows(found):
        print(row.document())


def show(case: Case) -> None:
    fault, found = case.fault, case.explanation
    what = "nothing" if fault is None else f"{fault.topic} {fault.name}{', beside another' * case.decoyed}"
    place = "" if fault is None else f"place {case.place}, "
    print(f"{case.shop} {case.onset} {what}: {place}{found.verdict}")
    for one in found.suspects[:4]:
        kind = "behaviour " * one.behaviour
        print(f"    {one.score:.4f} {kind}{one.cause.asset}.{one.cause.field} {one.cause.evidence}"[:300])


if __name__ == "__main__":
    main()

"""The search for rules: in turns, each on a sample of its own; what it finds is then checked on all later records.

A turn takes 256 of the checked records, each time twice as far apart, and asks the families of rules which hold in
them more often than chance gives. The candidates are checked on records after the sample, never on those that
suggested them. So that what is shown holds, :func:`streams.inventory.quality.evidence.bar` spends the error over
turns and candidates. A rule that appears late in a stream is found by a later turn.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from streams.inventory.base import Classifier, Masker
from streams.inventory.profile.codec import BlobReader, BlobWriter
from streams.inventory.quality.evidence import bar
from streams.inventory.quality.places import Places
from streams.inventory.quality.rows import Rows
from streams.inventory.quality.rules import FAMILIES, constant, dependency, equal
from streams.inventory.quality.rules.base import Proposal, Rule
from streams.inventory.quality.sample import ROWS, Sample
from streams.inventory.quality.watched import Watched

#: Candidates of a turn, and of one family in it; rules checked at a time.
CANDIDATES = 48
_OF_A_FAMILY = 24
RULES = 64
#: Fields whose meaning is remembered from turn to turn.
MEANT = 256
#: Rules of all partitions together.
MERGED = 256
#: The distance between the records of a sample doubles this often.
_WIDEST = 5
#: By how much lower its bound must be for the counts of a rule to begin anew.
_EASIER = 0.01
#: In these turns it is asked anew what the fields mean; in others only when there are new ones.
_MEANT = frozenset({0, 3})
_CODED = frozenset({constant.name, dependency.name, equal.name})


class Discovery:
    """The rules of records of one format.

    Args:
        classifier: says what the sampled fields mean.
        masker: masks what is certainly personal in sampled values.
    """

    def __init__(self, classifier: Classifier, masker: Masker) -> None:
        self._classifier = classifier
        self._masker = masker
        self.turn = 0
        """Turns that have ended."""
        self.types: dict[str, str] = {}
        """What the fields mean, by the last turn."""
        self._seen: set[str] = set()
        """Fields whose meaning was asked for."""
        self._into = 0
        self.sample = Sample(masker)
        self.rules: dict[Rule, Watched] = {}

    @property
    def distance(self) -> int:
        """Records from one of the sample to the next."""
        return 2 << min(self.turn, _WIDEST)

    @property
    def left(self) -> int:
        """Records until the turn ends: no more may be added at a time."""
        return ROWS * self.distance - self._into

    @property
    def paths(self) -> list[str]:
        """The fields that rules are checked on."""
        return list(dict.fromkeys(path for rule in self.rules for path in rule.fields))

    @property
    def coded(self) -> list[str]:
        """Those of them that are compared by the codes of their values."""
        return list(
            dict.fromkeys(path for rule in self.rules if rule.family in _CODED for path in rule.fields)
        )

    def add(self, rows: Rows, places: Places, start: int, number: int, names: Mapping[str, str]) -> None:
        """Check the rules on records, and take those of the sample.

        Args:
            rows: at most :attr:`left` records.
            places: where the records of their group are.
            start: which record of the group the first one is.
            number: which record of the stream the first one is.
            names: what CSV columns are called.
        """
        for watched in self.rules.values():
            watched.add(rows, places, start, number)
        chosen = slice(-self._into % self.distance, rows.size, self.distance)
        count = len(range(rows.size)[chosen])
        if count:
            self.sample.add(count, {path: rows.values(path)[chosen] for path in rows.paths})
        self._into += rows.size
        if not self.left:
            self._search(names)

    def _search(self, names: Mapping[str, str]) -> None:
        if self.turn in _MEANT or not self.sample.paths <= self._seen:
            self._seen |= self.sample.paths
            self.types |= self.sample.types(self._classifier, names)
            if len(self.types) > MEANT:
                # Fields come and go: those of this sample are known, older ones are asked for again.
                self.types = {path: self.types[path] for path in self.sample.paths if path in self.types}
                self._seen &= self.sample.paths
        self.sample.keep(self.types)
        table = self.sample.table(self.types)
        candidates: list[Proposal] = []
        for family in FAMILIES.values():
            proposals = [one for one in family.propose(table) if self._is_new(one)]
            candidates += sorted(proposals, key=_best_first)[:_OF_A_FAMILY]
        candidates = sorted(candidates, key=_best_first)[:CANDIDATES]
        needed = bar(len(candidates), self.turn)
        self._make_room(len(candidates))
        for one in candidates:
            if one.rule in self.rules or len(self.rules) < RULES:
                self.rules[one.rule] = Watched(one.rule, one.bound, needed)
        self.turn += 1
        self._into = 0
        self.sample = Sample(self._masker)

    def _is_new(self, one: Proposal) -> bool:
        """Tell whether a rule is not checked yet, or would be easier to show by what chance gives in this sample."""
        known = self.rules.get(one.rule)
        return known is None or (known.evidence < known.bar and one.bound < known.bound - _EASIER)

    def _make_room(self, wanted: int) -> None:
        """Let go of rules that do not hold, and then of those that are least evident."""
        self.rules = {rule: watched for rule, watched in self.rules.items() if not watched.hopeless}
        doubtful = [rule for rule, watched in self.rules.items() if watched.evidence < watched.bar]
        doubtful.sort(key=lambda rule: (self.rules[rule].evidence, rule))
        for rule in doubtful[: max(len(self.rules) + wanted - RULES, 0)]:
            del self.rules[rule]

    def hide(self, path: str) -> None:
        """Drop a field that turned out to be personal, with all rules about it."""
        self.types.pop(path, None)
        self.sample.hide(path)
        self.rules = {rule: watched for rule, watched in self.rules.items() if path not in rule.fields}

    def merge(self, other: Discovery) -> None:
        """Add what another one counted in other records. The samples are not joined: the search has ended here."""
        self.turn = max(self.turn, other.turn)
        self.types |= {path: kind for path, kind in other.types.items() if path not in self.types}
        for rule, watched in other.rules.items():
            mine = self.rules.get(rule)
            if mine is None:
                self.rules[rule] = watched.copy()
            else:
                mine.merge(watched)
        if len(self.rules) > MERGED:
            best = sorted(self.rules, key=lambda rule: (-self.rules[rule].evidence, rule))[:MERGED]
            self.rules = {rule: self.rules[rule] for rule in best}

    def state(self, blobs: BlobWriter) -> list[Any]:
        """Return JSON values; hashes go to ``blobs``."""
        rules = [watched.state(blobs) for watched in self.rules.values()]
        return [self.turn, self._into, self.types, sorted(self._seen), self.sample.state(), rules]

    def restore(self, state: Sequence[Any], blobs: BlobReader) -> None:
        """Take over what :meth:`state` gave."""
        self.turn, self._into, self.types = state[0], state[1], dict(state[2])
        self._seen = set(state[3])
        self.sample.restore(state[4])
        watched = [Watched.restored(one, blobs) for one in state[5]]
        self.rules = {one.rule: one for one in watched}


def _best_first(one: Proposal) -> tuple[float, Rule]:
    return -one.evidence, one.rule

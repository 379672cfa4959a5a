"""The search for rules: in turns, each on a sample of its own; what it finds is then checked on all later records.

A turn takes 256 of the checked records, each time further apart, and asks the families of rules which hold in them
more often than chance gives. They are asked one after the other while further records come, and the first turn of an
asset begins at a record of its own: all at once, many assets that came to it together would hold a worker up for long.
The candidates are checked on records after the sample, never on those that suggested them. So that what is shown
holds, :func:`streams.inventory.quality.evidence.bar` spends the error over turns and candidates. A rule that appears
late in a stream is found by a later turn.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from itertools import chain
from typing import Any

from streams.inventory.base import Classifier, Masker
from streams.inventory.profile.codec import BlobReader, BlobWriter
from streams.inventory.quality.evidence import bar
from streams.inventory.quality.places import Places
from streams.inventory.quality.rows import Rows
from streams.inventory.quality.rules import FAMILIES, arithmetic, constant, dependency, equal
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
#: The first turn begins at a record before this one.
_LATEST = 256
#: Stands for records of the turn before any has come.
_NEW = -_LATEST
#: Records from one step of a search to the next. What takes longest has a step of its own.
_STEP = 8
_SEARCHES = (
    (arithmetic.name,),
    (dependency.name,),
    tuple(name for name in FAMILIES if name not in (arithmetic.name, dependency.name)),
)
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
        self._into = _NEW
        """Records of the turn; below 0: so many come before it."""
        self.sample = Sample(masker)
        self._table: Rows | None = None
        """The sample while it is searched."""
        self._found: list[list[list[Proposal]]] = []
        """What the steps of the search found so far, by family; found again from the sample after a restart."""
        self.rules: dict[Rule, Watched] = {}

    @property
    def distance(self) -> int:
        """Records from one of the sample to the next."""
        return 2 << min(self.turn, _WIDEST) if self.turn else 1

    @property
    def left(self) -> int:
        """Records until something is to be done: no more may be added at a time."""
        if self._into < 0:
            return 1 if self._into == _NEW else -self._into
        beyond = self._beyond
        return -beyond if beyond < 0 else _STEP - beyond % _STEP

    @property
    def _beyond(self) -> int:
        """Records since the sample is whole; below 0: before."""
        return self._into - ROWS * self.distance

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
        if self._into == _NEW:
            self._into = -_own(rows)
        if self._beyond < 0 <= self._into:
            self._take(rows)
        self._into += rows.size
        steps, rest = divmod(self._beyond, _STEP)
        if steps == rest == 0:
            self._begin(names)
        elif steps > 0 and not rest:
            self._search(steps)

    def _take(self, rows: Rows) -> None:
        chosen = slice(-self._into % self.distance, rows.size, self.distance)
        count = len(range(rows.size)[chosen])
        if count:
            self.sample.add(count, {path: rows.values(path)[chosen] for path in rows.paths})

    def _begin(self, names: Mapping[str, str]) -> None:
        """Ask what the fields of the sample mean, and keep those that are not personal."""
        if self.turn in _MEANT or not self.sample.paths <= self._seen:
            self._seen |= self.sample.paths
            self.types |= self.sample.types(self._classifier, names)
            if len(self.types) > MEANT:
                # Fields come and go: those of this sample are known, older ones are asked for again.
                self.types = {path: self.types[path] for path in self.sample.paths if path in self.types}
                self._seen &= self.sample.paths
        self.sample.keep(self.types)

    def _search(self, steps: int) -> None:
        """Do the steps of the search up to this one, and end the turn with the last."""
        table = self._table = self._table or self.sample.table(self.types)
        for families in _SEARCHES[len(self._found) : steps]:
            self._found.append([FAMILIES[name].propose(table) for name in families])
        if steps == len(_SEARCHES):
            self._end()

    def _end(self) -> None:
        candidates: list[Proposal] = []
        for proposals in chain.from_iterable(self._found):
            new = [one for one in proposals if self._is_new(one)]
            candidates += sorted(new, key=_best_first)[:_OF_A_FAMILY]
        candidates = sorted(candidates, key=_best_first)[:CANDIDATES]
        needed = bar(len(candidates), self.turn)
        self._make_room(len(candidates))
        for one in candidates:
            if one.rule in self.rules or len(self.rules) < RULES:
                self.rules[one.rule] = Watched(one.rule, one.bound, needed)
        self.turn += 1
        self._into = 0
        self.sample = Sample(self._masker)
        self._forget_search()

    def _forget_search(self) -> None:
        self._table = None
        self._found = []

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
        self._forget_search()
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
        if not self.turn and self.sample.rows != max(min(self._into, ROWS), 0):
            # A first turn of another spacing, as it was once: begun again.
            self._into, self.sample = 0, Sample(self._masker)
        self._forget_search()
        watched = [Watched.restored(one, blobs) for one in state[5]]
        self.rules = {one.rule: one for one in watched}


def _own(rows: Rows) -> int:
    """Return how many records come before the first turn, by what the first of them holds."""
    values = {path: rows.values(path)[0] for path in sorted(rows.paths)}
    first = repr([(path, value) for path, value in values.items() if value is not None])
    return zlib.crc32(first.encode(errors="replace")) % _LATEST


def _best_first(one: Proposal) -> tuple[float, Rule]:
    return -one.evidence, one.rule

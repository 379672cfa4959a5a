"""What the checked records of an asset say of its quality, over all partitions and formats, by the fields' names."""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from streams.inventory.intervals import Share, wilson
from streams.inventory.quality.delays import Delays
from streams.inventory.quality.evidence import KEPT
from streams.inventory.quality.judged import Judged
from streams.inventory.quality.places import Span
from streams.inventory.quality.rules import FAMILIES, constant, dependency, equal
from streams.inventory.quality.watched import Watched

_FAMILY_ORDER = {name: place for place, name in enumerate(FAMILIES)}


class FoundRule(NamedTuple):
    """A rule that surely holds, in words and figures."""

    says: str
    """Such as ``Amount = Quantity x UnitPrice``."""
    family: str
    fields: tuple[str, ...]
    share: Share
    """Of the records checked that keep it."""
    kept: int
    checked: int
    broken: Span
    """The first and the latest record that does not."""


@dataclass
class Findings:
    """Collected by :meth:`streams.inventory.quality.part.QualityPart.findings`."""

    gaps: dict[str, Span] = field(default_factory=dict)
    judged: dict[str, Judged] = field(default_factory=dict)
    delays: Delays = field(default_factory=Delays)
    rules: list[FoundRule] = field(default_factory=list)
    """Only those that are evident, after :meth:`settle`."""
    _watched: list[tuple[Watched, Mapping[str, str]]] = field(default_factory=list)

    def add_gap(self, name: str, span: Span) -> None:
        """Take in where a field has no value."""
        self.gaps[name] = self.gaps.get(name, Span()).union(span)

    def add_judged(self, name: str, judged: Judged) -> None:
        """Take in what is wrong with a field's values."""
        self.judged.setdefault(name, Judged(judged.semantic_type)).merge(judged)

    def add_rule(self, watched: Watched, names: Mapping[str, str]) -> None:
        """Take in a rule; ``names`` says what CSV columns are called."""
        self._watched.append((watched, names))

    def settle(self, searches: int, masked: Collection[str] = ()) -> None:
        """Keep the rules that are evident, however many searches there were for them.

        Args:
            searches: how many.
            masked: fields of which no values may be shown; rules about them are left out.
        """
        more = math.log(max(searches, 1))
        evident = [one for one in self._watched if _is_evident(one[0], more)]
        told = [_told(watched, names) for watched, names in evident]
        shown = [rule for rule in told if not set(masked).intersection(rule.fields)]
        self.rules = sorted(
            _told_once(_simplest(shown)),
            key=lambda rule: (_FAMILY_ORDER[rule.family], -rule.checked, rule.says),
        )


def _is_evident(watched: Watched, more: float) -> bool:
    least = constant.KEPT if watched.rule.family == constant.name else KEPT
    return watched.evidence >= watched.bar + more and watched.kept >= least * watched.checked


def _told(watched: Watched, names: Mapping[str, str]) -> FoundRule:
    rule, kept, checked = watched.rule, watched.kept, watched.checked

    def called(path: str) -> str:
        return names.get(path, path)

    return FoundRule(
        FAMILIES[rule.family].say(rule, called),
        rule.family,
        tuple(map(called, rule.fields)),
        wilson(kept, checked),
        kept,
        checked,
        watched.broken,
    )


def _simplest(rules: list[FoundRule]) -> list[FoundRule]:
    """Leave out what others say already.

    Of two fields that decide each other, both rules stay; but what decides one decides the other too, and of a chain (a
    decides b, b decides c) the last step follows. Fields that are equal decide the same.
    """
    deciding = {rule.fields for rule in rules if rule.family == dependency.name}
    same = {frozenset(rule.fields) for rule in rules if rule.family == equal.name}

    def follows(rule: FoundRule) -> bool:
        one, other = rule.fields
        if frozenset(rule.fields) in same:
            return True
        # By a step in between that is not just another name of the first or of the last.
        return any(
            (one, middle) in deciding
            and (middle, other) in deciding
            and (middle, one) not in deciding
            and (other, middle) not in deciding
            for _, middle in deciding
            if middle not in (one, other)
        )

    return [rule for rule in rules if rule.family != dependency.name or not follows(rule)]


def _told_once(rules: list[FoundRule]) -> list[FoundRule]:
    """Leave out what a rule says already of fields that are equal to its own.

    Where the billing address is mostly the shipping address, the code of either decides the city of both: what stays is
    said of fields whose names begin alike, each code of its own city.
    """
    names = _representatives(rules)
    if not names:
        return rules
    groups: dict[tuple[str, str], list[FoundRule]] = defaultdict(list)
    for rule in rules:
        # Longer names first: a name may be part of another one.
        said = rule.says
        for place, name in enumerate(sorted(rule.fields, key=len, reverse=True)):
            said = said.replace(name, f"\x00{place}\x00").replace(f"\x00{place}\x00", names.get(name, name))
        groups[rule.family, said if rule.family != equal.name else rule.says].append(rule)
    return [rule for alike in groups.values() for rule in _best_named(alike)]


def _representatives(rules: list[FoundRule]) -> dict[str, str]:
    """Return, for each field that equals another one, the one that stands for all of them."""
    found: dict[str, str] = {}
    for rule in rules:
        if rule.family == equal.name:
            one, other = (found.get(name, name) for name in rule.fields)
            found |= dict.fromkeys(rule.fields, one)
            found |= {name: one for name, stands in found.items() if stands == other}
    return found


def _best_named(rules: list[FoundRule]) -> list[FoundRule]:
    alike = [_begins_alike(rule.fields) for rule in rules]
    most = max(alike)
    if not most:
        return rules[:1]
    return [rule for rule, words in zip(rules, alike, strict=True) if words == most]


def _begins_alike(names: tuple[str, ...]) -> int:
    """Return with how many words, of any writing, names begin alike."""
    parts = [re.findall(r"[A-Z]?[a-z]+|[A-Z]+|[0-9]+|[^\W\d_]", name) for name in names]
    count = 0
    for words in zip(*parts, strict=False):
        if len({word.casefold() for word in words}) > 1:
            break
        count += 1
    return count

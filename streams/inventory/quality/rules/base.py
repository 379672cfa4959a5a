"""The contract of a family of rules: proposes them from a sample, judges records by them, says them in words."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple, Protocol

from streams.inventory.quality.evidence import KEPT, bound_over, log_evidence, surely_at_most
from streams.inventory.quality.rows import Bools, Rows

#: Types whose values measure nothing and are not counted with: keys, names, texts, times.
_NO_MEASURES = (
    "event_type session_id event_id order_id search_query user_id device_id item_id sku gtin "
    "item_name item_description brand item_model category category_code color size material "
    "condition availability unit attributes seller_id organization_name review_text currency "
    "payment_method delivery_method order_status timestamp date time_of_day day_of_week country "
    "region city postal_code coordinates url image_url language platform hash uuid boolean label "
    "category_value identifier text position"
)
NO_MEASURES = frozenset(_NO_MEASURES.split())
#: Types whose values are not codes: they decide nothing, however seldom they repeat.
_NO_CODES = (
    "timestamp date time_of_day day_of_week price amount quantity rating score duration number "
    "weight length discount label boolean position review_text item_description text search_query "
    "price_range opening_hours age"
)
NO_CODES = frozenset(_NO_CODES.split())
#: Evidence in the sample, against chance alone, from which a rule is worth checking on other records.
_WORTH = 4.6
#: Least number of records of the sample on which a rule is proposed.
LEAST = 8


class Rule(NamedTuple):
    """One rule. Equal rules are the same rule, wherever they were found."""

    family: str
    form: str
    """Which rule of the family."""
    fields: tuple[str, ...]
    """The paths it is about, in the order its form wants."""
    value: str = ""
    """What else belongs to it: decimals, a prefix, a text."""


class Proposal(NamedTuple):
    """A rule that holds in a sample, with what is to be beaten."""

    rule: Rule
    bound: float
    """It is shown only when it surely holds in more than this share of records."""
    evidence: float
    """Logarithm of the evidence in the sample against chance alone."""


class Verdict(NamedTuple):
    """What a rule says of some records."""

    applies: Bools
    kept: Bools
    """Only where it applies."""


class Family(Protocol):
    """A family of rules; its module is its implementation."""

    @property
    def name(self) -> str:
        """How :attr:`Rule.family` calls it."""
        ...

    def propose(self, sample: Rows) -> list[Proposal]:
        """Return the rules that hold in a sample more often than chance alone gives. Bounded work."""
        ...

    def judge(self, rule: Rule, rows: Rows) -> Verdict:
        """Say which records it applies to, and which of these keep it; each by its record alone."""
        ...

    def say(self, rule: Rule, names: Callable[[str], str]) -> str:
        """Return the rule in words, with the fields as ``names`` calls them."""
        ...


def proposal(
    rule: Rule, kept: int, checked: int, chance: float, least: int = LEAST, trials: int = 0
) -> Proposal | None:
    """Return a proposal if the sample supports the rule, else None.

    Args:
        rule: what is proposed.
        kept: records of the sample that keep it.
        checked: those that it applies to.
        chance: the share that would keep it if its sides had nothing to do with each other.
        least: how many records it must apply to.
        trials: records that the chance was estimated from; 0: ``checked``.
    """
    chance = surely_at_most(chance, trials or checked)
    bound = bound_over(chance)
    if checked < least or bound >= 1 or kept < max(bound, KEPT) * checked:
        return None
    evidence = log_evidence(kept, checked, chance)
    return Proposal(rule, bound, evidence) if evidence >= _WORTH else None


def found(proposals: Iterable[Proposal | None]) -> list[Proposal]:
    """Return those that are there."""
    return [one for one in proposals if one is not None]


def varied(sample: Rows, paths: Sequence[str], least: int) -> list[str]:
    """Return the fields with at least so many different values."""
    return [path for path in paths if len(set(sample.texts(path)) - {None}) >= least]


def by_presence(sample: Rows, paths: Sequence[str], most: int) -> list[str]:
    """Return at most so many fields, in their order: those that are there most often."""
    if len(paths) <= most:
        return list(paths)
    ranked = sorted(paths, key=lambda path: -int(sample.present(path).sum()))[:most]
    return [path for path in paths if path in set(ranked)]


Names = Callable[[str], str]
Params = Mapping[str, Any]

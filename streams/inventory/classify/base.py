"""The contract of a classification rule: one semantic type, what its fields are called, what its values are.

A rule knows nothing of other rules. To add a semantic type, add its row to ``pandian/semantic_types.csv``, one
:class:`Rule` to a file in ``rules/`` (a new file is found by itself) and its examples to the tests.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from streams.inventory.classify.facts import FieldFacts, Mask

#: Which of a field's sampled values have a form. Looks at the values of one field only.
Detector = Callable[[FieldFacts], Mask]

#: What a field may look like (see :attr:`FieldFacts.looks`) for a rule to apply.
TEXT = frozenset({"text"})
STRINGS = frozenset({"text", "digits"})
NUMBERS = frozenset({"digits", "number"})
CODES = TEXT | NUMBERS
FLAGS = CODES | {"boolean"}
LOOKS = FLAGS | {"container", "none"}


def words(text: str) -> frozenset[str]:
    """Return the entries of a word list; entries of several words are written with ``_``."""
    return frozenset(word.replace("_", " ") for word in text.split())


#: Weight of a name that ends like one of the type and says something else: "review id" is no review.
DENIED: Final = 0.01


@dataclass(frozen=True, slots=True)
class Beside:
    """Other fields of the same object that make a name mean this type, or not."""

    types: frozenset[str]
    """Semantic types of the other fields."""
    lift: float
    """Added to the weight of the name when one of them is there; may be negative."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """How fields of one semantic type are recognised, by their name, their values or both."""

    type: str
    """The semantic type it finds."""
    names: Mapping[str, float] = field(default_factory=dict)
    """What such fields are called, with the confidence that the name alone gives: ``order|invoice number|id``
    stands for four phrases, each of which may end the name; of several the longest counts. ``^ name`` is all of the
    last part of a path, and ``= id`` all of the path: what only means something where no other word says of what.
    :data:`DENIED` takes a name out again."""
    form: Detector | None = None
    """Which values have the form of this type."""
    says: str = "fit it"
    """``form`` in words that follow "100 % of 12 sampled values"."""
    accepts: frozenset[str] = TEXT
    """What the field may look like: anything else is a veto."""
    fits: Detector | None = None
    """Which values may stand under such a name, when that is more than ``form``."""
    need: float = 0.6
    """Least share of fitting values for the name to stand: values veto names."""
    proof: float = 0.0
    """Confidence that the values alone give when all have the form; 0: values alone never decide."""
    at: float = 0.9
    """Least share of values of the form for values to decide alone."""
    least: int = 1
    """Least number of different values for values to decide alone."""
    chance: float = 0.0
    """Share of arbitrary values of this look that have the form too, such as 0.1 for one check digit."""
    beside: tuple[Beside, ...] = ()
    """What other fields change about the name's weight."""
    ranged: bool = False
    """Whether the evidence tells the smallest and largest number. Never for masked types."""

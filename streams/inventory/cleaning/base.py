"""The contract of cleaning: values as they came in, canonical values out, and which rules changed them.

Raw data is never altered: who wants canonical values asks for them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cached_property
from typing import Protocol

import numpy as np
import numpy.typing as npt

#: What a cleaned value can be: JSON's scalars.
Scalar = str | int | float | bool | None

#: Stands between joined texts, and at both ends. A text that holds it itself needs cleaning anyway.
MARK = "\x00"
_BLANK = ord(" ")


#: Printable ASCII with single blanks inside, and without the signs of escapes and of spreadsheets' marks.
ORDINARY = re.compile(r"[!#$(-~][!#$'-~]*+(?: [!#$'-~]++)*+")


class SparesOrdinary:
    """Marks a rule that leaves every text alone that is :data:`ORDINARY`, as most are."""


class Signs:
    """Many texts, joined, so that rules can tell at a few ns a text whether there is anything for them to do."""

    def __init__(self, texts: Sequence[str]) -> None:
        self.texts = texts
        self.joined = MARK.join(["", *texts, ""])
        self.marks = len(texts) + 1
        """How many marks there are, if no text holds one."""
        self.ascii = self.joined.isascii()

    @cached_property
    def raw(self) -> npt.NDArray[np.uint8]:
        """The same as UTF-8."""
        return np.frombuffer(self.joined.encode("utf-8", "surrogatepass"), np.uint8)

    @cached_property
    def controls(self) -> bool:
        """Whether any text holds an ASCII control character: a tab, a line break, a mark or the like."""
        return bool(np.count_nonzero(self.raw < _BLANK) > self.marks) or "\x7f" in self.joined

    @cached_property
    def loose_blanks(self) -> bool:
        """Whether a blank stands at a border of a text or beside another one."""
        blank = self.raw <= _BLANK
        pairs = np.count_nonzero(blank[1:] & blank[:-1])
        if not pairs:
            return False
        mark = self.raw == 0
        return bool(pairs > np.count_nonzero(mark[1:] & mark[:-1]))

    @cached_property
    def rare(self) -> str:
        """Only the characters beyond ASCII, in their order."""
        if self.ascii:
            return ""
        return self.raw[self.raw > 127].tobytes().decode("utf-8", "surrogatepass")

    def begins_with(self, signs: str) -> bool:
        """Tell whether any text begins with one of these ASCII signs."""
        first = self.raw[np.flatnonzero(self.raw[:-1] == 0) + 1]
        return any(bool((first == ord(sign)).any()) for sign in signs)


class Rule(Protocol):
    """One thing that can be wrong with a text, and what is made of it. Stateless.

    Guarantees: deterministic; never raises for any text; time linear in its length; a text in which nothing is
    wrong comes back as it is.
    """

    name: str
    """Its name in counts: stays for ever, and comes from a bounded set."""
    says: str
    """What it does, in words that follow "values were": for people."""

    def suspects(self, signs: Signs) -> bool:
        """Tell whether the rule could change any of the joined texts. May say yes too often, never no wrongly."""
        ...

    def clean(self, text: str) -> Scalar:
        """Return the canonical value; the text itself when it is canonical already."""
        ...

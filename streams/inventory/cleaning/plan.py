"""Which rules a field gets: decided once, from its meaning and samples of its values."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from streams.inventory.cleaning.base import Rule
from streams.inventory.cleaning.cleaner import Cleaner
from streams.inventory.cleaning.rules import contacts, dates, numbers, units, words
from streams.inventory.cleaning.rules.encoding import Mojibake
from streams.inventory.cleaning.rules.escapes import HtmlEntities, PercentEscapes
from streams.inventory.cleaning.rules.texts import Invisible, Missing, Spreadsheet, Whitespace, Width

#: Types whose values must stay as they are, sign by sign.
_VERBATIM = frozenset({"password_or_token", "hash", "uuid"})
#: Types whose rules need no samples; they bear the type's name.
_BY_TYPE_ALONE = frozenset({"email", "phone", "currency"})
#: Share of the samples that must fit for rules of a meaning to hold, and the least number of samples that tell.
_FITS = 0.9
_LEAST = 3


@dataclass(frozen=True, slots=True)
class FieldPlan:
    """A field's rules, and why. Goes to JSON and back, so that a field keeps its plan."""

    settings: Mapping[str, str]
    """Rules beyond those for any text, by name, with what was decided for them; ``missing`` and ``verbatim`` too."""
    notes: tuple[str, ...] = ()
    """What a person should know: what was decided from what, and what could not be decided."""

    def cleaner(self, *, typed: bool = True, missing: bool = True) -> Cleaner:
        """Return what applies the plan.

        Args:
            typed: also make numbers of texts that are numbers already: for storing, not for counting.
            missing: also make null of what is missing; the profile counts that by itself.
        """
        if "verbatim" in self.settings:
            return Cleaner([])
        texts: list[Rule] = [Mojibake(), PercentEscapes(), HtmlEntities(), Invisible(), Width(), Whitespace()]
        texts.append(Spreadsheet())
        if missing:
            texts.append(Missing(frozenset(filter(None, self.settings.get("missing_but", "").split(" ")))))
        last = [make(self.settings[name]) for name, make in _RULES.items() if name in self.settings]
        if typed and "number_format" in self.settings:
            last.append(numbers.PlainNumbers())
        return Cleaner(texts, last)

    def state(self) -> list[Any]:
        """Return the plan as JSON values."""
        return [dict(self.settings), list(self.notes)]

    @classmethod
    def restored(cls, state: Sequence[Any]) -> FieldPlan:
        """Return the plan whose :meth:`state` this is."""
        return cls(dict(state[0]), tuple(state[1]))


def _number_formats(setting: str) -> Rule:
    point = "." if "." in setting else "," if "," in setting else ""
    return numbers.NumberFormats(point, currency="¤" in setting)  # type: ignore[arg-type]  # one of its signs


#: How each rule is made from its setting, in the order in which they are applied.
_RULES: Mapping[str, Callable[[Any], Rule]] = {
    "email": lambda _: contacts.Emails(),
    "phone": lambda _: contacts.Phones(),
    "country": words.Countries,
    "currency": lambda _: words.Currencies(),
    "boolean": lambda _: words.Booleans(),
    "date": dates.Dates,
    "unit": units.OneUnit,
    "number_format": _number_formats,
}

_NAMIBIA = frozenset({"NA"})
#: What holds of any field of texts.
PLAIN = FieldPlan({})


def asks_samples(semantic_type: str) -> bool:
    """Tell whether a field's rules depend on its values, not on its meaning alone."""
    return semantic_type in _DECISIONS


def plan(semantic_type: str, samples: Sequence[str]) -> FieldPlan:
    """Decide on a field's rules.

    Args:
        semantic_type: what the field means; ``unknown`` gets the rules for any text.
        samples: different values of it, as texts; of a masked field there may be none.
    """
    if semantic_type in _VERBATIM:
        return FieldPlan({"verbatim": ""})
    if semantic_type in _BY_TYPE_ALONE:
        return FieldPlan({semantic_type: ""})
    decide = _DECISIONS.get(semantic_type)
    if decide is None:
        return PLAIN
    missing = Missing(_NAMIBIA if semantic_type == "country" else frozenset())
    tidy = Cleaner([Width(), Whitespace(), Spreadsheet(), missing])
    return decide([text for text in tidy.canonical(samples) if isinstance(text, str)])


def _fits(found: int, texts: Sequence[str]) -> bool:
    return len(texts) >= _LEAST and found >= _FITS * len(texts)


def _of_numbers(texts: Sequence[str]) -> FieldPlan:
    found = numbers.decide(texts)
    if not _fits(found.numbers, texts):
        return PLAIN
    notes = []
    single = len(found.currencies) <= 1
    if found.currencies:
        listed = ", ".join(found.currencies)
        notes.append(f"numbers stand with {listed}" + ("" if single else ": left, as they are several"))
    if found.undecided and not found.point:
        notes.append("whether . or , is the decimal sign cannot be decided: three digits behind it are left")
    return FieldPlan({"number_format": found.point + ("¤" if single else "")}, tuple(notes))


def _of_measures(texts: Sequence[str]) -> FieldPlan:
    found = units.decide(texts)
    if not _fits(found.measures, texts):
        return _of_numbers(texts)
    if not found.unit:
        return PLAIN
    return FieldPlan(
        {"unit": found.unit}, (f"several units: all are given in {found.unit}, which most have",)
    )


def _of_dates(texts: Sequence[str]) -> FieldPlan:
    found = dates.decide(texts)
    if not _fits(found.dates, texts):
        return PLAIN
    notes: tuple[str, ...] = ()
    if found.ordered:
        told = f"{found.day_first} samples can only have the day first, {found.month_first} only the month"
        decided = {
            "dmy": "the day comes first",
            "mdy": "the month comes first",
            "": "left, as it cannot be decided",
        }
        notes = (f"order of day and month: {decided[found.order]} ({told}, {found.ambiguous} either)",)
    return FieldPlan({"date": found.order}, notes)


def _of_booleans(texts: Sequence[str]) -> FieldPlan:
    known = sum(words.truth(text) is not None for text in texts)
    # 0 and 1 alone are numbers as good as any; the least number of samples is two, yes and no.
    if not texts or known < len(texts) or set(texts) <= {"0", "1"}:
        return PLAIN
    return FieldPlan({"boolean": ""})


def _of_countries(texts: Sequence[str]) -> FieldPlan:
    found = words.decide(texts)
    if not _fits(found.known, texts):
        return FieldPlan({"missing_but": "NA"})
    return FieldPlan(
        {"missing_but": "NA", "country": found.form}, (f"countries are written as {found.form}",)
    )


_DECISIONS: Mapping[str, Callable[[Sequence[str]], FieldPlan]] = {
    **dict.fromkeys(
        ("price", "amount", "discount", "quantity", "rating", "score", "position", "number"), _of_numbers
    ),
    **dict.fromkeys(("weight", "length"), _of_measures),
    **dict.fromkeys(("timestamp", "date", "birth_date"), _of_dates),
    "boolean": _of_booleans,
    "country": _of_countries,
}

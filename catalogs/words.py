"""Descriptions for people, the same in every format. Plain text in one line, whatever the names in it hold."""

from __future__ import annotations

import re
from collections.abc import Iterable

from catalogs.document import Asset, Field, Pii, Quality
from pandian.intervals import wilson
from pandian.semantics import semantic_types

#: From this share on it is what is left to everything that counts.
_NEARLY = 0.99
_MOST_DIGITS = 9
_MARKDOWN = re.compile(r"([\\`*_{}\[\]<>#|~$!&])")


def line(text: str) -> str:
    """Return a text without anything that breaks lines or turns the direction of reading."""
    return " ".join("".join(char if char.isprintable() else " " for char in text).split())


def markdown(text: str) -> str:
    """Return a plain line as Markdown that shows exactly it: no markup, no HTML, no link."""
    return _MARKDOWN.sub(r"\\\1", line(text))


def percent(share: float) -> str:
    """Return a share in per cent, in three digits or a few more: what is nearly everything is not everything."""
    digits = 3 if share < _NEARLY else 4
    while share < 1 and digits < _MOST_DIGITS and _rounded(share, digits) == "100":
        digits += 1
    return f"{_rounded(share, digits)} %"


def between(low: float, high: float) -> str:
    """Return the ends of an interval of shares in per cent, in as many digits as tell them apart."""
    digits = 3 if low < _NEARLY else 4
    while low < high and digits < _MOST_DIGITS and _rounded(low, digits) == _rounded(high, digits):
        digits += 1
    return f"{_rounded(low, digits)} to {_rounded(high, digits)} %"


def _rounded(share: float, digits: int) -> str:
    return f"{share * 100:.{digits}g}"


def spaced(text: str) -> str:
    """Return a word of ours for people: ``item_id`` as *item id*."""
    return text.replace("_", " ")


def asset_line(asset: Asset) -> str:
    """Say what an asset is: kind, records, grade with its interval, freshness, what is personal in it."""
    said = [f"{spaced(asset.kind).capitalize()}: {asset.records:,} records with {len(asset.fields)} fields"]
    if asset.quarantined:
        said.append(f"{asset.quarantined:,} records could not be read")
    if (grade := grade_line(asset.quality)) is not None:
        said.append(grade)
    if asset.freshness.last_event:
        said.append(f"last event {asset.freshness.last_event}")
    if asset.personal:
        said.append(f"{len(asset.personal)} fields hold personal data and are masked")
    if asset.source.envelope:
        said.append(f"taken out of {asset.source.envelope} envelopes")
    return _sentences(said)


def _sentences(said: Iterable[str]) -> str:
    shorn = [text.strip().rstrip(".") for text in said]
    return line(" ".join(f"{text[:1].upper()}{text[1:]}." for text in shorn if text))


def grade_line(quality: Quality) -> str | None:
    """Say how good an asset is, with the interval of the score; None when there is no grade."""
    if quality.grade is None or quality.score is None or quality.low is None or quality.high is None:
        return None
    return f"quality grade {quality.grade} ({_measured(quality.score, quality.low, quality.high)})"


def dimension_lines(quality: Quality) -> dict[str, str]:
    """Say of each dimension of the quality what the data at hand meets: at least the interval's lower end."""
    return {
        name: f"{name} is at least {one.low:.4f} ({_measured(one.score, one.low, one.high)})"
        for name, one in quality.dimensions.items()
    }


def _measured(score: float, low: float, high: float) -> str:
    return f"score {score:.4f}, 95 % interval {low:.4f} to {high:.4f}"


def field_line(field: Field) -> str:
    """Say what a field means and why, how much of it is missing, and how personal it is."""
    said = [meaning(field)]
    if field.evidence:
        said.append(field.evidence)
    if field.places:
        said.append(missing_line(field))
    if field.distinct is not None:
        said.append(distinct_line(field))
    if (personal := pii_line(field.pii, field.masked)) is not None:
        said.append(personal)
    return _sentences(said)


def meaning(field: Field) -> str:
    """Say what a field means, with the confidence."""
    if field.semantic_type == "unknown":
        return "Meaning not known"
    known = semantic_types().get(field.semantic_type)
    explained = f" ({known.meaning})" if known and known.meaning else ""
    return f"{spaced(field.semantic_type).capitalize()}{explained}, confidence {field.confidence:.2f}"


def missing_line(field: Field) -> str:
    """Say what share of a field's places is missing, with its interval."""
    share = wilson(field.missing, field.places)
    spelled = f", further {field.missing_spelled:,} say so in words" if field.missing_spelled else ""
    return f"{percent(share.score)} missing (95 % interval {between(share.low, share.high)}){spelled}"


def distinct_line(field: Field) -> str:
    """Say how many different values a field has."""
    found = field.distinct
    if found is None:
        return ""
    if found.exact:
        return f"{found.estimate:,.0f} different values"
    return f"about {found.estimate:,.0f} different values ({found.low:,.0f} to {found.high:,.0f})"


def pii_line(pii: Pii, masked: bool) -> str | None:
    """Say how personal a field is; None when it is not."""
    if pii.cls == "none" and not masked:
        return None
    name = {"none": "Personal", "pseudonym": "Pseudonym of a person"}.get(pii.cls, pii.cls.capitalize())
    return f"{name}: values are masked" if masked else name

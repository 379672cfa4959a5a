"""A field as a row of its asset's table."""

from __future__ import annotations

from catalogs.checks import KEYS
from catalogs.document import Field
from catalogs.html.charts import RANKS, distribution, share
from catalogs.html.figures import estimate, figure, rough, shown, whole
from catalogs.words import missing_line, percent, pii_line, spaced
from pandian.html.markup import Markup, join, tag, value

HEADS = ("Field", "Meaning", "Missing", "Distinct", "Distribution", "Frequent values")
_TOP = 4
_MUCH = 0.2


def row(field: Field) -> Markup:
    """Return a field's row; what it is found by is its name, its meaning and how personal it is."""
    words = f"{field.path} {spaced(field.semantic_type)} {field.pii.cls} {'masked' if field.masked else ''}"
    return tag(
        "tr",
        tag("th", _name(field), scope="row"),
        tag("td", _meaning(field)),
        tag("td", _missing(field), class_="number"),
        tag("td", _distinct(field), class_="number"),
        tag("td", _picture(field), class_="picture"),
        tag("td", _top(field)),
        data_words=words.casefold(),
        data_personal="" if field.masked or field.pii.cls == "pseudonym" else None,
    )


def _name(field: Field) -> Markup:
    types = sorted(field.types.items(), key=lambda one: -one[1])
    return join(
        tag("span", value(field.path), class_="fieldname"),
        tag("span", " · ".join(name for name, _ in types) or "no value", class_="types"),
        badge(field),
    )


def badge(field: Field) -> Markup | None:
    """Return how personal a field is; None when it is not."""
    said = pii_line(field.pii, field.masked)
    if said is None:
        return None
    kind = "masked" if field.masked else "pseudonym"
    name = "personal" if field.pii.cls == "none" else field.pii.cls
    return tag("span", f"{name} · masked" if field.masked else name, class_=f"badge {kind}", title=said)


def _meaning(field: Field) -> Markup:
    known = field.semantic_type != "unknown"
    return join(
        tag(
            "span",
            spaced(field.semantic_type) if known else "not known",
            class_="semantic" if known else "semantic none",
        ),
        tag("span", percent(round(field.confidence, 2)), class_="faint", title="confidence")
        if known
        else None,
        tag("p", field.evidence, class_="evidence") if field.evidence else None,
    )


def _missing(field: Field) -> Markup:
    if not field.places:
        return tag("span", "–", class_="none")
    part = field.missing / field.places
    spelled = f"{whole(field.missing_spelled)} in words" if field.missing_spelled else None
    return join(
        tag("span", percent(part), class_="figure", title=missing_line(field)),
        share(part, "missing", "warn" if part > _MUCH else ""),
        tag("span", spelled, class_="faint") if spelled else None,
    )


def _distinct(field: Field) -> Markup:
    if field.types and not field.types.keys() - {"object", "array"}:
        return tag("span", "–", class_="none")
    text, note = estimate(field.distinct)
    return join(tag("span", text, class_="figure"), tag("span", note, class_="faint"))


def _picture(field: Field) -> Markup:
    if field.masked:
        return tag("span", "masked: only counted", class_="none")
    drawn = distribution(field)
    if drawn is None:
        return tag("span", "–", class_="none")
    return join(drawn, _axis(field), _spread(field))


def _axis(field: Field) -> Markup:
    if not field.quantiles:
        # Bars stand in the order of their frequency: there are no ends to name.
        several = field.distinct is None or field.distinct.estimate > len(field.top[:RANKS])
        said = f"the {len(field.top[:RANKS])} most frequent" if several else "all values, by frequency"
        return tag("div", said, class_="axis")
    # Only the ends stand under the bars: a third label between them has no room beside long numbers.
    return tag("div", value(shown(field.minimum)), value(shown(field.maximum)), class_="axis")


def _spread(field: Field) -> Markup | None:
    """Return the middle and the spread, each in one piece: lines break between them."""
    if not _measures(field):
        return None
    median = field.quantile(0.5)
    said = [
        f"median {figure(median.value)}" if median else None,
        f"mean {rough(field.mean)} ± {rough(field.stddev)}"
        if field.mean is not None and field.stddev is not None
        else None,
    ]
    parts = [tag("span", text) for text in said if text]
    return tag("div", *parts, class_="spread faint") if parts else None


def _measures(field: Field) -> bool:
    """Whether numbers measure something: those that only name things have no middle."""
    return field.semantic_type not in KEYS


def _top(field: Field) -> Markup:
    if not field.top:
        return tag("span", "–", class_="none")
    items = [
        tag(
            "li",
            value(shown(one.value)),
            tag(
                "span",
                percent(one.count / field.count) if field.count else "",
                class_="faint",
                title=whole(one.count),
            ),
        )
        for one in field.top[:_TOP]
    ]
    return tag("ol", *items, class_="toplist")

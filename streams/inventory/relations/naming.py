"""What the names and the semantic types of two fields say about whether one refers to the other.

Both are given as logarithms of odds, to be added to what the values say. They weigh little against thousands of values
that agree, and decide where values cannot: small numbers are included in any numbering.
"""

from __future__ import annotations

from functools import cache, lru_cache
from typing import Final, NamedTuple

from streams.inventory.classify.names import NameReader, Words
from streams.inventory.relations.base import GENERIC, ITEMS, VAGUE

#: Words that say that a field is an identifier, and not of what.
_IDENTIFIES: Final = frozenset(
    {"id", "number", "code", "key", "no", "uuid", "guid", "ref", "reference", "identifier"}
)
#: Words that end the name of an identifier.
_KEYS: Final = _IDENTIFIES | {"sku", "asin", "ean", "gtin", "isbn"}
#: Words of fields that have no name.
_NAMELESS: Final = frozenset({"column", "field", "value", "index", "c", "f", "col", "var", "feature", "row"})
#: Words of fields that refer to another record of their own kind.
_OWN_KIND: Final = frozenset(
    {"parent", "manager", "reply", "previous", "root", "original", "referrer", "superior", "ancestor", "main"}
)
#: Different words for the same things.
_SAME: Final = {
    **dict.fromkeys(("customer", "member", "buyer", "client", "visitor", "account"), "user"),
    **dict.fromkeys(("product", "goods", "sku", "stock", "article", "merchandise"), "item"),
    **dict.fromkeys(("shop", "merchant", "store", "vendor", "supplier"), "seller"),
    **dict.fromkeys(("invoice",), "order"),
}

_SAME_TYPE, _SAME_THINGS, _VAGUE_TYPE, _OTHER_TYPE = 4.0, 3.0, -10.0, -8.0
_SAME_NAME, _SAME_WORDS = 7.0, 5.0


class _Named(NamedTuple):
    """The words of a field that say what it stands for, and all words of its name."""

    things: frozenset[str]
    leaf: Words


def said_by_types(source: str, target: str) -> float:
    """Return what two semantic types say."""
    if source in VAGUE or target in VAGUE:
        return _VAGUE_TYPE
    if source in GENERIC or target in GENERIC:
        return 0.0
    if source == target:
        return _SAME_TYPE
    return _SAME_THINGS if {source, target} <= ITEMS else _OTHER_TYPE


def said_by_names(source: str, target: str, target_asset: str, *, own: bool) -> float:
    """Return what two names say.

    Args:
        source: path of the field that refers.
        target: path of the field that is referred to.
        target_asset: the asset that it is a field of.
        own: whether both fields are of that asset.
    """
    mine, theirs = _words(source), _words(target)
    if own:
        return _SAME_WORDS if mine.things & _OWN_KIND and mine.things - _OWN_KIND <= theirs.things else 0.0
    if mine.things and mine.leaf == theirs.leaf:
        return _SAME_NAME
    if mine.things & (theirs.things or _words(target_asset).things):
        return _SAME_WORDS
    return 0.0


def identifies(path: str) -> bool:
    """Tell whether a name says that its field identifies something: it ends with ``id``, ``code`` or ``sku``."""
    leaf = _words(path).leaf
    return bool(leaf) and leaf[-1] in _KEYS


@lru_cache(maxsize=1 << 14)
def _words(path: str) -> _Named:
    name = _reader().read(path)
    # Of "buyer.id" only what it is in says of what.
    return _Named(_things(name.leaf) or _things(name.words), name.leaf)


def _things(words: Words) -> frozenset[str]:
    found = {_SAME.get(word) or _SAME.get(_singular(word)) or _singular(word) for word in words}
    return frozenset(word for word in found - _IDENTIFIES - _NAMELESS if not word.isdigit())


def _singular(word: str) -> str:
    return word[:-1] if word.endswith("s") and len(word) > 3 and not word.endswith("ss") else word


@cache
def _reader() -> NameReader:
    return NameReader(
        _IDENTIFIES | _OWN_KIND | _SAME.keys() | frozenset(_SAME.values()) | {"session", "category"}
    )

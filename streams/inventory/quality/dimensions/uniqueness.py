"""Of the values of the key, those that are different.

Only where there is a key: a field whose meaning says so for this kind of asset (an ``event_id``, the ``item_id`` of
items, the ``user_id`` of users, the ``order_id`` of orders or payments) and whose values are at least 90 % different;
below that it refers to something and is no key.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from streams.inventory.intervals import Share, wilson
from streams.inventory.quality.base import Dimension, FieldQuality, percent
from streams.inventory.quality.places import Span

_KEY = 0.9
_KEYS = {
    "event_id": None,
    "item_id": {"items"},
    "sku": {"items"},
    "gtin": {"items"},
    "user_id": {"users"},
    "order_id": {"orders", "payments"},
}


def measure(
    kind: str, fields: Sequence[FieldQuality], records: int, repeats: Mapping[str, Span]
) -> Dimension | None:
    """Return the dimension; None where there is no key.

    Args:
        kind: of the asset.
        fields: of the asset.
        records: those that were read.
        repeats: by field, the first and the latest record whose value had come before.
    """
    keys = [field for field in fields if _is_key(field, kind, records)]
    if not keys:
        return None
    key = max(keys, key=lambda field: (field.present, field.distinct.estimate))
    score, low, high = (wilson(min(distinct, key.present), key.present) for distinct in key.distinct)
    share = Share(score.score, low.low, high.high)
    rule = f"{percent(share.score)} of {key.present:,} values of the key {key.path or key.semantic_type} are different"
    bad = key.present * (1 - share.score)
    return Dimension(share, bad, key.present, rule, repeats.get(key.path, Span()) if bad else Span())


def _is_key(field: FieldQuality, kind: str, records: int) -> bool:
    kinds = _KEYS.get(field.semantic_type, set())
    if kinds is not None and kind not in kinds:
        return False
    many = field.present >= _KEY * records and field.present >= 2
    return many and field.distinct.high >= _KEY * field.present

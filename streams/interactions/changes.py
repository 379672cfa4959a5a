"""Rows of a change log: which of them tell of something that happened, and which only that a row was touched.

Debezium (debezium.io, "change events") says ``c`` for a row that was made, ``r`` for one that a snapshot read, ``u``
for one that was changed, ``d`` for one that was deleted, ``t`` for a table that was emptied, ``m`` for a message.
"""

from __future__ import annotations

from collections import Counter

from streams.decode.base import RowGroup
from streams.interactions.base import Target

#: What becomes of each operation that makes nothing.
_GONE = {"d": "deleted", "t": "deleted", "m": "no-row"}
#: A row that is changed is no second purchase, and news of an item.
_OUTCOMES: dict[Target, dict[str, str]] = {"interactions": {**_GONE, "u": "changed"}, "items": _GONE}


def happened(group: RowGroup, target: Target, outcomes: Counter[str]) -> RowGroup:
    """Return the rows that may become something; count the others by why."""
    operations = group.facts.get("operation") if group.envelope else None
    if operations is None:
        return group
    why = [_OUTCOMES[target].get(operation or "") for operation in operations]
    if not any(why):
        return group
    outcomes.update(one for one in why if one)
    return group.where([one is None for one in why])

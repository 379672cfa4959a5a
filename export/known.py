"""How much of what people do now is with items that a model knows: asked before it may answer.

A model of another shop, or of before all ids changed, passes every check of its files, and answers nobody.
"""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass

import orjson

from export.registry import Reference, StrangeModelError
from pandian.actions import POSITIVE
from pandian.settings import Settings
from pandian.topics import INTERACTIONS
from pandian.whole_topics import partitions, reading, to_the_end

#: Interactions that are looked at: the newest of each partition, so many in all.
_NEWEST = 20_000
#: Fewer say nothing.
_FEWEST = 100
#: What knows less is refused, and what knows less than the other is warned of.
_REFUSED, _WARNED = 0.1, 0.8


@dataclass(frozen=True, slots=True)
class Known:
    """What a model knows of what people do now."""

    share: float
    """Of the interactions, those with an item of its catalogue: 0 to 1."""
    interactions: int
    """The newest positive ones that were looked at."""

    def told(self, reference: Reference) -> str:
        """Return it in words."""
        return f"{reference} knows the items of {self.share:.1%} of the newest {self.interactions:,} interactions"

    @property
    def few(self) -> bool:
        """Whether that is so little that somebody should know."""
        return self.share < _WARNED


def known_share(catalogue: Container[str], settings: Settings) -> Known | None:
    """Return what a model knows of the newest interactions; None without a broker, or where there are too few to say.

    Args:
        catalogue: the items of the model.
        settings: the broker, which has ``pandian.interactions``.

    Raises:
        BrokerError: when it does not answer.
    """
    if not settings.bootstrap_servers:
        return None
    known = seen = 0
    with reading(settings) as consumer:
        wanted = partitions(consumer, INTERACTIONS)
        for records in to_the_end(consumer, wanted, settings, newest=_NEWEST // max(1, len(wanted))):
            items = [item for item in map(_item, (record.value for record in records)) if item is not None]
            seen += len(items)
            known += sum(item in catalogue for item in items)
    return Known(known / seen, seen) if seen >= _FEWEST else None


def check_known(reference: Reference, known: Known | None) -> None:
    """Check that a model knows enough to answer.

    Raises:
        StrangeModelError: naming the share that it knows.
    """
    if known is not None and known.share < _REFUSED:
        raise StrangeModelError(
            known.told(reference),
            f"what is to answer must know {_REFUSED:.0%}",
            "train it on this stream, or promote it all the same with --force",
        )


def _item(value: bytes | None) -> str | None:
    try:
        found = orjson.loads(value or b"")
        return found["item_id"] if found["action"] in POSITIVE else None
    except (orjson.JSONDecodeError, KeyError, TypeError):
        return None

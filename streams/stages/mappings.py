"""How the rows of each topic are read: as the mapping file says, else as the inventory does, as of now."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from streams.interactions.base import FieldMapping, NoMapping
from streams.interactions.mapping import mapping_of, masked_fields
from streams.interactions.override import Overrides
from streams.stages.follower import InventoryFollower

Document = Mapping[str, Any]


class Mappings:
    """Knows the mapping of every topic; works it out once for each change of an asset's document.

    Args:
        inventory: knows what fields mean.
        overrides: what a user's file says instead.
        key: fingerprint of the key that makes pseudonyms of personal identifiers; None when there is none.
    """

    def __init__(self, inventory: InventoryFollower, overrides: Overrides, key: str | None = None) -> None:
        self._inventory = inventory
        self._overrides = overrides
        self._key = key
        self._document: Document = {}
        self._by_topic: dict[str, list[Document]] = {}
        self._chosen: dict[str, tuple[list[Document], Document]] = {}
        self._found: dict[str, tuple[Document, FieldMapping | NoMapping]] = {}
        self._masked: dict[str, tuple[Document, frozenset[str]]] = {}

    def assets(self) -> Mapping[str, Document]:
        """Return the asset that is read of each topic in the inventory, by the topic's name.

        Of a topic with several kinds of record that is one that becomes interactions, else one that becomes items, else
        the one of most records.
        """
        self._look()
        return {topic: self._choose(topic, assets) for topic, assets in self._by_topic.items()}

    def _look(self) -> None:
        document = self._inventory.document()
        if document is self._document:
            return
        self._document, self._by_topic = document, {}
        for one in document["assets"]:
            if (topic := one["source"].get("topic")) is not None:
                self._by_topic.setdefault(topic, []).append(one)
        for kept in (self._chosen, self._found, self._masked):
            for topic in kept.keys() - self._by_topic.keys():
                kept.pop(topic)

    def _choose(self, topic: str, assets: list[Document]) -> Document:
        if len(assets) == 1:
            return assets[0]
        known = self._chosen.get(topic)
        if known is None or known[0] is not assets:
            best = max(
                assets, key=lambda one: (_use(self._mapping(topic, one)), one["records"], one["asset"])
            )
            known = self._chosen[topic] = assets, best
        return known[1]

    def asset(self, topic: str, topic_id: UUID) -> Document | None:
        """Return the asset that is read of a topic; None while the inventory does not know the one that has this id."""
        self._look()
        assets = self._by_topic.get(topic)
        found = self._choose(topic, assets) if assets else None
        return found if found is not None and found["source"].get("topic_id") == str(topic_id) else None

    def of(self, topic: str, asset: Document | None) -> FieldMapping | NoMapping:
        """Return how the rows of a topic are read, or why they become nothing."""
        if asset is None:
            # Also where the file decides: the inventory knows what is personal, and how CSV columns are called.
            return NoMapping("the inventory does not know it yet")
        known = self._found.get(topic)
        if known is not None and known[0] is asset:
            return known[1]
        found = self._mapping(topic, asset)
        self._found[topic] = asset, found
        return found

    def _mapping(self, topic: str, asset: Document) -> FieldMapping | NoMapping:
        said = self._overrides.of(topic, asset, self._key)
        return mapping_of(asset, self._key) if said is None else said

    def why_no_longer(self, topic: str, asset: Document | None, mapping: FieldMapping) -> str | None:
        """Return why a mapping that is in use may be used no longer: a field has turned out to be personal.

        Or the key is not there, or another one, by which it was hashed.
        """
        if asset is None:
            return None
        if any(part.hashed not in (None, self._key) for part in mapping.parts.values()):
            return "it was read by a PANDIAN_HASH_KEY that is no longer set"
        known = self._masked.get(topic)
        if known is None or known[0] is not asset:
            known = self._masked[topic] = asset, masked_fields(asset)
        found = next(
            (part.field for part in mapping.parts.values() if part.hashed is None and part.field in known[1]),
            None,
        )
        return found and f"{found} has turned out to be personal"


def _use(mapping: FieldMapping | NoMapping) -> int:
    """Rank what a mapping gives: interactions, items, nothing."""
    if isinstance(mapping, NoMapping):
        return 0
    return 2 if mapping.target == "interactions" else 1

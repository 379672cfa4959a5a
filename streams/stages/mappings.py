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
    """

    def __init__(self, inventory: InventoryFollower, overrides: Overrides) -> None:
        self._inventory = inventory
        self._overrides = overrides
        self._document: Document = {}
        self._assets: dict[str, Document] = {}
        self._found: dict[str, tuple[Document, FieldMapping | NoMapping]] = {}
        self._masked: dict[str, tuple[Document, frozenset[str]]] = {}

    def assets(self) -> Mapping[str, Document]:
        """Return the asset of each topic in the inventory, by the topic's name."""
        document = self._inventory.document()
        if document is not self._document:
            self._document = document
            sources = ((one["source"].get("topic"), one) for one in document["assets"])
            self._assets = {topic: one for topic, one in sources if topic is not None}
            self._found = {topic: told for topic, told in self._found.items() if topic in self._assets}
            self._masked = {topic: told for topic, told in self._masked.items() if topic in self._assets}
        return self._assets

    def asset(self, topic: str, topic_id: UUID) -> Document | None:
        """Return the asset of a topic; None while the inventory does not know the topic that has this id."""
        found = self.assets().get(topic)
        return found if found is not None and found["source"].get("topic_id") == str(topic_id) else None

    def of(self, topic: str, asset: Document | None) -> FieldMapping | NoMapping:
        """Return how the rows of a topic are read, or why they become nothing."""
        if asset is None:
            # Also where the file decides: the inventory knows what is personal, and how CSV columns are called.
            return NoMapping("the inventory does not know it yet")
        known = self._found.get(topic)
        if known is not None and known[0] is asset:
            return known[1]
        said = self._overrides.of(topic, asset)
        found = mapping_of(asset) if said is None else said
        self._found[topic] = asset, found
        return found

    def why_no_longer(self, topic: str, asset: Document | None, mapping: FieldMapping) -> str | None:
        """Return why a mapping that is in use may be used no longer: a field has turned out to be personal."""
        if asset is None:
            return None
        known = self._masked.get(topic)
        if known is None or known[0] is not asset:
            known = self._masked[topic] = asset, masked_fields(asset)
        found = next((part.field for part in mapping.parts.values() if part.field in known[1]), None)
        return found and f"{found} has turned out to be personal"

"""What the demo is asked for, and what came of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from streams.demo.act_two import ActTwo
from streams.demo.model import Document, Model
from streams.demo.noticed import injected, noticed
from streams.demo.replay import RATE
from streams.demo.training import SECONDS


@dataclass(frozen=True, slots=True)
class DemoOptions:
    """What the demo is asked for."""

    rate: float = RATE
    """Records a second."""
    limit: int | None = None
    """Only so many order lines."""
    keep: bool = False
    """Go on serving the page when all is counted, until cancelled."""
    train_seconds: float = SECONDS
    """Longest training, seconds; 0: none."""
    wrong: bool = False
    """Let a catalogue import go wrong, and repair what came of it."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of it."""

    inventory: Document
    """The inventory document of the shop's topics: every record that was sent is counted in it."""
    records: int
    """Records sent, all topics together."""
    records_per_s: float
    """Of these, while the shop was open: from the first one sent to the last one counted, without the training."""
    seconds: float
    """From the start of the process to the end of the story."""
    first_inventory_s: float
    """From the start of the process to the first inventory shown."""
    model: Model
    others: Sequence[Model]
    """What else answered: the baselines that the worker keeps itself, where the model knew too little."""
    pages: int
    """Pages shown."""
    shown: int
    """Items on them: impressions."""
    labels: int
    """Impressions whose label is known, whichever model scored them."""
    due: int
    """Impressions whose label must be known by the time of the last order."""
    fallbacks: int
    """Pages answered without the model."""
    example: Document | None
    """A recommendation for a customer of the last day; None when there is none."""
    names: Mapping[str, str]
    """What people call the items of the example."""
    announced: Mapping[str, int]
    """What was injected, by name: order lines sent before it was announced; nothing of a replay too short for it."""
    second: ActTwo | None
    """What came of the second act; None: it was not asked for, or there was no model to tell it of."""
    url: str
    """Where the page is while the worker runs."""
    broker: str
    embedded: bool
    """Whether the broker was started for the demo and ends with it."""
    models: str
    """The registry."""

    def document(self) -> dict[str, Any]:
        """Return what ``pandian demo --json`` prints."""
        return {
            "inventory": self.inventory,
            "model": self.model.document(),
            "records": self.records,
            "records_per_s": round(self.records_per_s, 1),
            "pages": self.pages,
            "impressions": self.shown,
            "labels": self.labels,
            "labels_due": self.due,
            "fallbacks": self.fallbacks,
            "example": self.example,
            "injected": injected(self.inventory, self.announced),
            "noticed": noticed(self.inventory).document(),
            "act_two": self.second.document() if self.second else None,
            "seconds": round(self.seconds, 3),
            "first_inventory_s": round(self.first_inventory_s, 3),
        }

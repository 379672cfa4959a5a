"""The contract of exporters."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from catalogs.document import Inventory


@dataclass(frozen=True, slots=True)
class Context:
    """What an export needs to know besides the document."""

    time_ms: int | None = None
    """When the inventory was so, epoch milliseconds. Statements that need a time are left out where None is known."""
    environment: str = "PROD"
    """DataHub's ``FabricType`` of the data, such as PROD or DEV."""


class Exporter(Protocol):
    """Turns an inventory into one file of a format.

    Pure and deterministic: equal arguments give equal text; no clock, no network, no file is read but the package's
    own. No value of a masked field is in the text, and every name and value in it is escaped as the format asks.
    """

    @property
    def suffix(self) -> str:
        """What the names of such files end with, such as ``.schema.json``."""
        ...

    @property
    def per_asset(self) -> bool:
        """Whether the format has one file an asset: then :meth:`export` is given inventories of one asset."""
        ...

    @property
    def timed(self) -> bool:
        """Whether it says what was measured only where :attr:`Context.time_ms` is known."""
        ...

    def export(self, document: Inventory, context: Context) -> str:
        """Return the file's text."""
        ...

"""The file of an entry that places items by their names, and what its card says of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from export.registry.base import Entry
from export.text.exceptions import TextError
from export.text.mapping import TextMapping

TEXT: Final = "text.npz"


@dataclass(frozen=True, slots=True)
class EntryText:
    """What an entry knows of names."""

    mapping: TextMapping
    encoder: str
    """Whose vectors of names it maps: those of another one mean nothing to it."""
    least: float
    """A new item is proposed when its cosine to some item of the history is so high, -1 to 1."""


def open_text(entry: Entry) -> EntryText | None:
    """Return what an entry knows of names; None when it knows nothing of them.

    Raises:
        EntryError: when the file is not what the manifest says.
        TextError: when it is no mapping, or the card does not say what it maps.
    """
    if TEXT not in entry.files:
        return None
    mapping = TextMapping.decode(entry.read(TEXT))
    said = entry.card.get("text")
    encoder, least = (said.get("encoder"), said.get("least")) if isinstance(said, dict) else (None, None)
    if not isinstance(encoder, str) or not isinstance(least, int | float) or not -1 <= least <= 1:
        raise TextError(
            f"{entry.reference}: text {said!r:.80}",
            "must name the encoder and the least cosine",
            "export the model again",
        )
    return EntryText(mapping, encoder, float(least))

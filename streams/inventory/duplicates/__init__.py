"""Records that came twice: the same content, or the same identifier, within a window of the partition.

Modules:
    hashing: contents and values -> 64-bit hashes, the same in every process.
    hashset: a growing set of such hashes in one array.
    window: which hashes were there among the last records of a partition.
    counts: how many were, with the bound on how many are there by chance.
    content: records whose bytes are equal.
    ids: records whose identifier is equal, one field at a time.
"""

from streams.inventory.duplicates.content import ContentDuplicates
from streams.inventory.duplicates.counts import DuplicateCounts
from streams.inventory.duplicates.hashing import content_hashes
from streams.inventory.duplicates.ids import IdDuplicates
from streams.inventory.duplicates.window import Window

__all__ = ["ContentDuplicates", "DuplicateCounts", "IdDuplicates", "Window", "content_hashes"]

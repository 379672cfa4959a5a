"""Names of Pandian's own topics, in one place, and which topics a worker may read by default."""

from __future__ import annotations

from collections.abc import Iterable
from fnmatch import fnmatchcase

#: All of Pandian's own topics begin with this.
OWN_PREFIX = "pandian"
#: Partition profiles: key (topic id, partition, set, piece), value binary and versioned. Compacted.
PROFILES = "pandian.profiles"
#: One asset of the inventory document per key. Compacted.
INVENTORY = "pandian.inventory"
#: Records that could not be read, with the reason and a masked excerpt.
QUARANTINE = "pandian.quarantine"

#: Topics that are never read as data: Kafka's own and ours.
RESERVED = ("__*", f"{OWN_PREFIX}*")


def matching(names: Iterable[str], globs: Iterable[str]) -> list[str]:
    """Return the names a worker reads: those that match one of ``globs`` and no reserved pattern, sorted.

    A reserved topic is read only when it is named letter for letter.
    """
    wanted = tuple(globs)

    def chosen(name: str) -> bool:
        if name in wanted:
            return True
        if any(fnmatchcase(name, glob) for glob in RESERVED):
            return False
        return any(fnmatchcase(name, glob) for glob in wanted)

    return sorted(filter(chosen, set(names)))

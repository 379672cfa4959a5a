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
#: What each asset shows to others so that references among them are found: keyed by asset, binary. Compacted.
SIGNATURES = "pandian.signatures"
#: Records that could not be read, with the reason and a masked excerpt.
QUARANTINE = "pandian.quarantine"
#: How far each source partition was turned into interactions, and by which mapping. Compacted; the latest counts.
EXTRACTIONS = "pandian.extractions"
#: How far each source partition is archived, and by which plan. Compacted; the latest counts.
ARCHIVES = "pandian.archives"
#: What people did with items, keyed by user: :class:`pandian.events.Interaction`.
INTERACTIONS = "pandian.interactions"
#: Who asked to be forgotten, by a hash of the id, and how far that reaches: :mod:`pandian.forgetting`. Compacted.
FORGOTTEN = "pandian.forgotten"
#: What is known of each item, keyed by item: :class:`pandian.events.Item`. Compacted.
ITEMS = "pandian.items"
#: Requests for recommendations, keyed by user: :class:`pandian.events.Request`.
REQUESTS = "pandian.requests"
#: Their answers, keyed by user: :class:`pandian.events.Recommendation`.
RECOMMENDATIONS = "pandian.recommendations"
#: What was shown to whom, with its score, keyed by user: :class:`pandian.events.Impression`.
IMPRESSIONS = "pandian.impressions"
#: Impressions with the label that they matured to, keyed by user: :class:`pandian.events.Feedback`.
FEEDBACK = "pandian.feedback"
#: What the labels say of each model, one record a partition of impressions: position and measures. Compacted.
MEASURES = "pandian.measures"
#: What is watched of the models: the watcher's state with its offsets, and its figures for all to show. Compacted.
WATCH = "pandian.watch"
#: Which model answers, keyed by model. Compacted.
MODELS = "pandian.models"
#: Alerts as they begin and end, keyed by subject: :class:`pandian.events.Alert`.
ALERTS = "pandian.alerts"

#: For each compacted topic that we make: what was written over, as when a field turned out to be personal, is compacted
#: away within an hour, also in a log that hardly grows.
COMPACT_SOON = {"max.compaction.lag.ms": str(3600 * 1000)}

#: Partitions of the topics keyed by user when we make them: equal, so that one worker gets all of a user.
USER_PARTITIONS = 8

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

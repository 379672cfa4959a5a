"""Names of the segments of impressions: by them the figures of a model are told apart."""

from __future__ import annotations

#: Whether the user was known to the model: ``new`` or ``known``.
USER = "user"
NEW, KNOWN = "new", "known"
#: Interactions with which a user is known.
KNOWN_FROM = 5
#: The category of the item.
GROUP = "group"
#: What proposed the item.
SOURCE = "source"

NAMES = (USER, GROUP, SOURCE)
#: Longest value of a segment, in characters.
LONGEST = 100

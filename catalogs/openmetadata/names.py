"""Names that OpenMetadata allows, and fully qualified names.

What its own ingestion writes for characters that its names cannot have is written here too, so that it reads them back.
"""

from __future__ import annotations

from catalogs.naming import clipped

_RESERVED = {
    "::": "__reserved__colon__",
    ">": "__reserved__arrow__",
    '"': "__reserved__quote__",
    "\n": "__reserved__newline__",
    "\r": "__reserved__carriage_return__",
    "\t": "__reserved__tab__",
}
#: Longest names of entities and columns, and of the fields of a topic's schema.
ENTITY, TOPIC_FIELD = 256, 128


def entity_name(name: str, longest: int = ENTITY) -> str:
    """Return a name of 1 to ``longest`` characters; different names stay different."""
    written = name
    for char, instead in _RESERVED.items():
        written = written.replace(char, instead)
    written = "".join(char if char.isprintable() else f"__u{ord(char):04x}__" for char in written)
    return clipped(written, longest) or "__empty__"


def qualified(*names: str) -> str:
    """Return the fully qualified name of a thing: the names on the way to it, in quotes where they hold a dot."""
    return ".".join(f'"{name}"' if "." in name else name for name in names)

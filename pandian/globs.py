"""Patterns of topic names, checked before anything is asked of a broker."""

from __future__ import annotations

import re
import shlex
from fnmatch import translate

from pandian.errors import UsageError

#: Characters between brackets, as :mod:`fnmatch` reads them: a ``]`` that comes first stands for itself.
_CLASS = re.compile(r"\[!?+\]?+[^\]]*+\]")
#: What no topic's name has, nor a pattern outside of brackets.
_FOREIGN = re.compile(r"[^A-Za-z0-9._\-*?]")
#: What :func:`fnmatch.translate` makes of brackets that nothing matches.
_NOTHING = "(?!)"
_SHOWN = 60


def check_glob(option: str, glob: str) -> str:
    """Return a pattern of topic names as it is.

    Args:
        option: what it was given with, such as ``--topics``.
        glob: the pattern: ``*`` any characters, ``?`` one, ``[a-c]`` one of these, ``[!a-c]`` none of these.

    Raises:
        UsageError: when no topic can match it. Kafka allows letters, digits, dots, hyphens and underscores.
    """
    found = _wrong(glob)
    if found is None:
        return glob
    shown = glob if len(glob) <= _SHOWN else f"{glob[:_SHOWN]}…"
    raise UsageError(f"{option} {shlex.quote(shown)}", *found)


def _wrong(glob: str) -> tuple[str, str] | None:
    if not glob.strip():
        return "must name a topic or a pattern of topics", "leave it out to read all topics, or write '*'"
    outside = _CLASS.sub("", glob)
    if "[" in outside:
        return "opens a [ that is not closed", "close it, as in shop.[ab]*, or write ? for any one character"
    if "," in outside:
        return "has a comma, which no topic's name has", "give each pattern on its own: --topics a --topics b"
    foreign = _FOREIGN.search(outside)
    if foreign:
        return (
            f"has {foreign[0]!r}, which no topic's name has",
            "write letters, digits, dots, hyphens and underscores, with *, ? and [...] as patterns",
        )
    if _NOTHING in translate(glob):
        return "has brackets that no character matches", "write the lesser one first, as in [a-c]"
    return None

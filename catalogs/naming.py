"""Names and identifiers that a format or a file system allows, unambiguous whatever a name holds."""

from __future__ import annotations

import re
from collections.abc import Iterable
from hashlib import sha256

_UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")
_LONGEST = 80


def digest(*parts: str, length: int = 8) -> str:
    """Return a short hexadecimal digest of names, the same everywhere and always."""
    joined = "\0".join(parts).encode("utf-8", "surrogatepass")
    return sha256(joined).hexdigest()[:length]


def safe(name: str, *, dots: bool = True, longest: int = _LONGEST) -> str:
    """Return a name of ASCII letters, digits, ``_``, ``-`` (and dots); different for different names.

    Names that are such already stay as they are; what was changed or cut ends with a digest of the name.
    """
    kept = _UNSAFE.sub("-", name).strip("-.") if dots else _UNSAFE.sub("-", name.replace(".", "-")).strip("-")
    if name and kept == name and len(kept) <= longest:
        return name
    return f"{kept[: longest - 9].rstrip('-.')}-{digest(name)}".lstrip("-")


def file_names(names: Iterable[str], suffix: str) -> dict[str, str]:
    """Return a file name for each name; different ones also where capital letters make no difference."""
    names = list(names)
    stems = {name: safe(name) for name in names}
    folded = [stem.casefold() for stem in stems.values()]
    return {
        name: f"{stem}{suffix}" if folded.count(stem.casefold()) == 1 else f"{stem}-{digest(name)}{suffix}"
        for name, stem in stems.items()
    }


def clipped(name: str, longest: int) -> str:
    """Return a name of at most so many characters; a cut one ends with a digest of the whole."""
    return name if len(name) <= longest else f"{name[: longest - 9]}-{digest(name)}"

"""How field paths are written, so that each can be read back without doubt.

``a.b`` is field ``b`` of the object ``a``, ``a[]`` an element of the array ``a``. A name that is empty or holds a
dot, a bracket, a quote or a control character is written as a JSON string in brackets: the single name ``a.b`` is
``["a.b"]``, inside the object ``x`` it is ``x["a.b"]``.
"""

from __future__ import annotations

import re
from hashlib import blake2b

import orjson

#: Longer paths are not kept: their values are counted as dropped.
MAX_PATH = 512
#: Longer ones are counted by their hash.
_BRIEF = 128

ELEMENT = "[]"

_PLAIN = re.compile(r'[^.\[\]"\x00-\x1f\x7f]+')
_SEGMENT = re.compile(r'\.?(?P<plain>[^.\[\]"]+)|\[(?P<quoted>"(?:[^"\\]|\\.)*+")\]')


def child(parent: str, name: str) -> str:
    """Return the path of the field ``name`` of the object at ``parent`` (empty: of the record itself)."""
    if _PLAIN.fullmatch(name):
        return f"{parent}.{name}" if parent else name
    return f"{parent}[{orjson.dumps(name).decode()}]"


def element(parent: str) -> str:
    """Return the path of the elements of the array at ``parent``."""
    return parent + ELEMENT


def brief(path: str) -> str:
    """Return what stands for a path where paths are only counted: itself, or a hash where it is long."""
    if len(path) <= _BRIEF:
        return path
    return blake2b(path.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def split_array(path: str) -> tuple[str, str] | None:
    """Return the outermost array that a path leads into, and the path within its elements; None when there is none.

    ``a.b[].c`` gives ``("a.b", "c")``, ``a[]`` gives ``("a", "")``, ``a[][].b`` gives ``("a", "[].b")``.

    Raises:
        ValueError: the path was not written by :func:`child` and :func:`element`.
    """
    end = 0
    while end < len(path):
        if path.startswith(ELEMENT, end):
            return path[:end], path[end + len(ELEMENT) :].removeprefix(".")
        segment = _SEGMENT.match(path, end)
        if segment is None:
            raise ValueError(f"{path!r} is not a path of fields")
        end = segment.end()
    return None


def names(path: str) -> list[str]:
    """Return the names along a path without arrays: ``x["a.b"]`` gives ``["x", "a.b"]``.

    Raises:
        ValueError: the path leads into an array or was not written by :func:`child`.
    """
    found: list[str] = []
    end = 0
    while end < len(path):
        segment = _SEGMENT.match(path, end)
        if segment is None:
            raise ValueError(f"{path!r} is not a path of named fields outside arrays")
        quoted = segment["quoted"]
        found.append(orjson.loads(quoted) if quoted else segment["plain"])
        end = segment.end()
    return found

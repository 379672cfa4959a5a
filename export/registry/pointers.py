"""What says who answers and who is tried out, as JSON: the pointer to the champion, and the challenger."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from math import isfinite
from typing import Any, TypeVar

import orjson

from export.registry.base import Challenger, Pointer, Reference
from export.registry.exceptions import RegistryError, ShareError

_Read = TypeVar("_Read")


def encode(document: Pointer | Challenger) -> bytes:
    """Return it as a line of JSON."""
    return orjson.dumps(asdict(document), option=orjson.OPT_APPEND_NEWLINE)


def decode_pointer(where: str, data: bytes) -> Pointer:
    """Return the pointer to the champion.

    Raises:
        RegistryError: when it is none.
    """
    return _decoded(where, data, pointer_of, "pointer", "promote")


def decode_challenger(where: str, data: bytes) -> Challenger:
    """Return the challenger.

    Raises:
        RegistryError: when it is none.
    """
    return _decoded(where, data, challenger_of, "challenger", "shadow")


def check_share(share: float) -> float:
    """Return a share of users.

    Raises:
        ShareError: when it is not from 0 to 1.
    """
    if not (isfinite(share) and 0 <= share <= 1):
        raise ShareError(
            f"share {share:g}",
            "must be from 0 to 1",
            "0 lets it score what others get, .1 gives it to a tenth",
        )
    return float(share)


def _decoded(where: str, data: bytes, read: Callable[[Any], _Read], what: str, verb: str) -> _Read:
    try:
        return read(orjson.loads(data))
    except (orjson.JSONDecodeError, KeyError, TypeError, ValueError, ShareError) as error:
        raise RegistryError(
            f"{where}: {len(data):,} bytes",
            f"must be the {what} that `pandian models {verb}` writes",
            f"remove it, and {verb} the model that should {'answer' if verb == 'promote' else 'be tried out'}",
        ) from error


def pointer_of(found: Any) -> Pointer:
    """Return the pointer that a JSON value is; raises KeyError, TypeError or ValueError when it is none."""
    previous = found["previous"]
    return Pointer(
        str(found["model"]),
        str(found["version"]),
        _reference(previous) if previous else None,
        int(found["time"]),
        str(found["by"]),
        str(found["why"]),
        tuple(map(_reference, found.get("earlier", ()))),
    )


def challenger_of(found: Any) -> Challenger:
    """Return the challenger that a JSON value is; raises as :func:`pointer_of`, or ShareError."""
    return Challenger(
        str(found["model"]),
        str(found["version"]),
        check_share(float(found["share"])),
        int(found["time"]),
        str(found["by"]),
        str(found["why"]),
    )


def _reference(found: Any) -> Reference:
    return Reference(str(found["model"]), str(found["version"]))

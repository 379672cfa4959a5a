"""One partition's labels as one record: what was counted, and from where to read on.

The two are written together, so each record is a valid point to go on from. Impressions that wait are not in it, nor
are actions: they are read again.
"""

from __future__ import annotations

import base64
import zlib
from array import array
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

import numpy as np
import orjson

from monitoring.measures import Measures, Quota
from pandian.errors import PandianError
from streams.feedback.join import Resume

FORMAT = 1
#: Fast: a record is written every few seconds.
_LEVEL = 1


class StateError(PandianError):
    """A record of ``pandian.measures`` that this version cannot go on from."""


@dataclass(slots=True)
class PartitionState:
    """What is known of one partition of impressions."""

    impressions_id: str
    """Hexadecimal id of the topic; one that was made again has another."""
    interactions_id: str
    measures: Measures
    resume: Resume = field(default_factory=Resume)
    waiting: int = 0
    """Impressions that wait for their label."""


def encode_state(state: PartitionState) -> bytes:
    """Return a state as a record."""
    # Without the offsets: each of them would be copied, only to be let go.
    resume = {**asdict(replace(state.resume, waiting=())), "waiting": _bits(state.resume)}
    document = {
        "format": FORMAT,
        "impressions_id": state.impressions_id,
        "interactions_id": state.interactions_id,
        "resume": resume,
        "waiting": state.waiting,
        "measures": state.measures.encode(),
    }
    return zlib.compress(orjson.dumps(document), _LEVEL)


def decode_state(data: bytes, quota: Quota) -> PartitionState:
    """Return what :func:`encode_state` gave.

    Raises:
        StateError: when it is of a newer version, or damaged.
    """
    try:
        document: dict[str, Any] = orjson.loads(zlib.decompress(data))
        if document["format"] != FORMAT:
            raise StateError(
                f"labels of format {document['format']!r}",
                f"are of a newer Pandian: this one reads format {FORMAT}",
                "replace the older workers; the newer ones go on from what the older ones wrote",
            )
        return PartitionState(
            document["impressions_id"],
            document["interactions_id"],
            Measures.decode(document["measures"], quota),
            _resume(document["resume"]),
            document["waiting"],
        )
    except (zlib.error, ValueError, LookupError, TypeError, AttributeError) as error:
        raise StateError(
            f"{len(data):,} bytes on pandian.measures",
            f"are no labels of a partition ({type(error).__name__})",
            "delete pandian.measures while no worker runs: labels are counted again from the topics",
        ) from error


def _resume(stored: Mapping[str, Any]) -> Resume:
    found = Resume(**stored)
    found.waiting = _offsets(str(stored["waiting"]), found.impressions_low)
    return found


def _bits(resume: Resume) -> str:
    """Return one bit for each offset from the low one to the end: whether it waits."""
    bits = np.zeros(max(0, resume.impressions_end - resume.impressions_low), bool)
    bits[np.fromiter(resume.waiting, np.int64) - resume.impressions_low] = True
    return base64.b85encode(zlib.compress(np.packbits(bits).tobytes(), _LEVEL)).decode()


def _offsets(text: str, low: int) -> Collection[int]:
    bits = np.unpackbits(np.frombuffer(zlib.decompress(base64.b85decode(text)), np.uint8))
    return array("q", (np.flatnonzero(bits) + low).tobytes())

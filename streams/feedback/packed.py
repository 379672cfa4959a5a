"""What an impression says until it has its label: a few bytes of its own, and what it has in common with others.

Python's objects of one impression take a kilobyte. Its own part, packed, takes 95 bytes with a request id of 32
characters; model, version, experiment and segments are few, and are there once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import msgpack

from pandian.events import ShadowScore, Trial
from pandian.segments import NAMES
from streams.feedback.base import Shown

_UUID_DIGITS = 32
#: Different ones that are found again; beyond it, begin anew.
_MOST_COMMON = 10_000


class Common(NamedTuple):
    """What many impressions have in common."""

    model: str
    version: str
    segments: Mapping[str, str] | None
    trial: Trial | None
    shadow: tuple[str, str] | None
    """Model and version of the shadow."""


class Packer:
    """Packs impressions, and unpacks them to what they were."""

    def __init__(self) -> None:
        self._known: dict[object, Common] = {}
        # Gives bytes of just the length that is needed, unlike marshal and orjson, whose buffers stay with them.
        self._pack: Callable[[Any], bytes] = msgpack.Packer().pack

    def pack(self, shown: Shown) -> tuple[bytes, Common]:
        """Return an impression without its time."""
        shadow, request, position = shown.shadow, shown.request_id, shown.position
        usual = shown.impression_id == f"{request}:{position}"
        own = (
            None if usual else shown.impression_id,
            shown.user_id,
            shown.item_id,
            shown.score,
            _short(request),
            position,
            shown.propensity,
            None if shadow is None else shadow.score,
        )
        return self._pack(own), self._common(shown, shadow)

    def unpack(self, packed: bytes, common: Common, time: int) -> Shown:
        """Return the impression."""
        impression, user, item, score, request, position, propensity, shadow_score = msgpack.unpackb(packed)
        if type(request) is bytes:
            request = request.hex()
        model, version, segments, trial, shadow = common
        return Shown(
            f"{request}:{position}" if impression is None else impression,
            user,
            item,
            score,
            model,
            version,
            time,
            None if shadow is None else ShadowScore(*shadow, shadow_score),
            trial,
            request,
            position,
            propensity,
            segments,
        )

    def _common(self, shown: Shown, shadow: ShadowScore | None) -> Common:
        segments, other = shown.segments, None if shadow is None else (shadow.model, shadow.version)
        values = segments and tuple(map(segments.get, NAMES))
        key = (shown.model, shown.version, values, shown.trial, other)
        found = self._known.get(key)
        if found is None:
            if len(self._known) >= _MOST_COMMON:
                self._known.clear()
            found = self._known[key] = Common(shown.model, shown.version, segments, shown.trial, other)
        return found


def _short(request: str | None) -> str | bytes | None:
    """Return the bytes of a request id that is a UUID without hyphens, as Pandian gives them; others as they are."""
    if request is None or len(request) != _UUID_DIGITS:
        return request
    try:
        packed = bytes.fromhex(request)
    except ValueError:
        return request
    return packed if packed.hex() == request else request

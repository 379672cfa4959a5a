"""MessagePack: each record one map, or an array of maps that are its rows.

MessagePack has no magic number, and nearly any byte begins some value of it. So a value is taken for it only when it
starts with a map whose first key is text: no text, JSON, CSV, Avro, gzip or other common binary does. A map that starts
with a number as its key, or is empty, is not taken. What is taken must then be one whole value to the last byte.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import partial
from itertools import chain
from math import isfinite
from typing import Any, Final

from msgpack import ExtraData, StackError, Unpacker, UnpackException, unpackb

from streams.decode import reasons
from streams.decode.base import Headers, Read, Row
from streams.decode.halves import Failure, read_by_halves
from streams.decode.plain import plain
from streams.decode.several_rows import MOST_ROWS, NO_ROWS, TOO_MANY_ROWS, gathered

#: Longest value that is read, in bytes: an empty map takes one of them and 64 bytes of memory.
MOST_BYTES: Final = 8 << 20
#: Entries of a map with other keys than text. Numbers can be chosen so that a dict takes quadratic time to fill.
MOST_ODD_KEYS: Final = 1000

_MAP: Final = rb"(?:[\x81-\x8f]|\xde..|\xdf....)"
_ARRAY: Final = rb"(?:[\x91-\x9f]|\xdc..|\xdd....)"
_TEXT: Final = rb"(?:[\xa1-\xbf]|\xd9.|\xda..|\xdb....)[ -~\xc2-\xf4]"
_ARRAY_16: Final = 0xDC
_MAP_16: Final = 0xDE
_STARTS = re.compile(_ARRAY + rb"?" + _MAP + _TEXT, re.DOTALL)

# The parser makes room for as many elements as an array claims to have, up to the bytes of the value, and nests up to
# 1,024 deep. So a value longer than this is first walked to its end, which takes no memory.
_SHORT: Final = 4096
_PLAIN: Final = frozenset((str, int, float, bool, type(None), dict, list))
_TEXT_KEYS: Final = frozenset((str,))
_ERRORS: Final = (ValueError, TypeError, OverflowError, UnpackException)

_MALFORMED: Final = Failure(reasons.MSGPACK_MALFORMED, "cut off, damaged, or another binary format")
_FOLLOWED: Final = Failure(reasons.MSGPACK_MALFORMED, "something follows the first value")
_NOT_TEXT: Final = Failure(reasons.MSGPACK_MALFORMED, "a text that is not valid UTF-8")
_TOO_DEEP: Final = Failure(reasons.TOO_LARGE, "nested deeper than the parser goes (1,024)")
_TOO_LONG: Final = Failure(reasons.TOO_LARGE, f"more than {MOST_BYTES:,} bytes of MessagePack")
_ODD_KEYS: Final = Failure(
    reasons.TOO_LARGE, f"a map of more than {MOST_ODD_KEYS:,} keys, some of them no text"
)


def _extension(_: int, data: bytes) -> bytes:
    return data


_unpack = partial(unpackb, timestamp=3, ext_hook=_extension)
_unpack_any_keys = partial(_unpack, strict_map_key=False, max_map_len=MOST_ODD_KEYS)


class MessagePackReader:
    """Reads maps. Time stamps become ISO text, binary and extensions become text, see :mod:`streams.decode.plain`."""

    name = "msgpack"

    def accepts(self, value: bytes, headers: Headers) -> bool:  # noqa: ARG002 the protocol's; the bytes tell
        """Tell whether the value starts as a map, or an array of maps, with a text as its first key."""
        return value[0] > 0x80 and _STARTS.match(value) is not None and _has_room(value)

    def read(
        self,
        values: Sequence[bytes],
        indexes: Sequence[int],
        headers: Sequence[Headers] | None,  # noqa: ARG002 the protocol's; MessagePack needs none
    ) -> Read:
        """Read records; see :meth:`streams.decode.base.Reader.read`."""
        found = read_by_halves(values, _read_together, _read_alone)
        if set(map(type, found)) != {dict}:
            found = list(map(_rows, found))
        read = gathered(found, indexes)
        if not _all_plain(read.rows):
            read.rows = list(map(plain, read.rows))
        return read


def _has_room(value: bytes) -> bool:
    """Tell whether as many elements as a long map or array says it has fit into the value.

    Text in the Thaana and Syriac scripts starts with the same bytes, and says it has tens of thousands.
    """
    first = value[0]
    if first < _ARRAY_16:
        return True
    count = int.from_bytes(value[1 : 3 if first in (_ARRAY_16, _MAP_16) else 5])
    return (2 * count if first >= _MAP_16 else count) < len(value)


def _read_together(values: Sequence[bytes]) -> list[Any] | None:
    if max(map(len, values)) > _SHORT:
        return None
    try:
        return list(map(_unpack, values))
    except _ERRORS:
        return None


def _read_alone(value: bytes) -> Any:
    if len(value) > MOST_BYTES:
        return _TOO_LONG
    try:
        if len(value) > _SHORT:
            _walk(value)
        return _unpack(value)
    except _ERRORS as error:
        if "strict_map_key" not in str(error):
            return _explain(error)
    try:
        return _unpack_any_keys(value)
    except _ERRORS as error:
        return _explain(error)


def _walk(value: bytes) -> None:
    """Walk through a value without making anything of it.

    Raises:
        ValueError: it is damaged, cut off or nested too deep.
    """
    walker = Unpacker(max_buffer_size=len(value))
    walker.feed(value)
    walker.skip()


def _explain(error: Exception) -> Failure:
    """Return why a value cannot be read; what the parser says may hold some of it."""
    if isinstance(error, StackError):
        return _TOO_DEEP
    if "max_map_len" in str(error):
        return _ODD_KEYS
    if isinstance(error, UnicodeDecodeError):
        return _NOT_TEXT
    return _FOLLOWED if isinstance(error, ExtraData) else _MALFORMED


def _rows(found: Any) -> Any:
    """Return the row, the rows, or why there are none."""
    if type(found) is dict or type(found) is Failure:
        return found
    if type(found) is not list:
        return Failure(reasons.MSGPACK_NOT_ROWS, "a single value")
    if not found:
        return NO_ROWS
    if set(map(type, found)) != {dict}:
        return Failure(reasons.MSGPACK_NOT_ROWS, f"an array of {len(found)} elements that are not all maps")
    return found if len(found) <= MOST_ROWS else TOO_MANY_ROWS


def _all_plain(rows: Sequence[Row]) -> bool:
    """Tell whether all keys are text and all values those of JSON, level by level."""
    objects: list[dict[Any, Any]] = list(rows)
    arrays: list[list[Any]] = []
    while objects or arrays:
        if not set(map(type, set(chain.from_iterable(objects)))) <= _TEXT_KEYS:
            return False
        values = list(chain.from_iterable(map(dict.values, objects)))
        values += chain.from_iterable(arrays)
        kinds = set(map(type, values))
        if not kinds <= _PLAIN or (float in kinds and not _all_finite(values)):
            return False
        objects = [value for value in values if type(value) is dict] if dict in kinds else []
        arrays = [value for value in values if type(value) is list] if list in kinds else []
    return True


def _all_finite(values: Sequence[Any]) -> bool:
    # A NaN or an infinity shows in the sum. So does a sum that is too large, which is no harm.
    return isfinite(sum([value for value in values if type(value) is float]))

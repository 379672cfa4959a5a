"""Messages -> rows: a plan is made once of each message type, and followed for each message.

A field without presence (proto3's plain ones) is always in the row, with its default where the message has none: that
is what its producer meant. A field with presence is in the row when it is set. Names are those of the ``.proto`` file.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from operator import attrgetter
from typing import Any, Final, cast

from google.protobuf.descriptor import Descriptor, EnumDescriptor, FieldDescriptor
from google.protobuf.message import DecodeError
from google.protobuf.message_factory import GetMessageClass

from streams.decode import reasons
from streams.decode.base import Row
from streams.decode.one_by_one import UnreadableError
from streams.decode.plain import plain_bytes, plain_float, plain_int, shortest_float32
from streams.decode.protobuf.descriptors import OWN_FILES
from streams.decode.protobuf.well_known import WELL_KNOWN

#: Bytes of memory that one record may become.
MAX_MEMORY: Final = 256 * 2**20
#: Values of one record at most: fields of all its messages, and elements.
MAX_VALUES: Final = 500_000

Convert = Callable[[Any], Any]

_SCALARS: Final[Mapping[int, Convert]] = {
    FieldDescriptor.TYPE_DOUBLE: plain_float,
    FieldDescriptor.TYPE_FLOAT: shortest_float32,
    FieldDescriptor.TYPE_BYTES: plain_bytes,
    FieldDescriptor.TYPE_UINT64: plain_int,
    FieldDescriptor.TYPE_FIXED64: plain_int,
}
_MESSAGES: Final = (FieldDescriptor.TYPE_MESSAGE, FieldDescriptor.TYPE_GROUP)
# Bytes of memory of an empty message, and of each of its fields; and the fewest bytes that a message takes in another.
_MESSAGE, _FIELD, _LEAST = 100, 8, 2


class MessageReader:
    """Reads messages of one type.

    Args:
        descriptor: the type.
    """

    def __init__(self, descriptor: Descriptor) -> None:
        self.name: str = descriptor.full_name
        self.fields = len(descriptor.fields)
        """How many fields the type has."""
        self._class = _class(descriptor)
        # An enum's value has a name also when it is not set.
        self._telling = [one.name for one in descriptor.fields if one.type != FieldDescriptor.TYPE_ENUM]
        self._budget = _Budget()
        self._plan = _plans(descriptor, self._budget)
        self._byte = _memory_of_a_byte(descriptor)

    def message(self, data: bytes) -> Any:
        """Parse one message.

        Raises:
            UnreadableError: it is none of this type, or can take too much memory.
        """
        if len(data) * self._byte > MAX_MEMORY:
            raise UnreadableError(reasons.TOO_LARGE, "the message can take more memory than one record may")
        try:
            return self._class.FromString(data)
        except (DecodeError, ValueError):
            detail = "the value is no message of its type: it is damaged, ends too early, or is another"
            raise UnreadableError(reasons.PROTOBUF_MALFORMED, detail) from None

    def row(self, message: Any) -> Row:
        """Return a message's fields.

        Raises:
            UnreadableError: it has too many values.
        """
        self._budget.left = MAX_VALUES
        return self._plan.row(message)

    def known_fields(self, message: Any) -> int | None:
        """Return how many fields are set; None when the message has a field, at any depth, that its type does not know.

        What is not known is taken out of ``message``.
        """
        size = self._class.ByteSize(message)
        self._class.DiscardUnknownFields(message)
        return len(self._class.ListFields(message)) if self._class.ByteSize(message) == size else None

    def read(self, data: bytes) -> Row:
        """Parse one message and return its fields.

        Raises:
            UnreadableError: it is none of this type, nothing of it is known to the type, or it is too large.
        """
        message = self.message(data)
        row = self.row(message)
        if data and not any(map(row.get, self._telling)) and not self._class.ListFields(message):
            detail = "the value has not one field of its message type"
            raise UnreadableError(reasons.PROTOBUF_MALFORMED, detail)
        return row


class _Budget:
    def __init__(self) -> None:
        self.left = 0

    def spend(self, values: int) -> None:
        self.left -= values
        if self.left < 0:
            raise UnreadableError(reasons.TOO_LARGE, f"more than {MAX_VALUES:,} values in one record")


class _Plan:
    """How a row is made of a message of one type."""

    def __init__(self, budget: _Budget) -> None:
        self._budget = budget
        self._width = 0
        self._has: Callable[[Any, str], bool] = _never
        self._names: list[str] = []
        self._values: Callable[[Any], Any] = tuple
        self._converted: list[tuple[str, Convert]] = []
        self._present: list[tuple[str, Convert | None]] = []
        self._repeated: list[tuple[str, Convert | None]] = []
        self._maps: list[tuple[str, Convert | None]] = []

    def fill(self, descriptor: Descriptor, convert: Callable[[FieldDescriptor], Convert | None]) -> None:
        """Take the fields of a type; ``convert`` returns what makes JSON values of a field's values."""
        self._has = _class(descriptor).HasField
        self._width = len(descriptor.fields) + 1
        for field in descriptor.fields:
            name = field.name
            if _is_map(field):
                self._maps.append((name, convert(_message_type(field).fields_by_name["value"])))
            elif field.is_repeated:
                self._repeated.append((name, convert(field)))
            elif field.has_presence:
                self._present.append((name, convert(field)))
            else:
                self._names.append(name)
                conversion = convert(field)
                if conversion is not None:
                    self._converted.append((name, conversion))
        # With one name it would return the value, not a tuple of it.
        self._values = attrgetter(*self._names, "DESCRIPTOR") if self._names else _no_values

    def row(self, message: Any) -> Row:
        self._budget.spend(self._width)
        # The tuple has one entry more than there are names.
        row: Row = dict(zip(self._names, self._values(message), strict=False))
        for name, convert in self._converted:
            row[name] = convert(row[name])
        for name, conversion in self._present:
            if self._has(message, name):
                value = getattr(message, name)
                row[name] = value if conversion is None else conversion(value)
        for name, conversion in self._repeated:
            row[name] = self._array(getattr(message, name), conversion)
        for name, conversion in self._maps:
            row[name] = self._map(getattr(message, name), conversion)
        return row

    def _array(self, values: Any, convert: Convert | None) -> list[Any]:
        self._budget.spend(len(values))
        return list(values) if convert is None else [convert(value) for value in values]

    def _map(self, values: Any, convert: Convert | None) -> Row:
        self._budget.spend(len(values))
        return {_key(key): value if convert is None else convert(value) for key, value in values.items()}


def _class(descriptor: Descriptor) -> Any:
    """Return the class of a type. Its methods are called by it: a field can have the name of a method."""
    return GetMessageClass(descriptor)


def _never(_: Any, __: str) -> bool:
    return False


def _no_values(_: Any) -> tuple[()]:
    return ()


def _key(key: str | bool | int) -> str:
    if isinstance(key, str):
        return key
    return str(key).lower() if isinstance(key, bool) else str(key)


def _is_map(field: FieldDescriptor) -> bool:
    kind = field.message_type
    return kind is not None and field.is_repeated and kind.GetOptions().map_entry


def _message_type(field: FieldDescriptor) -> Descriptor:
    return cast("Descriptor", field.message_type)


def _plans(root: Descriptor, budget: _Budget) -> _Plan:
    """Return the plan of a type; types that hold one another share theirs."""
    plans: dict[str, _Plan] = {root.full_name: _Plan(budget)}
    waiting = [root]

    def convert(field: FieldDescriptor) -> Convert | None:
        if field.type == FieldDescriptor.TYPE_ENUM:
            values = cast("EnumDescriptor", field.enum_type).values_by_number
            names = {number: value.name for number, value in values.items()}
            return lambda number: names.get(number, number)
        if field.type not in _MESSAGES:
            return _SCALARS.get(field.type)
        kind = _message_type(field)
        known = WELL_KNOWN.get(kind.full_name)
        if known is not None and kind.file.name in OWN_FILES:
            return known
        if kind.full_name not in plans:
            plans[kind.full_name] = _Plan(budget)
            waiting.append(kind)
        return plans[kind.full_name].row

    while waiting:
        descriptor = waiting.pop()
        plans[descriptor.full_name].fill(descriptor, convert)
    return plans[root.full_name]


def _memory_of_a_byte(root: Descriptor) -> int:
    """Return how much memory the parser can be made to take by one byte: by empty messages of the largest type."""
    seen: set[str] = set()
    waiting, largest = [root], 0
    while waiting:
        for field in waiting.pop().fields:
            if field.type not in _MESSAGES:
                continue
            kind = _message_type(field)
            if kind.full_name not in seen:
                seen.add(kind.full_name)
                waiting.append(kind)
                largest = max(largest, _MESSAGE + _FIELD * len(kind.fields))
    return max(largest // _LEAST, _FIELD)

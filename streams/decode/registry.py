"""Which format reads which record of a batch."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from operator import attrgetter, itemgetter
from typing import Any, cast

from streams.decode import reasons
from streams.decode.base import Decoded, Decoder, Headers, Reject
from streams.decode.csv_lines import CsvDecoder
from streams.decode.json_objects import JsonDecoder
from streams.decode.limits import Limits

_BRACE = ord("{")
_BLANKS = b"\xef\xbb\xbf \t\r\n"


def formats(limits: Limits) -> tuple[Decoder, ...]:
    """Return the formats in the order in which a record is offered to them: add a new one here.

    What starts with a brace is always JSON, whatever stands here.
    """
    return (JsonDecoder(limits), CsvDecoder(limits))


class BatchDecoder:
    """Decodes batches of raw record values, of formats told apart record by record.

    Args:
        max_fields: field paths of one record that become columns; what is under further ones is counted in
            ``RowGroup.dropped_values``.
        max_depth: nested containers of one record that are opened; deeper ones are counted, not opened.

    Holds no state between batches. What it decides about a record depends on that record alone.
    """

    def __init__(self, *, max_fields: int = 1000, max_depth: int = 64) -> None:
        self._formats = formats(Limits(max_fields, max_depth))
        self._objects = next(decoder for decoder in self._formats if decoder.name == "json")

    def decode(self, values: Sequence[bytes | None], headers: Sequence[Headers] | None = None) -> Decoded:
        """Decode one batch.

        Args:
            values: the records' values as Kafka gives them; None is a tombstone.
            headers: the Kafka headers of each record, or None when no record has any.

        Returns:
            Every record in exactly one group or reject; rejects in ascending order of their index.
        """
        if not values:
            return Decoded([], [])
        if _all_objects(values):
            return self._objects.decode(cast("Sequence[bytes]", values), range(len(values)), headers)
        routed, rejects = self._route(values, headers)
        parts = [
            decoder.decode(
                cast("Sequence[bytes]", [values[place] for place in places]),
                places,
                None if headers is None else [headers[place] for place in places],
            )
            for decoder, places in routed
            if places
        ]
        rejects.extend(chain.from_iterable(part.rejects for part in parts))
        rejects.sort(key=attrgetter("index"))
        return Decoded(list(chain.from_iterable(part.groups for part in parts)), rejects)

    def _route(
        self, values: Sequence[bytes | None], headers: Sequence[Headers] | None
    ) -> tuple[list[tuple[Decoder, list[int]]], list[Reject]]:
        """Return the places of each format's records, and rejects of those that no format takes."""
        routed: list[tuple[Decoder, list[int]]] = [(decoder, []) for decoder in self._formats]
        objects = next(places for decoder, places in routed if decoder is self._objects)
        rejects = []
        for place, value in enumerate(values):
            if value and value[0] == _BRACE:
                objects.append(place)
            elif value is None:
                rejects.append(Reject(place, reasons.TOMBSTONE, "no value"))
            elif not value.strip(_BLANKS):
                rejects.append(Reject(place, reasons.EMPTY, f"{len(value)} bytes, all blank"))
            else:
                own = headers[place] if headers else ()
                for decoder, places in routed:
                    if decoder.accepts(value, own):
                        places.append(place)
                        break
                else:
                    rejects.append(_reject(place, value))
        return routed, rejects


def _all_objects(values: Sequence[Any]) -> bool:
    """Tell whether each value starts with a brace, as nearly always: then nothing needs to be routed."""
    try:
        return set(map(itemgetter(0), values)) == {_BRACE}
    except (TypeError, IndexError):  # a tombstone, an empty value
        return False


def _reject(place: int, value: bytes) -> Reject:
    try:
        value.decode()
    except UnicodeDecodeError as error:
        detail = f"byte {error.start + 1} of {len(value)} is not valid UTF-8"
        return Reject(place, reasons.NOT_UTF8, detail)
    return Reject(place, reasons.NOT_JSON_NOR_CSV, "text without JSON and without two or more CSV cells")

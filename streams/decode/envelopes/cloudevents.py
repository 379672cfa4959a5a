"""CloudEvents 1.0 and 0.3: ``data`` is the payload, the attributes are lineage.

Specification: https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/spec.md, formats/json-format.md (structured
mode; of a batch each event is a row), bindings/kafka-protocol-binding.md (binary mode: attributes are record headers).
Extension attributes are neither payload nor lineage.

``subject`` names the one thing that an event is about, often a person. What becomes lineage is which sort of thing it
is: ``orders/*`` of ``orders/4711``.
"""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

import orjson

from streams.decode.base import Headers, Opened, Row
from streams.decode.envelopes.base import HIDDEN, addresses, column, iso_times, short, texts

_VERSIONS: Final = frozenset(("1.0", "0.3"))
_VERSIONS_OF_HEADERS: Final = frozenset((b"1.0", b"0.3"))
_REQUIRED: Final = ("specversion", "type", "source", "id")
_ATTRIBUTES: Final = ("type", "source", "subject", "time")
_JSON = re.compile(r"[^/;]++/(?:[^/;]*\+)?json[ \t]*(?:;.*)?", re.IGNORECASE | re.DOTALL)
_HOST = re.compile(r"[a-z][a-z0-9+.\-]*+://([^/:]++)", re.IGNORECASE)


class StructuredEvents:
    """The whole event is the record's value: attributes and ``data`` or ``data_base64``."""

    name = "cloudevents"
    needs = frozenset(_REQUIRED)

    def matches(self, row: Row, headers: Headers) -> bool:  # noqa: ARG002 the protocol's; the row tells
        """Tell whether the row has all attributes that every event has."""
        return _is_event(row)

    def open(self, rows: Sequence[Row], headers: Sequence[Headers] | None) -> Opened:  # noqa: ARG002 the protocol's
        """Take the envelope off; data that is no object is the field ``data``."""
        datas = column(rows, "data")
        if set(map(type, datas)) != {dict}:
            datas = [
                data if type(data) is dict else _payload(row) for data, row in zip(datas, rows, strict=True)
            ]
        return _opened(datas, {name: column(rows, name) for name in _ATTRIBUTES})


class BinaryEvents:
    """Attributes are headers (``ce_type`` and so on), and the record's value is the data, in any format."""

    name = "cloudevents"
    needs: frozenset[str] = frozenset()

    def matches(self, row: Row, headers: Headers) -> bool:
        """Tell whether the headers have all attributes that every event has, and the row is not itself one."""
        if len(headers) < len(_REQUIRED):
            return False
        attributes = dict(headers)
        if attributes.get("ce_specversion") not in _VERSIONS_OF_HEADERS:
            return False
        return all(attributes.get(f"ce_{name}") for name in _REQUIRED) and not _is_event(row)

    def open(self, rows: Sequence[Row], headers: Sequence[Headers] | None) -> Opened:
        """Take the envelope off, which leaves the rows as they are."""
        attributes = list(map(dict, headers or [()] * len(rows)))
        return _opened(list(rows), {name: _decoded_texts(attributes, f"ce_{name}") for name in _ATTRIBUTES})


def _is_event(row: Row) -> bool:
    version = row.get("specversion")
    if type(version) is not str or version not in _VERSIONS:
        return False
    others = (row.get("type"), row.get("source"), row.get("id"))
    return set(map(type, others)) == {str} and all(others)


def _decoded_texts(attributes: Iterable[dict[str, bytes]], name: str) -> list[str | None]:
    """Return a header's texts; None where there is none."""
    found = [own.get(name) for own in attributes]
    known = {value: None if value is None else value.decode("utf-8", "replace") for value in set(found)}
    return [known[value] for value in found]


def _opened(payloads: list[Row], attributes: Mapping[str, Sequence[Any]]) -> Opened:
    sources = addresses(attributes["source"])
    facts = {
        "source": sources,
        "subject": _sorts(attributes["subject"]),
        "producer": _hosts(sources),
    }
    kinds = [kind or "" for kind in texts(attributes["type"])]
    return Opened(payloads, kinds, facts, iso_times(attributes["time"]))


def _sorts(subjects: Iterable[Any]) -> list[str | None]:
    """Return which sort of thing each subject is: its first part when there are more, else what hides it."""
    found = addresses(subjects)
    known = {one: one and _sort(one) for one in set(found)}
    return [known[one] for one in found]


def _sort(subject: str) -> str | None:
    first, separator, rest = subject.lstrip("/").partition("/")
    return short(f"{first}{separator}{HIDDEN}") if rest and HIDDEN not in first else HIDDEN


def _hosts(sources: Iterable[str | None]) -> list[str | None]:
    """Return the host in each source: who produced the event."""
    found = list(sources)
    hosts = {source: _HOST.match(source) if source else None for source in set(found)}
    known = {source: host[1] if host else None for source, host in hosts.items()}
    return [known[source] for source in found]


def _payload(event: Row) -> Row:
    """Return what an event holds that is no JSON object as such."""
    encoded = event.get("data_base64")
    if encoded is not None:
        return _decoded("data_base64", encoded, event)
    if "data" not in event:
        return {}
    data = event["data"]
    return _decoded("data", data, event) if event.get("datacontentencoding") == "base64" else {"data": data}


def _decoded(name: str, encoded: Any, event: Row) -> Row:
    """Return JSON that was written in Base64; other content, and what cannot be read, stays under its name."""
    media = event.get("datacontenttype", "application/json")
    if type(encoded) is str and type(media) is str and _JSON.fullmatch(media):
        try:
            data = orjson.loads(binascii.a2b_base64(encoded, strict_mode=True))
        except ValueError:  # of either of the two
            return {name: encoded}
        return data if type(data) is dict else {"data": data}
    return {name: encoded}

"""Plants personal values in records of every format and envelope, and remembers each, to look for it elsewhere."""

from __future__ import annotations

import gzip
import html
import io
import re
from collections.abc import Iterable, Sequence
from typing import Any
from urllib.parse import unquote

import fastavro
import msgpack
import orjson

from tests.support.identifiers import PERSONAL, Kind, column
from tests.support.topics import Value

#: Shorter values may stand anywhere by chance.
_SHORTEST = 7
_SHORTEST_HAN = 3
_HAN = re.compile("[\u4e00-\u9fff]")
#: Values that are common words, or that many share.
_COMMON = frozenset(
    ("occupation", "cn occupation", "gender", "cn gender", "age band", "gender code", "cn age")
)
ROWS = 60

Columns = dict[str, list[Any]]
#: Kinds that patterns find in any text, by their checksum or prefix.
CERTAIN = (
    "cn resident id",
    "card in groups",
    "iban",
    "email",
    "phone e164",
    "jwt",
    "api key",
    "cn mobile with 86",
)


class Planted:
    """All values that were planted."""

    def __init__(self) -> None:
        self.values: dict[str, str] = {}
        """What was planted where, by the value's text."""
        self._seed = 0

    def column(self, kind: Kind, where: str, rows: int = ROWS) -> list[Any]:
        """Return new values of a kind."""
        self._seed += 1
        values = column(kind, rows, self._seed)
        if kind.name not in _COMMON:
            self.remember(values, f"{kind.name} in {where}")
        return values

    def remember(self, values: Iterable[Any], what: str) -> None:
        """Take note of values."""
        for value in values:
            text = str(value)
            if len(text) >= (_SHORTEST_HAN if _HAN.search(text) else _SHORTEST):
                self.values[text] = what

    def found_in(self, content: bytes) -> dict[str, str]:
        """Return the planted values that stand in ``content``, in whatever spelling, with where each was planted."""
        spelled = content.decode("utf-8", "replace").lower()
        texts = [spelled]
        if any(sign in spelled for sign in ("\\u", "&", "%")):
            texts.append(_unescaped(spelled))
        beginnings: dict[str, list[str]] = {}
        for value in self.values:
            beginnings.setdefault(value.lower()[:_SHORTEST], []).append(value)
        sizes = {len(beginning) for beginning in beginnings}
        met = {piece for text in texts for size in sizes for piece in beginnings.keys() & _pieces(text, size)}
        return {
            value: self.values[value]
            for piece in met
            for value in beginnings[piece]
            if any(value.lower() in text for text in texts)
        }


def _pieces(text: str, size: int) -> set[str]:
    """Return all pieces of so many characters; short ones only where there is more than ASCII."""
    if size < _SHORTEST and text.isascii():
        return set()
    return {text[start : start + size] for start in range(len(text) - size + 1)}


def _unescaped(text: str) -> str:
    plain = re.sub(r"\\u([0-9a-f]{4})", lambda match: chr(int(match.group(1), 16)), text)
    return unquote(html.unescape(plain), errors="replace").lower()


def by_name(names: Sequence[str], planted: Planted, where: str, naming: int = 0) -> Columns:
    """Return a column of each kind under its own name; kinds whose names repeat are left out."""
    found: Columns = {}
    for kind in PERSONAL:
        if kind.name in names and kind.names[naming] not in found:
            found[kind.names[naming]] = planted.column(kind, where)
    return found


def kind_of(name: str) -> Kind:
    """Return a kind by its name."""
    return next(kind for kind in PERSONAL if kind.name == name)


def rows_of(columns: Columns) -> list[dict[str, Any]]:
    """Turn columns into rows."""
    return [dict(zip(columns, values, strict=True)) for values in zip(*columns.values(), strict=True)]


def nested(planted: Planted) -> list[Value]:
    """Return JSON rows with every kind, each in an object of its own under its own name."""
    columns = {kind.name: planted.column(kind, "json") for kind in PERSONAL}
    names = {kind.name: kind.names[0] for kind in PERSONAL}
    return [
        orjson.dumps({f"part{place}": {names[name]: row[name]} for place, name in enumerate(columns)})
        for row in rows_of(columns)
    ]


def unnamed(planted: Planted) -> list[Value]:
    """Return JSON rows with the kinds that tell by their form, under names that say nothing, also in arrays."""
    kinds = [kind for kind in PERSONAL if kind.formed]
    columns = {f"f{place}": planted.column(kind, "json without names") for place, kind in enumerate(kinds)}
    return [orjson.dumps({**row, "list": [{"a1": row["f0"]}]}) for row in rows_of(columns)]


def flat(planted: Planted, where: str, naming: int = 0) -> list[dict[str, Any]]:
    """Return flat rows of kinds whose values are texts, under their English or Chinese names."""
    names = [kind.name for kind in PERSONAL if isinstance(column(kind, 1, 0)[0], str)]
    return rows_of(by_name(names, planted, where, naming))


def csv_lines(planted: Planted) -> list[Value]:
    """Return a header line in Chinese and rows."""
    rows = flat(planted, "csv", naming=1)
    return [_csv_line(list(rows[0])), *(_csv_line(list(row.values())) for row in rows)]


def _csv_line(cells: Sequence[str]) -> bytes:
    return ",".join('"' + cell.replace('"', '""') + '"' for cell in cells).encode()


def json_lines(planted: Planted) -> list[Value]:
    """Return gzipped JSON lines, several rows a record."""
    rows = flat(planted, "json lines")
    return [
        gzip.compress(b"\n".join(orjson.dumps(row) for row in rows[start : start + 10]))
        for start in range(0, ROWS, 10)
    ]


def messagepack(planted: Planted) -> list[Value]:
    """Return MessagePack maps."""
    return [bytes(msgpack.packb(row)) for row in flat(planted, "messagepack")]


def avro(planted: Planted) -> list[Value]:
    """Return Avro containers."""
    rows = [{re.sub(r"\W", "_", name): value for name, value in row.items()} for row in flat(planted, "avro")]
    fields = [{"name": name, "type": "string"} for name in rows[0]]
    schema = fastavro.parse_schema({"type": "record", "name": "person", "fields": fields})
    found: list[Value] = []
    for start in range(0, ROWS, 20):
        file = io.BytesIO()
        fastavro.writer(file, schema, rows[start : start + 20])
        found.append(file.getvalue())
    return found


def change_log(planted: Planted) -> list[Value]:
    """Return Debezium's changes, with persons in the source block too."""
    users = planted.column(kind_of("email"), "debezium source")
    source = {
        "version": "2.7.0.Final",
        "connector": "mysql",
        "name": "db1",
        "ts_ms": 1_700_000_000_000,
        "snapshot": "false",
    }
    rest = {"db": "shop", "table": "customers", "server_id": 0, "file": "bin.3", "pos": 154, "row": 0}
    return [
        orjson.dumps(
            {
                "before": None,
                "after": row,
                "op": "c",
                "ts_ms": 1_700_000_000_001,
                "source": {**source, **rest, "query": f"insert {user}", "user": user},
            }
        )
        for row, user in zip(flat(planted, "debezium"), users, strict=True)
    ]


def tracked(planted: Planted) -> list[Value]:
    """Return Segment's calls of users known by e-mail address, and CloudEvents about them."""
    emails, addresses = (planted.column(kind_of(name), "segment") for name in ("email", "ipv4"))
    subjects = planted.column(kind_of("email"), "cloudevents")
    calls = [
        {
            "type": "track",
            "event": "Product Viewed",
            "userId": email,
            "messageId": f"m-{place}",
            "context": {
                "ip": ip,
                "traits": {"email": email},
                "library": {"name": "analytics.js", "version": "2"},
            },
            "timestamp": "2024-05-01T10:00:00Z",
            "properties": {"product_id": f"p{place % 9}", "note": f"by {email}"},
        }
        for place, (email, ip) in enumerate(zip(emails, addresses, strict=True))
    ]
    events = [
        {
            "specversion": "1.0",
            "type": "shop.viewed",
            "source": f"/users/{one}/cart",
            "subject": one,
            "id": f"e{place}",
            "data": {"item_id": f"p{place % 9}", "by": one},
        }
        for place, one in enumerate(subjects)
    ]
    return [orjson.dumps(one) for one in (*calls, *events)]


def notes(planted: Planted) -> list[Value]:
    """Return rows of free texts, codes and states, each with something certain inside."""
    columns = [planted.column(kind_of(name), "text") for name in CERTAIN]
    return [
        orjson.dumps(
            {
                "note": f"ask {found[0]} or {found[1]}",
                "status": f"paid by {found[2]}",
                "category": f"for {found[3]}",
                "color": f"red {found[4]}",
                "sku": f"A-1 {found[5]}",
                "event_id": f"e-{place}-{found[3]}",
                "tags": [f"key {found[6]}", f"call {found[7]}"],
                f"seen {found[3]}": 1,
                "map": {found[4]: place},
            }
        )
        for place, found in enumerate(zip(*columns, strict=True))
    ]


def broken(planted: Planted) -> list[Value]:
    """Return what cannot be read, full of personal values."""
    rows = [orjson.dumps(row) for row in flat(planted, "broken")]
    return [(row[:-1], b"\xff\xfe" + row, row + b"}{")[place % 3] for place, row in enumerate(rows)]


def visits(planted: Planted, where: str) -> list[Value]:
    """Return what users known by e-mail address did, in enough rows for them to become interactions."""
    users = planted.column(kind_of("email"), where, rows=1_100)
    return [
        orjson.dumps(
            {
                "email": user,
                "item_id": f"p{place % 40}",
                "event_type": ("view", "purchase")[place % 2],
                "timestamp": 1_700_000_000_000 + place * 1000,
            }
        )
        for place, user in enumerate(users)
    ]


def visits_with_strays(planted: Planted) -> list[Value]:
    """Return what users known by a number did, some of whom stand there by e-mail address; so do items and visits."""
    strays = iter(planted.column(kind_of("email"), "ids", rows=60))
    return [
        orjson.dumps(
            {
                "user_id": next(strays) if place % 100 == 7 else f"u{place % 90}",
                "item_id": next(strays) if place % 100 == 9 else f"p{place % 40}",
                "session_id": next(strays) if place % 100 == 11 else f"s{place % 200}",
                "event_type": "view",
                "timestamp": 1_700_000_000_000 + place * 1000,
            }
        )
        for place in range(1_100)
    ]


def catalogue(planted: Planted) -> list[Value]:
    """Return items whose titles, brands and categories hold addresses."""
    inside = planted.column(kind_of("email"), "catalogue", rows=1_100)
    return [
        orjson.dumps(
            {
                "sku": f"AB-{place:06}",
                "title": f"Mug, ask {one}",
                "brand": f"by {one}",
                "category": f"Mugs {one}",
                "price": 9.5 + place % 4,
                "availability": "in stock",
            }
        )
        for place, one in enumerate(inside)
    ]

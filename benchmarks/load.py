"""What the benches feed: the order lines of the demo's real shop, as JSON."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from itertools import cycle, islice

import orjson

from streams.demo.dataset import order_lines

Record = dict[str, str | None]


@cache
def order_records() -> list[Record]:
    """Return the 320,705 order lines of UCI Online Retail: 8 fields of text, a blank cell is None."""
    return [{name: cell or None for name, cell in line._asdict().items()} for line in order_lines()]


@cache
def order_values() -> list[bytes]:
    """Return the order lines as `pandian produce` sends the rows of a CSV file: JSON of about 200 bytes."""
    return [orjson.dumps(record) for record in order_records()]


def repeated(count: int) -> Iterator[bytes]:
    """Return ``count`` order lines, beginning again when the file ends."""
    return islice(cycle(order_values()), count)

"""Send wide records evenly to many topics until killed, and say on each line how many were acknowledged.

python -m benchmarks.assets_feed BROKER ASSETS FIELDS RATE
"""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Sequence
from itertools import islice

import aiokafka
import orjson

from benchmarks.assets import topic
from benchmarks.parts import side_by_side

#: Different records; each asset begins at another one.
_RECORDS = 50_000
_WIDTH = 8
_TICK_S = 0.05
#: What a producer of little traffic does: a few records a request.
_LINGER_MS = 50


def records(fields: int) -> Sequence[bytes]:
    """Return records of so many fields."""
    lines = side_by_side(_RECORDS, -(-fields // _WIDTH))
    return [orjson.dumps(dict(islice(line.items(), fields))) for line in lines]


async def send(address: str, assets: int, fields: int, rate: int) -> None:
    """Send one record to each asset, again and again, so many records a second in all."""
    values = records(fields)
    acknowledged = 0

    def count(_: object) -> None:
        nonlocal acknowledged
        acknowledged += 1

    producer = aiokafka.AIOKafkaProducer(bootstrap_servers=address, acks=1, linger_ms=_LINGER_MS)
    async with producer:
        began, sent = time.monotonic(), 0
        while True:
            due = int((time.monotonic() - began) * rate)
            # What a sender that was held has missed is left out: it would come in a burst.
            for number in range(max(sent, due - rate // 10), due):
                turn, asset = divmod(number, assets)
                value = values[(asset * 97 + turn) % len(values)]
                (await producer.send(topic(asset), value, partition=0)).add_done_callback(count)
            sent = due
            print(acknowledged, flush=True)
            await asyncio.sleep(_TICK_S)


if __name__ == "__main__":
    asyncio.run(send(sys.argv[1], *map(int, sys.argv[2:5])))

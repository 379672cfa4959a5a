"""What stock Faust does with the same records: decode the JSON, count into a table.

``python -m benchmarks.stock_faust HOST:PORT TOPIC RECORDS GROUP FOLDER`` prints ``{"records_per_s", "cpu_us"}``.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import time
from typing import Any

import faust


async def measure(address: str, topic: str, records: int, group: str, folder: str) -> dict[str, float]:
    """Count ``records`` of a topic into a table, one by one; return the rate and the processor time a record, us."""
    app = faust.App(
        group,
        broker=f"kafka://{address}",
        store="memory://",
        web_enabled=False,
        datadir=folder,
        broker_session_timeout=6,
        broker_heartbeat_interval=1,
        consumer_auto_offset_reset="earliest",
        topic_partitions=4,
    )
    source = app.topic(topic, value_serializer="json", acks=True)
    counts: Any = app.Table("counts", default=int, partitions=4)
    done = asyncio.Event()
    seen, began = 0, (0.0, 0.0)

    @app.agent(source)  # type: ignore[untyped-decorator]  # Faust has no types
    async def count(stream: Any) -> None:
        nonlocal seen, began
        async for line in stream:
            if not seen:
                began = (time.monotonic(), time.process_time())
            counts[line["Country"]] += 1
            seen += 1
            if seen == records:
                done.set()

    await app.start()
    await done.wait()
    seconds, cpu = time.monotonic() - began[0], time.process_time() - began[1]
    return {"records_per_s": round(records / seconds, 1), "cpu_us": round(cpu / records * 1e6, 2)}


async def main(address: str, topic: str, records: int, group: str, folder: str) -> None:
    """Measure, print, and end the process at once: Faust's threads and tasks would keep it for ever."""
    print(json.dumps(await measure(address, topic, records, group, folder)), flush=True)
    os._exit(0)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2], int(sys.argv[3]), *sys.argv[4:]))

"""A field that turns out to be personal only later: what it showed until then is taken back, wherever it went."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
import pytest

from tests.faults.test_leaks import check
from tests.support import outlets
from tests.support.brokers import embedded_broker
from tests.support.planted import Planted, kind_of
from tests.support.topics import create_topic, produce
from tests.support.worker import WorkerProcess

pytestmark = pytest.mark.timeout(240)

GROUP = "purging"
HARMLESS = 1_000
#: Too few to be looked at again, and then enough.
FIRST, MORE = 400, 2_600


def _field(worker: WorkerProcess) -> dict[str, Any]:
    asset = worker.asset("shop.contacts") or {"fields": []}
    return next((field for field in asset["fields"] if field["field"] == "contact"), {})


def _row(place: int, contact: str) -> bytes:
    return orjson.dumps({"ticket": f"t-{place}", "contact": contact, "remark": ("a", "b", "c")[place % 3]})


@pytest.mark.parametrize("kind", ["name", "email"])
def test_what_a_field_showed_is_taken_back(kind: str, tmp_path: Path, unique: Callable[[str], str]) -> None:
    """Names and addresses have no form by which one could be masked alone, so they are shown at first."""
    group, found = unique(GROUP), Planted()
    harmless = [("0", "walk-in-1", "counter-2", "web-3")[place % 4] for place in range(HARMLESS)]
    personal = list(map(str, found.column(kind_of(kind), "contacts", rows=FIRST + MORE)))
    with embedded_broker() as broker:
        create_topic(broker.address, "shop.contacts")
        rows = [_row(place, contact) for place, contact in enumerate([*harmless, *personal])]
        with WorkerProcess(broker.address, group, ["shop.*"]) as worker:
            produce(broker.address, "shop.contacts", rows[:HARMLESS])
            worker.wait_counted("shop.contacts", HARMLESS)
            assert not _field(worker)["masked"]
            produce(broker.address, "shop.contacts", rows[HARMLESS : HARMLESS + FIRST])
            worker.wait_counted("shop.contacts", HARMLESS + FIRST)
            before = b"".join(content for _, content in outlets.of_compacted_topics(broker.address, group))
            assert bool(found.found_in(before)) is (kind != "email"), (
                "what has no form is kept until it is found out"
            )
            produce(broker.address, "shop.contacts", rows[HARMLESS + FIRST :])
            worker.wait_counted("shop.contacts", len(rows))
            worker.wait(lambda: _field(worker)["masked"], "the field to be masked", 30)
            worker.wait(lambda: not _kept(broker.address, group, found), "the profile without values", 30)
            check(found, outlets.of_compacted_topics(broker.address, group))
            check(found, outlets.of_http(worker))
            check(found, outlets.of_exports(worker, tmp_path))
            check(found, [("log", worker.said().encode())])
            assert worker.terminate() == 0
            check(found, outlets.of_disk(worker.folder / "data"))


def _kept(address: str, group: str, found: Planted) -> bool:
    return bool(
        found.found_in(b"".join(content for _, content in outlets.of_compacted_topics(address, group)))
    )

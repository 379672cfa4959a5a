"""Personal values in every kind of field, format and envelope: not one of them leaves a worker, by whatever way."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import pytest

from pandian import topics
from pandian.hashing import KeyedHash, is_pseudonym
from tests.support import outlets, planted
from tests.support.brokers import embedded_broker
from tests.support.outlets import Outlet
from tests.support.planted import Planted
from tests.support.topics import Value, create_topic, produce, read_all
from tests.support.worker import WorkerProcess

pytestmark = pytest.mark.timeout(240)

KEY = "a key of sixteen or more"
GROUP = "leaks"
MAKERS: dict[str, Callable[[Planted], list[Value]]] = {
    "nested": planted.nested,
    "unnamed": planted.unnamed,
    "csv": planted.csv_lines,
    "lines": planted.json_lines,
    "messagepack": planted.messagepack,
    "avro": planted.avro,
    "changes": planted.change_log,
    "tracked": planted.tracked,
    "notes": planted.notes,
    "broken": planted.broken,
    "strays": planted.visits_with_strays,
    "catalogue": planted.catalogue,
    "visits": lambda found: planted.visits(found, "visits"),
}


class Leaking:
    """A worker that was fed with personal values of every kind."""

    def __init__(self, address: str, worker: WorkerProcess, found: Planted) -> None:
        self.address = address
        self.worker = worker
        self.planted = found

    def check(self, leaving: Iterable[Outlet]) -> int:
        """Fail when anything that leaves holds a planted value; return how much was looked at."""
        return check(self.planted, leaving)


def check(found: Planted, leaving: Iterable[Outlet]) -> int:
    """Fail when anything that leaves holds a planted value; return how many bytes were looked at."""
    by_outlet: dict[str, list[bytes]] = {}
    for where, content in leaving:
        by_outlet.setdefault(where, []).append(content)
    leaks: Counter[str] = Counter()
    for where, contents in by_outlet.items():
        leaks.update(f"{what}: in {where}" for what in found.found_in(b"\n".join(contents)).values())
    assert not leaks, "\n".join(f"{count} x {leak}" for leak, count in leaks.most_common(60))
    return sum(len(content) for contents in by_outlet.values() for content in contents)


@pytest.fixture(scope="module")
def leaking() -> Iterator[Leaking]:
    """Feed a worker in two halves, so that what is learned in the first meets the second; wait until all is counted."""
    found = Planted()
    values = {name: make(found) for name, make in MAKERS.items()}
    with embedded_broker() as broker:
        for name, made in values.items():
            create_topic(broker.address, f"shop.{name}", partitions=2)
            keys = [next(iter(found.values)).encode()] * len(made)
            half = len(made) // 2
            # All rows of CSV and lines stay in one partition, behind the header line.
            produce(broker.address, f"shop.{name}", made[:half], partition=0, keys=keys[:half])
        settings = {"PANDIAN_HASH_KEY": KEY, "PANDIAN_CHECKPOINT_SECONDS": "0.4"}
        with WorkerProcess(broker.address, GROUP, ["shop.*"], settings=settings) as worker:
            worker.wait(
                lambda: _counted(worker) >= sum(len(made) // 2 for made in values.values()),
                "the first half",
                90,
            )
            for name, made in values.items():
                header = [("x-user", next(iter(found.values)).encode())]
                produce(broker.address, f"shop.{name}", made[len(made) // 2 :], partition=0, headers=header)
            worker.wait(lambda: _counted(worker) >= sum(map(len, values.values())), "all records", 90)
            worker.wait(lambda: _made(broker.address) >= 2_200, "interactions", 60)
            time.sleep(3)  # some checkpoints and merges more
            yield Leaking(broker.address, worker, found)


def _counted(worker: WorkerProcess) -> int:
    document = worker.get("/v1/inventory") or {"assets": []}
    ends = {asset["source"]["topic"]: asset["source"]["partitions"] for asset in document["assets"]}
    return sum(part["next_offset"] for parts in ends.values() for part in parts.values())


def _made(address: str) -> int:
    return len(read_all(address, topics.INTERACTIONS))


def test_values_were_planted(leaking: Leaking) -> None:
    """Else nothing below could fail."""
    assert len(leaking.planted.values) > 20_000
    assert len({what.rpartition(" in ")[2] for what in leaking.planted.values.values()}) > 12
    value, what = next(iter(leaking.planted.values.items()))
    for spelled in (
        value,
        value.upper(),
        value.encode().decode("latin-1"),
        "".join(f"\\u{ord(sign):04x}" for sign in value),
    ):
        assert leaking.planted.found_in(f"before {spelled} after".encode()) == {value: what}


def test_topics(leaking: Leaking) -> None:
    assert leaking.check(outlets.of_topics(leaking.address)) > 1_000_000


def test_answers(leaking: Leaking) -> None:
    assert leaking.check(outlets.of_http(leaking.worker)) > 100_000


def test_exports(leaking: Leaking, tmp_path: Path) -> None:
    assert leaking.check(outlets.of_exports(leaking.worker, tmp_path)) > 100_000


def test_logs(leaking: Leaking) -> None:
    for value in list(leaking.planted.values)[:20]:
        leaking.worker.get(f"/v1/recommend/{value}")
        leaking.worker.get(f"/v1/users/{value}")
    assert leaking.check([("log", leaking.worker.said().encode())]) > 50


def test_disk(leaking: Leaking) -> None:
    assert leaking.check(outlets.of_disk(leaking.worker.folder / "data")) > 10_000


def test_users_known_by_address_are_pseudonyms(leaking: Leaking) -> None:
    """The same as whoever has the key would work out."""
    hashed = KeyedHash(KEY)
    users = {record.key.decode() for record in read_all(leaking.address, topics.INTERACTIONS) if record.key}
    pseudonyms = {user for user in users if is_pseudonym(user)}
    known = {hashed(value) for value, what in leaking.planted.values.items() if what == "email in visits"}
    assert len(known) > 1_000 and known <= pseudonyms
    assert len(users - pseudonyms) == 90

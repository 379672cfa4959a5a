"""`pandian worker` processes as a person starts them: with the default settings, told nothing but where Kafka is."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from kafka import KafkaAdminClient

from tests.support.worker import WorkerProcess

#: An empty variable counts as unset: the tests' short times give way to the defaults.
DEFAULTS = dict.fromkeys(
    ("PANDIAN_SESSION_SECONDS", "PANDIAN_CHECKPOINT_SECONDS", "PANDIAN_DISCOVERY_SECONDS"), ""
)


@contextmanager
def worker(
    address: str, group: str, globs: Iterable[str], roles: str = "", webhook: str = ""
) -> Iterator[WorkerProcess]:
    """Run a worker for a ``with`` block.

    Args:
        address: the broker.
        group: its consumer group.
        globs: topics to read.
        roles: what it does, separated by commas; empty: everything.
        webhook: where it posts alerts; empty: nowhere.
    """
    options = ["--roles", roles] if roles else []
    settings = {**DEFAULTS, "PANDIAN_ALERT_WEBHOOK": webhook}
    process = WorkerProcess(address, group, globs, settings=settings, options=options)
    try:
        with process:
            yield process
    finally:
        shutil.rmtree(process.folder, ignore_errors=True)


def pid_of(running: WorkerProcess) -> int:
    """Return the process id of a started worker."""
    if running.process is None:
        raise RuntimeError("the worker was not started")
    return running.process.pid


def records_read(running: WorkerProcess) -> int:
    """Return how many records a worker has counted; 0 while it does not answer.

    Raises:
        RuntimeError: when it has ended.
    """
    if running.process is not None and running.process.poll() is not None:
        raise RuntimeError(f"a worker ended:\n{running.said()}")
    return int((running.get("/v1/status") or {}).get("records_read", 0))


def committed(client: KafkaAdminClient, group: str, topic: str) -> int:
    """Return how many records of a topic that begins at offset 0 the group's checkpoints hold.

    A worker commits to the group what a checkpoint holds once all of it was acknowledged.
    """
    offsets = client.list_group_offsets(group).get(group, {})
    return sum(max(0, found.offset) for tp, found in offsets.items() if tp.topic == topic)


def forget(client: KafkaAdminClient) -> None:
    """Delete what workers have written, so that the next one counts from the first record on."""
    ours = [name for name in client.list_topics() if name.startswith("pandian") or "changelog" in name]
    if ours:
        client.delete_topics(ours, timeout_ms=10_000)

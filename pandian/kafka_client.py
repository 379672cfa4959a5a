"""Turns the settings into what kafka-python's clients want to know about a broker, and its errors into ours."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from kafka.errors import KafkaError

from pandian.errors import BrokerError, SettingError
from pandian.settings import Settings

#: A broker that has not answered after this time is reported as unreachable.
CONNECT_MS = 8_000


def client_options(settings: Settings) -> dict[str, Any]:
    """Return the keyword arguments that connect any kafka-python client (producer, consumer, admin).

    Raises:
        SettingError: when no broker is set, or a TLS file is not there.
    """
    if not settings.bootstrap_servers:
        raise SettingError("PANDIAN_BROKER", "is not set", "set it to host:port of a Kafka broker")
    options: dict[str, Any] = {
        "bootstrap_servers": settings.bootstrap_servers,
        "security_protocol": settings.security_protocol,
        "bootstrap_timeout_ms": CONNECT_MS,
        "client_id": "pandian",
    }
    if settings.security_protocol.endswith("SSL"):
        options |= _tls(settings)
    if settings.security_protocol.startswith("SASL_"):
        options["sasl_mechanism"] = settings.sasl_mechanism
        options["sasl_plain_username"] = settings.sasl_username
        options["sasl_plain_password"] = (
            settings.sasl_password.get_secret_value() if settings.sasl_password else None
        )
    return options


@contextmanager
def broker_errors(settings: Settings) -> Iterator[None]:
    """Turn what kafka-python raises inside the block into one :class:`BrokerError` that names the address."""
    try:
        yield
    except (KafkaError, OSError) as error:
        raise unreachable(settings, error) from error


def unreachable(settings: Settings, error: BaseException) -> BrokerError:
    """Return the one line for a broker that does not answer, or refuses."""
    kind, said = type(error).__name__, " ".join(str(error).split())
    if not said.startswith(kind):
        said = f"{kind}: {said}".rstrip(": ")
    return BrokerError(
        f"PANDIAN_BROKER={';'.join(settings.bootstrap_servers)}",
        f"a Kafka broker must answer there ({said[:160]})",
        "start it, or set PANDIAN_BROKER to the right host:port (and the TLS or SASL settings it needs)",
    )


def _tls(settings: Settings) -> dict[str, Any]:
    files = {
        "ssl_cafile": settings.ssl_ca_location,
        "ssl_certfile": settings.ssl_certificate_location,
        "ssl_keyfile": settings.ssl_key_location,
    }
    names = {"ssl_cafile": "CA", "ssl_certfile": "CERTIFICATE", "ssl_keyfile": "KEY"}
    for option, path in files.items():
        if path is not None and not path.is_file():
            raise SettingError(
                f"PANDIAN_SSL_{names[option]}_LOCATION={path}", "is not a file", "name a readable PEM file"
            )
    options: dict[str, Any] = {option: str(path) for option, path in files.items() if path is not None}
    if settings.ssl_key_password is not None:
        options["ssl_password"] = settings.ssl_key_password.get_secret_value()
    return options

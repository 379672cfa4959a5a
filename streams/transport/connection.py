"""Turns the settings into what aiokafka and Faust want to know about a broker."""

from __future__ import annotations

import ssl
from typing import Any

import faust
from faust.types.auth import CredentialsT
from yarl import URL

from pandian.errors import SettingError
from pandian.settings import Settings


def ssl_context(settings: Settings) -> ssl.SSLContext | None:
    """Return the TLS context that the settings ask for; None without TLS.

    Raises:
        SettingError: when a certificate or key file cannot be used.
    """
    if "SSL" not in settings.security_protocol:
        return None
    try:
        context = ssl.create_default_context(
            cafile=str(settings.ssl_ca_location) if settings.ssl_ca_location else None
        )
        if settings.ssl_certificate_location:
            password = settings.ssl_key_password
            context.load_cert_chain(
                settings.ssl_certificate_location,
                settings.ssl_key_location,
                password.get_secret_value() if password else None,
            )
    except (OSError, ssl.SSLError) as error:
        raise SettingError(
            f"PANDIAN_SSL_CA_LOCATION={settings.ssl_ca_location}, "
            f"PANDIAN_SSL_CERTIFICATE_LOCATION={settings.ssl_certificate_location}",
            f"the TLS files cannot be used ({error})",
            "name readable PEM files that belong together",
        ) from error
    return context


def aiokafka_options(settings: Settings, servers: list[str]) -> dict[str, Any]:
    """Return the keyword arguments that connect an aiokafka client."""
    options: dict[str, Any] = {
        "bootstrap_servers": servers,
        "security_protocol": settings.security_protocol,
        "ssl_context": ssl_context(settings),
    }
    if settings.security_protocol.startswith("SASL"):
        options["sasl_mechanism"] = settings.sasl_mechanism
        options["sasl_plain_username"] = settings.sasl_username
        options["sasl_plain_password"] = _secret(settings)
    return options


def faust_credentials(settings: Settings) -> CredentialsT | None:
    """Return the same for Faust; None for a plain connection."""
    context = ssl_context(settings)
    if settings.security_protocol.startswith("SASL"):
        return faust.SASLCredentials(
            username=settings.sasl_username,
            password=_secret(settings),
            mechanism=settings.sasl_mechanism,
            ssl_context=context,
        )
    return faust.SSLCredentials(context=context) if context else None


def faust_urls(servers: list[str]) -> list[URL]:
    """Return the broker addresses as URLs of our transport."""
    return [URL(f"pandian://{server}") for server in servers]


def _secret(settings: Settings) -> str | None:
    return settings.sasl_password.get_secret_value() if settings.sasl_password else None

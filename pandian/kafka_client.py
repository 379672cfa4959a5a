"""Turns the settings into kafka-python's keyword arguments. Used by ``pandian produce`` and the admin client."""

from __future__ import annotations

from typing import Any

from pandian.settings import Settings


def client_options(settings: Settings) -> dict[str, Any]:
    """Return the keyword arguments that connect any kafka-python client as the settings say."""
    options: dict[str, Any] = {
        "bootstrap_servers": settings.bootstrap_servers,
        "security_protocol": settings.security_protocol,
    }
    if "SSL" in settings.security_protocol:
        password = settings.ssl_key_password
        options |= {
            "ssl_cafile": str(settings.ssl_ca_location) if settings.ssl_ca_location else None,
            "ssl_certfile": str(settings.ssl_certificate_location)
            if settings.ssl_certificate_location
            else None,
            "ssl_keyfile": str(settings.ssl_key_location) if settings.ssl_key_location else None,
            "ssl_password": password.get_secret_value() if password else None,
        }
    if settings.security_protocol.startswith("SASL"):
        secret = settings.sasl_password
        options |= {
            "sasl_mechanism": settings.sasl_mechanism,
            "sasl_plain_username": settings.sasl_username,
            "sasl_plain_password": secret.get_secret_value() if secret else None,
        }
    return options

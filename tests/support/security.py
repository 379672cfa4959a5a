"""TLS and SASL for the real Kafka in tests: certificates made on the spot, listeners, and the settings to use them."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tests.support.processes import free_port

PROTOCOLS = ("SSL", "SASL_PLAINTEXT", "SASL_SSL")
MECHANISMS = ("PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512")

USERNAME = "stocktaker"
PASSWORD = "correct-horse"


def openssl_missing() -> str | None:
    """Say why no certificates can be made here, or return None when they can."""
    return None if shutil.which("openssl") else "no openssl on the PATH to make test certificates with"


@dataclass(frozen=True)
class Security:
    """One listener a protocol beside the plain one, one user for every SASL mechanism, and an own authority.

    The broker asks for a client certificate and accepts none (``ssl.client.auth=requested``).
    """

    folder: Path
    """Where the certificates lie: ``ca.pem``, ``server.pem``, ``client.pem``, ``client.key``."""
    ports: Mapping[str, int] = field(
        default_factory=lambda: {protocol: free_port() for protocol in PROTOCOLS}
    )

    def make_certificates(self) -> None:
        """Make an authority, a server certificate for 127.0.0.1 and a client certificate."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self._openssl("req", "-x509", "-subj", "/CN=test authority", *_key("ca"), "-out", "ca.pem")
        for name in ("server", "client"):
            signed = (
                "-CA",
                "ca.pem",
                "-CAkey",
                "ca.key",
                "-addext",
                "subjectAltName=IP:127.0.0.1,DNS:localhost",
            )
            self._openssl("req", "-x509", "-subj", f"/CN={name}", *_key(name), *signed, "-out", f"{name}.crt")
            key = (self.folder / f"{name}.key").read_text()
            certificate = (self.folder / f"{name}.crt").read_text()
            (self.folder / f"{name}.pem").write_text(key + certificate if name == "server" else certificate)

    def address(self, protocol: str) -> str:
        """Return ``127.0.0.1:port`` of the listener of a protocol of :data:`PROTOCOLS`."""
        return f"127.0.0.1:{self.ports[protocol]}"

    def broker_configs(self) -> dict[str, str]:
        """Return what the broker is told beside its listeners."""
        plain = "org.apache.kafka.common.security.plain.PlainLoginModule"
        scram = "org.apache.kafka.common.security.scram.ScramLoginModule"
        configs = {
            "ssl.keystore.type": "PEM",
            "ssl.keystore.location": str(self.folder / "server.pem"),
            "ssl.truststore.type": "PEM",
            "ssl.truststore.location": str(self.folder / "ca.pem"),
            "ssl.client.auth": "requested",
            "sasl.enabled.mechanisms": ",".join(MECHANISMS),
        }
        for protocol in ("sasl_plaintext", "sasl_ssl"):
            for mechanism in MECHANISMS:
                user = f' user_{USERNAME}="{PASSWORD}"' if mechanism == "PLAIN" else ""
                module = plain if mechanism == "PLAIN" else scram
                name = f"listener.name.{protocol}.{mechanism.lower()}.sasl.jaas.config"
                configs[name] = f"{module} required{user};"
        return configs

    def format_arguments(self) -> list[str]:
        """Return what ``StorageTool format`` is told, so that the SCRAM user is there from the start."""
        user = f"[name={USERNAME},password={PASSWORD}]"
        scram = [mechanism for mechanism in MECHANISMS if mechanism != "PLAIN"]
        return [argument for mechanism in scram for argument in ("--add-scram", f"{mechanism}={user}")]

    def environment(
        self,
        protocol: str,
        mechanism: str = "PLAIN",
        password: str = PASSWORD,
        client_certificate: bool = False,
    ) -> dict[str, str]:
        """Return the PANDIAN_* variables with which a worker connects to the listener of ``protocol``."""
        variables = {"PANDIAN_BROKER": self.address(protocol), "PANDIAN_SECURITY_PROTOCOL": protocol}
        if protocol.endswith("SSL"):
            variables["PANDIAN_SSL_CA_LOCATION"] = str(self.folder / "ca.pem")
        if client_certificate:
            variables["PANDIAN_SSL_CERTIFICATE_LOCATION"] = str(self.folder / "client.pem")
            variables["PANDIAN_SSL_KEY_LOCATION"] = str(self.folder / "client.key")
        if protocol.startswith("SASL_"):
            variables["PANDIAN_SASL_MECHANISM"] = mechanism
            variables["PANDIAN_SASL_USERNAME"] = USERNAME
            variables["PANDIAN_SASL_PASSWORD"] = password
        return variables

    def _openssl(self, *arguments: str) -> None:
        subprocess.run(["openssl", *arguments], cwd=self.folder, check=True, capture_output=True, timeout=60)


def _key(name: str) -> tuple[str, ...]:
    return ("-newkey", "rsa:2048", "-noenc", "-keyout", f"{name}.key", "-days", "2")

"""One frozen settings class. Every field is an environment variable with the prefix ``PANDIAN_``."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import BeforeValidator, Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from pandian.actions import STRONGEST, Action
from pandian.attribution import parse_windows
from pandian.errors import SettingError
from pandian.validation import first_fault

SecurityProtocol = Literal["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"]
SaslMechanism = Literal["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"]

PREFIX = "PANDIAN_"


class Settings(BaseSettings):
    """Everything a deployment can set. Read once at the start, never changed after."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, frozen=True, extra="ignore", use_attribute_docstrings=True, env_ignore_empty=True
    )

    broker: str | None = None
    """Kafka to connect to: ``host:port`` or ``kafka://host:port``, several separated by ``;``. Unset: an
    embedded broker, which keeps nothing on disk."""
    security_protocol: SecurityProtocol = "PLAINTEXT"
    """How to talk to the broker."""
    ssl_ca_location: Path | None = None
    """File with the certificate authorities that may sign the broker's certificate."""
    ssl_certificate_location: Path | None = None
    """File with the client's certificate (PEM), for brokers that ask for one."""
    ssl_key_location: Path | None = None
    """File with the client's private key (PEM)."""
    ssl_key_password: SecretStr | None = None
    """Password of the private key."""
    sasl_mechanism: SaslMechanism = "PLAIN"
    """SASL mechanism, used when the security protocol starts with ``SASL_``."""
    sasl_username: str | None = None
    """SASL user name."""
    sasl_password: SecretStr | None = None
    """SASL password."""
    group: str = Field(default="pandian", pattern=r"^[A-Za-z0-9._-]{1,200}$")
    """Consumer group. Workers of one group share the partitions."""
    datadir: Path = Path(".pandian")
    """Folder for local state. Safe to delete: it is rebuilt from the topics."""
    models: Annotated[str, BeforeValidator(str)] = ".pandian/models"
    """The model registry: a folder, or an address that fsspec knows, such as ``s3://bucket/models``."""
    replication_factor: int = Field(default=1, ge=1, le=32767)
    """Replicas of the topics that Pandian makes."""
    checkpoint_seconds: float = Field(default=2.0, ge=0.1, le=300)
    """Shortest time between two checkpoints of a source partition."""
    profile_bytes_per_second: int = Field(default=5_000_000, ge=10_000)
    """At most this many bytes of profiles a second from one worker: the checkpoints stretch to keep to it."""
    discovery_seconds: float = Field(default=5.0, ge=0.2, le=3600)
    """How often the broker is asked for new topics."""
    session_seconds: float = Field(default=6.0, ge=1, le=300)
    """After this time without a sign of life a worker's partitions go to others."""
    max_fields: int = Field(default=1_000, ge=10, le=100_000)
    """Fields profiled per asset and partition; values of further fields are counted in ``overflow``."""
    quarantine_original: bool = False
    """Keep the original bytes of quarantined records in ``pandian.quarantine``. They may hold personal data."""
    hash_key: SecretStr | None = Field(default=None, min_length=16)
    """Secret of at least 16 characters. With it, personal identifiers that data is joined by (a user known by e-mail
    address) become keyed hashes; without it they are left out."""
    admin_token: SecretStr | None = Field(default=None, min_length=16)
    """Secret of at least 16 characters that ``DELETE /v1/users/{user}`` asks for as ``Authorization: Bearer``. Unset:
    only this machine may forget a user, and not through a proxy."""
    archive: str | None = None
    """Where records are archived as Parquet: a folder, or an address that fsspec knows, such as ``s3://bucket/pandian``.
    Unset: nowhere."""
    archive_days: int | None = Field(default=None, ge=1)
    """Days kept in the archive, today included; older ones are removed, but never an asset's newest. Unset: all."""
    archive_seconds: float = Field(default=300.0, ge=1, le=86400)
    """After this time records are archived even if they are few: how fresh the archive is, and how small its files."""
    alert_webhook: SecretStr | None = None
    """URL that alerts are posted to as JSON as they begin and end: ``https://host/path``. It may hold a token, so it is
    never shown. Unset: alerts are on ``pandian.alerts`` alone."""
    mapping: Path | None = None
    """TOML file that says which fields of a topic are user, item, action and time, where the inventory is not to
    decide."""
    quality: Path | None = None
    """TOML file that says what is asked of the quality of an asset: least shares, and how late a record may be."""
    sequence_length: int = Field(default=100, ge=1, le=10_000)
    """Interactions kept of each user: the newest by event time."""
    max_users: int = Field(default=2_000_000, ge=1)
    """Users whose sequences a worker keeps; beyond that, those that were not seen for longest are let go."""
    impressions: bool = True
    """Write what was recommended to ``pandian.impressions``, so that the model's AUC can be measured."""
    attribution_seconds: float = Field(default=1800.0, ge=1, le=90 * 86400)
    """How long after an impression an action on the item counts for it, in event time."""
    attribution_windows: Annotated[Mapping[Action, float], NoDecode, BeforeValidator(parse_windows)] = Field(
        default={}
    )
    """The same for kinds of actions that have their own: ``purchase=86400,cart=7200,view=0``, in seconds; 0: such an
    action counts for nothing. A label is known when the longest is over."""
    lateness_seconds: float = Field(default=60.0, ge=0, le=90 * 86400)
    """How much later than others an event may come, in event time, and still be attributed."""
    watch_reference: int = Field(default=10_000, ge=30, le=100_000_000)
    """Labels of the rarer kind that make the AUC a fall is measured against; with fewer only larger falls are found."""
    watch_run_length: float = Field(default=100_000.0, ge=100, le=1e12)
    """Positive labels to a false alarm about the AUC, on average, at the least."""
    watch_tolerance: float = Field(default=0.005, ge=0, le=0.5)
    """A fall of the AUC by no more than this is none."""
    watch_window: int = Field(default=5_000, ge=100, le=10_000_000)
    """Labels of a window: figures of a model are given of all of them, and of the last whole window."""
    models_seconds: float = Field(default=1.0, ge=0.1, le=3600)
    """How often a worker looks whether the registry names another champion."""
    waiting_requests: int = Field(default=64, ge=1, le=100_000)
    """Requests over HTTP that may wait for recommendations at once; further ones are refused at once (503)."""
    deadline_ms: int = Field(default=250, ge=1, le=60_000)
    """When the model has given no answer by then, the live baselines answer."""
    new_items: int = Field(default=10_000, ge=0, le=100_000)
    """New items, which the champion has never seen, that a worker keeps to recommend them by their names: the newest.
    0: none."""
    new_share: float = Field(default=0.1, ge=0, le=0.5)
    """Share of an answer that new items may take, at most: .1 is one in ten. 0: none."""
    experiment: Literal["split", "interleave"] = "split"
    """What the challenger's share of users gets: its own answers (``split``), or pages made of both models' items
    (``interleave``)."""
    promote_labels: int = Field(default=5_000, ge=100)
    """Labels (or decided pages) that ``pandian models compare --promote`` asks for before it decides anything."""
    promote_alpha: float = Field(default=0.05, gt=0, le=0.5)
    """Chance that it ever promotes a challenger which is not better by more than the gain, however often it runs."""
    promote_gain: float = Field(default=0.0, ge=0, lt=1)
    """Least gain for a promotion: of AUC or win rate as a difference, of clicks as a share (.02: 2 % more)."""
    schema_registry: str | None = None
    """Schema registry for records that carry a schema's id: ``http://host:port`` or ``https://host:port``, several
    separated by ``,``."""
    schema_registry_user: str | None = None
    """User name at the schema registry."""
    schema_registry_password: SecretStr | None = None
    """Password at the schema registry."""
    schema_registry_ca: Path | None = None
    """File with the certificate authorities that may sign the schema registry's certificate."""
    schemas: Path | None = None
    """Folder with schemas by their id, such as ``7.avsc``: looked at before the registry, or instead of it."""
    protobuf_descriptors: Path | None = None
    """Descriptor set of Protobuf records that carry no schema's id: what ``protoc --descriptor_set_out`` writes."""
    protobuf_message: str | None = None
    """Full name of the message type that such records are, where no header says so. ``*``: the type that fits best."""
    host: str = "127.0.0.1"
    """Address the web server listens on. ``0.0.0.0`` shows the inventory to the network."""
    port: int = Field(default=6066, ge=0, le=65535)
    """Port of the web server; 0 takes a free one."""

    @field_validator("broker")
    @classmethod
    def _check_broker(cls, value: str | None) -> str | None:
        if value is not None:
            parse_brokers(value)
        return value

    @field_validator("alert_webhook")
    @classmethod
    def _check_webhook(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and not _is_web_address(value.get_secret_value()):
            raise ValueError("the address must be http://host/path or https://host/path, without spaces")
        return value

    @property
    def label_seconds(self) -> float:
        """Return how long after an impression its label is known, in event time."""
        spans = [self.attribution_windows.get(action, self.attribution_seconds) for action in STRONGEST]
        return max(spans) + self.lateness_seconds

    @property
    def bootstrap_servers(self) -> list[str]:
        """Return ``host:port`` of each broker; empty when the embedded broker is to be used."""
        return parse_brokers(self.broker) if self.broker else []


def parse_brokers(text: str) -> list[str]:
    """Turn ``kafka://a:9092;b:9092`` into ``["a:9092", "b:9092"]``; a missing port is 9092.

    Raises:
        ValueError: when there is no host, or a port is no number between 1 and 65535.
    """
    servers = []
    for part in filter(None, (piece.strip() for piece in text.replace(",", ";").split(";"))):
        scheme, _, rest = part.rpartition("://")
        if scheme not in ("", "kafka", "pandian"):
            raise ValueError(f"the address {part!r} must be host:port or kafka://host:port")
        host, colon, port = rest.rpartition(":") if _has_port(rest) else (rest, ":", "9092")
        if not host or not colon or not port.isdigit() or not 1 <= int(port) <= 65535:
            raise ValueError(f"the address {part!r} must be host:port with a port from 1 to 65535")
        servers.append(f"{host}:{port}")
    if not servers:
        raise ValueError("at least one host:port is needed")
    return servers


def _is_web_address(text: str) -> bool:
    try:
        address = urlsplit(text)
        _ = address.port  # read, because a port that is no number is found only then
    except ValueError:
        return False
    return address.scheme in ("http", "https") and bool(address.hostname) and not re.search(r"\s", text)


def _has_port(address: str) -> bool:
    return ":" in address.rsplit("]", maxsplit=1)[-1]


def load_settings(**overrides: Any) -> Settings:
    """Read the settings from the environment; ``overrides`` (not None) win.

    Raises:
        SettingError: naming the variable, its value (never a secret's), the rule and the fix.
    """
    try:
        return Settings(**{name: value for name, value in overrides.items() if value is not None})
    except ValidationError as error:
        fault = first_fault(error, Settings)
        name = fault.place.partition(".")[0]
        secret = Settings.model_fields[name].annotation == SecretStr | None
        doc = (Settings.model_fields[name].description or "").split(". ")[0].strip(".").replace("\n", " ")
        raise SettingError(
            f"{PREFIX}{name.upper()}={'***' if secret else fault.value}",
            fault.rule,
            f"set it to a valid value ({doc})" if doc else "set it to a valid value",
        ) from None

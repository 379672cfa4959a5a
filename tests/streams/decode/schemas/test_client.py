"""What a registry answers becomes a schema, or says why there is none."""

from __future__ import annotations

import json
import ssl
import time
from pathlib import Path

import pytest

from streams.decode.schemas.base import SchemaKind, flattened
from streams.decode.schemas.client import MAX_ANSWER, RegistryAddress, RegistryClient
from streams.decode.schemas.exceptions import RegistryDownError, UnknownSchemaError, UnusableSchemaError
from tests.streams.decode.schemas.server import Registry
from tests.support.security import Security, openssl_missing

TEXT = '{"type": "string"}'


def client(registry: Registry, **more: object) -> RegistryClient:
    return RegistryClient(RegistryAddress(registry.url, **more))  # type: ignore[arg-type] # each has its own type


def test_avro_is_what_says_nothing(registry: Registry) -> None:
    registry.schemas[7] = {"schema": TEXT}
    registry.schemas[8] = {"schema": "{}", "schemaType": "JSON"}
    assert client(registry).schema(7).kind is SchemaKind.AVRO
    assert client(registry).schema(7).text == TEXT
    assert client(registry).schema(8).kind is SchemaKind.JSON


def test_references_of_references_are_followed_once(registry: Registry) -> None:
    one, two = (
        {"name": "a.B", "subject": "b/value", "version": 3},
        {"name": "a.C", "subject": "c", "version": 1},
    )
    registry.schemas[7] = {"schema": TEXT, "references": [one, two]}
    registry.versions["b/value", 3] = {"schema": '"B"', "references": [two]}
    registry.versions["c", 1] = {"schema": '"C"'}
    asked = client(registry)
    assert [reference.name for reference in flattened(asked.schema(7))] == ["a.C", "a.B"]
    asked.schema(7)
    assert registry.asked.count("/subjects/c/versions/1") == 1
    assert registry.asked.count("/subjects/b%2Fvalue/versions/3") == 1


def test_references_in_a_circle_end(registry: Registry) -> None:
    registry.schemas[7] = {"schema": TEXT, "references": [{"name": "a", "subject": "a", "version": 1}]}
    registry.versions["a", 1] = registry.schemas[7]
    with pytest.raises(UnusableSchemaError):
        client(registry).schema(7)


def test_too_many_references_end(registry: Registry) -> None:
    many = [{"name": f"n{n}", "subject": f"s{n}", "version": 1} for n in range(101)]
    registry.schemas[7] = {"schema": TEXT, "references": many}
    registry.versions |= {(f"s{n}", 1): {"schema": TEXT} for n in range(101)}
    with pytest.raises(UnusableSchemaError):
        client(registry).schema(7)


def test_login(registry: Registry) -> None:
    registry.schemas[7] = {"schema": TEXT}
    registry.login = "Basic YWRhOnMzY3JldA=="
    assert client(registry, user="ada", password="s3cret").schema(7).text == TEXT
    with pytest.raises(RegistryDownError, match="401"):
        client(registry, user="ada", password="other").schema(7)


def test_no_such_schema_is_told_from_no_such_registry(registry: Registry) -> None:
    with pytest.raises(UnknownSchemaError):
        client(registry).schema(7)
    registry.raw, registry.status = b"<html>nothing here</html>", 404
    with pytest.raises(RegistryDownError):
        client(registry).schema(7)
    registry.raw = b'{"detail": "Not Found"}'
    with pytest.raises(RegistryDownError):
        client(registry).schema(7)


@pytest.mark.parametrize("status", [302, 401, 403, 429, 500, 503])
def test_other_answers_are_those_of_a_registry_that_is_down(registry: Registry, status: int) -> None:
    registry.status = status
    with pytest.raises(RegistryDownError, match=str(status)):
        client(registry).schema(7)


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"[]",
        b"{}",
        b'{"schema": 1}',
        b"<html>",
        b"\xff",
        b"[" * 100_000,
        b'{"schema": "x", "references": 1}',
        b'{"schema": "x", "references": [1]}',
        b'{"schema": "x", "references": [{"name": "a", "subject": "b", "version": "../../x"}]}',
        json.dumps({"schema": "x" * MAX_ANSWER}).encode(),
    ],
    ids=range(11),
)
def test_answers_that_make_no_sense(registry: Registry, raw: bytes) -> None:
    registry.raw = raw
    with pytest.raises(RegistryDownError):
        client(registry).schema(7)


def test_a_language_that_is_not_read(registry: Registry) -> None:
    registry.schemas[7] = {"schema": TEXT, "schemaType": "THRIFT"}
    with pytest.raises(UnusableSchemaError):
        client(registry).schema(7)


def test_it_does_not_wait_for_long(registry: Registry) -> None:
    registry.schemas[7], registry.delay = {"schema": TEXT}, 2
    started = time.monotonic()
    with pytest.raises(RegistryDownError, match=r"within 0\.2 s"):
        RegistryClient(RegistryAddress(registry.url), seconds=0.2).schema(7)
    assert time.monotonic() - started < 1.5


def test_the_next_address_is_asked_where_one_is_down(registry: Registry) -> None:
    registry.schemas[7] = {"schema": TEXT}
    asked = RegistryClient(RegistryAddress(f"http://127.0.0.1:1, {registry.url}/"))
    assert asked.schema(7).text == TEXT


@pytest.mark.parametrize(
    "url", ["", "localhost:8081", "file:///etc/passwd", "http://", "http://ada:s3cret@host:1"]
)
def test_addresses_that_are_none(url: str) -> None:
    with pytest.raises(ValueError) as told:
        RegistryClient(RegistryAddress(url))
    assert "s3cret" not in str(told.value)


def test_a_file_of_authorities_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="No such file"):
        RegistryClient(RegistryAddress("https://localhost", ca=tmp_path / "none.pem"))


@pytest.fixture
def tls(tmp_path: Path, registry: Registry) -> Security:
    """Put a certificate that an authority of its own has signed in front of the registry."""
    if reason := openssl_missing():
        pytest.skip(reason)
    security = Security(tmp_path / "tls")
    security.make_certificates()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(security.folder / "server.pem")
    registry.secure(context)
    return security


def test_tls_with_an_authority_of_its_own(registry: Registry, tls: Security) -> None:
    registry.schemas[7] = {"schema": TEXT}
    assert registry.url.startswith("https://")
    assert client(registry, ca=tls.folder / "ca.pem").schema(7).text == TEXT
    with pytest.raises(RegistryDownError, match="SSLCertVerificationError"):
        client(registry).schema(7)

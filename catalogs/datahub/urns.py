"""Names of things in DataHub: https://docs.datahub.com/docs/what/urn."""

from __future__ import annotations

from itertools import accumulate

from catalogs.document import Asset
from catalogs.naming import digest

#: Bytes of a name. With two longer ones a URN could have more than the 512 that DataHub takes.
_LONGEST = 180
_ESCAPED = {"%": "%25", "(": "%28", ")": "%29", ",": "%2C", "\u241f": "%E2%90%9F", " ": "%20"}


def _encoded(name: str) -> str:
    """Return a name as it stands in a URN; a long one is cut and ends with a digest of the whole."""
    written = [_ESCAPED.get(char, char) if char.isprintable() else _percent(char) for char in name]
    if sum(map(_size, written)) <= _LONGEST:
        return "".join(written)
    end = f"-{digest(name)}"
    lengths = accumulate(map(_size, written))
    kept = sum(length <= _LONGEST - len(end) for length in lengths)
    return "".join(written[:kept]) + end


def _size(written: str) -> int:
    return len(written.encode("utf-8", "surrogatepass"))


def _percent(char: str) -> str:
    return "".join(f"%{byte:02X}" for byte in char.encode("utf-8", "surrogatepass"))


def platform(asset: Asset) -> str:
    """Return the platform that an asset is on."""
    return f"urn:li:dataPlatform:{'kafka' if asset.source.topic else 'file'}"


def dataset(asset: Asset, environment: str) -> str:
    """Return the URN of an asset."""
    return f"urn:li:dataset:({platform(asset)},{_encoded(asset.name)},{environment})"


def schema_field(dataset_urn: str, path: str) -> str:
    """Return the URN of a field."""
    return f"urn:li:schemaField:({dataset_urn},{_encoded(path)})"


def tag(pii: str) -> str:
    """Return the tag of a class of personal data."""
    return f"urn:li:tag:pandian.{pii}"


def term(semantic_type: str) -> str:
    """Return the glossary term of a semantic type."""
    return f"urn:li:glossaryTerm:pandian.{_encoded(semantic_type)}"


def assertion(dataset_urn: str, path: str, rule: str) -> str:
    """Return the URN of an assertion: the same for the same rule of the same field."""
    return f"urn:li:assertion:{digest('pandian', dataset_urn, path, rule, length=32)}"

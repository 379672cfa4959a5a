"""Label values that Prometheus can keep: valid UTF-8, of bounded length, still different where the names differ."""

from __future__ import annotations

from hashlib import blake2b

#: Longest label value in characters. Kafka's own names have at most 249.
MAX_LABEL = 250
_HASH_BYTES = 4


def label_value(name: str) -> str:
    """Return ``name`` as a label value of at most :data:`MAX_LABEL` characters.

    A longer name is clipped and ends with ``…`` and a hash of the whole, so that two long names that begin alike
    stay two series. What cannot be encoded (lone surrogates from JSON escapes) becomes its escape as text.
    """
    valid = name.encode("utf-8", "backslashreplace").decode("utf-8")
    if len(valid) <= MAX_LABEL:
        return valid
    digest = blake2b(valid.encode(), digest_size=_HASH_BYTES).hexdigest()
    return f"{valid[: MAX_LABEL - len(digest) - 1]}…{digest}"

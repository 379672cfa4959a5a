"""Pseudonyms: personal values as keyed hashes, equal for equal values, so that data can still be joined.

A hash without a key hides nothing that can be listed: all mobile numbers of a country are hashed in minutes. With a
secret key only those who have it can tell whose pseudonym one is.
"""

from __future__ import annotations

import hmac
import unicodedata
from base64 import b32encode
from functools import lru_cache

from pandian.settings import Settings

#: Begins every pseudonym, so that one is told from an identifier of the source.
PREFIX = "h_"
#: Bytes of the HMAC that are kept: of a billion people, two share a pseudonym with probability 1e-21.
_BYTES = 16
#: Pseudonyms remembered: some 250 bytes each.
_REMEMBERED = 1 << 16
_FINGERPRINT = b"pandian key fingerprint"


class KeyedHash:
    """Turns texts into pseudonyms: HMAC-SHA256 (RFC 2104), cut to 128 bits, base32 in lower case behind ``h_``.

    Args:
        key: the secret, see the setting ``PANDIAN_HASH_KEY``.

    Guarantees: texts that differ only in case, in blanks around them or in how Unicode composes them (NFKC) share a
    pseudonym; a pseudonym stays as it is, so hashing twice is hashing once. 28 characters, letters and digits.
    """

    def __init__(self, key: str) -> None:
        self._key = key.encode()
        self.fingerprint = self._hash(_FINGERPRINT)[:8]
        """Tells two keys apart and says nothing of either: for logs and stored state."""
        self._of = lru_cache(maxsize=_REMEMBERED)(self._compute)

    def __call__(self, text: str) -> str:
        """Return the pseudonym of ``text``."""
        return self._of(text)

    def _compute(self, text: str) -> str:
        if is_pseudonym(text):
            return text
        plain = unicodedata.normalize("NFKC", text).strip().casefold()
        return PREFIX + self._hash(plain.encode("utf-8", "surrogatepass"))

    def _hash(self, value: bytes) -> str:
        digest = hmac.digest(self._key, value, "sha256")[:_BYTES]
        return b32encode(digest).decode().rstrip("=").lower()


def keyed_hash(settings: Settings) -> KeyedHash | None:
    """Return what makes pseudonyms with the key of the settings; None when there is none."""
    return KeyedHash(settings.hash_key.get_secret_value()) if settings.hash_key else None


def is_pseudonym(text: str) -> bool:
    """Tell whether ``text`` has the form of a pseudonym."""
    rest = text.removeprefix(PREFIX)
    return len(text) == len(PREFIX) + 26 and len(rest) == 26 and _ALPHABET.issuperset(rest)


_ALPHABET = frozenset("abcdefghijklmnopqrstuvwxyz234567")

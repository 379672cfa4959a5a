"""Keyed hashes: equal for equal people, different for others, and nothing without the key."""

from __future__ import annotations

import hashlib
import hmac
from base64 import b32encode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pandian.errors import SettingError
from pandian.hashing import PREFIX, KeyedHash, is_pseudonym
from pandian.settings import load_settings

KEY = "a key of sixteen or more"


def test_as_documented() -> None:
    """Whoever has the key can work a pseudonym out with the tools of any language."""
    digest = hmac.new(KEY.encode(), b"ann@example.com", hashlib.sha256).digest()[:16]
    assert KeyedHash(KEY)("ann@example.com") == "h_" + b32encode(digest).decode().rstrip("=").lower()


@pytest.mark.parametrize("spelled", ["Ann@Example.com", " ann@example.com\n", "ａｎｎ@example.com"])
def test_spellings_of_one_value_are_one(spelled: str) -> None:
    assert KeyedHash(KEY)(spelled) == KeyedHash(KEY)("ann@example.com")


@given(st.text())
def test_any_text(text: str) -> None:
    hashed = KeyedHash(KEY)(text)
    assert is_pseudonym(hashed) and hashed.startswith(PREFIX) and hashed.isascii()
    assert KeyedHash(KEY)(hashed) == hashed
    assert KeyedHash(KEY + "!")(text) != hashed or is_pseudonym(text)


def test_lone_surrogates_do_not_end_it() -> None:
    assert is_pseudonym(KeyedHash(KEY)("a\ud800b"))


def test_the_fingerprint_tells_keys_apart_and_is_no_pseudonym_of_anything() -> None:
    one, other = KeyedHash(KEY), KeyedHash(KEY + "!")
    assert one.fingerprint == KeyedHash(KEY).fingerprint != other.fingerprint
    assert not is_pseudonym(one.fingerprint)


@pytest.mark.parametrize("text", ["h_", "h_" + "a" * 25, "h_" + "1" * 26, "x_" + "a" * 26, "h_" + "A" * 26])
def test_no_pseudonyms(text: str) -> None:
    assert not is_pseudonym(text)


def test_a_short_key_is_refused_and_not_shown() -> None:
    with pytest.raises(SettingError, match=r"PANDIAN_HASH_KEY=\*\*\*: .*16") as error:
        load_settings(hash_key="hunter2")
    assert "hunter2" not in str(error.value)


def test_a_key_is_not_shown() -> None:
    assert KEY not in repr(load_settings(hash_key=KEY))

"""What devices and services know people by, and what lets them in: addresses, tokens, keys, hashes of passwords."""

from __future__ import annotations

import base64
import ipaddress
import json
import random

from tests.support.identifiers.base import Kind, digits, either, letters

_BASE64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
_HEX = "0123456789abcdef"
_CRYPT = "./" + _BASE64


def ipv4(chance: random.Random) -> str:
    """Return an address of the public internet."""
    return f"{chance.randrange(11, 126)}.{chance.randrange(256)}.{chance.randrange(256)}.{chance.randrange(1, 255)}"


def ipv6(chance: random.Random) -> str:
    """Return a global unicast address, shortened as usual."""
    return str(ipaddress.IPv6Address((0x2001 << 112) | chance.getrandbits(96)))


def mac(chance: random.Random) -> str:
    """Return a hardware address."""
    sign, pairs = chance.choice(":-"), [f"{chance.randrange(256):02x}" for _ in range(6)]
    return sign.join(pairs)


def jwt(chance: random.Random) -> str:
    """Return a JSON web token."""
    parts = (
        {"alg": "HS256", "typ": "JWT"},
        {"sub": digits(chance, 8), "iat": 1_700_000_000 + chance.randrange(10**6)},
    )
    encoded = (base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts)
    return ".".join((*encoded, letters(chance, 43, _BASE64)))


def api_key(chance: random.Random) -> str:
    """Return a key with the prefix of a well-known service."""
    prefix, size = chance.choice(
        (
            ("sk_" + "live_", 24),
            ("AKIA", 16),
            ("ghp_", 36),
            ("xoxb-", 24),
            ("AIza", 35),
            ("glpat-", 20),
            ("LTAI", 20),
            ("hf_", 34),
        )
    )
    return prefix + letters(chance, size, _BASE64.upper() if prefix == "AKIA" else _BASE64)


def password_hash(chance: random.Random) -> str:
    """Return a hash of a password as the usual libraries write it."""
    return chance.choice(
        (
            f"$2b$12${letters(chance, 53, _CRYPT)}",
            f"$argon2id$v=19$m=65536,t=3,p=4${letters(chance, 22, _BASE64)}${letters(chance, 43, _BASE64)}",
            f"pbkdf2_sha256$600000${letters(chance, 12, _BASE64)}${letters(chance, 43, _BASE64)}=",
            f"$6${letters(chance, 8, _CRYPT)}${letters(chance, 86, _CRYPT)}",
            f"$scrypt$ln=16,r=8,p=1${letters(chance, 22, _BASE64)}${letters(chance, 43, _BASE64)}",
        )
    )


TECHNICAL: tuple[Kind, ...] = (
    Kind("ipv4", "ip_address", ("ip", "IP地址"), ipv4),
    Kind("ipv6", "ip_address", ("client_ip", "IP"), ipv6),
    Kind("ip mixed", "ip_address", ("remote_addr_ip", "客户端IP"), either(ipv4, ipv6)),
    Kind("mac", "mac_address", ("mac_address", "MAC地址"), mac),
    Kind("jwt", "password_or_token", ("access_token", "令牌"), jwt),
    Kind("api key", "password_or_token", ("api_key", "密钥"), api_key),
    Kind("password hash", "password_or_token", ("password_hash", "密码"), password_hash),
    Kind(
        "password",
        "password_or_token",
        ("password", "密码"),
        lambda c: letters(c, 8, _BASE64) + c.choice("!?#"),
        formed=False,
    ),
    Kind(
        "md5 of a password",
        "password_or_token",
        ("password_md5", "密码哈希"),
        lambda c: letters(c, 32, _HEX),
        formed=False,
    ),
)

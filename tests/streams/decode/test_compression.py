"""Compressed values: what is inside, never more than allowed, and why others are refused."""

from __future__ import annotations

import gzip
import random
import struct
import time
import tracemalloc
import zlib
from collections.abc import Callable

import pytest
import zstandard

from streams.decode import reasons
from streams.decode.base import Compression
from streams.decode.compression import ALWAYS_ALLOWED, MOST_PARTS, MOST_RATIO, Gzip, Zstd

MOST = 1 << 20
TEXT = b'{"id":1,"name":"Anna"}'
#: Compresses by less than a hundredth.
LOOSE = b"".join(map(b"%030d".__mod__, random.Random(2).sample(range(10**9), 35_000)))[: 1 << 20]
NOISE = random.Random(1).randbytes(9000)


def zst(content: bytes, **options: bool) -> bytes:
    return zstandard.ZstdCompressor(**options).compress(content)


def unsized(content: bytes) -> bytes:
    return zst(content, write_content_size=False, write_checksum=True)


def skippable(content: bytes) -> bytes:
    return struct.pack("<II", 0x184D2A53, len(content)) + content


def blocks(count: int, size: int, kind: int = 1) -> bytes:
    """Return a frame of as many blocks, each one byte repeated: 4 bytes for up to 128 KiB."""
    head = b"\x28\xb5\x2f\xfd\x00\x58"  # no size, a window of 2 MiB
    return head + b"".join(
        ((size << 3) | kind << 1 | (number == count - 1)).to_bytes(3, "little") + b"x"
        for number in range(count)
    )


CASES: dict[str, tuple[Compression, bytes, bytes]] = {
    "gz": (Gzip(), gzip.compress(TEXT), TEXT),
    "gz, empty": (Gzip(), gzip.compress(b""), b""),
    "gz, several members": (Gzip(), gzip.compress(TEXT) * 3 + gzip.compress(b""), TEXT * 3),
    "gz, large members": (Gzip(), gzip.compress(NOISE) * 20, NOISE * 20),
    "gz, as large as allowed": (Gzip(), gzip.compress(LOOSE), LOOSE),
    "gz, members as large as allowed": (Gzip(), gzip.compress(LOOSE[: MOST // 2]) * 2, LOOSE[: MOST // 2] * 2),
    "zst": (Zstd(), zst(TEXT), TEXT),
    "zst, empty": (Zstd(), zst(b""), b""),
    "zst, with checksum": (Zstd(), zst(TEXT, write_checksum=True), TEXT),
    "zst, of unknown size": (Zstd(), unsized(LOOSE[:250_000]), LOOSE[:250_000]),
    "zst, several frames": (Zstd(), zst(TEXT) + unsized(TEXT) + zst(b"") + zst(TEXT), TEXT * 3),
    "zst, skippable frames": (Zstd(), zst(TEXT) + skippable(b"") + unsized(TEXT) + skippable(b"index"), TEXT * 2),
    "zst, as large as allowed": (Zstd(), zst(LOOSE), LOOSE),
    "zst, unknown size, as large as allowed": (Zstd(), unsized(LOOSE), LOOSE),
}  # fmt: skip


@pytest.fixture(params=CASES)
def case(request: pytest.FixtureRequest) -> tuple[Compression, bytes, bytes]:
    return CASES[request.param]


def test_what_is_inside(case: tuple[Compression, bytes, bytes]) -> None:
    compression, value, content = case
    assert compression.accepts(value)
    assert compression.open(value, MOST) == content


def test_every_cut_is_damaged(case: tuple[Compression, bytes, bytes]) -> None:
    compression, value, content = case
    for end in range(4, len(value), max(1, len(value) // 100)):
        found = compression.open(value[:end], MOST)
        # A cut between two whole parts is a whole value.
        assert found[0] == reasons.COMPRESSED_DAMAGED or (
            isinstance(found, bytes) and content.startswith(found)
        )
        assert isinstance(found, tuple) or end < len(value)
    assert compression.open(value[:-1], MOST)[0] == reasons.COMPRESSED_DAMAGED


@pytest.mark.parametrize("rest", [b"\x00", b"x", b"\x1f\x8b", b"\x28\xb5\x2f", bytes(100), TEXT])
def test_what_follows_is_refused(case: tuple[Compression, bytes, bytes], rest: bytes) -> None:
    compression, value, _ = case
    assert compression.open(value + rest, MOST)[0] == reasons.COMPRESSED_DAMAGED


def test_one_byte_too_many(case: tuple[Compression, bytes, bytes]) -> None:
    compression, value, content = case
    if content:
        assert compression.open(value, len(content)) == content
        reason, detail = compression.open(value, len(content) - 1)
        assert (reason, detail) == (reasons.TOO_LARGE, f"more than {len(content) - 1:,} bytes inside")


@pytest.mark.parametrize("compress", [gzip.compress, zst, unsized])
def test_what_grows_too_much_is_too_large(compress: Callable[[bytes], bytes]) -> None:
    compression: Compression = Gzip() if compress is gzip.compress else Zstd()
    assert compression.open(compress(bytes(ALWAYS_ALLOWED)), MOST) == bytes(ALWAYS_ALLOWED)
    value = compress(bytes(500_000))
    assert len(value) * MOST_RATIO + ALWAYS_ALLOWED < 500_000
    assert compression.open(value, MOST)[0] == reasons.TOO_LARGE


@pytest.mark.parametrize("compression", [Gzip(), Zstd()], ids=lambda one: one.name)
@pytest.mark.parametrize("value", [b"", b"{}", b"\x1f", b"\x28\xb5", b"PAR1", b"\x1f\x8b\x07", b"a,b"])
def test_others_are_left_alone(compression: Compression, value: bytes) -> None:
    assert not compression.accepts(value)


def lying(size: int) -> bytes:
    """Return a frame whose header says another size than it has."""
    head, body = zst(LOOSE[:100_000])[:9], zst(LOOSE[:100_000])[9:]
    assert head[4] == 0xA0  # four bytes of size
    return head[:5] + struct.pack("<I", size) + body


BOMBS: dict[str, tuple[Compression, bytes]] = {
    "gz": (Gzip(), gzip.compress(bytes(300_000_000), 9)),
    "gz, members": (Gzip(), gzip.compress(bytes(MOST)) * 300),
    "zst": (Zstd(), zst(bytes(300_000_000))),
    "zst, of unknown size": (Zstd(), unsized(bytes(300_000_000))),
    "zst, frames": (Zstd(), zst(bytes(MOST)) * 300),
    "zst, repeated bytes": (Zstd(), blocks(30_000, 131_072)),
    "zst, says it is huge": (Zstd(), lying(2**32 - 1)),
    "zst, window of 2 GiB": (Zstd(), b"\x28\xb5\x2f\xfd\x00\xa8\x01\x00\x00"),
}  # fmt: skip


@pytest.mark.parametrize("name", BOMBS)
def test_bombs_take_neither_memory_nor_time(name: str) -> None:
    compression, value = BOMBS[name]
    began = time.process_time()
    assert compression.open(value, MOST)[0] == reasons.TOO_LARGE
    assert time.process_time() - began < 0.05
    tracemalloc.start()
    found = compression.open(value, MOST)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert found[0] == reasons.TOO_LARGE
    assert peak < 3 * MOST + len(value)


ATTACKS: dict[str, tuple[Compression, bytes, str]] = {
    "gz, empty members": (Gzip(), gzip.compress(b"") * 50_000, reasons.TOO_LARGE),
    "gz, wrong checksum": (Gzip(), gzip.compress(TEXT)[:-8] + bytes(8), reasons.COMPRESSED_DAMAGED),
    "gz, name without end": (Gzip(), b"\x1f\x8b\x08\x08" + b"x" * 1_000_000, reasons.COMPRESSED_DAMAGED),
    "zst, empty frames": (Zstd(), zst(b"") * 100_000, reasons.TOO_LARGE),
    "zst, empty blocks": (Zstd(), blocks(250_000, 0), reasons.COMPRESSED_DAMAGED),
    "zst, says it is less": (Zstd(), lying(70_000), reasons.COMPRESSED_DAMAGED),
    "zst, says it is more": (Zstd(), lying(900_000), reasons.COMPRESSED_DAMAGED),
    "zst, reserved block": (Zstd(), blocks(3, 1, kind=3), reasons.COMPRESSED_DAMAGED),
    "zst, says it is empty": (Zstd(), b"\x28\xb5\x2f\xfd\x20\x00" + b"rubbish", reasons.COMPRESSED_DAMAGED),
    "zst, skippable frame without end": (Zstd(), zst(TEXT) + skippable(b"x")[:-1], reasons.COMPRESSED_DAMAGED),
}  # fmt: skip


@pytest.mark.parametrize("name", ATTACKS)
def test_attacks(name: str) -> None:
    compression, value, reason = ATTACKS[name]
    began = time.process_time()
    assert compression.open(value, MOST)[0] == reason
    assert time.process_time() - began < 0.05


def test_most_parts_are_read() -> None:
    assert Gzip().open(gzip.compress(b"x") * MOST_PARTS, MOST) == b"x" * MOST_PARTS
    assert Zstd().open(zst(b"x") * MOST_PARTS, MOST) == b"x" * MOST_PARTS
    for compression, value in ((Gzip(), gzip.compress(b"x")), (Zstd(), zst(b"x"))):
        assert compression.open(value * (MOST_PARTS + 1), MOST)[0] == reasons.TOO_LARGE


def test_a_frame_made_with_a_dictionary_says_so() -> None:
    samples = [
        b'{"id":%d,"name":"person %d","city":"Paris"}' % (number, number * 7) for number in range(3000)
    ]
    trained = zstandard.train_dictionary(4096, samples)
    for sized in (True, False):
        made = zstandard.ZstdCompressor(dict_data=trained, write_content_size=sized).compress(samples[5])
        for value in (made, zst(TEXT) + made):
            assert Zstd().open(value, MOST)[0] == reasons.COMPRESSED_DICTIONARY


def test_flipped_bits_never_raise_and_never_pass_the_bound() -> None:
    generator = random.Random(5)
    for compression, value, _ in CASES.values():
        for _ in range(100):
            broken = bytearray(value)
            for _ in range(generator.randrange(1, 4)):
                broken[generator.randrange(len(broken))] ^= 1 << generator.randrange(8)
            found = compression.open(bytes(broken), 2 * MOST)
            assert len(found) <= 2 * MOST if isinstance(found, bytes) else found[0] in reasons.EXPLANATIONS


def test_gzip_without_its_header_fields_is_what_zlib_reads() -> None:
    value = gzip.compress(TEXT)
    assert Gzip().open(value, MOST) == zlib.decompress(value, 31)

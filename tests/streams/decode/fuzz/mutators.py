"""Ways to break a record. Each takes a source of chance, the record and others to take pieces of, and returns bytes."""

from __future__ import annotations

import random
import struct
from collections.abc import Callable, Sequence

Mutator = Callable[[random.Random, bytes, Sequence[bytes]], bytes]

#: No record gets longer than this.
LONGEST = 1 << 16

#: What means something in one format or another.
TOKENS = (
    b"{", b"}", b"[", b"]", b'"', b",", b":", b"\n", b"\r\n", b"}\n{", b"},{", b"\t", b";", b"|", b"\\", b"\\u0000",
    b"\\ud800", b"null", b"NaN", b"-Infinity", b"1e999", b"9" * 400, b"9007199254740993", b",9007199254740993,",
    b"\xef\xbb\xbf", b"\xff", b"\x00", b"\xc3\x28", b"user_id,item_id\n", b'""', b'"\n', b"PAR1", b"PAR1\x15",
    b"\x1f\x8b\x08", b"\x28\xb5\x2f\xfd", b"Obj\x01", b"\x00\x00\x00\x00\x01", b"\x80", b"\x81\xa1a", b"\x91", b"\xc1",
    b"\xc7\x0c\xff", b"\xdd\xff\xff\xff\xff", b"\xdf\xff\xff\xff\xff", b"\xdb\x7f\xff\xff\xff",
    b"\xcb\x7f\xf8" + bytes(6),
)  # fmt: skip
#: What nests when repeated.
OPENINGS = (
    b"[",
    b'{"a":',
    b"\x91",
    b"\x81\xa1a",
    b"\x81\xa1a\x91",
    b"\x1c",
    b'"',
    b"(",
    b"[[{",
    b"\xdc\xff\xff",
)
SIZES = (
    0,
    1,
    0x7F,
    0x80,
    0xFF,
    0x7FFF,
    0x8000,
    0xFFFF,
    0x7FFFFFFF,
    0x80000000,
    0xFFFFFFFF,
    2**63 - 1,
    2**64 - 1,
)


def truncate(chance: random.Random, record: bytes, _: Sequence[bytes]) -> bytes:
    start = chance.randrange(len(record) + 1) if chance.random() < 0.1 else 0
    return record[start : chance.randrange(start, len(record) + 1)]


def flip_bits(chance: random.Random, record: bytes, _: Sequence[bytes]) -> bytes:
    broken = bytearray(record)
    for _ in range(chance.randrange(1, 5)):
        broken[chance.randrange(len(broken))] ^= 1 << chance.randrange(8)
    return bytes(broken)


def overwrite(chance: random.Random, record: bytes, _: Sequence[bytes]) -> bytes:
    broken = bytearray(record)
    for _ in range(chance.randrange(1, 4)):
        broken[chance.randrange(len(broken))] = chance.randrange(256)
    return bytes(broken)


def splice(chance: random.Random, record: bytes, others: Sequence[bytes]) -> bytes:
    other = chance.choice(others)
    return record[: chance.randrange(len(record) + 1)] + other[chance.randrange(len(other) + 1) :]


def insert_token(chance: random.Random, record: bytes, _: Sequence[bytes]) -> bytes:
    place = chance.randrange(len(record) + 1)
    return record[:place] + chance.choice(TOKENS) + record[place + chance.choice((0, 0, 1, 4)) :]


def lie_about_length(chance: random.Random, record: bytes, _: Sequence[bytes]) -> bytes:
    """Write an extreme number, as one of the binary formats would, over some bytes."""
    size = chance.choice(SIZES)
    width = chance.choice("BHIQv")
    if width == "v":
        number = b""
        while size > 0x7F:
            number += bytes((size & 0x7F | 0x80,))
            size >>= 7
        number += bytes((size,))
    else:
        mask = (1 << 8 * struct.calcsize(width)) - 1
        number = struct.pack(chance.choice("<>") + width, size & mask)
    place = chance.randrange(len(record))
    return record[:place] + number + record[place + len(number) :]


def nest(chance: random.Random, record: bytes, _: Sequence[bytes]) -> bytes:
    place = chance.choice((0, chance.randrange(len(record) + 1)))
    times = int(2 ** (chance.random() * 11))
    return record[:place] + chance.choice(OPENINGS) * times + record[place:]


def repeat_header(chance: random.Random, record: bytes, _: Sequence[bytes]) -> bytes:
    head = record[: chance.choice((1, 2, 4, 8, 16))]
    return head * chance.randrange(2, 40) + record


def repeat_piece(chance: random.Random, record: bytes, _: Sequence[bytes]) -> bytes:
    start = chance.randrange(len(record))
    piece = record[start : start + chance.randrange(1, 40)]
    return record[:start] + piece * chance.randrange(2, 200) + record[start:]


def cut_out(chance: random.Random, record: bytes, _: Sequence[bytes]) -> bytes:
    start = chance.randrange(len(record))
    return record[:start] + record[start + chance.randrange(1, 20) :]


MUTATORS: tuple[Mutator, ...] = (
    truncate, flip_bits, overwrite, splice, insert_token, lie_about_length, nest, repeat_header, repeat_piece, cut_out,
)  # fmt: skip
GENTLE: tuple[Mutator, ...] = (flip_bits, overwrite, lie_about_length)


def mutated(chance: random.Random, record: bytes, others: Sequence[bytes]) -> bytes:
    """Return the record broken in one to three ways; of four, one in a way that leaves most of it as it was."""
    if record and chance.random() < 0.25:
        return chance.choice(GENTLE)(chance, record, others)
    for _ in range(chance.choice((1, 1, 2, 3))):
        if record:
            record = chance.choice(MUTATORS)(chance, record, others)[:LONGEST]
    return record

"""What must hold of every reader, whatever it is given."""

from __future__ import annotations

import random
import time
from collections.abc import Sequence
from typing import Any

import orjson

from streams.decode.base import Read, Reader
from streams.decode.reasons import EXPLANATIONS


def read(reader: Reader, values: Sequence[bytes]) -> Read:
    """Read values, and check that what comes is what the contract says."""
    found = reader.read(values, range(len(values)), None)
    check(found, len(values))
    return found


def check(found: Read, records: int) -> None:
    """Check that each record is in the rows or in the rejects, and that JSON can hold the rows."""
    assert len(found.rows) == len(found.indexes)
    assert list(found.indexes) == sorted(found.indexes)
    rejected = [reject.index for reject in found.rejects]
    assert rejected == sorted(set(rejected))
    assert set(found.indexes) | set(rejected) == set(range(records))
    assert not set(found.indexes) & set(rejected)
    assert {reject.reason for reject in found.rejects} <= EXPLANATIONS.keys()
    assert found.names is None or len(found.names) == len(found.rows)
    assert all(type(row) is dict for row in found.rows)
    assert orjson.loads(orjson.dumps(found.rows)) == found.rows


def of_each(found: Read) -> dict[int, Any]:
    """Return what became of each record."""
    result: dict[int, Any] = {reject.index: (reject.reason, reject.detail) for reject in found.rejects}
    names = found.names or [""] * len(found.rows)
    for index, row, name in zip(found.indexes, found.rows, names, strict=True):
        result.setdefault(index, []).append((name, row))
    return result


def check_contract(reader: Reader, good: Sequence[bytes], bad: Sequence[bytes]) -> None:
    """Check that good records are read and bad ones rejected, in any batch alike."""
    values = [*good, *bad, *good[::-1]]
    together = of_each(read(reader, values))
    assert {index for index, one in together.items() if isinstance(one, tuple)} == {
        len(good) + place for place in range(len(bad))
    }
    alone = {index: of_each(read(reader, [value]))[0] for index, value in enumerate(values)}
    assert together == alone
    assert reader.read([], [], None).rows == []
    shifted = reader.read(values[:2], [7, 40], None)
    assert {*shifted.indexes, *(reject.index for reject in shifted.rejects)} == {7, 40}


def mutations(values: Sequence[bytes], count: int, seed: int = 5) -> list[bytes]:
    """Return values cut, lengthened, with bytes changed, doubled and swapped."""
    source = random.Random(seed)
    result = []
    for _ in range(count):
        value = bytearray(source.choice(values))
        for _ in range(source.randrange(1, 5)):
            place = source.randrange(len(value) + 1)
            what = source.randrange(5)
            if what == 0:
                del value[place:]
            elif what == 1:
                value[place:place] = source.randbytes(source.randrange(1, 9))
            elif what == 2 and place < len(value):
                value[place] = source.choice((0, 1, 2, 127, 128, 255, source.randrange(256)))
            elif what == 3:
                value[place:place] = value[place : place + source.randrange(40)]
            else:
                del value[place : place + source.randrange(1, 9)]
        result.append(bytes(value))
    return result


def slowest(reader: Reader, values: Sequence[bytes]) -> float:
    """Return the processor seconds that the slowest of the values takes, the better of two tries."""
    worst = 0.0
    for value in values:
        best = 9.0
        for _ in range(2):
            started = time.process_time()
            reader.read([value], [0], None)
            best = min(best, time.process_time() - started)
            if best < 0.02:
                break
        worst = max(worst, best)
    return worst

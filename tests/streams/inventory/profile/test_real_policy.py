"""Decoding, the real rules and the real masker together, on hostile and on personal records."""

from __future__ import annotations

import random

import orjson

from streams.decode.registry import BatchDecoder
from streams.inventory.document import asset_document, field_evidence
from streams.inventory.policy import default_policy
from streams.inventory.profile import BatchMeta, PartitionProfile
from tests.streams.inventory.profile.doubles import contents

POLICY = default_policy(200)
NOW = 1_700_000_000_000

HOSTILE = [
    b"",
    b"\x00" * 100,
    b"\xff\xfe{}",
    b'{"a":',
    b"[" * 1000,
    b'{"a":' * 400 + b"1" + b"}" * 400,
    orjson.dumps({f"key {i}": i for i in range(10_000)}),
    b'{"big": "' + b"x" * 5_000_000 + b'"}',
    b'{"n": 1e999}',
    b'{"n": NaN}',
    b'{"n": ' + b"9" * 500 + b"}",
    b'{"n": 18446744073709551616, "m": -9223372036854775809}',
    b'{"": 1, " ": 2, "\\u0000": 3, "\\ud800": 4}',
    b'{"a": [[[[]]], [{}], [null, 1, "x", true, {"b": [1.5]}]]}',
    b'{"a": null, "a": 1}',
    b"a,b\r\n1,2",
    '{"名字": "王小明", "电话": "13800138000"}'.encode(),
]


def everything(profile: PartitionProfile) -> str:
    asset = profile.assets["t"]
    meaning = POLICY.classifier.fields(field_evidence(asset))
    document = asset_document(
        asset,
        name="t",
        source={"topic": "t"},
        classification=meaning,
        kind=POLICY.classifier.kind("t", meaning),
        reasons=profile.reasons,
        now_ms=NOW,
    )
    return contents(profile).decode("latin-1") + orjson.dumps(document).decode("latin-1")


def test_hostile_records_are_profiled_or_quarantined() -> None:
    chance = random.Random(1)
    decoder = BatchDecoder()
    one, other = (PartitionProfile("t", POLICY) for _ in range(2))
    produced = 0
    for _ in range(12):
        values = chance.sample(HOSTILE, 5)
        decoded = decoder.decode(values)
        several = sum(group.records - len(set(group.indexes)) for group in decoded.groups)
        produced += len(values) + several
        chance.choice([one, other]).add(decoded, BatchMeta(sum(map(len, values)), NOW))
    one.merge(PartitionProfile.from_bytes(other.to_bytes(), POLICY))
    assert one.records + one.quarantined == produced
    assert len(one.assets["t"].fields) <= 200
    assert len(everything(one)) < 1_000_000


def test_persons_in_every_corner() -> None:
    people = [
        (f"ann.person{i}@mail.example", f"1380013{i:04d}", f"4539 1488 0343 {i:04d}") for i in range(300)
    ]
    records = [
        {
            "customer": {"email": email, "phone": phone},
            "note": f"call me at {email}" if i % 3 else "nothing",
            "cards": [card],
            f"by {email}": 1,
            "id": i,
        }
        for i, (email, phone, card) in enumerate(people)
    ]
    profile = PartitionProfile("t", POLICY)
    for start in range(0, len(records), 37):
        values = [orjson.dumps(record) for record in records[start : start + 37]]
        profile.add(BatchDecoder().decode(values), BatchMeta(sum(map(len, values)), NOW))
        again = PartitionProfile.from_bytes(profile.to_bytes(), POLICY)
        shown = everything(again)
        assert not any(email.split("@")[0] in shown or phone in shown for email, phone, _ in people)
    assert {path for path, field in profile.assets["t"].fields.items() if field.masked_as} >= {
        "customer.email",
        "customer.phone",
    }

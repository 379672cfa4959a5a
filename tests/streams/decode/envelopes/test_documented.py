"""What docs/formats.md says of envelopes is so: each example becomes what stands beside it; all names are there."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import orjson
import pytest

from streams.decode import reasons
from streams.decode.base import Row
from streams.decode.envelopes import ENVELOPES

PAPER = (Path(__file__).resolve().parents[4] / "docs" / "formats.md").read_text(encoding="utf-8")
BLOCKS = [orjson.loads(block) for block in re.findall(r"^```json\n(.*?)^```$", PAPER, re.M | re.S)]
EXAMPLES = list(zip(BLOCKS[::2], BLOCKS[1::2], strict=True))


@pytest.mark.parametrize(("row", "becomes"), EXAMPLES, ids=[becomes["kind"] for _, becomes in EXAMPLES])
def test_examples(row: Row, becomes: dict[str, Any]) -> None:
    envelope = next(one for one in ENVELOPES if one.matches(row, ()))
    opened = envelope.open([row], None)
    assert becomes == {
        "fields": opened.payloads[0],
        "envelope": envelope.name,
        "kind": opened.kinds[0],
        "time": opened.times[0],
        "lineage": {name: said[0] for name, said in opened.facts.items()},
    }


def test_every_envelope_has_an_example() -> None:
    told = {becomes["envelope"] for _, becomes in EXAMPLES}
    assert told | {"cloudevents+debezium"} == {one.name for one in ENVELOPES}
    assert "`cloudevents+debezium`" in PAPER


def test_every_reason_is_told() -> None:
    assert [reason for reason in reasons.EXPLANATIONS if f"`{reason}`" not in PAPER] == []

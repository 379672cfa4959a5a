"""Assets and partitions: fields without end, CSV headers, times, formats."""

from __future__ import annotations

import struct

import numpy as np
import orjson
import pytest

from pandian.errors import FormatVersionError, PandianError
from streams.decode.base import Column, Decoded, RowGroup
from streams.decode.registry import BatchDecoder
from streams.inventory.document import field_evidence
from streams.inventory.profile import BatchMeta, PartitionProfile
from streams.inventory.profile.codec import FORMAT
from tests.streams.inventory.profile.doubles import META, ToyClassifier, decoded, policy, profile_of


def test_a_million_different_keys_stay_bounded() -> None:
    profile = PartitionProfile("t", policy(max_fields=100))
    per_batch = 10_000
    for batch in range(100):
        columns = [Column(f"k.{batch * per_batch + i}", ["v"], 0, {}, "str") for i in range(per_batch)]
        profile.add(Decoded([RowGroup("json", range(1), columns)], []), META)
    asset = profile.assets["t"]
    assert len(asset.fields) == 100
    assert asset.overflow_values == 1_000_000 - 100
    names = asset.overflow_names.estimate()
    assert names.low <= 1_000_000 - 100 <= names.high
    assert len(profile.to_bytes()) < 20_000


def test_merged_profiles_keep_to_the_bound_of_fields_too() -> None:
    one = profile_of([{f"a{i}": 1 for i in range(8)}] * 3, max_fields=10)
    other = profile_of(
        [{f"b{i}": 1 for i in range(8)}] * 2 + [{"a0": 1, "x": 1, "y": 1, "z": 1}], max_fields=10
    )
    assert other.assets["t"].overflow_values == 2
    one.merge(other)
    asset = one.assets["t"]
    assert list(asset.fields) == [f"a{i}" for i in range(8)] + ["b0", "b1"]
    # Two that the other had dropped, x that it had kept, and the six other b twice.
    assert asset.overflow_values == 2 + 1 + 12
    assert asset.overflow_names.estimate().estimate == 2 + 1 + 6


def test_values_that_decoding_dropped_are_overflow() -> None:
    profile = PartitionProfile("t", policy())
    profile.add(Decoded([RowGroup("json", range(1), [], dropped_values=7)], []), META)
    assert profile.assets["t"].overflow_values == 7


def test_fields_with_names_too_long_are_counted() -> None:
    long = {f"{'x' * 600}{number}": number for number in range(7)}
    profile, again = PartitionProfile("t", policy()), PartitionProfile("t", policy())
    profile.add(BatchDecoder().decode([orjson.dumps({"a": 1, **long})] * 3), META)
    again.add(BatchDecoder().decode([orjson.dumps({"a": 1, "b": long})]), META)
    profile.merge(again)
    asset = PartitionProfile.from_bytes(profile.to_bytes(), policy()).assets["t"]
    assert asset.overflow_values == 3 * 7 + 7
    assert asset.overflow_names.estimate().estimate == 14


def csv(profile: PartitionProfile, *lines: str) -> None:
    profile.add(BatchDecoder().decode([line.encode() for line in lines]), META)


def test_csv_columns_get_the_names_of_the_header_and_join_json_fields() -> None:
    profile = PartitionProfile("t", policy())
    csv(profile, "1,Ann", "2,Bob")
    assert list(profile.assets["t"].named_fields()) == ["c1", "c2"]
    csv(profile, "order_id,first_name,unit_price", "3,Cem,2.50", '{"order_id": 4, "channel": "app"}')
    asset = PartitionProfile.from_bytes(profile.to_bytes(), policy()).assets["t"]
    named = asset.named_fields()
    assert set(named) == {"order_id", "first_name", "unit_price", "channel"}
    assert named["order_id"].types == {"string": 3, "number": 1}
    assert named["order_id"].figures().moments.sum == 10
    assert (asset.records, asset.header_records) == (5, 1)
    assert asset.fields["c1"].seen == 3
    assert {one.path for one in field_evidence(asset)} == set(named)
    asset.merge(PartitionProfile.from_bytes(profile.to_bytes(), policy()).assets["t"])
    assert (asset.records, asset.header_records, asset.formats) == (10, 2, {"csv": 8, "json": 2})


def test_a_column_is_masked_once_its_header_tells() -> None:
    classifier = ToyClassifier()
    profile = PartitionProfile("t", policy(classifier=classifier))
    csv(profile, *(f"{i},0{i}3-{i}" for i in range(50)))
    assert profile.assets["t"].fields["c2"].masked_as is None
    csv(profile, "order_id,phone", "51,077-3")
    assert profile.assets["t"].fields["c2"].masked_as == "phone"
    assert "phone" in {one.path for one in classifier.shown[-1]}


def test_a_header_that_holds_a_persons_data_is_masked() -> None:
    profile = PartitionProfile("t", policy())
    columns = [Column("c1", ["1"], 0, {}, "str"), Column("c2", ["2"], 0, {}, "str")]
    group = RowGroup("csv", range(2), columns, header_records=1, layout=("ann@x.example", "order_id"))
    profile.add(Decoded([group], []), META)
    assert list(profile.assets["t"].named_fields()) == ["[email]", "order_id"]


def test_the_header_seen_most_often_wins_and_odd_names_name_nothing() -> None:
    profile = PartitionProfile("t", policy())
    asset = profile._asset("t")
    asset.layouts.add(("a", "b"), 1)
    assert asset.layouts.add(("x", "x", " "), 2)
    assert asset.layouts.names() == {"c1": "x"}
    other = profile_of([{"c1": 1}]).assets["t"]
    other.layouts.add(("a", "b"), 2)
    asset.merge(other)
    assert asset.layouts.names() == {"c1": "a", "c2": "b"}
    assert list(asset.named_fields()) == ["a"]


def test_times() -> None:
    profile = PartitionProfile("t", policy())
    now = 1_700_000_000_000
    times = np.array([now - 4000, -1, now - 1000, now - 2000], dtype=np.int64)
    profile.add(decoded([{"a": 1}] * 4), BatchMeta(5, now, times))
    profile.add(decoded([{"a": 1}]), BatchMeta(5, now, np.array([-1])))
    twin = profile_of([{"a": 1}])
    twin.merge(PartitionProfile.from_bytes(profile.to_bytes(), policy()))
    twin.merge(profile_of([{"a": 1}]))
    span = twin.assets["t"].times
    assert (span.first_ms, span.last_ms) == (now - 4000, now - 1000)
    lateness = span.lateness()
    assert lateness is not None
    assert lateness.quantile(0.5).value == 2.0
    assert profile_of([{"a": 1}]).assets["t"].times.lateness() is None


def test_a_newer_format_is_refused_in_one_line() -> None:
    data = profile_of([{"a": 1}]).to_bytes()
    newer = data[:4] + struct.pack("<H", FORMAT + 1) + data[6:]
    with pytest.raises(FormatVersionError, match=f"format {FORMAT + 1}.*upgrade"):
        PartitionProfile.from_bytes(newer, policy())


@pytest.mark.parametrize("cut", [0, 3, 5, 20, -1])
def test_damaged_bytes_are_refused_in_one_line(cut: int) -> None:
    data = profile_of([{"a": i} for i in range(50)]).to_bytes()
    with pytest.raises(PandianError, match="whole partition profile"):
        PartitionProfile.from_bytes(data[:cut], policy())
    with pytest.raises(PandianError, match="whole partition profile"):
        PartitionProfile.from_bytes(b"XXXX" + data[4:], policy())


#: A profile as format 1 wrote it: it stays readable for as long as there is a reader. Made by
#: ``profile_of([{"a": 1, "mail": "x@y.z"}, {"a": "two"}]).to_bytes()``.
V1 = bytes.fromhex(
    "50444e50010028b52ffd607001750a0006d64123306d9c030d74cc8a5e2419e1352bdf8ab8710b5535b2f2b75b7bd8a8"
    "87e2cf76456c01340035003700913ab73a0f6cd2e25946b7e1a9a833f3c0659f47f9fe5aeadccbaccf94a8f3f683f18c"
    "913a3fc8bacff37df5a539603f42100543eaf8c99207c1e5c90e21fa4b9d1fdb88d85ec8e9c393a54c3259eabc8e473f"
    "9d839e3aeb82d906abf328af8cdbd63ca3a2fe203b3c6e1ddc78ea184fa624bdbcd6dc183d5005d5064e7bd7d4f94a16"
    "23b3bdb4875deafc741d848ce4598603bd674ceabddc34f0c9967a6309084200502090500420182c2089018002818422"
    "3216234b9994a5cebc6f5b9db3687e5ae3b47e32083ed43d194b48255910d035cf3ec02763312675665d1900321d8752"
    "31919f82689d026a1b968b5d642dcfb5a25a83416f84817f596302ce80addf51ce86a198c1752d5982607265cd5e81ce"
    "092d2ec744290cb8ab238d15d30c"
)


def test_format_1_stays_readable() -> None:
    profile = PartitionProfile.from_bytes(V1, policy())
    fields = profile.assets["t"].fields
    assert profile.records == 2
    assert fields["a"].types == {"string": 1, "number": 1}
    assert fields["mail"].masked_as == "email"

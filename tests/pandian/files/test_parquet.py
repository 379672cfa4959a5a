import datetime
import decimal
import gzip

import orjson
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pandian.files import FileError, open_records

UTC = datetime.UTC


def read(path):
    with open_records(str(path)) as file:
        return [value for batch in file.batches() for value in batch.values], file


def test_types_are_kept(tmp_path):
    day = datetime.datetime(2011, 8, 31, 17, 1, 0, 250_000)
    table = pa.table(
        {
            "int": pa.array([2**63 - 1, None], pa.int64()),
            "unsigned": pa.array([2**64 - 1, 0], pa.uint64()),
            "float": pa.array([2.5, float("nan")], pa.float64()),
            "bool": [True, False],
            "text": ["价", ""],
            "decimal": pa.array([decimal.Decimal("12345678901234567890.10"), None], pa.decimal128(25, 2)),
            "naive": pa.array([day, None], pa.timestamp("us")),
            "zoned": pa.array([day.replace(tzinfo=UTC), None], pa.timestamp("ms", "UTC")),
            "nanos": pa.array([1_314_810_060_123_456_789, None], pa.timestamp("ns")),
            "date": [day.date(), None],
            "time": pa.array([day.time(), None], pa.time64("ns")),
            "span": pa.array([datetime.timedelta(seconds=1.5), None], pa.duration("ns")),
            "bytes": [b"plain", b"\xff\x00"],
            "list": [[1, 2], None],
            "struct": [{"a": {"b": 1}}, None],
            "map": pa.array([[("k", 1)], None], pa.map_(pa.string(), pa.int32())),
            "deep": pa.array(
                [[{"t": 1_000_000_001}], None], pa.list_(pa.struct([("t", pa.timestamp("ns"))]))
            ),
        }
    )
    path = tmp_path / "f.parquet"
    pq.write_table(table, path)
    values, file = read(path)
    assert orjson.loads(values[0]) == {
        "int": 2**63 - 1,
        "unsigned": 2**64 - 1,
        "float": 2.5,
        "bool": True,
        "text": "价",
        "decimal": 12345678901234567890.10,
        "naive": "2011-08-31T17:01:00.250000",
        "zoned": "2011-08-31T17:01:00.250000Z",
        "nanos": "2011-08-31T17:01:00.123456",
        "date": "2011-08-31",
        "time": "17:01:00.250000",
        "span": 1.5,
        "bytes": "plain",
        "list": [1, 2],
        "struct": {"a": {"b": 1}},
        "map": {"k": 1},
        "deep": [{"t": "1970-01-01T00:00:01"}],
    }
    assert b'"decimal":12345678901234567890.10' in values[0]
    second = orjson.loads(values[1])
    assert second["bytes"] == "/wA="
    assert second["text"] == ""
    assert all(second[name] is None for name in ("int", "float", "decimal", "nanos", "list", "struct", "map"))
    assert file.total_rows == 2
    assert file.columns[:2] == ("int", "unsigned")


def test_content_tells_and_compression_does_not_matter(tmp_path):
    path = tmp_path / "f.parquet"
    pq.write_table(pa.table({"n": list(range(10_000))}), path)
    packed = tmp_path / "f.bin.gz"
    packed.write_bytes(gzip.compress(path.read_bytes()))
    assert read(packed)[0] == read(path)[0] == [b'{"n":%d}' % n for n in range(10_000)]


def test_repeated_names_differ(tmp_path):
    path = tmp_path / "f.parquet"
    pq.write_table(pa.Table.from_arrays([pa.array([1]), pa.array([2])], names=["a", "a"]), path)
    values, file = read(path)
    assert values == [b'{"a":1,"a_2":2}']
    assert file.notices


def test_a_cut_off_file_is_refused_in_one_line(tmp_path):
    path = tmp_path / "f.parquet"
    pq.write_table(pa.table({"n": [1, 2, 3]}), path)
    path.write_bytes(path.read_bytes()[:-9])
    with pytest.raises(FileError, match=r"f\.parquet: is not a whole parquet file") as caught:
        read(path)
    assert "\n" not in str(caught.value)


def test_a_file_that_is_no_parquet_is_refused(tmp_path):
    path = tmp_path / "f.parquet"
    path.write_bytes(b"a,b\n1,2\n")
    with pytest.raises(FileError, match="not parquet"):
        read(path)

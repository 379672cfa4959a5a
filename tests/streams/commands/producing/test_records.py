import csv
import decimal
import io

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pandian.errors import UsageError
from pandian.files import open_records
from streams.commands.producing.records import Shaper, csv_lines, key_bytes


def shaped(path, **options):
    with open_records(str(path)) as file:
        shaper = Shaper(file, **options)
        return [shaper.shape(batch) for batch in file.batches()]


def write(tmp_path, name, text):
    path = tmp_path / name
    path.write_text(text, newline="")
    return path


def test_csv_lines_parse_back_to_the_same_cells():
    rows = [
        ["a", "b,c", 'say "x"', None, "two\nlines", "\r", " pad ", "价"],
        ["", "x", None, "y", "1", "2", "3", "4"],
    ]
    lines = csv_lines(rows)
    assert not any(line.endswith((b"\r", b"\n")) for line in lines)
    parsed = [next(csv.reader(io.StringIO(line.decode(), newline=""), strict=True)) for line in lines]
    assert parsed == [[cell or "" for cell in row] for row in rows]


def test_csv_lines_name_their_columns_in_a_header(tmp_path):
    (result,) = shaped(write(tmp_path, "f.tsv", "id\tthe, name\n1\tx, y\n"), as_csv=True)
    assert result.values == [b'1,"x, y"']
    assert result.headers == [("pandian.columns", b'id,"the, name"')]
    assert result.keys is None


def test_typed_values_as_csv_cells(tmp_path):
    path = tmp_path / "f.parquet"
    pq.write_table(
        pa.table(
            {
                "n": [1],
                "d": [decimal.Decimal("1.10")],
                "t": [True],
                "l": [[1, 2]],
                "b": [b"x"],
                "none": [None],
            }
        ),
        path,
    )
    (result,) = shaped(path, as_csv=True)
    assert result.values == [b'1,1.10,true,"[1,2]",x,']


def test_keys(tmp_path):
    path = write(tmp_path, "f.jsonl", '{"a":{"b":"价"}}\n{"a":{"b":1}}\n{"a":{}}\n{"a":{"b":true}}\n')
    (result,) = shaped(path, key="a.b")
    assert result.keys == ["价".encode(), b"1", None, b"true"]
    assert result.values[0] == '{"a":{"b":"价"}}'.encode()
    assert key_bytes([1, "x"]) == b'[1,"x"]'


@pytest.mark.parametrize(("name", "text"), [("f.csv", "a,b\n1,2\n"), ("f.jsonl", '{"a":1,"b":2}\n')])
def test_a_key_that_is_no_field_names_the_fields(tmp_path, name, text):
    with pytest.raises(UsageError, match=r"--key c: must be a field of .*; choose one of a, b"):
        shaped(write(tmp_path, name, text), key="c")


def test_json_has_no_columns_to_send_as_csv(tmp_path):
    with pytest.raises(UsageError, match="needs a file with columns"):
        shaped(write(tmp_path, "f.jsonl", '{"a":1}\n'), as_csv=True)

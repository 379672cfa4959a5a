import gzip
import select
import subprocess
import sys

import pytest
import zstandard

from pandian.errors import UsageError
from pandian.files import FileError, open_records

CSV = b"a,b\n" + b"".join(b"%d,x\n" % number for number in range(100_000))
ROWS = [b'{"a":"%d","b":"x"}' % number for number in range(100_000)]


def values(path, **options):
    with open_records(str(path), **options) as file:
        return [value for batch in file.batches() for value in batch.values]


@pytest.mark.parametrize(
    "packed",
    [
        CSV,
        gzip.compress(CSV),
        gzip.compress(CSV[:1000]) + gzip.compress(CSV[1000:]),
        zstandard.ZstdCompressor().compress(CSV),
        zstandard.ZstdCompressor().compress(CSV[:1000]) + zstandard.ZstdCompressor().compress(CSV[1000:]),
    ],
    ids=["plain", "gzip", "gzip-members", "zstd", "zstd-frames"],
)
def test_compression_is_told_by_content(tmp_path, packed):
    path = tmp_path / "f.csv"
    path.write_bytes(packed)
    assert values(path) == ROWS


@pytest.mark.parametrize("pack", [gzip.compress, zstandard.ZstdCompressor().compress], ids=["gzip", "zstd"])
def test_cut_off_compression_is_an_error_not_a_shorter_file(tmp_path, pack):
    path = tmp_path / "f.csv.z"
    path.write_bytes(pack(CSV)[:-20])
    with pytest.raises(FileError, match="not a complete"):
        values(path)


@pytest.mark.parametrize(
    ("name", "content", "fmt"),
    [
        ("f.csv", b"a,b\n1,2\n", "csv"),
        ("f.TSV.gz", b"a\tb\n1\t2\n", "tsv"),
        ("f.txt", b"a\tb\n1\t2\n", "tsv"),
        ("f", b"a,b\n1,2\n", "csv"),
        ("f.log", b'{"a":1}\n', "jsonl"),
        ("f.log", b'\n  {"a":1}', "jsonl"),
        ("f.log", b'{\n"a":1}\n', "json"),
        ("f.log", b'[{"a":1}]', "json"),
    ],
)
def test_formats_are_told_by_name_and_content(tmp_path, name, content, fmt):
    path = tmp_path / name
    path.write_bytes(content)
    with open_records(str(path)) as file:
        assert file.format == fmt


def test_the_stated_format_wins(tmp_path):
    path = tmp_path / "f.txt"
    path.write_bytes(b"a\n{1}\n")
    assert values(path, fmt="csv") == [b'{"a":"{1}"}']
    with pytest.raises(UsageError, match="must be one of csv, tsv"):
        values(path, fmt="xml")


def test_a_missing_file_and_a_folder(tmp_path):
    with pytest.raises(UsageError, match=r"no\.csv: cannot be read \(No such file"):
        values(tmp_path / "no.csv")
    with pytest.raises(UsageError, match="is a folder"):
        values(tmp_path)


def test_position_reaches_the_size(tmp_path):
    path = tmp_path / "f.csv"
    path.write_bytes(CSV)
    with open_records(str(path)) as file:
        list(file.batches())
        assert file.progress == file.size == len(CSV)


READ_STDIN = """
import sys
from pandian.files import open_records
with open_records("-") as file:
    for batch in file.batches():
        for value in batch.values:
            print(value.decode(), flush=True)
"""


@pytest.mark.parametrize(
    "content",
    [CSV[:2000] + b"1,2\n", gzip.compress(b'{"a":1}\n'), b"PARQUET"],
    ids=["csv", "gzip", "parquet"],
)
def test_standard_input(tmp_path, content):
    if content == b"PARQUET":
        import pyarrow as pa
        import pyarrow.parquet as pq

        pq.write_table(pa.table({"a": [1, 2]}), tmp_path / "p")
        content = (tmp_path / "p").read_bytes()
    (tmp_path / "f").write_bytes(content)
    done = subprocess.run([sys.executable, "-c", READ_STDIN], input=content, capture_output=True, check=True)
    assert done.stdout.split(b"\n")[:-1] == values(tmp_path / "f")


def test_standard_input_gives_rows_as_they_come():
    with subprocess.Popen(
        [sys.executable, "-c", READ_STDIN], stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0
    ) as process:
        for line in (b"a\n1\n", b"2\n"):
            process.stdin.write(line)
            assert select.select([process.stdout], [], [], 20)[0], "the row does not come before the next one"
            assert process.stdout.readline() == b'{"a":"%s"}\n' % line[-2:-1]
        process.stdin.close()

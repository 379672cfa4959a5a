import gzip
import time

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import zstandard

from models.data.files import read_files
from models.exceptions import DataError
from pandian.errors import UsageError
from pandian.files import FileError
from tests.support.data import data_file
from tests.support.interactions import write_csv

ROWS = [("u1", "a", 1_700_000_000), ("u2", "b", 1_700_000_005), ("u1", "b", 1_700_000_003)]
EXPECTED = [("u1", "a", 1_700_000_000_000), ("u1", "b", 1_700_000_003_000), ("u2", "b", 1_700_000_005_000)]


def rows_of(log):
    return [
        (log.user_ids[user], log.item_ids[item], int(time))
        for user, item, time in zip(log.users, log.items, log.times, strict=True)
    ]


def as_csv(path):
    return write_csv(path / "rows.csv", ROWS)


def as_tsv(path):
    file = path / "rows.inter"
    lines = ["user_id:token\titem_id:token\ttimestamp:float", *("\t".join(map(str, row)) for row in ROWS)]
    (path / "rows.tsv").write_text("\n".join(lines), encoding="utf-8")
    return file.with_suffix(".tsv")


def as_jsonl(path):
    file = path / "rows.jsonl"
    file.write_text(
        "\n".join(f'{{"ItemId":"{item}","Time":{when},"SessionId":"{user}"}}' for user, item, when in ROWS),
        encoding="utf-8",
    )
    return file


def as_parquet(path):
    users, items, times = zip(*ROWS, strict=True)
    moments = pa.array(np.array(times, "datetime64[s]"), pa.timestamp("us", "UTC"))
    pq.write_table(
        pa.table({"user_id": users, "item_id": items, "timestamp": moments}), path / "rows.parquet"
    )
    return path / "rows.parquet"


def as_gzip(path):
    file = path / "rows.csv.gz"
    file.write_bytes(gzip.compress(as_csv(path).read_bytes()))
    return file


def as_zstd(path):
    file = path / "rows.csv.zst"
    file.write_bytes(zstandard.ZstdCompressor().compress(as_csv(path).read_bytes()))
    return file


@pytest.mark.parametrize("make", [as_csv, as_tsv, as_jsonl, as_parquet, as_gzip, as_zstd])
def test_formats(make, tmp_path):
    said = []
    assert rows_of(read_files([str(make(tmp_path))], said.append)) == EXPECTED
    assert not said


def test_several_files_are_one_log(tmp_path):
    log = read_files([str(as_csv(tmp_path)), str(as_jsonl(tmp_path))])
    assert len(log) == 6
    assert rows_of(log.distinct()) == EXPECTED
    assert log.read == log.distinct().read == log.before(0).read == 6


def test_what_is_left_out_is_counted(tmp_path):
    rows = [
        *ROWS,
        ("", "a", 1_700_000_001),
        ("u3", "NaN", 1_700_000_001),
        ("u3", "a", "soon"),
        ("u3", "a", ""),
        ("u3", "a"),
    ]
    said = []
    log = read_files([str(write_csv(tmp_path / "rows.csv", rows))], said.append)
    assert rows_of(log) == EXPECTED
    assert log.read == len(rows)
    assert len(said) == 1
    for part in ("1 rows without user", "1 rows without item", "2 rows without a time", "must have 3 cells"):
        assert part in said[0]


def test_only_positive_actions_that_weigh_something_count(tmp_path):
    rows = [
        ("u1", "a", 1, "view", 1),
        ("u1", "b", 2, "refund", 1),
        ("u1", "c", 3, "Purchase", 1),
        ("u1", "d", 4, "view", 0),
        ("u1", "e", 5, "", ""),
        ("u1", "f", 6, "cart", "-2"),
    ]
    file = write_csv(tmp_path / "rows.csv", rows, "user_id,item_id,timestamp,action,weight")
    said = []
    assert [item for _, item, _ in rows_of(read_files([str(file)], said.append))] == ["a", "c", "e"]
    assert "3 rows of an action" in said[0]


def test_actions_are_known_by_the_words_that_streams_know(tmp_path):
    words = ("pv", "AddToCart", "加购", "购买", "product_viewed", "removeFromCart", "退款", "heartbeat", " ")
    rows = [("u1", f"i{at}", at, word) for at, word in enumerate(words)]
    file = write_csv(tmp_path / "rows.csv", rows, "user_id,item_id,timestamp,behavior")
    said = []
    found = [item for _, item, _ in rows_of(read_files([str(file)], said.append))]
    assert found == ["i0", "i1", "i2", "i3", "i4", "i8"]
    assert "3 rows of an action" in said[0]


def test_words_that_are_no_actions_are_an_error(tmp_path):
    file = write_csv(
        tmp_path / "rows.csv", [("u", "a", 1, "4"), ("u", "b", 2, "zap")], "user_id,item_id,timestamp,event"
    )
    with pytest.raises(DataError, match=r"event: some must mean one of .*view.*leave the column out"):
        read_files([str(file)])


def test_times_that_nobody_can_read_are_an_error_without_their_values(tmp_path):
    file = write_csv(tmp_path / "rows.csv", [("u", "a", "Ada Lovelace 12"), ("u", "b", "1"), ("u", "c", "x")])
    with pytest.raises(DataError, match=r"timestamp such as 'aaa aaaaaaaa 99'") as raised:
        read_files([str(file)])
    assert "Ada" not in str(raised.value)


def test_columns_that_are_not_there_are_named(tmp_path):
    with pytest.raises(DataError, match="a, b, time: must have a column user_id") as raised:
        read_files([str(write_csv(tmp_path / "rows.csv", [(1, 2, 3)], "a,b,time"))])
    assert "rename the columns" in raised.value.fix
    (tmp_path / "rows.json").write_text('[{"who": "Ada", "what": "a"}]', encoding="utf-8")
    with pytest.raises(DataError, match="who, what: must have a column user_id"):
        read_files([str(tmp_path / "rows.json")])


def test_a_file_without_a_header_is_told_so_without_its_values(tmp_path):
    file = write_csv(tmp_path / "rows.csv", [("Bob", "b", 2)], "ada@example.com,Lovelace 7,1700000000")
    with pytest.raises(DataError, match=r"aaa@aaaaaaa\.aaa, aaaaaaaa 9, 9999999999") as raised:
        read_files([str(file)])
    assert "ada" not in str(raised.value).lower().replace(str(tmp_path).lower(), "")
    assert "first line" in raised.value.fix


@pytest.mark.parametrize(
    "content", ["", "user_id,item_id,timestamp\n", "user_id,item_id,timestamp\n,,\n,a,1\n"]
)
def test_nothing_in_a_file(content, tmp_path):
    (tmp_path / "rows.csv").write_text(content, encoding="utf-8")
    with pytest.raises((DataError, FileError)):
        read_files([str(tmp_path / "rows.csv")])


def test_files_that_are_not_there_or_broken(tmp_path):
    with pytest.raises(UsageError, match="cannot be read"):
        read_files([str(tmp_path / "none.csv")])
    (tmp_path / "half.csv.gz").write_bytes(as_gzip(tmp_path).read_bytes()[:-9])
    with pytest.raises(FileError, match="not a complete gzip file"):
        read_files([str(tmp_path / "half.csv.gz")])


def test_numbers_in_json_and_text_in_csv_are_the_same_ids(tmp_path):
    (tmp_path / "rows.jsonl").write_text('{"user":17850.0,"item":1,"time":5}\n', encoding="utf-8")
    file = write_csv(tmp_path / "rows.csv", [("17850.0", "1", 5), ("17850", "1", 5)])
    assert len(read_files([str(tmp_path / "rows.jsonl"), str(file)]).distinct()) == 1


@pytest.mark.parametrize(
    ("name", "rows", "users", "items"),
    [
        ("ml-100k/ml-100k.inter.tsv.gz", 100_000, 943, 1682),
        ("yoochoose-sample/train.tsv.gz", 70_278, None, None),
    ],
)
def test_real_files(name, rows, users, items):
    said = []
    log = read_files([str(data_file(name))], said.append)
    assert len(log) == rows
    assert not said
    assert users in (None, log.n_users)
    assert items in (None, log.n_items)


def test_reading_costs_microseconds_a_row(tmp_path):
    rows = [
        (f"user{number % 999}", f"item{number % 777}", 1_700_000_000 + number) for number in range(60_000)
    ]
    file = tmp_path / "rows.csv.gz"
    file.write_bytes(gzip.compress(write_csv(tmp_path / "rows.csv", rows).read_bytes(), 1))
    began = time.process_time()
    assert len(read_files([str(file)])) == 60_000
    # About 5 us a row on a machine of its own; dicts and datetimes for each row would take ten times as long.
    assert (time.process_time() - began) / 60_000 < 40e-6

import csv
import gzip
import os
import signal
import subprocess
import sys
import time

import orjson
import pytest
from click.testing import CliRunner

from streams import cli
from tests.support import brokers, topics
from tests.support.data import data_file
from tests.support.processes import free_port


@pytest.fixture
def pandian(capfd, monkeypatch):
    """Run ``pandian produce`` in this process; return exit code, stdout and stderr."""

    def run(*arguments, broker=None):
        if broker:
            monkeypatch.setenv("PANDIAN_BROKER", broker.address)
        code = cli.run(["produce", *map(str, arguments)])
        return code, *capfd.readouterr()

    return run


def orders(tmp_path, rows=2_000, name="orders.csv"):
    """Write a csv with dirt that is allowed; return its path and the rows as they must be read."""
    expected = [
        {
            "id": str(n),
            "user": f"u{n % 97}",
            "note": [None, 'x, "y"', "two\nlines", "价"][n % 4],
            "at": f"2011-08-31 {n // 3600 % 24:02}:{n // 60 % 60:02}:{n % 60:02}",
        }
        for n in range(rows)
    ]
    path = tmp_path / name
    with path.open("w", newline="", encoding="utf-8") as out:
        writer = csv.DictWriter(out, list(expected[0]))
        writer.writeheader()
        writer.writerows(expected)
    return path, expected


def test_every_row_is_one_record_and_equal(pandian, embedded_broker, unique, tmp_path):
    path, rows = orders(tmp_path)
    topic = unique("orders")
    code, out, err = pandian(path, "--topic", topic, "--partitions", 3, "--json", broker=embedded_broker)
    document = orjson.loads(out)
    assert (code, err) == (0, "")
    assert (document["records"], document["acknowledged"], document["partitions"]) == (2_000, 2_000, 3)
    records = topics.read_all(embedded_broker.address, topic)
    assert {record.partition for record in records} == {0, 1, 2}
    assert sorted((orjson.loads(r.value) for r in records), key=lambda row: int(row["id"])) == rows
    assert all(record.key is None for record in records)
    assert all(abs(record.timestamp / 1000 - time.time()) < 60 for record in records)


def test_json_lines_of_several_files_arrive_unchanged_and_in_order(
    pandian, embedded_broker, unique, tmp_path
):
    lines = [b'{"n": %d, "x":1.10}' % n for n in range(3_000)]
    (tmp_path / "a.jsonl").write_bytes(b"\n".join(lines[:1_000]))
    (tmp_path / "b.jsonl.gz").write_bytes(gzip.compress(b"\n".join(lines[1_000:]) + b"\n"))
    topic = unique("lines")
    code, out, _ = pandian(
        tmp_path / "a.jsonl", tmp_path / "b.jsonl.gz", "--topic", topic, broker=embedded_broker
    )
    assert code == 0
    assert out.startswith(f"3,000 records acknowledged on {topic}")
    assert [record.value for record in topics.read_all(embedded_broker.address, topic)] == lines


def test_keys_go_where_other_clients_put_them(pandian, embedded_broker, unique, tmp_path):
    path, rows = orders(tmp_path)
    ours, theirs = unique("ours"), unique("theirs")
    pandian(path, "--topic", ours, "--partitions", 5, "--key", "user", broker=embedded_broker)
    topics.create_topic(embedded_broker.address, theirs, 5)
    keys = [row["user"].encode() for row in rows]
    topics.produce(embedded_broker.address, theirs, rows, keys=keys)

    def placed(topic):
        return {(record.key, record.partition) for record in topics.read_all(embedded_broker.address, topic)}

    assert placed(ours) == placed(theirs)
    assert len(placed(ours)) == 97


def test_csv_lines_with_their_columns_in_a_header(pandian, embedded_broker, unique, tmp_path):
    path, rows = orders(tmp_path, 8)
    topic = unique("csv")
    code, _, err = pandian(path, "--topic", topic, "--as", "csv", broker=embedded_broker)
    records = topics.read_all(embedded_broker.address, topic)
    assert code == 0
    assert [next(csv.reader(record.value.decode().splitlines(keepends=True))) for record in records] == [
        [cell or "" for cell in row.values()] for row in rows
    ]
    assert {record.headers for record in records} == {(("pandian.columns", b"id,user,note,at"),)}
    assert err.startswith("pandian: 2 of the CSV lines have a line break inside a cell")


def test_a_bad_row_names_file_line_and_rule_and_what_came_before_it_is_sent(
    pandian, embedded_broker, unique, tmp_path
):
    path = tmp_path / "bad.csv"
    path.write_text("a,b\n1,2\n3,4\n5\n6,7\n")
    topic = unique("bad")
    code, out, err = pandian(path, "--topic", topic, broker=embedded_broker)
    assert (code, out) == (1, "")
    before, line = err.splitlines()
    assert before == "pandian: 2 records before it are acknowledged"
    assert line.startswith(
        f"pandian: {path}, line 4: a row must have 2 cells like the header; this one has 1; "
    )
    assert len(topics.read_all(embedded_broker.address, topic)) == 2
    code, out, err = pandian(path, "--topic", topic, "--skip-bad", "--json", broker=embedded_broker)
    assert (code, err) == (0, "")
    assert (orjson.loads(out)["acknowledged"], orjson.loads(out)["skipped_rows"]) == (3, 1)


def test_limit_counts_over_files_and_stops_before_a_later_bad_row(pandian, embedded_broker, unique, tmp_path):
    (tmp_path / "a.csv").write_text("a,b\n1,2\n3,4\n")
    (tmp_path / "b.csv").write_text("a,b\n5,6\n7\n")
    topic = unique("limit")
    files = [tmp_path / "a.csv", tmp_path / "b.csv"]
    assert pandian(*files, "--topic", topic, "--limit", 3, broker=embedded_broker)[0] == 0
    assert [orjson.loads(r.value)["a"] for r in topics.read_all(embedded_broker.address, topic)] == [
        "1",
        "3",
        "5",
    ]


def test_rate_and_replay_take_the_time_they_must(pandian, embedded_broker, unique, tmp_path):
    path, _ = orders(tmp_path, 60)
    code, out, err = pandian(path, "--topic", unique("rate"), "--rate", 100, "--json", broker=embedded_broker)
    assert code == 0
    assert 0.5 < orjson.loads(out)["seconds"] < 3
    code, out, err = pandian(
        path, "--topic", unique("replay"), "--speed", 59, "--json", broker=embedded_broker
    )
    assert code == 0
    assert err == f"pandian: {path}: replaying by the times in at\n"
    assert 0.9 < orjson.loads(out)["seconds"] < 3


def test_an_existing_topic_keeps_its_partitions_and_says_so(pandian, embedded_broker, unique, tmp_path):
    path, _ = orders(tmp_path, 5)
    topic = unique("there")
    topics.create_topic(embedded_broker.address, topic, 2)
    code, _, err = pandian(path, "--topic", topic, "--partitions", 7, broker=embedded_broker)
    assert code == 0
    assert f"topic {topic} is there already, with 2 partitions" in err


def test_without_a_broker_it_says_what_to_do(pandian, tmp_path):
    path, _ = orders(tmp_path, 1)
    code, out, err = pandian(path, "--topic", "t")
    assert (code, out) == (2, "")
    assert err.startswith("pandian: PANDIAN_BROKER: must name a Kafka broker")
    assert "--broker HOST:PORT" in err
    assert err.count("\n") == 1


def test_a_broker_that_does_not_answer(pandian, tmp_path):
    path, _ = orders(tmp_path, 1)
    address = f"127.0.0.1:{free_port()}"
    started = time.monotonic()
    code, out, err = pandian(path, "--topic", "t", "--broker", address)
    assert (code, out) == (1, "")
    assert time.monotonic() - started < 15
    assert err.startswith(f"pandian: PANDIAN_BROKER={address}: a Kafka broker must answer there")
    assert err.count("\n") == 1


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["no.csv", "--topic", "t"], "no.csv: cannot be read (No such file or directory); check the path"),
        (["--topic", "a b", "x.csv"], "--topic a b: must be"),
        (["x.csv", "--topic", "t", "--rate", "1", "--speed", "1"], "--rate and --speed: exclude each other"),
        (["x.csv", "--topic", "t", "--time", "at"], "--time: says by which field --speed replays"),
        (["x.csv", "--topic", "t", "--broker", "host:0"], "must be host:port with a port from 1 to 65535"),
    ],
)
def test_bad_usage(pandian, tmp_path, monkeypatch, arguments, said):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "x.csv").write_text("a\n1\n")
    monkeypatch.setenv("PANDIAN_BROKER", "127.0.0.1:1")
    code, out, err = pandian(*arguments)
    assert (code, out) == (2, "")
    assert said in err
    assert err.count("\n") == 1


def test_standard_input_and_interruption(embedded_broker, unique):
    topic = unique("stdin")
    process = subprocess.Popen(
        [sys.executable, "-m", "streams.cli", "produce", "-", "--topic", topic],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, "PANDIAN_BROKER": embedded_broker.address},
        bufsize=0,
    )
    process.stdin.write(b'{"a":1}\n{"a":2}\n')
    deadline = time.monotonic() + 20
    while (
        topic not in topics.topics(embedded_broker.address)
        or len(topics.read_all(embedded_broker.address, topic)) < 2
    ):
        assert time.monotonic() < deadline
        time.sleep(0.1)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=20)
    assert process.returncode == 130
    assert err == b"pandian: interrupted; 2 records are acknowledged\n"


def test_click_runner_sees_the_same_json(embedded_broker, unique, tmp_path):
    path, _ = orders(tmp_path, 10)
    result = CliRunner().invoke(
        cli.cli,
        ["produce", str(path), "--topic", unique("runner"), "--broker", embedded_broker.address, "--json"],
    )
    assert result.exit_code == 0
    assert orjson.loads(result.stdout)["acknowledged"] == 10


def test_online_retail_arrives_whole(pandian, embedded_broker, unique):
    path = data_file("online-retail/transactions.csv.gz")
    topic = unique("retail")
    code, _, _ = pandian(path, "--topic", topic, "--limit", 50_000, "--partitions", 4, broker=embedded_broker)
    assert code == 0
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        expected = [
            orjson.dumps({name: cell or None for name, cell in row.items()})
            for row, _ in zip(csv.DictReader(file), range(50_000), strict=False)
        ]
    records = topics.read_all(embedded_broker.address, topic)
    assert sorted(record.value for record in records) == sorted(expected)


@pytest.mark.kafka
def test_records_that_the_broker_refuses_are_counted_with_the_reason(pandian, kafka_broker, unique, tmp_path):
    path = tmp_path / "big.jsonl"
    path.write_bytes(b"\n".join([b'{"a":1}', orjson.dumps({"a": "x" * 11_000_000}), b'{"a":2}']))
    topic = unique("big")
    code, out, err = pandian(path, "--topic", topic, "--json", broker=kafka_broker)
    document = orjson.loads(out)
    assert code == 1, err
    assert (document["records"], document["acknowledged"], sum(document["failed"].values())) == (3, 2, 1)
    assert err.startswith(f"pandian: 1 of 3 records for {topic}: were not acknowledged (1 larger than the ")
    assert err.count("\n") == 1
    assert len(topics.read_all(kafka_broker.address, topic)) == 2


@pytest.mark.kafka
@pytest.mark.parametrize("protocol", ["SSL", "SASL_PLAINTEXT", "SASL_SSL"])
def test_tls_and_sasl(pandian, secured_kafka, security, unique, tmp_path, monkeypatch, protocol):
    for name, value in security.environment(protocol).items():
        monkeypatch.setenv(name, value)
    path, _ = orders(tmp_path, 10)
    topic = unique("secured")
    code, out, err = pandian(path, "--topic", topic)
    assert (code, err) == (0, "")
    assert out.startswith("10 records acknowledged")
    assert len(topics.read_all(secured_kafka.address, topic)) == 10


@pytest.mark.kafka
@pytest.mark.slow
def test_a_broker_that_comes_back_gets_every_record_once(unique, tmp_path):
    path, rows = orders(tmp_path, 8_000)
    topic = unique("restart")
    with brokers.real_kafka() as broker:
        process = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "streams.cli",
                "produce",
                path,
                "--topic",
                topic,
                "--rate",
                "2000",
                "--json",
            ],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={**os.environ, "PANDIAN_BROKER": broker.address},
        )
        time.sleep(2.5)
        broker.kill()
        broker.start()
        out, err = process.communicate(timeout=60)
        assert process.returncode == 0, err
        assert orjson.loads(out)["acknowledged"] == 8_000
        found = [orjson.loads(record.value) for record in topics.read_all(broker.address, topic)]
        assert found == rows

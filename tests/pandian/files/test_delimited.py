import csv
import random

import orjson
import pytest

from pandian.files import FileError, open_records


def read(path, **options):
    with open_records(str(path), **options) as file:
        batches = list(file.batches())
        notices = file.notices
    values = [value for batch in batches for value in batch.values]
    rows = [row for batch in batches for row in batch.rows]
    bad = [bad for batch in batches for bad in batch.bad]
    assert [orjson.loads(value) for value in values] == rows
    return rows, bad, notices


def write(tmp_path, content, name="f.csv"):
    path = tmp_path / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def test_cells_stay_strings_and_empty_ones_are_null(tmp_path):
    path = write(tmp_path, 'a,b,c\n1,2.50,\n"x, y","say ""hi""","two\nlines"\n007,,true\n')
    rows, bad, notices = read(path)
    assert rows == [
        {"a": "1", "b": "2.50", "c": None},
        {"a": "x, y", "b": 'say "hi"', "c": "two\nlines"},
        {"a": "007", "b": None, "c": "true"},
    ]
    assert not bad
    assert not notices


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("last", [True, False])
def test_line_ends(tmp_path, end, last):
    path = write(tmp_path, f"a,b{end}1,2{end}{end}3,4{end if last else ''}")
    assert read(path)[0] == [{"a": "1", "b": "2"}, {"a": "3", "b": "4"}]


def test_byte_order_mark_is_no_part_of_the_first_name(tmp_path):
    assert read(write(tmp_path, b"\xef\xbb\xbfa,b\n1,2\n"))[0] == [{"a": "1", "b": "2"}]


def test_bad_rows_name_line_and_rule_and_cost_only_themselves(tmp_path):
    path = write(tmp_path, 'a,b\n1,2\n3\n"x\ny",5\n6,7,8\n"bad"quote,9\n10,11\n"never closed,12\n13,14\n')
    rows, bad, _ = read(path)
    assert rows == [
        {"a": "1", "b": "2"},
        {"a": "x\ny", "b": "5"},
        {"a": "10", "b": "11"},
        {"a": "13", "b": "14"},
    ]
    assert [(row.line, row.reason, row.before) for row in bad] == [
        (3, "csv-cell-count", 1),
        (6, "csv-cell-count", 2),
        (7, "csv-quotes", 2),
        (
            9,
            "csv-quotes",
            0,
        ),  # known to be bad only at the file's end, after the rows before it were given out
    ]
    assert "2 cells" in bad[0].rule
    assert "has 1" in bad[0].rule


def test_a_quoted_cell_may_span_blocks(tmp_path):
    long = "line\n" * 200_000
    path = write(tmp_path, f'a,b\n1,"{long}"\n2,3\n')
    rows, bad, _ = read(path)
    assert rows == [{"a": "1", "b": long}, {"a": "2", "b": "3"}]
    assert not bad


def test_line_numbers_hold_over_blocks(tmp_path):
    lines = [f"{number},x" for number in range(2, 200_002)]
    lines[150_000] = "too,many,cells"
    rows, bad, _ = read(write(tmp_path, "a,b\n" + "\n".join(lines)))
    assert len(rows) == 199_999
    assert [row.line for row in bad] == [150_002]


def test_what_python_writes_is_what_is_read(tmp_path):
    rng = random.Random(7)
    alphabet = 'ab,;"\n\r\t é价\u2028'
    table = [["".join(rng.choices(alphabet, k=rng.randint(0, 12))) for _ in range(4)] for _ in range(5_000)]
    path = tmp_path / "f.csv"
    with path.open("w", newline="", encoding="utf-8") as out:
        csv.writer(out).writerows([["a", "b", "c", "d"], *table])
    rows, bad, _ = read(path)
    assert not bad
    assert [list(row.values()) for row in rows] == [[cell or None for cell in cells] for cells in table]


def test_header_names_are_there_and_differ(tmp_path):
    rows, _, notices = read(write(tmp_path, "a,,a,a_2, \n1,2,3,4,5\n"))
    assert rows == [{"a": "1", "column_2": "2", "a_3": "3", "a_2": "4", "column_5": "5"}]
    assert len(notices) == 1
    assert "column 3 is now a_3" in notices[0]


def test_columns_for_a_file_without_header(tmp_path):
    rows, bad, _ = read(write(tmp_path, "1\t减速器链条\n2\t望远镜\n", "q.tsv"), columns=["id", "query"])
    assert rows == [{"id": "1", "query": "减速器链条"}, {"id": "2", "query": "望远镜"}]
    assert not bad


@pytest.mark.parametrize("delimiter", [";", "|", "\t"])
def test_another_delimiter_in_a_csv_is_found_and_said(tmp_path, delimiter):
    rows, _, notices = read(write(tmp_path, f"a{delimiter}b\n1,5{delimiter}2\n"))
    assert rows == [{"a": "1,5", "b": "2"}]
    assert "separated by" in notices[0]


def test_a_single_column_is_no_other_delimiter(tmp_path):
    rows, _, notices = read(write(tmp_path, "text\nuno; dos\ntres\n"))
    assert rows == [{"text": "uno; dos"}, {"text": "tres"}]
    assert not notices


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("latin-1", "name,price\nCAFÉ CREMÉ,£5\nMüller,9\n"),
        ("cp1252", "name,price\nÀ l’été,5 €\n“quoted”,9\n"),
        ("gb18030", "名称,价格\n减速器链条,5\n保温杯,9\n"),
    ],
)
def test_a_file_that_is_not_utf8_is_read_as_what_it_is_and_says_so(tmp_path, encoding, text):
    rows, bad, notices = read(write(tmp_path, text.encode(encoding)))
    header, *lines = text.split("\n")[:-1]
    assert [",".join(row.values()) for row in rows] == lines
    assert ",".join(rows[0]) == header
    assert not bad
    assert notices == [f"it is not UTF-8; read as {encoding}"]


def test_a_broken_row_in_a_utf8_file_is_a_bad_row(tmp_path):
    content = "a,b\n价格,1\n品牌,2\n".encode() + b"\xff\xfe,3\n" + "é,4\n".encode()
    rows, bad, notices = read(write(tmp_path, content))
    assert [row["b"] for row in rows] == ["1", "2", "4"]
    assert [(row.line, row.reason) for row in bad] == [(4, "not-utf8")]
    assert not notices


def test_a_row_longer_than_a_record_may_be(tmp_path, monkeypatch):
    monkeypatch.setattr("pandian.files.source.whole_lines.__defaults__", (1_000,))
    path = write(tmp_path, "a,b\n" + "1,2\n" * 100_000 + f"{'x' * 1_500_000},2\n5,6\n")
    rows, bad, _ = read(path)
    assert len(rows) == 100_001
    assert rows[-1] == {"a": "5", "b": "6"}
    assert [(row.line, row.reason) for row in bad] == [(100_002, "too-long")]


@pytest.mark.parametrize(("content", "expected"), [("", []), ("\n\n", []), ("a,b", []), ("a,b\n", [])])
def test_files_without_rows(tmp_path, content, expected):
    assert read(write(tmp_path, content))[0] == expected


def test_binary_and_utf16_are_refused_in_one_line(tmp_path):
    for content, said in ((b"PK\x03\x04\0\0\0", "binary"), ("a,b\n1,2\n".encode("utf-16"), "UTF-16")):
        with pytest.raises(FileError, match=said) as caught, open_records(str(write(tmp_path, content))):
            pass
        assert "\n" not in str(caught.value)
        assert "f.csv" in str(caught.value)


@pytest.mark.parametrize(
    ("first", "told"),
    [("1,foo", True), ("name,+447700900000", True), ("a@b.example,x", True), ("id,2nd name,q1", False)],
)
def test_a_first_line_that_looks_like_values_is_taken_as_the_header_and_said(tmp_path, first, told):
    path = tmp_path / "f.csv"
    path.write_text(f"{first}\n" + ",".join("v" * (first.count(",") + 1)) + "\n")
    with open_records(path) as file:
        list(file.batches())
        notices = " ".join(file.notices)
    assert ("--columns" in notices) is told
    assert "447700900000" not in notices

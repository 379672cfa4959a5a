import orjson
import pytest

from pandian.files import open_records


def read(path, **options):
    with open_records(str(path), **options) as file:
        batches = list(file.batches())
        fmt = file.format
    values = [value for batch in batches for value in batch.values]
    rows = [row for batch in batches for row in batch.rows]
    assert [orjson.loads(value) for value in values] == rows
    return values, [bad for batch in batches for bad in batch.bad], fmt


def write(tmp_path, content, name):
    path = tmp_path / name
    path.write_bytes(content)
    return path


def test_lines_pass_unchanged(tmp_path):
    lines = [b'{"a": 1.10}', b' {"b":[1,{"c":null}]} ', '{"城":"\\u00e9"}'.encode(), b'{"a":1,"a":2}']
    values, bad, fmt = read(write(tmp_path, b"\n".join(lines) + b"\n\n", "f.jsonl"))
    assert values == lines
    assert not bad
    assert fmt == "jsonl"


def test_carriage_returns_end_lines_and_a_byte_order_mark_starts_the_file(tmp_path):
    assert read(write(tmp_path, b'\xef\xbb\xbf{"a":1}\r\n{"a":2}\r\n', "f.jsonl"))[0] == [
        b'{"a":1}',
        b'{"a":2}',
    ]


def test_bad_lines_cost_only_themselves(tmp_path):
    content = b'{"a":1}\nnot json\n[1]\n{"a":"\xff"}\n{"a":NaN}\n{"a":2}\n3\n'
    values, bad, _ = read(write(tmp_path, content, "f.jsonl"))
    assert values == [b'{"a":1}', b'{"a":2}']
    assert [(row.line, row.reason, row.before) for row in bad] == [
        (2, "json-malformed", 1),
        (3, "json-array", 1),
        (4, "not-utf8", 1),
        (5, "json-malformed", 1),
        (7, "json-scalar", 2),
    ]
    assert "not json" not in bad[0].rule


def test_lines_that_are_json_only_together_are_bad(tmp_path):
    content = b'{"a":[{}\n{}]}\n{},{}\n{"b":1}\n'
    values, bad, _ = read(write(tmp_path, content, "f.jsonl"))
    assert values == [b'{"b":1}']
    assert [row.line for row in bad] == [1, 2, 3]


def test_line_numbers_hold_over_blocks(tmp_path):
    lines = [b'{"n":%d}' % number for number in range(200_000)]
    lines[123_456] = b"{"
    values, bad, _ = read(write(tmp_path, b"\n".join(lines), "f.ndjson"))
    assert values == lines[:123_456] + lines[123_457:]
    assert [row.line for row in bad] == [123_457]


def test_an_array_gives_its_objects_as_they_stand(tmp_path):
    content = b'[ {"a": 1.0},\n {"b": "x]},{"},\n\n{"c":\n[1, 2]} ]\n'
    values, bad, fmt = read(write(tmp_path, content, "f.json"))
    assert values == [b'{"a": 1.0}', b'{"b": "x]},{"}', b'{"c":\n[1, 2]}']
    assert not bad
    assert fmt == "json"


def test_an_array_larger_than_a_block(tmp_path):
    objects = [{"n": number, "text": '价"]}' * (number % 50)} for number in range(30_000)]
    values, bad, _ = read(write(tmp_path, orjson.dumps(objects), "f.json"))
    assert [orjson.loads(value) for value in values] == objects
    assert not bad


def test_one_object_larger_than_a_block(tmp_path):
    objects = [{"a": 1}, {"long": ["x" * 1_000] * 3_000}, {"b": 2}]
    assert read(write(tmp_path, orjson.dumps(objects), "f.json"))[0] == [orjson.dumps(o) for o in objects]


def test_documents_one_after_another(tmp_path):
    values, _, fmt = read(write(tmp_path, b'{\n "a": 1\n}\n{\n "a": 2\n}', "f.json"))
    assert [orjson.loads(value) for value in values] == [{"a": 1}, {"a": 2}]
    assert fmt == "json"


def test_json_lines_under_the_name_json(tmp_path):
    assert read(write(tmp_path, b'{"a":1}\n{"a":2}\n', "f.json"))[2] == "jsonl"


def test_elements_that_are_no_records(tmp_path):
    content = b'[{"a":1}, 12, {"b":NaN},\n{"c":"\xff"}, null, {"d":4}]'
    values, bad, _ = read(write(tmp_path, content, "f.json"))
    assert values == [b'{"a":1}', b'{"d":4}']
    assert [(row.line, row.reason) for row in bad] == [
        (1, "json-scalar"),
        (1, "json-number"),
        (2, "not-utf8"),
        (2, "json-null"),
    ]


@pytest.mark.parametrize("rest", [b'{"a":1', b'{"a":1} {"b"}', b'{"a":1} x'])
def test_what_is_no_json_ends_the_reading_as_one_bad_row(tmp_path, rest):
    values, bad, _ = read(write(tmp_path, b'[{"z":0},\n\n' + rest, "f.json"))
    assert values[0] == b'{"z":0}'
    assert [(row.line, row.reason) for row in bad] == [(3, "json-malformed")]


def test_hostile_depth_ends_the_reading(tmp_path):
    _, bad, _ = read(write(tmp_path, b'[{"a":1},' + b"[" * 200_000, "f.json"))
    assert [row.reason for row in bad] == ["json-malformed"]


def test_an_array_that_is_not_closed(tmp_path):
    values, bad, _ = read(write(tmp_path, b'[{"a":1},\n{"b":2}\n', "f.json"))
    assert len(values) == 2
    assert [(row.line, row.reason) for row in bad] == [(3, "json-truncated")]

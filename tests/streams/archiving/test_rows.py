"""Records of any format become rows by asset and day; what cannot is counted."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pandian.archive import ArchiveFile, Segment
from streams.archiving import segment
from streams.archiving.assets import asset_for
from streams.archiving.base import AssetPlan
from streams.archiving.rows import DayTable
from streams.archiving.segment import MOST_DAYS, SegmentTables
from streams.archiving.state import ArchiveState
from streams.counting.base import Source
from streams.decode.kinds import Kinds
from streams.decode.registry import BatchDecoder
from tests.streams.archiving.plans import DAY, NOW, TOPIC_ID, column, lines, plan, tables

field_names = st.text(alphabet='ab.[]"_é', max_size=3)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=8),
    lambda inside: st.lists(inside, max_size=3) | st.dictionaries(field_names, inside, max_size=3),
    max_leaves=10,
)  # fmt: skip


def test_rows_say_where_they_came_from() -> None:
    (row,) = lines([{"user": " u1 ", "price": "7"}], plan(user="text", price="double"))
    assert row == {
        "_topic_id": TOPIC_ID.hex,
        "_partition": 3,
        "_offset": 100,
        "_index": 0,
        "_time": datetime.fromtimestamp(NOW / 1000, UTC),
        "user": "u1",
        "price": 7.0,
    }


def test_nested_objects_and_arrays_are_columns_and_lists() -> None:
    one = plan(**{"a.b": "text", "l[].x": "double", "l[].m[]": "text", "g[][]": "int64"})
    rows = [
        {"a": {"b": 1}, "l": [{"x": 1, "m": ["p", "q"]}, {"x": "no"}, 7], "g": [[1, 2], [], 5]},
        {"a": None, "l": [], "g": None},
    ]
    first, second = lines(rows, one)
    assert first["a.b"] == "1"
    assert first["l[].x"] == [1.0, None, None]
    assert first["l[].m[]"] == [["p", "q"], None, None]
    assert first["g[][]"] == [[1, 2], None, None]
    assert first["_misfits"] == [("l[].x", '["no"]')]
    assert [second[name] for name in ("a.b", "l[].x", "l[].m[]", "g[][]", "_misfits")] == [None] * 5


def test_what_does_not_fit_is_kept_as_text() -> None:
    rows = lines([{"n": "seven", "t": "soon"}, {"n": 7, "t": NOW}], plan(n="double", t="timestamp"))
    assert rows[0]["_misfits"] == [("n", "seven"), ("t", "soon")]
    assert rows[1]["_misfits"] is None


def test_names_of_the_archives_own_columns_are_quoted() -> None:
    (row,) = lines([{"_offset": "mine", "_time": 7}], plan(_offset="text", _time="text"))
    assert (row["_offset"], row['["_offset"]'], row['["_time"]']) == (100, "mine", "7")


def test_hidden_fields_and_unknown_ones_are_left_out() -> None:
    rows = [{"name": "Ann", "mail": "ann@example.org", "new": 1, "x": 1}] * 3
    found, outcomes = tables(rows, plan(x="text", hidden=["name", "mail"]))
    assert set(found[0].table.schema.names) & {"name", "mail", "new"} == set()
    assert outcomes == {"archived": 3, "left-out": 3}


def test_keys_that_are_personal_are_columns_of_no_name() -> None:
    rows = [{"calls": {"13812345678": 1, "13812345679": 2}}]
    one = plan(**{"calls.9+": "text"})
    found, outcomes = tables(rows, one)
    assert "13812345678" not in str(found[0].table.schema)
    assert found[0].table.column("calls.9+").to_pylist() == ["1"]
    assert outcomes["left-out"] == 1


def test_days_by_the_events_own_time_else_the_records() -> None:
    one = plan(time="at", at=column("at", "timestamp", reader="epoch"))
    rows = [{"at": NOW - 3 * DAY}, {"at": "soon"}, {}, {"at": NOW + 5 * DAY}, {"at": 0}]
    found, _ = tables(rows, one)
    assert {(table.day.isoformat(), table.table.num_rows) for table in found} == {
        ("2023-11-11", 1),
        ("2023-11-14", 4),
    }


def test_a_row_without_any_time_lies_on_the_first_day_there_is() -> None:
    found, _ = tables([{"x": 1}], plan(x="text"), times=[-1])
    assert found[0].day == date(1970, 1, 1)
    assert found[0].table.column("_time").to_pylist() == [None]


def test_an_envelopes_time_and_operation_count() -> None:
    change = {
        "before": None,
        "after": {"id": 1, "x": "new"},
        "source": {"connector": "mysql", "db": "shop", "table": "orders", "ts_ms": NOW - DAY},
        "op": "c",
        "ts_ms": NOW - DAY,
    }
    (row,) = lines([change], plan(id="text", x="text"))
    assert row["_time"] == datetime.fromtimestamp((NOW - DAY) / 1000, UTC)
    assert row["_operation"] == "c"
    assert row["x"] == "new"


def test_csv_by_position_by_header_line_and_by_declared_names() -> None:
    one = plan(
        order_id=column("order_id", position="c1"), unit_price=column("unit_price", "double", position="c2")
    )
    raw = [b"order_id,unit_price", b"o1,2.5", b"o2,", b",", b"unreadable"]
    found, outcomes = tables(raw, one)
    rows = [row for table in found for row in table.table.to_pylist()]
    assert [(row["_offset"], row["order_id"], row["unit_price"]) for row in rows] == [
        (101, "o1", 2.5),
        (102, "o2", None),
    ]
    assert outcomes == {"archived": 2, "header-line": 1, "unreadable": 1}
    headers = [[("pandian.columns", b"unit_price,order_id")]]
    (row,) = lines([b"7,o9"], one, headers=headers)
    assert (row["order_id"], row["unit_price"]) == ("o9", 7.0)


def test_rows_of_one_record_have_places_of_their_own() -> None:
    raw = b'{"x":1}\n{"x":2}\n{"x":3}'
    assert [(row["_offset"], row["_index"]) for row in lines([raw, {"x": 4}], plan(x="text"))] == [
        (100, 0),
        (100, 1),
        (100, 2),
        (101, 0),
    ]
    mixed = b"a,b\nc,d,e\n"
    places = [(row["_offset"], row["_index"]) for row in lines([mixed, b"f,g"], plan(c1="text"))]
    assert len(set(places)) == len(places)


@settings(deadline=None)
@given(
    st.lists(st.dictionaries(st.text(alphabet='ab.[]"_é', max_size=3), json_values, max_size=4), max_size=6)
)
def test_any_json_is_archived_row_by_row(rows: list[Any]) -> None:
    """Names, nesting and types of any sort: as many rows as records, and files that read back."""
    raw = [orjson.dumps(row) if _sound(row) else json.dumps(row).encode() for row in rows]
    decoded = BatchDecoder().decode(raw, None, Kinds())
    kinds = ("text", "double", "int64", "bool", "timestamp", "date")
    paths = sorted({one.path for group in decoded.groups for one in group.columns})
    one = plan(**{path: column(path, kinds[place % 6]) for place, path in enumerate(paths)})
    found, outcomes = tables(raw, one)
    assert outcomes["archived"] + outcomes["unreadable"] == len(rows)
    for table in found:
        sink = pa.BufferOutputStream()
        pq.write_table(table.table, sink)
        assert pq.read_table(pa.BufferReader(sink.getvalue())).num_rows == table.table.num_rows


def _sound(row: Any) -> bool:
    try:
        orjson.dumps(row)
    except TypeError:
        return False
    return True


def test_kinds_find_their_asset_by_name_or_by_fields() -> None:
    orders = plan("shop:orders", order="text", total="double")
    clicks = plan("shop:clicks", user="text", item="text")
    decoder, kinds = BatchDecoder(), Kinds()
    groups = decoder.decode(
        [b'{"user":1,"item":2}', b'{"order":1,"total":2}', b'{"order":1,"total":2,"gift":true}', b'{"q":1}'],
        None,
        kinds,
    ).groups
    by_names = {
        tuple(one.path for one in group.columns): asset_for(group.kind, group, [orders, clicks])
        for group in groups
    }
    assert by_names["user", "item"] is clicks
    assert all(found is orders for names, found in by_names.items() if "order" in names)
    assert asset_for("avro:clicks", groups[1], [orders, clicks]) is clicks
    assert asset_for("anything", groups[0], [orders]) is orders


def day_table(day: int, first: int, count: int, asset: str = "shop", **more: Any) -> DayTable:
    rows = [{"_offset": first + number, "_index": 0, "x": "y" * 50, **more} for number in range(count)]
    return DayTable(asset, date.fromordinal(738_000 + day), pa.Table.from_pylist(rows))


def written(tables: SegmentTables, folder: Path, one: AssetPlan | None = None) -> dict[ArchiveFile, pa.Table]:
    found = {}
    for number, file in enumerate(tables.files()):
        tables.write(file, one, folder / str(number))
        found[file] = pq.read_table(folder / str(number))
    return found


@pytest.mark.parametrize("most", [1, 1 << 30])
def test_a_segment_becomes_files_whether_it_fits_memory_or_not(tmp_path: Path, most: int) -> None:
    with SegmentTables(Segment("a" * 32, 0, 0, 100), most) as tables:
        for number in range(5):
            tables.add(
                [day_table(0, 10 * number, 10), day_table(1, 50 + number, 1, **{f"c{number}": number})]
            )
        found = list(written(tables, tmp_path, plan(x="text")).items())
        folder = tables._folder
    assert folder is None or not Path(folder.name).exists()
    (first, one), (second, other) = found
    assert one.column("_offset").to_pylist() == list(range(50))
    assert first.rows == 50
    assert second.rows == 5
    assert other.column("c3").to_pylist() == [None, None, None, 3, None]
    meta = orjson.loads(one.schema.metadata[b"pandian"])
    assert meta == {"format": 1, "asset": "shop", "semantic_types": {"x": "unknown"}}


def test_times_of_any_day_make_no_more_files_than_there_may_be(tmp_path: Path) -> None:
    with SegmentTables(Segment("a" * 32, 0, 0, 1000)) as tables:
        for number in range(1000):
            tables.add([day_table(number, number, 1)])
        files = tables.files()
        found = written(tables, tmp_path)
    assert len(files) == MOST_DAYS
    assert sum(table.num_rows for table in found.values()) == 1000


def test_a_disk_that_is_full_is_an_error_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: Any, **__: Any) -> Any:
        raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space"), SegmentTables(Segment("a" * 32, 0, 0, 9), 1) as tables:
        monkeypatch.setattr(segment.pq, "write_table", full)
        tables.add([day_table(0, 0, 5)])
    assert tables._folder is not None
    assert not Path(tables._folder.name).exists()


def test_the_state_is_read_back() -> None:
    kinds = Kinds()
    BatchDecoder().decode([b'{"a":1}', b'{"b":1}'], None, kinds)
    one = plan(
        "shop:x",
        "at",
        hidden=["n"],
        at=column("at", "timestamp", reader="iso", rules=[{"date": ""}, ["why"]]),
    )
    state = ArchiveState(
        "shop",
        Source(TOPIC_ID, 3),
        7,
        9,
        {"shop:x": one},
        {"shop:x": frozenset({"at"})},
        kinds.state(),
        {"archived": 7},
    )
    found = ArchiveState.decode(state.encode())
    assert found == state
    assert found.sorter().state() == kinds.state()
    with pytest.raises(Exception, match="format 99"):
        ArchiveState.decode(state.encode().replace(b'"format":1,', b'"format":99,'))

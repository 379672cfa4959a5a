from datetime import UTC, datetime

import pytest

from pandian.times import time_reader
from streams.commands.producing.times import find_time_field, value_at

MOMENT = datetime(2010, 12, 1, 8, 26, tzinfo=UTC).timestamp()


@pytest.mark.parametrize(
    "value",
    [
        "2010-12-01 08:26:00",
        "2010-12-01T08:26:00Z",
        "2010-12-01T16:26:00+08:00",
        "2010-12-01 08:26:00 UTC",
        "2010/12/01 08:26",
        "12/1/2010 8:26",
        "01.12.2010 08:26",
        "2010年12月01日 08:26",
        "Wed, 01 Dec 2010 08:26:00 GMT",
        "01/Dec/2010:08:26:00 +0000",
        str(int(MOMENT)),
        int(MOMENT),
        MOMENT * 1e3,
        str(int(MOMENT * 1e6)),
        int(MOMENT * 1e9),
        datetime(2010, 12, 1, 8, 26),
    ],
)
def test_times_are_read_as_utc_seconds(value):
    assert time_reader([value])(value) == MOMENT


def test_slashes_are_day_first_when_a_month_cannot_be():
    reader = time_reader(["12/1/2010 8:26", "13/1/2010 8:26"])
    assert reader("12/1/2010 8:26") == datetime(2010, 1, 12, 8, 26, tzinfo=UTC).timestamp()


@pytest.mark.parametrize(
    "values", [["red", "blue"], [True, False], ["12", "13"], [], [None, ""], ["20101"], [{}]]
)
def test_what_is_no_time(values):
    assert time_reader(values, "created_at") is None


def test_a_few_bad_values_do_not_hide_a_time():
    reader = time_reader(["2010-12-01"] * 19 + ["never"])
    assert reader("never") is None
    assert reader("2010-12-01") is not None


def test_the_time_field_is_the_one_whose_values_and_name_say_so():
    rows = [
        {"id": 1_290_000_000 + n, "birth": "1990-01-01", "order": {"time": f"2010-12-01 08:{n}"}}
        for n in range(10, 30)
    ]
    assert find_time_field(rows) == "order.time"
    assert find_time_field([{"id": 1_290_000_000}]) is None
    assert find_time_field([{"ts": 1_290_000_000}]) == "ts"
    assert find_time_field([{"when": 5}]) is None
    assert find_time_field([]) is None


def test_paths_reach_into_objects_and_names_may_have_dots():
    row = {"a": {"b": 1}, "c.d": 2, "e": [1]}
    assert [value_at(row, path) for path in ("a.b", "c.d", "a.x", "e.f", "a")] == [1, 2, None, None, {"b": 1}]

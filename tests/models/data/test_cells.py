import math
from datetime import UTC, datetime

import numpy as np
import pytest

from models.data.cells import identifiers, shape, times

MS = 1_322_728_000_000


@pytest.mark.parametrize(
    "column",
    [
        [1_322_728_000, 1_322_728_001],
        [1_322_728_000.0, "1322728001"],
        ["1322728000000", "1322728001000"],
        [1_322_728_000_000_000, 1_322_728_001_000_000],
        ["1322728000000000000", "1322728001000000000"],
        ["2011-12-01T08:26:40Z", "2011-12-01 08:26:41"],
        ["2011-12-01 08:26:40 UTC", "2011-12-01T10:26:41+02:00"],
        [datetime(2011, 12, 1, 8, 26, 40, tzinfo=UTC), datetime(2011, 12, 1, 8, 26, 41)],
    ],
)
def test_times_in_many_spellings(column):
    assert np.round(times(column)).tolist() == [MS, MS + 1000]


def test_the_unit_is_that_of_the_column_not_of_the_value():
    assert times([1_322_728_000, 5, 1_322_728_001])[1] == 5000


@pytest.mark.parametrize(
    "value", [None, "", "yesterday", "NaN", math.nan, math.inf, [1], {"a": 1}, 1e300, "1" * 400]
)
def test_what_is_no_time(value):
    found = times([MS, value, MS + 1])
    assert np.isfinite(found).tolist() == [True, False, True]


def test_no_times():
    assert times([]).shape == (0,)


def test_identifiers():
    given = [" a ", 17850, 17850.0, "17850.0", "017", 1.5, "é"]
    assert identifiers(given) == ["a", "17850", "17850", "17850", "017", "1.5", "é"]


@pytest.mark.parametrize(
    "value", [None, "", "  ", "NaN", "null", "n/a", math.nan, math.inf, True, [1], {}, "x" * 257, "\ud800"]
)
def test_what_is_no_identifier(value):
    assert identifiers(["a", value, "b"]) == ["a", None, "b"]


@pytest.mark.parametrize("value", ["-", "--", "无", "Unknown", " ? ", "undefined", "(null)"])
def test_what_says_that_there_is_none_is_none_as_in_a_stream(value):
    assert identifiers([value]) == [None]


def test_true_is_not_taken_for_one():
    assert identifiers([True, 1, True]) == [None, "1", None]


def test_shapes_tell_no_values():
    assert shape("ada@example.com 12") == "aaa@aaaaaaa.aaa 99"
    assert len(shape("9" * 500)) <= 41

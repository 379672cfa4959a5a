import pytest

from models.data.columns import find_columns
from models.exceptions import DataError


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("user_id,item_id,timestamp", ("user_id", "item_id", "timestamp")),
        (
            "user_id:token,item_id:token,rating:float,timestamp:float",
            ("user_id:token", "item_id:token", "timestamp:float"),
        ),
        ("SessionId,ItemId,Time", ("SessionId", "ItemId", "Time")),
        ("InvoiceNo,StockCode,InvoiceDate,CustomerID", ("CustomerID", "StockCode", "InvoiceDate")),
        ("session_id,USER-ID,item id,TimeStamp", ("USER-ID", "item id", "TimeStamp")),
        (" user_id , item_id , ts ", (" user_id ", " item_id ", " ts ")),
    ],
)
def test_columns_are_found_by_name(header, expected):
    found = find_columns("f.csv", header.split(","))
    assert (found.user, found.item, found.time) == expected


def test_action_and_weight_are_found():
    found = find_columns("f", ["user", "item", "time", "event_type", "weight"])
    assert (found.action, found.weight) == ("event_type", "weight")


@pytest.mark.parametrize(
    ("header", "missing"),
    [
        ("user_id,item_id", "timestamp"),
        ("a,b,timestamp", "user_id and a column item_id"),
        ("", "user_id and a column item_id and a column timestamp"),
    ],
)
def test_what_is_missing_is_named(header, missing):
    with pytest.raises(DataError, match=missing) as raised:
        find_columns("f.csv", [name for name in header.split(",") if name])
    assert "f.csv" in raised.value.value
    assert "rename the columns" in raised.value.fix

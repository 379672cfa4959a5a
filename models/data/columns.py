"""Which column is the user, the item and the time: by its name."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from models.data.cells import shape
from models.exceptions import DataError

#: What columns are called, letters and digits only: the first that is there is taken.
NAMES: Mapping[str, tuple[str, ...]] = {
    "user_id": (
        "userid", "user", "uid", "customerid", "customer", "memberid", "buyerid", "visitorid", "clientid",
        "reviewerid", "userno", "deviceid", "sessionid", "session",
    ),
    "item_id": (
        "itemid", "item", "iid", "productid", "product", "sku", "stockcode", "articleid", "goodsid", "movieid",
        "asin", "parentasin", "gtin",
    ),
    "timestamp": (
        "timestamp", "time", "ts", "datetime", "eventtime", "date", "unixtime", "unixreviewtime", "createdat",
        "invoicedate", "orderdate", "eventdate",
    ),
    "action": ("action", "eventtype", "event", "behaviortype", "behaviourtype", "behavior", "behaviour"),
    "weight": ("weight",),
}  # fmt: skip
#: ``user_id:token``: RecBole's atomic files name the type behind the column.
_TYPE = re.compile(r":(token|float|token_seq|float_seq)$")


@dataclass(frozen=True, slots=True)
class Columns:
    """The names that a file gives to what is needed."""

    user: str
    item: str
    time: str
    action: str | None = None
    """Left out rows with an action that says nothing for the item."""
    weight: str | None = None
    """Left out rows of no weight."""


def find_columns(name: str, columns: Sequence[str], *, named: bool = True) -> Columns:
    """Tell which of a file's columns are user, item and time.

    Args:
        name: of the file, for errors.
        columns: its column names.
        named: whether they surely are; the first line of a file without a header is values, which no error may show.

    Raises:
        DataError: naming what is missing and what is there.
    """
    plain = {
        re.sub(r"[^a-z0-9]", "", _TYPE.sub("", column.strip().lower())): column for column in columns[::-1]
    }
    found = {
        role: next((plain[spelled] for spelled in spellings if spelled in plain), None)
        for role, spellings in NAMES.items()
    }
    missing = [role for role in ("user_id", "item_id", "timestamp") if found[role] is None]
    if missing:
        sure = named or len(missing) < 3
        names = [column if sure else shape(column) for column in columns[:12]]
        shown = ", ".join(names) + (" …" if len(columns) > 12 else "") or "no columns"
        raise DataError(
            f"{name}: {shown}" if sure else f"{name}: {shown} (9 and a stand for digits and letters)",
            f"must have a column {' and a column '.join(missing)}",
            "rename the columns to user_id, item_id and timestamp"
            if sure
            else "name them so in the first line of the file",
        )
    return Columns(
        str(found["user_id"]),
        str(found["item_id"]),
        str(found["timestamp"]),
        found["action"],
        found["weight"],
    )

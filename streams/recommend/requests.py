"""What may be asked, by topic or by HTTP, and what is wrong with what may not."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import orjson

from pandian.events import Request
from streams.features.base import LATEST
from streams.features.incoming import is_id
from streams.recommend import filters as of_items

MOST = 1_000
"""Items in an answer, in a session, and among those that are to be scored."""
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_RULE = "text of 1 to 256 bytes without control characters"


class RequestError(ValueError):
    """A request that cannot be answered: ``code`` for programs and metrics, the message for people.

    The message holds no value, as it may be logged; ``part`` is which part of the request it is about, if it is one.
    """

    def __init__(self, code: str, message: str, part: str | None = None) -> None:
        self.code = code
        self.part = part
        super().__init__(message)


def decode(value: bytes | None) -> Request:
    """Return a request as it stands on ``pandian.requests``; keys that are not known are passed over.

    Raises:
        RequestError: when it is none.
    """
    try:
        found = orjson.loads(value)  # type: ignore[arg-type]  # of None too it says that it is no JSON
    except orjson.JSONDecodeError:
        found = None
    if not isinstance(found, dict):
        raise RequestError("bad-json", "a request is a JSON object")
    return check(
        request_id=found.get("request_id"),
        user_id=found.get("user_id"),
        k=found.get("k"),
        session=found.get("session"),
        items=found.get("items"),
        filters=found.get("filters"),
        time=found.get("time"),
        diversity=found.get("diversity"),
        explain=found.get("explain"),
    )


def check(
    *,
    request_id: Any,
    user_id: Any,
    k: Any,
    session: Any,
    items: Any,
    filters: Any,
    time: Any,
    diversity: Any = None,
    explain: Any = None,
) -> Request:
    """Return a request of these parts; None is what was left out.

    Raises:
        RequestError: naming the part and its rule.
    """
    if not _may_be_asked(request_id):
        raise RequestError("bad-request-id", f"request_id must be {_RULE}")
    check_user(user_id)
    k = check_count(k)
    time = 0 if time is None else time
    if type(time) is not int or not 0 <= time < LATEST:
        rule = "time must be epoch milliseconds, from 0 to the year 9999; leave it out for now"
        raise RequestError("bad-time", rule, "time")
    return Request(
        request_id,
        user_id,
        k,
        _ids("session", session),
        _unique(_ids("items", items)),
        check_filters(filters),
        time,
        check_diversity(diversity),
        check_explain(explain),
    )


def check_count(k: Any) -> int:
    """Return how many items are asked for; None is what was left out.

    Raises:
        RequestError: naming the rule.
    """
    k = 10 if k is None else k
    if type(k) is not int or not 1 <= k <= MOST:
        raise RequestError("bad-k", f"k must be a whole number from 1 to {MOST}; leave it out for 10", "k")
    return k


def check_diversity(diversity: Any) -> float:
    """Return how diverse an answer is to be; None is what was left out.

    Raises:
        RequestError: naming the rule.
    """
    if diversity is None:
        return 0.0
    if type(diversity) not in (int, float) or not 0 <= diversity <= 1:
        raise RequestError(
            "bad-diversity", "diversity must be a number from 0 to 1; leave it out for 0", "diversity"
        )
    return float(diversity)


def check_explain(explain: Any) -> bool:
    """Return whether an answer is to be explained; None is what was left out.

    Raises:
        RequestError: naming the rule.
    """
    if explain is not None and type(explain) is not bool:
        raise RequestError("bad-explain", "explain must be true or false; leave it out for false", "explain")
    return bool(explain)


def check_item(item_id: Any) -> None:
    """Check that something may be the id of an item.

    Raises:
        RequestError: naming the rule.
    """
    if not _may_be_asked(item_id):
        raise RequestError("bad-item", f"item_id must be {_RULE}")


def check_user(user_id: Any) -> None:
    """Check that something may be the id of a user.

    Raises:
        RequestError: naming the rule.
    """
    if not _may_be_asked(user_id):
        raise RequestError("bad-user", f"user_id must be {_RULE}")


def _may_be_asked(value: Any) -> bool:
    """Tell whether a value is an id that somebody may have meant: control characters come of broken addresses."""
    return is_id(value) and _CONTROL.search(value) is None


def _ids(name: str, found: Any) -> tuple[str, ...]:
    if found is None:
        return ()
    if not isinstance(found, Sequence) or isinstance(found, str) or len(found) > MOST:
        raise RequestError(f"bad-{name}", f"{name} must be at most {MOST} items; leave the others out", name)
    if not all(map(_may_be_asked, found)):
        raise RequestError(
            f"bad-{name}", f"{name} must be ids of items, {_RULE}; leave out what is none", name
        )
    return tuple(found)


def _unique(items: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(items))


def check_filters(found: Any) -> Mapping[str, Any]:
    """Return filters as :mod:`streams.recommend.filters` takes them; None is what was left out.

    Raises:
        RequestError: naming the filter and its rule.
    """
    if found is None or found == {}:
        return {}
    if not isinstance(found, dict) or not found.keys() <= set(of_items.NAMES):
        raise RequestError("bad-filters", f"filters may hold {', '.join(of_items.NAMES)}, and nothing else")
    name = of_items.wrong(found)
    if name is not None:
        raise RequestError("bad-filters", f"{name} must be {of_items.RULES[name]}", name)
    return found

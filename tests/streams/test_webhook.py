"""What is posted of an alert, and when the next attempt is due."""

from __future__ import annotations

import orjson
import pytest
from pydantic import SecretStr

from pandian.errors import SettingError
from pandian.events import Alert, encode
from pandian.settings import load_settings
from streams.webhook import LONGEST_WAIT, Attempt, Webhook, _attempt, body, wait_before

ALERT = Alert("a1", "drift", "firing", "shop.orders.price mean", "10^8", 0.3, 1, 2, "The mean changed.")
TOKEN = "T0ps3cret"


def posted(**changes: object) -> dict[str, object]:
    found = body(orjson.dumps({**orjson.loads(encode(ALERT)), **changes}))
    assert found is not None
    read: dict[str, object] = orjson.loads(found)
    return read


def test_it_is_the_alert_with_a_text_for_people() -> None:
    found = posted(runbook="docs/runbooks/drift.md")
    text = "[firing] The mean changed. Runbook: docs/runbooks/drift.md"
    assert found["text"] == text
    assert (found["msg_type"], found["content"]) == ("text", {"text": text})
    same = orjson.loads(encode(ALERT))
    assert {name: found[name] for name in same if name not in ("text", "runbook")} == {
        name: same[name] for name in same if name not in ("text", "runbook")
    }


def test_the_likeliest_causes_are_named() -> None:
    cause = {
        "asset": "shop.items",
        "field": "price",
        "before": "mean 4.2",
        "after": "mean 0.1",
        "evidence": "10^9",
    }
    found = posted(
        causes=[cause, {**cause, "field": ""}, *[{**cause, "field": f"f{number}"} for number in range(9)]]
    )
    assert str(found["text"]).endswith(
        " Moved at the same time: shop.items.price (mean 4.2 → mean 0.1); shop.items (mean 4.2 → mean 0.1);"
        " shop.items.f0 (mean 4.2 → mean 0.1)."
    )
    causes = found["causes"]
    assert isinstance(causes, list)
    assert len(causes) == 11


@pytest.mark.parametrize(
    ("status", "retry_after", "attempt"),
    [
        (204, "", Attempt("delivered")),
        (301, "", Attempt("failed", "answered 301")),
        (404, "", Attempt("failed", "answered 404")),
        (413, "", Attempt("refused", "answered 413")),
        (429, "7", Attempt("failed", "answered 429", 7.0)),
        (503, "86400", Attempt("failed", "answered 503", 600.0)),
        (503, "Fri, 31 Dec 2027 23:59:59 GMT", Attempt("failed", "answered 503")),
    ],
)
def test_an_answer_says_whether_to_try_again_and_when(
    status: int, retry_after: str, attempt: Attempt
) -> None:
    assert _attempt(status, retry_after) == attempt


def test_data_calls_nobody() -> None:
    found = posted(text="The values of <!channel> changed: @all, @Here, <at user_id='all'>, sasrec@3")
    assert (
        found["text"] == "[firing] The values of ‹!channel› changed: all, Here, ‹at user_id='all'›, sasrec@3"
    )


def test_a_long_text_is_cut_and_what_to_do_is_not() -> None:
    found = posted(text="x" * 10_000, runbook="docs/runbooks/drift.md")
    text = str(found["text"])
    assert len(text) == 3_000
    assert text.endswith("… Runbook: docs/runbooks/drift.md")


@pytest.mark.parametrize("record", [b"", b"no json", b"[]", b"7", b'{"alert_id": "a"}'])
def test_what_is_no_alert_is_not_posted(record: bytes) -> None:
    assert body(record) is None


def test_waits_double_up_to_a_minute() -> None:
    for attempt, longest in ((1, 0.5), (2, 1.0), (4, 4.0), (8, LONGEST_WAIT), (10_000, LONGEST_WAIT)):
        waits = [wait_before(attempt) for _ in range(50)]
        assert longest / 2 <= min(waits) < max(waits) <= longest


def test_an_address_is_told_without_its_secrets() -> None:
    said = str(Webhook(SecretStr(f"https://{TOKEN}:{TOKEN}@chat.example/{TOKEN}?key={TOKEN}")))
    assert said == "https://chat.example"


@pytest.mark.parametrize(
    "address",
    [f"ftp://host/{TOKEN}", f"host/{TOKEN}", f"https:///{TOKEN}", f"http://h:{TOKEN}/", f"http://h/ {TOKEN}"],
)
def test_a_wrong_address_is_refused_and_not_shown(address: str) -> None:
    with pytest.raises(
        SettingError, match=r"PANDIAN_ALERT_WEBHOOK=\*\*\*.* must be http://host/path"
    ) as error:
        load_settings(alert_webhook=address)
    assert TOKEN not in str(error.value)
    assert TOKEN not in repr(load_settings(alert_webhook=f"https://host/{TOKEN}"))

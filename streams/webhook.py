"""Posts alerts to a webhook: what is posted, one attempt at it, and how long to wait before the next."""

from __future__ import annotations

import random
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Literal

import aiohttp
import orjson
from pydantic import SecretStr
from yarl import URL

#: An attempt is given up after so many seconds: a webhook that hangs is one that is away.
TIMEOUT_SECONDS = 4.0
#: Seconds before the second attempt; each further wait is twice as long, up to the longest.
_FIRST_WAIT = 0.5
LONGEST_WAIT = 60.0
#: No receiver's ``Retry-After`` is followed for longer.
_LONGEST_ASKED = 600.0
#: Answers that say that this very alert will never be taken; all others are of the webhook, and may change.
_REFUSED = frozenset({400, 413, 422})
#: Causes that the text names; all are in the alert.
_CAUSES = 3
#: Characters of a text that a chat shows without cutting it.
_LONGEST_TEXT = 3_000
#: What chats take for a call to everybody. Names of fields and values come from data, and anybody may have written it.
_MENTION = re.compile(r"@(?=(?:all|channel|everyone|here)\b)", re.IGNORECASE)
_MARKUP = str.maketrans({"<": "‹", ">": "›"})


@dataclass(frozen=True, slots=True)
class Attempt:
    """What one attempt came to."""

    outcome: Literal["delivered", "failed", "refused"]
    """``failed``: another attempt may succeed; ``refused``: none will."""
    reason: str = ""
    """Why it was not delivered, without anything of the address."""
    wait: float = 0.0
    """Seconds that the receiver asks to be left alone."""


def body(record: bytes) -> bytes | None:
    """Return what is posted of a record of ``pandian.alerts``; None when it is no alert.

    It is the alert itself with its ``text`` made for people: its state, what happened, the likeliest causes, and what
    to do. Slack,
    Mattermost and the like show ``text``; Feishu and Lark want the same under ``msg_type`` and ``content``.
    """
    try:
        alert: dict[str, Any] = orjson.loads(record)
        said = f"[{alert['state']}] {alert['text']}{_causes(alert.get('causes') or ())}"
        runbook = f" Runbook: {alert['runbook']}" if alert.get("runbook") else ""
    except (ValueError, LookupError, TypeError):
        return None
    room = _LONGEST_TEXT - len(runbook)
    text = said if len(said) <= room else f"{said[: room - 1]}…"
    shown = _MENTION.sub("", f"{text}{runbook}".translate(_MARKUP))
    return orjson.dumps({**alert, "text": shown, "msg_type": "text", "content": {"text": shown}})


def _causes(causes: Sequence[Mapping[str, str]]) -> str:
    """Return the first causes in words, where there are any."""
    places = [
        f"{'.'.join(filter(None, (one['asset'], one['field'])))} ({one['before']} → {one['after']})"
        for one in causes[:_CAUSES]
    ]
    return f" Moved at the same time: {'; '.join(places)}." if places else ""


def wait_before(attempt: int) -> float:
    """Return how many seconds to wait before an attempt, 1 being the second: doubled each time, up to a minute.

    Half of it is drawn, so that workers of several clusters do not come back at the same moment.
    """
    longest = min(LONGEST_WAIT, _FIRST_WAIT * 2.0 ** min(attempt - 1, 16))
    return longest * random.uniform(0.5, 1.0)


class Webhook:
    """One URL, which it never tells. Use as an asynchronous context manager.

    Args:
        url: where to post; http or https, checked by the settings.
        timeout: seconds that an attempt may take.
    """

    def __init__(self, url: SecretStr, timeout: float = TIMEOUT_SECONDS) -> None:
        self._url = URL(url.get_secret_value())
        self._timeout = aiohttp.ClientTimeout(total=timeout)
        self._session: aiohttp.ClientSession | None = None

    def __str__(self) -> str:
        """Return the scheme and the host: user, path and query may be a secret."""
        return f"{self._url.scheme}://{self._url.host}"

    async def post(self, content: bytes) -> Attempt:
        """Post once. A redirect is not followed: it would hand the alert to somebody else."""
        assert self._session is not None  # noqa: S101 - entered
        headers = {"Content-Type": "application/json"}
        try:
            async with self._session.post(
                self._url, data=content, headers=headers, allow_redirects=False
            ) as answer:
                return _attempt(answer.status, answer.headers.get("Retry-After", ""))
        except TimeoutError:
            return Attempt("failed", f"no answer within {self._timeout.total:g} s")
        except (aiohttp.ClientError, OSError, ValueError) as error:
            # Only the kind of error: some say the whole address.
            return Attempt("failed", type(error).__name__)

    async def __aenter__(self) -> Webhook:
        self._session = aiohttp.ClientSession(timeout=self._timeout)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._session is not None:
            await self._session.close()


def _attempt(status: int, retry_after: str) -> Attempt:
    if 200 <= status < 300:
        return Attempt("delivered")
    wait = min(float(retry_after), _LONGEST_ASKED) if retry_after.isdecimal() else 0.0
    return Attempt("refused" if status in _REFUSED else "failed", f"answered {status}", wait)

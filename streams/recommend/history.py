"""What a user did: what the stream knows of it, and what they did in this visit."""

from __future__ import annotations

from collections.abc import Sequence

from streams.features.base import Event


def with_session(known: Sequence[Event], session: Sequence[str], now: int) -> list[Event]:
    """Return a history followed by the items of a session, oldest first.

    What the stream has taken of the session already is not in it twice: the longest beginning of the session with which
    the history ends.
    """
    items = [event.item_id for event in known[-len(session) :]] if session else []
    repeated = next(
        (
            size
            for size in range(min(len(items), len(session)), 0, -1)
            if tuple(items[-size:]) == tuple(session[:size])
        ),
        0,
    )
    return [*known, *(Event(item, "view", now) for item in session[repeated:])]

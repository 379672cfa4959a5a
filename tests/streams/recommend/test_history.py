"""A history and a session, which may overlap."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from streams.features.base import Event
from streams.recommend.history import with_session

items = st.lists(st.sampled_from("abc"), max_size=8)


def history(names) -> list[Event]:
    return [Event(name, "cart", number) for number, name in enumerate(names)]


@given(items, items)
def test_the_longest_beginning_of_the_session_that_is_known_already_is_not_there_twice(
    known, session
) -> None:
    found = with_session(history(known), session, 99)
    joined = [event.item_id for event in found]
    # The shortest list that begins with the history and ends with the session.
    shortest = next(
        known + session[size:]
        for size in range(min(len(known), len(session)), -1, -1)
        if known[len(known) - size :] == session[:size]
    )
    assert joined == shortest
    assert found[: len(known)] == history(known)
    assert all((event.action, event.time) == ("view", 99) for event in found[len(known) :])


def test_without_a_session_nothing_changes() -> None:
    assert with_session(history("ab"), (), 5) == history("ab")
    assert with_session([], ("a",), 5) == [Event("a", "view", 5)]

"""A model that answers and knows little of what is popular is said, once."""

from __future__ import annotations

import logging

import pytest

from streams.recommend.knowing import Knowing


@pytest.fixture
def warned(caplog):
    caplog.set_level(logging.WARNING)
    return lambda: [record.getMessage() for record in caplog.records if "popular now" in record.getMessage()]


@pytest.mark.parametrize(("strangers", "share"), [(20, "50.0"), (180, "10.0"), (0, None)])
async def test_how_much_of_what_is_popular(served, popular_entry, warned, strangers, share) -> None:
    knowing = Knowing(served.live, served.champion)
    knowing.look()
    await served.promote(popular_entry)
    knowing.look()
    assert warned() == []  # nothing is popular yet
    known = served.champion.ranker.runtime.catalogue[:20]
    rows = [(f"u{number}", item) for number, item in enumerate(known)]
    rows += [(f"v{number}", f"stranger {number}") for number in range(strangers)]
    served.know(*rows)
    for _ in range(2):
        knowing.look()
    if share is None:
        assert warned() == []
    else:
        (said,) = warned()
        assert said.startswith(f"popularity@{popular_entry.version} knows the items of {share} % of what is")

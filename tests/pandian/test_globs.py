"""Patterns of topics: what can match is left alone, what cannot is said before anything is connected to."""

from __future__ import annotations

from fnmatch import fnmatchcase

import pytest

from pandian.errors import UsageError
from pandian.globs import check_glob


@pytest.mark.parametrize(
    "glob",
    ["*", "shop.*", "shop.orders", "a?c", "[ab]*", "[!ab]*", "[a-c]x", "[]]*", "[!]]*", "x[-_.]y"],
)
def test_patterns_that_can_match_are_left_alone(glob: str) -> None:
    assert check_glob("--topics", glob) == glob


@pytest.mark.parametrize(
    ("glob", "said"),
    [
        ("", "--topics '': must name a topic or a pattern of topics; leave it out"),
        ("  ", "--topics '  ': must name a topic"),
        ("[", "--topics '[': opens a [ that is not closed; close it"),
        ("shop.[ab", "opens a [ that is not closed"),
        ("[]", "opens a [ that is not closed"),
        ("[!]", "opens a [ that is not closed"),
        (
            "orders,clicks",
            "--topics orders,clicks: has a comma, which no topic's name has; give each pattern on its own",
        ),
        ("shop/orders", "has '/', which no topic's name has"),
        ("!shop", "has '!', which no topic's name has"),
        ("a b", "has ' ', which"),
        ("订单", "has '订', which"),
        ("a]b", "has ']', which"),
        ("[c-a]", "has brackets that no character matches; write the lesser one first"),
        ("x" * 500 + " ", "x…': has"),
        ("a\nb", r"has '\n', which"),
    ],
)
def test_what_no_topic_can_match_is_refused(glob: str, said: str) -> None:
    with pytest.raises(UsageError) as caught:
        check_glob("--topics", glob)
    assert said in str(caught.value)
    assert not any(fnmatchcase(name, glob) for name in ("shop.orders", "a", "b", "orders"))

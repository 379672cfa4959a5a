"""Field paths can be read back without doubt."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.decode.paths import child, element, names, split_array

NAMES = st.text(st.characters(codec="utf-8"), max_size=6) | st.sampled_from(
    ["", ".", "[]", 'a"b', "a.b", "\\", '"]["', "价格"]
)


@given(st.lists(NAMES, min_size=1, max_size=4))
def test_names_are_read_back(parts: list[str]) -> None:
    path = ""
    for part in parts:
        path = child(path, part)
    assert names(path) == parts


def test_common_paths_are_plain() -> None:
    assert child("", "user_id") == "user_id"
    assert child("user", "用户 id-1") == "user.用户 id-1"
    assert child(element("items"), "sku") == "items[].sku"
    assert child("x", "a.b") == 'x["a.b"]'


@pytest.mark.parametrize("path", ["a[]", "a[].b", "[]", 'a["b', "a..b"])
def test_paths_into_arrays_have_no_names(path: str) -> None:
    with pytest.raises(ValueError, match="outside arrays"):
        names(path)


@given(st.lists(NAMES, min_size=1, max_size=3), st.lists(NAMES, max_size=3))
def test_an_array_is_told_from_names_with_brackets(outer: list[str], inner: list[str]) -> None:
    array = rest = ""
    for part in outer:
        array = child(array, part)
    for part in inner:
        rest = child(rest, part)
    path = element(array)
    for part in inner:
        path = child(path, part)
    assert split_array(array) is None
    assert split_array(path) == (array, rest)
    assert names(rest) == inner


@pytest.mark.parametrize(
    ("path", "found"),
    [("a[]", ("a", "")), ("a[][].b", ("a", "[].b")), ("a.b[].c[].d", ("a.b", "c[].d")), ("", None)],
)
def test_the_outermost_array_is_split_off(path: str, found: tuple[str, str] | None) -> None:
    assert split_array(path) == found


@pytest.mark.parametrize("path", ["a[0].b", 'a["b', "a..b", "a]"])
def test_what_is_no_path_is_not_split(path: str) -> None:
    with pytest.raises(ValueError, match="not a path"):
        split_array(path)

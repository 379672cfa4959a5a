"""Names of folders and files: none hidden, none too long, none the same for two, and all read back."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pandian.archive.layout import ArchiveFile, Segment, asset_of, day_folder, folder_of, parsed

HOSTILE = [
    "",
    ".",
    "..",
    "_partial",
    "a/b",
    "../../etc/passwd",
    "a\x00b",
    "shop:orders",
    "~",
    "%",
    "%25",
    "день",
    "CON",
]
assets = st.text(max_size=60) | st.sampled_from(HOSTILE)
offsets = st.integers(0, 2**62)
files = st.builds(
    ArchiveFile,
    assets.filter(lambda name: name == name.encode("utf-8", "replace").decode()),
    st.dates(),
    st.builds(Segment, st.uuids().map(lambda one: one.hex), st.integers(0, 10**6), offsets, offsets),
    offsets,
)


@given(assets)
def test_folders_are_plain_names(asset: str) -> None:
    folder = folder_of(asset)
    assert folder
    assert folder.isascii()
    assert not set(folder) & set('/\\\x00:*?"<>| ')
    assert not folder.startswith((".", "_"))
    assert len(folder) <= 180


@given(st.text(max_size=3000), st.text(max_size=3000))
def test_different_assets_have_different_folders(one: str, other: str) -> None:
    def plain(text: str) -> str:
        return text.encode("utf-8", "replace").decode()

    assert (folder_of(one) == folder_of(other)) == (plain(one) == plain(other))


@given(files)
def test_files_are_read_back(file: ArchiveFile) -> None:
    found = parsed(file.path, file.bytes)
    assert found is not None
    assert found.segment == file.segment
    assert (found.day, found.rows) == (file.day, file.rows)
    assert folder_of(found.asset) == folder_of(file.asset) or "~" in found.asset


@pytest.mark.parametrize("asset", ["shop.orders", "shop.orders:订单", "Orders", "", "_x", ".x"])
def test_assets_are_read_back(asset: str) -> None:
    assert asset_of(folder_of(asset)) == asset


def test_a_very_long_name_keeps_its_beginning() -> None:
    name = "t" * 249 + ":" + "订" * 200
    assert folder_of(name).startswith("t" * 140 + "~")
    assert folder_of(name) != folder_of(name + "!")


@pytest.mark.parametrize(
    "path",
    [
        "x",
        "shop/day=2026-01-01/readme.md",
        "shop/day=2026-13-01/" + UUID(int=1).hex + "-0-0-1.1.parquet",
        "shop/2026-01-01/" + UUID(int=1).hex + "-0-0-1.1.parquet",
        "_partial/day=2026-01-01/" + UUID(int=1).hex + "-0-0-1.1.parquet",
        "a/b/day=2026-01-01/" + UUID(int=1).hex + "-0-0-1.1.parquet",
        "shop/day=2026-01-01/" + UUID(int=1).hex + "-0-0.1.parquet",
    ],
)
def test_what_is_none_of_ours_is_passed_over(path: str) -> None:
    assert parsed(path) is None


def test_names_sort_by_offset() -> None:
    segments = [Segment("a" * 32, 0, first, first + 5) for first in (0, 9, 10, 999, 10**9)]
    assert sorted(segment.stem for segment in segments) == [segment.stem for segment in segments]
    assert day_folder("x", date(2026, 1, 2)) == "x/day=2026-01-02"

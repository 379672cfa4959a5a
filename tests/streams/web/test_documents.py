import asyncio
import gzip
import json

import orjson

from streams.web.documents import Documents, encode


def test_many_viewers_cost_one_serialisation(source) -> None:
    documents = Documents(source)
    first = documents.inventory()
    assert all(documents.inventory() is first for _ in range(5))
    assert source.documents_made == 1
    assert orjson.loads(first.body) == source.content


def test_a_new_version_makes_everything_anew(source) -> None:
    documents = Documents(source)
    before = documents.inventory(), documents.summary(), documents.asset("shop.orders")
    source.content["assets"][0]["records"] += 1
    assert documents.inventory() is before[0]
    source.number += 1
    after = documents.inventory(), documents.summary(), documents.asset("shop.orders")
    assert all(a.etag != b.etag for a, b in zip(after, before, strict=True))


def test_the_same_content_keeps_its_etag_across_versions_and_restarts(source) -> None:
    etag = Documents(source).inventory().etag
    source.number = 77
    assert Documents(source).inventory().etag == etag


def test_the_summary_has_every_asset_without_the_statistics(source) -> None:
    documents = Documents(source)
    summary = orjson.loads(documents.summary().body)
    full = source.content["assets"]
    assert [asset["asset"] for asset in summary["assets"]] == [asset["asset"] for asset in full]
    for short, whole in zip(summary["assets"], full, strict=True):
        assert set(whole) - set(short) == {"history", "schema_changes", "drift", "relations", "duplicates"}
        assert all(short[key] == whole[key] for key in short if key not in {"fields", "findings"})
        assert [field["field"] for field in short["fields"]] == [field["field"] for field in whole["fields"]]
        assert not {"top", "histogram", "quantiles", "evidence"} & set(short["fields"][0])
    assert len(documents.summary().body) < len(documents.inventory().body) / 3


def test_an_asset_that_is_not_there_is_none_and_the_kept_ones_are_bounded(source) -> None:
    documents = Documents(source)
    assert documents.asset("nothing") is None
    source.asset = lambda name: {"asset": name}
    inventory = documents.inventory()
    for number in range(2000):
        documents.asset(f"asset {number}")
    assert len(documents._kept) <= 256
    assert documents.inventory().body == inventory.body


async def test_compressing_is_shared_and_survives_a_viewer_that_leaves(source) -> None:
    document = Documents(source).inventory()
    leaving = asyncio.ensure_future(document.zipped())
    await asyncio.sleep(0)
    leaving.cancel()
    one, other = await asyncio.gather(document.zipped(), document.zipped())
    assert one is other
    assert gzip.decompress(one) == document.body


def test_what_orjson_refuses_is_written_all_the_same() -> None:
    content = {
        "big": 10**30,
        "nan": float("nan"),
        "deep": [float("inf"), {"\ud800": "\ud800"}],
        "价": (1, 2.5),
    }
    assert json.loads(encode(content)) == {
        "big": 10**30,
        "nan": None,
        "deep": [None, {"\ud800": "\ud800"}],
        "价": [1, 2.5],
    }
    assert encode({"nan": float("nan")}) == b'{"nan":null}'

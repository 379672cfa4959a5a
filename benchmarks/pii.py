"""How much of what is personal is found, and how much of what is found is personal: of fields, and inside of texts.

Fields go the whole way, from records to the inventory document. They are the labelled columns of the e-commerce sets,
as whole tables; and columns of valid identifiers, and of near misses, of 5 and of 60 values, each alone in its asset.
Each has its name, a Chinese name, and none (``f3``). A field counts as found when it is masked. Without a name only
those are asked for that tell by their form: a passport number looks like many other codes.

In texts patterns find what has a form. Names and addresses in running text are out of their reach, and count as missed.
In addresses of pages, and in codes, numbers of articles and orders stand beside telephone numbers of the same form.
"""

from __future__ import annotations

import gzip
import json
import random
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, NamedTuple

import orjson

from benchmarks.base import Row, Skipped
from models.types.commerce import NAMINGS, tables
from pandian.semantics import semantic_types
from streams.decode.registry import BatchDecoder
from streams.inventory.assembly import topic_documents
from streams.inventory.masking.finders import finders
from streams.inventory.policy import default_policy
from streams.inventory.profile import BatchMeta, PartitionProfile, ProfilePolicy
from tests.support.data import data_folder
from tests.support.identifiers import NEAR, PERSONAL, Kind, column
from tests.support.identifiers.base import digits
from tests.support.identifiers.contacts import email, mobile

Document = Mapping[str, Any]

_OPAQUE = "f3"
#: Labels of the sentences that are about a person, by which a form could tell: and others.
_WITH_A_FORM = ("CREDIT_CARD", "PHONE_NUMBER", "EMAIL_ADDRESS", "IBAN_CODE", "US_SSN", "IP_ADDRESS")
_WITHOUT = ("PERSON", "STREET_ADDRESS", "AGE", "US_DRIVER_LICENSE")
_LABELS = {"MOBILE": "PHONE_NUMBER", "EMAIL": "EMAIL_ADDRESS"}
_ADDRESSES = 200
_IN_ADDRESSES = (
    "https://m.example.cn/u/MOBILE/orders",
    "/users/MOBILE",
    "/login?mobile=MOBILE&next=%2Fcart",
    "https://m.example.cn/invite?from=wxMOBILE&x=1",
    "https://m.example.cn/s?q=%20MOBILE",
    "https://m.example.cn/s?q=phone%3DMOBILE%26x",
    "加微信wxMOBILE或店内咨询",
    "user_MOBILE logged in",
    "telMOBILE",
    "EMAIL",
    "/unsubscribe?email=EMAIL&list=7",
    "https://example.com/me/EMAIL/orders",
)
_IDS_IN_ADDRESSES = (
    "https://www.example.com/item/NUMBER",
    "https://www.example.com/goods_NUMBER.html",
    "https://cdn.example.com/i/NUMBER@2x.jpg",
    "/orders/NUMBER/lines",
    "order-NUMBER-7",
    "sku NUMBER-red of order_NUMBER",
    "https://www.example.com/c/7/9e10cNUMBERa4",
)


@dataclass(frozen=True)
class Sizes:
    """How much is measured."""

    repeat: int = 1
    """Seeds."""
    sizes: tuple[int, ...] = (5, 60)
    """Values of a generated column."""


class Judged(NamedTuple):
    """One field, what it is, and what was made of it."""

    what: str
    naming: str
    personal: bool
    masked: bool
    shown: bool
    """Whether one of its values stands in the document."""


@cache
def policy() -> ProfilePolicy:
    """Return the policy of workers."""
    return default_policy(1_000)


def documents(columns: Mapping[str, Sequence[Any]], asset: str) -> dict[str, Document]:
    """Return the document of each field of an asset with these columns, as a worker would publish it."""
    profile = PartitionProfile(asset, policy())
    longest = max(map(len, columns.values()))
    rows = [
        {name: values[place] for name, values in columns.items() if place < len(values)}
        for place in range(longest)
    ]
    for start in range(0, longest, 500):
        values = [orjson.dumps(row) for row in rows[start : start + 500]]
        profile.add(BatchDecoder().decode(values), BatchMeta(bytes=sum(map(len, values)), now_ms=10**12))
    found = topic_documents([profile], asset, {"topic": asset}, policy(), now_ms=10**12)
    return {field["field"]: field for one in found.values() for field in one["fields"]}


def generated(sizes: Sizes) -> Iterator[Judged]:
    """Judge columns of identifiers and of near misses."""
    for personal, kinds in ((True, PERSONAL), (False, NEAR)):
        for kind in kinds:
            for naming, name in zip(NAMINGS, (*kind.names, _OPAQUE), strict=True):
                if personal and naming == "opaque" and not kind.formed:
                    continue
                for size in sizes.sizes:
                    for seed in range(sizes.repeat):
                        yield _one(kind, naming, name, column(kind, size, seed), personal)


def _one(kind: Kind, naming: str, name: str, values: Sequence[Any], personal: bool) -> Judged:
    (found,) = documents({name: values}, "t").values()
    text = orjson.dumps(found).decode()
    shown = any(len(str(value)) > 4 and str(value) in text for value in values)
    return Judged(kind.name, naming, personal, found["masked"], shown)


def labelled() -> Iterator[Judged]:
    """Judge the columns of the e-commerce sets; those that may be personal or not without a name are left out."""
    folder = data_folder()
    if folder is None:
        raise Skipped("no real data: PANDIAN_TEST_DATA names no folder")
    known = semantic_types()
    for table in tables(folder):
        for naming in NAMINGS:
            names = table.names(naming)
            found = documents(dict(zip(names, table.values, strict=True)), table.set)
            for label, name in zip(table.labels, names, strict=True):
                classes = {known[one].masked for one in label.right(naming)}
                if len(classes) == 1:
                    masked = bool(_field(found, name)["masked"])
                    yield Judged(f"{table.set} {label.column}", naming, classes.pop(), masked, not masked)


def _field(found: Mapping[str, Document], name: str) -> Document:
    return found[name] if name in found else next(one for path, one in found.items() if name in path)


def sentences() -> list[tuple[str, list[tuple[int, int, str]]]]:
    """Return the sentences with their spans: start, end, label."""
    folder = data_folder()
    if folder is None:
        raise Skipped("no real data: PANDIAN_TEST_DATA names no folder")
    with gzip.open(folder / "pii-en" / "spans.json.gz") as file:
        rows = json.load(file)
    return [
        (
            row["full_text"],
            [(one["start_position"], one["end_position"], one["entity_type"]) for one in row["spans"]],
        )
        for row in rows
    ]


def chinese() -> list[tuple[str, list[tuple[int, int, str]]]]:
    """Return Chinese sentences with the spans of names and addresses."""
    folder = data_folder()
    if folder is None:
        raise Skipped("no real data: PANDIAN_TEST_DATA names no folder")
    found = []
    with gzip.open(folder / "cluener" / "dev.json.gz", "rt", encoding="utf-8") as file:
        text = file.read()
    decoder, place = json.JSONDecoder(), 0
    while place < len(text):
        row, place = decoder.raw_decode(text, place)
        while place < len(text) and text[place].isspace():
            place += 1
        spans = [
            (start, end + 1, label)
            for label in ("name", "address")
            for places in row["label"].get(label, {}).values()
            for start, end in places
        ]
        found.append((row["text"], spans))
    return found


def addresses() -> list[tuple[str, list[tuple[int, int, str]]]]:
    """Return addresses of pages, and codes, that hold a mobile number or an e-mail address; and some that hold ids."""
    chance = random.Random("addresses")
    found: list[tuple[str, list[tuple[int, int, str]]]] = []
    for _ in range(_ADDRESSES):
        for text in _IN_ADDRESSES:
            before, label, behind = text.partition("MOBILE") if "MOBILE" in text else text.partition("EMAIL")
            value = mobile(chance) if label == "MOBILE" else email(chance).replace("@", "%40")
            span = (len(before), len(before) + len(value), _LABELS[label])
            found.append((before + value + behind, [span]))
        found += [(text.replace("NUMBER", digits(chance, 11, "1")), []) for text in _IDS_IN_ADDRESSES]
    return found


def in_texts(
    texts: Sequence[tuple[str, list[tuple[int, int, str]]]],
) -> tuple[Counter[str], Counter[str], int, int]:
    """Return spans by label, those of them that were found, all finds, and those that are right."""
    wanted: Counter[str] = Counter()
    hit: Counter[str] = Counter()
    finds = right = 0
    for text, spans in texts:
        found = [span for finder in finders(text) for span in finder.spans(text)]
        finds += len(found)
        labels = [span for span in spans if span[2] in (*_WITH_A_FORM, *_WITHOUT, "name", "address")]
        right += sum(any(_overlap(one, span) for span in labels) for one in found)
        for span in labels:
            wanted[span[2]] += 1
            hit[span[2]] += any(_overlap(one, span) for one in found)
    return wanted, hit, finds, right


def _overlap(one: tuple[int, int], span: tuple[int, int, str]) -> bool:
    return one[0] < span[1] and span[0] < one[1]


def run(sizes: Sizes) -> Iterator[Row]:
    """Measure."""
    judged = [*generated(sizes), *labelled()]
    personal = [one for one in judged if one.personal]
    masked = [one for one in judged if one.masked]
    missed = sorted({f"{one.what} ({one.naming})" for one in personal if not one.masked})
    wrong = sorted({f"{one.what} ({one.naming})" for one in masked if not one.personal})
    shown = sorted({f"{one.what} ({one.naming})" for one in personal if one.shown})
    by_naming: dict[str, list[bool]] = defaultdict(list)
    for one in personal:
        by_naming[one.naming].append(one.masked)
    shares = {naming: round(sum(found) / len(found), 4) for naming, found in by_naming.items()}
    yield Row(
        "pii_recall",
        sum(one.masked for one in personal) / len(personal),
        "of personal fields",
        f"{len(personal)} fields: valid identifiers and labelled columns, with names, translated and opaque",
        (">=", 0.98),
        {"by naming": shares, "missed": missed, "shown": shown},
    )
    yield Row(
        "pii_precision",
        sum(one.personal for one in masked) / len(masked),
        "of masked fields",
        f"{len(judged) - len(personal)} fields that are not personal, near misses among them",
        (">=", 0.95),
        {"wrong": wrong},
    )
    yield from _texts()


def _texts() -> Iterator[Row]:
    for name, texts, against in (
        ("pii_text", sentences(), "pii-en, 750 sentences"),
        ("pii_text_zh", chinese(), "cluener dev, names and addresses: none has a form"),
        (
            "pii_url",
            addresses(),
            f"{_ADDRESSES} each of {len(_IN_ADDRESSES)} forms, {len(_IDS_IN_ADDRESSES)} of ids",
        ),
    ):
        wanted, hit, finds, right = in_texts(texts)
        by_label = {label: f"{hit[label]} of {count}" for label, count in wanted.most_common()}
        formed = sum(hit[label] for label in _WITH_A_FORM) / max(
            1, sum(wanted[label] for label in _WITH_A_FORM)
        )
        detail = {"by label": by_label} | (
            {"recall of what has a form": round(formed, 4)} if name == "pii_text" else {}
        )
        yield Row(f"{name}_recall", hit.total() / wanted.total(), "of personal spans", against, detail=detail)
        yield Row(f"{name}_precision", right / max(1, finds), "of finds", f"{finds} finds in {against}")

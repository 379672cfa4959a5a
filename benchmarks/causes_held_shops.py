"""More real data as the live topics of shops: sets that the method of ``monitoring.causes`` was not tuned on.

What no set has in one piece is put together from real pieces: who did what in which order comes from one, the wares
from another, joined by their numbers. Times and pseudonyms are as in ``benchmarks.causes_shops``. Where a set says
nothing of it, the platform or country of an act is drawn, and the quantity follows from the numbers of who and what.
"""

from __future__ import annotations

import gzip
import random
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import cycle, islice
from pathlib import Path

from benchmarks.causes_shops import (
    ITEM_EVERY,
    PERSON_EVERY,
    Record,
    Sent,
    Shop,
    moment,
    pseudonym,
    said,
    table_rows,
)

#: How long after each other acts come: an hour of the week is known of sets of 20,000.
_STEP_MS = 500
#: How far apart the acts of one person are, in acts of all.
_APART = 400.0
_PAIR = re.compile(r"COL (\w+) VAL ?(.*?)(?= ?COL |$)")


def _lines(path: Path) -> Iterator[str]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        yield from (line.rstrip("\r\n") for line in lines)


def mixed(sequences: Iterable[tuple[str, list[str]]], count: int, seed: int) -> list[tuple[str, str]]:
    """Return user and item of so many acts: each person's in their order, all persons' side by side."""
    chance = random.Random(seed)
    acts: list[tuple[float, str, str]] = []
    people = list(sequences)
    chance.shuffle(people)
    for who, items in people:
        if len(acts) > 2 * count:
            break
        place = chance.uniform(0.0, 2.0 * count)
        for item in items:
            place += chance.expovariate(1 / _APART)
            acts.append((place, who, item))
    acts.sort()
    # The first ones are of few people, who would be said to become more.
    return [(who, item) for _, who, item in acts[len(acts) // 4 :][:count]]


def _beauty(folder: Path) -> Iterator[tuple[str, list[str]]]:
    for line in _lines(folder / "amazon-beauty/sequences.txt.gz"):
        who, *items = line.split()
        yield who, items


def _films(folder: Path) -> Iterator[tuple[str, list[str]]]:
    people: dict[str, list[str]] = {}
    for line in _lines(folder / "ml-1m/ml-1m-user-item.txt.gz"):
        who, item = line.split()
        people.setdefault(who, []).append(item)
    yield from people.items()


def _wares(path: Path) -> list[dict[str, str]]:
    """Return the different wares of a set of pairs, the columns of each by name."""
    found: dict[str, dict[str, str]] = {}
    for line in _lines(path):
        for side in line.split("\t")[:2]:
            ware = {name: text.strip() for name, text in _PAIR.findall(side.strip())}
            found.setdefault(str(ware), ware)
    return [*found.values()]


def _price(text: str) -> float | None:
    return float(text) if text else None


def _store(folder: Path, count: int) -> Iterator[Sent]:
    """Amazon Beauty's people and sequences, Walmart's and Amazon's wares."""
    chance = random.Random(11)
    wares = _wares(folder / "product-matching/Walmart-Amazon-train.txt.gz")
    for place, (who, item) in enumerate(mixed(_beauty(folder), count, 11)):
        time, ware = said(moment(place, chance, _STEP_MS), iso=True), wares[int(item) % len(wares)]
        event = {"visitor_id": pseudonym(who), "product_id": f"WM{item}", "event_time": time}
        event |= {
            "quantity": 1 + (int(item) + int(who)) % 3,
            "platform": chance.choice(("web", "ios", "app")),
        }
        sent: Sent = [("store.events", event)]
        if place % ITEM_EVERY == 0:
            row = {
                "product_id": f"WM{item}",
                "title": ware["title"],
                "category": ware["category"],
                "brand": ware["brand"],
                "price": _price(ware.get("price", "")),
                "currency": "USD",
                "updated_at": time,
            }
            sent.append(("store.products", row))
        yield sent


def _titles(folder: Path) -> list[tuple[str, str]]:
    """Return Chinese product titles, each with its first brand, or nothing."""
    found: list[tuple[str, str]] = []
    letters: list[str] = []
    brand: list[str] = []
    for path in sorted((folder / "taobao-ner").glob("*train*.gz")):
        for line in _lines(path):
            parts = line.split()
            if len(parts) == 2:
                letters.append(parts[0])
                if parts[1].endswith("HPPX") and len(brand) < 6:
                    brand.append(parts[0])
            elif letters:
                found.append(("".join(letters), "".join(brand)))
                letters, brand = [], []
    return found


def _mall(folder: Path, count: int) -> Iterator[Sent]:
    """MovieLens' people, Taobao's titles and brands, categories of Chinese reviews; all fields have Chinese names."""
    chance = random.Random(12)
    titles = _titles(folder)
    kinds = sorted({row["cat"] for row in table_rows(folder / "reviews-zh/reviews.csv.gz")})
    prices = [
        float(ware.get("price", ""))
        for ware in _wares(folder / "product-matching/Amazon-Google-train.txt.gz")
        if ware.get("price")
    ]
    amounts = cycle(
        int(row["Quantity"])
        for row in islice(table_rows(folder / "online-retail/transactions.csv.gz"), 20_000)
    )
    for place, (who, item) in enumerate(mixed(_films(folder), count, 12)):
        time, number = said(moment(place, chance, _STEP_MS), iso=False), int(item)
        title, brand = titles[number % len(titles)]
        order = {
            "用户编号": pseudonym(who),
            "商品编号": f"SP{number:05d}",
            "购买数量": next(amounts),
            "下单时间": time,
            "渠道": chance.choice(("小程序", "网页", "APP")),
        }
        sent: Sent = [("mall.orders", order)]
        if place % ITEM_EVERY == 0:
            row = {
                "商品编号": f"SP{number:05d}",
                "商品名称": title,
                "类目": kinds[number % len(kinds)],
                "品牌": brand,
                "价格": prices[number % len(prices)],
                "更新时间": time,
            }
            sent.append(("mall.goods", row))
        if place % PERSON_EVERY == 0:
            sent.append(("mall.members", {"用户编号": pseudonym(who), "等级": len(who), "更新时间": time}))
        yield sent


def _wear(folder: Path, count: int) -> Iterator[Sent]:
    """Reviews of clothes, MovieLens' people in place of the nameless ones who wrote them."""
    chance = random.Random(13)
    people = cycle([who for who, _ in mixed(_films(folder), 30_000, 13)])
    rows = list(table_rows(folder / "clothing-reviews/reviews.csv.gz"))
    chance.shuffle(rows)
    for place, row in enumerate(islice(rows, count)):
        time, code = said(moment(place, chance, _STEP_MS), iso=False), f"C-{row['Clothing ID']}"
        review = {
            "customer_id": pseudonym(next(people)),
            "clothing_id": code,
            "rating": int(row["Rating"]),
            "review_title": row["Title"],
            "recommended": bool(int(row["Recommended IND"])),
            "helpful_votes": int(row["Positive Feedback Count"]),
            "reviewed_at": time,
        }
        sent: Sent = [("wear.reviews", review)]
        if place % ITEM_EVERY == 0:
            ware = {
                "clothing_id": code,
                "division": row["Division Name"],
                "department": row["Department Name"],
                "category": row["Class Name"],
                "updated_at": time,
            }
            sent.append(("wear.clothes", ware))
        yield sent


def _fashion(folder: Path, count: int) -> Iterator[Sent]:
    """ZOZOTOWN's impressions of two campaigns, side by side, and what is known of the items."""
    chance = random.Random(14)
    rows: list[tuple[str, dict[str, str]]] = []
    items: dict[str, dict[str, str]] = {}
    for campaign in ("all", "men"):
        path = folder / "open-bandit"
        rows += [(campaign, row) for row in table_rows(path / f"random-{campaign}.csv.gz")]
        for row in table_rows(path / f"random-{campaign}-items.csv.gz"):
            items[f"{campaign.upper()}{row['item_id']}"] = row
    rows.sort(key=lambda pair: pair[1]["timestamp"])
    for place, (campaign, row) in enumerate(islice(rows, count)):
        time, code = said(moment(place, chance, _STEP_MS), iso=True), f"{campaign.upper()}{row['item_id']}"
        who = pseudonym("".join(row[f"user_feature_{number}"] for number in range(4)))
        shown = {
            "user_id": who,
            "item_id": code,
            "position": int(row["position"]),
            "clicked": bool(int(row["click"])),
            "segment": row["user_feature_1"][:8],
            "shown_at": time,
        }
        sent: Sent = [("zozo.views", shown)]
        if place % ITEM_EVERY == 0:
            ware = {
                "item_id": code,
                "weight": round(float(items[code]["item_feature_0"]), 4),
                "brand": items[code]["item_feature_1"][:8],
                "category": items[code]["item_feature_2"][:8],
                "style": items[code]["item_feature_3"][:8],
                "updated_at": time,
            }
            sent.append(("zozo.items", ware))
        yield sent


def _software(folder: Path, count: int) -> Iterator[Sent]:
    """Other people of Amazon Beauty, software of Amazon and Google; the fields have German names, times are seconds."""
    chance = random.Random(15)
    wares = _wares(folder / "product-matching/Amazon-Google-valid.txt.gz")
    wares += _wares(folder / "product-matching/Abt-Buy-valid.txt.gz")
    for place, (who, item) in enumerate(mixed(_beauty(folder), count, 15)):
        time, ware = moment(place, chance, _STEP_MS) // 1000, wares[int(item) % len(wares)]
        sale = {
            "kunde_id": pseudonym(who),
            "artikel_nr": f"SW-{int(item):06d}",
            "menge": 1 + int(item) % 2,
            "zeitpunkt": time,
            "land": chance.choice(("DE", "DE", "DE", "AT", "CH")),
        }
        sent: Sent = [("laden.bestellungen", sale)]
        if place % ITEM_EVERY == 0:
            row = {
                "artikel_nr": f"SW-{int(item):06d}",
                "titel": ware.get("title") or ware.get("name") or "",
                "marke": ware.get("manufacturer", ""),
                "preis": _price(ware.get("price", "")),
                "waehrung": "EUR",
                "geaendert_am": time,
            }
            sent.append(("laden.artikel", row))
        yield sent


def _electro(folder: Path, count: int) -> Iterator[Sent]:
    """Other people of MovieLens, wares of Abt and Buy; the fields have Spanish names, times are texts."""
    chance = random.Random(16)
    wares = _wares(folder / "product-matching/Abt-Buy-train.txt.gz")
    for place, (who, item) in enumerate(mixed(_films(folder), count, 16)):
        time, ware = said(moment(place, chance, _STEP_MS), iso=True), wares[int(item) % len(wares)]
        order = {
            "cliente_id": pseudonym(who, "electro"),
            "producto_id": f"EL{int(item):05d}",
            "cantidad": 1 + int(who) % 4,
            "fecha": time,
            "pais": chance.choice(("ES", "ES", "MX", "AR")),
        }
        sent: Sent = [("tienda.pedidos", order)]
        if place % ITEM_EVERY == 0:
            row = {
                "producto_id": f"EL{int(item):05d}",
                "nombre": ware.get("name", ""),
                "descripcion": ware.get("description", "")[:80],
                "categoria": ware.get("name", "").split(" ")[0],
                "precio": _price(ware.get("price", "")),
                "actualizado": time,
            }
            sent.append(("tienda.productos", row))
        yield sent


_Sender = Callable[[Path, int], Iterator[Sent]]


def shop(name: str, sent: _Sender, acts: str, fields: Record) -> Shop:
    """Return a shop of named fields."""
    return Shop(name=name, sent=sent, acts=acts, step_ms=_STEP_MS, **fields)


#: Those that were looked at while the method was mended, those that were looked at once, after which it was mended
#: again, and the one that was kept until its last measurement.
SEEN: Mapping[str, Shop] = {
    "walmart-beauty": shop(
        "walmart-beauty", _store, "store.events",
        {
            "item": "product_id", "user": "visitor_id", "time": "event_time", "iso": True,
            "catalogue": "store.products", "key": "product_id", "feature": "category", "price": "price",
            "currency": "currency", "number": "quantity", "title": "title", "brand": "brand",
        },
    ),
    "taobao-ml-1m": shop(
        "taobao-ml-1m", _mall, "mall.orders",
        {
            "item": "商品编号", "user": "用户编号", "time": "下单时间", "iso": False,
            "catalogue": "mall.goods", "key": "商品编号", "feature": "类目", "price": "价格",
            "number": "购买数量", "title": "商品名称", "brand": "品牌",
        },
    ),
}  # fmt: skip
ONCE: Mapping[str, Shop] = {
    "clothing-reviews": shop(
        "clothing-reviews", _wear, "wear.reviews",
        {
            "item": "clothing_id", "user": "customer_id", "time": "reviewed_at", "iso": False,
            "catalogue": "wear.clothes", "key": "clothing_id", "feature": "category", "number": "rating",
        },
    ),
    "open-bandit": shop(
        "open-bandit", _fashion, "zozo.views",
        {
            "item": "item_id", "user": "user_id", "time": "shown_at", "iso": True,
            "catalogue": "zozo.items", "key": "item_id", "feature": "category", "brand": "brand",
        },
    ),
    "software-beauty": shop(
        "software-beauty", _software, "laden.bestellungen",
        {
            "item": "artikel_nr", "user": "kunde_id", "time": "zeitpunkt", "iso": False,
            "catalogue": "laden.artikel", "key": "artikel_nr", "feature": "titel", "price": "preis",
            "currency": "waehrung", "number": "menge", "brand": "marke",
        },
    ),
}  # fmt: skip
FRESH: Mapping[str, Shop] = {
    "abt-ml-1m": shop(
        "abt-ml-1m", _electro, "tienda.pedidos",
        {
            "item": "producto_id", "user": "cliente_id", "time": "fecha", "iso": True,
            "catalogue": "tienda.productos", "key": "producto_id", "feature": "categoria", "price": "precio",
            "number": "cantidad", "title": "nombre",
        },
    ),
}  # fmt: skip

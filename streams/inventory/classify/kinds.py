"""What kind of records an asset holds: from the types of its fields together, and weakly from its name."""

from __future__ import annotations

import re
from collections.abc import Mapping, Set
from typing import NamedTuple

from streams.inventory.base import Classification

#: Least confidence of a field to count.
_COUNTS = 0.45

_WHO = frozenset({"user_id", "session_id", "device_id"})
_WHAT = frozenset({"item_id", "sku", "gtin"})
_PERSON = frozenset(
    {
        "person_name",
        "email",
        "phone",
        "gender",
        "age",
        "birth_date",
        "occupation",
        "national_id",
        "full_address",
    }
    | {"street_address", "bank_card"}
)
_ITEM = frozenset(
    {"item_name", "item_description", "brand", "category", "category_code", "item_model", "color", "size"}
    | {"material", "price", "attributes", "condition"}
)
_WHEN = frozenset({"timestamp", "date"})
#: What only a catalogue tells of an item, and only a profile of a person.
_CATALOGUE = frozenset({"item_description", "gtin", "item_model", "availability", "condition", "material"})
_PROFILE = frozenset({"birth_date", "gender", "age", "occupation"})
#: What only a page or an app sends along.
_PAGE = frozenset({"session_id", "device_id", "user_agent", "url", "platform"})


class _Kind(NamedTuple):
    """A kind: each of ``needs`` must have one of its types, none of ``lacks`` may be there."""

    name: str
    needs: tuple[frozenset[str], ...]
    lacks: frozenset[str] = frozenset()


def _one(*types: str) -> frozenset[str]:
    return frozenset(types)


#: What else has a name and an address: who ordered something, and a shop.
_NO_PROFILE = _WHAT | _one("order_id", "item_name", "opening_hours")

#: In the order in which they are tried: the more specific combination first.
_KINDS = (
    _Kind(
        "searches", (_one("search_query"),), _one("order_id", "review_text", "amount", "price") | _CATALOGUE
    ),
    _Kind(
        "reviews",
        (_one("review_text"), _one("rating", "label", "item_id", "user_id", "category")),
        _one("order_id"),
    ),
    _Kind("impressions", (_WHAT, _one("position", "score"), _one("label", "score", "event_id"))),
    # What people do on pages and in apps; a purchase is one of the things they do.
    _Kind("behaviour", (_WHO, _one("event_type"), _WHEN, _PAGE)),
    _Kind(
        "payments",
        (_one("payment_method", "bank_card", "bank_account"), _one("amount")),
        _WHAT | _PROFILE | _one("item_name"),
    ),
    _Kind("orders", (_one("order_id"), _WHAT | _one("amount", "price", "quantity", "item_name"))),
    _Kind("orders", (_one("order_id"), _one("order_status")), _one("text")),
    _Kind(
        "behaviour",
        (_WHO, _WHAT, _one("event_type", "rating", "label", "duration") | _WHEN),
        _PERSON | _CATALOGUE,
    ),
    _Kind("behaviour", (_WHO | _one("email"), _one("event_type"), _WHEN | _one("url", "event_id"))),
    _Kind("behaviour", (_WHO, _one("url"), _WHEN), _PERSON | _one("ip_address")),
    _Kind(
        "inventory",
        (_WHAT, _one("quantity", "availability")),
        _WHO | _one("order_id", "item_name", "price", "brand"),
    ),
    _Kind("users", (_one("user_id"), _PERSON), _WHAT | _one("order_id", "event_type")),
    _Kind("users", (_one("person_name"), _PERSON - _one("person_name")), _NO_PROFILE),
    _Kind("users", (_one("email", "phone"), _PERSON - _one("email", "phone", "person_name")), _NO_PROFILE),
    _Kind("users", (_one("email"), _one("phone")), _NO_PROFILE),
    _Kind("items", (_WHAT, _CATALOGUE), _one("order_id", "session_id", "event_type")),
    _Kind("items", (_WHAT, _ITEM), _WHO | _one("order_id")),
    _Kind("items", (_one("item_name"), _ITEM - _one("item_name")), _WHO | _one("order_id")),
    _Kind("behaviour", (_one("session_id", "user_id"), _WHAT)),
    _Kind("orders", (_WHAT, _one("quantity"), _one("price", "amount"), _WHEN)),
    _Kind("logs", (_WHEN, _one("ip_address", "user_agent", "url"))),
)

#: Words of an asset's name, and the kind they speak for.
_WORDS = {
    "behaviour": "behaviour behavior event events click clicks view views interaction interactions 行为 点击",
    "orders": "order orders invoice invoices transaction transactions sale sales purchase purchases checkout commande "
    "commandes bestellung bestellungen bestelling bestellingen auftrag auftraege pedido pedidos ordine ordini 订单 "
    "交易",
    "items": "item items product products catalog catalogue goods movie movies book books sku skus artikel produkt "
    "produkte produit produits producto productos prodotto prodotti produto produtos 商品 产品",
    "users": "user users customer customers member members account accounts profile profiles people kunde kunden "
    "client clients klanten cliente clientes clienti contacts subscribers 用户 会员 客户",
    "searches": "search searches query queries 搜索",
    "reviews": "review reviews comment comments feedback rating ratings 评论 评价",
    "impressions": "impression impressions exposure exposures 曝光",
    "payments": "payment payments refund refunds billing charge charges payout payouts settlement settlements paypal "
    "stripe adyen klarna zahlungen paiements pagos pagamenti pagamentos 支付 付款",
    "inventory": "inventory inventories stock stocks warehouse 库存",
    "logs": "log logs audit trace traces access 日志",
}
_KIND_OF_WORD = {word: kind for kind, text in _WORDS.items() for word in text.split()}
_PIECES = re.compile(r"[A-Z]?[a-z]+|[A-Z]+|[\u4e00-\u9fff]{2}")

#: Without a full combination, one of these types and the asset's name are enough.
_ENOUGH: dict[str, frozenset[str]] = {
    "behaviour": _WHO | _WHAT | _one("event_type"),
    "orders": _one("order_id", "amount", "order_status", "price", "quantity") | _WHAT,
    "items": _WHAT | _ITEM,
    "users": _PERSON | _one("user_id"),
    "searches": _one("search_query", "text"),
    "reviews": _one("rating", "review_text", "text"),
    "impressions": _WHAT | _one("position", "label", "score"),
    "payments": _one("payment_method", "amount", "currency", "order_id"),
    "inventory": _WHAT | _one("quantity", "availability"),
    "logs": _WHEN | _one("text"),
}
#: Where the asset's name decides between two combinations that both hold.
_RIVALS = frozenset(
    {("behaviour", "reviews"), ("impressions", "behaviour"), ("orders", "payments"), ("items", "inventory")}
    | {("payments", "orders"), ("behaviour", "impressions"), ("orders", "behaviour"), ("inventory", "items")}
    | {("behaviour", "orders")}
)


def kind_of(asset: str, fields: Mapping[str, Classification]) -> str:
    """Return the kind of an asset, one of :data:`pandian.semantics.KINDS`; ``other`` when nothing speaks for one."""
    types = {one.semantic_type for one in fields.values() if one.confidence >= _COUNTS}
    named = _named(asset)
    found = next((kind.name for kind in _KINDS if _holds(kind, types)), "other")
    plausible = named is not None and bool(_ENOUGH[named] & types)
    if named and plausible and (found == "other" or (found, named) in _RIVALS):
        return named
    return found


def _holds(kind: _Kind, types: Set[str]) -> bool:
    return all(need & types for need in kind.needs) and not kind.lacks & types


def _named(asset: str) -> str | None:
    """Return the kind that the last telling word of the asset's name speaks for."""
    words = [word.lower() for word in _PIECES.findall(asset)]
    return next((_KIND_OF_WORD[word] for word in reversed(words) if word in _KIND_OF_WORD), None)

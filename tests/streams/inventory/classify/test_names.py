"""Field names into words, whatever the convention."""

from __future__ import annotations

import pytest

from streams.inventory.classify.index import RuleIndex, phrases
from streams.inventory.classify.lexicon import ABBREVIATIONS, CHINESE
from streams.inventory.classify.rules import all_rules

INDEX = RuleIndex(all_rules())


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("CustomerID", "customer id"),
        ("customer_id", "customer id"),
        ("customer-id", "customer id"),
        ("customerid", "customer id"),
        ("CUSTOMER_ID", "customer id"),
        ("Clothing ID", "clothing id"),
        ("customer.id", "customer id"),
        ("data.customer.id", "customer id"),
        ("user_id:token", "user id"),
        ("movie_title:token_seq", "movie title"),
        ("UnitPrice", "unit price"),
        ("unitprice", "unit price"),
        ("InvoiceNo", "invoice number"),
        ("invoiceno", "invoice number"),
        ("StockCode", "stock code"),
        ("qty", "quantity"),
        ("line_items[].qty", "line item quantity"),
        ("dateOfBirth", "date of birth"),
        ("phoneNumbers", "phone number"),
        ("XMLHttpURL", "xml http url"),
        ("is_new", "is new flag"),
        ("num_items", "number item count"),
        ("num_iid", "number item id"),
        ("discount", "discount"),
        ("用户ID", "user id"),
        ("用户id", "user id"),
        ("收货人姓名", "consignee full name"),
        ("收货地址", "shipping address"),
        ("下单时间", "order time"),
        ("商品名称", "item name"),
        ("订单编号", "order number"),
        ("身份证号", "identity number"),
        ("联系人手机号", "contact person mobile number"),
        ("", ""),
        ("...", ""),
        ("[]", ""),
    ],
)
def test_words(path: str, words: str) -> None:
    assert " ".join(INDEX._reader.read(path).words) == words


@pytest.mark.parametrize(
    "path", ["", ".", "[]", "_", "🙂", "\x00", "a" * 10_000, ".".join("a" * 5_000), "é_ñ", "单" * 500]
)
def test_any_path_is_read(path: str) -> None:
    INDEX.named(path)


def test_the_head_of_a_name_decides() -> None:
    types = {found.rule.type for found in INDEX.named("price_currency")}
    assert "currency" in types
    assert "price" not in types


def test_a_longer_phrase_weighs_more() -> None:
    weights = {found.rule.type: found.weight for found in INDEX.named("payment_method")}
    assert max(weights, key=lambda name: weights[name]) == "payment_method"


def test_what_a_name_is_written_in_is_not_what_it_means() -> None:
    assert max(INDEX.named("total_price_usd"), key=lambda found: found.weight).rule.type == "amount"
    assert max(INDEX.named("created_at_ms"), key=lambda found: found.weight).rule.type == "timestamp"


def test_patterns_are_written_out() -> None:
    assert set(phrases("order|invoice number|id")) == {
        ("order", "number"), ("order", "id"), ("invoice", "number"), ("invoice", "id")
    }  # fmt: skip
    with pytest.raises(ValueError, match="at most"):
        list(phrases("a b c d e f"))


def test_every_pattern_can_be_read_from_a_name() -> None:
    """A phrase with a word that names are never read as would be dead."""
    for rule in all_rules():
        for pattern in rule.names:
            for phrase in phrases(pattern):
                read = INDEX._reader.read("_".join(phrase)).words
                assert phrase in {read[-length:] for length in range(1, 8)}, (rule.type, phrase, read)


def test_the_lexicon_leads_to_words_of_patterns() -> None:
    known = {
        word
        for rule in all_rules()
        for pattern in rule.names
        for phrase in phrases(pattern)
        for word in phrase
    }
    known.add("is")  # 是否: what follows is a flag
    for table in (ABBREVIATIONS, CHINESE):
        for written, words in table.items():
            assert set(words.split()) & known, f"{written} leads nowhere"

"""Field names into words, whatever the convention."""

from __future__ import annotations

import pytest

from streams.inventory.classify.index import RuleIndex, phrases
from streams.inventory.classify.lexicon import ABBREVIATIONS, CHINESE
from streams.inventory.classify.lexicon_european import ACCENTED, AMONG_ROMANCE, GERMANIC, ROMANCE
from streams.inventory.classify.names import LEAF, WHOLE
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
        ("discount_codes[].code", "discount code"),
        ("addresses", "address"),
        ("categories", "category"),
        ("total_taxes", "total tax"),
        ("hits[].title", "title"),
        ("Kundennummer", "customer number"),
        ("KundenNr", "customer number"),
        ("Bestell-Nr.", "order number"),
        ('["USt-IdNr."]', "tax id number"),
        ("Straße", "street"),
        ("strasse", "street"),
        ("Größe", "size"),
        ("groesse", "size"),
        ("Artikelbezeichnung", "item title"),
        ("Rechnungsadresse", "invoice address"),
        ("geboortedatum", "birth date"),
        ("Prénom", "first name"),
        ("N° commande", "order number"),
        ("Date de commande", "order date"),
        ("adresse_de_livraison", "delivery address"),
        ("Prix unitaire HT", "net unit price"),
        ("Désignation", "title"),
        ("price-designation", "price designation"),
        ("Código postal", "postal code"),
        ("fecha_de_nacimiento", "birth date"),
        ("Correo electrónico", "email"),
        ("dirección 2", "address 2"),
        ("data_nascimento", "birth date"),
        ("data", "data"),
        ("codice_cliente", "customer code"),
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


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("quantity_purchased", "quantity"),
        ("amount_captured", "amount"),
        ("date_created", "date"),
        ("country_of_manufacture", "country"),
        ("nome_cliente", "person_name"),
        ("cliente_nome", "person_name"),
    ],
)
def test_a_head_that_comes_first_decides(path: str, expected: str) -> None:
    found = INDEX.named(path)
    assert (
        max((one for one in found if one.rule.type != "label"), key=lambda one: one.weight).rule.type
        == expected
    )


@pytest.mark.parametrize(
    ("path", "denied"),
    [
        ("review_id", "review_text"),
        ("session_number", "session_id"),
        ("meta_keywords", "search_query"),
        ("customer.state", "order_status"),
        ("tax_class_name", "category"),
        ("exchange_rate", "amount"),
    ],
)
def test_a_longer_phrase_can_deny_a_type(path: str, denied: str) -> None:
    assert denied not in {found.rule.type for found in INDEX.named(path)}


@pytest.mark.parametrize("path", ["warehouse_id", "app_id", "shipping_lines[].id", "campaign_code"])
def test_what_an_id_is_of_is_asked(path: str) -> None:
    """Only a name that is nothing but "id" takes its meaning from the fields beside it."""
    assert {found.rule.type for found in INDEX.named(path)} <= {"identifier"}


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
                read = INDEX._reader.read("_".join(word for word in phrase if word not in (LEAF, WHOLE)))
                found = {one for reading in read.readings() for one, _ in reading}
                assert phrase in found, (rule.type, phrase, read)


def test_the_lexicon_leads_to_words_of_patterns() -> None:
    known = {
        word
        for rule in all_rules()
        for pattern in rule.names
        for phrase in phrases(pattern)
        for word in phrase
    }
    known.add("is")  # 是否: what follows is a flag
    for table in (ABBREVIATIONS, CHINESE, GERMANIC, ROMANCE, ACCENTED, AMONG_ROMANCE):
        for written, words in table.items():
            assert set(words.split()) & known, f"{written} leads nowhere"

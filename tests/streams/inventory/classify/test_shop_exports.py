"""Exports of shops as they are: what a person says each column is, what such records are, and what must be masked.

The values are made up in the form of the real exports: of Shopify, WooCommerce, Stripe, Magento, Amazon, Taobao, Google
Merchant Center and Google Analytics, and of European shops.
"""

from __future__ import annotations

from typing import Any

import pytest

from pandian.semantics import semantic_types
from streams.inventory.base import Classification
from streams.inventory.classify import RuleClassifier
from streams.inventory.classify.model import shipped
from tests.streams.inventory.classify.examples import EMAILS, EPOCHS, INSTANTS, LONG, TITLES, UUIDS, evidence

CLASSIFIER = RuleClassifier(shipped())

PEOPLE = ["Ann Smith", "Bob Jones", "Cy Young", "Dora Lee", "Eli Fox"]
FIRST, LAST = [name.split()[0] for name in PEOPLE], [name.split()[1] for name in PEOPLE]
STREETS = ["15 Park Row", "7 Mill Lane", "221 Baker Street"]
PHONES = ["+442079460958", "+493012345678", "+33142685300"]
CODES = ["TSH-0001-XL", "MUG-0002", "HOD-0033-S", "JKT-0104-M"]
SUMS = ["12.50", "129.00", "8.25", "77.10"]
COMMA = ["12,50", "1.129,00", "8,25", "77,10"]
OPAQUE = [
    f"{letters}{number}Xq7Zt0Lm4" for number, letters in enumerate(("aB", "Cd", "eF", "Gh", "iJ"), 1000)
]

#: Name, kind, and for each column its values and its type.
EXPORTS: list[tuple[str, str, dict[str, tuple[list[Any], str]]]] = [
    (
        "shopify_export",
        "orders",
        {
            "Name": (["#1001", "#1002", "#1003"], "order_id"),
            "Email": (EMAILS, "email"),
            "Financial Status": (["paid", "refunded"], "order_status"),
            "Subtotal": (SUMS, "amount"),
            "Shipping": (["0.00", "4.95", "9.95"], "amount"),
            "Taxes": (SUMS, "amount"),
            "Lineitem sku": (CODES, "sku"),
            "Lineitem name": (TITLES, "item_name"),
            "Billing Zip": (["'10002", "'LS1 4AP", "'90210"], "postal_code"),
            "Billing Street": (STREETS, "street_address"),
            "Billing Name": (PEOPLE, "person_name"),
            "Payment Method": (["Shopify Payments"] * 20, "payment_method"),
            "Vendor": (["Acme", "Lumen"], "brand"),
        },
    ),
    (
        "shopify_webhook",
        "orders",
        {
            "id": ([450789469, 450789470], "order_id"),
            "app_id": ([580111] * 20, "identifier"),
            "admin_graphql_api_id": (
                [f"gid://shopify/Order/{number}" for number in range(45, 55)],
                "identifier",
            ),
            "total_price": (SUMS, "amount"),
            "total_tip_received": (["0.00", "2.50"], "amount"),
            "financial_status": (["paid", "pending"], "order_status"),
            "payment_gateway_names[]": (["shopify_payments"] * 20, "payment_method"),
            "discount_codes[].code": (["SPRING"] * 20, "discount"),
            "customer.state": (["enabled", "invited"] * 20, "category_value"),
            "tax_lines[].title": (["State Tax"] * 20, "text"),
            "shipping_lines[].title": (["Standard"] * 20, "delivery_method"),
            "shipping_lines[].id": ([1001, 1002, 1003], "identifier"),
            "line_items[].id": ([11, 12, 13], "identifier"),
            "line_items[].product_id": ([71, 72, 73], "item_id"),
            "line_items[].grams": ([200, 350, 900], "weight"),
            "line_items[].name": (TITLES, "item_name"),
            "billing_address.name": (PEOPLE, "person_name"),
            "billing_address.email": (EMAILS, "email"),
        },
    ),
    (
        "woocommerce",
        "orders",
        {
            "id": ([700, 701, 702], "order_id"),
            "number": (["700", "701", "702"], "order_id"),
            "parent_id": ([0] * 20, "identifier"),
            "status": (["processing", "on-hold"], "order_status"),
            "total": (SUMS, "amount"),
            "date_created": (INSTANTS, "timestamp"),
            "payment_method_title": (["PayPal", "Überweisung"] * 10, "payment_method"),
            "shipping.company": (["Acme Ltd", "Lumen GmbH"], "organization_name"),
            "shipping.city": (["Leeds", "Boston"], "city"),
            "created_via": (["checkout"] * 20, "category_value"),
            "version": (["8.2.1"] * 20, "category_value"),
            "line_items[].product_id": ([71, 72, 73], "item_id"),
            "line_items[].price": ([1.5, 2.5, 3.5], "price"),
        },
    ),
    (
        "stripe",
        "payments",
        {
            "data.object.amount": ([1250, 3300, 825], "amount"),
            "data.object.amount_captured": ([1250, 3300, 825], "amount"),
            "data.object.currency": (["usd", "eur"], "currency"),
            "data.object.payment_method": (OPAQUE, "identifier"),
            "data.object.payment_method_details.card.brand": (["visa", "amex"], "payment_method"),
            "data.object.payment_method_details.card.last4": (["0042", "4242", "1881"], "identifier"),
            "data.object.payment_method_details.card.fingerprint": (OPAQUE, "identifier"),
            "data.object.billing_details.name": (PEOPLE, "person_name"),
            "data.object.billing_details.email": (EMAILS, "email"),
            "data.object.outcome.network_status": (["approved_by_network"] * 20, "category_value"),
        },
    ),
    (
        "magento_catalog",
        "items",
        {
            "sku": (["000001", "24-MB01", "000003"], "sku"),
            "name": (TITLES, "item_name"),
            "price": (SUMS, "price"),
            "description": (LONG, "item_description"),
            "meta_keywords": (["bag, gear"] * 20, "category_value"),
            "meta_description": (TITLES, "item_description"),
            "tax_class_name": (["Taxable Goods"] * 20, "category_value"),
            "attribute_set_code": (["Default", "Bag"] * 20, "category_value"),
            "product_online": (["1", "2"] * 50, "number"),
            "qty": (["12", "0", "7"], "quantity"),
            "country_of_manufacture": (["China", "Italy"], "country"),
        },
    ),
    (
        "amazon_report",
        "orders",
        {
            "order-id": (["100-0132308-4551658", "100-0139042-9349494"], "order_id"),
            "asin": (["B00532MVWF"], "item_id"),
            "order-item-id": (["00612188383745", "00678025463669"], "identifier"),
            "item-price": (SUMS, "price"),
            "quantity-purchased": (["1", "2", "3"] * 50, "quantity"),
            "ship-state": (["MS", "GU", "NY"], "region"),
            "fulfillment-channel": (["AFN", "MFN"] * 20, "delivery_method"),
            "tax-registration-id": ([], "identifier"),
            "ship-service-level": (["Standard", "Expedited"] * 20, "delivery_method"),
            "buyer-name": (PEOPLE, "person_name"),
        },
    ),
    (
        "taobao",
        "orders",
        {
            "订单编号": (["2000617121608161867", "2001302845055766845"], "order_id"),
            "总金额": (SUMS, "amount"),
            "买家会员名": (["tb12345678", "caijie", "wind_99"], "social_handle"),
            "买家应付货款": (SUMS, "amount"),
            "收货人姓名": (["刘玉梅", "吴艳", "陈强", "王小明", "李红"], "person_name"),
            "宝贝标题": (TITLES, "item_name"),
            "订单状态": (["交易成功", "卖家已发货，等待买家确认"] * 20, "order_status"),
            "宝贝种类": (["1"] * 20, "category_code"),
            "宝贝总数量": (["1", "2", "3"] * 50, "quantity"),
            "物流单号": (["SF000561774536", "SF001305222447"], "identifier"),
            "运送方式": (["快递", "EMS"] * 20, "delivery_method"),
            "会员级别": (["金牌", "银牌"] * 20, "category_value"),
        },
    ),
    (
        "bestellungen",
        "orders",
        {
            "Bestellnummer": (["B-100000", "B-100001"], "order_id"),
            "Kundennummer": (["10018", "10209"], "user_id"),
            "Anrede": (["Herr", "Frau"] * 20, "gender"),
            "Vorname": (FIRST, "person_name"),
            "Nachname": (LAST, "person_name"),
            "Straße": (STREETS, "street_address"),
            "PLZ": (["30313", "73068"], "postal_code"),
            "Ort": (["Fulda", "Brilon"], "city"),
            "Geburtsdatum": (["01.03.1943", "06.03.1986"], "birth_date"),
            "Artikelnummer": (["0000191", "0000260"], "item_id"),
            '["USt-IdNr."]': (["DE000095418", "DE008648694"], "identifier"),
            "Artikelbezeichnung": (TITLES, "item_name"),
            "Menge": (["1", "2", "4"] * 50, "quantity"),
            "Einzelpreis": (COMMA, "price"),
            "Gesamtbetrag": (COMMA, "amount"),
            "Versandkosten": (["4,90", "0,00"] * 20, "amount"),
            "Rabatt": (["5,00", "0,00"] * 20, "discount"),
            "Zahlungsart": (["Rechnung", "Lastschrift"] * 20, "payment_method"),
            "Status": (["versendet", "offen"], "order_status"),
        },
    ),
    (
        "commandes",
        "orders",
        {
            "N° commande": (["CMD20000", "CMD20001"], "order_id"),
            "Nom": (LAST, "person_name"),
            "Prénom": (FIRST, "person_name"),
            "Courriel": (EMAILS, "email"),
            "Adresse de livraison": (STREETS, "street_address"),
            "Référence produit": (["00022", "00164"], "item_id"),
            "Désignation": (TITLES, "item_name"),
            "Quantité": (["1", "3", "2"] * 50, "quantity"),
            "Prix unitaire HT": (COMMA, "price"),
            "Montant total TTC": (["1.038,01 €", "47,71 €"], "amount"),
            "Mode de paiement": (["Virement"] * 20, "payment_method"),
            "Numéro de suivi": (["6A00161125256", "6A00207541519"], "identifier"),
            "Date de naissance": (["25/05/1989", "09/09/1926"], "birth_date"),
        },
    ),
    (
        "pedidos",
        "orders",
        {
            "Número de pedido": (["4000", "4001"], "order_id"),
            "Cliente": (PEOPLE, "person_name"),
            "Correo electrónico": (EMAILS, "email"),
            "Teléfono": (PHONES, "phone"),
            "Código artículo": (["0149", "0005"], "item_id"),
            "Descripción": (TITLES, "item_name"),
            "Cantidad": (["1", "3"] * 50, "quantity"),
            "Precio unitario": (COMMA, "price"),
            "Importe total": (COMMA, "amount"),
            "Forma de pago": (["Tarjeta", "Bizum"] * 20, "payment_method"),
            "Estado": (["Enviado", "Pendiente"] * 20, "order_status"),
            "Provincia": (["Almería", "Huelva"], "region"),
        },
    ),
    (
        "merchant_feed",
        "items",
        {
            "id": (CODES, "item_id"),
            "title": (TITLES, "item_name"),
            "gtin": (["4006381333931"], "gtin"),
            "link": (["https://example.com/p/1", "https://example.com/p/2"], "url"),
            "brand": (["Acme", "Lumen"], "brand"),
            "price": (["12.50 USD", "8.25 EUR"], "price"),
            "availability": (["in stock", "preorder"], "availability"),
            "item_group_id": (["G0", "G1"], "identifier"),
            "gender": (["male", "female", "unisex"] * 20, "gender"),
        },
    ),
    (
        "ga4",
        "behaviour",
        {
            "event_timestamp": (EPOCHS, "timestamp"),
            "event_name": (["page_view", "purchase", "scroll"], "event_type"),
            "user_pseudo_id": (["1022246770.1323177524", "1022959639.1388610449"], "user_id"),
            "event_params.ga_session_id": (["1709308031", "1709320305"], "session_id"),
            "platform": (["WEB"] * 20, "platform"),
            "event_params.ga_session_number": (["1", "6", "2"] * 20, "number"),
            "items[].item_id": (CODES, "item_id"),
            "device.web_info.browser_version": (["119.0.0.0"] * 20, "category_value"),
            "ecommerce.transaction_id": (["T013941", "T030260"], "order_id"),
            "ecommerce.purchase_revenue": ([1.5, 2.5], "amount"),
        },
    ),
    (
        "crm",
        "users",
        {
            "customer_no": (["C000000", "C000001"], "user_id"),
            "full_name": (PEOPLE, "person_name"),
            "email": (EMAILS, "email"),
            "vat_id": (["DE000619916", "DE005819734"], "identifier"),
            "date_of_birth": (["1980-05-17", "1975-01-02"], "birth_date"),
            "card_number": (["4111111111111111", "5555555555554444"], "bank_card"),
            "lifetime_value": (SUMS, "amount"),
            "loyalty_tier": (["gold", "silver", "bronze"] * 20, "category_value"),
        },
    ),
    (
        "reviews",
        "reviews",
        {
            "review_id": (["r0", "r1", "r2"], "identifier"),
            "asin": (["B000011534"], "item_id"),
            "stars": ([1, 5, 4], "rating"),
            "headline": (["Great", "Not what I expected"], "review_text"),
            "body": (LONG, "review_text"),
            "reviewer": (["aaron16", "abarton", "wind_99"], "social_handle"),
            "rating_avg": ([4.2, 3.9], "rating"),
        },
    ),
    (
        "stock",
        "inventory",
        {
            "warehouse_id": (["WH-01", "WH-02"] * 20, "identifier"),
            "sku": (CODES, "sku"),
            "available": ([11, -3, 380], "quantity"),
            "lot_no": (["L000463", "L000648"], "identifier"),
            "reorder_point": (["20"] * 50, "quantity"),
        },
    ),
    (
        "clicks",
        "behaviour",
        {
            "uid": ([260, 175, 9], "user_id"),
            "sid": (UUIDS, "session_id"),
            "ts": (EPOCHS, "timestamp"),
            "pid": ([71, 72], "item_id"),
            "pos": ([1, 2, 40], "position"),
            "dur": ([11904, 17217], "duration"),
            "ref": (["home", "search"] * 20, "category_value"),
        },
    ),
]
NAMES = [name for name, _, _ in EXPORTS]


def classified(columns: dict[str, tuple[list[Any], str]]) -> dict[str, Classification]:
    return CLASSIFIER.fields([evidence(path, values) for path, (values, _) in columns.items()])


@pytest.mark.parametrize(("name", "kind", "columns"), EXPORTS, ids=NAMES)
def test_columns(name: str, kind: str, columns: dict[str, tuple[list[Any], str]]) -> None:
    found = classified(columns)
    expected = {path: right for path, (_, right) in columns.items()}
    assert {path: one.semantic_type for path, one in found.items()} == expected
    # Whoever reads the file by an opaque name of its own gets the same kind.
    assert CLASSIFIER.kind("file-7", found) == kind
    assert {path for path, one in found.items() if one.masked} == {
        path for path, right in expected.items() if semantic_types()[right].masked
    }

"""Exports of what stands around a shop, as they are: wallets, marketplaces, campaigns, captured changes and others.

The values are made up in the form of the real exports.
"""

from __future__ import annotations

from typing import Any

from tests.streams.inventory.classify.examples import EMAILS, LONG, TITLES, UUIDS
from tests.streams.inventory.classify.exports_of_shops import CODES, FIRST, LAST, OPAQUE, PEOPLE, SUMS

#: As in :data:`tests.streams.inventory.classify.exports_of_shops.EXPORTS`.
EXPORTS: list[tuple[str, str, dict[str, tuple[list[Any], str]]]] = [
    (
        "wallet_activity",
        "orders",
        {
            "Name": (PEOPLE, "person_name"),
            "Currency": (["GBP", "USD"], "currency"),
            "Gross": (["-41.02", "188.94", "12.00"], "amount"),
            "Net": (["-40.10", "180.94", "11.00"], "amount"),
            "From Email Address": (EMAILS, "email"),
            "Transaction ID": (["02KC8CZP4N4BJLV6E", "02RK9NVETASB00096"], "order_id"),
            "Item Title": (TITLES, "item_name"),
            "Balance": (["1,054.37", "1,059.70"], "amount"),
        },
    ),
    (
        "marketplace",
        "orders",
        {
            "Order Number": (["01-07681-63209", "01-16438-94149"], "order_id"),
            "Number of Items": (["1", "3"] * 50, "quantity"),
            "Buyer Zip": (["38562", "00848", "90210"], "postal_code"),
            "Item Number": (["007715941767", "009785539142"], "item_id"),
            "Custom Label": (CODES, "sku"),
            "Sale Date": (["Jun-29-24", "May-11-24"], "date"),
            "Shipping And Handling": (["$4.50"] * 50, "amount"),
            "Order Net": (SUMS, "amount"),
            "Total Price": (["$26.73", "$50.31"], "amount"),
        },
    ),
    (
        "campaigns",
        "other",
        {
            "Day": (["2024-06-23", "2024-08-23"], "date"),
            "Campaign": (["Brand - DE", "PMax"] * 20, "category_value"),
            "Keyword": (["winter hat", "running shoes"] * 20, "search_query"),
            "Impressions": (["1,092", "13,362", "918"], "number"),
            "CTR": (["3.83%", "5.75%", "0.40%"], "number"),
            "Cost": (SUMS, "price"),
        },
    ),
    (
        "captured_changes",
        "users",
        {
            "cust_id": ([1, 2, 3], "user_id"),
            "fname": (FIRST, "person_name"),
            "dob": ([2751, -6781, 11052], "birth_date"),
            "mob_no": (["+44 7911123456", "+44 7911123457"], "phone"),
            "email_addr": (EMAILS, "email"),
            "pwd_hash": (["$2b$12$KIXQ8abcdefghijklmnopq"], "password_or_token"),
        },
    ),
    (
        "shipments",
        "orders",
        {
            "shipment_id": (["SHP0000000", "SHP0000001"], "identifier"),
            "order_ref": (["100000", "100001"], "order_id"),
            "carrier_code": (["DHL", "UPS"] * 50, "delivery_method"),
            "tracking_no": (["1Z0088282530393441", "1Z0120170807305243"], "identifier"),
            "consignee": (PEOPLE, "person_name"),
            "pod_signature": (LAST, "person_name"),
            "declared_value": (SUMS, "amount"),
            "price_zone": (["North", "South"] * 50, "category_value"),
            "changed_by": (["aaron83", "jenniferw"], "social_handle"),
        },
    ),
    (
        "tickets",
        "other",
        {
            "ticket_id": ([9000, 9001, 9002], "identifier"),
            "requester.name": (PEOPLE, "person_name"),
            "requester.email": (EMAILS, "email"),
            "subject": (["Where is my order?", "Refund please"], "text"),
            "body": (LONG, "text"),
            "status": (["open", "solved"], "order_status"),
            "order_no": (["100000", "100001"], "order_id"),
        },
    ),
    (
        "carts",
        "orders",
        {
            "cartId": (UUIDS, "order_id"),
            "subTotalCents": ([2170, 2921, 830], "amount"),
            "lineItems[].unitPriceCents": ([1846, 2089, 900], "price"),
            "lineItems[].productId": ([71, 72, 73], "item_id"),
        },
    ),
    (
        "members",
        "users",
        {
            "会员编号": (["M000000", "M000001"], "user_id"),
            "姓名": (["刘玉梅", "吴艳", "陈强", "王小明", "李红"], "person_name"),
            "会员等级": (["普通", "黄金"] * 20, "category_value"),
            "是否黑名单": (["是", "否"] * 50, "boolean"),
            "微信号": (["wxid_0a1b2c", "wxid_9z8y7x"], "social_handle"),
            "累计消费金额": (SUMS, "amount"),
        },
    ),
    (
        "employees",
        "users",
        {
            "emp_no": (["10000", "10001"], "identifier"),
            "surname": (LAST, "person_name"),
            "work_email": (EMAILS, "email"),
            "bank_acct_no": (["00382065", "00436228"], "bank_account"),
            "passport_no": (["123456789", "987654321"], "passport_number"),
        },
    ),
    (
        "coupons",
        "other",
        {
            "coupon_code": (["227JEEL6", "239DL24P"], "discount"),
            "minimum_amount": (SUMS, "amount"),
            "customer_email": (EMAILS, "email"),
            "product_ids": (["12,15"] * 40, "category_value"),
        },
    ),
    (
        "access",
        "logs",
        {
            "remote_addr": (["203.0.113.7", "198.51.100.9"], "ip_address"),
            "time_local": (["01/Apr/2024:12:55:14 +0000", "01/Jul/2024:06:38:02 +0000"], "timestamp"),
            "request_uri": (["/p/415", "/p/495"], "url"),
            "request_time": ([0.023, 0.017], "duration"),
            "host": (["shop.example.com"] * 40, "url"),
        },
    ),
    (
        "mailings",
        "behaviour",
        {
            "email": (EMAILS, "email"),
            "event": (["open", "click", "delivered"], "event_type"),
            "timestamp": ([1709256497, 1709383254], "timestamp"),
            "sg_event_id": (OPAQUE, "event_id"),
        },
    ),
    (
        "branches",
        "other",
        {
            "store_id": (["ST000", "ST001"], "seller_id"),
            "phone": (["+442079460958", "+493012345678"], "phone"),
            "email": (EMAILS, "email"),
            "opening_hours": (["Mo-Fr 09:00-18:00", "Mo-Sa 10:00-20:00"], "opening_hours"),
        },
    ),
    (
        "ordini",
        "orders",
        {
            "Numero Ordine": (["700", "701"], "order_id"),
            "Codice Fiscale": (["RSSMRA85T10A562S"], "national_id"),
            "Partita IVA": (["12345678903", "00743110157"], "identifier"),
            "CAP": (["16024", "00133"], "postal_code"),
            "Totale Riga": (["101,13", "102,20"], "amount"),
            "UF": (["GO", "AP", "SP"] * 20, "region"),
            "Città": (["Alagna", "Bra"], "city"),
        },
    ),
]

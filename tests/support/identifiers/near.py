"""Near misses: values with the look of something personal that are none."""

from __future__ import annotations

import random
import uuid

from stdnum.cn import uscc

from tests.support.identifiers.base import Kind, Make, digits, either, faked, letters, list_of

_CODE = "0123456789ABCDEFGHJKLMNPQRTUWXY"


def organisation(chance: random.Random) -> str:
    """Return a unified social credit code: of a firm, not of a person."""
    head = f"91{chance.choice(('110105', '310104', '440305', '330106'))}{''.join(chance.choices(_CODE, k=9))}"
    return head + str(uscc.calc_check_digit(head))


def gtin(size: int) -> Make:
    """Return a maker of article numbers with their check digit."""

    def maker(chance: random.Random) -> str:
        body = chance.choice(("690", "400", "978", "501", "321", "471"))[: size - 2] + digits(
            chance, size - 4
        )
        total = sum(int(digit) * (3 - 2 * (place % 2)) for place, digit in enumerate(body[::-1]))
        return body + str(-total % 10)

    return maker


def _moment(chance: random.Random) -> int:
    return 1_500_000_000 + chance.randrange(250_000_000)


def _dated(chance: random.Random, tail: int) -> str:
    return _iso(chance).replace("-", "") + digits(chance, tail)


def _iso(chance: random.Random) -> str:
    return f"20{chance.randrange(18, 27)}-{chance.randrange(1, 13):02d}-{chance.randrange(1, 29):02d}"


def _title(chance: random.Random) -> str:
    words = list_of(
        "夏季 连衣裙 女 修身 显瘦 棉 运动鞋 男 休闲 轻便 手机壳 透明 防摔 保温杯 大容量 蓝牙 耳机 无线"
    )
    return "".join(chance.sample(words, 5))


def _product(chance: random.Random) -> str:
    words = list_of(
        "Hanging Heart Holder Red Woolly Hottie White Metal Lantern Jumbo Bag Set Of 6 Vintage "
        "Doily Pack 72 Retrospot"
    )
    return " ".join(chance.sample(words, 4)).upper()


NEAR: tuple[Kind, ...] = (
    Kind("order number of 12", "order_id", ("order_no", "订单号"), lambda c: digits(c, 12, "12345")),
    Kind(
        "order number of 16", "order_id", ("order_number", "订单编号"), lambda c: digits(c, 16, "123456789")
    ),
    Kind("order number of 18", "order_id", ("order_sn", "订单号"), lambda c: digits(c, 18, "123456789")),
    Kind("order number with its day", "order_id", ("order_id", "订单ID"), lambda c: _dated(c, 10)),
    Kind(
        "order number of 19 as number",
        "order_id",
        ("orderId", "订单号"),
        lambda c: int(digits(c, 19, "12345678")),
    ),
    Kind("invoice of 11", "order_id", ("invoice_no", "发票号码"), lambda c: digits(c, 11, "23456789")),
    Kind(
        "invoice of 12 with a letter",
        "order_id",
        ("invoice_number", "发票号"),
        lambda c: letters(c, 1) + digits(c, 11),
    ),
    Kind(
        "invoice counted up",
        "order_id",
        ("invoice_id", "发票ID"),
        lambda c: str(13_500_000_000 + c.randrange(400)),
    ),
    Kind("ean", "gtin", ("ean", "条形码"), gtin(13)),
    Kind("upc", "gtin", ("upc", "商品条码"), gtin(12)),
    Kind("gtin of 14", "gtin", ("gtin", "条码"), gtin(14)),
    Kind("epoch seconds", "timestamp", ("created_at", "创建时间"), _moment),
    Kind(
        "epoch milliseconds",
        "timestamp",
        ("timestamp", "时间戳"),
        lambda c: _moment(c) * 1000 + c.randrange(1000),
    ),
    Kind(
        "epoch microseconds as text",
        "timestamp",
        ("event_time", "事件时间"),
        lambda c: f"{_moment(c)}{digits(c, 6)}",
    ),
    Kind("iso date", "date", ("order_date", "下单日期"), _iso),
    Kind(
        "iso time",
        "timestamp",
        ("updated_at", "更新时间"),
        lambda c: f"{_iso(c)}T{c.randrange(24):02d}:{c.randrange(60):02d}:{c.randrange(60):02d}Z",
    ),
    Kind("day as digits", "date", ("dt", "日期"), lambda c: _dated(c, 1)[:8]),
    Kind("sku", "sku", ("sku", "SKU编码"), lambda c: f"{letters(c, 3)}-{letters(c, 3)}-{digits(c, 2)}"),
    Kind("sku of digits", "sku", ("sku_id", "规格编号"), lambda c: int(digits(c, 13, "34"))),
    Kind("item of 12", "item_id", ("item_id", "商品ID"), lambda c: digits(c, 12, "56")),
    Kind(
        "tracking ups",
        "identifier",
        ("tracking_number", "物流单号"),
        lambda c: f"1Z{letters(c, 3)}{digits(c, 13)}",
    ),
    Kind(
        "tracking of china",
        "identifier",
        ("tracking_no", "快递单号"),
        lambda c: c.choice(("SF", "YT", "JD")) + digits(c, 13),
    ),
    Kind("tracking of 15", "identifier", ("waybill", "运单号"), lambda c: digits(c, 15, "47")),
    Kind("price", "price", ("price", "价格"), lambda c: f"{c.uniform(1, 900):.2f}"),
    Kind("amount", "amount", ("total_amount", "订单金额"), lambda c: round(c.uniform(1, 20_000), 2)),
    Kind("quantity", "quantity", ("quantity", "数量"), lambda c: c.randrange(1, 80)),
    Kind(
        "uuid", "uuid", ("request_uuid", "UUID"), lambda c: str(uuid.UUID(int=c.getrandbits(128), version=4))
    ),
    Kind("hex", "hash", ("content_md5", "摘要"), lambda c: letters(c, 32, "0123456789abcdef")),
    Kind(
        "version",
        "text",
        ("app_version", "版本号"),
        lambda c: f"{c.randrange(1, 15)}.{c.randrange(30)}.{c.randrange(20)}",
    ),
    Kind(
        "version of four",
        "text",
        ("build_version", "版本"),
        lambda c: f"{c.randrange(90, 130)}.0.{c.randrange(4000, 7000)}.{c.randrange(300, 900)}",
    ),
    Kind(
        "package",
        "text",
        ("package", "依赖包"),
        lambda c: f"lodash@{c.randrange(1, 9)}.{c.randrange(20)}.{c.randrange(20)}",
    ),
    Kind(
        "picture",
        "image_url",
        ("image", "图片"),
        lambda c: f"https://cdn.example.com/{digits(c, 11, '1')}@2x.jpg",
    ),
    Kind("user key", "user_id", ("user_id", "用户ID"), lambda c: f"u-{digits(c, 7)}"),
    Kind("user number", "user_id", ("customer_id", "客户编号"), lambda c: c.randrange(10_000, 99_999)),
    Kind("social credit code", "organization_name", ("supplier_code", "统一社会信用代码"), organisation),
    Kind(
        "company",
        "organization_name",
        ("company_name", "公司名称"),
        either(faked("company", "en_US"), faked("company", "zh_CN")),
    ),
    Kind(
        "brand",
        "brand",
        ("brand", "品牌"),
        lambda c: c.choice(("Canon", "小米", "Nike", "华为", "Philips", "安踏", "Dyson")),
    ),
    Kind("product", "item_name", ("product_name", "商品名称"), _product),
    Kind("chinese product", "item_name", ("title", "商品标题"), _title),
    Kind(
        "city",
        "city",
        ("city", "城市"),
        either(faked("city", "en_US"), lambda c: c.choice(("北京", "深圳", "杭州", "成都"))),
    ),
    Kind(
        "province",
        "region",
        ("province", "省份"),
        lambda c: c.choice(("广东省", "浙江省", "江苏省", "四川省", "山东省")),
    ),
    Kind("postal code", "postal_code", ("zip_code", "邮编"), lambda c: digits(c, 6, "1234567")),
    Kind(
        "country",
        "country",
        ("country", "国家"),
        lambda c: c.choice(("China", "Germany", "France", "Japan", "United Kingdom")),
    ),
    Kind(
        "color",
        "color",
        ("color", "颜色"),
        lambda c: c.choice(("red", "navy blue", "白色", "黑色", "green", "黄色")),
    ),
    Kind("size", "size", ("size", "尺码"), lambda c: c.choice(("S", "M", "L", "XL", "38", "42"))),
    Kind("rating", "rating", ("rating", "评分"), lambda c: c.randrange(1, 6)),
    Kind(
        "status",
        "order_status",
        ("status", "订单状态"),
        lambda c: c.choice(("paid", "shipped", "已发货", "cancelled")),
    ),
    Kind("flag", "boolean", ("is_new", "是否新品"), lambda c: c.choice((True, False))),
    Kind("search", "search_query", ("query", "搜索词"), _title),
    Kind("review", "review_text", ("review", "评论"), faked("sentence", "en_US")),
    Kind("agent", "user_agent", ("user_agent", "浏览器标识"), faked("user_agent", "en_US")),
    Kind(
        "url",
        "url",
        ("url", "链接"),
        lambda c: f"https://shop.example.com/p/{digits(c, 11, '1')}?ref={letters(c, 4)}",
    ),
)

"""Items: what identifies and names them, where they belong, and who makes and sells them."""

from __future__ import annotations

from streams.inventory.classify.base import CODES, DENIED, Beside, Rule, words
from streams.inventory.classify.detectors import (
    DIGITS,
    both,
    each,
    either,
    key_like,
    long_text,
    matching,
    short_text,
)
from streams.inventory.classify.siblings import (
    ITEM_DETAILS,
    ITEM_SIGNS,
    ORDER_SIGNS,
    PERSON_SIGNS,
    REVIEW_SIGNS,
)
from streams.inventory.masking import checks

#: Words for what is sold or recommended.
ITEM = (
    "item|product|goods|article|merchandise|offer|listing|stock|spu|clothing|movie|book|song|track|album|video"
    "|music|news|content|game|recipe|ad|style|part|catalog|menu|plu"
)
#: Words for who sells it.
SELLER = "seller|shop|store|merchant|vendor|supplier|retailer|marketplace|partner"

_KEY = "id|number|code|key|pk|identifier|uuid"
_COMPANY = words(
    "inc llc ltd limited gmbh ag corp corporation plc llp sarl srl spa bv nv oy ab pty co kg company "
    "group university institute"
)
_COMPANY_ENDINGS = (
    "公司",
    "集团",
    "有限责任公司",
    "厂",
    "银行",
    "研究所",
    "大学",
    "工作室",
    "旗舰店",
    "专营店",
    "专卖店",
)


def _company(text: str) -> bool:
    if not 3 <= len(text) <= 120:
        return False
    if text.endswith(_COMPANY_ENDINGS):
        return True
    parts = text.casefold().replace(",", " ").replace(".", " ").split()
    return 2 <= len(parts) <= 12 and parts[-1] in _COMPANY


_TITLE = both(short_text(250, 45), either(long_text(2), short_text(60, 3)))

RULES = [
    Rule(
        type="item_id",
        names={
            f"{ITEM} {_KEY}|reference": 0.96,
            "stock|goods|material|article code|number": 0.96,
            "asin": 0.95,
            "parent|child|recommended|clicked|target item|product id": 0.96,
            "= item|product": 0.6,
            "clicked|viewed|purchased|bought|recommended item|product": 0.6,
            "line item|product id|number|key": 0.3,
            "order item|product id|number|key": 0.3,
        },
        fits=key_like,
        accepts=CODES,
        need=0.8,
        beside=(Beside(frozenset({"item_name", "price", "brand", "category"}), 0.3),),
    ),
    Rule(
        type="item_id",
        names={"= id|code": 0.3, "= object id": 0.3, "= number": 0.2},
        fits=key_like,
        accepts=CODES,
        need=0.8,
        beside=(
            Beside(frozenset({"item_name", "price", "brand", "category"}), 0.4),
            Beside(ITEM_DETAILS, 0.2),
            Beside(PERSON_SIGNS - {"gender", "age"}, -0.2),
            Beside(ORDER_SIGNS, -0.25),
        ),
    ),
    Rule(
        type="sku",
        names={
            "sku": 0.96,
            f"sku {_KEY}": 0.97,
            "variant|variation id|sku": 0.93,
            "item|product|seller sku": 0.96,
            "outer id": 0.7,
        },
        fits=key_like,
        accepts=CODES,
        need=0.7,
    ),
    Rule(
        type="sku",
        names={"custom label": 0.8},  # of a marketplace: others keep what they like there
        fits=matching(r"(?=[^0-9]{0,128}[0-9])\S{1,128}", DIGITS),
        need=0.8,
    ),
    Rule(
        type="gtin",
        names={
            "gtin|ean|upc|isbn|barcode|jan": 0.95,
            "bar code": 0.95,
            "gtin|ean|upc|isbn|barcode|bar code|number": 0.95,
            "gtin|ean|isbn 8|10|12|13|14": 0.96,
        },
        form=each(
            lambda text: checks.gtin(text.replace("-", "").removesuffix(".0").zfill(8)), needs=DIGITS + "-"
        ),
        says="are GTINs with a valid check digit",
        fits=matching(r"[0-9Xx -]{8,20}(?:\.0)?"),
        accepts=CODES,
        need=0.6,
    ),
    Rule(
        type="gtin",
        form=each(
            lambda text: len(text.replace("-", "")) >= 12 and checks.gtin(text.replace("-", "")), DIGITS
        ),
        says="are GTINs with a valid check digit",
        accepts=CODES,
        proof=0.9,
        least=3,
        chance=0.1,
    ),
    Rule(
        type="item_name",
        names={
            f"{ITEM} name|title|label": 0.95,
        },
        fits=_TITLE,
        need=0.7,
    ),
    Rule(
        type="item_name",
        names={
            "= item|product|goods": 0.55,
            "= title": 0.65,
            "^ title": 0.3,
            "= subject|headline": 0.45,
            "= description": 0.45,
            "^ description": 0.3,
            "meta|seo|short|long|default|local|variant title": 0.4,
        },
        fits=_TITLE,
        need=0.7,
        beside=(Beside(ITEM_SIGNS, 0.4), Beside(REVIEW_SIGNS, -0.4)),
    ),
    Rule(
        type="item_name",
        names={
            "= name": 0.4,
            "^ name": 0.3,
            "display|short|long|default|local|variant name": 0.4,
        },
        fits=_TITLE,
        need=0.7,
        beside=(
            Beside(ITEM_SIGNS, 0.4),
            Beside(PERSON_SIGNS - {"age", "gender"}, -0.25),
            Beside(REVIEW_SIGNS, -0.4),
            Beside(frozenset({"person_name"}), -0.4),
            Beside(frozenset({"item_name"}), -0.3),  # the item has a name already
        ),
    ),
    Rule(
        type="item_description",
        names={
            f"{ITEM} description|detail|summary|text": 0.95,
            "description": 0.7,
            "full description": 0.85,
            "body html": 0.9,
            "selling|bullet point": 0.85,
            "summary|feature|synopsis|plot": 0.5,
        },
        form=long_text(8),
        says="have eight or more words",
        need=0.5,
        beside=(Beside(ITEM_SIGNS, 0.2),),
    ),
    Rule(
        type="item_description",
        names={"short|meta|seo description": 0.85},
        form=long_text(8),
        says="have eight or more words",
        fits=short_text(512, 120),
        need=0.7,
    ),
    Rule(
        type="brand",
        names={
            "brand|manufacturer|maker": 0.93,
            "brand|manufacturer name|title": 0.95,
            "vendor": 0.6,
            "publisher|studio": 0.55,
        },
        fits=short_text(80, 8),
        need=0.7,
    ),
    Rule(
        type="item_model",
        names={
            "model": 0.8,
            "model number|name|code": 0.93,
            "product|item|device|phone|vehicle|car model": 0.9,
            "mpn": 0.93,
            "part number": 0.93,
        },
        fits=each(lambda text: len(text) <= 60 and len(text.split()) <= 8),
        accepts=CODES,
    ),
    Rule(
        type="category",
        names={
            "category": 0.93,
            "category name|path|title|tree|hierarchy": 0.95,
            f"{ITEM} category|type|group|class|line|family": 0.93,
            "category 1|2|3|4|5": 0.93,
            "category level": 0.9,
            "level category": 0.93,
            "department|division|genre": 0.88,
            "department|division|class|genre|collection|section name": 0.9,
            "collection|section|class|aisle|subclass|subcategory": 0.75,
            "sub|main|parent|primary|top|leaf|first|second|third category": 0.93,
            "tax|css|price|shipping class": DENIED,
            "tax|css|price|shipping class name": DENIED,
            "tag": 0.5,
        },
        fits=short_text(160, 16),
        need=0.7,
    ),
    Rule(
        type="category_code",
        names={
            f"category|department|division|genre|class|collection {_KEY}": 0.95,
            "category|department|genre": 0.85,
            f"{ITEM} category id": 0.96,
            f"{ITEM} category|class": 0.85,
            "category code": 0.95,
        },
        fits=key_like,
        accepts=CODES,
        need=0.8,
    ),
    Rule(
        type="seller_id",
        names={f"{SELLER} {_KEY}": 0.95, f"{SELLER}": 0.45},
        fits=key_like,
        accepts=CODES,
        need=0.8,
    ),
    Rule(
        type="organization_name",
        names={
            "company|organization|institution|employer|corporation|firm": 0.9,
            f"company|organization|institution|employer|{SELLER} name|title": 0.95,
            f"{SELLER}": 0.5,
        },
        form=each(_company),
        says="end like the name of a company",
        fits=short_text(120, 12),
        proof=0.8,
        at=0.5,
        least=2,
    ),
]

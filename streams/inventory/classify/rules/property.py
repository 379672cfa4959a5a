"""Properties of items: colour, size, material, state, number, weight, length, and what else is told in pairs."""

from __future__ import annotations

from streams.inventory.classify.base import CODES, FLAGS, NUMBERS, TEXT, Rule, words
from streams.inventory.classify.detectors import (
    DIGITS,
    all_words_among,
    among,
    any_word_among,
    anything,
    between,
    each,
    either,
    matching,
    short_text,
)

_COLORS = words(
    "black white red green blue yellow orange purple pink brown grey gray silver gold beige navy ivory "
    "cream khaki olive teal turquoise maroon burgundy magenta cyan violet lavender coral peach tan camel "
    "charcoal bronze copper mint lilac mustard multicolor multicolour transparent clear indigo fuchsia "
    "aqua champagne rose wine rust sand schwarz weiß rot grün blau gelb noir blanc rouge vert bleu 黑色 "
    "白色 红色 绿色 蓝色 黄色 橙色 紫色 粉色 粉红色 棕色 灰色 银色 金色 米色 藏青色 卡其色 酒红色 黑 白 "
    "红 绿 蓝 黄 灰 粉 紫 杏色 咖啡色 深蓝色 浅蓝色 透明"
)
_LETTER_SIZE = r"(?i:x{0,4}s|s|m|l|x{1,4}l|[2-6]xl|os|one[ -]size|free[ -]size|f|均码|大码|小号|中号|大号)"
_SIZE_UNIT = r"(?:码|cm|mm|inch|in|\"|ml|l|oz|g|kg|d|w|t|y|m)"
_SIZE = (
    rf"{_LETTER_SIZE}(?:[/-]{_LETTER_SIZE})?"
    rf"|(?:eu|us|uk|de|fr)? ?[0-9]{{1,3}}(?:[.,/][0-9]{{1,2}})?(?: ?{_SIZE_UNIT})?"
)
_MATERIALS = words(
    "cotton polyester wool silk linen leather denim nylon viscose rayon spandex elastane acrylic "
    "cashmere velvet suede bamboo wood oak pine walnut metal steel stainless aluminium aluminum brass "
    "iron glass ceramic porcelain plastic rubber silicone paper cardboard canvas fleece satin lace modal "
    "polyamide fabric fur down pu pvc marble stone crystal 棉 纯棉 羊毛 真丝 亚麻 皮革 真皮 牛仔 涤纶 "
    "聚酯纤维 尼龙 羊绒 木 实木 不锈钢 塑料 玻璃 陶瓷 硅胶 橡胶 雪纺 蕾丝"
)
_CONDITIONS = words(
    "new used refurbished renewed like_new newcondition usedcondition refurbishedcondition "
    "damagedcondition brand_new pre_owned preowned open_box second_hand secondhand very_good good "
    "acceptable fair excellent mint poor damaged for_parts opened unopened sealed unused worn defective resellable "
    "neu gebraucht neuf occasion nuevo usado nuovo usato novo 全新 二手 九成新 翻新 几乎全新"
)
_SURE_CONDITIONS = words(
    "newcondition usedcondition refurbishedcondition damagedcondition refurbished like_new brand_new "
    "pre_owned preowned open_box second_hand used 二手 九成新 翻新"
)
_AVAILABILITY = words(
    "instock in_stock outofstock out_of_stock preorder pre_order backorder back_order onlineonly "
    "instoreonly limitedavailability soldout sold_out discontinued presale available unavailable "
    "not_available available_now low_stock 有货 无货 缺货 现货 预售 售罄 已下架 在售"
)
_UNITS = words(
    "kg kgs g gr grams gram mg lb lbs pound pounds oz ounce ounces t ton kgm grm lbr onz mgm tne cm mm m "
    "km inch inches in ft feet foot yd cmt mmt mtr kmt inh fot yrd ml l liter litre liters cl gal mlt "
    "ltr pcs pc piece pieces pce ea each unit units c62 nar h87 set sets pair pairs pr box boxes bx pack "
    "packs pk carton ctn case dozen dz bottle bag roll sheet hour hur day month min kwh cal kcal 个 件 "
    "只 条 双 套 盒 箱 包 袋 瓶 罐 斤 公斤 千克 克 吨 米 厘米 毫米 升 毫升 台 部 本 张 把 支 片 组 份"
)

_NUMBER = r"[0-9]{1,7}(?:[.,][0-9]{1,4})?"
_MASS = r"(?:kgs?|gr?|gramm?s?|mg|lbs?|pounds?|oz|ounces?|tons?|t|公斤|千克|克|斤|吨)"
_RANGED = rf"(?:{_NUMBER} ?(?:-|–|to|~) ?)?{_NUMBER}"
#: "500 g", "90 - 100 lbs [40 - 45 kg]", "50 kg or 110 lbs".
_WEIGHT = rf"(?i:{_RANGED} ?{_MASS}\.?(?:[ (\[,/]{{0,3}}(?:or )?{_RANGED} ?{_MASS}[)\]]?)?)"
#: "6 grams protein".
_NUTRIENT = rf"(?i:{_NUMBER} ?(?:milli|micro)?grams?(?: [a-z]{{2,15}}){{1,2}})"
_UNIT = (
    r"(?:mm|cm|dm|m|km|in|inch|inches|ft|feet|foot|yd|yards?|mi|miles?|meters?|metres?|\"|''|'"
    r"|厘米|毫米|公分|米|公里|寸|英寸)"
)
#: "30 cm", "5' 4\" (165 cm)", "10 x 20 x 30 cm".
_LENGTH = (
    rf"(?i:{_NUMBER} ?{_UNIT}(?: ?[0-9]{{1,2}} ?(?:\\?\"|''|in))?(?: ?\({_NUMBER} ?{_UNIT}\))?"
    rf"(?: ?[x×*] ?{_NUMBER} ?{_UNIT}?){{0,2}}"
    rf"|{_NUMBER} ?[x×*] ?{_NUMBER}(?: ?[x×*] ?{_NUMBER})? ?{_UNIT}?)"
)
#: JSON objects, and "colour: red; size: XL".
_ATTRIBUTES = (
    r"(?s:\{\s*\".{0,511}|\[\s*\{.{0,511}"
    r"|[^:=;,|]{1,40}[:=：][^;|；]{1,80}(?:[;|；][^:=;,|]{1,40}[:=：][^;|；]{1,80}){1,12}[;|；]?)"
)

RULES = [
    Rule(
        type="color",
        names={"color": 0.95, "color name|code|family|group": 0.95, "perceived|base color": 0.9},
        form=any_word_among(_COLORS),
        says="name colours",
        fits=either(short_text(40, 5), matching(r"#[0-9a-fA-F]{3,8}")),
        need=0.6,
    ),
    Rule(type="color", form=among(_COLORS), says="are colours", proof=0.85, at=0.7, least=2),
    Rule(
        type="size",
        names={
            "size": 0.85,
            "size name|code|label": 0.93,
            "shoe|dress|waist|clothing|garment|product|item size": 0.95,
        },
        form=matching(_SIZE),
        says="are sizes",
        fits=each(lambda text: len(text) <= 30 and len(text.split()) <= 5),
        accepts=CODES,
        need=0.7,
    ),
    Rule(type="size", form=matching(_LETTER_SIZE), says="are letter sizes", proof=0.82, at=0.8, least=3),
    Rule(
        type="material",
        names={"material|fabric|textile": 0.93, "material|fabric name|type|composition": 0.93},
        form=any_word_among(_MATERIALS),
        says="name materials",
        fits=short_text(120, 16),
    ),
    Rule(type="material", form=all_words_among(_MATERIALS), says="are materials", proof=0.75, least=3),
    Rule(
        type="condition",
        names={"condition": 0.85, "item|product|goods|offer condition": 0.95, "condition name": 0.85},
        form=among(_CONDITIONS),
        says="are conditions of goods",
        fits=short_text(30, 3),
        need=0.7,
    ),
    Rule(type="condition", form=among(_SURE_CONDITIONS), says="are conditions of goods", proof=0.8),
    Rule(
        type="availability",
        names={
            "availability": 0.95,
            "in stock": 0.95,
            "stock|inventory|item status": 0.9,
            "available|orderable|saleable": 0.8,
            "in stock flag": 0.95,
        },
        form=either(among(_AVAILABILITY), among(words("true false yes no y n 1 0 是 否"))),
        says="say whether it can be had",
        accepts=FLAGS,
    ),
    Rule(
        type="availability", form=among(_AVAILABILITY), says="say whether it can be had", proof=0.88, at=0.8
    ),
    Rule(
        type="quantity",
        names={
            "quantity": 0.96,
            "order|ordered|item|product|stock|inventory|available quantity": 0.96,
            "sold|total|refunded|shipped|invoiced|sales quantity": 0.96,
            "quantity ordered|sold|available|shipped|invoiced|refunded|canceled": 0.96,
            "quantity on hand": 0.96,
            "stock|inventory": 0.75,
            "stock|inventory level|count": 0.9,
            "on hand": 0.8,
            "unit": 0.55,
            "unit sold|ordered": 0.93,
            "item|product|piece|sales count": 0.85,
            "purchase|cart count": 0.7,
            "= reserved|allocated|committed|incoming|available|remaining": 0.6,
            "available|reserved|allocated|safety|reorder stock|level|point": 0.8,
        },
        form=between(-1e9, 1e9, whole=True),
        says="are whole numbers",
        fits=between(-1e9, 1e9),
        accepts=NUMBERS,
        need=0.9,
        ranged=True,
    ),
    Rule(
        type="weight",
        names={
            "weight|mass": 0.9,
            "gross|net|shipping|item|product|package weight": 0.95,
            "weight g|kg|lb|gram|unit": 0.93,
            "^ gram|kilogram|kg": 0.8,
        },
        form=either(matching(_WEIGHT, DIGITS), between(0, 1e9)),
        says="are numbers or weights",
        accepts=CODES,
        need=0.7,
        ranged=True,
    ),
    Rule(
        type="weight",
        form=either(matching(_WEIGHT, DIGITS), matching(_NUTRIENT, DIGITS)),
        says="are weights with their unit",
        proof=0.85,
        at=0.7,
    ),
    Rule(
        type="length",
        names={
            "length|width|height|depth|distance|diameter|thickness": 0.85,
            "length|width|height|depth cm|mm|m|in|inch": 0.93,
            "item|product|package|sleeve|body length|width|height|depth": 0.93,
        },
        form=either(matching(_LENGTH, DIGITS), between(0, 1e9)),
        says="are numbers or lengths",
        accepts=CODES,
        need=0.7,
        ranged=True,
    ),
    Rule(
        type="length", form=matching(_LENGTH, DIGITS), says="are lengths with their unit", proof=0.8, at=0.7
    ),
    Rule(
        type="unit",
        names={
            "unit|uom": 0.8,
            "unit of measure": 0.95,
            "unit code|name|text|of measurement": 0.93,
            "weight|length|quantity|measure unit": 0.93,
        },
        form=among(_UNITS),
        says="are units of measure",
        fits=short_text(20, 3),
    ),
    Rule(
        type="unit",
        form=among(_UNITS - words("m l s in t min day case set each")),
        says="are units of measure",
        proof=0.72,
    ),
    Rule(
        type="attributes",
        names={
            "attribute|spec|specification|option|param|feature|variation|extension": 0.8,
            "sku|item|product attribute|property|properties|spec|info|option": 0.9,
            "properties|property|metadata|custom field": 0.7,
            "extra|payload": 0.5,
        },
        form=matching(_ATTRIBUTES, needs="{:=："),
        says="are names with values",
        fits=anything,
        accepts=TEXT | {"container"},
        proof=0.6,
    ),
]

"""Places: countries, regions, cities, postal codes, addresses, coordinates."""

from __future__ import annotations

import re
from functools import cache

from streams.inventory.classify.base import CODES, DENIED, NUMBERS, STRINGS, Beside, Rule, words
from streams.inventory.classify.detectors import (
    DIGITS,
    among,
    between,
    both,
    each,
    either,
    matching,
    short_text,
)
from streams.inventory.countries import country_names

#: Languages whose names of countries are known.
_LANGUAGES = ("aa", "en", "zh", "de", "fr", "es", "it", "pt", "nl", "ja")
_COUNTRY_ALIASES = words(
    "uk usa united_states_of_america us great_britain england scotland wales northern_ireland eire rsa "
    "south_korea north_korea russia czech_republic vietnam taiwan hong_kong macau holland "
    "channel_islands european_community uae korea ivory_coast iran syria laos bolivia venezuela tanzania "
    "moldova turkey macedonia swaziland 中国大陆 中国香港 中国台湾 台湾 香港 澳门 美利坚合众国"
)
_ALPHA_3 = words(
    "afg alb and ago arg arm aut aus aze bih brb bgd bel bgr bhr blr bol bra can che chl chn cmr col cri "
    "cub cyp cze deu dnk dom dza ecu est egy esp eth fin fra gbr geo gha grc gtm hkg hnd hrv hun idn irl "
    "isr ind irq irn isl ita jam jor jpn ken kgz khm kor kwt kaz lbn lka ltu lux lva lby mar mda mne mkd "
    "mmr mng mac mlt mus mex mys nga nic nld nor npl nzl omn pan per phl pak pol prt pry qat rou srb rus "
    "sau swe sgp svn svk sen slv tha tun tur twn tza ukr uga usa ury uzb ven vnm yem zaf zmb zwe"
)
_REGIONS = words(
    "alabama alaska arizona arkansas california colorado connecticut delaware florida georgia hawaii "
    "idaho illinois indiana iowa kansas kentucky louisiana maine maryland massachusetts michigan "
    "minnesota mississippi missouri montana nebraska nevada new_hampshire new_jersey new_mexico new_york "
    "north_carolina north_dakota ohio oklahoma oregon pennsylvania rhode_island south_carolina "
    "south_dakota tennessee texas utah vermont virginia washington west_virginia wisconsin wyoming "
    "district_of_columbia puerto_rico ontario québec quebec british_columbia alberta manitoba "
    "saskatchewan nova_scotia new_brunswick newfoundland_and_labrador prince_edward_island yukon nunavut "
    "new_south_wales victoria queensland south_australia western_australia tasmania england scotland "
    "wales bayern bavaria hessen niedersachsen sachsen nordrhein_westfalen baden_württemberg "
    "rheinland_pfalz thüringen brandenburg schleswig_holstein saarland sachsen_anhalt "
    "mecklenburg_vorpommern île_de_france occitanie normandie bretagne grand_est hauts_de_france "
    "nouvelle_aquitaine catalunya andalucía madrid lombardia lazio toscana piemonte veneto maharashtra "
    "karnataka tamil_nadu kerala gujarat rajasthan punjab delhi west_bengal uttar_pradesh são_paulo 北京 "
    "天津 上海 重庆 河北 山西 辽宁 吉林 黑龙江 江苏 浙江 安徽 福建 江西 山东 河南 湖北 湖南 广东 海南 "
    "四川 贵州 云南 陕西 甘肃 青海 台湾 内蒙古 广西 西藏 宁夏 新疆 香港 澳门"
)
_REGION_CODES = words(
    "AL AK AZ AR CA CO CT DE FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH NJ NM NY NC "
    "ND OH OK OR PA RI SC SD TN TX UT VT VA WA WV WI WY DC PR ON QC BC AB MB SK NS NB NL PE YT NT NU NSW "
    "VIC QLD TAS ACT GU AS MP VI FM MH PW AA AE AP"
)
_CHINESE_REGION = re.compile("[\u4e00-\u9fff]{2,8}(?:省|自治区|特别行政区)")
_CHINESE_CITY = re.compile("[\u4e00-\u9fff]{1,8}(?:市|县|区|自治州|盟|旗)")
_CITIES = words(
    "london paris berlin madrid rome vienna amsterdam brussels dublin lisbon copenhagen stockholm oslo "
    "helsinki warsaw prague budapest athens istanbul moscow kyiv zurich geneva munich hamburg frankfurt "
    "cologne barcelona milan naples manchester birmingham leeds glasgow liverpool edinburgh bristol "
    "sheffield new_york new_york_city los_angeles chicago houston phoenix philadelphia san_antonio "
    "san_diego dallas san_jose austin san_francisco seattle denver boston miami atlanta portland "
    "las_vegas toronto montreal vancouver calgary ottawa sydney melbourne brisbane perth auckland tokyo "
    "osaka kyoto seoul beijing shanghai shenzhen guangzhou hong_kong taipei singapore bangkok jakarta "
    "manila hanoi mumbai delhi bangalore chennai kolkata hyderabad dubai cairo lagos nairobi "
    "johannesburg cape_town são_paulo rio_de_janeiro buenos_aires lima bogotá santiago mexico_city 北京 "
    "上海 广州 深圳 杭州 南京 苏州 成都 重庆 武汉 西安 天津 长沙 郑州 青岛 宁波 厦门 福州 济南 合肥 大连 "
    "沈阳 哈尔滨 昆明 东莞 佛山 无锡 温州"
)
_POSTAL_PROOF = (
    r"[A-Z]{1,2}[0-9][0-9A-Z]? ?[0-9][A-Z]{2}"  # United Kingdom
    r"|[ABCEGHJ-NPRSTVXY][0-9][A-Z] ?[0-9][A-Z][0-9]"  # Canada
    r"|[0-9]{5}-[0-9]{4}|[1-9][0-9]{3} ?[A-Z]{2}|[0-9]{2}-[0-9]{3}|[0-9]{3}-[0-9]{4}|〒[0-9]{3}-[0-9]{4}"
)
_STREET_WORDS = words(
    "street st road rd avenue ave boulevard blvd lane ln drive dr way court ct place pl terrace highway "
    "hwy parkway pkwy pike circle cir trail close crescent row mews quay broadway pobox postfach rue "
    "place allée chemin impasse via viale piazza corso calle avenida plaza paseo carrer rua praça laan "
    "plein weg platz allee gasse ulica ul jalan jl"
)
_STREET_ENDINGS = (
    "straße",
    "strasse",
    "str.",
    "weg",
    "gasse",
    "allee",
    "platz",
    "straat",
    "laan",
    "gatan",
    "vägen",
)
_PO_BOX = re.compile(r"(?i:p\.? ?o\.? ?box) [0-9]{1,7}")
_CHINESE_STREET = re.compile(
    "[\u4e00-\u9fff]{1,20}(?:路|街|巷|弄|道|胡同|大道)[\u4e00-\u9fff]{0,3}[0-9一二三四五六七八九十]{1,5}[号弄]?"
)
_CHINESE_PARTS = re.compile("(?:省|市|区|县|镇|乡|村|路|街|号|栋|室|小区|大厦|单元)")
_POSTAL_END = re.compile(
    r"(?:\b[A-Z]{2,3} [0-9]{4,5}(?:-[0-9]{4})?|\b[A-Z]{1,2}[0-9][0-9A-Z]? ?[0-9][A-Z]{2})\Z"
)
_HOUSE_NUMBER = re.compile(r"#?[0-9]{1,6}[a-z]?(?:[-/][0-9]{1,5}[a-z]?)?\.?")
_TOKENS = re.compile(r"[\s,;()]+")
_DEGREES = r"-?[0-9]{1,3}\.[0-9]{1,15}"
_PAIR = rf"[(\[]?{_DEGREES}[,; ]{{1,2}}{_DEGREES}[)\]]?|POINT ?\(-?[0-9.]{{1,20}} -?[0-9.]{{1,20}}\)"


@cache
def _countries() -> frozenset[str]:
    names = {
        data[language].casefold()
        for data in country_names().values()
        for language in _LANGUAGES
        if language in data
    }
    plain = {" ".join(name.replace("-", " ").split()) for name in names if not name.startswith("*")}
    return frozenset(plain | _COUNTRY_ALIASES)


def _country(text: str) -> bool:
    return " ".join(text.casefold().replace("-", " ").split()) in _countries()


def _country_code(text: str) -> bool:
    return text.isupper() and (text in country_names() or text == "UK" or text.casefold() in _ALPHA_3)


def _chinese_address(text: str) -> bool:
    return len(_CHINESE_PARTS.findall(text[:100])) >= 3 or _CHINESE_STREET.search(text[:100]) is not None


def _street(text: str) -> bool:
    """Tell whether ``text`` has a number and a word for a street, or is a post office box."""
    if not any(map(str.isdigit, text)) or not 5 <= len(text) <= 200:
        return False
    parts = _TOKENS.split(text.casefold())
    for place, part in enumerate(parts[:25]):
        if part.rstrip(".") in _STREET_WORDS or part.endswith(_STREET_ENDINGS):
            near = parts[max(0, place - 4) : place + 4]
            if len(parts) <= 25 and any(map(_HOUSE_NUMBER.fullmatch, near)):
                return True
    return _PO_BOX.search(text) is not None or (not text.isascii() and _chinese_address(text))


def _full_address(text: str) -> bool:
    """Tell whether ``text`` is a street with a place behind it, or three parts of a Chinese address."""
    if not text.isascii() and len(_CHINESE_PARTS.findall(text[:100])) >= 3:
        return True
    if "," not in text:
        return False
    parts = [part.strip() for part in text[:200].split(",") if part.strip()]
    if (
        len(parts) >= 3
        and any(map(str.isdigit, text))
        and (_country(parts[-1]) or _POSTAL_END.search(parts[-1]))
    ):
        return True
    if not _street(text):
        return False
    return len(parts) >= 3 or (
        len(parts) == 2 and not parts[1].casefold().startswith(("suite", "apt", "unit", "#"))
    )


def _region(text: str) -> bool:
    return _CHINESE_REGION.fullmatch(text) is not None


def _city(text: str) -> bool:
    return _CHINESE_CITY.fullmatch(text) is not None


_NAMED_REGION = either(among(_REGIONS), each(_region))
_ANY_REGION = either(_NAMED_REGION, each(_REGION_CODES.__contains__))
_NAMED_CITY = either(among(_CITIES), each(_city))

RULES = [
    Rule(
        type="country",
        names={
            "country|nation": 0.95,
            "country code|name|iso|id": 0.95,
            "country of origin": 0.95,
            "origin country": 0.95,
        },
        form=either(each(_country), each(_country_code), each(lambda text: text.upper() in country_names())),
        says="are countries or their codes",
        fits=short_text(60, 7),
        need=0.6,
    ),
    Rule(type="country", form=each(_country), says="are names of countries", proof=0.88, at=0.75),
    Rule(type="country", form=each(_country_code), says="are ISO 3166 country codes", proof=0.65),
    Rule(
        type="region",
        names={
            "province|region|prefecture|county": 0.9,
            "province|region|state code|name|id": 0.92,
            "state|billing|shipping province": 0.92,
            "receiver|shipping|billing|address|home|ship|bill|delivery|recipient|customer|store state|region": 0.95,
            "geo region": 0.95,
        },
        form=_ANY_REGION,
        says="are states or provinces",
        fits=short_text(40, 5),
        accepts=STRINGS,
        need=0.7,
    ),
    Rule(
        type="region",
        names={"state": 0.7},
        form=_ANY_REGION,
        says="are states or provinces",
        fits=matching("[A-Z][^0-9_]{1,39}|[\u3400-\u9fff]{2,10}"),
        need=0.8,
        beside=(Beside(frozenset({"city", "postal_code"}), 0.25),),
    ),
    Rule(type="region", form=_NAMED_REGION, says="are names of states or provinces", proof=0.82, at=0.7),
    Rule(
        type="region",
        form=each(_REGION_CODES.__contains__),
        says="are codes of states or provinces",
        proof=0.62,
        least=2,
    ),
    Rule(
        type="city",
        names={
            "city|town|locality|municipality|village|suburb|district": 0.92,
            "postal code district|area": DENIED,
            "city name": 0.95,
            "metro": 0.6,
        },
        form=_NAMED_CITY,
        says="are names of known cities",
        fits=short_text(60, 7),
        need=0.7,
        proof=0.8,
        at=0.7,
        least=2,
    ),
    Rule(
        type="postal_code",
        names={
            "postal code": 0.97,
            "zip|post code": 0.97,
            "zip code": 0.97,
            "zip": 0.9,
            "postal": 0.8,
            "plz|pincode|cep": 0.9,
            "code postal": 0.97,
            "postal code district|sector|area": 0.95,
            "= cap": 0.8,  # the Italian one
        },
        form=matching(_POSTAL_PROOF, DIGITS),
        fits=matching(r"(?=.{0,12}[0-9])'?[0-9A-Za-z -]{3,12}(?:\.0)?"),
        accepts=CODES,
        says="have the form of British, Canadian, US+4, Dutch, Polish or Japanese postal codes",
        proof=0.8,
        at=0.8,
    ),
    Rule(
        type="street_address",
        names={
            "street": 0.93,
            "street address|name": 0.95,
            "house number": 0.8,
            "address street": 0.95,
            "address line": 0.93,
            "address line 1|2|3": 0.95,
            "address 1|2|3": 0.93,
            "street 1|2": 0.93,
            "line 1|2": 0.6,
            "address": 0.6,
        },
        form=each(_street),
        says="are streets with a number",
        fits=short_text(120, 18),
        accepts=STRINGS,
        need=0.6,
        proof=0.85,
        at=0.6,
    ),
    Rule(
        type="full_address",
        names={
            "address": 0.85,
            "shipping|billing|delivery|home|mailing|postal|customer address": 0.93,
            "user|receiver|full|work|store|contact address": 0.93,
        },
        form=each(_full_address),
        says="are addresses of several parts",
        fits=short_text(300, 40),
        need=0.6,
        proof=0.87,
        at=0.5,
    ),
    Rule(
        type="coordinates",
        names={"latitude|longitude": 0.97, "gps": 0.8},
        form=between(-180, 180),
        says="are degrees",
        accepts=NUMBERS,
        need=0.9,
    ),
    Rule(
        type="coordinates",
        names={
            "coordinate|gps|geohash|latlng|latlon|geopoint|lnglat": 0.93,
            "geo point|location|coordinate|hash": 0.93,
            "gps|geo coordinate|location": 0.93,
            "location": 0.5,
            "latitude longitude": 0.95,
            "latitude|longitude": 0.97,
        },
        form=matching(_PAIR, needs=DIGITS + "."),
        says="are pairs of degrees",
        fits=both(
            matching(r"(?=.{0,40}[0-9])[0-9A-Za-z()\[\],;.° '\"+-]{4,60}"),
            each(lambda text: len(text.split()) <= 6),
        ),
        accepts=STRINGS,
        need=0.7,
        proof=0.9,
    ),
]

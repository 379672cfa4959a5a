"""The web: addresses, devices, languages, digests."""

from __future__ import annotations

import ipaddress
import re

from streams.inventory.classify.base import CODES, STRINGS, Rule, words
from streams.inventory.classify.detectors import (
    all_words_among,
    among,
    each,
    either,
    key_like,
    matching,
    short_text,
)

_LANGUAGE_CODES = words(
    "aa ab af am ar as az be bg bn bo bs ca cs cy da de el en eo es et eu fa fi fil fr fy ga gl gu ha he "
    "hi hr hu hy id ig is it ja ka kk km kn ko ku ky lb lo lt lv mg mi mk ml mn mr ms mt my nb ne nl nn "
    "no or pa pl ps pt ro ru rw sa sd se si sk sl sm so sq sr st su sv sw ta te tg th tk tl tn to tr tt "
    "ug uk ur uz vi wo xh yi yo yue zh zu eng ger deu fre fra spa ita por dut nld pol rus jpn chi zho kor swe dan nor "
    "fin cze ces gre ell tur ara heb hun"
)
_TWO_LETTERS = frozenset(code for code in _LANGUAGE_CODES if len(code) == 2)
_LANGUAGE_NAMES = words(
    "english german french spanish italian portuguese dutch danish swedish norwegian finnish polish "
    "czech russian ukrainian turkish greek hungarian romanian bulgarian croatian serbian arabic hebrew "
    "hindi bengali tamil urdu persian thai vietnamese indonesian malay japanese korean chinese mandarin "
    "cantonese inglés engels englisch anglais latin deutsch français español italiano português "
    "nederlands svenska 中文 英文 英语 汉语 日语 法语 德语 韩语 俄语 西班牙语 简体中文 繁体中文"
)
_PLATFORMS = words(
    "ios android web mobile desktop tablet pc h5 app wap mac macos mac_os windows linux chrome_os "
    "chromeos harmony harmonyos iphone ipad ipados phone tv smart_tv mobile_web miniprogram mini_program "
    "wechat_mini_program windows_phone blackberry chrome safari firefox edge opera ie internet_explorer "
    "samsung_internet wechat alipay taobao tmall jd douyin 小程序 安卓 苹果 手机 电脑 网页"
)
_SUBTAGS = re.compile("[-_]").split
_PRODUCT = re.compile(r"[A-Za-z][A-Za-z0-9_.-]{1,40}/[0-9][\w.]{0,20}(?: .{0,400})?")
_PICTURE = r"[^\s?#]{1,400}\.(?i:jpe?g|png|gif|webp|svg|avif|bmp|heic|tiff?)(?:[?#!].{0,200})?"


def _ip(text: str) -> bool:
    host = text.rpartition(":")[0] if text.count(":") == 1 else text.strip("[]")
    if host.count(".") != 3 and text.count(":") < 2:
        return False
    if host.endswith(".0.0"):
        return False  # a network at most: "119.0.0.0" is the version of a browser
    try:
        ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return False
    return True


def _browser(text: str) -> bool:
    return text.startswith(("Mozilla/", "Opera/")) or (
        _PRODUCT.fullmatch(text) is not None and len(text) > 12
    )


def _language_tag(text: str) -> bool:
    parts = _SUBTAGS(text)
    return (
        len(parts) in (2, 3)
        and parts[0] in _LANGUAGE_CODES
        and all(p.isalpha() and len(p) in (2, 4) for p in parts[1:])
    )


RULES = [
    Rule(
        type="ip_address",
        names={"ip": 0.95, "ip address": 0.97, "remote|client|browser|user ip": 0.97, "ipv 4|6": 0.97},
        form=each(_ip, needs=".:"),
        says="are valid IP addresses",
        need=0.4,
        proof=0.96,
        at=0.8,
    ),
    Rule(
        type="mac_address",
        names={"mac": 0.8, "mac address": 0.97, "bssid": 0.9},
        form=matching(r"[0-9A-Fa-f]{2}([:-])(?:[0-9A-Fa-f]{2}\1){4}[0-9A-Fa-f]{2}", needs=":-"),
        says="are hardware addresses",
        need=0.4,
        proof=0.97,
        at=0.8,
    ),
    Rule(
        type="user_agent",
        names={"user agent": 0.97, "agent|browser string": 0.7},
        form=each(_browser, needs="/"),
        says="name a browser or program with its version",
        need=0.4,
    ),
    Rule(
        type="user_agent",
        form=each(lambda text: text.startswith("Mozilla/"), needs="/"),
        says='begin with "Mozilla/"',
        proof=0.97,
        at=0.7,
    ),
    Rule(
        type="image_url",
        names={
            "image|picture|photo|thumbnail|thumb|avatar|logo|icon|banner|poster": 0.85,
            "image|picture|photo|thumbnail|avatar|logo|cover|icon|banner|poster url|link|path|src|file": 0.95,
            "main|small|large|big image": 0.9,
        },
        form=matching(_PICTURE, needs="."),
        says="are addresses of pictures",
        fits=either(matching(_PICTURE), matching(r"(?:https?:)?//\S{3,500}")),
        need=0.5,
        proof=0.93,
        at=0.8,
    ),
    Rule(
        type="url",
        names={
            "url|href|website|webpage|permalink|referrer|referer|homepage": 0.93,
            "landing page": 0.9,
            "link|site|path": 0.6,
            "domain|host": 0.7,
            "hostname": 0.8,
            "page location|path|referrer": 0.9,
            "landing site": 0.9,
            "page": 0.5,
            "page|product|item|target url|link": 0.95,
        },
        form=matching(
            r"(?!https?://(?:www\.)?(?:schema\.org|purl\.org/goodrelations)/)"
            r"(?:(?:(?:https?|ftps?|wss?|file|app|android-app|ios-app|intent):)?//|www\.)\S{3,512}",
            needs="/.",
        ),
        says="are web addresses",
        fits=matching(r"(?=[^\s,;]{0,200}[./])\S{1,512}"),
        need=0.6,
        proof=0.9,
        at=0.8,
    ),
    Rule(
        type="language",
        names={
            "language": 0.95,
            "locale": 0.9,
            "language code|name|tag": 0.97,
            "accept|browser|user|device language": 0.97,
        },
        form=either(
            each(_language_tag, needs="-_"),
            among(_LANGUAGE_CODES),
            all_words_among(_LANGUAGE_NAMES | _LANGUAGE_CODES),
        ),
        says="are languages or their codes",
        need=0.5,
    ),
    Rule(
        type="language",
        form=each(_language_tag, needs="-_"),
        says="are language tags such as en-US",
        proof=0.85,
    ),
    Rule(type="language", form=all_words_among(_LANGUAGE_NAMES), says="are names of languages", proof=0.85),
    Rule(
        type="language",
        form=each(_TWO_LETTERS.__contains__),
        says="are two-letter language codes in lower case",
        proof=0.6,
    ),
    Rule(
        type="platform",
        names={
            "platform|os": 0.9,
            "operating system": 0.95,
            "os name|type|family": 0.95,
            "device type|category|kind|platform|os": 0.9,
            "browser": 0.75,
            "browser name|family": 0.8,
            "channel|medium": 0.7,
            "utm|traffic source|medium": 0.8,
            "sales|marketing|order|acquisition|traffic channel|medium|source": 0.8,
            "traffic|utm|campaign source medium|source": 0.8,
            "client|app|terminal|system type|platform": 0.75,
            "device": 0.5,
            "source|source name": 0.4,
        },
        form=among(_PLATFORMS),
        says="are operating systems, kinds of devices or channels",
        fits=short_text(40, 4),
        need=0.6,
        proof=0.75,
        at=0.8,
        least=1,
    ),
    Rule(
        type="hash",
        names={
            "hash|md 5|checksum|digest|fingerprint|signature|etag": 0.85,
            "sha|crc": 0.85,
            "sha 1|256|512": 0.9,
        },
        form=matching(
            r"[0-9a-fA-F]{32}|[0-9a-fA-F]{40}|[0-9a-fA-F]{56}|[0-9a-fA-F]{64}|[0-9a-fA-F]{96}|[0-9a-fA-F]{128}"
        ),
        says="are hexadecimal digests",
        fits=matching(r"[0-9A-Za-z+/=_$.:-]{8,200}"),
        accepts=STRINGS,
        proof=0.8,
    ),
    Rule(
        type="uuid",
        names={"uuid|guid": 0.6},
        form=matching(
            r"\{?[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}\}?", needs="-"
        ),
        says="are UUIDs",
        proof=0.82,
        at=0.8,
    ),
    Rule(
        type="device_id",
        names={
            "device|cookie|browser|hardware|advertising|ad|android|vendor|installation|install id|identifier": 0.93,
            "idfa|gaid|oaid|imei|idfv|udid|aaid|caid|imsi|openudid": 0.95,
            "cookie|device fingerprint": 0.8,
            "device uuid|number|key|token": 0.85,
        },
        fits=key_like,
        accepts=CODES,
        need=0.8,
    ),
]

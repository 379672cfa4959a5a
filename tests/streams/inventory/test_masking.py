"""Masking: shapes that show nobody, what is certainly personal in any text, and the filter before it."""

from __future__ import annotations

import json
import re
import string
import time
import uuid
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from stdnum import ean, luhn

from pandian.semantics import semantic_types
from streams.commands.profile import profile_files
from streams.inventory.masking import ShapeMasker, checks

MASKER = ShapeMasker()
MASKED_TYPES = sorted(name for name, one in semantic_types().items() if one.masked)

TOKENS = [
    "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U",
    "sk_" + "live_4eC39HqLyjWDarjtT1zdp7dc",
    "AKIAIOSFODNN7EXAMPLE",
    "ghp_" + "16C7e42F292c6912E7710c838347Ae178B4a",
    "xoxb-" + "123456789012-abcdefABCDEF",
    "AIza" + "SyA1234567890abcdefghijklmnopqrstuv",
    "glpat-" + "abcdefghij0123456789",
    "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSj+/=\n-----END PRIVATE KEY-----",
    "Bearer abcdef0123456789abcdef",
]

#: A text, and what is shown of it.
FOUND = [
    ("ann.smith@example.com", "[email]"),
    ("write to ann.smith@example.co.uk today", "write to [email] today"),
    ("邮箱是ann@example.com请联系", "邮箱是[email]请联系"),
    ("josé@example.com", "[email]"),
    ("用户@例子.中国", "[email]"),
    ("Ann <ann@example.com>, Bob <bob@example.com>", "Ann <[email]>, Bob <[email]>"),
    ("https://shop.example.com/?email=ann@example.com&x=1", "https://shop.example.com/?email=[email]&x=1"),
    ("ann&#64;example&#46;com", "[email]"),
    ("ann.smith%40example.com", "[email]"),
    ("/login?next=%2Fme&email=ann%40example.co.uk&x=1", "/login?next=%2Fme&email=[email]&x=1"),
    ("https://a.cn/?to=ann%2540example.com", "https://a.cn/?to=[email]"),
    ("mailto:ann%40example%2Ecom", "mailto:[email]"),
    ("jos%C3%A9%40example.com", "[email]"),
    ("用户%40例子.中国", "[email]"),
    ("https://a.cn/u/13800138000/orders", "https://a.cn/u/[phone]/orders"),
    ("/u/13800138000", "/u/[phone]"),
    ("/share?from=wx13800138000&x=1", "/share?from=wx[phone]&x=1"),
    ("https://a.cn/s?q=%2013800138000", "https://a.cn/s?q=%20[phone]"),
    ("https://a.cn/s?q=phone%3D13800138000%26x", "https://a.cn/s?q=phone%3D[phone]%26x"),
    ("%2B8613800138000", "%2B86[phone]"),
    ("加微信wx13800138000或ann_13900139000", "加微信wx[phone]或ann_[phone]"),
    ("user_13800138000 logged in", "user_[phone] logged in"),
    ("tel13800138000", "tel[phone]"),
    ("mobile_13800138000", "mobile_[phone]"),
    ("身份证11010519491231002X。", "身份证[national-id]。"),
    ("11010519491231002x", "[national-id]"),
    ("4111111111111111", "[card]"),
    ("paid with 4111 1111 1111 1111 today", "paid with [card] today"),
    ("5555-5555-5555-4444", "[card]"),
    ("3782 822463 10005", "[card]"),
    ("6222021234567890128", "[card]"),
    ("IBAN DE89 3704 0044 0532 0130 00, thanks", "IBAN [iban], thanks"),
    ("GB29NWBK60161331926819", "[iban]"),
    ("NL91ABNA0417164300", "[iban]"),
    ("call +1 415 555 2671 2020-01-01", "call [phone] 2020-01-01"),
    ("+44 20 7946 0958", "[phone]"),
    ("+8613800138000", "[phone]"),
    ("电话:13800138000。", "电话:[phone]。"),
    ("电话 138 0013 8000", "电话 [phone]"),
    ("138-0013-8000", "[phone]"),
    ("(212) 555-0123 or 415.555.2671", "[phone] or [phone]"),
    ("电话：021-62345678；0755-86543210", "电话：[phone]；[phone]"),
    ("212 555 0123 415 555 2671", "[phone] [phone]"),
    ("2 pcs to 212 555 0123 today 1 2 3", "2 pcs to [phone] today 1 2 3"),
    ("SSN 460-89-9847.", "SSN [national-id]."),
    ("+8618916282429 177-5033-5270", "[phone] [phone]"),
    ("$2b$12$" + "R9h/cIPz0gi.URNNX3kh2OPST9/PgBkqquzi.Ss7KIUgO2t0jWMUW", "[token]"),
    *((f"key={token}", "key=[token]") for token in TOKENS),
]  # fmt: skip

#: Texts in which nothing is certainly personal.
LEFT = [
    "", " ", "WHITE HANGING HEART T-LIGHT HOLDER", "85123A", "536365", "C536379", "A-1002", "13800138000",
    "1700000000000", "1700000000000000", "1700000000", "4006381333931", "9780306406157", "00012345678905",
    "2011-12-09 12:50:00", "018f7d1e-9a0c-7cc3-98c4-3e7f1b8c2d10", "9e107d9d372bb6826bd81d3542a419d6",
    "4111111111111112", "DE89370400440532013001", "110105194912310021", "icon@2x.png", "lodash@4.17.21",
    "@ann_b", "a@b", "user@localhost", "1.2.3.4", "203.0.113.7", "order-13800138000-7", "item/13912345678",
    "13912345678.50", "+100.00", "C++11 +1", "+1 +2 +3", "2019 2020 2021 2022 2023", "202401010001234567",
    "123456789012345678", "6.02214076e23", "eyJ", "sk_live_", "AKIA", "[email]", "[card] [phone]", "&#64;",
    "&#115;ale", "颜色:红;尺码:XL", "连衣裙 夏", "📦 gift", "x" * 1000, "EE123456789GB",
    "1Z999AA10123456784", "000-12-3456", "666-12-3456", "987-65-4321", "460-89-9847-1", "123-456-7890",
    "logo%402x.png", "jquery%403.7.1.min.js", "lodash%404.17.21", "100%40",
    "https://a.cn/item/13912345678", "https://a.cn/13912345678.html",
    "https://cdn.a.cn/x/13912345678@2x.jpg", "/i/13912345678_b.PNG?x=1", "/p/13912345678-red",
    "order-13800138000-7 came", "orderid13800138000 x", "https://a.cn/u/12345678901",
    "https://a.cn/u/138001380001", "/9e10c13912345678a4", "x 0.13800138000",
    "https://a.cn/u/15412345678", "sku13912345678", "ABC-13912345678",
    "12 212 555 0123 77 8", "7 9 138 0013 8000 11", "245 1618 4111 1111 1111 1111 2448",
    "205-555-0123-9", "978-0-306-40615-7", "0001-86543210", "2023-12-2023", "1.234-5678",
]  # fmt: skip


@pytest.mark.parametrize(("text", "masked"), FOUND)
def test_found(text: str, masked: str) -> None:
    assert MASKER.text(text) == masked
    assert MASKER.suspicious([text])
    assert MASKER.text(masked) == masked
    assert MASKER.found(text) != "none"


@pytest.mark.parametrize("text", LEFT)
def test_left(text: str) -> None:
    assert MASKER.text(text) == text
    assert MASKER.found(text) == "none"


def test_uuids_and_ordinary_keys_are_left() -> None:
    for number in range(2_000):
        key = str(uuid.UUID(int=number * 0x9E3779B97F4A7C15F39CC0605CEDC835 % 2**128))
        assert MASKER.text(key) == key
        assert MASKER.text(str(1_700_000_000_000 + number * 997)) == str(1_700_000_000_000 + number * 997)


def test_gtins_are_never_cards() -> None:
    for number in range(400_000_000_000, 400_000_002_000):
        gtin = f"{number}{ean.calc_check_digit(str(number))}"
        assert checks.gtin(gtin)
        assert MASKER.text(gtin) == gtin


@given(st.text(alphabet=string.digits, min_size=1, max_size=20))
def test_checksums_agree_with_stdnum(number: str) -> None:
    assert checks.luhn(number) == luhn.is_valid(number)
    assert checks.gtin(number) == (len(number) in (8, 12, 13, 14) and ean.is_valid(number))


@pytest.mark.parametrize("name", ["national_id", "bank_card", "bank_account", "email", "phone"])
def test_classes(name: str) -> None:
    text = {
        "national_id": "11010519491231002X", "bank_card": "4111111111111111", "bank_account": "GB29NWBK60161331926819",
        "email": "a.b@example.com", "phone": "+44 20 7946 0958",
    }[name]  # fmt: skip
    assert MASKER.found(text) == semantic_types()[name].pii


@pytest.mark.parametrize(
    ("text", "name", "shape"),
    [
        ("a.b@example.com", "email", "***@***.com"),
        ("Ann Smith <ann@shop.cn>", "email", "***@***.cn"),
        ("ann%40shop.cn", "email", "***@***.cn"),
        ("ann@machine.smith", "email", "***@***"),
        ("no address", "email", "x+ x+"),
        ("13800138000", "phone", "***********"),
        ("+44 20 7946 0958", "phone", "+************"),
        ("(615) 803-2541", "phone", "**********"),
        ("Ann Smith", "person_name", "X. X."),
        ("王小明", "person_name", "***"),
        ("11010519491231002X", "national_id", "******************"),
        ("219-09-9999", "national_id", "***-**-****"),
        ("4111 1111 1111 1111", "bank_card", "**** **** **** ****"),
        ("1990-05-17", "birth_date", "****-**-**"),
        ("34", "age", "**"),
        ("female", "gender", "*"),
        ("203.0.113.7", "ip_address", "*.*.*.*"),
        ("2001:db8::1", "ip_address", "IPv6"),
        ("3c:22:fb:00:11:22", "mac_address", "**:**:**:**:**:**"),
        ("53.79,-1.54", "coordinates", "*.*,*.*"),
        ("15 Park Row, Leeds LS1 5HB", "full_address", "9+ x+ x+, x+ x+9 9x+"),
        ("广东省深圳市科技园路1号", "full_address", "字+9字"),
        ("@ann_b", "social_handle", "@***"),
        ("hunter2!", "password_or_token", "********"),
        ("粤B12345", "vehicle_plate", "*******"),
        ("nurse", "occupation", "x+"),
        ("call me", "text", "x+ x+"),
        ("", "email", ""),
    ],
)
def test_shapes(text: str, name: str, shape: str) -> None:
    assert MASKER.value(text, name) == shape


#: What masks are made of.
MASK_SIGNS = re.compile(r"[*xX9字?…IPv6@+]|[\W_]")
COMMON_TLD = re.compile(r"(?<=^\*\*\*@\*\*\*\.)[a-z]{2,4}$")
EVERY_TYPE = st.sampled_from([*MASKED_TYPES, "text", "unknown", "no such type"])
PERSONAL = st.sampled_from([text for text, _ in FOUND])
ANY_TEXT = st.one_of(
    st.text(max_size=60),
    st.text(alphabet=string.digits + "+-. *@Xx9字IPv6", max_size=40),
    PERSONAL,
    st.tuples(st.text(max_size=10), PERSONAL, st.text(max_size=10)).map("".join),
)


@settings(max_examples=500, deadline=None)
@given(ANY_TEXT, EVERY_TYPE)
@example("***@***.com", "email")
@example("IPv6", "ip_address")
@example("*" * 40, "person_name")
@example("x+++++++++++++++++++++++++++++++++++++++", "text")
@example("１２３４５６", "phone")
def test_shape_properties(text: str, name: str) -> None:
    shape = MASKER.value(text, name)
    assert shape == MASKER.value(text, name)
    assert MASKER.value(shape, name) == shape
    assert len(shape) <= 32
    assert not re.search(r"\d{5}", shape)
    if shape == text:
        assert not MASK_SIGNS.sub("", COMMON_TLD.sub("", text)), "only what is a mask already comes back"
    if text:
        assert shape


LOCAL = st.text(alphabet=string.ascii_lowercase + string.digits + "._", min_size=4, max_size=20)


@given(LOCAL, st.sampled_from(["example.com", "shop.cn", "mail.example.org", "family.smith"]), EVERY_TYPE)
def test_local_parts_are_never_shown(local: str, domain: str, name: str) -> None:
    for mask in (MASKER.value(f"{local}@{domain}", name), MASKER.text(f"by {local}@{domain}.")):
        assert not any(
            part in mask for part in re.split(r"[._]+", local) if len(part) >= 4 and part != "email"
        )


@settings(max_examples=600, deadline=None)
@given(st.lists(ANY_TEXT, min_size=1, max_size=6))
def test_the_filter_misses_nothing(texts: list[str]) -> None:
    changed = [text for text in texts if MASKER.text(text) != text]
    for text in changed:
        assert MASKER.suspicious([text])
    if changed:
        assert MASKER.suspicious(texts)


#: Pieces of everything that finders look for, to be put together at random.
PIECES = st.sampled_from(
    [
        "+", "1", "13", "138", "0013", "8000", "00138000", "86", "4111", "1111", "111111111111", "DE89",
        "3704", "GB29", "NWBK", "11010519491231002", "X", "x", " ", "-", ".", "@", "a", "com", "example",
        "eyJ", "hbGciOiJIUzI1NiJ9", "sk_", "live_", "4eC39HqLyjWDarjtT1zdp7dc", "AKIA", "IOSFODNN7EXAMPLE",
        "&#", "&#64;", "&#46;", "Bearer ", "\n", ",", ":", "电", "é", "_", "378282246310005",
        "6222021234567890128", "\ud800", "(", ")", "2", "0", "%40", "%2540", "%2E", "%20", "%2B86", "/", "tel",
        "13800138000",
    ]
)  # fmt: skip


@settings(max_examples=1_500, deadline=None)
@given(st.lists(PIECES, max_size=14).map("".join), st.lists(st.text(max_size=30), max_size=3))
def test_the_filter_misses_nothing_put_together(text: str, others: list[str]) -> None:
    if MASKER.text(text) != text:
        assert MASKER.suspicious([text])
        assert MASKER.suspicious([*others, text, *others])


@given(st.lists(PIECES, max_size=12).map("".join))
@settings(max_examples=500, deadline=None)
def test_text_masks_once(text: str) -> None:
    once = MASKER.text(text)
    assert MASKER.text(once) == once


@pytest.mark.parametrize("place", [65_530, 65_536, 65_540, 131_060, 131_072])
@pytest.mark.parametrize("text", [text for text, _ in FOUND])
def test_the_filter_sees_across_its_chunks(text: str, place: int) -> None:
    for shift in range(0, 24, 5):
        assert MASKER.suspicious(["~" * (place - shift - 1), text, "#" * 64])


def test_an_empty_batch_is_not_suspicious() -> None:
    assert not MASKER.suspicious([])
    assert not MASKER.suspicious(["", "a", "7"])


def seconds(work: Callable[[], object]) -> float:
    """Return the processor time of some work: what else runs on the machine does not count."""
    best = float("inf")
    for _ in range(5):
        start = time.thread_time()
        work()
        best = min(best, time.thread_time() - start)
    return best


def plain_scan(text: str) -> int:
    """Look at every character once, in Python: about 30 ns each."""
    return sum(char == "\x01" for char in text)


HOSTILE = [
    "a", "@", "a@", "@a.", "a@a", "a.", "1", "1 ", "+", "+1", "+1 ", "+1234567 ", "4111 ", "4111-1111-",
    "4111111111111111 ", "13800138000 ", "138 ", "DE89", "DE89 ", "GB29 NWBK 6016 1331 ",
    "GB29NWBK60161331926818 ", "eyJ", "eyJa", "eyJaaaaaaaaaaaa.", "sk_live_", "&#", "&#64;", "Bearer ",
    "AKIA", "-----BEGIN PRIVATE KEY-----\n", "11010519491231002X", "中", "é@", "-", "x-@-x.",
    "%40", "a%40", "%40a.", "a%40a", "%2540a%2E", "/13800138000", "wx13800138000 ", "%2013800138000", "%2B86",
    "a/13800138000a1",
]  # fmt: skip


@pytest.mark.parametrize("piece", HOSTILE)
def test_text_is_linear(piece: str) -> None:
    """100 kB of anything cost at most 40 plain scans; what is quadratic costs thousands."""
    text = (piece * 100_000)[:100_000]
    scan = seconds(lambda: plain_scan(text))
    assert seconds(lambda: MASKER.text(text)) <= 40 * scan
    assert seconds(lambda: MASKER.suspicious([text])) <= 30 * scan


@pytest.mark.parametrize("name", MASKED_TYPES)
def test_value_is_linear(name: str) -> None:
    for piece in ("a", "1", "a ", "1.", "@", "中", "-", "+1 "):
        text = (piece * 100_000)[:100_000]
        assert seconds(lambda text=text: MASKER.value(text, name)) <= seconds(
            lambda text=text: plain_scan(text)
        )


@pytest.mark.parametrize(
    "texts",
    [
        [f"HANGING HEART RED {number:03}" for number in range(4_000)],
        [f"2011-12-09 12:50:{number % 60:02}" for number in range(4_000)],
        [f"add_to_cart_{number:08}" for number in range(4_000)],
    ],
    ids=["words", "instants", "codes"],
)
def test_the_filter_is_cheap(texts: list[str]) -> None:
    """A text of 20 characters costs at most an eighth of a plain scan of it (600 ns)."""
    assert not MASKER.suspicious(texts)
    joined = "".join(texts)
    assert seconds(lambda: MASKER.suspicious(texts)) <= seconds(lambda: plain_scan(joined)) / 8


def test_addresses_of_pages_show_nobody_in_a_whole_inventory(tmp_path: Path) -> None:
    """Values, names of fields and nested ones; ids beside them are numbers of their own and stay."""
    file = tmp_path / "visits.jsonl"
    rows = [
        {
            "page": f"https://m.example.cn/u/1380013{n:04}/orders?e=ann{n}%40example.com",
            "item": f"https://m.example.cn/item/1391234{n:04}",
            "order": f"ORD-1391234{n:04}",
            "number": 13912340000 + n,
            "by": {f"ann{n % 3}%40example.com": n},
        }
        for n in range(200)
    ]
    file.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    (asset,) = profile_files([str(file)])
    told = json.dumps(asset)
    assert not re.search(r"1380013\d{4}|ann\d", told)
    fields = {field["field"]: field for field in asset["fields"]}
    assert fields["page"]["masked"]
    assert "https://m.example.cn/item/1391234" in json.dumps(fields["item"])
    assert "ORD-1391234" in json.dumps(fields["order"])
    assert fields["number"]["max"] == 13912340199
    assert 'by["[email]"]' in fields

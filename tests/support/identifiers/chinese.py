"""Chinese identifiers: resident identity, passports, plates, names, addresses, accounts, bank cards."""

from __future__ import annotations

import random
from datetime import date, timedelta

from stdnum.cn import ric

from tests.support.identifiers.base import Kind, Make, digits, either, faked, letters, list_of, luhn_digit

#: Counties (GB/T 2260): Beijing to Urumqi.
_COUNTIES = list_of(
    "110101 110105 120103 130102 140105 150102 210102 220102 230103 310104 310115 320102 "
    "320505 330106 340102 350203 360102 370202 410105 420106 430102 440106 440305 450102 "
    "460105 500103 510104 520102 530102 610113 620102 630102 640104 650102"
)
_COMPOUND = list_of("欧阳 上官 司马 诸葛 皇甫 尉迟 公孙 慕容 令狐 司徒 夏侯 东方 独孤 长孙 宇文")
_GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰建国文博雨轩子涵欣怡浩然梓萱宇航思远晓峰"
_PROVINCES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"
_PLATE = "ABCDEFGHJKLMNPQRSTUVWXYZ0123456789"
#: Issuer prefixes of Chinese banks: ICBC, CCB, ABC, BOC, CMB, SPDB, CITIC, Ping An, Postal Savings.
_BANKS = list_of("622202 621700 622848 621661 622588 622521 621771 622155 621799 621226 622700 625907")
_CITIES = (
    ("北京市", "", "朝阳区"),
    ("上海市", "", "徐汇区"),
    ("广东省", "深圳市", "南山区"),
    ("浙江省", "杭州市", "西湖区"),
    ("江苏省", "南京市", "鼓楼区"),
    ("四川省", "成都市", "武侯区"),
    ("湖北省", "武汉市", "洪山区"),
    ("山东省", "青岛市", "市南区"),
    ("陕西省", "西安市", "雁塔区"),
    ("福建省", "厦门市", "思明区"),
    ("湖南省", "长沙县", "星沙镇"),
    ("重庆市", "", "渝中区"),
)
_ROADS = list_of(
    "建国路 中山北路 人民大道 科技园南路 文一西路 解放街 天府大道 珞喻路 香港中路 学府街 五一大道 延安高架路"
)


def resident_id(chance: random.Random) -> str:
    """Return a resident identity number (GB 11643) of somebody between 18 and 90."""
    born = date(1936, 1, 1) + timedelta(days=chance.randrange(72 * 365))
    head = chance.choice(_COUNTIES) + born.strftime("%Y%m%d") + digits(chance, 3)
    return head + str(ric.calc_check_digit(head + "0"))


def name(chance: random.Random) -> str:
    """Return a name of two to four characters; one surname in ten is compound."""
    if chance.random() < 0.1:
        return chance.choice(_COMPOUND) + "".join(chance.choices(_GIVEN, k=chance.choice((1, 2))))
    return str(faked("name", "zh_CN")(chance))


def bank_card(chance: random.Random) -> str:
    """Return a card of 16 or 19 digits of a Chinese bank."""
    bank = chance.choice(_BANKS)
    body = bank + digits(chance, chance.choice((9, 12)))
    return body + luhn_digit(body)


def _grouped(make: Make) -> Make:
    def maker(chance: random.Random) -> str:
        number = make(chance)
        return " ".join(number[place : place + 4] for place in range(0, len(number), 4))

    return maker


def plate(chance: random.Random) -> str:
    """Return a plate, also of an electric car, with and without the dot."""
    head = chance.choice(_PROVINCES) + chance.choice("ABCDEFG")
    if chance.random() < 0.3:
        return f"{head}{chance.choice('DF')}{digits(chance, 5)}"
    return head + chance.choice(("", "", "·")) + "".join(chance.choices(_PLATE, k=5))


def address(chance: random.Random) -> str:
    """Return a whole address: province, city, district, road, number, house and room."""
    province, city, district = chance.choice(_CITIES)
    road = f"{chance.choice(_ROADS)}{chance.randrange(1, 999)}号"
    rest = chance.choice(
        (
            "",
            f"{chance.randrange(1, 30)}栋{chance.randrange(101, 3000)}室",
            "阳光小区3单元502",
            "科技大厦12层",
        )
    )
    return f"{province}{city}{district}{road}{rest}"


def street(chance: random.Random) -> str:
    """Return road and number only."""
    return f"{chance.choice(_ROADS)}{chance.randrange(1, 999)}号"


def passport(chance: random.Random) -> str:
    """Return the number of a passport: ordinary ones of both series, official ones."""
    return chance.choice(
        ("E" + digits(chance, 8), "E" + letters(chance, 1) + digits(chance, 7), "P" + digits(chance, 7))
    )


def wechat(chance: random.Random) -> str:
    """Return a WeChat account: its own form, or one that somebody chose."""
    return chance.choice(
        (f"wxid_{letters(chance, 14, 'abcdefghijkmnpqrstuvwxyz0123456789')}", f"li_{digits(chance, 6)}")
    )


CHINESE: tuple[Kind, ...] = (
    Kind("cn resident id", "national_id", ("id_card_no", "身份证号"), resident_id),
    Kind(
        "cn resident id lower case", "national_id", ("idNumber", "身份证"), lambda c: resident_id(c).lower()
    ),
    Kind("cn name", "person_name", ("customer_name", "姓名"), name),
    Kind("cn recipient", "person_name", ("receiver_name", "收货人"), name),
    Kind("cn passport", "passport_number", ("passport_no", "护照号"), passport, formed=False),
    Kind("cn bank card", "bank_card", ("bank_card_no", "银行卡号"), bank_card),
    Kind("cn bank card in groups", "bank_card", ("card_number", "卡号"), _grouped(bank_card)),
    Kind("cn plate", "vehicle_plate", ("license_plate", "车牌号"), plate),
    Kind("cn address", "full_address", ("shipping_address", "收货地址"), address),
    Kind("cn street", "street_address", ("street", "街道地址"), street),
    Kind("wechat", "social_handle", ("wechat_id", "微信号"), wechat, formed=False),
    Kind(
        "qq",
        "social_handle",
        ("qq", "QQ号"),
        lambda c: digits(c, c.choice((8, 9, 10)), "123456789"),
        formed=False,
    ),
    Kind("cn gender", "gender", ("gender", "性别"), lambda c: c.choice("男女")),
    Kind("cn age", "age", ("age", "年龄"), lambda c: c.randrange(18, 80), formed=False),
    Kind(
        "cn birth date",
        "birth_date",
        ("birthday", "出生日期"),
        lambda c: f"{c.randrange(1950, 2006)}-{c.randrange(1, 13):02d}-{c.randrange(1, 29):02d}",
        formed=False,
    ),
    Kind(
        "cn occupation",
        "occupation",
        ("occupation", "职业"),
        lambda c: c.choice(("教师", "医生", "工程师", "会计", "司机", "学生", "护士")),
        formed=False,
    ),
    Kind(
        "cn id or passport",
        "national_id",
        ("document_number", "证件号码"),
        either(resident_id, resident_id, passport),
    ),
)

"""What makes a text a CSV line, and a CSV line a header line: each decided from that one record alone."""

from __future__ import annotations

import re
from collections.abc import Sequence

_QUOTED = r'(?>"[^"]*+(?:""[^"]*+)*+")'
# The first delimiter outside a quoted first cell. What comes first separates: a title with a comma in a tab- or
# pipe-separated line, or a list `a|b|c` in a comma-separated one, comes after it.
_DELIMITER = re.compile(rf"{_QUOTED}?+[^,\t;|]*+([,\t;|])")
_DELIMITER_BYTES = re.compile(rf"(?:\xef\xbb\xbf)?+{_QUOTED}?+[^,\t;|]*+[,\t;|]".encode("latin-1"))

_IDENTIFIER = re.compile(r"[^\W\d_]\w*(?:[ .\-][^\W\d_]\w*){0,2}")
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[^\W\d_A-Za-z]+")
_LONGEST_NAME = 40

# Last words of column names. A cell such as `order_id` or `UnitPrice` is hardly ever data.
_FIELD_WORDS = frozenset(
    """id ids uid uuid sku no nr num number code key name title description desc text type kind status state flag
    date time datetime timestamp ts day month year hour at quantity qty count total amount price cost value sum
    tax discount revenue currency rating score rank weight size color colour category brand url link image ip
    agent session device platform channel email mail phone mobile address street city region country zip postcode
    lat lon latitude longitude age gender birthday user customer client buyer seller item product order event
    action query keyword keywords review comment""".split()  # noqa: SIM905 a list of sixty strings is no clearer
)
_CJK_FIELD_WORDS = re.compile(
    r"[\u4e00-\u9fff]{0,4}"
    r"(?:编号|名称|姓名|昵称|价格|单价|金额|数量|时间|日期|类别|类目|品类|品牌|地址|电话|手机|邮箱|邮件|状态|类型|评分|评论|"
    r"标题|描述|城市|省份|国家|地区|邮编|性别|年龄|年龄段|生日|职业|库存|销量|单号|卡号|账号|账户|号码|身份证|身份证号|护照|护照号|"
    r"驾照|驾照号|车牌|车牌号|手机号|微信号|保险号|保障号|收货人|收件人|联系人|联系方式|名字|座机|传真|坐标|密码|令牌|密钥)"
    r"|(?:微信|微博|姓|名|省|市|区)"
)
#: So many names of columns are enough where a fifth of the cells may be anything.
_MANY = 5


def has_delimiter(value: bytes) -> bool:
    """Tell whether there is a delimiter after the first cell."""
    return _DELIMITER_BYTES.match(value) is not None


def delimiter_of(text: str) -> str | None:
    """Return the delimiter of a line: the first comma, tab, semicolon or bar outside a quoted first cell.

    None when there is none, or when the text is markup (``<a b="1,2"/>``).
    """
    found = _DELIMITER.match(text)
    if found is None or (text.startswith("<") and text.endswith(">")):
        return None
    return found[1]


def is_prose(cells: Sequence[str]) -> bool:
    """Tell whether most cells after the first start with a blank, as in ``hello, world and all``."""
    blank = sum(cell.startswith(" ") for cell in cells[1:])
    return 2 * blank > len(cells) - 1


def is_header_line(cells: Sequence[str]) -> bool:
    """Tell, conservatively, whether the cells are names of columns.

    All are different, short and like identifiers; most are or end in a word that columns are called by; and one
    of these is compound (``order_id``, ``UnitPrice``), or all of three or more cells are such words, or four fifths of
    six or more.
    """
    if len(set(cells)) != len(cells) or not all(map(_is_identifier, cells)):
        return False
    known = [cell for cell in cells if _is_field_name(cell)]
    if 2 * len(known) <= len(cells):
        return False
    if len(known) >= _MANY and 5 * len(known) >= 4 * len(cells):
        return True
    return any(map(_is_compound, known)) or (len(known) == len(cells) and len(cells) > 2)


def _is_identifier(cell: str) -> bool:
    return len(cell) <= _LONGEST_NAME and _IDENTIFIER.fullmatch(cell) is not None


def _is_field_name(cell: str) -> bool:
    words = _WORD.findall(cell)
    return bool(words) and (
        words[-1].lower() in _FIELD_WORDS or _CJK_FIELD_WORDS.fullmatch(words[-1]) is not None
    )


def _is_compound(cell: str) -> bool:
    """Tell ``order_id`` and ``UnitPrice`` from ``Mobile Phone`` and ``iPhone``, which are data."""
    words = _WORD.findall(cell)
    return len(words) > 1 and " " not in cell and (len(words[0]) > 1 or "_" in cell)

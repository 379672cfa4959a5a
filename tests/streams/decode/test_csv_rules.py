"""Header lines in Chinese are told from rows of data."""

from __future__ import annotations

import pytest

from streams.decode.csv_rules import is_header_line


@pytest.mark.parametrize(
    "line",
    [
        "姓名,手机号,身份证号",
        "客户姓名,联系电话,收货地址",
        "订单编号,下单时间,实付金额,收货人,收货地址,备用",
        "会员编号,微信号,出生日期,护照号码,银行卡号",
        "用户ID,商品ID,行为时间",
    ],
)
def test_names_of_columns(line: str) -> None:
    assert is_header_line(line.split(","))


@pytest.mark.parametrize(
    "line",
    [
        "王小明,13800138000,北京市",
        "手机,数码,家电",
        "手机,电脑,城市",
        "连衣裙,女装,红色,夏季,大码,新款",
        "张伟,李娜,王芳",
        "手机,手机,地址",
        "深圳市,南山区,科技园,地址,电话,联系人缺",
    ],
)
def test_data(line: str) -> None:
    assert not is_header_line(line.split(","))

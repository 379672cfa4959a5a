"""Words of event types become actions."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pandian.action_words import action_of
from pandian.actions import ACTIONS

MEANT = {
    "view": "view pv PageView page_view Product-Viewed viewItem view_item detail 浏览 mobile_product_view",
    "click": "click clk CLICKED select_item item-click 点击",
    "favourite": "fav like add_to_wishlist AddToWishlist 收藏",
    "cart": "cart addtocart add_to_cart AddToCart add-to-cart ADD_TO_CART begin_checkout 加购 加入购物车",
    "purchase": "buy purchase transaction Order order_completed orderCompleted 购买 支付 下单",
    "rate": "rate rating review 评分",
    "search": "search view_search_results 搜索",
    "remove": "remove_from_cart removeFromCart RemovedFromCart 删除",
    "refund": "refund returned cancelled Canceled 退款 退货 取消",
    "other": "login heartbeat 1 4 42 x 登录",
}
CASES = [(word, action) for action, words in MEANT.items() for word in words.split()]


@pytest.mark.parametrize(("word", "action"), [*CASES, ("Add to cart", "cart"), ("  buy ", "purchase")])
def test_words(word: str, action: str) -> None:
    assert action_of(word) == action


@pytest.mark.parametrize("word", ["", " ", "-", "🛒", "\x00", "v" * 5_000])
def test_what_is_no_word_is_another_action(word: str) -> None:
    assert action_of(word) == "other"


@given(st.text(max_size=60))
def test_any_text_is_one_of_the_actions(text: str) -> None:
    assert action_of(text) in ACTIONS

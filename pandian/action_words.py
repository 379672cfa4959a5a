"""The words of event types, in English and Chinese, become actions: in streams and in files alike."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

from pandian.actions import Action

# fmt: off
_WORDS: Mapping[Action, str] = {
    "view": "view views viewed pv pageview page_view screen_view impression visit visited browse browsed detail "
            "view_item product_view item_view viewed_product view_content 浏览 查看 访问 曝光",
    "click": "click clicks clicked clk tap tapped select_item select_content item_click open opened 点击 单击",
    "favourite": "fav favorite favourite favorited like liked likes wishlist add_to_wishlist collect save saved "
                 "star bookmark 收藏 喜欢 点赞 关注",
    "cart": "cart addtocart add_to_cart added_to_cart add_cart cart_add basket add_to_basket product_added "
            "begin_checkout checkout 加购 加入购物车 购物车 加购物车",
    "purchase": "purchase purchased buy bought order ordered orders transaction sale sold paid pay payment "
                "checkout_complete order_completed complete_payment conversion convert 购买 下单 支付 付款 成交 买",
    "rate": "rate rated rating review reviewed comment commented 评分 评价 评论",
    "search": "search searched query view_search_results 搜索 查询 检索",
    "remove": "remove removed removefromcart remove_from_cart product_removed unlike unfavorite dislike "
              "删除 移除 移出购物车 取消收藏",
    "refund": "refund refunded return returned cancel canceled cancelled cancellation chargeback "
              "退款 退货 取消 取消订单",
}
# fmt: on
_ACTION_OF: Mapping[str, Action] = {
    word: action for action, words in _WORDS.items() for word in words.split()
}
#: Where one word is part of a longer one, the first action found wins: what undoes comes before what does.
_ORDER: tuple[Action, ...] = (
    "refund",
    "remove",
    "search",
    "purchase",
    "cart",
    "favourite",
    "rate",
    "click",
    "view",
)
#: Longer texts are no event types, and are not remembered.
_LONGEST = 100
_PIECE = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|[\u4e00-\u9fff]+")


def action_of(word: str) -> Action:
    """Return the action that a word of an event type means; ``other`` when it is none that is known.

    ``Add To Cart``, ``add-to-cart``, ``addToCart`` and ``ADD_TO_CART`` are one word; of a word that is not known as a
    whole, its pieces are looked at: ``mobile_product_view`` is a view.
    """
    return _action_of(word) if len(word) <= _LONGEST else "other"


@lru_cache(maxsize=4096)
def _action_of(word: str) -> Action:
    pieces = [piece.lower() for piece in _PIECE.findall(word)]
    whole = "_".join(pieces)
    for known in (word.strip().lower(), whole, whole.replace("_", "")):
        if known in _ACTION_OF:
            return _ACTION_OF[known]
    found = {_ACTION_OF[piece] for piece in pieces if piece in _ACTION_OF}
    found |= {_ACTION_OF[part] for part in _pairs(pieces) if part in _ACTION_OF}
    return next((action for action in _ORDER if action in found), "other")


def _pairs(pieces: list[str]) -> list[str]:
    return ["_".join(pieces[at : at + size]) for size in (2, 3) for at in range(len(pieces) - size + 1)]

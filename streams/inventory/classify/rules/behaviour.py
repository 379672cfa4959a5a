"""Behaviour: what people do, what they were shown, and what a model said."""

from __future__ import annotations

from streams.inventory.classify.base import CODES, DENIED, FLAGS, NUMBERS, Beside, Rule, words
from streams.inventory.classify.detectors import (
    among,
    any_word_among,
    between,
    both,
    each,
    either,
    key_like,
    matching,
    short_text,
)
from streams.inventory.classify.siblings import BEHAVIOUR_SIGNS, ORDER_SIGNS

_KEY = "id|number|code|key|uuid|identifier|reference"
_ORDER = (
    "order|invoice|transaction|trade|receipt|purchase|checkout|bill|basket|cart|booking|payment|subscription"
)
_EVENTS = words(
    "view pageview page_view page_viewed view_item view_item_list product_viewed product_view "
    "screen_view click clicked select_item add_to_cart addtocart product_added cart remove_from_cart "
    "removefromcart product_removed add_to_wishlist wishlist favorite favourite fav like dislike share "
    "purchase order_completed buy bought order checkout begin_checkout checkout_started add_payment_info "
    "add_shipping_info search view_search_results refund order_refunded impression exposure login logout "
    "signup sign_up register session_start first_visit user_engagement scroll download play pause follow "
    "unfollow rate rating review comment pv collect install uninstall open identify track transaction "
    "conversion add_cart order_placed payment detailpageview viewed added_to_cart purchased 浏览 点击 "
    "收藏 加购 加入购物车 购买 下单 支付 搜索 退款 分享 评论 曝光 登录 注册"
)
_EVENT_WORDS = words(
    "view viewed click clicked cart purchase purchased wishlist checkout search refund impression buy "
    "scroll signup login order"
)

RULES = [
    Rule(
        type="event_type",
        names={
            "event|behavior|behaviour|interaction|activity|action": 0.85,
            "event|behavior|behaviour|interaction|activity|action type|name|kind|category|label|code": 0.95,
            "type": 0.4,
            "verb|op|operation": 0.5,
        },
        form=either(among(_EVENTS), any_word_among(_EVENT_WORDS)),
        says="are kinds of actions",
        fits=either(short_text(60, 6), between(0, 100, whole=True)),
        accepts=CODES,
        need=0.8,
        beside=(Beside(BEHAVIOUR_SIGNS, 0.1),),
    ),
    Rule(
        type="event_type",
        form=both(among(_EVENTS), lambda facts: facts.all_or_none(facts.evidence.distinct <= 100)),
        says="are kinds of actions",
        proof=0.75,
        at=0.8,
        least=2,
    ),
    Rule(
        type="session_id",
        names={
            f"session|visit {_KEY}": 0.96,
            "session": 0.7,
            "session|visit token|hash": 0.9,
            "session|visit number": DENIED,  # which one it is of a visitor's
        },
        fits=key_like,
        accepts=CODES,
        need=0.8,
    ),
    Rule(
        type="event_id",
        names={
            f"event|message|request|record|trace|log|impression|click|correlation|span|insert|row|action {_KEY}": 0.93,
            f"query|search|lookup {_KEY}": 0.9,
            "idempotency key": 0.9,
        },
        fits=key_like,
        accepts=CODES,
        need=0.8,
    ),
    Rule(
        type="order_id",
        names={
            f"{_ORDER} {_KEY}": 0.96,
            "purchase order number|id": 0.96,
            "increment id": 0.85,
            "^ order|invoice": 0.6,
            "tid": 0.6,
        },
        fits=key_like,
        accepts=CODES,
        need=0.8,
    ),
    Rule(
        type="order_id",
        names={"= id": 0.3, "= number": 0.25},
        fits=key_like,
        accepts=CODES,
        need=0.8,
        beside=(Beside(frozenset({"amount", "order_status", "payment_method"}), 0.4),),
    ),
    Rule(
        type="order_id",
        names={"= name|number|order|id": 0.6, "order name|number|id": 0.97},
        form=matching("#[ ]?[A-Z]{0,4}-?[0-9]{2,12}(?:-[0-9A-Z]{1,6})?", needs="#"),
        says="are numbers behind a #",
        proof=0.55,
        least=3,
        need=0.8,
        beside=(Beside(ORDER_SIGNS, 0.3),),
    ),
    Rule(
        type="position",
        names={
            "position|rank|slot|ranking": 0.9,
            "item|list|display|result|ad|search position|rank|slot|index": 0.93,
            "index": 0.45,
            "sort|display order": 0.9,
        },
        form=between(0, 100_000, whole=True),
        says="are whole numbers",
        accepts=NUMBERS,
        need=0.95,
        ranged=True,
        beside=(Beside(BEHAVIOUR_SIGNS | {"item_id"}, 0.1),),
    ),
    Rule(
        type="search_query",
        names={
            "query|keyword": 0.88,
            "meta|seo|page|product|item|negative keyword": DENIED,  # those of an item, not what anybody typed
            "search query|term|keyword|text|phrase|string|word": 0.96,
            "user|raw|typed query": 0.95,
            "query|keyword text|string|term": 0.95,
            "search": 0.6,
            "q": 0.6,
        },
        fits=both(
            short_text(200, 30), each(lambda text: "://" not in text and not text.startswith(("{", "[")))
        ),
        need=0.7,
    ),
    Rule(
        type="label",
        names={
            "label|click|clicked|converted|conversion|liked|purchased|bought": 0.85,
            "click|clicked|converted|conversion|purchased|bought|target|liked|churned flag|label": 0.93,
            "target|y|outcome|reward": 0.6,
        },
        form=among(words("0 1 0.0 1.0 true false yes no")),
        says="are 0 or 1, or true or false",
        accepts=FLAGS,
        need=0.97,
    ),
    Rule(
        type="score",
        names={
            "propensity|probability|prob|likelihood|ctr|cvr": 0.92,
            "propensity|relevance|model|prediction|ranking|similarity|confidence|match|predicted score": 0.95,
            "score|confidence|relevance|similarity|prediction": 0.75,
            "conversion|click|bounce rate|probability": 0.85,
            "click through rate": 0.85,
        },
        form=between(0, 1),
        says="are numbers from 0 to 1",
        accepts=NUMBERS,
        need=0.95,
        ranged=True,
    ),
]

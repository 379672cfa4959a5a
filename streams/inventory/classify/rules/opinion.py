"""Opinions on items: points and words."""

from __future__ import annotations

from streams.inventory.classify.base import CODES, DENIED, Beside, Rule
from streams.inventory.classify.detectors import DIGITS, between, both, each, either, matching, short_text
from streams.inventory.classify.siblings import ITEM_DETAILS, REVIEW_SIGNS

_SAID = both(short_text(512, 300), each(lambda text: len(text) >= 2))

RULES = [
    Rule(
        type="rating",
        names={
            "rating|star": 0.95,
            "star|review|user|product|average|overall|aggregate rating|score|star": 0.95,
            "rating value|score|average|mean": 0.95,
            "review average|mean": 0.9,
            "rating|star|review|vote count|number": DENIED,
            "overall": 0.6,
            "score|grade": 0.6,
        },
        form=either(
            between(0, 10),
            matching(
                r"[0-9](?:[.,][0-9]{1,2})?(?: ?/ ?(?:5|10)| ?(?:stars?|星|分)| out of (?:5|10))|[★☆]{3,10}",
                needs=DIGITS + "★☆",
            ),
        ),
        says="are points or stars up to 10",
        fits=either(
            between(0, 100),
            matching(r"[0-9.,]{1,5} ?(?:/|out of|stars?|星|分) ?[0-9.]{0,4}|[★☆]{3,10}|[A-E]{1,3}"),
        ),
        accepts=CODES,
        need=0.9,
        beside=(Beside(REVIEW_SIGNS, 0.2),),
        ranged=True,
    ),
    Rule(
        type="review_text",
        names={
            "review": 0.85,
            "review|feedback text|content|body|comment|title|headline|summary|message": 0.95,
            "feedback|opinion": 0.7,
            "comment": 0.5,
            "comment text|content|body": 0.8,
            "review id|key|date|time|count|number|score|url|status|type": DENIED,
        },
        fits=_SAID,
        need=0.7,
        beside=(Beside(frozenset({"review_text"}), 0.4), Beside(frozenset({"rating"}), 0.3)),
    ),
    Rule(
        type="review_text",
        names={
            "= title|headline|subject|summary": 0.35,
            "= body|text|content|message": 0.4,
            "^ title|body|text": 0.3,
        },
        fits=_SAID,
        need=0.7,
        beside=(Beside(REVIEW_SIGNS, 0.45), Beside(ITEM_DETAILS | {"price"}, -0.4)),
    ),
]

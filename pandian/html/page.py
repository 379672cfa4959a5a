"""A page as one file.

Its style and script are in it, and its content security policy lets nothing else in, so that no name or value of the
data could load anything even if it got past the escaping.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence
from hashlib import sha256
from importlib.resources import files

from pandian.html.markup import Markup, tag


def page(title: str, body: Sequence[Markup | None], *, style: str = "", script: str | None = None) -> str:
    """Return a page; the same parts give the same text.

    Args:
        title: of the window.
        body: what is shown.
        style: CSS, after that of all pages (colours for light and dark, type, tables).
        script: what it does besides; it must be readable without. None: the page runs nothing.
    """
    style = _own("base.css") + _own("plots.css") + style
    allowed = "" if script is None else f" script-src '{_hash(script)}';"
    policy = f"default-src 'none'; style-src '{_hash(style)}';{allowed} base-uri 'none'"
    head = tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", http_equiv="Content-Security-Policy", content=policy),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", name="referrer", content="no-referrer"),
        tag("title", title),
        tag("style", Markup(style)),
    )
    last = None if script is None else tag("script", Markup(script))
    return f"<!doctype html>\n{tag('html', head, tag('body', *body, last), lang='en')}\n"


def _own(name: str) -> str:
    return files("pandian.html").joinpath(name).read_text(encoding="utf-8")


def _hash(text: str) -> str:
    return "sha256-" + b64encode(sha256(text.encode()).digest()).decode()

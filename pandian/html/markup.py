"""HTML whose texts are escaped by construction: only :func:`tag` makes markup, and it escapes all that is not."""

from __future__ import annotations

from html import escape

from pandian.output import printable

#: Elements without content.
_VOID = frozenset({"input", "meta", "rect", "line", "polyline", "polygon", "circle"})


class Markup(str):
    """Text that is HTML already."""

    __slots__ = ()


def tag(name: str, /, *children: str | Markup | None, **attributes: str | float | None) -> Markup:
    """Return an element.

    Args:
        name: of the element.
        children: markup as it is, other text escaped; None is left out.
        attributes: ``class_`` is ``class``, ``aria_label`` is ``aria-label``; None is left out, an empty one is there
            without a value.
    """
    written = "".join(_attribute(key, value) for key, value in attributes.items() if value is not None)
    if name in _VOID and not children:
        return Markup(f"<{name}{written}>") if name in ("input", "meta") else Markup(f"<{name}{written}/>")
    return Markup(f"<{name}{written}>{''.join(map(_child, children))}</{name}>")


def join(*parts: Markup | None) -> Markup:
    """Return pieces of markup one after the other."""
    return Markup("".join(part for part in parts if part is not None))


def value(text: object) -> Markup:
    """Return a name or value of the data: isolated, so that its direction of writing does not turn its neighbours."""
    shown = printable(text)
    return tag("bdi", shown if shown.strip() else f"“{shown}”", class_="value")


def _child(child: str | Markup | None) -> str:
    if child is None:
        return ""
    return child if isinstance(child, Markup) else escape(printable(child))


def _attribute(key: str, content: str | float | None) -> str:
    name = key.rstrip("_").replace("_", "-")
    return f" {name}" if content == "" else f' {name}="{escape(printable(content))}"'

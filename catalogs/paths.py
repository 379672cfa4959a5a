"""Field paths, and the fields of an asset as a tree.

Paths are written as the inventory document has them: ``a.b`` is field ``b`` of the object ``a``, ``a[]`` an element of
the array ``a``, ``x["a.b"]`` the field named ``a.b`` of the object ``x``.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable
from dataclasses import dataclass

import orjson

from catalogs.document import Field

#: The step from an array to its elements.
ELEMENT = None

Step = str | None

_STEP = re.compile(r'(?P<element>\[\])|\[(?P<quoted>"(?:[^"\\]|\\.)*+")\]|\.?(?P<plain>[^.\[\]"]+)')


def steps(path: str) -> tuple[Step, ...]:
    """Return the names along a path, and :data:`ELEMENT` for each step into an array.

    A path that is not written like one is a single name: nothing gets lost.
    """
    found: list[Step] = []
    end = 0
    while end < len(path):
        step = _STEP.match(path, end)
        if step is None:
            return (path,)
        end = step.end()
        found.append(_named(step))
    return tuple(found) or ("",)


def _named(step: re.Match[str]) -> Step:
    if step["element"]:
        return ELEMENT
    if step["quoted"] is None:
        return step["plain"]
    try:
        return str(orjson.loads(step["quoted"]))
    except orjson.JSONDecodeError:
        return step["quoted"]


def column(path: str) -> str | None:
    """Return the name of the column that a flat table has for a field: names joined by dots, as pandas does.

    None inside arrays: there is no one value a record.
    """
    names = [step for step in steps(path) if step is not None]
    return ".".join(names) if len(names) == len(steps(path)) else None


@dataclass(slots=True)
class Node:
    """A field with what is inside it."""

    name: Step
    field: Field | None = None
    """None where the document lists only what is inside."""
    children: dict[str, Node] = dataclasses.field(default_factory=dict)
    """The fields of the objects that stand here."""
    element: Node | None = None
    """The elements of the arrays that stand here."""

    @property
    def types(self) -> dict[str, int]:
        """JSON types with counts; those that show in what is inside included."""
        seen = dict(self.field.types) if self.field else {}
        if self.children:
            seen.setdefault("object", 0)
        if self.element:
            seen.setdefault("array", 0)
        return seen


def tree(fields: Iterable[Field]) -> Node:
    """Return the record as a node; its children are the fields at the top, in the order given."""
    root = Node("")
    for one in fields:
        node = root
        for step in steps(one.path):
            node = _inside(node, step)
        node.field = one
    return root


def _inside(node: Node, step: Step) -> Node:
    if step is ELEMENT:
        node.element = node.element or Node(ELEMENT)
        return node.element
    return node.children.setdefault(step, Node(step))

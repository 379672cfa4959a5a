"""Rules by family: each module holds one list, ``RULES``. A new module here is found by itself."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from pkgutil import iter_modules

from streams.inventory.classify.base import Rule


@cache
def all_rules() -> tuple[Rule, ...]:
    """Return the rules of all families. At equal confidence the earlier module by name wins, then the earlier rule."""
    modules = sorted(module.name for module in iter_modules(__path__))
    return tuple(rule for name in modules for rule in import_module(f"{__name__}.{name}").RULES)

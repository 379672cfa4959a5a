"""Families of rules between the fields of a record, one module each; ``base`` is their contract."""

from __future__ import annotations

from collections.abc import Mapping

from streams.inventory.quality.rules import arithmetic, conditional, constant, dependency, equal, order
from streams.inventory.quality.rules.base import Family

#: By their name, in the order in which their rules are listed.
FAMILIES: Mapping[str, Family] = {
    family.name: family for family in (arithmetic, order, dependency, conditional, equal, constant)
}

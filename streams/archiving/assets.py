"""Which asset of a topic a kind of record belongs to.

Kinds are told apart in each partition on its own (:mod:`streams.decode.kinds`); the inventory puts them together to
assets (:mod:`streams.inventory.splitting`). Here a kind finds its asset: by what a schema or an envelope calls it, else
by its fields.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from streams.archiving.base import AssetPlan
from streams.decode.base import RowGroup
from streams.decode.paths import names, split_array
from streams.inventory.assembly import SEPARATOR


def asset_for(label: str, group: RowGroup, plans: Sequence[AssetPlan]) -> AssetPlan:
    """Return the plan by which a group of rows is written.

    Args:
        label: of its kind.
        group: some of the kind's rows.
        plans: of the topic's assets, at least one.
    """
    if len(plans) == 1:
        return plans[0]
    said = label.partition(":")[2]
    if said:
        named = [one for one in plans if one.asset.partition(SEPARATOR)[2] == said]
        if named:
            return named[0]
    tops = _tops(group)
    return max(plans, key=lambda one: (similarity(tops | _named(group, one), one), one.asset))


def similarity(tops: Collection[str], plan: AssetPlan) -> float:
    """Return how much these top-level names are those of an asset, between 0 and 1."""
    tops = set(tops)
    shared = len(tops & plan.ever)
    apart = len(tops - plan.ever) + len(plan.always - tops)
    return shared / (shared + apart) if shared else 0.0


def _tops(group: RowGroup) -> set[str]:
    found = set()
    for column in group.columns:
        split = split_array(column.path)
        top = names(split[0] if split else column.path)
        found.update(top[:1])
    return found


def _named(group: RowGroup, plan: AssetPlan) -> set[str]:
    """Return what a plan calls the CSV columns that the group knows by position."""
    here = {column.path for column in group.columns}
    return {one.path for one in plan.columns.values() if one.position in here}

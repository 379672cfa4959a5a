"""Counts fields: from the columns of decoded batches to profiles that merge, serialise and never show a person.

The hot path is :meth:`PartitionProfile.add`: one ``Counter.update`` a column, and some work per value that is new.

- ``partition``, ``asset``, ``field``: the profiles, from the outside in
- ``values``, ``masked``: what is kept of a field's values; ``frequent`` in bounded memory; ``evicted`` beyond it
- ``tally``, ``moments``, ``lengths``, ``missing``, ``numerals``: exact figures
- ``quantiles``, ``distinct``: sketches (Apache DataSketches)
- ``admission``, ``clip``: what a new value goes through before it is kept
- ``evidence``, ``layout``, ``timespan``, ``codec``: evidence for the classifier, CSV headers, times, bytes
"""

from streams.inventory.profile.asset import AssetProfile
from streams.inventory.profile.batch import BatchMeta
from streams.inventory.profile.field import FieldProfile
from streams.inventory.profile.partition import PartitionProfile
from streams.inventory.profile.policy import ProfilePolicy

__all__ = ["AssetProfile", "BatchMeta", "FieldProfile", "PartitionProfile", "ProfilePolicy"]

"""Windows of 1,000 consecutive records of an asset in one source partition, and what is noticed in them.

- ``part``: the :class:`~streams.inventory.profile.part.AssetPart`; ``lane``: the records of one format
- ``schedule``: which windows are tested; ``segments``: the values of a window's records in a batch
- ``counting``, ``cells``: what is counted of a field in a window
- ``field``: a field with its drift test and its presence; ``findings``: what was noticed, as it merges
"""

from streams.inventory.windows.part import WindowPart

__all__ = ["WindowPart"]

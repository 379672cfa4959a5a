"""How steadily an asset's records come, and how late: rates by the hour of the week, gaps, lateness, silence.

- ``part``: the :class:`~streams.inventory.profile.part.AssetPart`
- ``arrivals``: records by minute and the gaps between them; ``silence``: how unusual it is that none comes
- ``lateness``: quantiles of lateness in an exact histogram; ``event_times``: fields that say when it happened
- ``documents``: all of it as it is shown
"""

from streams.inventory.pace.part import PacePart

__all__ = ["PacePart"]

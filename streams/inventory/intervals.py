"""Shares with their intervals; other rooms need them too."""

from pandian.intervals import Share, wilson

__all__ = ["Share", "wilson"]

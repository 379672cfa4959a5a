"""Interactions as columns: where they come from, how they are cut by time, and what is asked of a model.

``log.py`` the interactions · ``columns.py`` which column is which · ``cells.py`` identifiers and times in many
spellings · ``files.py`` from files · ``stream.py`` from Kafka · ``histories.py`` rows by user, and targets with the
rows before them · ``split.py`` the split by time.
"""

from models.data.histories import Histories, Targets
from models.data.log import InteractionLog
from models.data.split import TimeSplit, split_by_time

__all__ = ["Histories", "InteractionLog", "Targets", "TimeSplit", "split_by_time"]

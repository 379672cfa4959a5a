"""Why a model's AUC fell: which data moved in the same period, how surely, and what the model takes from it.

``base``          the alarm, what a model reads, signals, suspects, the explanation
``observation``   what is kept of an inventory document at one time
``kept``          what is remembered, as bytes
``told``          signals that a document tells by itself: drift, changes of the schema, silence
``periods``       observations as series of shares, period by period
``lateness``      signals of events whose times went wrong
``counted``       signals that such series give
``mixes``         signals of which values come how often
``writing``       signals of how values are written
``clocks``        signals of times that are numbers
``dating``        signals of clocks, by the records that labels are made of
``pace``          signals of how many records come
``relating``      signals of references that lead nowhere
``evidence``      how surely figures moved
``lineage``       what a model takes from which field
``ranking``       from signals to suspects
``verdict``       data, behaviour or the model itself
``words``         an explanation in sentences
``explaining``    all of it together
"""

from monitoring.causes.base import Alarm, Explanation, Fall, Lineage, Scores
from monitoring.causes.dating import Ages
from monitoring.causes.explaining import explain
from monitoring.causes.lineage import Features, Mapped, Mappings, lineage_of
from monitoring.causes.observation import Memory, observe

__all__ = [
    "Ages",
    "Alarm",
    "Explanation",
    "Fall",
    "Features",
    "Lineage",
    "Mapped",
    "Mappings",
    "Memory",
    "Scores",
    "explain",
    "lineage_of",
    "observe",
]

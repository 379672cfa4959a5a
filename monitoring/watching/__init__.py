"""What labels say of a model while it serves: figures by version, window and segment, and alarms.

``base``      labels as columns
``reading``   records of ``pandian.feedback`` become columns
``figures``   AUC, log loss, calibration and rates of some labels, in bounded memory
``corrected`` the same of labels with a propensity, weighted by its inverse
``coverage``  how many different items were shown
``pages``     precision, recall and NDCG of what was shown together
``pairs``     which pages are over, and which of their labels a detector may take for independent of each other
``segments``  which segments of a version are told apart
``windows``   figures and pages of all labels and of the newest whole window
``course``    how the AUC went, window by window
``version``   all of one version: figures in whole and by segment, and its detectors
``watch``     all versions, and from where to read on
"""

from monitoring.watching.base import Seen
from monitoring.watching.version import VersionWatch, WatchSettings
from monitoring.watching.watch import ModelWatch

__all__ = ["ModelWatch", "Seen", "VersionWatch", "WatchSettings"]

"""The best logits of a large catalogue without all the others: the last product of a graph, in whole numbers first.

``graph``    an ONNX graph cut where it multiplies what it knows of a history by the vectors of all items
``bounded``  logits in whole numbers with a bound of their error, and the exact ones of those that may be the best
``opening``  the head of a graph, where it has one that gives the same best
"""

from export.head.bounded import Bounded, Head
from export.head.opening import OpenHead, open_head

__all__ = ["Bounded", "Head", "OpenHead", "open_head"]

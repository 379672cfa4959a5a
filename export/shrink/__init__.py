"""Smaller graphs that say nearly the same: float16 and int8. Needs onnx, no torch.

``base``      the precisions, and which rewrites each is made of
``graph``     a graph whose tables are replaced
``narrow``    tables kept in fewer bytes, which become what they were when the graph is loaded
``prune``     a graph of fewer items
``entry``     an entry written anew, if it answers as well; ``living``: its other files
``catalogue``  vectors of items in int8, multiplied as integers
"""

from export.shrink.base import Precision, shrink_graph

__all__ = ["Precision", "shrink_graph"]

"""Smaller graphs that say nearly the same: float16 and int8. Needs onnx, no torch.

``base``      the precisions, and which rewrites each is made of
``graph``     a graph whose tables are replaced
``narrow``    tables kept in fewer bytes, which become what they were when the graph is loaded
``catalogue``  vectors of items in int8, multiplied as integers
"""

from export.shrink.base import Precision, shrink_graph

__all__ = ["Precision", "shrink_graph"]

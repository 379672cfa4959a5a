"""What items are called, as vectors: by them an item that nobody has touched yet stands near those that people know.

``encoder``     names as vectors, by a multilingual sentence encoder (extra ``text``)
``mapping``     from those vectors to the vectors of a model's items, and how near new items are to a history
``exceptions``  what can be wrong
"""

from export.text.encoder import SentenceEncoder
from export.text.exceptions import TextError
from export.text.mapping import TextMapping, nearness

__all__ = ["SentenceEncoder", "TextError", "TextMapping", "nearness"]

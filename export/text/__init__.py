"""What items are called, as vectors: by them an item that nobody has touched yet stands near those that people know.

``encoder``     names as vectors, by a multilingual sentence encoder (extra ``text``)
``mapping``     from those vectors to the vectors of a model's items, and how near new items are to a history
``files``       the mapping of an entry
``exceptions``  what can be wrong
"""

from export.text.encoder import SentenceEncoder
from export.text.exceptions import TextError
from export.text.files import TEXT, EntryText, open_text
from export.text.mapping import LONGEST, TextMapping, nearness, summed, unit

__all__ = [
    "LONGEST",
    "TEXT",
    "EntryText",
    "SentenceEncoder",
    "TextError",
    "TextMapping",
    "nearness",
    "open_text",
    "summed",
    "unit",
]

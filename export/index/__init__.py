"""Which items are near each other: exact, and approximate for catalogues of millions. Needs no torch.

``base``         what an index promises
``exact``        looks at every item
``approximate``  follows a graph of neighbours (HNSW), where the package voyager is installed
``files``        the files of an entry that hold both, and opening them
"""

from export.index.base import ItemIndex
from export.index.files import open_index

__all__ = ["ItemIndex", "open_index"]

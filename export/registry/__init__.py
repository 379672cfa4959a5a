"""The model registry: immutable entries with checksums, and a pointer to the champion. Needs no torch.

``base``        an entry, the pointer, and what any registry promises
``local``       a registry in a folder
``manifest``    which files an entry has, and that they are what they were
``card``        what a card must say
``folders``     writing that leaves everything or nothing
``exceptions``  what can be wrong
"""

from export.registry.base import Entry, ModelRegistry, Pointer, Reference
from export.registry.exceptions import (
    EntryError,
    ExportError,
    NewerEntryError,
    ParityError,
    RegistryError,
    UnknownModelError,
)
from export.registry.local import Registry

__all__ = [
    "Entry",
    "EntryError",
    "ExportError",
    "ModelRegistry",
    "NewerEntryError",
    "ParityError",
    "Pointer",
    "Reference",
    "Registry",
    "RegistryError",
    "UnknownModelError",
]

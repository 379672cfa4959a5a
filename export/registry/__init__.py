"""The model registry: immutable entries with checksums, a pointer to the champion, and a challenger. Needs no torch.

``base``        an entry, the pointer, and what any registry promises
``opening``     the registry that the settings name
``keeping``     what every registry does alike
``local``       a registry in a folder
``remote``      a registry at any address that fsspec knows
``history``     what happened to it, as numbered objects, of which two never get the same number
``racing``      changes that come one after the other without a lock
``lease``       who is at what only one may do at a time
``leases``      where that is written: in a folder, or at an address
``cache``       its entries on this machine
``manifest``    which files an entry has, and that they are what they were
``card``        what a card must say
``pointers``    the pointer and the challenger as JSON
``folders``     writing that leaves everything or nothing
``exceptions``  what can be wrong
"""

from export.registry.base import Challenger, Entry, ModelRegistry, Pointer, Reference, Standing
from export.registry.exceptions import (
    BusyError,
    ChallengerError,
    EntryError,
    ExportError,
    LeaseLostError,
    NewerEntryError,
    ParityError,
    RegistryError,
    ShareError,
    StrangeModelError,
    UnknownModelError,
)
from export.registry.lease import Lease
from export.registry.local import Registry
from export.registry.opening import open_registry

__all__ = [
    "BusyError",
    "Challenger",
    "ChallengerError",
    "Entry",
    "EntryError",
    "ExportError",
    "Lease",
    "LeaseLostError",
    "ModelRegistry",
    "NewerEntryError",
    "ParityError",
    "Pointer",
    "Reference",
    "Registry",
    "RegistryError",
    "ShareError",
    "Standing",
    "StrangeModelError",
    "UnknownModelError",
    "open_registry",
]

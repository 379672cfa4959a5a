"""The registry that the settings name."""

from __future__ import annotations

from export.registry.base import ModelRegistry
from export.registry.local import Registry
from pandian.settings import Settings
from pandian.stores import local_folder


def open_registry(settings: Settings) -> ModelRegistry:
    """Return the registry that ``PANDIAN_MODELS`` names; nothing is looked at yet.

    Of one that is no folder, entries that were asked for are kept in ``PANDIAN_DATADIR``.

    Raises:
        SettingError: when nothing can open such an address.
    """
    folder = local_folder(settings.models)
    if folder is not None:
        return Registry(folder)
    from export.registry.remote import RemoteRegistry

    return RemoteRegistry(settings.models, settings.datadir / "entries")

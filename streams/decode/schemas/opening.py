"""The source of schemas that the settings name."""

from __future__ import annotations

from pandian.errors import SettingError
from pandian.settings import PREFIX, Settings
from streams.decode.schemas.base import SchemaSource
from streams.decode.schemas.client import RegistryAddress, RegistryClient
from streams.decode.schemas.folder import FolderSchemas
from streams.decode.schemas.registry import RegistrySchemas
from streams.decode.schemas.several import SeveralSources


def open_schemas(settings: Settings) -> SchemaSource | None:
    """Return where schemas are found by their id: the folder before the registry. None where neither is set.

    Asks nothing yet.

    Raises:
        SettingError: the folder is none, the registry's address is none, the authorities' file cannot be read.
    """
    sources: list[SchemaSource] = []
    if settings.schemas is not None:
        if not settings.schemas.is_dir():
            raise SettingError(
                f"{PREFIX}SCHEMAS={settings.schemas}",
                "it must be a folder",
                "make it, and put schemas there by their id, such as 7.avsc",
            )
        sources.append(FolderSchemas(settings.schemas))
    if settings.schema_registry is not None:
        sources.append(RegistrySchemas(_client(settings, settings.schema_registry)))
    if not sources:
        return None
    return sources[0] if len(sources) == 1 else SeveralSources(sources)


def _client(settings: Settings, url: str) -> RegistryClient:
    password = settings.schema_registry_password
    address = RegistryAddress(
        url,
        settings.schema_registry_user,
        "" if password is None else password.get_secret_value(),
        settings.schema_registry_ca,
    )
    try:
        return RegistryClient(address)
    except OSError as error:
        raise SettingError(
            f"{PREFIX}SCHEMA_REGISTRY_CA={settings.schema_registry_ca}",
            f"it must be a readable PEM file ({type(error).__name__})",
            "name the file with the authorities, or unset it for those of the system",
        ) from None
    except ValueError as error:
        # The address itself is not shown: there may be a password in it.
        raise SettingError(f"{PREFIX}SCHEMA_REGISTRY", str(error), "give it as http://host:port") from None

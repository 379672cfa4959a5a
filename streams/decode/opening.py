"""The decoder that the settings describe."""

from __future__ import annotations

from pandian.settings import Settings
from streams.decode.protobuf.opening import open_messages
from streams.decode.registry import BatchDecoder
from streams.decode.schemas.opening import open_schemas


def open_decoder(settings: Settings) -> BatchDecoder:
    """Return a decoder of all formats that the settings give what they need for. Asks nobody yet.

    Raises:
        SettingError: a folder, file or address is none.
    """
    return BatchDecoder(
        max_fields=settings.max_fields, schemas=open_schemas(settings), messages=open_messages(settings)
    )

"""The message types that the settings name."""

from __future__ import annotations

from pandian.errors import SettingError
from pandian.settings import PREFIX, Settings
from streams.decode.protobuf.descriptors import types_of_set
from streams.decode.protobuf.fitting import MAX_TYPES
from streams.decode.protobuf.reader import ANY_TYPE, KnownMessages
from streams.decode.schemas.exceptions import UnusableSchemaError


def open_messages(settings: Settings) -> KnownMessages | None:
    """Return the message types of the descriptor set that is set; None where none is.

    Raises:
        SettingError: the file cannot be read or is no descriptor set, or has no message type of the name that is set.
    """
    path, message = settings.protobuf_descriptors, settings.protobuf_message
    if path is None:
        if message is not None:
            raise SettingError(
                f"{PREFIX}PROTOBUF_MESSAGE={message}",
                "it is a type of a descriptor set, and there is none",
                f"set {PREFIX}PROTOBUF_DESCRIPTORS as well",
            )
        return None
    try:
        types = types_of_set(path.read_bytes())
    except (OSError, UnusableSchemaError) as error:
        raise SettingError(
            f"{PREFIX}PROTOBUF_DESCRIPTORS={path}",
            f"it must be a readable descriptor set ({error})",
            "write it by protoc --include_imports --descriptor_set_out",
        ) from None
    known = KnownMessages(types, message)
    if message == ANY_TYPE and not known.readers:
        raise SettingError(
            f"{PREFIX}PROTOBUF_MESSAGE={message}",
            f"at most {MAX_TYPES} message types are tried, and at least one must be there",
            "name the type, or make a descriptor set of fewer files",
        )
    if message not in (None, ANY_TYPE) and types.by_name(str(message)) is None:
        raise SettingError(
            f"{PREFIX}PROTOBUF_MESSAGE={message}",
            f"{path} has no message type of this full name",
            f"give one of: {', '.join(one.full_name for one in types.all()[:10])}",
        )
    return known

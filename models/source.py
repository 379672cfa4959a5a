"""Where interactions come from, as commands name it: files, or ``kafka``."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from models.data.log import InteractionLog

#: In place of files: the topic of interactions.
KAFKA = "kafka"


def read_source(
    source: Sequence[str],
    said: Callable[[str], None] = lambda _: None,
    progress: Callable[[str, int], None] = lambda *_: None,
) -> InteractionLog:
    """Read interactions from files, or with ``("kafka",)`` from the topic on the broker that the settings name.

    Raises:
        PandianError: of what is read from; see :func:`models.data.files.read_files` and
            :func:`models.data.stream.read_topic`.
    """
    if tuple(source) == (KAFKA,):
        from models.data.stream import read_topic
        from pandian.settings import load_settings

        return read_topic(load_settings(), said, progress)
    from models.data.files import read_files

    return read_files(source, said, progress)

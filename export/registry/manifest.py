"""The manifest of an entry: which files it has, and that they are what they were when it was written."""

from __future__ import annotations

import hashlib
import os
import re
import stat
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from export.registry.exceptions import EntryError, NewerEntryError

MANIFEST = "manifest.json"
#: Version of the layout of entries that this Pandian writes, and the newest that it reads.
FORMAT = 1
#: What models and versions may be called: they are names of folders, and labels of metrics.
MODEL_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
VERSION_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
#: The model that workers keep themselves is called so: no entry may be.
RESERVED_MODEL = "live"

_FILE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_LARGEST_MANIFEST = 1 << 20
_CHUNK = 1 << 20
_AGAIN = "copy it again, or export the model again"


@dataclass(frozen=True, slots=True)
class FileSum:
    """What a file must be."""

    sha256: str
    bytes: int

    @classmethod
    def of(cls, path: Path) -> FileSum:
        """Return the size and hash of a file."""
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
            return cls(digest, file.tell())


@dataclass(frozen=True, slots=True)
class Manifest:
    """What ``manifest.json`` says."""

    model: str
    version: str
    files: Mapping[str, FileSum]

    def encode(self) -> bytes:
        """Return it as JSON."""
        files = {name: {"sha256": file.sha256, "bytes": file.bytes} for name, file in self.files.items()}
        document = {"format": FORMAT, "model": self.model, "version": self.version, "files": files}
        return orjson.dumps(document, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def check_format(path: Path | str, document: Mapping[str, Any]) -> None:
    """Check the ``format`` of a manifest or card.

    Raises:
        NewerEntryError: when it was written by a newer Pandian.
        EntryError: when it is no format at all.
    """
    found = document.get("format")
    if type(found) is not int or found < 1:
        raise EntryError(f"{path}: format {found!r}", f"must be {FORMAT}", "name the folder of a model entry")
    if found > FORMAT:
        raise NewerEntryError(
            f"{path}: format {found}", f"this Pandian reads formats up to {FORMAT}", "use a newer Pandian"
        )


def check_model(where: str, name: object) -> str:
    """Return the name of a model, or a version's, when it may be called so.

    Raises:
        EntryError: when it may not.
    """
    if not isinstance(name, str) or not MODEL_NAME.fullmatch(name) or name == RESERVED_MODEL:
        raise EntryError(
            f"{where}: model {_shown(name)}",
            "must be 1 to 64 small letters, digits, '.', '_' and '-', beginning with a letter or digit, "
            f"and not {RESERVED_MODEL!r}",
            "give it another name",
        )
    return name


def check_version(where: str, name: object) -> str:
    """Return a version when it may be called so.

    Raises:
        EntryError: when it may not.
    """
    if not isinstance(name, str) or not VERSION_NAME.fullmatch(name):
        raise EntryError(
            f"{where}: version {_shown(name)}",
            "must be 1 to 64 letters, digits, '.', '_' and '-', beginning with a letter or digit",
            "give it another one",
        )
    return name


def read_manifest(folder: Path, required: Iterable[str]) -> Manifest:
    """Return what an entry should hold.

    Raises:
        EntryError: when the folder is no entry, or the manifest names no plain files or not the required ones.
    """
    path = folder / MANIFEST
    return decode_manifest(path, _load(path), required)


def decode_manifest(path: Path | str, data: bytes, required: Iterable[str]) -> Manifest:
    """Return what a manifest says.

    Args:
        path: where it was read, for errors.
        data: what was read.
        required: files that an entry has.

    Raises:
        EntryError: when it is no manifest, or names no plain files or not the required ones.
    """
    if len(data) > _LARGEST_MANIFEST:
        raise EntryError(f"{path}: more than {_LARGEST_MANIFEST:,} bytes", "a manifest is short", _AGAIN)
    document = _object(path, data)
    check_format(path, document)
    model = check_model(str(path), document.get("model"))
    version = check_version(str(path), document.get("version"))
    listed = document.get("files")
    files = {
        name: _file_sum(path, name, found)
        for name, found in (listed if isinstance(listed, dict) else {}).items()
    }
    for name in required:
        if name not in files:
            raise EntryError(f"{path}: {name} is not listed", f"an entry has {', '.join(required)}", _AGAIN)
    return Manifest(model, version, files)


def read_file(folder: Path, name: str, expected: FileSum, *, keep: bool = True) -> bytes:
    """Return a file of an entry, checked; with ``keep=False`` check it only, and return nothing.

    Raises:
        EntryError: when it is missing, no plain file, or of another size or content.
    """
    path = folder / name
    digest, size, kept = hashlib.sha256(), 0, bytearray()
    try:
        # A symbolic link, a pipe or a device is nothing that was exported, and could be anything at the next look.
        with open(path, "rb", opener=_plain_only) as file:
            found = os.fstat(file.fileno()).st_size
            if found != expected.bytes:
                raise EntryError(f"{path}: {found:,} bytes", f"must be {expected.bytes:,} bytes", _AGAIN)
            while (chunk := file.read(_CHUNK)) and size <= expected.bytes:
                digest.update(chunk)
                size += len(chunk)
                if keep:
                    kept += chunk
    except OSError as error:
        raise EntryError(f"{path}: {error.strerror or error}", "must be a readable file", _AGAIN) from error
    if digest.hexdigest() != expected.sha256:
        raise EntryError(
            f"{path}: sha256 {digest.hexdigest()[:12]}…", f"must be {expected.sha256[:12]}…", _AGAIN
        )
    return bytes(kept)


def check_bytes(where: str, data: bytes, expected: FileSum) -> bytes:
    """Return what was read of a file when it is what the manifest says.

    Raises:
        EntryError: when it is of another size or content.
    """
    check_size(where, len(data), expected)
    digest = hashlib.sha256(data).hexdigest()
    if digest != expected.sha256:
        raise EntryError(f"{where}: sha256 {digest[:12]}…", f"must be {expected.sha256[:12]}…", _AGAIN)
    return data


def check_size(where: str, size: int | None, expected: FileSum) -> None:
    """Check how large a file is; None: it is not there.

    Raises:
        EntryError: when it is missing or of another size.
    """
    if size is None:
        raise EntryError(f"{where}: is not there", "must be a readable file", _AGAIN)
    if size != expected.bytes:
        raise EntryError(f"{where}: {size:,} bytes", f"must be {expected.bytes:,} bytes", _AGAIN)


def _plain_only(path: str, flags: int) -> int:
    descriptor = os.open(path, flags | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise OSError(0, "not a plain file")
    return descriptor


def _load(path: Path) -> bytes:
    try:
        with open(path, "rb", opener=_plain_only) as file:
            data = file.read(_LARGEST_MANIFEST + 1)
    except OSError as error:
        raise EntryError(
            f"{path}: {error.strerror or error}",
            "a model entry has one",
            "name the folder that `pandian train --out` wrote",
        ) from error
    return data


def _object(path: Path | str, data: bytes) -> dict[str, Any]:
    try:
        document = orjson.loads(data)
    except orjson.JSONDecodeError as error:
        raise EntryError(f"{path}: {len(data):,} bytes", "must be JSON", _AGAIN) from error
    if not isinstance(document, dict):
        raise EntryError(f"{path}: {type(document).__name__}", "must be a JSON object", _AGAIN)
    return document


def _file_sum(path: Path | str, name: str, found: object) -> FileSum:
    if not _FILE_NAME.fullmatch(name) or name == MANIFEST:
        raise EntryError(
            f"{path}: file {_shown(name)}",
            "must be the plain name of a file beside it",
            "do not use this entry",
        )
    digest = found.get("sha256") if isinstance(found, dict) else None
    size = found.get("bytes") if isinstance(found, dict) else None
    if not isinstance(digest, str) or not _SHA256.fullmatch(digest) or type(size) is not int or size < 0:
        raise EntryError(f"{path}: {name}", "must be listed with its sha256 and bytes", _AGAIN)
    return FileSum(digest, size)


def _shown(name: object) -> str:
    text = repr(name)
    return text if len(text) <= 80 else f"{text[:80]}…"

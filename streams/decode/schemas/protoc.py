"""``.proto`` text -> descriptor set, by protoc: there is no parser of the language in Python's protobuf.

Registries give schemas in their binary form, so this is for folders of ``.proto`` files, and for a registry that gives
text only. It takes ``protoc`` from the path, or the one of the package grpcio-tools. It waits for a process, so schemas
are compiled when they are fetched, never while records are decoded.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import Final

from streams.decode.schemas.base import Reference
from streams.decode.schemas.exceptions import UnusableSchemaError

#: The name of the file whose imports are the others.
MAIN: Final = "pandian_main.proto"

_SECONDS = 20


def compile_proto(text: str, imports: Sequence[Reference]) -> bytes:
    """Return the serialised ``FileDescriptorSet`` of a file (:data:`MAIN`) and of all that it imports.

    Args:
        text: the file.
        imports: what it imports, directly or not; Google's own files are known.

    Raises:
        UnusableSchemaError: it does not compile, or there is no protoc.
    """
    with TemporaryDirectory() as folder:
        for name, content in {**{one.name: one.schema.text for one in imports}, MAIN: text}.items():
            parts = PurePosixPath(name)
            if parts.is_absolute() or ".." in parts.parts:
                raise UnusableSchemaError("the schema imports a path outside of its folder")
            path = Path(folder, parts)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content, encoding="utf-8")
        out = Path(folder, "set.desc")
        command = [*_protoc(), f"-I{folder}", "--include_imports", f"--descriptor_set_out={out}", MAIN]
        try:
            done = subprocess.run(command, cwd=folder, capture_output=True, timeout=_SECONDS, check=False)
        except subprocess.TimeoutExpired:
            raise UnusableSchemaError(f"protoc did not compile the schema within {_SECONDS} s") from None
        if done.returncode or not out.exists():
            raise UnusableSchemaError("protoc does not compile the schema")
        return out.read_bytes()


def _protoc() -> list[str]:
    found = shutil.which("protoc")
    if found:
        return [found]
    package = find_spec("grpc_tools")
    if package is None or not package.submodule_search_locations:
        raise UnusableSchemaError(
            "the schema is .proto text: install protoc, or store it as a descriptor set (.desc)"
        )
    own = Path(package.submodule_search_locations[0], "_proto")  # Google's own files
    return [sys.executable, "-m", "grpc_tools.protoc", f"-I{own}"]

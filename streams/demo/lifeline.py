"""Runs a module that ends when its standard input does: ``python -m streams.demo.lifeline MODULE [ARGUMENT …]``.

Whoever started it holds the other end, and lets go of it however it ends. So nothing outlives a demo, not even
one that was killed.
"""

from __future__ import annotations

import os
import runpy
import sys
import threading


def end_with_parent() -> None:
    """End this process at once when its standard input does."""
    threading.Thread(target=_wait, name="end-with-parent", daemon=True).start()


def _wait() -> None:
    while os.read(0, 1024):  # not sys.stdin: its lock, held at exit, would be a fatal error
        pass
    os._exit(1)


def main() -> None:
    """Run what the command line names."""
    end_with_parent()
    sys.argv = sys.argv[1:]
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()

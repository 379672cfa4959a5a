"""What every room of Pandian shares: settings, names, semantic types and errors. Imports no other room."""

import os

__version__ = "0.1.0"

# onnxruntime's official builds report their use to Microsoft, and keep a file with an identifier in the user's home. It
# reads this when it is loaded, which is after this package; who wants to report can set it to 0.
os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")

"""torch to ONNX: export, parity, quantisation and the model registry. Never imports ``streams``."""

import os

# onnxruntime's official builds report their use to Microsoft, and keep a file with an identifier in the user's home. It
# reads this when it is loaded, which is after this package; who wants to report can set it to 0.
os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")

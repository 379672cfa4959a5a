"""torch to ONNX: export, parity, quantisation and the model registry. Never imports ``streams``."""

import pandian  # noqa: F401 - turns off onnxruntime's reports, before anything here loads it

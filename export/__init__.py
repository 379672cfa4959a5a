"""torch to ONNX: export, parity, quantisation and the model registry. Never imports ``streams``."""

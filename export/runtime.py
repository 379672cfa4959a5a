"""Runs an exported model with onnxruntime. Needs no torch."""

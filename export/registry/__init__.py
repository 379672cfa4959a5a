"""The model registry: immutable entries, checksums, a pointer. Needs no torch."""

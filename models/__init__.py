"""Offline training with torch: data, networks, training, evaluation. Never imports ``streams``."""

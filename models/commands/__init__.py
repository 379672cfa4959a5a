"""The commands that learn and evaluate: ``pandian train`` and ``pandian evaluate``."""
